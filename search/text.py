"""Folding and tokenising, the same for documents and queries, on every engine (SPEC, search contract T2)."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 40
"""Letters of a word that count; what is longer is cut, in documents and queries alike."""
JOINERS = "-./'’‑"
"""What stands inside a name without parting it for the eye: C-Klasse, ID.3, e/tron, Cee'd."""


def fold(text: str) -> str:
    """Write a text without case and marks: `Škoda Coupé, weiß` is `skoda coupe, weiss`."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text in order: runs of letters and digits, folded."""
    return tuple(_runs(fold(text)))


@lru_cache(maxsize=65536)
def indexed_words(text: str) -> tuple[str, ...]:
    """Give the words a document is found by: its words, and names written with a hyphen or point also in one.

    `C-Klasse` is found by `c klasse`, `c-klasse` and `cklasse`.
    """
    found = dict.fromkeys(words_of(text))
    for chunk in fold(text).split():
        parts = list(_runs(chunk))
        if len(parts) > 1 and any(joiner in chunk.strip(JOINERS) for joiner in JOINERS):
            found["".join(parts)[:LONGEST_WORD]] = None
    return tuple(found)


def _runs(folded: str) -> Iterator[str]:
    start = None
    for position, letter in enumerate(folded):
        if letter.isalnum():
            start = position if start is None else start
        elif start is not None:
            yield folded[start:position][:LONGEST_WORD]
            start = None
    if start is not None:
        yield folded[start:][:LONGEST_WORD]
