"""The photos of a car: added, put in order, described, taken off; and small pictures of them (SPEC 42-45)."""

from uuid import UUID

from flask import Blueprint, Response, abort, request, send_file

from admin import editor
from admin.access import needs, office
from admin.editor import MANAGE, find, pictures
from admin.entrance import contents, takes
from storefront.core.db import db
from storefront.domain.listings import album
from storefront.domain.listings.models import Listing, Photo, PhotoKind
from storefront.domain.listings.photo_files import MAX_BYTES, sniffed
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.listings.photos import Upload
from storefront.pages.pictures import HASH_DIGITS

bp = Blueprint("photos", __name__, url_prefix="/listings/<uuid:listing_id>/photos")
MOST_BYTES = 64 * 1024 * 1024
"""Of all photos of one form; a script sends larger batches in several."""
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@bp.post("/")
@needs(MANAGE)
@takes(MOST_BYTES)
def create(listing_id: UUID) -> Response:
    """Add photos; all of a batch, or none when one is refused."""
    listing = find(listing_id)
    kind = _kind(request.form.get("kind", "exterior"))
    files = [Upload(content, kind=kind) for content in contents("photos", MAX_BYTES)]
    named = {"store": photo_store(office().settings), "more": request.form.get("more") == "1"}
    return editor.carry_out(listing, "photos", "photos.added", album.upload, listing, files, status=422, **named)


@bp.post("/order")
@needs(MANAGE)
def order(listing_id: UUID) -> Response:
    """Put all photos into an order, as they were dragged."""
    listing, ids = find(listing_id), []
    for text in request.form.get("order", "").split(",")[:100]:
        try:
            ids.append(UUID(text))
        except ValueError:
            abort(404)
    return editor.carry_out(listing, "photos", "photos.moved", album.arrange, listing, ids)


@bp.post("/<uuid:photo_id>")
@needs(MANAGE)
def update(listing_id: UUID, photo_id: UUID) -> Response:
    """Say what a photo shows and where its crops look."""
    listing, photo = _photo(listing_id, photo_id)
    caption = " ".join(request.form.get("caption", "").replace("\0", " ").split())
    values = {"caption": caption or None, "kind": _kind(request.form.get("kind", "")), "focus": _focus()}
    return editor.carry_out(listing, "photos", "photos.described", album.describe, listing, photo, status=422, **values)


@bp.post("/<uuid:photo_id>/first")
@needs(MANAGE)
def first(listing_id: UUID, photo_id: UUID) -> Response:
    """Make a photo the cover."""
    listing, photo = _photo(listing_id, photo_id)
    return editor.carry_out(listing, "photos", "photos.first_now", album.move, listing, photo, -1000)


@bp.post("/<uuid:photo_id>/forward")
@needs(MANAGE)
def forward(listing_id: UUID, photo_id: UUID) -> Response:
    """Move a photo one place towards the front."""
    listing, photo = _photo(listing_id, photo_id)
    return editor.carry_out(listing, "photos", "photos.moved", album.move, listing, photo, -1)


@bp.post("/<uuid:photo_id>/back")
@needs(MANAGE)
def back(listing_id: UUID, photo_id: UUID) -> Response:
    """Move a photo one place towards the end."""
    listing, photo = _photo(listing_id, photo_id)
    return editor.carry_out(listing, "photos", "photos.moved", album.move, listing, photo, 1)


@bp.post("/<uuid:photo_id>/removal")
@needs(MANAGE)
def destroy(listing_id: UUID, photo_id: UUID) -> Response:
    """Take a photo off; it can be brought back for an hour."""
    listing, photo = _photo(listing_id, photo_id)
    return editor.carry_out(listing, "photos", "photos.removed", album.remove, listing, photo)


@bp.get("/<uuid:photo_id>/picture")
@needs(MANAGE)
def picture(listing_id: UUID, photo_id: UUID) -> Response:
    """Give a photo to its dealer: a small picture of it, or the original while none is made."""
    _, photo = _photo(listing_id, photo_id)
    if photo.content_hash is None:
        abort(404)
    made = pictures().ready(photo.content_hash[:HASH_DIGITS])
    small = next((item for item in made or () if item.path.endswith("-480.jpg")), None)
    small = small or next((item for item in made or () if item.path.endswith(".jpg")), None)
    file, kind = (small.file, "image/jpeg") if small else _original(photo.content_hash)
    answer = send_file(file, mimetype=kind, conditional=True, max_age=3600)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _original(content_hash: str) -> tuple[str, str]:
    path = photo_store(office().settings).path(content_hash)
    if not path.is_file():
        abort(404)
    with path.open("rb") as file:
        kind = TYPES.get(sniffed(file.read(32)) or "") or abort(404)
    return str(path), kind


def _photo(listing_id: UUID, photo_id: UUID) -> tuple[Listing, Photo]:
    """Find a photo of a listing; another listing's is not found."""
    listing, photo = find(listing_id), db.session.get(Photo, photo_id)
    if photo is None or photo.listing_id != listing.id:
        abort(404)
    return listing, photo


def _kind(name: str) -> PhotoKind:
    return next((kind for kind in PhotoKind if kind.name.lower() == name), PhotoKind.EXTERIOR)


def _focus() -> tuple[int, int] | None:
    """Read where crops look, in percent; nothing typed takes the default, nonsense is refused by the act."""
    typed = [request.form.get(name, "").strip() for name in ("focus_x", "focus_y")]
    if not all(typed):
        return None
    x, y = (int(text) if text.isdecimal() and text.isascii() and len(text) < 4 else -1 for text in typed)
    return x, y
