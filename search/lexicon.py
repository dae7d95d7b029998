"""The words of an index, kept so that those near a typed one are found at once (contract T2)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .trade import everyday

KEPT = 20_000
"""Typed words that are remembered with what they are near."""
Near = tuple[tuple[str, ...], ...]
"""Words by how many edits away they are."""


def allowed_edits(word: str) -> int:
    """Give how many typing errors a word may hold: none in 1-2 letters or beside digits, one in 3-7, two from 8 on."""
    if len(word) < 3 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2


class Lexicon:
    """The words an index knows; it may still know words of cars that are gone."""

    def __init__(self, beginning: Callable[[str], Iterable[str]]) -> None:
        """Take the words in, letter by letter, as they are asked for.

        Args:
            beginning: gives the words that begin with a letter.
        """
        self._read = beginning
        self._words: dict[str, dict[int, list[str]]] = {}
        self._sorted: dict[str, list[str]] = {}
        self._near: dict[str, Near] = {}

    def beginning(self, letter: str) -> list[str]:
        """Give the words that begin with this letter."""
        return [word for words in self._letter(letter).values() for word in words]

    def near(self, word: str) -> Near:
        """Give the index's words that a typed one may mean; the first letter is fixed, a swap is one edit.

        Everyday words are taken at their word only: nobody who types `diesl` means `dies` (`words.toml`).
        """
        if word not in self._near:
            if len(self._near) >= KEPT:
                self._near.clear()
            self._near[word] = self._within(word, allowed_edits(word))
        return self._near[word]

    def knows(self, word: str, *, prefix: bool = False) -> bool:
        """Ask whether a word, or one that begins with it, is there."""
        known = next(iter(self.begun(word)), "")
        return known.startswith(word) if prefix else known == word

    def begun(self, beginning: str) -> list[str]:
        """Give the words with a beginning, in order."""
        letter = beginning[0]
        if letter not in self._sorted:
            self._sorted[letter] = sorted(self.beginning(letter))
        words = self._sorted[letter]
        start = bisect_left(words, beginning)
        return words[start : bisect_left(words, f"{beginning}\U0010ffff", start)]

    def guess(self, word: str, letters: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Give words a little further away than contract T2 goes, with their edits.

        Args:
            word: nothing near it is known.
            letters: first letters to look under.
        """
        edits = min(3, max(1, len(word) // 3))
        for letter in letters:
            near = self._close(word, edits, letter)
            yield from ((distance, known) for known, distance in near if known not in everyday())

    def _within(self, word: str, edits: int) -> Near:
        if edits == 0:
            return ((word,),)
        near: list[list[str]] = [[] for _ in range(edits + 1)]
        for known, distance in self._close(word, edits, word[0]):
            if distance == 0 or known not in everyday():
                near[distance].append(known)
        return tuple(tuple(sorted(words)) for words in near)

    def _close(self, word: str, edits: int, letter: str) -> list[tuple[str, int]]:
        lengths = self._letter(letter)
        alike = [
            known for length in range(len(word) - edits, len(word) + edits + 1) for known in lengths.get(length, ())
        ]
        found = process.extract(word, alike, scorer=OSA.distance, score_cutoff=edits, limit=None)
        return [(known, int(distance)) for known, distance, _ in found]

    def _letter(self, letter: str) -> dict[int, list[str]]:
        if letter not in self._words:
            lengths: dict[int, list[str]] = {}
            for word in self._read(letter):
                lengths.setdefault(len(word), []).append(word)
            self._words[letter] = lengths
        return self._words[letter]
