"""Virtual tours of a listing: frames round the car, a picture all round, a film, a link (SPEC 46).

What the three kinds need is typed here; a row keeps it as JSON (`VirtualTour.data`). Pictures are judged like photos
and lie in the photo store, films in a store of their own.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.ids import new_id
from storefront.core.outbox import emit
from storefront.domain.accounts import audit

from . import films, photo_files
from .events import VehicleListingUpdated
from .films import FilmStore
from .models import Listing, TourKind, VirtualTour
from .photo_store import PhotoStore

MAX_PER_LISTING = 8
FEWEST_FRAMES, MOST_FRAMES = 8, 72
FEWEST_PANORAMA = 1600
"""Pixels a panorama is wide at least; less shows nothing when it is turned."""
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE
)
_HASH = re.compile(r"[0-9a-f]{64}")


class BadTour(DomainError):
    """Something that cannot be a tour, with the sentence that says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="tour")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture in the photo store; pixels once upright."""

    content_hash: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Spin:
    """Pictures round the car, clockwise, all of one size."""

    frames: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class Panorama:
    """One picture all round, twice as wide as high."""

    picture: Shot


@dataclass(frozen=True, slots=True)
class Film:
    """A film of ours."""

    content_hash: str
    extension: str
    """`mp4` or `webm`."""
    poster: Shot | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A tour at a provider, shown as a plain link that names its host."""

    address: str

    @property
    def host(self) -> str:
        """Give the host the link leads to."""
        return urlsplit(self.address).hostname or ""


TourData = Spin | Panorama | Film | Elsewhere


def spin(frames: Sequence[bytes], store: PhotoStore) -> Spin:
    """Judge the pictures of a spin and keep them.

    Raises:
        BadTour: too few or too many, or of several sizes.
        BadPhoto: a file breaks the rules for photos; the message names it by its place.
    """
    if not FEWEST_FRAMES <= len(frames) <= MOST_FRAMES:
        raise BadTour(f"A spin has {FEWEST_FRAMES} to {MOST_FRAMES} pictures; this one has {len(frames)}")
    found = [_judged(content, f"Picture {number}: ") for number, content in enumerate(frames, start=1)]
    if len({(one.width, one.height) for one in found}) > 1:
        raise BadTour("The pictures of a spin have all the same size")
    return Spin(tuple(Shot(store.put(c), one.width, one.height) for c, one in zip(frames, found, strict=True)))


def panorama(content: bytes, store: PhotoStore) -> Panorama:
    """Judge a picture all round and keep it.

    Raises:
        BadTour: it is not twice as wide as high, or too small.
        BadPhoto: it breaks the rules for photos.
    """
    found = photo_files.facts(content)
    if abs(found.width - 2 * found.height) > found.height // 25:
        raise BadTour("A panorama is twice as wide as high (equirectangular, 360° × 180°)")
    if found.width < FEWEST_PANORAMA:
        raise BadTour(f"A panorama is at least {FEWEST_PANORAMA} pixels wide; this one has {found.width}")
    return Panorama(Shot(store.put(content), found.width, found.height))


def film(content: bytes, poster: bytes | None, store: PhotoStore, kept: FilmStore) -> Film:
    """Judge a film and its poster and keep them.

    Raises:
        BadFilm: not MP4 or WebM, too large, or broken.
        BadPhoto: the poster breaks the rules for photos.
    """
    shown = None if poster is None else _judged(poster, "Poster: ")
    digest, extension = kept.put(content)
    if poster is None or shown is None:
        return Film(digest, extension)
    return Film(digest, extension, Shot(store.put(poster), shown.width, shown.height))


def elsewhere(address: str) -> Elsewhere:
    """Judge the address of a tour elsewhere.

    Raises:
        BadTour: not an absolute https address of a host with a name.
    """
    text = address.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadTour("The address of the tour cannot be read") from None
    plain = len(text) <= 2000 and text.isascii() and text.isprintable() and not set(text) & set(" \"'<>\\^`{|}")
    named = _HOST.fullmatch(parts.hostname or "") is not None
    if not plain or parts.scheme != "https" or not named or parts.username is not None or port not in (None, 443):
        raise BadTour("The address of the tour begins with https:// and names a host")
    return Elsewhere(text)


