"""Words of the trade, in German and English: what people call what a car is, the same for cars and queries (T2).

A car gets every word that its make, model, body, fuel, gearbox, drive, colour and equipment are called by, so that an
estate is found by `Kombi`, with typing errors and while it is typed. What several words mean together (`3 series`,
`station wagon`, `plug-in hybrid`) is one word on both sides.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

from storefront.domain.vehicles.vocabulary import family_of, make_named, makes

from .text import fold, indexed_words, words_of

EXCLUSIVE = ("body", "fuel", "transmission", "drive")
"""Groups in which a car is one thing only: the words of the others do not find it, whatever its text says."""
OTHER = "other"
"""The code of what the vocabulary has no code for."""
LONGEST_PHRASE = 4
"""Words."""
Codes = tuple[str | None, ...]
"""Of the groups of `EXCLUSIVE`, in their order."""


@lru_cache(maxsize=4096)
def called(group: str, code: str) -> tuple[str, ...]:
    """Give the words that a code of a group (`body`, `fuel`, … `feature`) is called by; of an unknown one its own.

    `other` is what nobody calls anything.
    """
    if code == OTHER:
        return ()
    names = _book().get(group, {}).get(code, [code.replace("_", " ")])
    return _spelt([code.replace("_", " "), *names] if group == "feature" else names)


def warm_up() -> None:
    """Read and order the words now, as a process does that forks for each car that changed."""
    not_of((None,) * len(EXCLUSIVE))
    names_of("", "")
    meant_in(())
    everyday()


@lru_cache(maxsize=8192)
def names_of(make: str, model: str) -> tuple[str, ...]:
    """Give the words that a make and a model are called by: other spellings, and its family (320d is a 3er)."""
    known = make_named(make)
    if known is None:
        return ()
    family = family_of(make, model)
    strangers = _makes_in_a_word() - set(words_of(make))  # `BMW MINI` makes no MINI a BMW
    aliases = [word for alias in known.aliases for word in words_of(alias) if len(word) > 1 and word not in strangers]
    spellings = [name for name in (model, family) for name in (name, *known.model_aliases.get(name, ()))]
    return tuple(dict.fromkeys([*aliases, *_spelt(spellings)]))


@lru_cache(maxsize=1)
def _makes_in_a_word() -> frozenset[str]:
    """Give the makes whose names are one word, folded."""
    return frozenset(words[0] for one in makes() if len(words := words_of(one.name)) == 1)


@lru_cache(maxsize=1024)
def not_of(codes: Codes) -> frozenset[str]:
    """Give the words of the trade that say what a car is not.

    Args:
        codes: its body, fuel, gearbox and drive; an unknown one rules nothing out.
    """
    out: set[str] = set()
    for group, code in zip(EXCLUSIVE, codes, strict=True):
        others = _book()[group] if code in _book()[group] else {}
        out.update(word for other in others if other != code for word in _single(group, other))
    own = {word for group, code in zip(EXCLUSIVE, codes, strict=True) if code for word in called(group, code)}
    return frozenset(out - own)


def meant(words: Sequence[str]) -> tuple[str, ...]:
    """Give the words with what several of them mean together in one: `bmw 3 series` is `bmw 3er`."""
    known = phrases()
    found: list[str] = []
    start = 0
    while start < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - start), 0, -1):
            together = "".join(words[start : start + length])
            if length == 1 or together in known:
                found.append(known[together] if length > 1 else words[start])
                start += length
                break
    return tuple(found)


def meant_in(words: Sequence[str]) -> list[str]:
    """Give what words of a document mean together, besides the words themselves."""
    known = _by_beginning()
    return [
        meaning
        for start, pair in enumerate(pairwise(words))
        if pair in known
        for rest, meaning in known[pair]
        if tuple(words[start + 2 : start + 2 + len(rest)]) == rest
    ]


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, str]:
    """Give what several words mean together: written without blanks -> the one word they mean."""
    known: dict[str, str] = {}
    for words, meaning in _phrases():
        known.setdefault("".join(words), meaning)
    return known


def phrases_meaning(word: str) -> Sequence[tuple[str, ...]]:
    """Give the phrases that mean a word, the long ones first."""
    return _by_meaning().get(word, ())


@lru_cache(maxsize=1)
def everyday() -> frozenset[str]:
    """Give the words that nobody means by a typing error."""
    return frozenset(fold(word) for word in _book()["everyday"]["words"])


@lru_cache(maxsize=4096)
def same(word: str) -> frozenset[str]:
    """Give the other words for what a word of the trade says: for `kombi` those of an estate."""
    return frozenset(other for group in _groups() for names in group if word in names for other in names)


@lru_cache(maxsize=1)
def _groups() -> tuple[tuple[frozenset[str], ...], ...]:
    groups = (*EXCLUSIVE, "colour", "feature")
    return tuple(tuple(frozenset(_single(group, code)) for code in _book()[group]) for group in groups)


@lru_cache(maxsize=1)
def _by_beginning() -> Mapping[tuple[str, str], Sequence[tuple[tuple[str, ...], str]]]:
    """Give the phrases by their first two words: by one, a text full of `c` and `3` would be compared with dozens."""
    found: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}
    for words, _ in _phrases():
        found.setdefault((words[0], words[1]), []).append((words[2:], phrases()["".join(words)]))
    return found


@lru_cache(maxsize=1)
def _by_meaning() -> Mapping[str, Sequence[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for words, _ in sorted(_phrases(), key=lambda phrase: -len(phrase[0])):
        found.setdefault(phrases()["".join(words)], []).append(words)
    return found


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Give each phrase with its meaning: the first single word of its thing, else its words in one."""
    found = []
    for group in (*EXCLUSIVE, "colour", "feature"):
        for names in _book()[group].values():
            found += _together(names, "")
    for make in makes():
        for model, spellings in make.model_aliases.items():
            found += _together((model, *spellings), "".join(words_of(model)))
    return tuple(found)


def _together(names: Iterable[str], meaning: str) -> list[tuple[tuple[str, ...], str]]:
    """Give phrases with what they mean; a number alone (`Polestar 2`) means too little to stand for one."""
    spelt = [words_of(name) for name in names if not meaning.isdigit()]
    return [(words, meaning or "".join(words)) for words in spelt if 1 < len(words) <= LONGEST_PHRASE]


def _spelt(names: Iterable[str]) -> tuple[str, ...]:
    """Give all words of some names, and those of several words in one as well."""
    found: dict[str, None] = {}
    for name in names:
        words = words_of(name)
        found.update(dict.fromkeys(indexed_words(name)))
        found.update(dict.fromkeys(meant(words)))
    return tuple(found)


def _single(group: str, code: str) -> list[str]:
    return [words[0] for name in _book()[group][code] if len(words := words_of(name)) == 1]


@lru_cache(maxsize=1)
def _book() -> Mapping[str, Mapping[str, Any]]:
    written = resources.files(__package__).joinpath("words.toml").read_text("utf-8")
    book: Mapping[str, Mapping[str, Any]] = tomllib.loads(written)
    return book
