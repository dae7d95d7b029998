"""Which words of a text matched (SPEC 51): pieces of the text as it is written, never markup."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .query import Resolved
from .text import WORD, fold, folded_in_place
from .trade import phrases_meaning, same

Pieces = tuple[tuple[str, bool], ...]
"""Pieces that make up the text, and whether they match."""
Span = tuple[int, int]


def marked(text: str, words: Sequence[Resolved]) -> Pieces:
    """Cut a text where it matches: whole words, those that mean the same, and several words that are one together.

    Args:
        text: plain text, of a make, a model or a description.
        words: how the query was understood (`Answer.words`).

    Returns:
        Pieces in order; joined they are the text.
    """
    return tuple(_pieces(text, _spans(text, words)))


def excerpt(text: str, words: Sequence[Resolved], length: int) -> Pieces:
    """Cut the part of a long text that matches best.

    Args:
        text: plain text.
        words: how the query was understood.
        length: most characters, ellipses not counted.

    Returns:
        Pieces as from `marked`, with `…` where something was left out; the beginning when nothing matches.
    """
    spans = list(_spans(text, words))
    if len(text) <= length:
        return tuple(_pieces(text, spans))
    start = _best_start(text, [begin for begin, _ in spans], length)
    cut = text[start : start + length]
    if start + length < len(text) and not text[start + length].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    inside = [(begin - start, end - start) for begin, end in spans if begin >= start and end <= start + len(cut)]
    before = (("… ", False),) if start else ()
    after = ((" …", False),) if start + len(cut) < len(text) else ()
    return (*before, *_pieces(cut, inside), *after)


def _best_start(text: str, hits: Sequence[int], length: int) -> int:
    """Give where a part begins that holds most hits, with a little before the first of them."""
    if not hits:
        return 0
    lead = length // 4
    best = max(hits, key=lambda start: (sum(start <= other < start + length - lead for other in hits), -start))
    start = min(max(0, best - lead), len(text) - length)
    return start if start == 0 else text.find(" ", start, best) + 1 or best


def _pieces(text: str, spans: Sequence[Span] | Iterator[Span]) -> Iterator[tuple[str, bool]]:
    end = 0
    for start, stop in spans:
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False


def _spans(text: str, words: Sequence[Resolved]) -> Iterator[Span]:
    """Give where the text matches, in order."""
    if not words or not text:
        return
    sought = _sought(tuple(words))
    folded = folded_in_place(text)
    said = WORD.findall(folded) if folded is not None else [fold(word) for word in WORD.findall(text)]
    hits = _places(sought, said, folded)
    # Where a word stands is looked up for texts in which one matches: most have none.
    found = list(WORD.finditer(text if folded is None else folded)) if hits else []
    after = 0
    for place in hits:
        number = _matching(sought, said, place) if place >= after else 0
        if number:
            after = place + number
            yield found[place].start(), found[after - 1].end()


def _places(sought: "_Sought", said: Sequence[str], folded: str | None) -> list[int]:
    """Give where a match may begin; beginnings are looked for only where they stand somewhere in the text."""
    known = sought.first
    if folded is not None and not any(beginning in folded for beginning in sought.beginnings):
        return [] if known.isdisjoint(said) else [place for place, word in enumerate(said) if word in known]
    begun = sought.beginnings
    return [place for place, word in enumerate(said) if word in known or word.startswith(begun)]


def _matching(sought: "_Sought", said: Sequence[str], place: int) -> int:
    """Give how many words match from a place on: one, those of a phrase, or none."""
    word = said[place]
    if word in sought.words or word.startswith(sought.beginnings):
        return 1
    phrases = sought.phrases.get(word, ())
    return next((1 + len(rest) for rest in phrases if tuple(said[place + 1 : place + 1 + len(rest)]) == rest), 0)


@dataclass(frozen=True, slots=True)
class _Sought:
    words: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: Mapping[str, Sequence[tuple[str, ...]]]
    """First word -> the others of what means one of the words together."""
    first: frozenset[str]
    """The words, and those with which a phrase begins."""


@lru_cache(maxsize=256)
def _sought(words: tuple[Resolved, ...]) -> _Sought:
    """Gather what is looked for; once for all hits of a search."""
    near = {other for word in words for others in word.near for other in others}
    wanted = frozenset(near.union(*(same(word) for word in near)))
    together: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in (phrase for word in wanted for phrase in phrases_meaning(word)):
        together.setdefault(first, []).append(tuple(rest))
    return _Sought(wanted, tuple(word.word for word in words if word.prefix), together, wanted.union(together))
