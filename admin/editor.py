"""One car's editor: finding the car for whoever may touch it, drawing the page, saying what was done."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy import select

from admin import price_rule, queries, reach, stock
from admin.access import office, visitor
from admin.file_reasons import explain
from admin.forms import Form
from admin.forms.listings import PriceForm, TextForm
from admin.forms.listings_data import CHOICES, DataForm, InventoryForm, ReserveForm, SeoForm, TermsForm
from admin.pages import done, pen, render
from builder import images
from seo import meta
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.db import db
from storefront.domain.accounts.models import Permission
from storefront.domain.listings import inventory, undoing
from storefront.domain.listings.models import Listing, PhotoKind, PriceReason
from storefront.domain.listings.tours import BadTour, data_of
from storefront.domain.valuation.labels import Label, dearest
from storefront.domain.vehicles import vocabulary
from storefront.domain.vehicles.models import Vehicle

MANAGE = Permission.MANAGE_VEHICLE_LISTINGS
FORMS = ("price", "text", "data", "seo", "inventory", "reserve", "terms")


def find(listing_id: UUID) -> Listing:
    """Find a listing; another dealer's or tenant's is simply not found (SPEC 15, SECURITY A1)."""
    found = db.session.scalars(select(Listing).where(Listing.id == listing_id)).first()
    if found is None or not visitor().may(MANAGE, found.dealer_id):
        abort(404)
    return found


def car_of(listing: Listing) -> Vehicle:
    """Give a listing's car."""
    return db.session.get_one(Vehicle, listing.vehicle_id)


def today() -> date:
    """Give the business date of the visitor's marketplace."""
    return clock.business_date(clock.now(), visitor().tenant.time_zone)


def pictures() -> images.Pictures:
    """Give where small pictures are."""
    return images.pictures(office().settings)


def carry_out(
    listing: Listing, anchor: str, said: str, action: Callable[..., Any], *values: Any, status: int = 409, **named: Any
) -> Response:
    """Perform an act on a car and lead back to its editor; a refusal stands above the page.

    Args:
        listing: the car.
        anchor: part of the page to come back to.
        said: key of the words that say it is done.
        action: of the domain; gets `now` and `actor` beside the values.
        values: what it takes.
        status: of a refusal.
        named: what it takes by name.
    """
    listing_id, now = listing.id, clock.now()
    result = perform(action, *values, now=now, actor=visitor().actor, **named)
    if result:
        return back(listing_id, anchor, said, now)
    return draw(listing_id, fault=explain(pen(), _error(result)), status=status)


def save(
    listing: Listing, name: str, form: Form, said: str, action: Callable[..., Any], *values: Any, **named: Any
) -> Response:
    """Perform what a form asks for; a refusal stands at the form's field.

    Args:
        listing: the car.
        name: of FORMS.
        form: checked; its errors are shown when it has some.
        said: key of the words that say it is done.
        action: of the domain.
        values: what it takes.
        named: what it takes by name.
    """
    listing_id, now = listing.id, clock.now()
    if not form.errors:
        result = perform(action, *values, now=now, actor=visitor().actor, **named)
        if result:
            return back(listing_id, name, said, now)
        form.blame(result, pen().refusal(_error(result)))
    return draw(listing_id, forms={name: form}, status=422)


def back(listing_id: UUID, anchor: str, said: str, now: datetime) -> Response:
    """Lead back to a car's editor, saying what was done and, if it can be, how it is taken back."""
    done(pen().t(said), undo=way_back(now))
    return make_response(redirect(url_for("admin.listings.show", listing_id=listing_id, _anchor=anchor), 303))


