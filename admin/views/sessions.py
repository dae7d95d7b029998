"""Logging in and out (SECURITY B3, B4)."""

from threading import BoundedSemaphore

from flask import Blueprint, Response, make_response, redirect, request, session, url_for
from sqlalchemy import select

from admin.access import find_visitor, forget, keep, needs, office, tenant_of_host, visitor
from admin.entrance import Guesses, NoCounting, TooOften, safe_next
from admin.forms.sessions import LoginForm
from admin.pages import render_outside
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import actions
from storefront.domain.accounts.models import Tenant
from storefront.domain.accounts.passwords import matches
from storefront.domain.accounts.queries import tenants, user_by_email

bp = Blueprint("sessions", __name__)
_AT_ONCE = BoundedSemaphore(2)
"""Passwords compared at once by this process: each costs 64 MiB (SECURITY B1)."""


@bp.get("/login")
def new() -> Response:
    """Show the form; somebody who is logged in goes on."""
    if find_visitor() is not None:
        return _go_on()
    return _form(LoginForm())


@bp.post("/login")
def create() -> Response:
    """Log in; a wrong password and an unknown address read and take alike."""
    form = LoginForm(request.form)
    if not form.check():
        return _form(form, 422)
    tenant = _tenant(form.raw["marketplace"])
    guesses = Guesses("-" if tenant is None else tenant.id.hex, form.raw["email"].lower())
    try:
        guesses.take()
        token = _token(tenant, form)
    except TooOften:
        form.refuse("", "login.too_often")
        return _form(form, 429)
    except NoCounting:
        form.refuse("", "login.not_now")
        return _form(form, 503)
    if token is None:
        guesses.wrong()
        form.refuse("", "login.wrong")
        return _form(form, 422)
    guesses.right()
    session.clear()
    return keep(_go_on(), token)


@bp.post("/logout")
@needs()
def destroy() -> Response:
    """Log out."""
    perform(actions.log_out, visitor().token, now=clock.now())
    session.clear()
    return forget(make_response(redirect(url_for("admin.sessions.new"), 303)))


def _token(tenant: Tenant | None, form: LoginForm) -> str | None:
    """Compare the password and open a session; the same work is done for nobody."""
    if tenant is None:
        with _AT_ONCE:
            matches(None, form.password)
        return None
    with acting(tenant.id):
        user = user_by_email(form.raw["email"])
        with _AT_ONCE:
            right = matches(None if user is None else user.password_hash, form.password)
        if user is None or not right:
            return None
        return perform(actions.log_in, user, agent=request.user_agent.string, now=clock.now()).unwrap()


def _tenant(named: str) -> Tenant | None:
    """Give the marketplace to log in to: the host's; on a host of all, the one named or the only one."""
    of_host = tenant_of_host()
    with everywhere():
        if of_host is not None:
            return db.session.get(Tenant, of_host)
        known = tenants()
        if len(known) == 1:
            return known[0]
        return db.session.scalars(select(Tenant).where(Tenant.slug == named)).first()


def _asks_for_marketplace() -> bool:
    if not office().settings.admin_host:
        return False
    with everywhere():
        return len(tenants()) > 1


def _form(form: LoginForm, status: int = 200) -> Response:
    wanted = safe_next(request.values.get("next")) or ""
    page = render_outside("sessions/new.html", form=form, next=wanted, several=_asks_for_marketplace())
    return make_response(page, status)


def _go_on() -> Response:
    return make_response(redirect(safe_next(request.values.get("next")) or url_for("admin.today.show"), 303))
