"""The static index: what a site's cars are found by when nobody answers but files (issue 5, "Search that survives").

Three kinds of JSON files, all written with the release and read by `js/search_static.js` of the base theme:

* the **head**, one a host: into how many shards the cars are divided, the words for codes, and the rules of `text.py`,
  `query.py` and `quality.py` as data, so that the script has none of its own;
* **shards of cars**, by public id: columns of what a search looks at, and the words of the cars;
* **shards of cards**, smaller ones: what a hit shows. Only those of a page's hits are fetched.

How many shards there are follows from the number of cars alone, in powers of two, and stands in their names: a car that
changes changes its own shard, and shards of two ways to divide are never taken for one another. A car's stamp stands in
both of its shards: where they differ, a release was switched between two requests, and the script begins again.

Columns are arrays in the order of the cars (by listing id). Words are a sorted vocabulary, each written as the letters
it shares with the one before and the rest; `found` holds for each word the cars that have it, see `_postings`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import xxhash

from .documents import FIELDS, Document
from .quality import DESCRIBED, SHOWN
from .query import Facet
from .static_digits import DIGITS
from .static_rules import rules

VERSION = 1
"""Of the files; a script that expects another one asks for a fresh page."""
MOST_CARS = 10_000
"""A host with more offers its lists instead (issue 5)."""
ROOMY = 128
"""Cars of a shard on average at most: far below 1,000 and 60 KB, so that a price costs little to write."""
CARD_ROOM = 32
"""Cards of a shard on average at most."""
_SHARED = 35
SINGLE = tuple(facet for facet in Facet if facet is not Facet.FEATURE)
"""Facets of which a car has one value at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A car as its shard takes it."""

    document: Document
    part: int
    """Number of the shard its card stands in."""
    postal_code: str
    town: str
    """Where it stands, as people write it; empty when unknown."""
    stamp: str
    """Of what its card says (`stamp`)."""
    words: Mapping[str, Sequence[str]]
    facets: Mapping[Facet, Sequence[str]]


def entry(document: Document, part: int, postal_code: str, town: str, stamp: str) -> Entry:
    """Make a car's entry.

    Raises:
        ValueError, TypeError, AttributeError: its record is corrupt.
    """
    made = Entry(document, part, postal_code, town, stamp, document.words(), document.facets())
    orjson.dumps([*made.facets.values(), town])
    return made


def bits_for(cars: int) -> int | None:
    """Give how many bits of their public ids divide so many cars into shards; None: there are too many for an index."""
    return None if cars > MOST_CARS else _bits(cars, ROOMY)


def card_bits_for(cars: int) -> int | None:
    """Give the same for shards of cards."""
    return None if cars > MOST_CARS else _bits(cars, CARD_ROOM)


def _bits(cars: int, room: int) -> int:
    bits = 0
    while cars > room << bits:
        bits += 1
    return bits


def stamp(values: Iterable[object]) -> str:
    """Give four hex digits of what a card says of a car."""
    written = "\0".join(map(str, values)).encode(errors="replace")
    return f"{xxhash.xxh3_64_intdigest(written) & 0xFFFF:04x}"


def head(bits: int | None, card_bits: int | None, about: Mapping[str, Any]) -> bytes:
    """Write the head of a host's index.

    Args:
        bits: into how many shards the cars are divided, as a power of two; None: there are too many, and no shards.
        card_bits: the same for cards.
        about: what the site says of itself: origin, languages with their words.
    """
    divided = {"bits": bits, "card_bits": card_bits, "most": MOST_CARS}
    return orjson.dumps({"v": VERSION, **divided, **about, "rules": rules()})


def cars(bits: int, shard: str, entries: Iterable[Entry]) -> bytes:
    """Write a shard of cars.

    Args:
        bits: into how many all cars are divided, as a power of two.
        shard: which one.
        entries: its cars, in any order.
    """
    known = sorted(entries, key=lambda entry: entry.document.id.hex)
    documents = [entry.document for entry in known]
    words, found = _written_words([entry.words for entry in known])
    return orjson.dumps(
        {
            "v": VERSION,
            "shard": f"{bits}-{shard or 0}",
            "ids": "".join(document.id.hex for document in documents),
            "stamps": "".join(entry.stamp for entry in known),
            "part": [entry.part for entry in known],
            "listed": [_micros(document) for document in documents],
            "price": [document.price_cents for document in documents],
            "year": [document.year for document in documents],
            "mileage": [document.mileage_km for document in documents],
            "power": [document.power_kw for document in documents],
            "quality": _coded(_judged(document) for document in documents),
            "facets": {facet.value: _one(facet, known) for facet in SINGLE},
            "feature": _many([entry.facets[Facet.FEATURE] for entry in known]),
            "place": _coded(_place(entry) for entry in known),
            "words": words,
            "found": found,
        }
    )


def cards(bits: int, shard: str, made: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Write a shard of cards.

    Args:
        bits: into how many all cards are divided, as a power of two.
        shard: which one.
        made: listing id in hex → the card.
    """
    return orjson.dumps({"v": VERSION, "shard": f"{bits}-{shard or 0}", "cards": dict(sorted(made.items()))})