def way_back(now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Give the route that takes the act of this moment back; None when there is none, or nothing changed."""
    last = undoing.newest(visitor().actor)
    if last is None or last.at != now or not undoing.can_undo(last):
        return None
    return "admin.listings.undo", {"entry_id": last.id}


def draw(listing_id: UUID, *, forms: dict[str, Form] | None = None, fault: str = "", status: int = 200) -> Response:
    """Draw a car's editor.

    Args:
        listing_id: the car.
        forms: forms with errors, by name of FORMS; the others show what is stored.
        fault: a refusal that belongs to no field.
        status: of the answer.
    """
    found = stock.editor(listing_id, pictures())
    if found is None or not visitor().may(MANAGE, found.listing.dealer_id):
        abort(404)
    known = price_rule.points(found.prices, pen().formats)
    aspects = (*reach.PRICE, *reach.DATA, *reach.STATUS, *reach.PHOTOS)
    history = queries.prices(listing_id)
    page = render(
        "listings/show.html",
        e=found,
        listing=found.listing,
        car=found.vehicle,
        forms={**_stored(found), **(forms or {})},
        fault=fault,
        shown_in=_addresses(found),
        pages_altered=reach.of_listings(visitor().tenant.id, [listing_id], aspects),
        rule=price_rule.judge(known, None, today()),
        steps=_steps(found),
        history=history,
        names=queries.names_of(row.actor for row in history),
        days=inventory.days_on_lot(found.listing, found.vehicle, today()),
        stands=inventory.status_of(found.listing, found.record, today()),
        reasons=list(PriceReason),
        kinds=list(PhotoKind),
        groups=vocabulary.FEATURE_GROUPS,
        codes=CHOICES,
        makes=[make.name for make in vocabulary.makes()],
        models=_models(found.vehicle.make),
        raw=_raw(found),
        serp=_search_result(found),
        bounds={"title": meta.TITLE, "description": meta.DESCRIPTION},
        tours=[(tour, _tour(tour)) for tour in found.tours],
        market=_market(found),
    )
    return make_response(page, status)


def _stored(found: stock.Editor) -> dict[str, Form]:
    listing, car, record = found.listing, found.vehicle, found.record
    seo = {name: getattr(listing, name) or "" for name in SeoForm.names}
    yard = {
        "acquired_on": car.acquired_on.isoformat() if car.acquired_on else "",
        "acquisition_price": pen().plain_amount(car.acquisition_price_cents),
        "condition_rating": str(car.condition_rating or ""),
        "location": record.location if record else "",
        "note": record.note if record else "",
    }
    return {
        "price": PriceForm(None, price=pen().plain_amount(listing.price_cents), reason="market_adjustment"),
        "text": TextForm(None, description=listing.description),
        "data": DataForm.of(car),
        "seo": SeoForm(None, **seo),
        "inventory": InventoryForm(None, **yard),
        "reserve": ReserveForm(None),
        "terms": TermsForm(
            None,
            vat=listing.vat or "",
            negotiable="on" if listing.negotiable else "",
            stock_number=listing.stock_number,
            postal_code=listing.postal_code or "",
        ),
    }


def _addresses(found: stock.Editor) -> list[str]:
    """Give where buyers find the car now."""
    if not found.dealer.is_active or found.listing.status.name in ("WITHDRAWN", "PENDING"):
        return []
    line = queries.dealer(found.dealer.id)
    path = f"/vehicles/{found.listing.slug}-{found.listing.public_id}/"
    stores = [store for store in line.stores if store.active] if line else []
    return [office().settings.origin(store.public_host) + path for store in stores]


def _steps(found: stock.Editor) -> list[tuple[int, int]]:
    """Give the price line as points of a drawing 300 wide and 60 high, empty under two prices."""
    rows = found.prices
    if len({row.new_cents for row in rows}) < 2:
        return []
    first, last = rows[0].at, max(clock.now(), rows[-1].at)
    span = max(1.0, (last - first).total_seconds())
    low, high = min(row.new_cents for row in rows), max(row.new_cents for row in rows)
    drawn: list[tuple[int, int]] = []
    for row in rows:
        x = round(300 * (row.at - first).total_seconds() / span)
        y = round(6 + 48 * (high - row.new_cents) / (high - low))
        drawn += [(x, drawn[-1][1])] if drawn else []
        drawn.append((x, y))
    return [*drawn, (300, drawn[-1][1])]


def _models(make: str) -> list[str]:
    known = vocabulary.make_named(make)
    return list(known.listed) if known else []


def _raw(found: stock.Editor) -> str | None:
    """Give the name as the feed wrote it, where ours is another one (BRIEF §8)."""
    if found.source is None:
        return None
    raw = found.source.raw
    text = str(raw.get("version") or raw.get("name") or "")
    return text if text and text != found.vehicle.version else None


def _search_result(found: stock.Editor) -> dict[str, str]:
    """Give what a search engine would show: the overrides, else what the website makes of the car."""
    car, listing, write = found.vehicle, found.listing, pen()
    named = meta.tidy(f"{car.title} {car.version}")
    price = write.money(listing.price_cents, listing.currency)
    title = listing.seo_title or meta.title([f"{named}, {price}", named, car.title], found.dealer.name)
    facts = ", ".join(write.facts(car))
    told = [f"{named}: {facts}." if facts else f"{named}.", f"{price}.", listing.description]
    host = queries.own_host(found.dealer.id) or request.host
    path = f"{host} › vehicles › {listing.slug}-{listing.public_id}"
    return {"title": title, "description": listing.seo_description or meta.description(told), "path": path}


def _tour(tour: Any) -> Any:
    try:
        return data_of(tour.kind, tour.data)
    except BadTour:
        return None


def _market(found: stock.Editor) -> dict[str, Any] | None:
    """Give the market value and where the labels begin; None when nothing in force is known."""
    row = found.valuation
    if row is None or row.expires_on < today():
        return None
    value = row.market_cents
    return {
        "value": value,
        "label": row.label if row.price_cents == found.listing.price_cents else None,
        "cars": row.inputs.get("comparables", 0),
        "dealers": row.inputs.get("dealers", 0),
        "very_good": dearest(Label.VERY_GOOD, value),
        "good": dearest(Label.GOOD, value),
        "fair": dearest(Label.FAIR, value),
    }


def _error(result: Result[Any]) -> Any:
    return result.error
