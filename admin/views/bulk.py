"""Acts on many cars at once: looked at first, then done, then taken back when it was not meant (SPEC 38, 47)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin import price_rule, reach, stock
from admin.access import needs, visitor
from admin.editor import MANAGE, today, way_back
from admin.forms.bulk import ROUNDINGS, RepriceForm, read_ids
from admin.pages import back_to, done, pen, render
from admin.views.listings import read_wanted
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.domain.listings import bulk, stock_filters
from storefront.domain.listings import queries as listings
from storefront.domain.listings.models import Listing, PriceReason
from storefront.domain.vehicles.models import Vehicle

bp = Blueprint("bulk", __name__, url_prefix="/stock")
ACTS = ("price", "withdraw", "publish", "feature", "unfeature")
PAID = ("feature", "unfeature")
"""What dealers pay for, so that the operator does it (SPEC 7)."""
SHOWN = 200
"""Cars a preview lists; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """A car in a preview."""

    listing: Listing
    vehicle: Vehicle
    change: bulk.Repriced | None
    rule: price_rule.Verdict | None


@bp.post("/preview")
@needs(MANAGE)
def preview() -> Response:
    """Show what an act would do to the cars that are chosen; nothing is changed."""
    act = _act()
    chosen = _chosen()
    if not chosen:
        done(pen().t("bulk.none"))
        return back_to("admin.listings.index", **read_wanted().address())
    form = _form()
    if "by" in request.form:
        form.check()
    return _page(act, chosen, form)


@bp.post("/")
@needs(MANAGE)
def create() -> Response:
    """Do it."""
    act, chosen, form = _act(), _chosen(), _form()
    if act == "price" and not form.check():
        return _page(act, chosen, form, status=422)
    now = clock.now()
    result = _perform(act, chosen, form, now)
    if not result:
        return _page(act, _chosen(), form, fault=pen().refusal(result.error), status=409)  # type: ignore[arg-type]
    count = len(result.unwrap().after)
    done(pen().t(f"bulk.done.{act}", n=count), undo=way_back(now))
    return back_to("admin.listings.index", **read_wanted().address())


def _perform(act: str, chosen: Sequence[Listing], form: RepriceForm, now: datetime) -> Result[Any]:
    actor = visitor().actor
    if act == "price":
        changes = {one.listing_id: one.new_cents for one in bulk.preview(chosen, form.value) if one.fault is None}
        named = {"reason": form.reason, "notes": form.raw["notes"] or None}
        return perform(bulk.reprice, chosen, changes, now=now, actor=actor, **named)  # type: ignore[arg-type]
    if act == "withdraw":
        return perform(bulk.withdraw, chosen, now=now, actor=actor)
    if act == "publish":
        return perform(bulk.publish, chosen, bulk.dealers_of(chosen), now=now, actor=actor)
    return perform(bulk.feature, chosen, act == "feature", now=now, actor=actor)


# -- saved filters --


@bp.post("/filters")
@needs(MANAGE)
def keep_filter() -> Response:
    """Keep the present way to see the stock under a name."""
    wanted = read_wanted()
    query = urlencode(wanted.address())
    name = " ".join(request.form.get("name", "").replace("\0", " ").split())
    user, dealer_id = visitor().user.id, visitor().dealer_id
    result = perform(stock_filters.save, user, dealer_id, name, query, now=clock.now(), actor=visitor().actor)
    done(pen().t("stock.filter_kept", name=name) if result else pen().refusal(result.error))  # type: ignore[arg-type]
    return back_to("admin.listings.index", **wanted.address())


@bp.post("/filters/<uuid:filter_id>/removal")
@needs(MANAGE)
def drop_filter(filter_id: UUID) -> Response:
    """Forget a kept filter."""
    found = stock_filters.by_id(filter_id, visitor().user.id) or abort(404)
    perform(stock_filters.delete, found, now=clock.now(), actor=visitor().actor).unwrap()
    done(pen().t("stock.filter_dropped"))
    return back_to("admin.listings.index")


# -- parts --


def _act() -> str:
    act = request.form.get("act", "")
    if act in PAID and not visitor().is_operator:
        abort(403)
    return act if act in ACTS else abort(404)


def _chosen() -> list[Listing]:
    """Give the cars that are ticked, or all that the filter shows; only those the visitor may touch."""
    if request.form.get("all") == "1":
        ids = stock.ids_of(read_wanted(), clock.now(), today(), bulk.MOST)
    else:
        ids = read_ids(request.form.getlist("car"))
    return [one for one in bulk.of_ids(ids) if visitor().may(MANAGE, one.dealer_id)]


def _form() -> RepriceForm:
    usual = {"direction": "down", "step": "percent", "by": "", "rounding": "ten", "reason": "promotion", "notes": ""}
    return RepriceForm({**usual, **request.form.to_dict()})


def _page(act: str, chosen: Sequence[Listing], form: RepriceForm, *, fault: str = "", status: int = 200) -> Response:
    ready = act == "price" and not form.errors and hasattr(form, "value")
    changes = bulk.preview(chosen, form.value) if ready else []
    by_id = {one.listing_id: one for one in changes}
    going = [one for one in changes if one.fault is None]
    changing = {one.listing_id for one in going} if act == "price" else {one.id for one in chosen}
    aspects = reach.PRICE if act == "price" else reach.STATUS
    rules = _rules(chosen, by_id)
    shown = sorted(chosen, key=lambda one: by_id[one.id].fault is None if one.id in by_id else True)[:SHOWN]
    cars = stock.vehicles_of(shown)
    page = render(
        "listings/bulk.html",
        act=act,
        form=form,
        ids=",".join(one.id.hex for one in chosen),
        rows=[Row(one, cars[one.id], by_id.get(one.id), rules.get(one.id)) for one in shown],
        total=len(chosen),
        ready=ready,
        going=len(going),
        announced=sum(1 for one in going if (rule := rules.get(one.listing_id)) and rule.was_cents),
        difference=sum(one.new_cents - one.old_cents for one in going),
        altered=reach.of_listings(visitor().tenant.id, changing, aspects) if changing else 0,
        wanted=read_wanted(),
        roundings=list(ROUNDINGS),
        reasons=list(PriceReason),
        fault=fault,
        unlisted=max(0, len(chosen) - SHOWN),
    )
    return make_response(page, status)


def _rules(chosen: Sequence[Listing], by_id: dict[UUID, bulk.Repriced]) -> dict[UUID, price_rule.Verdict]:
    """Say for each car what the 30-day rule allows: a statement a few hundred cars."""
    if not by_id:
        return {}
    histories, day, formats = listings.prices([one.id for one in chosen]), today(), pen().formats
    return {
        listing_id: price_rule.judge(
            price_rule.points(histories.get(listing_id, ()), formats),
            change.new_cents if change.fault is None else None,
            day,
        )
        for listing_id, change in by_id.items()
    }
