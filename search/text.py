"""Folding and tokenising, the same for documents and queries, on every engine (SPEC, search contract T2)."""

import re
import unicodedata
from functools import lru_cache

LONGEST_WORD = 40
"""Letters of a word that count; what is longer is cut, in documents and queries alike."""
JOINERS = "-./'’‑"
"""What stands inside a name without parting it for the eye: C-Klasse, ID.3, e/tron, Cee'd."""
WORD = re.compile(r"[^\W_]+")
"""A run of letters and digits: what `str.isalnum` takes for them."""
_NAME = re.compile(rf"(?<![^\W_])[^\W_]++(?:[{re.escape(JOINERS)}][^\W_]++)++")
"""Words that are joined into one name."""
_ABROAD = re.compile(r"[^\x00-\x7f]+")
_PLAIN_JOINERS = tuple(joiner for joiner in JOINERS if joiner.isascii())
_PARTING = "".join(chr(code) for code in range(128) if not chr(code).isalnum())
"""What is no letter and no digit, in plain letters."""
_WORDS = str.maketrans(_PARTING, " " * len(_PARTING))
_PIECES = {code: blank for code, blank in _WORDS.items() if chr(code) not in JOINERS}
"""Make blanks of what parts words, and of what parts pieces (`c-klasse`, `2.0`, `workshop.`)."""


def fold(text: str) -> str:
    """Write a text without case and marks: `Škoda Coupé, weiß` is `skoda coupe, weiss`."""
    return text.lower() if text.isascii() else _ABROAD.sub(_bare, text.lower())


def folded_in_place(text: str) -> str | None:
    """Give a text folded where every letter stays in its place; None where one becomes two, or none (`ß` is `ss`)."""
    if text.isascii():
        return text.lower()
    if any(len(_without_marks(letters)) != len(letters) for letters in _ABROAD.findall(text.lower())):
        return None
    folded = fold(text)
    return folded if len(folded) == len(text) else None


def _bare(found: re.Match[str]) -> str:
    return _without_marks(found[0])


@lru_cache(maxsize=8192)
def _without_marks(letters: str) -> str:
    spread = unicodedata.normalize("NFKD", letters.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text in order: runs of letters and digits, folded."""
    return tuple(_cut(WORD.findall(fold(text))))


def names_in(text: str) -> tuple[list[str], list[str]]:
    """Give the words of a text, and those that are written with a hyphen or point also in one.

    `C-Klasse` is found by `c klasse`, `c-klasse` and `cklasse`.
    """
    folded = fold(text)
    if not folded.isascii():
        return _taken_apart(folded)
    # Most texts are plain letters once they are folded; parted at blanks they are read several times faster.
    words = _cut(folded.translate(_WORDS).split())
    inside = folded.replace(". ", " ").rstrip(".")
    if not any(joiner in inside for joiner in _PLAIN_JOINERS):
        return words, []
    pieces = [piece for piece in folded.translate(_PIECES).split() if not piece.isalnum()]
    return words, [name for piece in pieces for name in _names(piece)]


@lru_cache(maxsize=8192)
def _names(piece: str) -> tuple[str, ...]:
    """Give what is joined in a piece, in one; equal pieces come again and again."""
    return tuple(_taken_apart(piece)[1])


def _taken_apart(folded: str) -> tuple[list[str], list[str]]:
    names = _NAME.findall(folded)
    return _cut(WORD.findall(folded)), _cut(["".join(WORD.findall(name)) for name in names])


@lru_cache(maxsize=65536)
def indexed_words(text: str) -> tuple[str, ...]:
    """Give the words a document is found by, each once."""
    words, names = names_in(text)
    return tuple(dict.fromkeys([*words, *names]))


def _cut(words: list[str]) -> list[str]:
    if words and len(max(words, key=len)) > LONGEST_WORD:
        return [word[:LONGEST_WORD] for word in words]
    return words
