"""Joining: a form for anybody, a letter that proves the address, a password, and one is in."""

from flask import Blueprint, Response, abort, make_response, redirect, request, session, url_for
from limits import RateLimitItem, parse

from admin import joining
from admin.access import keep, office, tenant_of_host
from admin.entrance import Guesses, NoCounting, TooOften, hashing, short_network
from admin.forms.joining import COUNTRIES, ConfirmedForm, RegisterForm
from admin.pages import pen, render_outside
from admin.views.sessions import tenant_named
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import open_session
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers import joining as registrations
from storefront.domain.dealers.joining import Registration
from storefront.domain.dealers.models import PLAN_FEE_CENTS, Plan

bp = Blueprint("register", __name__, url_prefix="/register")
ASKED: RateLimitItem = parse("5 per hour")
"""Letters an address, and a network, may cause (SECURITY B3, C11)."""


@bp.get("/")
def new() -> Response:
    """Show the form."""
    tenant = _tenant()
    return _form(RegisterForm(None, country=tenant.country, plan="premium"))


@bp.post("/")
def create() -> Response:
    """Have a letter written; every address is answered alike (SECURITY B3)."""
    tenant, form = _tenant(), RegisterForm(request.form)
    if not form.check():
        return _form(form, 422)
    guesses = Guesses(tenant.id.hex, form.raw["email"].lower(), "register", ASKED)
    try:
        guesses.take()
        guesses.wrong()  # every letter counts against the network, there is no right one
    except TooOften:
        form.refuse("", "register.too_often")
        return _form(form, 429)
    except NoCounting:
        form.refuse("", "register.not_now")
        return _form(form, 503)
    if not form.is_trapped:
        with acting(tenant.id):
            perform(registrations.ask_to_join, form.raw, form.plan, language=pen().lang, now=clock.now()).unwrap()
    return make_response(redirect(url_for("admin.register.sent"), 303))


@bp.get("/sent")
def sent() -> str:
    """Say that a letter is under way."""
    _tenant()
    return render_outside("register/sent.html")


@bp.get("/<proof>")
def confirm(proof: str) -> Response:
    """Show what is still wanted of whoever has the letter."""
    return _confirmed(_found(proof), proof, ConfirmedForm())


@bp.post("/<proof>")
def join(proof: str) -> Response:
    """Make the dealer, its site and the login, and go in."""
    registration, form = _found(proof), ConfirmedForm(request.form)
    if form.check():
        with acting(registration.tenant_id), hashing():
            result = perform(_join, proof, form)
        if result:
            session.clear()
            return keep(make_response(redirect(url_for("admin.onboarding.index"), 303)), result.unwrap())
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _confirmed(_found(proof), proof, form, 422)


def _join(proof: str, form: ConfirmedForm) -> str:
    """Join and log in, in one act."""
    now = clock.now()
    registration = registrations.registration_of(proof, now=now) or abort(404)
    tenant = db.session.get_one(Tenant, registration.tenant_id)
    user = joining.join(
        registration,
        form.raw["licence"],
        form.password,
        tenant,
        office().settings.base_host,
        now=now,
        today=clock.business_date(now, tenant.time_zone),
    )
    return open_session(user, agent=request.user_agent.string, now=now, network=short_network())


def _tenant() -> Tenant:
    """Give the marketplace one joins: the host's, or on a host of all the only one."""
    return tenant_named(request.values.get("marketplace", "")) or abort(404)


def _found(proof: str) -> Registration:
    of_host = tenant_of_host()
    with everywhere():
        found = registrations.registration_of(proof, now=clock.now())
    if found is None or of_host not in (None, found.tenant_id):
        abort(404)
    return found


def _form(form: RegisterForm, status: int = 200) -> Response:
    page = render_outside(
        "register/new.html",
        form=form,
        countries=_countries(),
        fees={plan: PLAN_FEE_CENTS[plan] for plan in Plan},
        base_host=office().settings.base_host,
        marketplace=request.values.get("marketplace", ""),
    )
    return make_response(page, status)


def _countries() -> list[tuple[str, str]]:
    """Give the countries by their names in the reader's language."""
    names = pen().formats.locale.territories
    return sorted(((code, str(names.get(code, code))) for code in COUNTRIES), key=lambda pair: pair[1])


def _confirmed(registration: Registration, proof: str, form: ConfirmedForm, status: int = 200) -> Response:
    page = render_outside("register/confirm.html", registration=registration, proof=proof, form=form)
    answer = make_response(page, status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