def _judged(content: bytes, place: str) -> photo_files.PhotoFacts:
    try:
        return photo_files.facts(content)
    except photo_files.BadPhoto as refusal:
        raise photo_files.BadPhoto(f"{place}{refusal.message}") from refusal


def add_tour(listing: Listing, data: TourData, *, title: str | None = None, now: datetime, actor: str) -> VirtualTour:
    """Add a tour to a listing, after those it has.

    Args:
        listing: whose it is.
        data: from `spin`, `panorama`, `film` or `elsewhere`.
        title: what stands under it; our own words where it is None.
        now: the moment, UTC.
        actor: who adds it.

    Raises:
        BadTour: it has eight already.
    """
    present = db.session.scalar(select(func.count(VirtualTour.id)).where(VirtualTour.listing_id == listing.id)) or 0
    if present >= MAX_PER_LISTING:
        raise BadTour(f"A listing has at most {MAX_PER_LISTING} tours")
    last = db.session.scalar(select(func.max(VirtualTour.position)).where(VirtualTour.listing_id == listing.id))
    kind, plain = as_plain(data)
    tour = VirtualTour(
        id=new_id(),
        listing_id=listing.id,
        dealer_id=listing.dealer_id,
        tenant_id=listing.tenant_id,
        position=0 if last is None else last + 1,
        kind=kind,
        title=(title or "").strip()[:255] or None,
        data=plain,
        provider=data.host[:40] if isinstance(data, Elsewhere) else None,
        active=True,
        created_at=now,
    )
    db.session.add(tour)
    _note(tour, "add_tour", {}, {"kind": kind.name.lower(), "title": tour.title}, now, actor)
    return tour


def remove_tour(tour: VirtualTour, *, now: datetime, actor: str) -> None:
    """Take a tour away; its files stay until nothing refers to them."""
    before: dict[str, Any] = {
        "kind": tour.kind.name.lower(),
        "title": tour.title,
        "position": tour.position,
        "active": tour.active,
    }
    before |= {"data": tour.data, "provider": tour.provider, "listing": tour.listing_id.hex, "tour": tour.id.hex}
    db.session.delete(tour)
    _note(tour, "remove_tour", before, {}, now, actor)


def restore_tour(listing: Listing, before: Mapping[str, Any], *, now: datetime, actor: str) -> VirtualTour:
    """Bring a tour back that was taken away.

    Args:
        listing: whose it was.
        before: what `remove_tour` wrote into the trail.
        now: the moment, UTC.
        actor: who brings it back.

    Raises:
        BadTour: it is back already, or cannot be read.
    """
    tour_id, kind = UUID(before["tour"]), TourKind[str(before["kind"]).upper()]
    if db.session.get(VirtualTour, tour_id) is not None:
        raise BadTour("This tour is back already")
    data_of(kind, before["data"])
    tour = VirtualTour(
        id=tour_id,
        listing_id=listing.id,
        dealer_id=listing.dealer_id,
        kind=kind,
        created_at=now,
        **{name: before[name] for name in ("title", "position", "active", "data", "provider")},
    )
    db.session.add(tour)
    _note(tour, "restore_tour", {}, {"kind": before["kind"], "title": tour.title}, now, actor)
    return tour


def set_active(tour: VirtualTour, active: bool, *, now: datetime, actor: str) -> None:
    """Show a tour, or keep it without showing it."""
    if tour.active is not active:
        tour.active = active
        _note(tour, "set_tour_active", {"active": not active}, {"active": active}, now, actor)


def _note(
    tour: VirtualTour, act: str, before: dict[str, Any], after: dict[str, Any], now: datetime, actor: str
) -> None:
    audit.record(actor, act, "tour", tour.id, now=now, before=before, after=after, dealer_id=tour.dealer_id)
    db.session.get_one(Listing, tour.listing_id).touch(now)
    emit(VehicleListingUpdated(tour.listing_id), at=now)


def by_id(tour_id: UUID) -> VirtualTour:
    """Give a tour of the open scope.

    Raises:
        NotFound: there is none.
    """
    tour = db.session.get(VirtualTour, tour_id)
    if tour is None:
        raise NotFound("There is no such tour")
    return tour


