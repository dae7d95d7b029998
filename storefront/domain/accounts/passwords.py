"""Passwords: Argon2id, length only, no composition rules (SECURITY B1)."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storefront.core.errors import DomainError

MIN_LENGTH = 12
MAX_LENGTH = 128


@lru_cache(maxsize=4)
def hasher(memory_kib: int = 65536, passes: int = 3, lanes: int = 4) -> PasswordHasher:
    """Give the hasher; tests ask for a cheap one."""
    return PasswordHasher(memory_cost=memory_kib, time_cost=passes, parallelism=lanes)


def hash_password(password: str, using: PasswordHasher | None = None) -> str:
    """Hash a new password.

    Raises:
        DomainError: too short or too long, with the bounds.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise DomainError(f"Use {MIN_LENGTH} to {MAX_LENGTH} characters", field="password")
    return (using or hasher()).hash(password)


def matches(stored: str | None, password: str, using: PasswordHasher | None = None) -> bool:
    """Compare a password with a stored hash; an unknown user costs the same time as a known one (SECURITY B3)."""
    checker = using or hasher()
    reference = stored or _nobody(checker)
    try:
        return checker.verify(reference, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=4)
def _nobody(checker: PasswordHasher) -> str:
    return checker.hash("nobody has this password")
