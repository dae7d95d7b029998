"""The static index of a site: its cars as files that a browser searches when no server answers (`search.static_index`).

A shard depends on the cars that stand in it, one by one, and on who comes to it: a price redraws one shard of cars and
one of cards. How the cars are divided says `divided.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from search import static_index
from search.documents import Document, documents_of
from search.static_index import Entry
from seo import co2, sitemap
from storefront.core.changes import Reads
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow, ShownRow
from storefront.domain.valuation import queries as valuation
from storefront.domain.valuation.labels import Label
from storefront.domain.valuation.queries import LabelRow
from storefront.domain.vehicles import vocabulary

from . import cards, catalogue, divided, valued
from .ingredients import SEARCH
from .refs import PageRef
from .siteview import Face, SiteView

CODES = {
    "body": vocabulary.BODIES,
    "fuel": vocabulary.FUELS,
    "transmission": vocabulary.TRANSMISSIONS,
    "drive": vocabulary.DRIVES,
    "colour": vocabulary.COLOURS,
    "feature": vocabulary.FEATURES,
}
"""Facets whose values are codes with a word in each language."""


def head(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Write the head: the divisions, and the words of each language."""
    view.log.names.add(SEARCH)
    for address in divided.first_files():
        reads.add("page", address, "exists")
    languages = {face.lang: _spoken(face) for face in view.faces.values()}
    about = {
        "origin": view.origin,
        "market": view.is_marketplace,
        "labels": valued.are_shown(view.default),
        "languages": languages,
    }
    return static_index.head(*divided.layout_of(view), about)


def _spoken(face: Face) -> dict[str, Any]:
    names = {facet: {code: face.t(f"{facet}.{code}") for code in codes} for facet, codes in CODES.items()}
    names["label"] = {step.value: face.t(f"pages.label.{step}") for step in Label}
    return {"lists": face.urls.vehicles(), "names": names}


def cars(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Write a shard of cars."""
    view.log.names.add(SEARCH)
    bits, shard = divided.shard_of(ref.key)
    rows = _rows(view, bits, shard, reads)
    documents = _documents(view, [row.id for row in rows])
    labels = valuation.labels([row.id for row in rows])
    for row in rows:
        _record(view, row, labels.get(row.id), reads)
    found = (_entry(view, row, documents.get(row.id)) for row in rows)
    return static_index.cars(bits, shard, (entry for entry in found if entry is not None))


def shown_cards(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Write a shard of cards, in all languages of the site."""
    view.log.names.add(SEARCH)
    bits, shard = divided.shard_of(ref.key)
    rows = _rows(view, bits, shard, reads)
    cards.prepare(view, (row.id for row in rows))
    made = {}
    for row in rows:
        _record_card(view, row, reads)
        if _is_sound(view, row.id):
            made[row.id.hex] = _card(view, view.kept.rows[row.id][0])
    return static_index.cards(bits, shard, made)


def _rows(view: SiteView, bits: int, shard: str, reads: Reads) -> list[ShownRow]:
    """Read the cars on offer of a shard, and record that it changes when one comes or leaves."""
    state = f"status-{int(ListingStatus.ACTIVE)}"
    reads.include(view.membership_reads())
    if bits:
        for letters in sitemap.letters_of(shard, bits):
            reads.add("cars", f"{view.stock.scope}/{letters}", state)
    else:
        for dealer_id in view.dealers:
            reads.add("listings", f"dealer:{dealer_id.hex}", state)
    found = catalogue.shown_between(view, sitemap.span_of(shard, bits))
    return [row for row in found if row.status is ListingStatus.ACTIVE]


def _documents(view: SiteView, listing_ids: Sequence[UUID]) -> dict[UUID, Document]:
    """Read what is searched of cars; one whose record is corrupt is left out here as everywhere (SECURITY E11)."""
    cards.prepare(view, listing_ids)

    def read(some: Sequence[UUID]) -> Mapping[UUID, Document]:
        return {document.id: document for document in documents_of(some, view.as_of)}

    return cards.readable(read, listing_ids, view.kept.unsound)


def _is_sound(view: SiteView, listing_id: UUID) -> bool:
    return listing_id in view.kept.rows and all(cards.is_sound(view, face, listing_id) for face in view.faces.values())


def _record(view: SiteView, row: ShownRow, label: LabelRow | None, reads: Reads) -> None:
    """Record what a shard of cars reads of a car, also of one that is left out, and the day its label ends."""
    reads.add("valuation", row.id, "label")
    if label is not None:
        view.day_begins(reads, label.expires_on + timedelta(days=1))
    reads.add("listing", row.id, "status", "card", "text", "place", "cover")
    reads.add("dealer", row.dealer_id, "name", "place", view.showing)
    if row.id in view.kept.rows:
        reads.add("vehicle", view.kept.rows[row.id][0].vehicle_id, "name", "card", "detail")


def _record_card(view: SiteView, row: ShownRow, reads: Reads) -> None:
    """Record what a shard of cards reads of a car, and the day on which its energy line changes by itself."""
    reads.add("listing", row.id, "status", "card", "cover")
    reads.add("dealer", row.dealer_id, "name", "place", view.showing)
    if row.id in view.kept.rows:
        card, _ = view.kept.rows[row.id]
        reads.add("vehicle", card.vehicle_id, "name", "card", *cards.energy_read(view, card))
        if card.first_registered is not None:
            view.day_begins(reads, co2.new_until(card.first_registered) + timedelta(days=1))


def _entry(view: SiteView, row: ShownRow, document: Document | None) -> Entry | None:
    """Give a car as its shard takes it, None for one whose record is corrupt."""
    if document is None or not _is_sound(view, row.id):
        return None
    _, card_bits = divided.layout_of(view)
    card, dealer = view.kept.rows[row.id][0], view.dealers[row.dealer_id]
    part = int(sitemap.shard_of(row.public_id, card_bits or 0) or "0", 16)
    try:
        return static_index.entry(document, part, dealer.postal_code, card.city or dealer.city, _stamp(card))
    except (ValueError, TypeError, AttributeError, LookupError):
        return None


def _stamp(row: CardRow) -> str:
    """Give the stamp of what a card says that a search asks for."""
    said = (row.price_cents, row.currency, row.make, row.model, row.version, row.year, row.first_registered)
    return static_index.stamp((*said, row.mileage_km, row.body, row.fuel, row.transmission, row.power_kw))


def _card(view: SiteView, row: CardRow) -> dict[str, Any]:
    """Make what a hit shows: what `/-/search` says of it, the languages' own part for each."""
    spoken: dict[str, Any] = {}
    for face in view.faces.values():
        (made,) = cards.cards(view, face, [row.id], Reads())
        spoken[face.lang] = {"url": made.href, "facts": made.facts, "price": made.price, "energy": made.energy}
    return {
        "stamp": _stamp(row),
        "id": made.id,
        "title": made.title,
        "version": made.version,
        "price_cents": row.price_cents,
        "currency": row.currency,
        "year": row.first_registered.year if row.first_registered is not None else row.year,
        "mileage_km": row.mileage_km,
        "dealer": made.dealer,
        "picture": None if made.picture is None else made.picture.src,
        "said": spoken,
    }
