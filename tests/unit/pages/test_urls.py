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
        ("body:estate", None, "/vehicles/body/estate/"),
        ("fuel:plugin_hybrid", 2, "/vehicles/fuel/plugin_hybrid/page-2/"),
        ("city:bad-oldesloe", None, "/vehicles/in/bad-oldesloe/"),
        ("city:at/wien", 1, "/vehicles/in/at/wien/page-1/"),
    ],
)
def test_each_stored_list_has_its_address(key: str, page: int | None, path: str) -> None:
    assert Urls().listing(key, page) == path


def test_a_list_without_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="no pages"):
        Urls().listing("colour:red")


LOOKALIKES = ("body", "fuel", "in", "page-2", "make-in", "make-page-2", "make-make-body", "estate", "x-page-2")


def test_no_make_model_or_city_takes_the_address_of_another_list() -> None:
    keys = ["all", "body:estate", "body:page-2", "fuel:diesel", "city:estate", "city:page-2", "city:in/page-2"]
    keys += [f"make:{name}" for name in LOOKALIKES]
    keys += [f"model:{make}/{model}" for make in LOOKALIKES for model in ("estate", "page-2", "x-page-2", "diesel")]
    paths = [Urls().listing(key, page) for key in keys for page in (None, 2)]
    assert len(set(paths)) == len(paths)


def test_an_ordinary_make_keeps_its_word() -> None:
    assert Urls().make("bodyworks") == "/vehicles/bodyworks/"
    assert Urls().make("in") == "/vehicles/make-in/"


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
