"""Logging in and out: the password, then the second factor where there is one (SECURITY B1-B4)."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, session, url_for
from sqlalchemy import select

from admin.access import find_visitor, forget, keep, needs, office, tenant_of_host, visitor
from admin.entrance import Guesses, NoCounting, TooOften, hashing, is_right, safe_next, short_network
from admin.forms.sessions import CodeForm, LoginForm
from admin.pages import render_outside
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.outbox import emit
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import actions, logins, second_factor
from storefront.domain.accounts.events import SecurityChanged
from storefront.domain.accounts.models import Tenant, User, UserSession
from storefront.domain.accounts.queries import tenants, user_by_email

bp = Blueprint("sessions", __name__)


@bp.get("/login")
def new() -> Response:
    """Show the form; somebody who is logged in goes on."""
    if find_visitor() is not None:
        return _go_on()
    return _form(LoginForm())


@bp.post("/login")
def create() -> Response:
    """Take the password; a wrong one and an unknown address read and take alike."""
    form = LoginForm(request.form)
    if not form.check():
        return _form(form, 422)
    tenant = tenant_named(form.raw["marketplace"])
    guesses = Guesses("-" if tenant is None else tenant.id.hex, form.raw["email"].lower())
    try:
        guesses.take()
        found = _admitted(tenant, form)
    except TooOften:
        form.refuse("", "login.too_often")
        return _form(form, 429)
    except NoCounting:
        form.refuse("", "login.not_now")
        return _form(form, 503)
    if found is None:
        guesses.wrong()
        form.refuse("", "login.wrong")
        return _form(form, 422)
    guesses.right()
    session.clear()
    token, waits = found
    if not waits:
        return keep(_go_on(), token)
    return keep(make_response(redirect(url_for("admin.sessions.code", next=_next() or None), 303)), token)


@bp.get("/login/code")
def code() -> Response:
    """Ask for the second factor, of a login whose password was right."""
    if _waiting() is None:
        return make_response(redirect(url_for("admin.sessions.new"), 303))
    return _code_form(CodeForm())


@bp.post("/login/code")
def verify() -> Response:
    """Take the second factor, or a recovery code."""
    found, form = _waiting(), CodeForm(request.form)
    if found is None:
        return make_response(redirect(url_for("admin.sessions.new"), 303))
    login, user = found
    if not form.check():
        return _code_form(form, 422)
    guesses = Guesses(login.tenant_id.hex, user.id.hex, "code")
    try:
        guesses.take()
    except (TooOften, NoCounting) as refused:
        too_often = isinstance(refused, TooOften)
        form.refuse("", "login.too_often" if too_often else "login.not_now")
        return _code_form(form, 429 if too_often else 503)
    with acting(login.tenant_id):
        result = perform(_complete, login.id, user.id, form.raw["code"])
    if not result:
        guesses.wrong()
        form.refuse("code", "login.code_wrong")
        return _code_form(form, 422)
    guesses.right()
    session.clear()
    return keep(_go_on(), result.unwrap())


@bp.post("/logout")
@needs(enrolling=True)
def destroy() -> Response:
    """Log out."""
    perform(actions.log_out, visitor().token, now=clock.now())
    session.clear()
    return forget(make_response(redirect(url_for("admin.sessions.new"), 303)))


def tenant_named(named: str) -> Tenant | None:
    """Give the marketplace somebody is of: the host's; on a host of all, the one named or the only one."""
    of_host = tenant_of_host()
    with everywhere():
        if of_host is not None:
            return db.session.get(Tenant, of_host)
        known = tenants()
        if len(known) == 1:
            return known[0]
        return db.session.scalars(select(Tenant).where(Tenant.slug == named)).first()


def asks_for_marketplace() -> bool:
    """Ask whether this host serves several marketplaces, so that one has to be named."""
    if not office().settings.admin_host:
        return False
    with everywhere():
        return len(tenants()) > 1


def _admitted(tenant: Tenant | None, form: LoginForm) -> tuple[str, bool] | None:
    """Compare the password and open a session; the same work is done for nobody.

    Returns:
        The session's token and whether it waits for a code; None for a wrong password, and for somebody without a role.
    """
    if tenant is None:
        is_right(None, form.password)
        return None
    with acting(tenant.id):
        user = user_by_email(form.raw["email"])
        right = is_right(None if user is None else user.password_hash, form.password)
        if user is None or not right or not user.roles:
            return None
        waits, agent = user.has_second_factor, request.user_agent.string
        more = {"network": short_network(), "waits_for_code": waits, "password": form.password}
        with hashing():
            token = perform(actions.log_in, user, agent=agent, now=clock.now(), **more).unwrap()
        return token, waits


def _complete(login_id: UUID, user_id: UUID, code: str) -> str:
    """Take the code and open the door; an action."""
    login, user = db.session.get_one(UserSession, login_id), db.session.get_one(User, user_id)
    now, dealer_id = clock.now(), actions.home_of(user)
    is_recovery = second_factor.take_code(user, code, now=now, settings=office().settings)
    if is_recovery:
        emit(SecurityChanged(user.id, "recovery_code_used", int(now.timestamp())), at=now)
    return logins.complete(login, user, now=now, actor=f"user:{user.id}", dealer_id=dealer_id)


def _waiting() -> tuple[UserSession, User] | None:
    token = request.cookies.get(office().cookie, "")
    of_host = tenant_of_host()
    with everywhere():
        found = logins.waiting_login(token, now=clock.now()) if token else None
        return found if found is not None and of_host in (None, found[0].tenant_id) else None


def _form(form: LoginForm, status: int = 200) -> Response:
    page = render_outside("sessions/new.html", form=form, next=_next(), several=asks_for_marketplace())
    return make_response(page, status)


def _code_form(form: CodeForm, status: int = 200) -> Response:
    return make_response(render_outside("sessions/code.html", form=form, next=_next()), status)


def _next() -> str:
    return safe_next(request.values.get("next")) or ""


def _go_on() -> Response:
    return make_response(redirect(_next() or url_for("admin.today.show"), 303))