def of_listings(listing_ids: Collection[UUID]) -> dict[UUID, list[VirtualTour]]:
    """Give the tours that are shown, of some listings, in order; one query for a few hundred of them."""
    found: dict[UUID, list[VirtualTour]] = {}
    ids = list(listing_ids)
    for start in range(0, len(ids), 500):
        reading = select(VirtualTour).where(
            VirtualTour.listing_id.in_(ids[start : start + 500]), VirtualTour.active.is_(True)
        )
        for tour in db.session.scalars(reading.order_by(VirtualTour.position, VirtualTour.id)):
            found.setdefault(tour.listing_id, []).append(tour)
    return found


def shots(keys: Collection[str]) -> list[Shot]:
    """Give the pictures of the open scope's tours whose hashes begin with these digits."""
    wanted = set(keys)
    digits = {len(key) for key in wanted}
    found = {}
    for tour in db.session.scalars(select(VirtualTour).where(VirtualTour.active.is_(True))):
        for shot in _shots(tour):
            if any(shot.content_hash[:length] in wanted for length in digits):
                found[shot.content_hash] = shot
    return list(found.values())


def hide_unreadable(content_hashes: Collection[str], *, now: datetime) -> int:
    """Take tours off the pages one of whose pictures turned out to be unreadable (SECURITY E11).

    Returns:
        How many tours of the open scope that were.
    """
    bad = set(content_hashes)
    hidden = 0
    for tour in db.session.scalars(select(VirtualTour).where(VirtualTour.active.is_(True))).all():
        if bad & {shot.content_hash for shot in _shots(tour)}:
            set_active(tour, False, now=now, actor="system")
            hidden += 1
    return hidden


def _shots(tour: VirtualTour) -> tuple[Shot, ...]:
    try:
        data = data_of(tour.kind, tour.data)
    except BadTour:
        return ()
    if isinstance(data, Spin):
        return data.frames
    if isinstance(data, Panorama):
        return (data.picture,)
    return (data.poster,) if isinstance(data, Film) and data.poster is not None else ()


def as_plain(data: TourData) -> tuple[TourKind, dict[str, Any]]:
    """Give a tour as a row keeps it: its kind and JSON."""
    if isinstance(data, Spin):
        return TourKind.PHOTOS_360, {"form": "spin", "frames": [_plain(shot) for shot in data.frames]}
    if isinstance(data, Panorama):
        return TourKind.PHOTOS_360, {"form": "panorama", "picture": _plain(data.picture)}
    if isinstance(data, Film):
        poster = None if data.poster is None else _plain(data.poster)
        return TourKind.VIDEO, {"film": data.content_hash, "extension": data.extension, "poster": poster}
    return TourKind.INTERACTIVE, {"address": data.address}


def data_of(kind: TourKind, plain: Mapping[str, Any]) -> TourData:
    """Read what a row keeps.

    Raises:
        BadTour: it is none of ours.
    """
    try:
        if kind is TourKind.INTERACTIVE:
            return elsewhere(str(plain["address"]))
        if kind is TourKind.VIDEO:
            poster = plain.get("poster")
            extension, digest = str(plain["extension"]), str(plain["film"])
            if extension not in films.TYPES or not _HASH.fullmatch(digest):
                raise ValueError(extension)
            return Film(digest, extension, None if poster is None else _shot(poster))
        if plain["form"] == "panorama":
            return Panorama(_shot(plain["picture"]))
        frames = tuple(_shot(frame) for frame in plain["frames"])
        if not frames:
            raise ValueError("no frames")
        return Spin(frames)
    except (KeyError, TypeError, ValueError) as error:
        raise BadTour("The tour's data cannot be read") from error


def _plain(shot: Shot) -> dict[str, Any]:
    return {"hash": shot.content_hash, "width": shot.width, "height": shot.height}


def _shot(plain: Mapping[str, Any]) -> Shot:
    shot = Shot(str(plain["hash"]), int(plain["width"]), int(plain["height"]))
    if not _HASH.fullmatch(shot.content_hash) or shot.width < 1 or shot.height < 1:
        raise ValueError(shot.content_hash[:80])
    return shot
