"""Who works here: invited, given a role, taken away; for a dealer's owner and for the operator (SPEC 12-16)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin import people_queries as reads
from admin.access import needs, visitor
from admin.forms.people import InvitationForm, RoleForm, WantedForm
from admin.pages import pen, render
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.db import db
from storefront.domain.accounts import people, second_factor
from storefront.domain.accounts.models import Invitation, User
from storefront.domain.dealers.models import Dealer

bp = Blueprint("people", __name__, url_prefix="/people")


@dataclass(frozen=True, slots=True)
class Staff:
    """Whose people a page is about: a dealer's, or for None the operator's."""

    dealer_id: UUID | None
    name: str

    @property
    def values(self) -> dict[str, Any]:
        """Give what its addresses carry; a dealer at its own desk needs no name."""
        return {"dealer": self.dealer_id} if visitor().is_operator and self.dealer_id is not None else {}


@bp.get("/")
@needs(owners=True)
def index() -> str:
    """List people and open invitations."""
    return _list(_staff())


@bp.get("/new")
@needs(owners=True, fresh=True)
def new() -> Response:
    """Show the form to invite somebody."""
    staff = _staff()
    role = people.roles_at(staff.dealer_id)[-1].value
    return _new(staff, InvitationForm(None, role=role, language=pen().lang))


@bp.post("/invitations")
@needs(owners=True, fresh=True)
def invite() -> Response:
    """Invite somebody by letter."""
    staff, form, who = _staff(), InvitationForm(request.form), visitor()
    if form.check():
        given = (form.raw["email"], form.raw["name"], form.role)
        more = {"dealer_id": staff.dealer_id, "language": form.raw["language"]}
        result = perform(people.invite, *given, **more, now=clock.now(), actor=who.actor)
        if result:
            flash(pen().t("people.invited", email=form.raw["email"]))
            return _back(staff)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _new(staff, form, 422)


@bp.post("/invitations/<uuid:invitation_id>/again")
@needs(owners=True, fresh=True)
def invite_again(invitation_id: UUID) -> Response:
    """Write the letter once more."""
    return _of_invitation(invitation_id, people.send_again, "people.sent_again")


@bp.post("/invitations/<uuid:invitation_id>/revocation")
@needs(owners=True)
def take_back(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    return _of_invitation(invitation_id, people.take_back, "people.taken_back")


@bp.get("/<uuid:user_id>/")
@needs(owners=True, fresh=True)
def show(user_id: UUID) -> Response:
    """Show somebody with what can be changed."""
    return _person_page(*_staff_with(user_id))


@bp.post("/<uuid:user_id>/role")
@needs(owners=True, fresh=True)
def role(user_id: UUID) -> Response:
    """Give somebody another role."""
    form = RoleForm(request.form)
    staff, person = _staff_with(user_id)
    if form.check():
        act = {"dealer_id": staff.dealer_id, "now": clock.now(), "actor": visitor().actor}
        result = perform(people.change_role, person, form.role, **act)
        if result:
            flash(pen().t("people.role_changed", name=person.name))
            return _back(staff)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _person_page(*_staff_with(user_id), form, 422)


@bp.post("/<uuid:user_id>/removal")
@needs(owners=True, fresh=True)
def remove(user_id: UUID) -> Response:
    """Take somebody's role here back."""
    return _of_person(user_id, people.take_role, "people.removed")


@bp.post("/<uuid:user_id>/second-factor/removal")
@needs(owners=True, fresh=True)
def second_factor_off(user_id: UUID) -> Response:
    """Take a second factor away from somebody who lost phone and recovery codes."""
    return _of_person(user_id, second_factor.switch_off, "people.second_factor_off")


