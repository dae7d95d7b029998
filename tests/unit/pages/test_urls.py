"""Addresses (docs/addresses.md)."""

import pytest

from storefront.pages import urls
from storefront.pages.rendering import content_type, file_of
from storefront.pages.urls import Urls


def test_the_default_language_has_no_prefix_and_others_have_one() -> None:
    assert Urls().vehicles() == "/vehicles/"
    assert Urls("/en").vehicle("bmw-320d", "7f3k2") == "/en/vehicles/bmw-320d-7f3k2/"


@pytest.mark.parametrize(
    ("key", "page", "path"),
    [
        ("all", None, "/vehicles/"),
        ("all", 3, "/vehicles/page-3/"),
        ("make:bmw", None, "/vehicles/bmw/"),
        ("make:bmw", 1, "/vehicles/bmw/page-1/"),
        ("model:bmw/320d", None, "/vehicles/bmw/320d/"),
        ("model:bmw/320d", 2, "/vehicles/bmw/320d/page-2/"),
    ],
)
def test_each_stored_list_has_its_address(key: str, page: int | None, path: str) -> None:
    assert Urls().listing(key, page) == path


def test_a_list_without_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="no pages"):
        Urls().listing("body:estate")


def test_searches_lead_to_the_live_layer() -> None:
    assert urls.search_answer("", "en", body="suv") == "/-/search?lang=en&body=suv"
    assert urls.search_answer("https://live.example", "de").startswith("https://live.example/-/search?")


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/en/vehicles/", "en/vehicles/index.html", "text/html; charset=utf-8"),
        ("/404.html", "404.html", "text/html; charset=utf-8"),
        ("/robots.txt", "robots.txt", "text/plain; charset=utf-8"),
        ("/en/rss.xml", "en/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/sitemaps/pages.xml", "sitemaps/pages.xml", "application/xml; charset=utf-8"),
        ("/site.webmanifest", "site.webmanifest", "application/manifest+json"),
    ],
)
def test_each_address_is_a_file_of_a_type(path: str, file: str, kind: str) -> None:
    assert (file_of(path), content_type(path)) == (file, kind)
