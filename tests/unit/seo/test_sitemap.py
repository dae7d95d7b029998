"""Sitemaps: form, limits, shards (SEO.md §11, SPEC 101)."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from seo import sitemap
from seo.sitemap import Entry
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


@pytest.mark.parametrize(("many", "digits"), [(0, 0), (2_000, 0), (2_001, 1), (45_001, 1), (90_001, 1)])
def test_shards_are_made_when_a_map_grows(many: int, digits: int) -> None:
    assert sitemap.digits_for(map(str, range(many))) == digits


def test_a_map_at_the_limit_is_written_and_one_address_more_is_refused() -> None:
    entries = [entry(number) for number in range(sitemap.MOST_URLS + 1)]
    assert sitemap.urlset(entries[:-1]).count(b"<url>") == 45_000
    with pytest.raises(ValueError, match="too large"):
        sitemap.urlset(entries)


def test_two_languages_and_heavy_entries_make_more_shards() -> None:
    keys = [str(number) for number in range(30_000)]
    assert sitemap.digits_for(keys, urls_per_key=2) == 1
    assert sitemap.digits_for(keys, bytes_per_key=100_000) == 2


@given(st.sets(st.text(min_size=1), max_size=60), st.text(min_size=1))
def test_a_new_car_changes_one_shard_only(keys: set[str], new: str) -> None:
    def shards(known: set[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for key in known:
            found.setdefault(sitemap.shard_of(key, 1), set()).add(key)
        return found

    before, after = shards(keys - {new}), shards(keys | {new})
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {sitemap.shard_of(new, 1)}


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=40))
def test_any_address_survives_the_map(tail: str) -> None:
    loc = f"https://cars.example/{tail}"
    written = sitemap.urlset([Entry(loc, datetime(2026, 1, 1, tzinfo=UTC))])
    assert etree.fromstring(written).findtext("s:url/s:loc", namespaces=NS) == loc
