"""Sitemaps: form, limits, shards (SEO.md §11, SPEC 101)."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from seo import sitemap
from seo.sitemap import Entry
from storefront.core.ids import public_id_of
from tests.shared_data import shared

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
MOMENT = datetime(2026, 11, 25, 10, 0, tzinfo=timezone(timedelta(hours=1)))


def schema(name: str) -> etree.XMLSchema:
    """Load a schema of the plan's reference, or skip."""
    path: Path = shared(f"reference/xsd/{name}")
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def entry(number: int) -> Entry:
    """Make an address."""
    return Entry(f"https://cars.example/vehicles/a-{number}/", MOMENT, "weekly", "0.8")


def test_a_map_is_valid_and_says_when_a_page_changed() -> None:
    images = ("https://cars.example/i/a.jpg?x=1&y=2",)
    written = sitemap.urlset([Entry("https://cars.example/?a=1&b='2'", MOMENT, "daily", "1.0", images), entry(1)])
    root = etree.fromstring(written)
    schema("combined.xsd").assertValid(root)
    assert root.findtext("s:url/s:lastmod", namespaces=NS) == "2026-11-25T09:00:00Z"
    assert root.findtext("s:url/s:loc", namespaces=NS) == "https://cars.example/?a=1&b='2'"


def test_the_index_is_valid() -> None:
    written = sitemap.index({"https://cars.example/sitemaps/pages.xml": MOMENT, "https://cars.example/b.xml": None})
    schema("siteindex.xsd").assertValid(etree.fromstring(written))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sitemap.w3c(datetime(2026, 11, 25))  # noqa: DTZ001


@pytest.mark.parametrize(("cars", "bits"), [(0, 0), (500, 0), (501, 1), (1_000, 1), (10_000, 5), (50_000, 7)])
def test_maps_are_divided_when_they_grow(cars: int, bits: int) -> None:
    assert sitemap.bits_for(cars) == bits
    assert len(sitemap.shard_names(bits)) == 1 << bits


def test_a_map_at_the_limit_is_written_and_one_address_more_is_refused() -> None:
    entries = [entry(number) for number in range(sitemap.MOST_URLS + 1)]
    assert sitemap.urlset(entries[:-1]).count(b"<url>") == 45_000
    with pytest.raises(ValueError, match="too large"):
        sitemap.urlset(entries)


@given(st.integers(0, 2**65 - 1), st.integers(0, sitemap.MOST_BITS))
def test_every_car_stands_in_the_one_map_its_public_id_lies_in(number: int, bits: int) -> None:
    public_id = public_id_of(number)
    shard = sitemap.shard_of(public_id, bits)
    low, high = sitemap.span_of(shard, bits)
    assert low <= public_id
    assert high is None or public_id < high
    assert public_id[:2] in sitemap.letters_of(shard, bits)


@given(st.integers(1, sitemap.MOST_BITS))
def test_no_two_letters_belong_to_two_maps(bits: int) -> None:
    found = [letters for shard in sitemap.shard_names(bits) for letters in sitemap.letters_of(shard, bits)]
    assert len(found) == len(set(found)) == 1024


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=40))
def test_any_address_survives_the_map(tail: str) -> None:
    loc = f"https://cars.example/{tail}"
    written = sitemap.urlset([Entry(loc, datetime(2026, 1, 1, tzinfo=UTC))])
    assert etree.fromstring(written).findtext("s:url/s:loc", namespaces=NS) == loc
