"""Jobs of the admin."""

from uuid import UUID

from sqlalchemy import select

from builder import images
from builder.images import Original
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.outbox import commits_itself, one_waits
from storefront.core.runtime import settings
from storefront.domain.listings import album, moderation
from storefront.domain.listings.models import Listing, PhotoState
from storefront.domain.listings.photos import fail_unreadable

from . import importing


@commits_itself
def run_import(run_id: str) -> None:
    """Check or import a dropped stock file."""
    importing.carry_out(UUID(run_id), settings=settings(), now=clock.now())


@commits_itself
def make_pictures(listing_id: str) -> None:
    """Make the small pictures of a car's photos that are here; take those off that cannot be decoded."""
    shown = [photo for photo in album.of_listing(UUID(listing_id)) if photo.state is PhotoState.READY]
    wanted = [Original(photo.content_hash or "", photo.width or 0, photo.height or 0) for photo in shown]
    db.session.rollback()
    for original, reason in images.pictures(settings()).make(wanted).items():
        perform(fail_unreadable, [original.content_hash], reason)


def open_dealer_case(dealer_id: str) -> None:
    """Have the operator look at a dealer, in the transaction of the task."""
    moderation.open_dealer_case(UUID(dealer_id), now=clock.now())


@one_waits
def look_over_offer(listing_id: str) -> None:
    """Look over an offer, in the transaction of the task."""
    found = db.session.scalars(select(Listing).where(Listing.id == UUID(listing_id))).first()
    if found is not None:
        moderation.look_over(found.dealer_id, [found.id], now=clock.now())


@one_waits
def look_over_stock(dealer_id: str) -> None:
    """Look over the active offers of a dealer, in the transaction of the task."""
    moderation.look_over(UUID(dealer_id), None, now=clock.now())
