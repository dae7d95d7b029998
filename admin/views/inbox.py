"""What one does in the inbox: offers, notes, answers by mail, spam, meetings, a lead by telephone."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin import queries
from admin.access import dealer_of, needs, visitor
from admin.answering import language_of
from admin.forms import Form
from admin.forms.leads import AnswerForm, MeetingForm, NewLeadForm, NoteForm, OfferForm
from admin.pages import back_to, done, pen, render
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.accounts.queries import dealer_staff
from storefront.domain.dealers.actions import e164
from storefront.domain.dealers.models import Dealer
from storefront.domain.leads import actions, inbox, meetings
from storefront.domain.leads.models import LeadSource
from storefront.domain.listings.models import Listing

from .leads import MANAGE, answered, find, lead_page

bp = Blueprint("inbox", __name__, url_prefix="/leads")
SOURCES = (LeadSource.PHONE, LeadSource.WALK_IN)


@bp.post("/<uuid:lead_id>/offers")
@needs(MANAGE)
def offer(lead_id: UUID) -> Response:
    """Keep what a buyer offers (SPEC 72)."""
    line, form = find(lead_id).line, OfferForm(request.form)
    if not form.check():
        return lead_page(find(lead_id), form)
    currency = line.listing.currency if line.listing is not None else visitor().tenant.currency
    result = perform(
        actions.record_offer, line.lead, form.value, now=clock.now(), actor=visitor().actor, currency=currency
    )
    return answered(line.lead, result, form, "lead.offer_kept")


@bp.post("/<uuid:lead_id>/notes")
@needs(MANAGE)
def note(lead_id: UUID) -> Response:
    """Write a note into the log (SPEC 73)."""
    lead, form = find(lead_id).line.lead, NoteForm(request.form)
    if not form.check():
        return lead_page(find(lead_id), form)
    result = perform(inbox.add_note, lead, form.raw["note"], now=clock.now(), actor=visitor().actor)
    return answered(lead, result, form, "lead.note_kept")


@bp.post("/<uuid:lead_id>/messages")
@needs(MANAGE)
def message(lead_id: UUID) -> Response:
    """Answer the buyer by mail (SPEC 65)."""
    line, form = find(lead_id).line, AnswerForm(request.form)
    if not form.check():
        return lead_page(find(lead_id), form)
    reply_to = line.dealer.email or visitor().user.email
    given = inbox.Answer(form.raw["subject"], form.raw["body"], language_of(line), reply_to)
    result = perform(inbox.write_to_buyer, line.lead, given, now=clock.now(), actor=visitor().actor)
    return answered(line.lead, result, form, "lead.message_sent")


@bp.post("/<uuid:lead_id>/spam")
@needs(MANAGE)
def spam(lead_id: UUID) -> Response:
    """Say that nobody wants a car here; the toast takes it back."""
    lead = find(lead_id).line.lead
    result = perform(inbox.mark_spam, lead, now=clock.now(), actor=visitor().actor)
    if not result:
        return _refused(lead_id, result)
    done(pen().t("lead.is_spam"), undo=("admin.inbox.no_spam", {"lead_id": lead_id}))
    return back_to("admin.leads.index")


@bp.post("/<uuid:lead_id>/no-spam")
@needs(MANAGE)
def no_spam(lead_id: UUID) -> Response:
    """Take that back."""
    lead = find(lead_id).line.lead
    result = perform(inbox.unmark_spam, lead, now=clock.now(), actor=visitor().actor)
    return answered(lead, result, Form(), "lead.no_spam") if result else _refused(lead_id, result)


@bp.post("/<uuid:lead_id>/meetings")
@needs(MANAGE)
def meet(lead_id: UUID) -> Response:
    """Write a test drive or an appointment into the calendar (SPEC 75, 76)."""
    line, form = find(lead_id).line, MeetingForm(request.form, time_zone=visitor().tenant.time_zone)
    if not form.check():
        return lead_page(find(lead_id), form)
    staff = {person.id: person for person in dealer_staff(line.lead.dealer_id)}
    chosen = form.salesperson_id or (visitor().user.id if visitor().user.id in staff else None)
    agreed = meetings.Agreed(
        form.kind, form.at, form.minutes, None if chosen is None else staff.get(chosen), form.raw["notes"]
    )
    result = perform(meetings.agree, line.lead, agreed, now=clock.now(), actor=visitor().actor)
    return answered(line.lead, result, form, "meeting.agreed")


@bp.get("/new")
@needs(MANAGE)
def new() -> Response:
    """Show the form for somebody who called or came in."""
    return _new(NewLeadForm(None, source="phone"))


@bp.post("/")
@needs(MANAGE)
def create() -> Response:
    """Write down a lead that came by telephone or over the doorstep (SPEC 69)."""
    form = NewLeadForm(request.form)
    if not form.check():
        return _new(form, 422)
    dealer, listing = _dealer(form), None
    if dealer is None:
        form.refuse("dealer", "form.choose")
        return _new(form, 422)
    if form.raw["stock_number"]:
        listing = queries.by_number(form.raw["stock_number"], dealer.id)
        if listing is None:
            form.refuse("stock_number", "lead.no_such_car")
            return _new(form, 422)
    result = _write_down(dealer, listing, form)
    if result:
        done(pen().t("lead.created"))
        return back_to("admin.leads.show", lead_id=result.unwrap().id)
    form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _new(form, 422)


def _write_down(dealer: Dealer, listing: Listing | None, form: NewLeadForm) -> Result[Any]:
    caller = form.value
    try:
        phone = e164(caller.phone, dealer.country)
    except DomainError as error:
        return Result(error=error)
    given = inbox.Caller(caller.name, caller.email, phone, caller.source, caller.note, visitor().user.language)
    return perform(inbox.create_lead, dealer, listing, given, now=clock.now(), actor=visitor().actor)


def _dealer(form: NewLeadForm) -> Dealer | None:
    """Give whose lead it becomes: the visitor's own dealer's, or the one the operator chose."""
    own = dealer_of(visitor())
    if own is not None:
        return own
    try:
        return db.session.get(Dealer, UUID(form.raw["dealer"]))
    except ValueError:
        return None


def _new(form: NewLeadForm, code: int = 200) -> Response:
    dealers = queries.dealer_choices() if visitor().is_operator else []
    return make_response(render("leads/new.html", form=form, sources=SOURCES, dealers=dealers), code)


def _refused(lead_id: UUID, result: Result[Any]) -> Response:
    form = NoteForm()
    form.errors[""] = pen().refusal(result.error) if result.error is not None else abort(400)
    return lead_page(find(lead_id), form)
