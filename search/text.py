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
