"""The one list of a site's pages. Freezing, sitemaps and the link check walk it (STYLE.md §4)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from seo import indexnow, sitemap
from storefront.core.config import secret_key
from storefront.domain.listings import queries
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import ShownRow

from . import divided, presence, urls
from .refs import PageKind as PageKind
from .refs import PageRef as PageRef
from .siteview import Face, SiteView
from .stock import page_number

LISTS = ("make", "model", "body", "fuel", "city")
"""Kinds of lists that have pages beside `all` (SEO.md §8)."""


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
    """Give the cars that have a page on this site, by public id; costs as much as there are cars."""
    if view.kept.shown is None:
        view.kept.shown = queries.shown(list(view.dealers), _sold_since(view))
        view.kept.shown_by_id |= {row.id: row for row in view.kept.shown}
    return view.kept.shown


def sold_cars(view: SiteView) -> list[ShownRow]:
    """Give the cars sold of late whose pages are still here, by public id."""
    return queries.sold(list(view.dealers), _sold_since(view))


def shown_among(view: SiteView, listing_ids: Iterable[UUID]) -> list[ShownRow]:
    """Give those of some cars that have a page on this site, by public id."""
    wanted = list(dict.fromkeys(listing_ids))
    missing = [car for car in wanted if car not in view.kept.shown_by_id] if view.kept.shown is None else ()
    for row in queries.shown_among(missing, _sold_since(view)) if missing else ():
        if row.dealer_id in view.dealers:
            view.kept.shown_by_id[row.id] = row
    found = (view.kept.shown_by_id.get(car) for car in wanted)
    return sorted((row for row in found if row is not None), key=lambda row: row.public_id)


def shown_row(view: SiteView, listing_id: UUID) -> ShownRow | None:
    """Give a car that has a page on this site, None for another."""
    return next(iter(shown_among(view, [listing_id])), None)


def _sold_since(view: SiteView) -> datetime:
    return datetime.combine(view.sold_since, time.min, ZoneInfo(view.tenant.time_zone))


def sitemap_bits(view: SiteView) -> int:
    """Give into how many maps the cars are divided, as a power of two."""
    return sitemap.bits_for(view.stock.shape("all").total)


def sitemap_name(shard: str) -> str:
    """Give the name of a map of cars."""
    return f"vehicles-{shard}" if shard else "vehicles"


def sitemap_names(view: SiteView) -> list[str]:
    """Give the names of the maps of cars: of those with a car whose indexable page is here."""
    bits = sitemap_bits(view)
    shards = {sitemap.shard_of(row.public_id, bits) for row in shown_cars(view) if is_canonical_here(view, row)}
    return [sitemap_name(shard) for shard in sorted(shards)]


def sitemap_cars(view: SiteView, name: str) -> list[ShownRow]:
    """Give the cars of a map, by public id: those whose indexable pages are here."""
    shard = name.removeprefix("vehicles").removeprefix("-")
    between = sitemap.span_of(shard, sitemap_bits(view))
    return [row for row in shown_between(view, between) if is_canonical_here(view, row)]


def shown_between(view: SiteView, between: tuple[str, str | None]) -> list[ShownRow]:
    """Give the cars that have a page on this site, by public id, from one id on and below another."""
    return queries.shown(list(view.dealers), _sold_since(view), between)


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


def list_ref(face: Face, list_key: str, bucket: int | None = None) -> PageRef:
    """Give the front of a list, or the page of an older bucket."""
    number = None if bucket is None else page_number(bucket)
    return PageRef(face.urls.listing(list_key, number), face.lang, PageKind.LIST, list_key, bucket)


def vehicle_ref(face: Face, row: ShownRow) -> PageRef:
    """Give the page of a car."""
    return PageRef(face.urls.vehicle(row.slug, row.public_id), face.lang, PageKind.VEHICLE, row.id.hex)


def qr_ref(view: SiteView, row: ShownRow) -> PageRef:
    """Give the QR code of a car."""
    return PageRef(urls.qr(row.public_id), view.default.lang, PageKind.QR, row.id.hex)


def sitemap_ref(view: SiteView, name: str) -> PageRef:
    """Give a map."""
    return PageRef(urls.sitemap(name), view.default.lang, PageKind.SITEMAP, name)


def _lists(view: SiteView, face: Face) -> Iterator[PageRef]:
    for key in ("all", *(key for kind in LISTS for key in view.stock.keys_below(f"{kind}:"))):
        yield list_ref(face, key)
        for bucket in view.stock.shape(key).older:
            yield list_ref(face, key, bucket)


def _dealers(view: SiteView, face: Face) -> Iterator[PageRef]:
    if view.is_marketplace:
        yield PageRef(face.urls.dealers, face.lang, PageKind.DEALERS)
        for dealer in view.dealers.values():
            yield PageRef(face.urls.dealer(dealer.slug), face.lang, PageKind.DEALER, dealer.id.hex)


def _vehicles(view: SiteView) -> Iterator[PageRef]:
    """List the cars, the languages of each beside one another, so that a batch reads each car once."""
    for row in shown_cars(view):
        for face in view.faces.values():
            yield vehicle_ref(face, row)


def _documents(view: SiteView) -> Iterator[PageRef]:
    lang = view.default.lang
    for face in view.faces.values():
        yield PageRef(face.urls.rss, face.lang, PageKind.RSS)
    for kind in urls.FEEDS if view.store.feed_token else ():
        yield PageRef(urls.feed(view.store.feed_token or "", kind), lang, PageKind.FEED, kind)
    for row in shown_cars(view):
        yield qr_ref(view, row)
    yield PageRef(urls.STATUS, lang, PageKind.STATUS)
    yield PageRef(urls.MANIFEST, lang, PageKind.MANIFEST)
    yield PageRef(urls.ROBOTS, lang, PageKind.ROBOTS)
    if view.settings.indexnow == "on":
        key = indexnow.key_of(secret_key(view.settings), view.store.public_host)
        yield PageRef(indexnow.address_of(key), lang, PageKind.INDEXNOW)
    for name in ("pages", *sitemap_names(view)):
        yield sitemap_ref(view, name)
    yield PageRef(urls.SITEMAP, lang, PageKind.SITEMAP_INDEX)
    yield from divided.files(view)
