"""What Meilisearch keeps: a record for each document, one record that says how far the index is, and its settings.

Meilisearch compares words trimmed, decomposed and in small letters. A word that is not its own normal form is written
in hex behind a tilde, so that two different ones never fall into one and what comes back is what was put in.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from .documents import FIELDS, Document
from .index import Progress
from .query import Facet, Range, Sort

SCHEMA = 2
"""Raise it with every change of the records, the settings, or of how words are folded; a rebuild migrates."""
STATE = "state"
"""Id of the record that says how far the index is."""
LONGEST_TERM = 400
"""Bytes; what is longer Meilisearch cuts."""
_SPECIAL = re.compile(r'["\\\x00-\x1f]|^~')
"""What a quoted word of a filter may not hold, and what marks the hex."""
WORDS = tuple(f"w_{name}" for name in FIELDS)
"""Fields of words; each holds those of the better ones as well, so the last one holds all."""
NUMBERS = {Range.PRICE: "price", Range.YEAR: "year", Range.MILEAGE: "mileage", Range.POWER: "power"}
ORDERS = {
    Sort.RELEVANCE: ("quality:desc", "listed:desc", "id:asc"),
    Sort.NEWEST: ("listed:desc", "id:asc"),
    Sort.PRICE: ("price:asc", "id:asc"),
    Sort.PRICE_DOWN: ("price:desc", "id:asc"),
    Sort.MILEAGE: ("mileage:asc", "id:asc"),
    Sort.YEAR_DOWN: ("year:desc", "id:asc"),
    Sort.DISTANCE: ("id:asc",),
}
"""A record without the value comes last, whichever way. Relevance and distance order within their classes."""
SETTINGS: Mapping[str, Any] = {
    "rankingRules": ["sort"],
    "searchableAttributes": ["nothing"],
    "filterableAttributes": [
        "id", "kind", "tenant", "market", "location", *WORDS, *(facet.value for facet in Facet), *NUMBERS.values(),
    ],
    "sortableAttributes": ["id", "listed", "quality", *NUMBERS.values()],
    "typoTolerance": {"enabled": False},
    "prefixSearch": "disabled",
    "facetSearch": False,
    "pagination": {"maxTotalHits": 100_000_000},
    "faceting": {"maxValuesPerFacet": 100_000_000},
    # Beyond it the order would be given up without a word; our own time limit comes long before.
    "searchCutoffMs": 60_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What an index says of itself; written with every change, in one task with it."""

    tenant: str
    """Whole id in hex."""
    schema: int = field(default_factory=lambda: SCHEMA)
    write: str = field(default_factory=lambda: uuid4().hex)
    """Another one after every change."""
    words: str = field(default_factory=lambda: uuid4().hex)
    """Another one when words or places were added."""
    change: int = 0
    day: str = ""
    """See `index.Progress`."""

    @property
    def progress(self) -> Progress:
        """Give how far the index follows the database."""
        return Progress(self.change, self.day)

    def record(self) -> dict[str, Any]:
        """Give its record."""
        return {"id": STATE, "kind": STATE, **asdict(self)}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "State":
        """Read a record.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(
            str(record["tenant"]),
            int(record["schema"]),
            str(record["write"]),
            str(record["words"]),
            int(record["change"]),
            str(record["day"]),
        )


def term(word: str) -> str:
    """Write a word so that it stays itself (see the module)."""
    plain = unicodedata.normalize("NFKD", word.strip()).lower()
    bytes_ = word.encode("utf-8", "replace")
    if plain == word and len(bytes_) <= LONGEST_TERM and not _SPECIAL.search(word):
        return word
    return "~" + bytes_[: LONGEST_TERM // 2 - 1].hex()


def word_of(written: str) -> str:
    """Read what `term` wrote."""
    return bytes.fromhex(written[1:]).decode("utf-8", "replace") if written.startswith("~") else written


def terms(words: Iterable[str]) -> list[str]:
    """Write words."""
    return [term(word) for word in words]


def record(document: Document) -> dict[str, Any]:
    """Give a document's record; what is unknown is left out."""
    made: dict[str, Any] = {
        "id": document.id.hex,
        "tenant": document.tenant_id.hex,
        "market": document.market,
        "listed": int(document.listed_at.timestamp() * 1_000_000),
        "quality": document.quality,
        "stamp": f"{document.stamp():x}",
        "location": document.location,
        "price": document.price_cents,
        "year": document.year,
        "mileage": document.mileage_km,
        "power": document.power_kw,
    }
    made |= {facet.value: terms(values) for facet, values in document.facets().items()}
    words: dict[str, None] = {}
    for name, found in document.words().items():
        words.update(dict.fromkeys(found))
        made[f"w_{name}"] = terms(words)
    return {name: value for name, value in made.items() if value is not None and value not in ("", [])}
