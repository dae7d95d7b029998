"""From a new login to a public site: a checklist that remembers, a preview, publishing, a link and its QR code."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin import joining
from admin.access import dealer_of, needs, office, visitor
from admin.pages import pen, render
from builder import preview as previews
from builder.models import Preview
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.dealers import joining as registrations
from storefront.domain.dealers import legal
from storefront.domain.dealers.joining import DONE, SKIPPED, Onboarding
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.models import Store
from storefront.pages.qr import drawn

bp = Blueprint("onboarding", __name__, url_prefix="/setup")
WHERE = {
    "plan": "admin.company.plan",
    "company": "admin.company.show",
    "look": "admin.site.show",
    "stock": "admin.imports.index",
    "preview": "admin.onboarding.preview",
    "publish": "admin.onboarding.publishing",
}
"""Step -> the page it is done on."""
MAY_SKIP = ("look", "stock", "preview")


@bp.get("/")
@needs(owners=True)
def index() -> Response:
    """Show what is done and what comes next."""
    dealer, onboarding = _started()
    store = _store(dealer)
    steps = joining.checklist(dealer, store, onboarding)
    page = render(
        "onboarding/index.html",
        steps=steps,
        where=WHERE,
        may_skip=MAY_SKIP,
        missing=legal.missing(dealer),
        done=sum(step.state != "open" for step in steps),
        address=_address(store),
        published=onboarding.published_at is not None,
    )
    return make_response(page)


@bp.post("/skip")
@needs(owners=True)
def skip() -> Response:
    """Leave a step out; it can be done later."""
    (_, onboarding), step = _started(), request.form.get("step", "")
    if step not in MAY_SKIP:
        abort(404)
    perform(registrations.mark_step, onboarding, step, SKIPPED, now=clock.now(), actor=visitor().actor).unwrap()
    return make_response(redirect(url_for("admin.onboarding.index"), 303))


@bp.get("/preview")
@needs(owners=True)
def preview() -> Response:
    """Show the site as it would be published, on a host nobody can guess."""
    return _preview(_dealer())


@bp.post("/preview")
@needs(owners=True)
def open_preview() -> Response:
    """Have a preview built by a worker."""
    dealer = _dealer()
    result = perform(_open, dealer, now=clock.now(), actor=visitor().actor)
    if not result:
        return _preview(dealer, pen().refusal(result.error), 409)  # type: ignore[arg-type]
    return make_response(redirect(url_for("admin.onboarding.preview"), 303))


@bp.get("/publish")
@needs(owners=True)
def publishing() -> Response:
    """Show what publishing means, or that it is done: the link and its QR code."""
    return _publishing(_dealer())


@bp.post("/publish")
@needs(owners=True)
def publish() -> Response:
    """Switch the site on; the plan begins."""
    dealer, now = _dealer(), clock.now()
    today = clock.business_date(now, visitor().tenant.time_zone)
    row = registrations.onboarding_of(dealer.id)
    given: dict[str, Any] = {"now": now, "today": today, "actor": visitor().actor}
    result = perform(joining.publish_site, _store(dealer), dealer, row, needs_approval=_approves(), **given)
    if not result:
        return _publishing(_dealer(), pen().refusal(result.error), 409)  # type: ignore[arg-type]
    flash(pen().t("publishing.done"))
    return make_response(redirect(url_for("admin.onboarding.publishing"), 303))


@bp.get("/qr.svg")
@needs(owners=True)
def qr() -> Response:
    """Give the QR code of the site's address."""
    answer = make_response(drawn(_address(_store(_dealer()))))
    answer.headers["Content-Type"] = "image/svg+xml"
    if request.args.get("download"):
        answer.headers["Content-Disposition"] = 'attachment; filename="website-qr.svg"'
    return answer


def _open(dealer: Dealer, *, now: datetime, actor: str) -> Preview:
    """Open a preview, and note the step of somebody who is setting up."""
    made = previews.open_preview(_store(dealer), previews.Plan(), settings=office().settings, now=now, actor=actor)
    onboarding = registrations.onboarding_of(dealer.id)
    if onboarding is not None:
        onboarding.steps = {**onboarding.steps, "preview": DONE}
    return made


def _approves() -> bool:
    return office().settings.approve_dealers == "on"


def _dealer() -> Dealer:
    return dealer_of(visitor()) or abort(404)


def _started() -> tuple[Dealer, Onboarding]:
    dealer = _dealer()
    return dealer, registrations.onboarding_of(dealer.id) or abort(404)


def _store(dealer: Dealer) -> Store:
    try:
        return joining.own_store(dealer.id)
    except DomainError:
        abort(404)


def _address(store: Store) -> str:
    return f"{office().settings.origin(store.public_host)}/"


def _preview(dealer: Dealer, fault: str = "", status: int = 200) -> Response:
    store = _store(dealer)
    found = next((one for one in previews.previews(clock.now()) if one.store_id == store.id), None)
    page = render(
        "onboarding/preview.html",
        fault=fault,
        found=found,
        address="" if found is None else f"{office().settings.origin(found.host)}/",
        onboarding=registrations.onboarding_of(dealer.id),
    )
    return make_response(page, status)


def _publishing(dealer: Dealer, fault: str = "", status: int = 200) -> Response:
    store, onboarding = _store(dealer), registrations.onboarding_of(dealer.id)
    db.session.refresh(store)
    page = render(
        "onboarding/publish.html",
        fault=fault,
        waits_for_approval=_approves() and joining.waits_for_approval(dealer, onboarding),
        store=store,
        address=_address(store),
        is_served=joining.is_served(store),
        missing=legal.missing(dealer),
        plan=registrations.subscription_of(dealer.id),
        onboarding=onboarding,
    )
    return make_response(page, status)
