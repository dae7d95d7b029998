"""Into which files the static index of a site is divided (`search.static_index`, `findable.py`).

Every shard there can be has its file, also one without a car: files come and go only when the cars are divided in
another way, and that follows from their number alone.
"""

from collections.abc import Iterator

from search import static_index
from seo import sitemap

from . import urls
from .refs import PageKind, PageRef
from .siteview import SiteView

Layout = tuple[int | None, int | None]
"""Bits of public ids that divide the cars, and their cards; None where there are too many for an index."""


def layout(cars: int) -> Layout:
    """Give how so many cars are divided."""
    return static_index.bits_for(cars), static_index.card_bits_for(cars)


def layout_of(view: SiteView) -> Layout:
    """Give how the cars of a site are divided."""
    return layout(view.stock.shape("all").total)


def files(view: SiteView) -> Iterator[PageRef]:
    """Give the files of a site's index."""
    lang = view.default.lang
    yield PageRef(urls.INDEX, lang, PageKind.INDEX)
    bits, card_bits = layout_of(view)
    if bits is None or card_bits is None:
        return
    for shard in sitemap.shard_names(bits):
        yield PageRef(urls.index_cars(bits, shard), lang, PageKind.INDEX_CARS, key_of(bits, shard))
    for shard in sitemap.shard_names(card_bits):
        yield PageRef(urls.index_cards(card_bits, shard), lang, PageKind.INDEX_CARDS, key_of(card_bits, shard))


def first_files() -> Iterator[str]:
    """Give the first file of every way to divide: when the way changes, one of them comes and one goes."""
    bits, card_bits = layout(static_index.MOST_CARS)
    yield from (urls.index_cars(number, sitemap.shard_names(number)[0]) for number in range((bits or 0) + 1))
    yield from (urls.index_cards(number, sitemap.shard_names(number)[0]) for number in range((card_bits or 0) + 1))


def key_of(bits: int, shard: str) -> str:
    """Give the key of a shard's page."""
    return f"{bits}-{shard or 0}"


def shard_of(key: str) -> tuple[int, str]:
    """Read such a key."""
    bits, _, shard = key.partition("-")
    return int(bits), "" if bits == "0" else shard
