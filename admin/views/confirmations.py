"""Step-up: password or code once more, before something that matters (SECURITY B2, D8)."""

from flask import Blueprint, Response, make_response, redirect, request, url_for

from admin.access import needs, office, visitor
from admin.entrance import Guesses, NoCounting, TooOften, is_right, safe_next
from admin.forms.sessions import ConfirmForm
from admin.pages import render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.accounts import logins, second_factor
from storefront.domain.accounts.models import User, UserSession

bp = Blueprint("confirmations", __name__, url_prefix="/confirm")


@bp.get("/")
@needs(enrolling=True)
def new() -> Response:
    """Ask for password or code."""
    return _form(ConfirmForm())


@bp.post("/")
@needs(enrolling=True)
def create() -> Response:
    """Take it; what matters is open for ten minutes."""
    form, user = ConfirmForm(request.form), visitor().user
    if not form.check():
        return _form(form, 422)
    guesses = Guesses(user.tenant_id.hex, user.id.hex, "confirm")
    try:
        guesses.take()
    except TooOften:
        form.refuse("", "login.too_often")
        return _form(form, 429)
    except NoCounting:
        form.refuse("", "login.not_now")
        return _form(form, 503)
    result = perform(_confirm, form)
    if not result:
        guesses.wrong()
        form.refuse(result.error.field or "", "confirm.wrong")  # type: ignore[union-attr]
        return _form(form, 422)
    guesses.right()
    return make_response(redirect(_next(), 303))


def _confirm(form: ConfirmForm) -> None:
    """Judge what was typed and note it; an action."""
    found, now = visitor(), clock.now()
    user = db.session.get_one(User, found.user.id)
    if form.raw["code"]:
        second_factor.take_code(user, form.raw["code"], now=now, settings=office().settings)
    elif not is_right(user.password_hash, form.password):
        raise DomainError("wrong", field="password")
    login = db.session.get_one(UserSession, found.login.id)
    logins.refresh(login, now=now, actor=found.actor, dealer_id=found.dealer_id)


def _next() -> str:
    return safe_next(request.values.get("next")) or url_for("admin.today.show")


def _form(form: ConfirmForm, status: int = 200) -> Response:
    page = render("sessions/confirm.html", form=form, next=_next(), has_code=visitor().user.has_second_factor)
    return make_response(page, status)
