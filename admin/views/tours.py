"""The virtual tours of a car: a link, a film, a picture all round, pictures round the car (SPEC 46)."""

from uuid import UUID

from flask import Blueprint, Response, abort, request

from admin import editor
from admin.access import needs, office
from admin.editor import MANAGE, find
from admin.entrance import contents, takes
from admin.file_reasons import explain
from admin.pages import pen
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.listings import tours
from storefront.domain.listings.films import MAX_FILM, film_store
from storefront.domain.listings.models import Listing, VirtualTour
from storefront.domain.listings.photo_files import MAX_BYTES
from storefront.domain.listings.photo_store import photo_store

bp = Blueprint("tours", __name__, url_prefix="/listings/<uuid:listing_id>/tours")
FORMS = ("link", "film", "panorama", "spin")


@bp.post("/")
@needs(MANAGE)
@takes(MAX_FILM + MAX_BYTES + 1024 * 1024)
def create(listing_id: UUID) -> Response:
    """Add a tour."""
    listing = find(listing_id)
    title = " ".join(request.form.get("title", "").replace("\0", " ").split())[:255] or None
    try:
        data = _data(request.form.get("form", ""))
    except DomainError as refusal:
        return editor.draw(listing_id, fault=explain(pen(), refusal), status=422)
    return editor.carry_out(listing, "tours", "tours.added", tours.add_tour, listing, data, status=422, title=title)


@bp.post("/<uuid:tour_id>/shown")
@needs(MANAGE)
def shown(listing_id: UUID, tour_id: UUID) -> Response:
    """Show a tour, or keep it without showing it."""
    listing, tour = _tour(listing_id, tour_id)
    active = request.form.get("active") == "on"
    said = "tours.shown_now" if active else "tours.hidden_now"
    return editor.carry_out(listing, "tours", said, tours.set_active, tour, active)


@bp.post("/<uuid:tour_id>/removal")
@needs(MANAGE)
def destroy(listing_id: UUID, tour_id: UUID) -> Response:
    """Take a tour away; it can be brought back for an hour."""
    listing, tour = _tour(listing_id, tour_id)
    return editor.carry_out(listing, "tours", "tours.removed", tours.remove_tour, tour)


def _data(form: str) -> tours.TourData:
    store = photo_store(office().settings)
    if form == "link":
        return tours.elsewhere(request.form.get("address", ""))
    files = [content for content in contents("files", MAX_FILM) if content]
    if form not in FORMS or not files:
        raise tours.BadTour("Choose a file for the tour")
    if form == "spin":
        return tours.spin(files, store)
    if form == "panorama":
        return tours.panorama(files[0], store)
    return tours.film(files[0], None, store, film_store(office().settings))


def _tour(listing_id: UUID, tour_id: UUID) -> tuple[Listing, VirtualTour]:
    """Find a tour of a listing; another listing's is not found."""
    listing, tour = find(listing_id), db.session.get(VirtualTour, tour_id)
    if tour is None or tour.listing_id != listing.id:
        abort(404)
    return listing, tour
