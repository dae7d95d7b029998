"""Dealers, for the operator: list, one dealer, registration, status."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin import operator_queries, queries
from admin.access import needs, office, visitor
from admin.forms.dealers import DealerForm, DealerStatusForm
from admin.forms.operator import PlanForm, RateForm
from admin.pages import back_to, done, page_number, pen, render, search_text
from admin.registration import register_with_site
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.dealers import legal
from storefront.domain.dealers.actions import set_plan, set_status, update_commission_rate
from storefront.domain.dealers.countries import rules
from storefront.domain.dealers.models import PLAN_FEE_CENTS, DealerStatus, Plan

bp = Blueprint("dealers", __name__, url_prefix="/dealers")


@bp.get("/")
@needs(operators=True)
def index() -> str:
    """List the dealers."""
    text = search_text()
    return render("dealers/index.html", page=queries.page_of_dealers(text, page_number()), q=text)


@bp.get("/new")
@needs(operators=True)
def new() -> Response:
    """Show the form to register a dealer."""
    return _new(DealerForm(None, plan="premium", country=visitor().tenant.country))


@bp.post("/")
@needs(operators=True)
def create() -> Response:
    """Register a dealer with its site (SPEC 18, 22)."""
    form = DealerForm(request.form)
    if form.check():
        now, who = clock.now(), visitor()
        today = clock.business_date(now, who.tenant.time_zone)
        host = f"{form.value.slug}.{office().settings.base_host}"
        result = perform(register_with_site, form.value, who.tenant, host, now=now, today=today, actor=who.actor)
        if result:
            flash(pen().t("dealer.registered", name=form.value.name))
            return make_response(redirect(url_for("admin.dealers.show", dealer_id=result.unwrap().id), 303))
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _new(form, 422)


@bp.get("/<uuid:dealer_id>/")
@needs(operators=True)
def show(dealer_id: UUID) -> Response:
    """Show a dealer: plan, status, sites, people."""
    return _page(_line(dealer_id))


@bp.post("/<uuid:dealer_id>/status")
@needs(operators=True)
def status(dealer_id: UUID) -> Response:
    """Suspend, close or reopen a dealer (SPEC 19)."""
    line, form = _line(dealer_id), DealerStatusForm(request.form)
    if form.check():
        given, now, who = form.value, clock.now(), visitor().actor
        result = perform(set_status, line.dealer, given.status, now=now, actor=who, reason=given.reason)
        if result:
            flash(pen().t("dealer.status_changed"))
            return make_response(redirect(url_for("admin.dealers.show", dealer_id=dealer_id), 303))
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_line(dealer_id), form, 422)


@bp.post("/<uuid:dealer_id>/plan")
@needs(operators=True)
def plan(dealer_id: UUID) -> Response:
    """Change a dealer's plan: the running subscription ends today, another begins (SPEC 2, 3, 6)."""
    line, form = _line(dealer_id), PlanForm(request.form)
    if form.check():
        if form.value is line.dealer.plan:
            form.refuse("plan", "dealer.same_plan")
        else:
            now, who = clock.now(), visitor()
            today = clock.business_date(now, who.tenant.time_zone)
            why = form.raw["reason"]
            result = perform(set_plan, line.dealer, form.value, now=now, today=today, actor=who.actor, reason=why)
            if result:
                return _done(dealer_id, "dealer.plan_changed")
            form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_line(dealer_id), plan_form=form, code=422)


@bp.post("/<uuid:dealer_id>/rate")
@needs(operators=True)
def rate(dealer_id: UUID) -> Response:
    """Give a dealer a commission rate of its own (SPEC 5)."""
    line, form = _line(dealer_id), RateForm(request.form)
    if form.check():
        why = form.raw["reason"]
        given = {"now": clock.now(), "actor": visitor().actor, "reason": why}
        result = perform(update_commission_rate, line.dealer, form.value, **given)  # type: ignore[arg-type]
        if result:
            return _done(dealer_id, "dealer.rate_changed")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_line(dealer_id), rate_form=form, code=422)


def _done(dealer_id: UUID, said: str) -> Response:
    done(pen().t(said))
    return back_to("admin.dealers.show", dealer_id=dealer_id)


def _line(dealer_id: UUID) -> queries.DealerLine:
    return queries.dealer(dealer_id) or abort(404)


def _new(form: DealerForm, code: int = 200) -> Response:
    fees = {plan: PLAN_FEE_CENTS[plan] for plan in Plan}
    return make_response(render("dealers/new.html", form=form, fees=fees, base_host=office().settings.base_host), code)


def _page(
    line: queries.DealerLine,
    form: DealerStatusForm | None = None,
    code: int = 200,
    *,
    plan_form: PlanForm | None = None,
    rate_form: RateForm | None = None,
) -> Response:
    dealer = line.dealer
    page = render(
        "dealers/show.html",
        line=line,
        shown=dealer,
        subscription=queries.subscription(dealer.id),
        people=queries.people(dealer.id),
        form=form or DealerStatusForm(None, status=dealer.status.name.lower()),
        statuses=list(DealerStatus),
        plan_form=plan_form or PlanForm(None, plan=dealer.plan.name.lower()),
        rate_form=rate_form or RateForm(),
        plans=list(Plan),
        former=operator_queries.subscriptions(dealer.id),
        origin=office().settings.origin,
        missing=legal.missing(dealer),
        law=rules(dealer.country).law,
    )
    return make_response(page, code)
