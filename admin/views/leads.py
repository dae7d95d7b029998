"""Leads: list, one lead, its status, whose it is, answered."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin import queries
from admin.access import needs, visitor
from admin.forms import Form
from admin.forms.leads import AssignmentForm, StatusForm
from admin.pages import page_number, pen, render, search_text
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.errors import NotFound
from storefront.domain.accounts.models import Permission, User
from storefront.domain.accounts.queries import dealer_staff
from storefront.domain.leads import actions
from storefront.domain.leads.details import Details
from storefront.domain.leads.models import Lead, LeadStatus
from storefront.domain.leads.queries import LeadDetails, LeadFilter, counts_by_status, details, page_of_leads
from storefront.notices.details import in_words

bp = Blueprint("leads", __name__, url_prefix="/leads")
VIEW, MANAGE = Permission.VIEW_SALES_LEADS, Permission.MANAGE_SALES_LEADS
CHOICES = tuple(status for status in LeadStatus if status is not LeadStatus.ASSIGNED)


@bp.get("/")
@needs(VIEW)
def index() -> str:
    """List leads, newest first (SPEC 74)."""
    status, text = request.args.get("status", ""), search_text()
    wanted = _status(status)
    page = page_of_leads(LeadFilter(status=wanted, text=text), page_number())
    counts = counts_by_status()
    return render("leads/index.html", page=page, status=wanted, q=text, by_status=counts, all=sum(counts.values()))


@bp.get("/<uuid:lead_id>/")
@needs(VIEW)
def show(lead_id: UUID) -> Response:
    """Show a lead: what was asked, who asked, what was done."""
    return _page(_details(lead_id))


@bp.post("/<uuid:lead_id>/status")
@needs(MANAGE)
def status(lead_id: UUID) -> Response:
    """Move a lead on (SPEC 71)."""
    lead, form = _details(lead_id).line.lead, StatusForm(request.form)
    if form.check():
        notes, now = form.raw["notes"], clock.now()
        result = perform(actions.change_status, lead, form.value, now=now, actor=visitor().actor, notes=notes)
        return _answer(lead, result, form, "lead.status_changed")
    return _page(_details(lead_id), status_form=form, code=422)


@bp.post("/<uuid:lead_id>/assignment")
@needs(MANAGE)
def assignment(lead_id: UUID) -> Response:
    """Give a lead to somebody of its dealer (SPEC 70)."""
    lead, form = _details(lead_id).line.lead, AssignmentForm(request.form)
    if not visitor().may_assign(lead.dealer_id):
        abort(403)
    if form.check():
        assignee = next((person for person in dealer_staff(lead.dealer_id) if person.id == form.value), None)
        if assignee is None:
            form.refuse("assignee", "form.choose")
        else:
            result = perform(actions.assign_lead, lead, assignee, now=clock.now(), actor=visitor().actor)
            return _answer(lead, result, form, "lead.assigned")
    return _page(_details(lead_id), assignment_form=form, code=422)


@bp.post("/<uuid:lead_id>/answer")
@needs(MANAGE)
def answer(lead_id: UUID) -> Response:
    """Note that the buyer was answered (SPEC 65)."""
    line = _details(lead_id).line
    if line.inquiry is None:
        abort(404)
    result = perform(actions.answer_inquiry, line.inquiry, now=clock.now(), actor=visitor().actor)
    return _answer(line.lead, result, Form(), "lead.answered")


def _answer(lead: Lead, result: Result[Any], form: Form, said: str) -> Response:
    if result:
        flash(pen().t(said))
        return make_response(redirect(url_for("admin.leads.show", lead_id=lead.id), 303))
    form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    kept: dict[str, Any] = {"status_form": form} if isinstance(form, StatusForm) else {"assignment_form": form}
    return _page(_details(lead.id), code=422, **kept)


def _details(lead_id: UUID) -> LeadDetails:
    """Find a lead; another dealer's or tenant's is simply not found."""
    try:
        found = details(lead_id)
    except NotFound:
        abort(404)
    return found if visitor().may(VIEW, found.line.lead.dealer_id) else abort(404)


def _page(
    found: LeadDetails,
    *,
    status_form: StatusForm | None = None,
    assignment_form: AssignmentForm | None = None,
    code: int = 200,
) -> Response:
    lead, inquiry = found.line.lead, found.line.inquiry
    staff: list[User] = list(dealer_staff(lead.dealer_id)) if visitor().may_assign(lead.dealer_id) else []
    page = render(
        "leads/show.html",
        line=found.line,
        lead=lead,
        details=() if inquiry is None else in_words(Details.from_json(inquiry.details), pen().lang),
        activities=found.activities,
        names=queries.names_of(activity.actor for activity in found.activities),
        status_form=status_form or StatusForm(None, status=lead.status.name.lower()),
        assignment_form=assignment_form or AssignmentForm(None, assignee=str(lead.assignee_id or "")),
        choices=CHOICES,
        staff=staff,
        may_manage=visitor().may(MANAGE, lead.dealer_id),
    )
    return make_response(page, code)


def _status(name: str) -> LeadStatus | None:
    if not name:
        return None
    found = next((status for status in LeadStatus if status.name.lower() == name), None)
    return abort(404) if found is None else found
