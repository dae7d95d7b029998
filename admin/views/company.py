"""A dealer's company: address, contact, legal notice, VAT id, hours, and the plan."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin.access import dealer_of, needs, visitor
from admin.forms.company import DAYS, CompanyForm, wanted_fields
from admin.forms.joining import COUNTRIES, PlanForm
from admin.pages import pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.dealers import joining, legal
from storefront.domain.dealers.actions import update_dealer
from storefront.domain.dealers.countries import rules
from storefront.domain.dealers.models import PLAN_FEE_CENTS, Dealer, Plan
from storefront.domain.dealers.vat import EXAMPLES

bp = Blueprint("company", __name__, url_prefix="/company")


@bp.get("/")
@needs(owners=True)
def show() -> Response:
    """Show the form with the data as they stand."""
    dealer = _dealer()
    return _page(dealer, CompanyForm.of(dealer))


@bp.post("/")
@needs(owners=True)
def update() -> Response:
    """Change them; the websites follow."""
    dealer, form = _dealer(), CompanyForm(request.form)
    if form.check():
        result = perform(update_dealer, dealer, form.value, now=clock.now(), actor=visitor().actor)
        if result:
            flash(pen().t("company.saved"))
            wanted = "admin.onboarding.index" if request.form.get("then") == "setup" else "admin.company.show"
            return make_response(redirect(url_for(wanted), 303))
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    for name, said in form.errors.items():
        if isinstance(said, str):
            form.errors[name] = pen().t(f"refusals.{said}") if pen().t.has(f"refusals.{said}") else said
    return _page(dealer, form, 422)


@bp.get("/plan")
@needs(owners=True)
def plan() -> Response:
    """Show the plans."""
    chosen = joining.subscription_of(_dealer().id)
    return _plan(PlanForm(None, plan=(Plan.PREMIUM if chosen is None else chosen.tier).name.lower()))


@bp.post("/plan")
@needs(owners=True)
def choose_plan() -> Response:
    """Choose the plan that begins with the publication (SPEC 2, 3)."""
    dealer, form = _dealer(), PlanForm(request.form)
    onboarding = joining.onboarding_of(dealer.id) or abort(404)
    if form.check():
        result = perform(joining.choose_plan, dealer, onboarding, form.plan, now=clock.now(), actor=visitor().actor)
        if result:
            flash(pen().t("plans.chosen"))
            return make_response(redirect(url_for("admin.onboarding.index"), 303))
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _plan(form, 422)


def _dealer() -> Dealer:
    """Give the dealer at the desk; the operator has its own pages for dealers."""
    return dealer_of(visitor()) or abort(404)


def _plan(form: PlanForm, status: int = 200) -> Response:
    dealer = _dealer()
    page = render(
        "company/plan.html",
        form=form,
        fees={plan: PLAN_FEE_CENTS[plan] for plan in Plan},
        onboarding=joining.onboarding_of(dealer.id),
        running=joining.subscription_of(dealer.id),
    )
    return make_response(page, status)


def _page(dealer: Dealer, form: CompanyForm, status: int = 200) -> Response:
    write, country = pen(), form.raw["country"] or dealer.country
    names = write.formats.locale.territories
    law, provider = rules(country), form.raw["legal_name"] or form.raw["name"]
    extra, asked = wanted_fields(dealer, country), law.missing((), registered=legal.is_registered(provider))
    page = render(
        "company/show.html",
        form=form,
        shown=dealer,
        onboarding=joining.onboarding_of(dealer.id),
        extra=[(name, law.label(name, write.lang) or write.t(f"legal_field.{name}"), name in asked) for name in extra],
        vat_label=law.label("vat_id", write.lang) or write.t("legal_field.vat_id"),
        vat_example=EXAMPLES.get(country, ""),
        law=law.law,
        missing=legal.missing(dealer),
        days=[(day, str(write.formats.locale.days["stand-alone"]["wide"][int(day) - 1])) for day in DAYS],
        countries=sorted(((code, str(names.get(code, code))) for code in COUNTRIES), key=lambda pair: pair[1]),
    )
    return make_response(page, status)
