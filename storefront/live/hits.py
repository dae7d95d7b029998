"""The cars of an answer, read for their cards in one query, however many dealers there are (issue 5, S3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from search.highlight import Pieces, excerpt, marked
from search.index import Answer
from search.query import Resolved
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow
from storefront.pages import cards, texts
from storefront.pages.contexts import Card
from storefront.pages.siteview import Face, SiteView
from themes import Words

from . import hit_rows
from .files import served, site_of
from .hit_rows import HitRow

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
    found = cards.readable(hit_rows.read, answer.ids, set())
    rows = [row for listing_id in answer.ids if (row := found.get(listing_id)) is not None and _is_here(view, row)]
    view.kept.labels.update({row.card.id: row.label for row in rows if row.label is not None})
    drawn = [(row, cards.card(view, face, row.card, row.cover, row.seller)) for row in rows]
    sound = [(row, card) for row, card in drawn if card is not None]
    shown = _shown(view, [card.href for _, card in sound])
    far = dict(zip(answer.ids, answer.km, strict=True)) if answer.km else {}
    return [
        _hit(row, card, far.get(row.card.id), answer.words)
        for row, card in sound
        if shown is None or card.href in shown
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


def _is_here(view: SiteView, row: HitRow) -> bool:
    """Ask whether a car is on offer on a site now."""
    if row.card.status is not ListingStatus.ACTIVE:
        return False
    return (
        row.seller.on_marketplace
        if view.dealer is None
        else row.seller.is_active and row.card.dealer_id == view.dealer.id
    )


def _shown(view: SiteView, addresses: Sequence[str]) -> set[str] | None:
    """Give the addresses under which a page is served; None where none is served at all, for there is no site yet."""
    site = site_of(view.settings, view.store.public_host)
    return None if site is None else served(site, addresses)


def _hit(row: HitRow, card: Card, km: float | None, words: Sequence[Resolved]) -> Hit:
    told = texts.said(row.description) if words else ""
    part = excerpt(told, words, SNIPPET) if told else ()
    return Hit(
        row=row.card,
        card=card,
        km=km,
        title=marked(card.title, words),
        description=part if any(matches for _, matches in part) else (),
    )


def _markup(pieces: Pieces) -> Markup:
    """Write pieces as markup, each escaped (SECURITY B7)."""
    return Markup("").join(Markup("<mark>{}</mark>").format(text) if matches else text for text, matches in pieces)
