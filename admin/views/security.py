"""One's own login: password, second factor, recovery codes, open logins, details (SECURITY B1-B4)."""

from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from admin.access import forget, keep, needs, office, visitor
from admin.entrance import hashing, is_right, short_network
from admin.forms.people import AuthenticatorForm, DetailsForm, PasswordForm
from admin.pages import pen, render
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.config import signing_keys
from storefront.core.db import db
from storefront.domain.accounts import actions, logins, second_factor
from storefront.domain.accounts.models import User

bp = Blueprint("security", __name__, url_prefix="/security")
SECRET_WITHIN = 30 * 60
"""Seconds in which the secret of a QR code can be confirmed."""


@bp.get("/")
@needs(enrolling=True)
def show() -> Response:
    """Show everything about one's login."""
    return _page()


@bp.post("/details")
@needs()
def details() -> Response:
    """Change name, telephone and language."""
    form = DetailsForm(request.form)
    if form.check():
        given = (form.raw["name"], form.phone, form.raw["language"])
        result = perform(actions.change_details, _me(), *given, now=clock.now(), actor=visitor().actor)
        if result:
            flash(pen().t("security.details_saved"))
            return _back()
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(details_form=form, code=422)


@bp.post("/password")
@needs(enrolling=True)
def password() -> Response:
    """Set a new password; other logins end, this one gets a new id."""
    form, me = PasswordForm(request.form), _me()
    if form.check():
        if not is_right(me.password_hash, form.secret["present"]):
            form.refuse("present", "security.present_wrong")
        else:
            with hashing():
                result = perform(_change_password, me, form.password)
            if result:
                flash(pen().t("security.password_changed"))
                return keep(_back(), result.unwrap())
            form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(password_form=form, code=422)


@bp.get("/authenticator")
@needs(enrolling=True)
def authenticator() -> Response:
    """Show a QR code for an authenticator app, and ask for the first code it makes."""
    if visitor().user.has_second_factor:
        return _back()
    secret = second_factor.new_secret()
    return _authenticator_page(
        AuthenticatorForm(None, secret=_signer().dumps([str(visitor().user.id), secret])), secret
    )


@bp.post("/authenticator")
@needs(enrolling=True, fresh=True)
def switch_on() -> Response:
    """Switch the second factor on and show the recovery codes, this once."""
    form = AuthenticatorForm(request.form)
    secret = _secret_of(form)
    if secret is None:
        return make_response(redirect(url_for("admin.security.authenticator"), 303))
    if form.check():
        result = perform(_switch_on, secret, form.raw["code"])
        if result:
            codes, token = result.unwrap()
            return keep(make_response(render("security/codes.html", codes=codes)), token)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _authenticator_page(form, secret, 422)


@bp.post("/authenticator/removal")
@needs(fresh=True)
def switch_off() -> Response:
    """Switch the second factor off; the password must be long enough to stand alone."""
    form = PasswordForm(request.form)
    given = form.secret["present"]
    if not is_right(_me().password_hash, given):
        form.refuse("present", "security.present_wrong")
        return _page(off_form=form, code=422)
    result = perform(_switch_off, given)
    if result:
        flash(pen().t("security.second_factor_is_off"))
        return keep(_back(), result.unwrap())
    form.errors["present"] = pen().refusal(result.error)  # type: ignore[arg-type]
    return _page(off_form=form, code=422)


@bp.post("/recovery-codes")
@needs(fresh=True)
def recovery_codes() -> Response:
    """Make new recovery codes and show them, this once."""
    act = {"now": clock.now(), "actor": visitor().actor, "dealer_id": visitor().dealer_id}
    result: Result[Any] = perform(second_factor.renew_codes, _me(), **act)
    if not result:
        return _page(fault=pen().refusal(result.error), code=409)  # type: ignore[arg-type]
    return make_response(render("security/codes.html", codes=result.unwrap()))


