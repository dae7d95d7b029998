"""Support visits: begun with a reason by one of the operator's people, seen and ended by either side (SECURITY A4)."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin import queries
from admin.access import needs, visitor
from admin.forms.people import MINUTES, VisitForm
from admin.pages import pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts import support
from storefront.domain.accounts.models import SupportVisit, User, UserSession
from storefront.domain.dealers.models import Dealer

bp = Blueprint("support", __name__, url_prefix="/support")


@bp.get("/")
@needs()
def index() -> Response:
    """List the visits: a dealer those at its desk, the operator all."""
    return _list()


@bp.get("/<uuid:dealer_id>/new")
@needs(operators=True, fresh=True)
def new(dealer_id: UUID) -> Response:
    """Ask why and how long."""
    return _form(_dealer(dealer_id), VisitForm(None, minutes=str(MINUTES[0])))


@bp.post("/<uuid:dealer_id>")
@needs(operators=True, fresh=True)
def create(dealer_id: UUID) -> Response:
    """Sit down at a dealer's desk."""
    dealer, form, who = _dealer(dealer_id), VisitForm(request.form), visitor()
    if form.check():
        user, login = db.session.get_one(User, who.user.id), db.session.get_one(UserSession, who.login.id)
        given = (user, login, dealer.id, form.raw["reason"], form.minutes)
        result = perform(support.begin_visit, *given, now=clock.now(), actor=who.actor)
        if result:
            return make_response(redirect(url_for("admin.today.show"), 303))
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _form(dealer, form, 422)


@bp.post("/<uuid:visit_id>/end")
@needs()
def end(visit_id: UUID) -> Response:
    """End a visit: whoever is on it, another of the operator's people, or the dealer's owner."""
    who, visit = visitor(), db.session.get(SupportVisit, visit_id)
    if visit is None:
        abort(404)
    if not who.is_owner:
        abort(403)
    result = perform(support.end_visit, visit, now=clock.now(), actor=who.actor)
    if not result:
        return _list(pen().refusal(result.error), 409)  # type: ignore[arg-type]
    flash(pen().t("support.ended"))
    return make_response(redirect(url_for("admin.support.index"), 303))


def _dealer(dealer_id: UUID) -> Dealer:
    found = db.session.get(Dealer, dealer_id)
    return found if found is not None else abort(404)


def _list(fault: str = "", code: int = 200) -> Response:
    found = support.visits()
    names = queries.names_of(f"user:{visit.user_id}" for visit in found)
    dealers = dict(queries.dealer_choices()) if visitor().is_operator else {}
    page = render("support/index.html", visits=found, names=names, dealers=dealers, now=clock.now(), fault=fault)
    return make_response(page, code)


def _form(dealer: Dealer, form: VisitForm, code: int = 200) -> Response:
    minutes = [(str(number), pen().t("support.n_minutes", n=number)) for number in MINUTES]
    return make_response(render("support/new.html", shown=dealer, form=form, minutes=minutes), code)
