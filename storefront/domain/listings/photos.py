"""Photos of a listing: how a batch is added, how a queued one arrives, where its crops look (SPEC 42-45).

A file is judged by `photo_files.py`; pixels are decoded only later, in a child process of the builder
(`builder/images.py`, SECURITY C3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.ids import new_id
from storefront.core.outbox import emit
from storefront.domain.accounts import audit

from .events import VehicleListingUpdated, VehiclePhotoAdded, VehiclePhotosReady
from .models import Listing, Photo, PhotoKind, PhotoState
from .photo_files import MAX_BYTES, BadPhoto, PhotoFacts, facts
from .photo_store import PhotoStore

__all__ = [
    "MAX_BYTES",
    "BadPhoto",
    "PhotoFacts",
    "Upload",
    "add_photos",
    "facts",
    "fail_unreadable",
    "give_up_photo",
    "listings_waiting",
    "next_position",
    "photos_ready",
    "queued",
    "requeue_failed",
    "set_focus",
    "take_photo",
]

MAX_PER_LISTING = 40


@dataclass(frozen=True, slots=True)
class Upload:
    """One file somebody hands in."""

    content: bytes
    caption: str | None = None
    kind: PhotoKind = PhotoKind.EXTERIOR


def add_photos(listing: Listing, files: Sequence[Upload], *, store: PhotoStore, now: datetime) -> list[Photo]:
    """Add a batch of uploaded photos: all of them, or none when one is refused.

    The first of the batch becomes the primary photo, positions go on from the last (SPEC 44).

    Args:
        listing: whose photos they are.
        files: in the order they shall be shown.
        store: where the originals are kept.
        now: the moment, UTC.

    Raises:
        BadPhoto: a file breaks a rule; the message names it by its place in the batch when there are several.
        DomainError: more than 40 photos in all.
    """
    present = db.session.scalar(select(func.count(Photo.id)).where(Photo.listing_id == listing.id)) or 0
    if present + len(files) > MAX_PER_LISTING:
        raise DomainError(f"A listing has at most {MAX_PER_LISTING} photos; this one has {present}", field="photos")
    judged = [_judged(number, upload, len(files)) for number, upload in enumerate(files, 1)]
    if not files:
        return []
    start = next_position(listing.id)
    _clear_primary(listing.id)
    photos = [
        Photo(
            id=new_id(),
            listing_id=listing.id,
            dealer_id=listing.dealer_id,
            tenant_id=listing.tenant_id,
            position=start + offset,
            primary=offset == 0,
            caption=(upload.caption or "").strip()[:255] or None,
            kind=upload.kind,
            state=PhotoState.READY,
            content_hash=store.put(upload.content),
            width=found.width,
            height=found.height,
            created_at=now,
        )
        for offset, (upload, found) in enumerate(zip(files, judged, strict=True))
    ]
    db.session.add_all(photos)
    listing.touch(now)
    emit(VehiclePhotoAdded(listing.id, [photo.id for photo in photos]), at=now)
    return photos


def _judged(number: int, upload: Upload, total: int) -> PhotoFacts:
    try:
        return facts(upload.content)
    except BadPhoto as refusal:
        if total == 1:
            raise
        raise BadPhoto(f"Photo {number}: {refusal.message}") from refusal


def next_position(listing_id: UUID) -> int:
    """Give the position after a listing's last photo, 0 for the first."""
    last = db.session.scalar(select(func.max(Photo.position)).where(Photo.listing_id == listing_id))
    return 0 if last is None else last + 1


def _clear_primary(listing_id: UUID) -> None:
    db.session.execute(
        update(Photo).where(Photo.listing_id == listing_id, Photo.primary.is_(True)).values(primary=False)
    )


def listings_waiting(dealer_id: UUID) -> Sequence[UUID]:
    """Give the dealer's listings that have queued photos, oldest first."""
    waiting = select(Photo.listing_id).where(Photo.state == PhotoState.QUEUED)
    reading = select(Listing.id).where(Listing.dealer_id == dealer_id, Listing.id.in_(waiting))
    return db.session.scalars(reading.order_by(Listing.listed_at, Listing.id)).all()


