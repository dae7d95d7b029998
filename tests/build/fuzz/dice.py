"""Choices that can be made again: each edit throws dice of its own, whatever was thrown before."""

import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

import xxhash

T = TypeVar("T")


class Dice:
    """Dice of one edit."""

    def __init__(self, salt: str) -> None:
        """Take them up.

        Args:
            salt: seed and number of the edit; equal salts throw alike.
        """
        self.salt = salt
        self._random = random.Random(salt)

    def pick(self, named: Iterable[tuple[str, T]]) -> T | None:
        """Choose a thing by its lasting name, so that things that came or went meanwhile rarely change the choice."""
        ordered = sorted(named, key=lambda pair: xxhash.xxh3_64_intdigest(f"{self.salt} {pair[0]}".encode()))
        return ordered[0][1] if ordered else None

    def one(self, things: Sequence[T]) -> T:
        """Choose one of a fixed sequence."""
        return things[self._random.randrange(len(things))]

    def some(self, things: Sequence[T], least: int = 0) -> list[T]:
        """Choose some of a fixed sequence, in another order."""
        return self._random.sample(list(things), self._random.randint(least, len(things)))

    def number(self, low: int, high: int) -> int:
        """Throw a whole number."""
        return self._random.randint(low, high)

    def chance(self, share: float) -> bool:
        """Say yes in this share of throws."""
        return self._random.random() < share

    def words(self, most: int = 12) -> str:
        """Make up a text with letters that must be escaped or folded somewhere."""
        return " ".join(self.one(_WORDS) for _ in range(self.number(1, most)))


_WORDS = (
    "Scheckheft", "gepflegt", "Zahnriemen neu", "8-fach bereift", "TÜV & AU neu", "<b>fett</b>", "„Garantie“", "naïve",
    "a*b*c", "**wichtig**", "https://example.org/?a=1&b=2", "Kein Unfall", "1. Hand", "Ωμέγα", "it's", "50 %", "4×4",
    "Nichtraucher", "Anhängerkupplung",
)  # fmt: skip
