"""Featured cars: which stand out, for how many a dealer pays (SPEC 7, 47)."""

from uuid import UUID

from flask import Blueprint, Response, abort

from admin import operator_queries, queries
from admin.access import needs, visitor
from admin.pages import back_to, done, page_number, pen, render, search_text
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.listings.actions import update_listing

bp = Blueprint("featured", __name__, url_prefix="/featured")


@bp.get("/")
@needs(operators=True)
def index() -> str:
    """List what is featured, and what could be: cars whose names hold the words searched for."""
    text = search_text()
    return render(
        "featured/index.html",
        page=operator_queries.featured(page_number()),
        found=operator_queries.to_feature(text) if text else [],
        q=text,
    )


@bp.post("/<uuid:listing_id>/on")
@needs(operators=True)
def switch_on(listing_id: UUID) -> Response:
    """Feature a car."""
    return _set(listing_id, True)


@bp.post("/<uuid:listing_id>/off")
@needs(operators=True)
def switch_off(listing_id: UUID) -> Response:
    """Feature a car no more."""
    return _set(listing_id, False)


def _set(listing_id: UUID, featured: bool) -> Response:
    line = queries.listing(listing_id) or abort(404)
    perform(update_listing, line.listing, {"featured": featured}, now=clock.now(), actor=visitor().actor).unwrap()
    back = "admin.featured.switch_off" if featured else "admin.featured.switch_on"
    said = "featured.is_on" if featured else "featured.is_off"
    done(pen().t(said, car=line.vehicle.title), undo=(back, {"listing_id": listing_id}))
    return back_to("admin.featured.index")
