"""Leads: the inbox by tabs, one lead, its status, whose it is, answered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request
from markupsafe import Markup

from admin import charts, queries
from admin.access import needs, visitor
from admin.answering import drafts
from admin.entrance import safe_next
from admin.forms import Form
from admin.forms.leads import AnswerForm, AssignmentForm, MeetingForm, NoteForm, OfferForm, StatusForm
from admin.lead_log import said
from admin.pages import back_to, done, page_number, pen, render, search_text
from admin.show import Pen
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.errors import NotFound
from storefront.domain.accounts.models import Permission, User
from storefront.domain.accounts.queries import dealer_staff
from storefront.domain.leads import actions, meetings
from storefront.domain.leads.details import Details
from storefront.domain.leads.models import Lead, LeadStatus, MeetingKind
from storefront.domain.leads.queries import (
    LeadDetails,
    LeadFilter,
    counts_by_status,
    details,
    inbox_counts,
    messages_of,
    page_of_leads,
    response_times,
    response_weeks,
)
from storefront.notices.details import in_words

bp = Blueprint("leads", __name__, url_prefix="/leads")
VIEW, MANAGE = Permission.VIEW_SALES_LEADS, Permission.MANAGE_SALES_LEADS
CHOICES = tuple(status for status in LeadStatus if status is not LeadStatus.ASSIGNED)
TABS = ("all", "waiting", "mine", "unassigned", "spam")
MEASURED = timedelta(days=30)
"""How far back answer times are measured."""
_FORMS = {
    StatusForm: "status_form",
    AssignmentForm: "assignment_form",
    NoteForm: "note_form",
    OfferForm: "offer_form",
    AnswerForm: "answer_form",
    MeetingForm: "meeting_form",
}


@bp.get("/")
@needs(VIEW)
def index() -> str:
    """List leads by tab and status, those that wait for a first word before all others (SPEC 74)."""
    tab, status, text = request.args.get("tab", "all"), request.args.get("status", ""), search_text()
    wanted = _narrowed(tab, _status(status), text)
    page = page_of_leads(wanted, page_number(), waiting_first=True)
    return render(
        "leads/index.html",
        page=page,
        tab=tab,
        status=wanted.status,
        q=text,
        inbox=inbox_counts(visitor().user.id),
        by_status=counts_by_status(),
        times=response_times(clock.now() - MEASURED),
        chart=_weeks(),
        lead_choices=CHOICES if visitor().dealer_id is not None else (),
    )


def _weeks() -> Markup | None:
    """Draw how fast inquiries were answered week by week; None while there is no more than one week to tell of."""
    weeks, speaks = response_weeks(clock.now(), visitor().tenant.time_zone), pen()
    told = [week for week in weeks if week.median_minutes is not None]
    if len(told) < 2:
        return None
    bars = [
        charts.Bar(
            speaks.t("lead.times.week", n=week.begins.isocalendar().week),
            week.median_minutes or 0,
            "" if week.median_minutes is None else _about(speaks, week.median_minutes),
            _tone(week.median_minutes or 0),
        )
        for week in weeks
    ]
    return charts.bars(bars, speaks.t("lead.times.chart"))


def _about(speaks: Pen, minutes: int) -> str:
    """Write a span short enough to stand above a bar: whole hours from one hour on."""
    return (
        speaks.span(minutes)
        if minutes < 60 or minutes >= 24 * 60
        else speaks.t("lead.times.hours", n=round(minutes / 60))
    )


def _tone(minutes: int) -> str:
    return "good" if minutes <= 60 else "" if minutes <= 24 * 60 else "warn"


@bp.get("/<uuid:lead_id>/")
@needs(VIEW)
def show(lead_id: UUID) -> Response:
    """Show a lead: what was asked, who asked, what was done."""
    return lead_page(find(lead_id))


@bp.post("/<uuid:lead_id>/status")
@needs(MANAGE)
def status(lead_id: UUID) -> Response:
    """Move a lead on (SPEC 71)."""
    lead, form = find(lead_id).line.lead, StatusForm(request.form)
    if form.check():
        notes, now = form.raw["notes"], clock.now()
        result = perform(actions.change_status, lead, form.value, now=now, actor=visitor().actor, notes=notes)
        came_from = safe_next(request.form.get("next"))
        if result and came_from is not None:
            done(pen().t("lead.status_changed"))
            return make_response(redirect(came_from, 303))
        return answered(lead, result, form, "lead.status_changed")
    return lead_page(find(lead_id), form)


@bp.post("/<uuid:lead_id>/assignment")
@needs(MANAGE)
def assignment(lead_id: UUID) -> Response:
    """Give a lead to somebody of its dealer (SPEC 70)."""
    lead, form = find(lead_id).line.lead, AssignmentForm(request.form)
    if not visitor().may_assign(lead.dealer_id):
        abort(403)
    if form.check():
        assignee = next((person for person in dealer_staff(lead.dealer_id) if person.id == form.value), None)
        if assignee is None:
            form.refuse("assignee", "form.choose")
        else:
            result = perform(actions.assign_lead, lead, assignee, now=clock.now(), actor=visitor().actor)
            return answered(lead, result, form, "lead.assigned")
    return lead_page(find(lead_id), form)


@bp.post("/<uuid:lead_id>/answer")
@needs(MANAGE)
def answer(lead_id: UUID) -> Response:
    """Note that the buyer was answered by other means (SPEC 65)."""
    line = find(lead_id).line
    if line.inquiry is None:
        abort(404)
    result = perform(actions.answer_inquiry, line.inquiry, now=clock.now(), actor=visitor().actor)
    return answered(line.lead, result, Form(), "lead.answered")


def answered(lead: Lead, result: Result[Any], form: Form, words: str) -> Response:
    """Lead back to a lead after an act, or show it with what is wrong."""
    if result:
        done(pen().t(words))
        return back_to("admin.leads.show", lead_id=lead.id)
    form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return lead_page(find(lead.id), form)


def find(lead_id: UUID) -> LeadDetails:
    """Find a lead; another dealer's or tenant's is simply not found."""
    try:
        found = details(lead_id)
    except NotFound:
        abort(404)
    return found if visitor().may(VIEW, found.line.lead.dealer_id) else abort(404)


def lead_page(found: LeadDetails, wrong: Form | None = None) -> Response:
    """Draw a lead with its forms; one that was sent with an error stands there as it was typed."""
    line, inquiry, now = found.line, found.line.inquiry, clock.now()
    lead, who = line.lead, visitor()
    staff: list[User] = list(dealer_staff(lead.dealer_id)) if who.may_assign(lead.dealer_id) else []
    letters = drafts(line, who.user)
    chosen = next((one for one in letters if one.name == request.args.get("draft")), letters[0])
    forms: dict[str, Form] = {
        "status_form": StatusForm(None, status=lead.status.name.lower()),
        "assignment_form": AssignmentForm(None, assignee=str(lead.assignee_id or "")),
        "note_form": NoteForm(),
        "offer_form": OfferForm(None, offer=pen().plain_amount(lead.offered_cents)),
        "answer_form": AnswerForm(None, subject=chosen.subject, body=chosen.body),
        "meeting_form": MeetingForm(None, kind="test_drive" if lead.listing_id else "consultation"),
    }
    if wrong is not None and type(wrong) in _FORMS:
        forms[_FORMS[type(wrong)]] = wrong
    page = render(
        "leads/show.html",
        line=line,
        lead=lead,
        details=() if inquiry is None else in_words(Details.from_json(inquiry.details), pen().lang),
        activities=found.activities[::-1],
        said=lambda activity: said(activity, pen()),
        messages=messages_of(lead.id),
        names=queries.names_of(activity.actor for activity in found.activities),
        choices=CHOICES,
        kinds=[kind for kind in MeetingKind if lead.listing_id or kind is not MeetingKind.TEST_DRIVE],
        staff=staff,
        drafts=letters,
        draft=chosen,
        wrong=wrong,
        meetings=meetings.calendar(lead.created_at, now + meetings.FURTHEST, lead_id=lead.id),
        may_manage=who.may(MANAGE, lead.dealer_id),
        **forms,
    )
    return make_response(page, 200 if wrong is None else 422)


def _narrowed(tab: str, status: LeadStatus | None, text: str) -> LeadFilter:
    """Give what a tab shows; a status or a search narrows it further."""
    if tab not in TABS:
        abort(404)
    wanted = LeadFilter(status=status, text=text, spam=tab == "spam")
    if tab == "waiting":
        return replace(wanted, unanswered=True)
    if tab == "mine":
        return replace(wanted, assignee_id=visitor().user.id)
    return replace(wanted, unassigned=tab == "unassigned")


def _status(name: str) -> LeadStatus | None:
    if not name:
        return None
    found = next((status for status in LeadStatus if status.name.lower() == name), None)
    return abort(404) if found is None else found
