"""Plans and the commission table, with what it was before (SPEC 2-6)."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin import operator_queries, queries
from admin.access import needs, visitor
from admin.forms.operator import BandForm, ReasonForm
from admin.pages import back_to, done, pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.dealers import rates
from storefront.domain.dealers.models import PLAN_FEE_CENTS, Plan

bp = Blueprint("plans", __name__, url_prefix="/plans")


@bp.get("/")
@needs(operators=True)
def index() -> Response:
    """Show the plans, the rate table and its history."""
    return _page()


@bp.post("/bands")
@needs(operators=True)
def set_band() -> Response:
    """Set a rate of the table (SPEC 4, 5)."""
    form = BandForm(request.form)
    if form.check():
        now, why = clock.now(), form.raw["reason"]
        result = perform(
            rates.set_band, form.tier, form.from_cents, form.value, now=now, actor=visitor().actor, reason=why
        )
        if result:
            done(pen().t("tariffs.band_set"))
            return back_to("admin.plans.index")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(form, 422)


@bp.post("/bands/<uuid:band_id>/end")
@needs(operators=True)
def end_band(band_id: UUID) -> Response:
    """Take a rate out of the table."""
    band, form = rates.band(band_id) or abort(404), ReasonForm(request.form)
    shown = BandForm()
    if form.check():
        why = form.raw["reason"]
        result = perform(rates.end_band, band, now=clock.now(), actor=visitor().actor, reason=why)
        if result:
            done(pen().t("tariffs.band_ended"))
            return back_to("admin.plans.index")
        shown.errors[""] = pen().refusal(result.error)  # type: ignore[arg-type]
    else:
        shown.errors[""] = pen().error(form.errors["reason"])
    return _page(shown, 422)


def _page(form: BandForm | None = None, code: int = 200) -> Response:
    table, history = rates.bands(), rates.bands(ended=True)
    page = render(
        "plans/index.html",
        plans=operator_queries.plans(),
        fees=PLAN_FEE_CENTS,
        tiers=list(Plan),
        table=table,
        history=history,
        default=rates.DEFAULT_RATE,
        own=operator_queries.own_rates(),
        names=queries.names_of(band.actor for band in (*table, *history)),
        form=form or BandForm(None, tier="premium"),
    )
    return make_response(page, code)
