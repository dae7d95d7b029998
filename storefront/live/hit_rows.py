"""What a page of hits is made of, read in one statement: cards, covers, labels, sellers, descriptions (issue 5, S3)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from search.query import SIZE, SIZE_LIMIT
from storefront.core.prepared import Ids, Prepared
from storefront.domain.dealers.models import Dealer
from storefront.domain.dealers.queries import SellerRow
from storefront.domain.listings.models import Listing, Photo
from storefront.domain.listings.queries import CardRow, Cover, PhotoRow
from storefront.domain.valuation.models import Valuation
from storefront.domain.valuation.queries import LabelRow, is_analysis
from storefront.domain.vehicles.models import Vehicle

PAGE_SIZE = 24
"""Cars on a page for people; programs get `SIZE` unless they ask for more."""


class HitRow(NamedTuple):
    """A car that was found, as it is now."""

    card: CardRow
    seller: SellerRow
    cover: Cover | None
    label: LabelRow | None
    """Of its last market analysis, expired or not."""
    description: str


def read(listing_ids: Sequence[UUID]) -> Mapping[UUID, HitRow]:
    """Read these cars; one that is gone is left out.

    Raises:
        ValueError: a row holds what its column cannot mean.
    """
    return {row[0]: _told(row) for row in _HITS.rows(listing_ids)}


_SELLER = len(CardRow._fields)
_LABEL = _SELLER + len(SellerRow._fields)
_DESCRIPTION = _LABEL + len(LabelRow._fields)
_COVER = _DESCRIPTION + 1
"""Where the parts of a row begin."""


def _told(row: list[Any]) -> HitRow:
    label, cover = row[_LABEL:_DESCRIPTION], row[_COVER:]
    return HitRow(
        CardRow._make(row[:_SELLER]),
        SellerRow._make(row[_SELLER:_LABEL]),
        None if cover[0] is None else Cover(PhotoRow._make(cover[:-2]), cover[-1]),
        None if label[0] is None else LabelRow._make(label),
        row[_DESCRIPTION],
    )


def _hits(ids: Ids) -> Select[Any]:
    cover = Photo.first_of_each(ids, *(getattr(Photo, name) for name in PhotoRow._fields)).subquery()
    cards = (getattr(Listing if hasattr(Listing, name) else Vehicle, name) for name in CardRow._fields)
    sellers = (getattr(Dealer, name) for name in SellerRow._fields)
    labels = (getattr(Valuation, name) for name in LabelRow._fields)
    return (
        select(*cards, *sellers, *labels, Listing.description, *cover.c)
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .outerjoin(Valuation, (Valuation.listing_id == Listing.id) & is_analysis())
        .outerjoin(cover, cover.c.listing_id == Listing.id)
        .where(Listing.id.in_(ids))
    )


_HITS = Prepared(_hits, (1, SIZE, PAGE_SIZE, SIZE_LIMIT))
