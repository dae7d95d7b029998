"""The sites: which there are, what was published last, one more, on and off."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

import themes
from admin import joining, queries
from admin.access import dealer_of, needs, office, visitor
from admin.forms.domains import StoreForm
from admin.forms.site import dealer_themes
from admin.look_words import theme_label
from admin.pages import done, page_number, pen, render
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.domain.accounts.models import Permission
from storefront.domain.dealers.joining import onboarding_of
from storefront.domain.dealers.models import PLAN_SITES, Dealer
from storefront.domain.stores.actions import open_further_store, switch
from storefront.domain.stores.models import Store

bp = Blueprint("stores", __name__, url_prefix="/sites")


@bp.get("/")
@needs(Permission.MANAGE_VEHICLE_LISTINGS)
def index() -> str:
    """List the sites the visitor reaches."""
    return _list()


@bp.get("/new")
@needs(owners=True)
def new() -> Response:
    """Show the form for another site of the dealer."""
    return _new(_dealer(), StoreForm(None, theme=dealer_themes()[0]))


@bp.post("/")
@needs(owners=True)
def create() -> Response:
    """Create another site, switched off."""
    dealer, form = _dealer(), StoreForm(request.form)
    if form.check():
        host = f"{form.short}.{office().settings.base_host}"
        act = {"theme": form.raw["theme"], "now": clock.now(), "actor": visitor().actor}
        result = perform(open_further_store, dealer, form.raw["name"], host, **act)
        if result:
            flash(pen().t("store.created", name=form.raw["name"]))
            return _back()
        said = pen().refusal(result.error)  # type: ignore[arg-type]
        form.errors["short" if result.error and result.error.field == "host" else ""] = said
    return _new(_dealer(), form, 422)


@bp.post("/<uuid:store_id>/on")
@needs(owners=True)
def switch_on(store_id: UUID) -> Response:
    """Switch a site on (SPEC 26); a dealer's own people publish it, which asks for a complete legal notice."""
    store, dealer, now = _store(store_id), dealer_of(visitor()), clock.now()
    if dealer is None:
        return _switched(store, perform(switch, store, True, now=now, actor=visitor().actor))
    today = clock.business_date(now, visitor().tenant.time_zone)
    act = {"now": now, "today": today, "actor": visitor().actor}
    return _switched(store, perform(joining.publish_site, store, dealer, onboarding_of(dealer.id), **act))


@bp.post("/<uuid:store_id>/off")
@needs(owners=True)
def switch_off(store_id: UUID) -> Response:
    """Switch a site off; its files are no longer served."""
    store = _store(store_id)
    return _switched(store, perform(switch, store, False, now=clock.now(), actor=visitor().actor))


def _store(store_id: UUID) -> Store:
    return queries.store(store_id) or abort(404)


def _dealer() -> Dealer:
    return dealer_of(visitor()) or abort(404)


def _switched(store: Store, result: Result[Any]) -> Response:
    if not result:
        return make_response(_list(pen().refusal(result.error)), 409)  # type: ignore[arg-type]
    said = pen().t("store.is_on" if store.active else "store.is_off", name=store.public_host)
    back = "admin.stores.switch_off" if store.active else "admin.stores.switch_on"
    done(said, undo=(back, {"store_id": store.id}))
    return _back()


def _back() -> Response:
    return make_response(redirect(url_for("admin.stores.index"), 303))


def _list(fault: str = "") -> str:
    page, dealer = queries.page_of_stores(page_number()), dealer_of(visitor())
    has_room = dealer is not None and page.total < PLAN_SITES[dealer.plan]
    known = {"page": page, "origin": office().settings.origin, "has_room": has_room, "fault": fault}
    return render("stores/index.html", theme_label=theme_label, **known)


def _new(dealer: Dealer, form: StoreForm, code: int = 200) -> Response:
    page = render(
        "stores/new.html",
        form=form,
        themes=[(name, themes.load(name).label) for name in dealer_themes()],
        base=office().settings.base_host,
        used=queries.page_of_stores(1).total,
        most=PLAN_SITES[dealer.plan],
    )
    return make_response(page, code)
