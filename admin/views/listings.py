"""The stock: its table, a car's editor, a new car, and what becomes of an offer."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request, send_file

from admin import editor, queries, stock
from admin.access import needs, visitor
from admin.editor import MANAGE, car_of, find, pictures
from admin.forms.listings import PriceForm, TextForm
from admin.forms.listings_data import CHOICES, DataForm, ReserveForm, proposals
from admin.pages import back_to, done, page_number, pen, render, search_text
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import actions, adding, inventory, scheduling, stock_filters, undoing
from storefront.domain.vehicles import vocabulary

bp = Blueprint("listings", __name__, url_prefix="/listings")
SIZES = {"thumb": "thumb.jpg", "medium": "medium.jpg"}
"""Pictures of a car that the admin shows: 150×150, 400×300."""


# -- the table --


@bp.get("/")
@needs(MANAGE)
def index() -> str:
    """List the stock: searched, narrowed, ordered, a page of it."""
    now, today, wanted = clock.now(), editor.today(), read_wanted()
    page = stock.page_of_stock(wanted, page_number(), now, today, pictures())
    dealers = queries.dealer_choices() if visitor().is_operator else []
    return render(
        "listings/index.html",
        page=page,
        wanted=wanted,
        states=stock.counts(wanted.dealer_id, now, today),
        makes=stock.makes(wanted.dealer_id),
        sorts=list(stock.SORTS),
        dealers=dealers,
        filters=stock_filters.of_user(visitor().user.id, visitor().dealer_id),
    )


def read_wanted() -> stock.Wanted:
    """Read from the address, or a form, which cars are wanted; a state or an order nobody knows is not found."""
    source = request.values
    state, sort = source.get("state") or "all", source.get("sort") or "newest"
    if state not in stock.STATES or sort not in stock.SORTS:
        abort(404)
    text = search_text() or source.get("q", "").replace("\0", " ").strip()[:100]
    return stock.Wanted(state, text, _dealer_wanted(source.get("dealer", "")), source.get("make", "")[:80], sort)


def _dealer_wanted(wanted: str) -> UUID | None:
    if not wanted:
        return None
    try:
        found = queries.dealer(UUID(wanted))
    except ValueError:
        abort(404)
    return abort(404) if found is None else found.dealer.id


# -- a new car --


@bp.get("/new")
@needs(MANAGE)
def new() -> Response:
    """Show the form of a new car."""
    return _new(DataForm({"condition": "used"}), PriceForm(None))


@bp.post("/")
@needs(MANAGE)
def create() -> Response:
    """Take a car into the stock, as a draft (SPEC 28, 34)."""
    form, price = DataForm(request.form), PriceForm({"price": request.form.get("price", ""), "reason": "promotion"})
    dealer = _dealer_of_new_car()
    cents = price.value.cents if price.raw["price"] and price.check() else None
    if form.check() and not price.errors and dealer is not None:
        vat = request.form.get("vat")
        offer = actions.Offer(cents, vat=vat if vat in vocabulary.VAT else None)
        now = clock.now()
        result = perform(adding.add_car, dealer, form.value, offer, now=now, actor=visitor().actor)
        if result:
            return editor.back(result.unwrap().id, "photos", "car.added", now)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _new(form, price, status=422)


@bp.get("/vin")
@needs(MANAGE)
def vin() -> Response:
    """Say what a VIN tells by itself: make, model year, whether it can be right."""
    text = request.args.get("vin", "")[:40]
    found = proposals(text, editor.today().year + 1) if text.strip() else {}
    make = request.args.get("make", "")[:80]
    return make_response(render("listings/vin.html", found=found, make=make))


def _new(form: DataForm, price: PriceForm, status: int = 200) -> Response:
    dealers = queries.dealer_choices() if visitor().is_operator else []
    page = render(
        "listings/new.html",
        form=form,
        price_form=price,
        dealers=dealers,
        chosen=request.form.get("dealer", ""),
        vat=request.form.get("vat", ""),
        codes=CHOICES,
        makes=[make.name for make in vocabulary.makes()],
    )
    return make_response(page, status)


def _dealer_of_new_car() -> Dealer | None:
    dealer_id = visitor().dealer_id or _dealer_wanted(request.form.get("dealer", ""))
    return None if dealer_id is None else db.session.get(Dealer, dealer_id)


@bp.post("/<uuid:listing_id>/duplicate")
@needs(MANAGE)
def duplicate(listing_id: UUID) -> Response:
    """Take another car of the same kind into the stock."""
    listing = find(listing_id)
    dealer = db.session.get_one(Dealer, listing.dealer_id)
    now = clock.now()
    result = perform(adding.duplicate, listing, car_of(listing), dealer, now=now, actor=visitor().actor)
    if result:
        return editor.back(result.unwrap().id, "photos", "car.duplicated", now)
    return editor.draw(listing_id, fault=pen().refusal(result.error), status=409)  # type: ignore[arg-type]


# -- one car --


@bp.get("/<uuid:listing_id>/")
@needs(MANAGE)
def show(listing_id: UUID) -> Response:
    """Show a car's editor."""
    return editor.draw(listing_id)


