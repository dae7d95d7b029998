"""The stock: list, one car, its price, its text, sold and withdrawn."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, send_file, url_for

from admin import queries
from admin.access import needs, office, visitor
from admin.forms.listings import PriceForm, TextForm
from admin.pages import page_number, pen, render, search_text
from builder import images
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts.models import Permission
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import actions
from storefront.domain.listings.models import Listing, PriceReason

bp = Blueprint("listings", __name__, url_prefix="/listings")
MANAGE = Permission.MANAGE_VEHICLE_LISTINGS
SIZES = {"thumb": "thumb.jpg", "medium": "medium.jpg"}
"""Pictures of a car that the admin shows: 150×150, 400×300."""


@bp.get("/")
@needs(MANAGE)
def index() -> str:
    """List the stock: searched, narrowed, a page of it."""
    now, state, text = clock.now(), request.args.get("state", "all"), search_text()
    if state not in queries.STATES:
        abort(404)
    dealer_id = _dealer_wanted()
    page = queries.page_of_listings(state, text, dealer_id, page_number(), now, _pictures())
    return render(
        "listings/index.html",
        page=page,
        state=state,
        q=text,
        dealer_id=dealer_id,
        states=queries.listing_counts(dealer_id, now),
        dealers=queries.dealer_choices() if visitor().is_operator else [],
    )


@bp.get("/<uuid:listing_id>/")
@needs(MANAGE)
def show(listing_id: UUID) -> Response:
    """Show a car of the stock with its forms."""
    return _page(_line(listing_id))


@bp.get("/<uuid:listing_id>/thumb")
@needs(MANAGE)
def thumb(listing_id: UUID) -> Response:
    """Give a small picture of a car."""
    _line(listing_id)
    ending = SIZES.get(request.args.get("size", "thumb")) or abort(404)
    key = queries.thumb(listing_id, _pictures())
    made = None if key is None else _pictures().ready(key)
    found = next((item for item in made or () if item.path.endswith(ending)), None)
    if found is None:
        abort(404)
    answer = send_file(found.file, mimetype="image/jpeg", conditional=True, max_age=300)
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


@bp.post("/<uuid:listing_id>/prices")
@needs(MANAGE)
def price(listing_id: UUID) -> Response:
    """Change the price (SPEC 37, 38)."""
    line, form = _line(listing_id), PriceForm(request.form)
    if form.check():
        given = form.value
        result = perform(
            actions.change_price,
            line.listing,
            given.cents,
            reason=given.reason,
            notes=given.notes,
            now=clock.now(),
            actor=visitor().actor,
        )
        if result:
            return _done(line.listing, "price.changed")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_line(listing_id), price_form=form, status=422)


@bp.post("/<uuid:listing_id>/text")
@needs(MANAGE)
def text(listing_id: UUID) -> Response:
    """Change the description."""
    line, form = _line(listing_id), TextForm(request.form)
    if form.check():
        values = {"description": form.raw["description"]}
        result = perform(actions.update_listing, line.listing, values, now=clock.now(), actor=visitor().actor)
        if result:
            return _done(line.listing, "listing.text_saved")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_line(listing_id), text_form=form, status=422)


@bp.post("/<uuid:listing_id>/sale")
@needs(MANAGE)
def sale(listing_id: UUID) -> Response:
    """Mark a car as sold (SPEC 41)."""
    return _act(listing_id, actions.mark_sold, "listing.sold_now")


@bp.post("/<uuid:listing_id>/withdrawal")
@needs(MANAGE)
def withdrawal(listing_id: UUID) -> Response:
    """Take an offer back."""
    return _act(listing_id, actions.withdraw, "listing.withdrawn_now")


@bp.post("/<uuid:listing_id>/relisting")
@needs(MANAGE)
def relisting(listing_id: UUID) -> Response:
    """Offer a withdrawn car again."""
    dealer = db.session.get_one(Dealer, _line(listing_id).listing.dealer_id)
    return _act(listing_id, actions.relist, "listing.relisted_now", dealer)


def _act(listing_id: UUID, action: Callable[..., Listing], said: str, *more: Any) -> Response:
    line = _line(listing_id)
    result = perform(action, line.listing, *more, now=clock.now(), actor=visitor().actor)
    if result:
        return _done(line.listing, said)
    return _page(_line(listing_id), fault=pen().refusal(result.error), status=409)  # type: ignore[arg-type]


def _line(listing_id: UUID) -> queries.ListingLine:
    """Find a listing; another dealer's or tenant's is simply not found (SPEC 15, SECURITY A1)."""
    found = queries.listing(listing_id)
    if found is None or not visitor().may(MANAGE, found.listing.dealer_id):
        abort(404)
    return found


def _page(
    line: queries.ListingLine,
    *,
    price_form: PriceForm | None = None,
    text_form: TextForm | None = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    listing = line.listing
    history = queries.prices(listing.id)
    page = render(
        "listings/show.html",
        line=line,
        listing=listing,
        car=line.vehicle,
        thumb=queries.thumb(listing.id, _pictures()),
        price_form=price_form or PriceForm(None, price=pen().plain_amount(listing.price_cents)),
        text_form=text_form or TextForm(None, description=listing.description),
        reasons=list(PriceReason),
        history=history,
        names=queries.names_of(entry.actor for entry in history),
        fault=fault,
        addresses=_addresses(line),
    )
    return make_response(page, status)


def _addresses(line: queries.ListingLine) -> list[str]:
    """Give where buyers find the car now."""
    found = queries.dealer(line.dealer.id)
    stores = [store for store in found.stores if store.active] if found and line.dealer.is_active else []
    path = f"/vehicles/{line.listing.slug}-{line.listing.public_id}/"
    return [office().settings.origin(store.public_host) + path for store in stores]


def _done(listing: Listing, said: str) -> Response:
    flash(pen().t(said))
    return make_response(redirect(url_for("admin.listings.show", listing_id=listing.id), 303))


def _dealer_wanted() -> UUID | None:
    wanted = request.args.get("dealer", "")
    if not wanted:
        return None
    try:
        found = queries.dealer(UUID(wanted))
    except ValueError:
        abort(404)
    return abort(404) if found is None else found.dealer.id


def _pictures() -> images.Pictures:
    return images.pictures(office().settings)
