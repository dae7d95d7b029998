"""What machines read of a site: robots.txt, sitemaps, feeds, the manifest."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson

from seo import robots, rss, sitemap
from storefront.core.changes import Reads
from storefront.domain.listings.models import ListingStatus

from . import cards, findable, homes, outgoing, pictures, qr, shells, status, urls
from .catalogue import (
    PageKind,
    PageRef,
    is_canonical_here,
    listed_pages,
    moment_of,
    shown_among,
    sitemap_bits,
    sitemap_cars,
    sitemap_name,
    sitemap_names,
)
from .siteview import SOLD_DAYS, Face, SiteView

PRIORITIES = {
    PageKind.HOME: ("daily", "1.0"),
    PageKind.LIST: ("daily", "0.7"),
    PageKind.DEALERS: ("weekly", "0.6"),
    PageKind.DEALER: ("weekly", "0.6"),
    PageKind.CONTACT: ("monthly", "0.5"),
    PageKind.ABOUT: ("monthly", "0.5"),
    PageKind.REQUEST: ("monthly", "0.5"),
    PageKind.FAQ: ("monthly", "0.4"),
    PageKind.INFO: ("monthly", "0.4"),
    PageKind.TEXT: ("monthly", "0.3"),
}
"""How often pages change and how they compare (SPEC 101); cars are weekly, 0.8."""


@dataclass(frozen=True, slots=True)
class Document:
    """The finished bytes of an address that is no page."""

    body: bytes


def document(view: SiteView, ref: PageRef) -> tuple[Document, Reads]:
    """Make a machine-readable address."""
    reads = Reads()
    makers = {
        PageKind.ROBOTS: _robots,
        PageKind.INDEXNOW: _indexnow_key,
        PageKind.MANIFEST: _manifest,
        PageKind.RSS: _feed,
        PageKind.FEED: outgoing.feed,
        PageKind.QR: qr.picture,
        PageKind.STATUS: status.status,
        PageKind.SITEMAP: _map,
        PageKind.SITEMAP_INDEX: _index,
        PageKind.INDEX: findable.head,
        PageKind.INDEX_CARS: findable.cars,
        PageKind.INDEX_CARDS: findable.shown_cards,
    }
    return Document(makers[ref.kind](view, ref, reads)), reads


def _robots(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    # Feeds are named nowhere, but somebody must know when a site that had none gets some: their token is watched here.
    reads.add("store", view.store.id, "feeds")
    searches = tuple(f"{face.urls.search}?" for face in view.faces.values())
    allowed = view.config.get("ai_crawlers", True) not in (False, "deny")
    return robots.robots(view.origin, disallow=("/-/", *searches), ai_crawlers=allowed).encode()


def _indexnow_key(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Give the key that proves to search engines who speaks for the host (SEO.md §12): its file is named after it."""
    return ref.path.removeprefix("/").removesuffix(".txt").encode()