def _micros(document: Document) -> int:
    return int(document.listed_at.timestamp() * 1_000_000)


def _judged(document: Document) -> str:
    """Write what quality is made of besides day and label: known facts, letters of the description, photos; so no shard
    is written anew because a day began (`quality.py`).
    """
    known, described, photos = document.judged()
    return f"{known},{min(described, DESCRIBED)},{min(photos, SHOWN)}"


def _one(facet: Facet, entries: Sequence[Entry]) -> dict[str, Any]:
    values = [next(iter(entry.facets[facet]), None) for entry in entries]
    coded = _coded(values)
    if facet in _NAMED:
        pairs = zip(reversed(values), reversed(entries), strict=True)
        names = {value: _NAMED[facet](entry) for value, entry in pairs}
        coded["names"] = [names[value] for value in coded["values"]]
    return coded


_NAMED: Mapping[Facet, Callable[[Entry], str]] = {
    Facet.MAKE: lambda entry: entry.document.make,
    Facet.MODEL: lambda entry: entry.document.model,
    Facet.DEALER: lambda entry: entry.document.dealer_name,
    Facet.CITY: lambda entry: entry.town,
}
"""Facets whose values are no codes, and what a car says they are called."""


def _coded(values: Iterable[str | None]) -> dict[str, Any]:
    """Write a column of texts as the sorted different ones and a number each; -1 for none."""
    column = list(values)
    known = sorted({value for value in column if value is not None})
    number = {value: at for at, value in enumerate(known)}
    return {"values": known, "of": [-1 if value is None else number[value] for value in column]}


def _many(values: Sequence[Sequence[str]]) -> dict[str, Any]:
    known = sorted({value for some in values for value in some})
    number = {value: at for at, value in enumerate(known)}
    return {"values": known, "of": [sorted(number[value] for value in some) for some in values]}


def _place(entry: Entry) -> str | None:
    if not entry.document.location:
        return None
    return f"{entry.document.location}|{entry.postal_code}|{entry.town}"


def _written_words(fields: Sequence[Mapping[str, Sequence[str]]]) -> tuple[str, str]:
    """Write the words of cars: the vocabulary, and where each word stands in its best field."""
    found: dict[str, list[tuple[int, int]]] = {}
    for car, words in enumerate(fields):
        best: dict[str, int] = {}
        for number, field in enumerate(FIELDS):
            for word in words[field]:
                best.setdefault(word, number)
        for word, number in best.items():
            found.setdefault(word, []).append((car, number))
    vocabulary = sorted(found)
    return _front_coded(vocabulary), " ".join(_postings(found[word]) for word in vocabulary)


def _front_coded(vocabulary: Sequence[str]) -> str:
    written, before = [], ""
    for word in vocabulary:
        shared = 0
        while shared < min(len(word), len(before), _SHARED) and word[shared] == before[shared]:
            shared += 1
        written.append(f"{DIGITS[shared]}{word[shared:]}")
        before = word
    return " ".join(written)


def _postings(where: Iterable[tuple[int, int]]) -> str:
    """Write cars and fields: 4 × the step from the car before (from -1) + the field, in digits of five bits, the lowest
    first, with 32 added where more follow.
    """
    written, before = [], -1
    for car, field in where:
        number = (car - before) * len(FIELDS) + field
        before = car
        while number >= 32:
            written.append(DIGITS[(number & 31) + 32])
            number >>= 5
        written.append(DIGITS[number])
    return "".join(written)
