"""The parts of a car's editor: its data, equipment, search engines, schedule, the yard's record."""

from uuid import UUID

from flask import Blueprint, Response, abort, request

from admin import editor
from admin.access import needs, visitor
from admin.editor import MANAGE, car_of, find
from admin.forms.listings_data import DataForm, EquipmentForm, InventoryForm, SeoForm, TermsForm
from admin.forms.moments import read_moment
from admin.pages import pen
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import actions, inventory, scheduling
from storefront.domain.listings.import_rows import VAT_TENTHS

bp = Blueprint("editing", __name__, url_prefix="/listings/<uuid:listing_id>")


@bp.post("/data")
@needs(MANAGE)
def data(listing_id: UUID) -> Response:
    """Change what the car is (SPEC 28, 31)."""
    listing, form = find(listing_id), DataForm(request.form)
    car = car_of(listing)
    form.kept_vin = car.vin
    if not form.check():
        return editor.draw(listing_id, forms={"data": form}, status=422)
    return editor.save(listing, "data", form, "car.saved", actions.update_vehicle, listing, car, form.value)


@bp.post("/version")
@needs(MANAGE)
def version(listing_id: UUID) -> Response:
    """Take the name as the feed wrote it instead of the cleaned one (BRIEF §8)."""
    listing = find(listing_id)
    text = " ".join(request.form.get("version", "").split())
    if not text or len(text) > 255:
        abort(404)
    values = {"version": text}
    return editor.carry_out(listing, "data", "car.saved", actions.update_vehicle, listing, car_of(listing), values)


@bp.post("/equipment")
@needs(MANAGE)
def equipment(listing_id: UUID) -> Response:
    """Change the equipment."""
    listing = find(listing_id)
    form = EquipmentForm(request.form.getlist("feature"), request.form.get("other", ""))
    values = {"features": form.features, "features_other": form.other}
    return editor.carry_out(
        listing, "equipment", "car.equipment_saved", actions.update_vehicle, listing, car_of(listing), values
    )


@bp.post("/seo")
@needs(MANAGE)
def seo(listing_id: UUID) -> Response:
    """Change how search engines show the car (SPEC 40)."""
    listing, form = find(listing_id), SeoForm(request.form)
    if not form.check():
        return editor.draw(listing_id, forms={"seo": form}, status=422)
    return editor.save(listing, "seo", form, "seo.saved", actions.update_listing, listing, form.value)


@bp.post("/terms")
@needs(MANAGE)
def terms(listing_id: UUID) -> Response:
    """Change VAT, stock number and the place where the car stands."""
    listing, form = find(listing_id), TermsForm(request.form)
    if not form.check():
        return editor.draw(listing_id, forms={"terms": form}, status=422)
    country = db.session.get_one(Dealer, listing.dealer_id).country
    rate = VAT_TENTHS.get(country) if form.value["vat"] == "standard" else None
    values = {**form.value, "vat_rate": rate}
    return editor.save(listing, "terms", form, "terms.saved", actions.update_listing, listing, values)


@bp.post("/schedule")
@needs(MANAGE)
def schedule(listing_id: UUID) -> Response:
    """Have a draft go live by itself."""
    listing = find(listing_id)
    at = read_moment(request.form.get("at", ""), visitor().tenant.time_zone)
    if at is None:
        return editor.draw(listing_id, fault=pen().t("schedule.moment"), status=422)
    return editor.carry_out(listing, "acts", "schedule.set", scheduling.schedule, listing, at, status=422)


@bp.post("/schedule/removal")
@needs(MANAGE)
def unschedule(listing_id: UUID) -> Response:
    """Take the time back."""
    listing = find(listing_id)
    return editor.carry_out(listing, "acts", "schedule.removed", scheduling.cancel, listing)


@bp.post("/inventory")
@needs(MANAGE)
def record(listing_id: UUID) -> Response:
    """Change the yard's record (SPEC 32)."""
    listing, form = find(listing_id), InventoryForm(request.form)
    if not form.check():
        return editor.draw(listing_id, forms={"inventory": form}, status=422)
    car = car_of(listing)
    return editor.save(listing, "inventory", form, "inventory.saved", inventory.keep, listing, car, form.value)