def _manifest(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    face = view.default
    icons = [
        {"src": face.look.asset(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
        if face.look.has_asset(f"icons/icon-{size}.png")
    ]
    return orjson.dumps(
        {
            "name": view.store.name,
            "short_name": view.store.name[:12].strip(),
            "lang": face.lang,
            "start_url": face.urls.home,
            "scope": "/",
            "display": "minimal-ui",
            "theme_color": face.site.theme_colour,
            "background_color": shells.ground(face),
            "icons": icons,
        },
        option=orjson.OPT_INDENT_2,
    )


def _feed(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    face = view.faces[ref.lang]
    reads.add("list", f"{view.stock.scope}/all", "count")
    view.stock.prepare(["all"])
    newest = view.stock.newest("all", rss.NEWEST)
    cards.prepare(view, newest)
    cards.record_hidden(view, newest, reads)
    sound = [car for car in newest if car in view.kept.rows and cards.is_sound(view, face, car)]
    for car in view.kept.unsound.intersection(newest):
        reads.add("listing", car, "status", "card", "detail")
    items = [_item(view, face, car, reads) for car in sound]
    return rss.feed(
        title=view.store.name,
        link=view.absolute(face.urls.vehicles()),
        itself=view.absolute(face.urls.rss),
        description=face.t("pages.feed", site=view.store.name),
        language=face.lang,
        items=items,
    )


def _item(view: SiteView, face: Face, car: UUID, reads: Reads) -> rss.Item:
    row, _ = view.kept.rows[car]
    dealer = view.dealers[row.dealer_id]
    cards.record(view, row, reads)
    reads.include(view.canonical_reads(dealer))
    store = view.canonical_store(dealer, face.lang)
    prefix = "" if store.default_language == face.lang else f"/{face.lang}"
    link = f"{view.settings.origin(store.public_host)}{urls.Urls(prefix).vehicle(row.slug, row.public_id)}"
    price = (
        face.t("pages.price.on_request")
        if row.price_cents is None
        else face.formats.price(row.price_cents, row.currency)
    )
    title = " ".join(part for part in (cards.name_of(row), row.version) if part)
    return rss.Item(title, link, " · ".join((*cards.facts(face, row), price)), row.listed_at)


def _map(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    _record_owners(view, reads)
    if ref.key == "pages":
        return sitemap.urlset(_pages(view, reads))
    return sitemap.urlset(_cars(view, ref.key, reads))


def _index(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """List the maps; without their dates, so that a price does not change the index too."""
    _record_owners(view, reads)
    for shard in sitemap.shard_names(sitemap_bits(view)):
        reads.add("page", urls.sitemap(sitemap_name(shard)), "exists")
    return sitemap.index({view.absolute(urls.sitemap(name)): None for name in ("pages", *sitemap_names(view))})


def _record_owners(view: SiteView, reads: Reads) -> None:
    """Record that an address depends on whose cars have pages, here as their canonical ones."""
    reads.include(view.membership_reads())
    for dealer in view.dealers.values():
        reads.include(view.canonical_reads(dealer))


def _record_neighbours(view: SiteView, name: str, reads: Reads) -> None:
    """Record that a map changes when a car comes to it or leaves it."""
    states = [f"status-{int(status)}" for status in (ListingStatus.ACTIVE, ListingStatus.SOLD)]
    for letters in sitemap.letters_of(name.removeprefix("vehicles").removeprefix("-"), sitemap_bits(view)):
        reads.add("cars", f"{view.stock.scope}/{letters}", *states)


def _pages(view: SiteView, reads: Reads) -> list[sitemap.Entry]:
    """List every indexable page but the cars'; the front page dates from the newest change of its arrivals."""
    view.stock.prepare(["all"])
    arrivals = set(view.stock.newest("all", homes.ARRIVALS))
    for car in arrivals:
        reads.add("listing", car, "detail")
    view.stock.record(reads)
    newest = max((moment_of(row) for row in shown_among(view, arrivals)), default=None)
    dated = {dealer.id.hex: dealer.updated_at for dealer in view.dealers.values()}
    for dealer in view.dealers.values() if view.is_marketplace else ():
        reads.add("dealer", dealer.id, "name", "place", "contact", "email", "person", "text")
        reads.add("dealer", dealer.id, "team", "faq", "legal")
    entries = []
    for ref in listed_pages(view):
        if ref.kind not in PRIORITIES:
            continue
        frequency, priority = PRIORITIES[ref.kind]
        moment = newest if ref.kind is PageKind.HOME else dated.get(ref.key) if ref.kind is PageKind.DEALER else None
        entries.append(sitemap.Entry(view.absolute(ref.path), moment, frequency, priority))
    return entries


def _cars(view: SiteView, name: str, reads: Reads) -> list[sitemap.Entry]:
    rows = sitemap_cars(view, name)
    _record_neighbours(view, name, reads)
    cards.prepare(view, (row.id for row in rows))
    entries = []
    for row in rows:
        reads.add("listing", row.id, "card", "detail", "cover")
        if row.id not in view.kept.rows or not cards.is_sound(view, view.default, row.id):
            continue
        _, cover = view.kept.rows[row.id]
        if row.sold_at is not None:
            view.day_begins(reads, view.default.formats.day_of(row.sold_at) + timedelta(days=SOLD_DAYS + 1))
        images = () if cover is None else (view.absolute(pictures.path_of(cover.photo.content_hash, "large", "jpg")),)
        for face in view.faces.values():
            if is_canonical_here(view, row, face.lang):
                loc = view.absolute(face.urls.vehicle(row.slug, row.public_id))
                entries.append(sitemap.Entry(loc, moment_of(row), "weekly", "0.8", images))
    return entries
