"""What must be so before a route of the stock can be used: a draft, a photo to hand in, an act to take back."""

import io
from typing import Any
from uuid import UUID

from PIL import Image

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.domain.accounts.models import AuditEntry, User
from storefront.domain.listings import actions, stock_filters, tours
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoState, PriceReason
from tests.conftest import NOW


def stock_things(listing: Listing, owner: User) -> dict[str, object]:
    """Make one of everything the routes of the stock name: the middle one of three photos, a tour, a filter, an act."""
    photos = perform(_three_photos, listing).unwrap()
    link = tours.elsewhere("https://tours.example.com/car")
    tour = perform(tours.add_tour, listing, link, now=NOW, actor="test").unwrap()
    kept = perform(stock_filters.save, owner.id, listing.dealer_id, "Alte", "state=old", now=NOW, actor="test").unwrap()
    return {
        "photo_id": photos[1].id,
        "tour_id": tour.id,
        "filter_id": kept.id,
        "entry_id": _act(listing.id, "test"),
    }


def as_draft(_desk: Any, town: Any, _person: Any) -> None:
    """Have the car wait."""

    def wait() -> None:
        db.session.get_one(Listing, town.mine["listing_id"]).status = ListingStatus.PENDING

    perform(wait).unwrap()


def with_photo_file(_desk: Any, town: Any, _person: Any) -> None:
    """Have a photo to hand in."""
    town.mine["files"] = {"photos": (io.BytesIO(photo_file()), "front.jpg")}


def with_an_act(_desk: Any, town: Any, person: Any) -> None:
    """Have changed a price just now."""
    town.mine["entry_id"] = _act(town.mine["listing_id"], f"user:{person.id}", at=clock.now())


def photo_file(width: int = 640, height: int = 480, colour: str = "navy", kind: str = "JPEG") -> bytes:
    """Give the bytes of a photo."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, kind)
    return file.getvalue()


def _act(listing_id: UUID, actor: str, at: Any = NOW) -> UUID:
    listing = db.session.get_one(Listing, listing_id)
    cents = (listing.price_cents or 10_000_00) - 100_00
    perform(actions.change_price, listing, cents, reason=PriceReason.PROMOTION, now=at, actor=actor).unwrap()
    chosen = db.session.query(AuditEntry).filter_by(action="change_price", object_id=str(listing_id), actor=actor)
    return chosen.order_by(AuditEntry.number.desc()).first().id


def _three_photos(listing: Listing) -> list[Photo]:
    photos = [
        Photo(
            id=new_id(),
            listing_id=listing.id,
            dealer_id=listing.dealer_id,
            position=place,
            primary=place == 0,
            state=PhotoState.READY,
            content_hash=f"{place}" * 64,
            width=640,
            height=480,
            created_at=NOW,
        )
        for place in range(3)
    ]
    db.session.add_all(photos)
    return photos