@bp.get("/<uuid:listing_id>/thumb")
@needs(MANAGE)
def thumb(listing_id: UUID) -> Response:
    """Give a small picture of a car."""
    find(listing_id)
    ending = SIZES.get(request.args.get("size", "thumb")) or abort(404)
    key = queries.thumb(listing_id, pictures())
    made = None if key is None else pictures().ready(key)
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
    listing, form = find(listing_id), PriceForm(request.form)
    if not form.check():
        return editor.draw(listing_id, forms={"price": form}, status=422)
    given = form.value
    named = {"reason": given.reason, "notes": given.notes}
    return editor.save(listing, "price", form, "price.changed", actions.change_price, listing, given.cents, **named)


@bp.post("/<uuid:listing_id>/text")
@needs(MANAGE)
def text(listing_id: UUID) -> Response:
    """Change the description."""
    listing, form = find(listing_id), TextForm(request.form)
    form.check()
    values = {"description": form.raw["description"]}
    return editor.save(listing, "text", form, "listing.text_saved", actions.update_listing, listing, values)


# -- what becomes of it --


@bp.post("/<uuid:listing_id>/sale")
@needs(MANAGE)
def sale(listing_id: UUID) -> Response:
    """Mark a car as sold (SPEC 41)."""
    listing = find(listing_id)
    return editor.carry_out(listing, "acts", "listing.sold_now", actions.mark_sold, listing)


@bp.post("/<uuid:listing_id>/withdrawal")
@needs(MANAGE)
def withdrawal(listing_id: UUID) -> Response:
    """Take an offer back."""
    listing = find(listing_id)
    return editor.carry_out(listing, "acts", "listing.withdrawn_now", actions.withdraw, listing)


@bp.post("/<uuid:listing_id>/relisting")
@needs(MANAGE)
def relisting(listing_id: UUID) -> Response:
    """Offer a withdrawn car again."""
    listing = find(listing_id)
    return editor.carry_out(listing, "acts", "listing.relisted_now", actions.relist, listing, _dealer(listing))


@bp.post("/<uuid:listing_id>/publication")
@needs(MANAGE)
def publication(listing_id: UUID) -> Response:
    """Offer a draft now."""
    listing = find(listing_id)
    return editor.carry_out(listing, "acts", "listing.live_now", scheduling.go_live, listing, _dealer(listing))


@bp.post("/<uuid:listing_id>/reservation")
@needs(MANAGE)
def reservation(listing_id: UUID) -> Response:
    """Keep a car for somebody (SPEC 32)."""
    listing, form = find(listing_id), ReserveForm(request.form)
    if not form.check():
        return editor.draw(listing_id, forms={"reserve": form}, status=422)
    values = (listing, car_of(listing), form.until, form.raw["reserved_for"])
    return editor.save(listing, "reserve", form, "listing.reserved_now", inventory.reserve, *values)


@bp.post("/<uuid:listing_id>/release")
@needs(MANAGE)
def release(listing_id: UUID) -> Response:
    """Give a reserved car free."""
    listing = find(listing_id)
    return editor.carry_out(listing, "acts", "listing.released_now", inventory.release, listing, car_of(listing))


@bp.post("/undo/<uuid:entry_id>")
@needs(MANAGE)
def undo(entry_id: UUID) -> Response:
    """Take one of the visitor's own acts of the last hour back."""
    found = undoing.entry(entry_id)
    if found is None or not all(visitor().may(MANAGE, dealer_id) for dealer_id in undoing.dealers_of(found)):
        abort(404)
    result = perform(undoing.undo, found, now=clock.now(), actor=visitor().actor)
    if not result:
        done(pen().refusal(result.error))  # type: ignore[arg-type]
        return back_to("admin.listings.index")
    done(pen().t("toast.undone"))
    listing_id: Any = result.value
    if listing_id is None:
        return back_to("admin.listings.index")
    return back_to("admin.listings.show", listing_id=listing_id)


def _dealer(listing: Any) -> Dealer:
    return db.session.get_one(Dealer, listing.dealer_id)
