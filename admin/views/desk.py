"""The desk one sits at: people who work for several dealers change from one to another (SPEC 12)."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for

from admin import people_queries as reads
from admin.access import keep, needs, visitor
from admin.pages import pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.accounts import logins
from storefront.domain.accounts.models import UserSession

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("/")
@needs()
def index() -> str:
    """List the desks one may sit at."""
    who = visitor()
    with acting(who.tenant.id):
        desks = [(dealer.id, dealer.name, dealer.city) for dealer in reads.desks(who.user.dealer_ids)]
    return render("desk/index.html", desks=desks)


@bp.post("/<uuid:dealer_id>")
@needs()
def choose(dealer_id: UUID) -> Response:
    """Sit down at another desk; the login gets a new id."""
    who = visitor()
    if dealer_id not in who.user.dealer_ids:
        abort(404)
    with acting(who.tenant.id):
        login = db.session.get_one(UserSession, who.login.id)
        token = perform(logins.sit_down, login, dealer_id, now=clock.now(), actor=who.actor).unwrap()
    flash(pen().t("desk.changed"))
    return keep(make_response(redirect(url_for("admin.today.show"), 303)), token)
