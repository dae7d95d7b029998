"""The cars of an answer, read for their cards in a fixed few queries, however many dealers there are (issue 5, S3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import load_only

from search.highlight import Pieces, excerpt, marked
from search.index import Answer
from search.query import Resolved
from storefront.core.changes import Reads
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.listings.queries import ASKED, CardRow
from storefront.pages import cards, texts
from storefront.pages.contexts import Card
from storefront.pages.siteview import Face, SiteView
from themes import Words
from themes.ingredients import whole

from .files import served, site_of

SNIPPET = 110
"""Characters of a description shown with a hit."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A car that was found and is still there."""

    row: CardRow
    card: Card
    km: float | None
    """How far away it is; None where nobody asked, or nobody knows."""
    title: Pieces
    """Its name, cut where it matches."""
    description: Pieces
    """Part of its description, cut where it matches; empty where nothing does."""


def read_hits(view: SiteView, face: Face, answer: Answer) -> list[Hit]:
    """Read the cars of a page of hits, in order.

    A stale hit, sold or moved off this site since, is dropped (SPEC 49); so is one whose page is not served: the site
    may have been rolled back, or not be published yet.
    """
    if not answer.ids:
        return []
    if view.is_marketplace:
        view.dealers = _dealers(answer.ids)
    cards.prepare(view, answer.ids)
    rows = [view.kept.rows[listing_id][0] for listing_id in answer.ids if listing_id in view.kept.rows]
    rows = [
        row
        for row in rows
        if row.status is ListingStatus.ACTIVE and row.dealer_id in view.dealers and cards.is_sound(view, face, row.id)
    ]
    drawn = [whole(card) for card in cards.cards(view, face, [row.id for row in rows], Reads())]
    shown = _shown(view, drawn)
    far = dict(zip(answer.ids, answer.km, strict=True)) if answer.km else {}
    told = _descriptions([row.id for row in rows]) if answer.words else {}
    return [
        _hit(row, card, far.get(row.id), told.get(row.id, ""), answer.words)
        for row, card in zip(rows, drawn, strict=True)
        if card.href in shown
    ]


def dressed(hit: Hit, face: Face, words: Words) -> Card:
    """Give a hit's card with how far away it is, and with what matched in it."""
    title = _markup(hit.title) if any(matches for _, matches in hit.title) else hit.card.title
    return replace(
        hit.card,
        title=title,
        distance=distance(hit.km, face, words),
        snippet=_markup(hit.description) if hit.description else None,
    )


def distance(km: float | None, face: Face, words: Words) -> str | None:
    """Write how far away a car is: `12 km`, `unter 1 km`."""
    if km is None:
        return None
    return words("distance.under") if km < 1 else face.formats.km(round(km))


def _dealers(listing_ids: Sequence[UUID]) -> dict[UUID, Dealer]:
    found = db.session.scalars(_dealers_of(), {ASKED: listing_ids})
    return {dealer.id: dealer for dealer in found if dealer.on_marketplace}


@cache
def _dealers_of() -> Select[Dealer]:
    """Read what cards say of dealers; whatever else of one is asked for is read then."""
    those = select(Listing.dealer_id).where(Listing.id.in_(bindparam(ASKED, expanding=True)))
    told = load_only(Dealer.name, Dealer.city, Dealer.country, Dealer.plan, Dealer.status)
    return select(Dealer).where(Dealer.id.in_(those)).options(told)


def _shown(view: SiteView, drawn: Sequence[Card]) -> set[str]:
    addresses = [card.href for card in drawn]
    site = site_of(view.settings, view.store.public_host)
    return set(addresses) if site is None else served(site, addresses)


def _descriptions(listing_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(_descriptions_of(), {ASKED: listing_ids})
    return {listing_id: texts.said(description) for listing_id, description in rows}


@cache
def _descriptions_of() -> Select[UUID, str]:
    return select(Listing.id, Listing.description).where(Listing.id.in_(bindparam(ASKED, expanding=True)))


def _hit(row: CardRow, card: Card, km: float | None, told: str, words: Sequence[Resolved]) -> Hit:
    part = excerpt(told, words, SNIPPET) if told and words else ()
    return Hit(
        row=row,
        card=card,
        km=km,
        title=marked(card.title, words),
        description=part if any(matches for _, matches in part) else (),
    )


def _markup(pieces: Pieces) -> Markup:
    """Write pieces as markup, each escaped (SECURITY B7)."""
    return Markup("").join(Markup("<mark>{}</mark>").format(text) if matches else text for text, matches in pieces)
