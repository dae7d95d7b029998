"""The sites: which there are, what was published last, on and off."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for

from admin import queries
from admin.access import needs, office, visitor
from admin.pages import page_number, pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.accounts.models import Permission
from storefront.domain.stores.actions import switch

bp = Blueprint("stores", __name__, url_prefix="/sites")


@bp.get("/")
@needs(Permission.MANAGE_VEHICLE_LISTINGS)
def index() -> str:
    """List the sites the visitor reaches."""
    page = queries.page_of_stores(page_number())
    return render("stores/index.html", page=page, origin=office().settings.origin)


@bp.post("/<uuid:store_id>/on")
@needs(operators=True)
def switch_on(store_id: UUID) -> Response:
    """Switch a site on (SPEC 26)."""
    return _switch(store_id, True)


@bp.post("/<uuid:store_id>/off")
@needs(operators=True)
def switch_off(store_id: UUID) -> Response:
    """Switch a site off; its files are no longer served."""
    return _switch(store_id, False)


def _switch(store_id: UUID, active: bool) -> Response:
    store = queries.store(store_id) or abort(404)
    perform(switch, store, active, now=clock.now(), actor=visitor().actor).unwrap()
    flash(pen().t("store.is_on" if active else "store.is_off", name=store.public_host))
    return make_response(redirect(url_for("admin.stores.index"), 303))
