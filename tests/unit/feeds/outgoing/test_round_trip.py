"""Whatever dealers write, each outgoing feed parses, and what is read back is what was written (SEO.md §19.2)."""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from storefront.feeds.outgoing import Picture, Seller, StockItem, google, meta, plain, stock_csv, stock_json, stock_xml
from storefront.feeds.outgoing.writing import clean, cut, one_line
from tests.unit.feeds.outgoing.cars import UGLY, car, channel

NASTY = st.sampled_from(
    [
        "</script>",
        "]]>",
        "&amp;",
        '"',
        '""',
        "'",
        "\t",
        "\r\n",
        "\n",
        "\u2028",
        "\u0085",
        "\x00",
        "\x0b",
        "\ufffe",
        "🚗",
        "👨\u200d👩\u200d👧",
        "שלום",
        "\u202e",
        "مرحبا",
        "=1+1",
        "+",
        "@",
        ",",
        "|",
        ";",
        "Ω",
        UGLY,
    ]
)
words = st.lists(NASTY | st.text(st.characters(codec="utf-8"), max_size=6), max_size=4).map("".join)
named = words.filter(one_line)
EXAMPLES = 60
VIN = re.compile("[A-HJ-NPR-Z0-9]{17}")
sellers = st.builds(
    Seller,
    id=st.just("d1"),
    name=words,
    store_code=st.just("north"),
    street=words,
    postal_code=words,
    city=named,
    country=st.sampled_from(["DE", "AT", "IT", "ES", "FR", "NL"]),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
)


@st.composite
def items(draw: st.DrawFn) -> StockItem:
    """Draw a car."""
    known: dict[str, Any] = {
        "state": draw(st.sampled_from(["active", "reserved", "incoming", "sold"])),
        "title": draw(named),
        "description": draw(words),
        "make": draw(named),
        "model": draw(named),
        "version": draw(words),
        "stock_number": draw(words),
        "condition": draw(st.sampled_from(["new", "used", "damaged"])),
        "seller": draw(sellers),
        "vin": draw(st.none() | st.from_regex(VIN, fullmatch=True)),
        "year": draw(st.none() | st.integers(1950, 2027)),
        "first_registered": draw(st.none() | st.dates(date(1950, 1, 1), date(2027, 1, 1))),
        "mileage_km": draw(st.none() | st.integers(0, 2_000_000)),
        "price_cents": draw(st.none() | st.integers(1, 10**9)),
        "body": draw(st.none() | st.sampled_from([*google.BODIES, "other"])),
        "fuel": draw(st.none() | st.sampled_from([*google.ENGINES])),
        "colour_name": draw(st.none() | words),
        "consumption_combined": draw(st.none() | st.integers(1, 600)),
        "co2_g_km": draw(st.none() | st.integers(0, 1000)),
        "features": tuple(draw(st.lists(words, max_size=4))),
        "pictures": tuple(Picture(f"https://north.example/i/{n}.jpg") for n in range(draw(st.integers(0, 25)))),
    }
    return car(draw(st.integers(0, 999)), **known)


stocks = st.lists(items(), max_size=3, unique_by=lambda item: item.id)


def table(content: bytes, delimiter: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    """Read a table strictly: every row has the cells of the header."""
    rows = list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter, strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@given(stocks)
@settings(max_examples=EXAMPLES, deadline=None)
def test_google_reads_what_was_written(stock: Sequence[StockItem]) -> None:
    written = google.write(channel(), stock)
    rows = table(written, "\t")
    assert written.count(b"\n") == len(rows) + 1, "a car is one line"
    for row, item in zip(rows, google.accepted(stock), strict=True):
        assert (row["id"], row["vin"], row["link"]) == (item.id, item.vin, item.url)
        assert row["title"] == cut(one_line(item.title), 150)
        assert row["description"] == cut(one_line(item.description), 5_000)
        assert (row["brand"], row["model"], row["trim"]) == tuple(map(one_line, (item.make, item.model, item.version)))
        assert row["price"] == f"{(item.price_cents or 0) / 100:.2f} EUR"
        assert row["mileage"] == f"{item.mileage_km} km"


@given(stocks)
@settings(max_examples=EXAMPLES, deadline=None)
def test_meta_reads_what_was_written(stock: Sequence[StockItem]) -> None:
    for row, item in zip(table(meta.write(channel(), stock), ","), meta.accepted(stock), strict=True):
        assert row["vehicle_id"] == item.id
        assert row["description"] == cut(clean(item.description) or one_line(item.title), 5_000)
        assert row["trim"] == one_line(item.version)
        amount, currency = row["price"].split(" ")
        assert (round(float(amount) * 100), currency) == (item.price_cents, "EUR")
        address = json.loads(row["address"])
        assert (address["addr1"], address["city"]) == (one_line(item.seller.street), one_line(item.seller.city))


@given(stocks)
@settings(max_examples=EXAMPLES, deadline=None)
def test_spreadsheets_read_what_was_written_behind_its_apostrophe(stock: Sequence[StockItem]) -> None:
    rows = table(stock_csv.write(channel(), stock), ",", "utf-8-sig")
    for row, item in zip(rows, plain.offered(stock), strict=True):
        known = plain.record(item)
        for name in plain.TEXTS - {"features"}:
            assert not row[name].startswith(("=", "+", "-", "@", "\t", "\r"))
            assert row[name].removeprefix("'") == (known[name] or "")
        assert row["price"] == (known["price"] or "")


@given(stocks)
@settings(max_examples=EXAMPLES, deadline=None)
def test_json_reads_what_was_written(stock: Sequence[StockItem]) -> None:
    read = json.loads(stock_json.write(channel(), stock))
    assert read["cars"] == [plain.record(item) for item in plain.offered(stock)]


@given(stocks)
@settings(max_examples=EXAMPLES, deadline=None)
def test_xml_reads_what_was_written(stock: Sequence[StockItem]) -> None:
    root = etree.fromstring(stock_xml.write(channel(), stock))
    assert root.get("site") == "North & Söhne"
    for element, item in zip(root, plain.offered(stock), strict=True):
        for name, value in plain.record(item).items():
            if isinstance(value, list):
                assert [member.text or "" for member in element.iterfind(f"{name}/*")] == value
            elif isinstance(value, str):
                assert element.findtext(name, "") == value
            elif value is None:
                assert element.find(name) is None


@given(words)
def test_what_is_cleaned_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)
    assert all(letter in clean(text) for letter in text if letter.isalnum())
