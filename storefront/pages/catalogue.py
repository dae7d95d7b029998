"""The one list of a site's pages. Freezing, sitemaps and the link check walk it (STYLE.md §4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from seo import sitemap
from storefront.domain.listings import queries
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import ShownRow

from . import presence, urls
from .siteview import Face, SiteView
from .stock import page_number

LISTS = ("make", "model", "body", "fuel", "city")
"""Kinds of lists that have pages beside `all` (SEO.md §8)."""
BYTES_PER_URL = 700
"""Upper estimate of what one address takes in a sitemap, its picture included."""


class PageKind(StrEnum):
    """What a page is; decides who loads it."""

    HOME = "home"
    LIST = "list"
    VEHICLE = "vehicle"
    DEALERS = "dealers"
    DEALER = "dealer"
    CONTACT = "contact"
    TEXT = "text"
    ABOUT = "about"
    REQUEST = "request"
    FAQ = "faq"
    INFO = "info"
    KEPT = "kept"
    SEARCH = "search"
    GONE = "gone"
    RSS = "rss"
    FEED = "feed"
    QR = "qr"
    ROBOTS = "robots"
    MANIFEST = "manifest"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap_index"


@dataclass(frozen=True, slots=True)
class PageRef:
    """One address of a site and what it shows.

    Args:
        path: root-relative address; HTML addresses end in `/` or are `404.html`.
        lang: page language.
        kind: what it is.
        key: which one: a car's, dealer's or own page's id in hex, a list key, the name of a text, a request, a sitemap.
        bucket: of a list, None for its front.
    """

    path: str
    lang: str
    kind: PageKind
    key: str = ""
    bucket: int | None = None


def pages_of(view: SiteView) -> list[PageRef]:
    """List every address of a site in a stable order; a site that is switched off has none (SPEC 26).

    Only active cars of active dealers, cars sold in the last 14 days, on the marketplace only of Premium dealers
    (SPEC 3, 19; SEO.md §3).
    """
    if not view.store.active:
        return []
    return [*listed_pages(view), *_vehicles(view), *_documents(view)]


def listed_pages(view: SiteView) -> list[PageRef]:
    """List the pages of a site that are not a car's, in all languages."""
    pages: list[PageRef] = []
    for face in view.faces.values():
        pages += _fixed(view, face)
        pages += _lists(view, face)
        pages += _dealers(view, face)
    return pages


def shown_cars(view: SiteView) -> list[ShownRow]:
    """Give the cars that have a page on this site, by public id."""
    if view.kept.shown is None:
        zone = ZoneInfo(view.tenant.time_zone)
        view.kept.shown = queries.shown(list(view.dealers), datetime.combine(view.sold_since, time.min, zone))
    return view.kept.shown


def shown_row(view: SiteView, public_id: str) -> ShownRow:
    """Give a car that has a page on this site.

    Raises:
        KeyError: it has none.
    """
    if view.kept.shown_by_id is None:
        view.kept.shown_by_id = {row.public_id: row for row in shown_cars(view)}
    return view.kept.shown_by_id[public_id]


def sitemap_names(view: SiteView) -> dict[str, list[ShownRow]]:
    """Give the maps of cars by name, each with the cars it is about (only those whose indexable pages are here)."""
    own = [row for row in shown_cars(view) if is_canonical_here(view, row)]
    languages = len(view.faces)
    digits = sitemap.digits_for((row.public_id for row in own), languages, languages * BYTES_PER_URL)
    maps: dict[str, list[ShownRow]] = {}
    for row in own:
        shard = sitemap.shard_of(row.public_id, digits)
        maps.setdefault(f"vehicles-{shard}" if shard else "vehicles", []).append(row)
    return dict(sorted(maps.items()))


def is_canonical_here(view: SiteView, row: ShownRow, lang: str | None = None) -> bool:
    """Ask whether this site has a car's indexable page in a language, or in any."""
    dealer = view.dealers[row.dealer_id]
    langs = view.faces if lang is None else (lang,)
    return any(view.canonical_store(dealer, spoken).id == view.store.id for spoken in langs)


def moment_of(row: ShownRow) -> datetime:
    """Give the moment of a car's last significant change: of its sale, once it is sold (SEO.md §3)."""
    return row.sold_at if row.status is ListingStatus.SOLD and row.sold_at is not None else row.significant_at


def _fixed(view: SiteView, face: Face) -> Iterator[PageRef]:
    lang = face.lang
    yield PageRef(face.urls.home, lang, PageKind.HOME)
    yield PageRef(face.urls.search, lang, PageKind.SEARCH)
    yield PageRef(face.urls.contact, lang, PageKind.CONTACT)
    for name in (*urls.TEXTS, *(urls.MARKET_TEXTS if view.is_marketplace else ())):
        yield PageRef(face.urls.text(name), lang, PageKind.TEXT, name)
    if presence.has_about(view):
        yield PageRef(face.urls.about, lang, PageKind.ABOUT)
    for kind in urls.REQUESTS if presence.takes_requests(view) else ():
        yield PageRef(face.urls.request(kind), lang, PageKind.REQUEST, kind)
    if presence.questions(view, lang):
        yield PageRef(face.urls.faq, lang, PageKind.FAQ)
    for page in presence.written(view, lang):
        yield PageRef(face.urls.info(page.slug), lang, PageKind.INFO, page.id.hex)
    for kind in urls.KEPT:
        yield PageRef(face.urls.kept(kind), lang, PageKind.KEPT, kind)
    yield PageRef(face.urls.not_found, lang, PageKind.GONE)


def _lists(view: SiteView, face: Face) -> Iterator[PageRef]:
    for key in ("all", *(key for kind in LISTS for key in view.stock.keys_below(f"{kind}:"))):
        yield PageRef(face.urls.listing(key), face.lang, PageKind.LIST, key)
        for bucket in view.stock.shape(key).older:
            path = face.urls.listing(key, page_number(bucket))
            yield PageRef(path, face.lang, PageKind.LIST, key, bucket)


def _dealers(view: SiteView, face: Face) -> Iterator[PageRef]:
    if view.is_marketplace:
        yield PageRef(face.urls.dealers, face.lang, PageKind.DEALERS)
        for dealer in view.dealers.values():
            yield PageRef(face.urls.dealer(dealer.slug), face.lang, PageKind.DEALER, dealer.id.hex)


def _vehicles(view: SiteView) -> Iterator[PageRef]:
    """List the cars, the languages of each beside one another, so that a batch reads each car once."""
    for row in shown_cars(view):
        for face in view.faces.values():
            path = face.urls.vehicle(row.slug, row.public_id)
            yield PageRef(path, face.lang, PageKind.VEHICLE, row.id.hex)


def _documents(view: SiteView) -> Iterator[PageRef]:
    lang = view.default.lang
    for face in view.faces.values():
        yield PageRef(face.urls.rss, face.lang, PageKind.RSS)
    for kind in urls.FEEDS if view.store.feed_token else ():
        yield PageRef(urls.feed(view.store.feed_token or "", kind), lang, PageKind.FEED, kind)
    for row in shown_cars(view):
        yield PageRef(urls.qr(row.public_id), lang, PageKind.QR, row.public_id)
    yield PageRef(urls.MANIFEST, lang, PageKind.MANIFEST)
    yield PageRef(urls.ROBOTS, lang, PageKind.ROBOTS)
    for name in ("pages", *sitemap_names(view)):
        yield PageRef(urls.sitemap(name), lang, PageKind.SITEMAP, name)
    yield PageRef(urls.SITEMAP, lang, PageKind.SITEMAP_INDEX)
