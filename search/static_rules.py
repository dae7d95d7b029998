"""The rules of search as data: what `js/search_static.js` folds, tokenises, resolves and judges by.

They are read off the code that engines use and this Python's Unicode tables, so that they stand in one place only; the
script adds what its own language gives alike (NFKD, NFC, letters and numbers of characters both know).
"""

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from . import quality, query, text, trade
from .documents import ASKED, FIELDS
from .lexicon import allowed_edits
from .places import EARTH_RADIUS_M
from .static_digits import written


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Give the rules; once a process, since all of Unicode is looked at."""
    return {
        "letters": letters(),
        "longest": text.LONGEST_WORD,
        "words": query.WORD_LIMIT,
        "reach": query.REACH_LIMIT,
        "sizes": [query.SIZE, query.SIZE_LIMIT],
        "radius": query.RADIUS_LIMIT,
        "edits": [allowed_edits("a" * length) for length in range(16)],
        "phrases": dict(trade.phrases()),
        "phrase": trade.LONGEST_PHRASE,
        "everyday": sorted(trade.everyday()),
        "fields": len(FIELDS),
        "earth": EARTH_RADIUS_M,
        "sorts": [sort.value for sort in query.Sort],
        "facets": [facet.value for facet in query.Facet],
        "ranges": [which.value for which in query.Range],
        "quality": {
            "points": [quality.FRESH, quality.DEAL, quality.COMPLETE],
            "half_life": quality.HALF_LIFE_DAYS,
            "deals": {**quality.DEALS, "": quality.UNJUDGED},
            "asked": ASKED,
            "described": quality.DESCRIBED,
            "shown": quality.SHOWN,
        },
    }


def letters() -> dict[str, Any]:
    """Give what folding knows of characters that a browser does not tell, or tells in another way.

    Returns:
        `fold`: characters whose case folding is not their small letter, and what it is. `marks`: ranges of characters
        that folding drops. `digits`: ranges of those that count as digits. `unknown`: ranges of those this Python's
        Unicode does not know; a younger browser may take them for letters.
    """
    folds: list[str] = []
    marks, digits, unknown = _Ranges(), _Ranges(), _Ranges()
    for number in _characters():
        letter = chr(number)
        kind = unicodedata.category(letter)
        if kind == "Cn":
            unknown.add(number)
            continue
        if letter.casefold() != letter.lower():
            folds.append(letter + letter.casefold())
        if kind[0] == "M" and unicodedata.combining(letter):
            marks.add(number)
        elif kind[0] == "N" and letter.isdigit():
            digits.add(number)
    return {
        "fold": " ".join(folds),
        "marks": marks.written(),
        "digits": digits.written(),
        "unknown": unknown.written(),
    }


def _characters() -> Iterator[int]:
    """Give all characters; halves of pairs are none."""
    yield from range(0xD800)
    yield from range(0xE000, sys.maxunicode + 1)


@dataclass(slots=True)
class _Ranges:
    """Numbers that come in rising order, as ranges."""

    ends: list[list[int]] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Take the next one in."""
        if self.ends and self.ends[-1][1] == number:
            self.ends[-1][1] = number + 1
        else:
            self.ends.append([number, number + 1])

    def written(self) -> str:
        """Write the steps from the end of one range to the start of the next, and how long it is, in base 36."""
        steps, end = [], 0
        for start, stop in self.ends:
            steps += [written(start - end), written(stop - start)]
            end = stop
        return " ".join(steps)
