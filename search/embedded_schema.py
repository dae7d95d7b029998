"""How a car lies in the embedded engine: fields to find by, columns to count and order by.

Every order is one column of whole numbers, the least first: the value in the upper bits, the first bits of the listing
id below. So cars of one value stand in the order of their ids (contract T1), but for the few whose first bits are the
same; `embedded_reader.py` looks at those.
"""

from typing import Any

import orjson
import tantivy

from .documents import FIELDS, Document
from .places import cells, position
from .query import Facet, Range, Sort

VALUE_BITS, MOMENT_BITS, QUALITY_BITS = 33, 52, 10
"""Bits of a price, mileage or year; of a moment in microseconds since 1970, enough for 142 years; of a quality."""
UNKNOWN: int = 2**VALUE_BITS - 1
"""Stands for a value nobody knows: such cars come last."""
ORDERS = {
    Sort.RELEVANCE: "by_quality",
    Sort.NEWEST: "by_age",
    Sort.PRICE: "by_price",
    Sort.PRICE_DOWN: "by_price_down",
    Sort.MILEAGE: "by_mileage",
    Sort.YEAR_DOWN: "by_year_down",
}
"""Column of each order; that of relevance is the order inside a class."""
ID_HIGH, ID_LOW = "id_high", "id_low"
"""Columns of the halves of the listing id."""
CELL = "cell"
"""The cells a place lies in (`places.py`)."""
NORTH, EAST = "north", "east"
"""Columns of the place in ten-thousandths of a degree."""


# Said once: an enumeration's values are slow to ask for, a hundred thousand times a dozen.
_FACETS = tuple(facet.value for facet in Facet)
_PRICE, _YEAR, _MILEAGE, _POWER = (which.value for which in Range)
_BY_QUALITY, _BY_AGE, _BY_PRICE, _BY_PRICE_DOWN, _BY_MILEAGE, _BY_YEAR_DOWN = ORDERS.values()


def schema() -> Any:
    """Give the schema: the words of a field hold those of the better fields as well."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for facet in Facet:
        builder.add_text_field(facet.value, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("location", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(CELL, tokenizer_name="raw", index_option="basic")
    builder.add_boolean_field("market", indexed=True)
    for which in Range:
        builder.add_integer_field(which.value, fast=True)
    for name in (NORTH, EAST):
        builder.add_integer_field(name, fast=True)
    for name in (*ORDERS.values(), ID_HIGH, ID_LOW, "stamp"):
        builder.add_unsigned_field(name, fast=True)
    for name in FIELDS:
        builder.add_text_field(f"w_{name}", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def written(document: Document) -> str:
    """Write a car down for the engine, as the JSON it reads."""
    made: dict[str, Any] = {"id": document.id.hex, "market": document.market}
    made |= {name: values for name, values in zip(_FACETS, document.facet_values(), strict=True) if values}
    if document.location:
        made["location"] = document.location
        made[CELL] = cells(document.location)
        for name, degrees in zip((NORTH, EAST), position(document.location), strict=True):
            made[name] = round(degrees * 10_000)
    made |= {name: number for name, number in _numbers(document) if number is not None}
    made |= _keys(document)
    said = ""
    for field, found in document.words().items():
        # A word said twice is one to the engine; to look for it here would cost more.
        said = made[f"w_{field}"] = f"{said} {' '.join(found)}"
    return orjson.dumps(made).decode()


def _numbers(document: Document) -> tuple[tuple[str, int | None], ...]:
    return (
        (_PRICE, document.price_cents),
        (_YEAR, document.year),
        (_MILEAGE, document.mileage_km),
        (_POWER, document.power_kw),
    )


def _keys(document: Document) -> tuple[tuple[str, int], ...]:
    listing, quality = document.id.int, 2**QUALITY_BITS - 1 - document.quality
    age = 2**MOMENT_BITS - 1 - int(document.listed_at.timestamp() * 1_000_000)
    return (
        (ID_HIGH, listing >> 64),
        (ID_LOW, listing & (2**64 - 1)),
        ("stamp", document.stamp()),
        (_BY_QUALITY, _key(quality << MOMENT_BITS | age, QUALITY_BITS + MOMENT_BITS, listing)),
        (_BY_AGE, _key(age, MOMENT_BITS, listing)),
        (_BY_PRICE, _key(_up(document.price_cents), VALUE_BITS, listing)),
        (_BY_PRICE_DOWN, _key(_down(document.price_cents), VALUE_BITS, listing)),
        (_BY_MILEAGE, _key(_up(document.mileage_km), VALUE_BITS, listing)),
        (_BY_YEAR_DOWN, _key(_down(document.year), VALUE_BITS, listing)),
    )


def _up(value: int | None) -> int:
    return UNKNOWN if value is None else min(value, UNKNOWN - 1)


def _down(value: int | None) -> int:
    return UNKNOWN if value is None else UNKNOWN - 1 - min(value, UNKNOWN - 1)


def _key(value: int, bits: int, listing: int) -> int:
    return value << (64 - bits) | listing >> (64 + bits)
