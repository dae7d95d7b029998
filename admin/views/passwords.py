"""A new password for somebody who forgot hers; the pages say the same whether or not they know her (SECURITY B3)."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin.access import tenant_of_host
from admin.entrance import RESETS, Guesses, NoCounting, TooOften, hashing
from admin.forms.sessions import ForgottenForm, NewPasswordForm
from admin.pages import pen, render_outside
from admin.views.sessions import asks_for_marketplace, tenant_named
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import resetting
from storefront.domain.accounts.models import PasswordReset

bp = Blueprint("passwords", __name__, url_prefix="/password")


@bp.get("/forgotten")
def new() -> Response:
    """Show the form that asks for a letter."""
    return _form(ForgottenForm())


@bp.post("/forgotten")
def create() -> Response:
    """Ask for a letter with a link; every address is answered alike."""
    form = ForgottenForm(request.form)
    if not form.check():
        return _form(form, 422)
    tenant = tenant_named(form.raw["marketplace"])
    guesses = Guesses("-" if tenant is None else tenant.id.hex, form.raw["email"].lower(), "reset", RESETS)
    try:
        guesses.take()
        guesses.wrong()  # every letter counts against the network, there is no right one
    except TooOften:
        form.refuse("", "password.too_often")
        return _form(form, 429)
    except NoCounting:
        form.refuse("", "login.not_now")
        return _form(form, 503)
    if tenant is not None:
        with acting(tenant.id):
            perform(resetting.ask_for_reset, form.raw["email"], now=clock.now()).unwrap()
    return make_response(redirect(url_for("admin.passwords.sent"), 303))


@bp.get("/sent")
def sent() -> str:
    """Say that a letter is under way, if the address is known."""
    return render_outside("passwords/sent.html")


@bp.get("/<token>")
def edit(token: str) -> Response:
    """Show the form for the new password, to whoever has the letter."""
    _found(token)
    return _new_form(NewPasswordForm(), token)


@bp.post("/<token>")
def update(token: str) -> Response:
    """Set the new password; logging in follows, with the second factor where there is one."""
    reset = _found(token)
    form = NewPasswordForm(request.form)
    if form.check():
        with acting(reset.tenant_id), hashing():
            result = perform(_set, token, form.password)
        if result:
            flash(pen().t("password.is_set"))
            return make_response(redirect(url_for("admin.sessions.new"), 303))
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _new_form(form, token, 422)


def _set(token: str, password: str) -> None:
    found = resetting.reset_of(token, now=clock.now()) or abort(404)
    resetting.reset_password(*found, password, now=clock.now())


def _found(token: str) -> PasswordReset:
    of_host = tenant_of_host()
    with everywhere():
        found = resetting.reset_of(token, now=clock.now())
    if found is None or of_host not in (None, found[0].tenant_id):
        abort(404)
    return found[0]


def _form(form: ForgottenForm, status: int = 200) -> Response:
    return make_response(render_outside("passwords/new.html", form=form, several=asks_for_marketplace()), status)


def _new_form(form: NewPasswordForm, token: str, status: int = 200) -> Response:
    return make_response(render_outside("passwords/edit.html", form=form, token=token), status)
