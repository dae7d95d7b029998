"""Money is integer minor units with an ISO 4217 currency (SPEC decisions); no float ever touches it."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of a currency."""

    cents: int
    currency: str = "EUR"

    @property
    def decimal(self) -> str:
        """Give the amount with a point and two decimals, as schema.org and feeds want it (`22990.00`)."""
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"


def euros(text: str | int) -> Money:
    """Read an amount written with a point (`612.50`) as EUR.

    Raises:
        ValueError: when it is no number or has more than two decimals.
    """
    return Money(cents_of(str(text)))


def cents_of(text: str) -> int:
    """Read a decimal amount written with a point into minor units.

    Raises:
        ValueError: when it is no number or has more than two decimals (SPEC 37: money has two).
    """
    try:
        value = Decimal(text.strip()) * 100
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount") from error
    if value != value.to_integral_value():
        raise ValueError(f"{text!r} has more than two decimals")
    return int(value)