@bp.post("/logins/<uuid:login_id>/end")
@needs(enrolling=True)
def end_login(login_id: UUID) -> Response:
    """End one of one's logins."""
    who = visitor()
    act = {"now": clock.now(), "actor": who.actor, "dealer_id": who.dealer_id}
    if not perform(logins.end_login, who.user.id, login_id, **act):
        abort(404)
    if login_id == who.login.id:
        return forget(make_response(redirect(url_for("admin.sessions.new"), 303)))
    flash(pen().t("security.login_ended"))
    return _back()


@bp.post("/logins/end")
@needs(enrolling=True)
def end_logins() -> Response:
    """End all logins but this one."""
    who = visitor()
    act = {"now": clock.now(), "actor": who.actor, "dealer_id": who.dealer_id}
    ended = perform(logins.end_others, who.user.id, who.login.id, **act).unwrap()
    flash(pen().t("security.logins_ended", n=ended))
    return _back()


# -- acts: each ends the other logins and gives this one a new id (SECURITY B4) --


def _change_password(me: User, new: str) -> str:
    who, now = visitor(), clock.now()
    actions.change_password(me, new, now=now, actor=who.actor, dealer_id=who.dealer_id)
    return _new_session(me)


def _switch_on(secret: str, code: str) -> tuple[list[str], str]:
    who, me = visitor(), _me()
    act = {"now": clock.now(), "actor": who.actor, "dealer_id": who.dealer_id}
    codes = second_factor.switch_on(me, secret, code, settings=office().settings, **act)
    logins.end_others(me.id, None, now=clock.now())
    return codes, _new_session(me)


def _switch_off(given: str) -> str:
    who, me = visitor(), _me()
    actions.require_strong_alone(me, given)
    second_factor.switch_off(me, now=clock.now(), actor=who.actor, dealer_id=who.dealer_id)
    logins.end_others(me.id, None, now=clock.now())
    return _new_session(me)


def _new_session(me: User) -> str:
    return actions.open_session(me, agent=request.user_agent.string, now=clock.now(), network=short_network())


# -- pages --


def _me() -> User:
    return db.session.get_one(User, visitor().user.id)


def _back() -> Response:
    return make_response(redirect(url_for("admin.security.show"), 303))


def _page(
    *,
    details_form: DetailsForm | None = None,
    password_form: PasswordForm | None = None,
    off_form: PasswordForm | None = None,
    fault: str = "",
    code: int = 200,
) -> Response:
    me, who = _me(), visitor()
    page = render(
        "security/show.html",
        me=me,
        details_form=details_form or DetailsForm(None, name=me.name, phone=me.phone or "", language=me.language),
        password_form=password_form or PasswordForm(),
        off_form=off_form or PasswordForm(),
        logins=logins.live_logins(me.id, clock.now()),
        current=who.login.id,
        codes_left=second_factor.codes_left(me.id) if me.has_second_factor else 0,
        fault=fault,
    )
    return make_response(page, code)


def _authenticator_page(form: AuthenticatorForm, secret: str, code: int = 200) -> Response:
    address = second_factor.address_of(secret, visitor().user.email)
    spelled = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    page = render(
        "security/authenticator.html", form=form, qr=_qr(address), spelled=spelled, forced=visitor().must_enrol
    )
    return make_response(page, code)


def _qr(address: str) -> Markup:
    """Draw a QR code as SVG; what it is made of is ours, no letter of it is typed by anybody."""
    out = BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=True, border=4)
    return Markup(out.getvalue().decode("utf-8"))  # noqa: S704


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(office().settings), salt="authenticator")


def _secret_of(form: AuthenticatorForm) -> str | None:
    """Give the secret of the QR code that was shown: ours, to this person, not long ago."""
    try:
        owner, secret = _signer().loads(form.raw["secret"], max_age=SECRET_WITHIN)
    except (BadData, ValueError, TypeError):
        return None
    return str(secret) if owner == str(visitor().user.id) else None