@bp.post("/second-factor")
@needs(owners=True, fresh=True)
def want_second_factor() -> Response:
    """Want a second factor of everybody here, or no longer."""
    staff, form, who = _staff(), WantedForm(request.form), visitor()
    if not form.check():
        abort(422)
    if form.wanted and not who.user.has_second_factor:
        flash(pen().t("people.first_your_own"))
        return make_response(redirect(url_for("admin.security.authenticator"), 303))
    act = {"dealer_id": staff.dealer_id, "now": clock.now(), "actor": who.actor}
    perform(people.want_second_factor, form.wanted, **act).unwrap()
    flash(pen().t("people.wanted_now" if form.wanted else "people.not_wanted_now"))
    return _back(staff)


def _staff() -> Staff:
    """Give whose people are meant: those of the desk; the operator may name a dealer."""
    who, named = visitor(), request.args.get("dealer", "")
    if not who.is_operator:
        dealer = db.session.get_one(Dealer, who.dealer_id)
        return Staff(dealer.id, dealer.name)
    if not named:
        return Staff(None, who.tenant.name)
    try:
        found = db.session.get(Dealer, UUID(named))
    except ValueError:
        found = None
    return Staff(found.id, found.name) if found is not None else abort(404)


def _staff_with(user_id: UUID) -> tuple[Staff, User]:
    """Find somebody and where she works; anybody else is simply not found (SECURITY A1).

    The operator need not name the dealer: it is the person's own.
    """
    staff = _staff()
    if visitor().is_operator and staff.dealer_id is None:
        staff = _staff_of(reads.home_of(user_id))
    found = reads.person(user_id, staff.dealer_id)
    return (staff, found) if found is not None else abort(404)


def _staff_of(dealer_id: UUID | None) -> Staff:
    dealer = None if dealer_id is None else db.session.get(Dealer, dealer_id)
    return Staff(None, visitor().tenant.name) if dealer is None else Staff(dealer.id, dealer.name)


def _of_invitation(invitation_id: UUID, action: Any, said: str) -> Response:
    found = db.session.get(Invitation, invitation_id)
    if found is None or (not visitor().is_operator and found.dealer_id != visitor().dealer_id):
        abort(404)
    staff = _staff_of(found.dealer_id)
    result = perform(action, found, now=clock.now(), actor=visitor().actor)
    if not result:
        return make_response(_list(staff, pen().refusal(result.error)), 409)  # type: ignore[arg-type]
    flash(pen().t(said, email=found.email))
    return _back(staff)


def _of_person(user_id: UUID, action: Any, said: str) -> Response:
    staff, person = _staff_with(user_id)
    act = {"dealer_id": staff.dealer_id, "now": clock.now(), "actor": visitor().actor}
    result: Result[Any] = perform(action, person, **act)
    if not result:
        fault = pen().refusal(result.error)  # type: ignore[arg-type]
        return _person_page(staff, _staff_with(user_id)[1], code=409, fault=fault)
    flash(pen().t(said, name=person.name))
    return _back(staff)


def _back(staff: Staff) -> Response:
    return make_response(redirect(url_for("admin.people.index", **staff.values), 303))


def _list(staff: Staff, fault: str = "") -> str:
    now: datetime = clock.now()
    rule = people.rule_of(staff.dealer_id)
    return render(
        "people/index.html",
        staff=staff,
        lines=reads.lines(staff.dealer_id),
        invitations=reads.open_invitations(staff.dealer_id),
        oldest=now - people.VALID,
        wanted=rule is not None and rule.wants_second_factor,
        fault=fault,
    )


def _new(staff: Staff, form: InvitationForm, code: int = 200) -> Response:
    roles = [(one.value, pen().t(f"role.{one.value}")) for one in people.roles_at(staff.dealer_id)]
    return make_response(render("people/new.html", staff=staff, form=form, roles=roles), code)


def _person_page(
    staff: Staff, person: User, form: RoleForm | None = None, code: int = 200, fault: str = ""
) -> Response:
    held = person.role_at(staff.dealer_id)
    roles = [(one.value, pen().t(f"role.{one.value}")) for one in people.roles_at(staff.dealer_id)]
    page = render(
        "people/show.html",
        staff=staff,
        person=person,
        form=form or RoleForm(None, role="" if held is None else held.value),
        roles=roles,
        fault=fault,
    )
    return make_response(page, code)