def queued(listing_id: UUID) -> Sequence[Photo]:
    """Give a listing's photos whose files are still to be fetched, in order."""
    waiting = (Photo.listing_id == listing_id, Photo.state == PhotoState.QUEUED, Photo.source_url.is_not(None))
    return db.session.scalars(select(Photo).where(*waiting).order_by(Photo.position)).all()


def take_photo(photo_id: UUID, content: bytes, *, store: PhotoStore, now: datetime) -> Photo:
    """Take a queued photo's file in; a photo that is here already stays as it is.

    Args:
        photo_id: whose address was fetched.
        content: what was found there.
        store: where the original is kept.
        now: the moment, UTC.

    Raises:
        BadPhoto: the file breaks a rule (SPEC 42); the caller notes that with `give_up_photo`.
        NotFound: the photo is gone since.
    """
    photo = _photo(photo_id)
    if photo.state is PhotoState.READY:
        return photo
    found = facts(content)
    photo.content_hash = store.put(content)
    photo.width, photo.height = found.width, found.height
    photo.state, photo.failure = PhotoState.READY, None
    photo.attempts += 1
    db.session.get_one(Listing, photo.listing_id).touch(now)
    return photo


def give_up_photo(photo_id: UUID, reason: str) -> None:
    """Note that a photo could not be had: a warning, never an error of the import (issue, item 5).

    Args:
        photo_id: which one.
        reason: a sentence for the dealer; cut at 255 letters.
    """
    photo = _photo(photo_id)
    photo.state = PhotoState.FAILED
    photo.failure = reason[:255]
    photo.attempts += 1


def photos_ready(listing_id: UUID, *, now: datetime) -> None:
    """Tell the rest of the house that the queued photos of a listing are here or given up."""
    emit(VehiclePhotosReady(listing_id), at=now)


def requeue_failed(listing_id: UUID, *, now: datetime) -> int:
    """Ask for the failed photos of a listing again; for a dealer whose server was away.

    Returns:
        How many will be tried again.
    """
    failed = (Photo.listing_id == listing_id, Photo.state == PhotoState.FAILED, Photo.source_url.is_not(None))
    photos = db.session.scalars(select(Photo).where(*failed)).all()
    for photo in photos:
        photo.state, photo.failure = PhotoState.QUEUED, None
    if photos:
        emit(VehiclePhotoAdded(listing_id, [photo.id for photo in photos]), at=now)
    return len(photos)


def set_focus(photo_id: UUID, x: int | None, y: int | None, *, now: datetime, actor: str) -> Photo:
    """Say where the crops of a photo look (BRIEF §7).

    Args:
        photo_id: which one.
        x: percent of the upright width from the left; None takes the default.
        y: percent of the height from the top; None takes the default.
        now: the moment, UTC.
        actor: who says so.

    Raises:
        DomainError: not a percentage.
        NotFound: there is no such photo.
    """
    if any(value is not None and not 0 <= value <= 100 for value in (x, y)):
        raise DomainError("The focus is given in percent, 0 to 100", field="focus")
    photo = _photo(photo_id)
    before = {"focus_x": photo.focus_x, "focus_y": photo.focus_y}
    after = {"focus_x": x, "focus_y": y}
    if before == after:
        return photo
    photo.focus_x, photo.focus_y = x, y
    audit.record(actor, "set_focus", "photo", photo.id, now=now, before=before, after=after, dealer_id=photo.dealer_id)
    emit(VehicleListingUpdated(photo.listing_id), at=now)
    return photo


def fail_unreadable(content_hashes: Sequence[str], reason: str) -> int:
    """Take photos off the pages whose file turned out to be unreadable when it was decoded (SECURITY E11).

    Args:
        content_hashes: of the originals.
        reason: a sentence for the dealer.

    Returns:
        How many photos of the open scope that were.
    """
    photos = db.session.scalars(
        select(Photo).where(Photo.content_hash.in_(content_hashes), Photo.state == PhotoState.READY)
    ).all()
    for photo in photos:
        photo.state, photo.failure = PhotoState.FAILED, reason[:255]
    return len(photos)


def _photo(photo_id: UUID) -> Photo:
    photo = db.session.get(Photo, photo_id)
    if photo is None:
        raise NotFound("There is no such photo")
    return photo
