"""How numbers are written in the static index, short and in letters that JSON does not change."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
"""64 digits; the first 36 are those of JavaScript's `parseInt(text, 36)`."""


def written(number: int) -> str:
    """Write a number from 0 on in base 36."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if number == 0:
            return digits
