"""What search engines find in the built sites, over all hosts and over a car's life (SEO.md §§3, 6, 11, 19)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tools.judges import addresses
from tools.judges.trees import built_sites

LATER = NOW + timedelta(hours=1)
LASTMOD = re.compile(rb"<loc>([^<]+)</loc>\s*<lastmod>([^<]+)</lastmod>")


def golf_pages(built: Installation) -> dict[str, str]:
    """Read the Golf's pages on North Cars' site, by path."""
    files = built.pages(built.world.north_store.public_host)
    return {
        path: page.decode() for path, page in files.items() if built.world.golf.public_id in path and ".html" in path
    }


def in_sitemap(built: Installation, host: str) -> set[str]:
    """Give every address the maps of a host name."""
    maps = {path: content for path, content in built.pages(host).items() if path.startswith("sitemaps/")}
    return {address.decode() for content in maps.values() for address in re.findall(rb"<loc>([^<]+)</loc>", content)}


def lastmods(built: Installation, host: str) -> dict[bytes, bytes]:
    """Give when each address of a host is said to have changed."""
    maps = (content for path, content in built.pages(host).items() if path.startswith("sitemaps/"))
    return {address: moment for content in maps for address, moment in LASTMOD.findall(content)}


def _sold(listing: Listing) -> None:
    listings.mark_sold(listing, now=LATER, actor="test")


def _withdrawn(listing: Listing) -> None:
    listings.withdraw(listing, now=LATER, actor="test")


@pytest.mark.parametrize(
    ("become", "days", "availability"),
    [
        (None, 0, "InStoreOnly"),
        (_sold, 0, "SoldOut"),
        (_sold, 14, "SoldOut"),
        (_sold, 15, None),
        (_withdrawn, 0, None),
    ],
    ids=["on offer", "sold", "sold, last day of grace", "sold, grace is over", "withdrawn"],
)
def test_each_state_of_a_car_shows_in_one_publish(
    built: Installation, become: Callable[[Listing], None] | None, days: int, availability: str | None
) -> None:
    """SEO.md §3 and §19.5: page, availability and sitemap; the feeds' part is tests/build/test_feeds_out.py."""
    if become is not None:
        perform(become, built.world.golf).unwrap()
    report = built.build(as_of=TODAY + timedelta(days=days))
    assert [build.failure for build in report.hosts if build.failure] == []
    for host in (store.public_host for store in (built.world.north_store, built.world.market_store)):
        pages = [path for path in built.pages(host) if built.world.golf.public_id in path and path.endswith(".html")]
        assert bool(pages) is (availability is not None), host
    named = {address for address in in_sitemap(built, "north-cars.localhost") if built.world.golf.public_id in address}
    if availability is None:
        assert named == set()
        return
    assert len(named) == 2, "one address a language"
    for page in golf_pages(built).values():
        assert f"https://schema.org/{availability}" in page
        assert ("https://schema.org/SoldOut" in page) is (availability == "SoldOut")


def test_over_all_hosts_one_page_a_car_and_language_is_the_one(built: Installation) -> None:
    """SEO.md §19.4: no chain, no loop, no broken link, no host of a rival; our check holds the rest (test_check.py)."""
    sites = built_sites(built.settings.instance)
    assert {site.host for site in sites} == {"localhost", "north-cars.localhost", "south-motors.localhost"}
    verdict = addresses.canonical(sites)
    assert verdict.findings == []
    cars = db.session.query(Listing).filter(Listing.status.in_([ListingStatus.ACTIVE, ListingStatus.SOLD])).count()
    assert verdict.figures["cars_and_languages"] == 2 * cars
    assert addresses.links(sites).findings == []
    assert addresses.hosts(sites).findings == []


def test_a_page_says_it_changed_when_it_did_and_not_when_it_was_built(built: Installation) -> None:
    """SEO.md §11 and §19.3."""
    host = built.world.north_store.public_host
    before = lastmods(built, host)
    assert len(before) > 15
    built.build(as_of=TODAY + timedelta(days=2))
    assert lastmods(built, host) == before
    afresh = built.drawn_afresh(built.world.north_store, as_of=TODAY + timedelta(days=2))
    drawn = {address: moment for path, content in afresh.items() if path.startswith("sitemaps/")
             for address, moment in LASTMOD.findall(content)}  # fmt: skip
    assert drawn == before

    reason = PriceReason.MARKET_ADJUSTMENT
    perform(listings.change_price, built.world.golf, 21_990_00, reason=reason, now=LATER, actor="test").unwrap()
    built.build()
    changed = {address.decode() for address, moment in lastmods(built, host).items() if before.get(address) != moment}
    assert any(built.world.golf.public_id in address for address in changed)
    polo = {address for address in changed if built.world.polo.public_id in address}
    assert polo == set(), "another car's page did not change"
