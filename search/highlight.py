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
Word = tuple[int, int, str]
"""Where it begins and ends, and how it is folded."""


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
    found = list(_words(text))
    place = 0
    while place < len(found):
        start, end, word = found[place]
        place += 1
        if word in sought.words or word.startswith(sought.beginnings):
            yield start, end
        elif word in sought.phrases:
            for rest in sought.phrases[word]:
                if tuple(other for _, _, other in found[place : place + len(rest)]) == rest:
                    yield start, found[place + len(rest) - 1][1]
                    place += len(rest)
                    break


def _words(text: str) -> Iterator[Word]:
    folded = folded_in_place(text)
    if folded is not None:
        return ((match.start(), match.end(), match[0]) for match in WORD.finditer(folded))
    return ((match.start(), match.end(), fold(match[0])) for match in WORD.finditer(text))


@dataclass(frozen=True, slots=True)
class _Sought:
    words: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: Mapping[str, Sequence[tuple[str, ...]]]
    """First word -> the others of what means one of the words together."""


@lru_cache(maxsize=256)
def _sought(words: tuple[Resolved, ...]) -> _Sought:
    """Gather what is looked for; once for all hits of a search."""
    near = {other for word in words for others in word.near for other in others}
    wanted = frozenset(near.union(*(same(word) for word in near)))
    together: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in (phrase for word in wanted for phrase in phrases_meaning(word)):
        together.setdefault(first, []).append(tuple(rest))
    return _Sought(wanted, tuple(word.word for word in words if word.prefix), together)
