"""How outgoing feeds and codes of cars are answered (SEO.md §15): type, charset, five minutes, in no search engine."""

import pytest

from seo.headers import file_headers
from storefront.pages import urls
from storefront.pages.rendering import content_type

TOKEN = "x" * 43
TYPES = {
    "google": "text/tab-separated-values; charset=utf-8",
    "meta": "text/csv; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "json": "application/json",
}


@pytest.mark.parametrize("kind", urls.FEEDS)
def test_a_feed_is_answered_as_what_it_is_and_is_listed_nowhere(kind: str) -> None:
    address = urls.feed(TOKEN, kind)
    headers = dict(file_headers(address[1:]))
    assert headers["Content-Type"] == content_type(address) == TYPES[kind]
    assert headers["Cache-Control"] == "public, max-age=300, s-maxage=300"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Vary"] == "Accept-Encoding"


def test_a_code_is_a_picture_that_may_change_and_is_not_indexed() -> None:
    headers = dict(file_headers(urls.qr("01bmdhmczp5p5")[1:]))
    assert headers["Content-Type"] == content_type(urls.qr("01bmdhmczp5p5")) == "image/svg+xml; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=300, s-maxage=300"
    assert headers["X-Robots-Tag"] == "noindex"


def test_pages_and_the_public_feed_may_be_listed() -> None:
    for path in ("index.html", "rss.xml", "sitemap.xml"):
        assert "X-Robots-Tag" not in dict(file_headers(path))
