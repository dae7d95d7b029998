"""Photos of a listing: what may be uploaded, how a batch is added, and how a queued one arrives (SPEC 42-45).

A file is judged by its first bytes and by its header, never by its name; pixels are decoded only later, in a child
process of the builder (`builder/images.py`, SECURITY C3).
"""

import io
import re
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from PIL import Image
from sqlalchemy import func, select, update

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.ids import new_id
from storefront.core.outbox import emit

from .events import VehiclePhotoAdded, VehiclePhotosReady
from .models import Listing, Photo, PhotoKind, PhotoState
from .photo_store import PhotoStore

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
MAX_PER_LISTING = 40
ONLY = "Only JPEG, PNG, and WebP images are allowed"
TURNED = (5, 6, 7, 8)
"""EXIF orientations whose upright picture has width and height swapped."""
_ORIENTATION = 0x0112


class BadPhoto(DomainError):
    """A file that cannot be a photo of ours, with the sentence that says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="photos")


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What the header of an accepted file says: format of `FORMATS`, and pixels once upright."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Upload:
    """One file somebody hands in."""

    content: bytes
    caption: str | None = None
    kind: PhotoKind = PhotoKind.EXTERIOR


def facts(content: bytes) -> PhotoFacts:
    """Judge a file by the rules of SPEC 42 and SECURITY C3 without decoding its pixels.

    Args:
        content: the whole file.

    Raises:
        BadPhoto: another format, more than 10 MB, 40 megapixels or 12,000 pixels a side, several frames, or broken.
    """
    if not content:
        raise BadPhoto("The file is empty. " + ONLY)
    kind = sniffed(content)
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise BadPhoto(f"{ONLY}, 10 MB at most. This file: {kind or 'unknown'}, {size:.1f} MB")
    if kind == "HEIC":
        raise BadPhoto(
            f"{ONLY}. This file is HEIC, the format of iPhones: choose Settings, Camera, Formats, "
            "“Most Compatible” there, or export the photo as JPEG"
        )
    if kind not in FORMATS:
        raise BadPhoto(f"{ONLY}. This file: {kind or 'something else'}")
    claimed = _claimed_size(kind, content)
    if claimed is not None:
        _refuse_huge(*claimed)
    return _header(kind, content)


def sniffed(content: bytes) -> str | None:
    """Name a file's format by its first bytes: one of FORMATS, or HEIC, AVIF, GIF, TIFF, PDF, SVG, BMP, or None."""
    head = content[:64]
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        brands = head[8:12] + head[16:40]
        return "AVIF" if b"avi" in brands else "HEIC" if re.search(rb"hei|hev|mif1|msf1", brands) else "a video"
    others = {b"GIF8": "GIF", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF": "PDF", b"BM": "BMP"}
    for magic, name in others.items():
        if head.startswith(magic):
            return name
    return "SVG" if b"<svg" in content[:1024].lower() or head.lstrip().startswith(b"<?xml") else None


def _claimed_size(kind: str, content: bytes) -> tuple[int, int] | None:
    """Read width and height from a PNG's or WebP's first bytes: opening a WebP already takes memory for its canvas."""
    try:
        if kind == "PNG":
            width, height = struct.unpack(">II", content[16:24])
            return int(width), int(height)
        if kind != "WEBP":
            return None
        chunk = content[12:16]
        if chunk == b"VP8X":
            return _int24(content[24:27]) + 1, _int24(content[27:30]) + 1
        if chunk == b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
        if chunk == b"VP8L":
            (bits,) = struct.unpack("<I", content[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    except struct.error:
        raise BadPhoto("The picture is cut off: please upload it again") from None
    raise BadPhoto("The picture is damaged: please export it again as JPEG")


def _int24(data: bytes) -> int:
    if len(data) < 3:
        raise BadPhoto("The picture is cut off: please upload it again")
    return int.from_bytes(data, "little")


def _refuse_huge(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise BadPhoto("The picture has no pixels: please export it again as JPEG")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise BadPhoto(
            f"The picture has {width} × {height} pixels; at most {MAX_SIDE} a side and "
            f"{MAX_PIXELS // 1_000_000} megapixels are allowed"
        )


def _header(kind: str, content: bytes) -> PhotoFacts:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=(kind,)) as image:
                _refuse_huge(*image.size)
                if getattr(image, "n_frames", 1) > 1:
                    raise BadPhoto("Moving pictures are not allowed: please upload a single photo")
                turned = _orientation(image) in TURNED
                width, height = reversed(image.size) if turned else image.size
    except (BadPhoto, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels") from error
    except Exception as error:
        reason = type(error).__name__
        raise BadPhoto(f"The picture cannot be read ({reason}): please export it again as JPEG") from error
    return PhotoFacts(kind, width, height)


def _orientation(image: Image.Image) -> int:
    """Give the EXIF orientation, 1 where its block is missing or broken: broken metadata does not spoil a photo."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


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
