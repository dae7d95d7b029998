"""Identifiers: random UUIDs inside, short opaque public ids outside (SECURITY A5)."""

import secrets
import uuid

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 13
"""13 letters of a 32-letter alphabet are 65 bits."""


def new_id() -> uuid.UUID:
    """Give a fresh row id."""
    return uuid.uuid4()


def new_public_id() -> str:
    """Give a fresh public id: 65 random bits in Crockford's base 32, lower case."""
    return public_id_of(secrets.randbits(65))


def public_id_of(number: int) -> str:
    """Write the lowest 65 bits of a number as a public id; the demo derives its ids from names with it."""
    letters = []
    for _ in range(PUBLIC_ID_LENGTH):
        number, rest = divmod(number, 32)
        letters.append(ALPHABET[rest])
    return "".join(reversed(letters))
