"""Taking an invitation: somebody new chooses name and password, somebody known takes it with her login."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, session, url_for

from admin.access import find_visitor, keep, tenant_of_host
from admin.entrance import hashing, short_network
from admin.forms.sessions import JoinForm
from admin.pages import pen, render_outside
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import actions, people
from storefront.domain.accounts.models import Invitation, Tenant, User
from storefront.domain.dealers.models import Dealer

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.get("/<token>")
def show(token: str) -> Response:
    """Say who invites to what, and ask for a name and a password, or for the login there is."""
    invitation = _found(token)
    with acting(invitation.tenant_id):
        return _page(invitation, token, JoinForm(None, name=invitation.name))


@bp.post("/<token>")
def create(token: str) -> Response:
    """Take it as somebody new, and go in."""
    invitation, form = _found(token), JoinForm(request.form)
    with acting(invitation.tenant_id):
        if form.check():
            with hashing():
                result = perform(_join, token, form)
            if result:
                session.clear()
                return keep(make_response(redirect(url_for("admin.today.show"), 303)), result.unwrap())
            form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
        return _page(invitation, token, form, 422)


@bp.post("/<token>/login")
def take(token: str) -> Response:
    """Take it with the login one has."""
    invitation, found = _found(token), find_visitor()
    if found is None:
        wanted = url_for("admin.invitations.show", token=token)
        return make_response(redirect(url_for("admin.sessions.new", next=wanted), 303))
    with acting(invitation.tenant_id):
        result = perform(_join_as, token, found.user.id)
        if not result:
            return _page(invitation, token, JoinForm(), 409, pen().refusal(result.error))  # type: ignore[arg-type]
    flash(pen().t("people.joined"))
    return make_response(redirect(url_for("admin.desk.index"), 303))


def _join(token: str, form: JoinForm) -> str:
    """Join and log in; one act, whose entry is that somebody joined."""
    invitation = people.invitation_of(token, now=clock.now()) or abort(404)
    user = people.join(invitation, form.raw["name"], form.password, now=clock.now())
    return actions.open_session(user, agent=request.user_agent.string, now=clock.now(), network=short_network())


def _join_as(token: str, user_id: Any) -> None:
    invitation = people.invitation_of(token, now=clock.now()) or abort(404)
    people.join_as(db.session.get_one(User, user_id), invitation, now=clock.now())


def _found(token: str) -> Invitation:
    of_host = tenant_of_host()
    with everywhere():
        found = people.invitation_of(token, now=clock.now())
    if found is None or of_host not in (None, found.tenant_id):
        abort(404)
    return found


def _page(invitation: Invitation, token: str, form: JoinForm, status: int = 200, fault: str = "") -> Response:
    dealer = None if invitation.dealer_id is None else db.session.get(Dealer, invitation.dealer_id)
    known, found = people.person_invited(invitation), find_visitor()
    page = render_outside(
        "invitations/show.html",
        invitation=invitation,
        token=token,
        form=form,
        fault=fault,
        house=dealer.name if dealer is not None else db.session.get_one(Tenant, invitation.tenant_id).name,
        known=known is not None,
        here=found is not None and known is not None and found.user.id == known.id,
    )
    return make_response(page, status)
