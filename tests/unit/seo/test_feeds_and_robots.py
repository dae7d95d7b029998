"""The feed of the newest cars, and robots.txt (SEO.md §§11, 14)."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from seo import robots, rss
from seo.rss import Item

MOMENT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def feed(*items: Item) -> etree._Element:
    """Write a feed and read it back."""
    return etree.fromstring(
        rss.feed(
            title="North Cars",
            link="https://cars.example/vehicles/",
            itself="https://cars.example/rss.xml",
            description="Neu",
            language="de",
            items=items,
        )
    )


def test_an_item_is_known_by_its_canonical_address() -> None:
    root = feed(Item("BMW 320d", "https://cars.example/vehicles/bmw-1/", "EZ 01/2017 · 11.000 km", MOMENT))
    item = root.find("channel/item")
    assert item is not None
    assert item.findtext("guid") == item.findtext("link") == "https://cars.example/vehicles/bmw-1/"
    assert item.findtext("pubDate") == "Wed, 25 Nov 2026 09:00:00 +0000"
    assert root.find("channel/{http://www.w3.org/2005/Atom}link").get("rel") == "self"  # type: ignore[union-attr]


def test_only_the_newest_hundred_are_told() -> None:
    items = [Item(str(number), f"https://cars.example/{number}/", "x", MOMENT) for number in range(101)]
    assert len(feed(*items).findall("channel/item")) == 100


@given(st.text())
def test_any_text_of_a_dealer_survives_the_feed(text: str) -> None:
    item = feed(Item(text, "https://cars.example/1/", text, MOMENT)).find("channel/item")
    assert item is not None
    printable = "".join(letter for letter in text if letter.isprintable())
    assert all(letter in (item.findtext("title") or "") for letter in printable if letter.isalnum())


def test_the_live_layer_is_not_crawled_and_the_sitemap_is_named() -> None:
    written = robots.robots("https://cars.example", disallow=("/-/", "/search/?"))
    assert "Disallow: /-/\nDisallow: /search/?\n" in written
    assert written.endswith("Sitemap: https://cars.example/sitemap.xml\n")
    assert "GPTBot" not in written


def test_a_dealer_may_shut_out_crawlers_that_gather_text() -> None:
    written = robots.robots("https://cars.example", ai_crawlers=False)
    assert "User-agent: GPTBot\n" in written
    assert "Disallow: /\n" in written
