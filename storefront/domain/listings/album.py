"""The order of a listing's photos: which is the first, what they show, what goes and comes back (SPEC 44)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit

from .events import VehicleListingUpdated
from .models import Listing, Photo, PhotoKind, PhotoState
from .photo_store import PhotoStore
from .photos import MAX_PER_LISTING, Upload, add_photos

KEPT = (
    *("position", "primary", "caption", "state", "source_url", "content_hash", "width", "height"),
    *("focus_x", "focus_y", "failure", "attempts"),
)
"""What of a removed photo comes back, beside its kind and when it was made."""


def of_listing(listing_id: UUID) -> list[Photo]:
    """Give a listing's photos in the order they are shown in; failed and queued ones in their place."""
    wanted = select(Photo).where(Photo.listing_id == listing_id)
    return list(db.session.scalars(wanted.order_by(Photo.primary.desc(), Photo.position, Photo.id)))


def upload(
    listing: Listing, files: Sequence[Upload], *, store: PhotoStore, more: bool = False, now: datetime, actor: str
) -> list[Photo]:
    """Add photos somebody hands in, with a line in the trail; see `photos.add_photos`.

    Args:
        listing: whose they become.
        files: in the order they shall be shown.
        store: where the originals are kept.
        more: the batch goes on with one that was sent before: its first is no new primary photo.
        now: aware UTC.
        actor: who hands them in.

    Raises:
        DomainError: no file, one breaks a rule, or there are too many.
    """
    if not files:
        raise DomainError("Choose at least one photo", field="photos")
    cover = next((photo for photo in of_listing(listing.id) if photo.primary), None) if more else None
    added = add_photos(listing, files, store=store, now=now)
    if cover is not None:
        added[0].primary = False
        db.session.flush()
        cover.primary = True
    _note(listing, "add_photos", {}, {"photos": _hexes([photo.id for photo in added])}, now, actor)
    return added


def arrange(listing: Listing, order: Sequence[UUID], *, now: datetime, actor: str) -> list[Photo]:
    """Put a listing's photos into an order; the first becomes the primary one.

    Args:
        listing: whose.
        order: ids of its photos; those not named follow in the order they have.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: a photo of another listing, or one named twice.
    """
    photos = of_listing(listing.id)
    by_id = {photo.id: photo for photo in photos}
    if len(set(order)) != len(order) or not set(order) <= by_id.keys():
        raise DomainError("The photos changed meanwhile; please load the page again", code="conflict")
    before = [photo.id for photo in photos]
    after = [*order, *(photo_id for photo_id in before if photo_id not in set(order))]
    if before == after:
        return photos
    for position, photo_id in enumerate(after):
        by_id[photo_id].position, by_id[photo_id].primary = position, position == 0
    _note(listing, "arrange_photos", {"order": _hexes(before)}, {"order": _hexes(after)}, now, actor)
    return [by_id[photo_id] for photo_id in after]


def move(listing: Listing, photo: Photo, steps: int, *, now: datetime, actor: str) -> list[Photo]:
    """Move a photo towards the front (-1) or the end (+1); at the edge it stays."""
    order = [one.id for one in of_listing(listing.id)]
    at = order.index(photo.id)
    order.insert(max(0, min(len(order) - 1, at + steps)), order.pop(at))
    return arrange(listing, order, now=now, actor=actor)


def describe(
    listing: Listing,
    photo: Photo,
    *,
    caption: str | None,
    kind: PhotoKind,
    focus: tuple[int, int] | None,
    now: datetime,
    actor: str,
) -> Photo:
    """Say what a photo shows and where its crops look (SPEC 44, BRIEF §7).

    Args:
        listing: whose.
        photo: which.
        caption: at most 255 letters; None for none.
        kind: what it shows.
        focus: percent of the width from the left and of the height from the top; None takes the default.
        now: aware UTC.
        actor: who says so.

    Raises:
        DomainError: the caption is too long, or the focus no percentage.
    """
    if caption is not None and len(caption) > 255:
        raise DomainError("A caption has at most 255 letters", field="caption")
    if focus is not None and any(not 0 <= value <= 100 for value in focus):
        raise DomainError("The focus is given in percent, 0 to 100", field="focus")
    x, y = focus or (None, None)
    new = {"caption": caption or None, "kind": kind, "focus_x": x, "focus_y": y}
    before = {name: getattr(photo, name) for name in new if getattr(photo, name) != new[name]}
    for name in before:
        setattr(photo, name, new[name])
    if before:
        shown = {name: int(value) if name == "kind" else value for name, value in before.items()}
        after = {name: int(kind) if name == "kind" else new[name] for name in before}
        _note(listing, "describe_photo", shown, after, now, actor, photo)
    return photo


def remove(listing: Listing, photo: Photo, *, now: datetime, actor: str) -> None:
    """Take a photo off a listing; the original stays until nothing refers to it, so that it can come back."""
    before = {name: getattr(photo, name) for name in KEPT}
    before |= {"kind": int(photo.kind), "state": int(photo.state), "created_at": photo.created_at.isoformat()}
    db.session.delete(photo)
    db.session.flush()
    rest = of_listing(listing.id)
    if photo.primary and rest:
        rest[0].primary = True
    _note(listing, "remove_photo", {**before, "photo": photo.id.hex}, {}, now, actor, photo)


def restore(listing: Listing, before: dict[str, Any], *, now: datetime, actor: str) -> Photo:
    """Bring a removed photo back to its place.

    Args:
        listing: whose it was.
        before: what `remove` wrote into the trail.
        now: aware UTC.
        actor: who brings it back.

    Raises:
        DomainError: it is back already, or the listing is full.
    """
    photo_id = UUID(before["photo"])
    if db.session.get(Photo, photo_id) is not None:
        raise DomainError("This photo is back already", code="conflict")
    present = db.session.scalar(select(func.count(Photo.id)).where(Photo.listing_id == listing.id)) or 0
    if present >= MAX_PER_LISTING:
        raise DomainError(f"A listing has at most {MAX_PER_LISTING} photos; this one has {present}", field="photos")
    if before["primary"]:
        for other in of_listing(listing.id):
            other.primary = False
    values = {name: before[name] for name in KEPT} | {
        "kind": PhotoKind(before["kind"]),
        "state": PhotoState(before["state"]),
        "created_at": datetime.fromisoformat(before["created_at"]),
    }
    photo = Photo(id=photo_id, listing_id=listing.id, dealer_id=listing.dealer_id, **values)
    db.session.add(photo)
    _note(listing, "restore_photo", {}, {"photo": photo_id.hex}, now, actor, photo)
    return photo


def _hexes(ids: Sequence[UUID]) -> list[str]:
    return [one.hex for one in ids]


def _note(
    listing: Listing,
    act: str,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    actor: str,
    photo: Photo | None = None,
) -> None:
    kind, object_id = ("listing", listing.id) if photo is None else ("photo", photo.id)
    about = {"listing": listing.id.hex} if photo is not None else {}
    audit.record(
        actor, act, kind, object_id, now=now, before=before, after={**after, **about}, dealer_id=listing.dealer_id
    )
    listing.touch(now)
    emit(VehicleListingUpdated(listing.id), at=now)
