"""Test drives and appointments: the next weeks as a list, how each went, another time (SPEC 75, 76)."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin.access import needs, visitor
from admin.forms.leads import HeldForm, MoveForm
from admin.pages import back_to, done, pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.accounts.models import Permission
from storefront.domain.leads import meetings
from storefront.domain.leads.meetings import MeetingLine
from storefront.domain.leads.models import AppointmentStatus, MeetingKind, TestDriveStatus

bp = Blueprint("appointments", __name__, url_prefix="/appointments")
VIEW, MANAGE = Permission.VIEW_SALES_LEADS, Permission.MANAGE_SALES_LEADS
AHEAD = timedelta(days=60)
BACK = timedelta(days=30)


@bp.get("/")
@needs(VIEW)
def index() -> Response:
    """List what is agreed, by day; what is past and open stands first."""
    return _page()


@bp.post("/<uuid:meeting_id>/outcome")
@needs(MANAGE)
def outcome(meeting_id: UUID) -> Response:
    """Say how a meeting went."""
    line, form = _line(meeting_id), HeldForm(request.form)
    form.kind = line.kind
    if form.check():
        result = perform(meetings.hold, line, form.value, now=clock.now(), actor=visitor().actor)
        if result:
            done(pen().t("meeting.held"))
            return back_to("admin.appointments.index")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(form, meeting_id)


@bp.post("/<uuid:meeting_id>/time")
@needs(MANAGE)
def move(meeting_id: UUID) -> Response:
    """Put a meeting at another time."""
    line, form = _line(meeting_id), MoveForm(request.form, time_zone=visitor().tenant.time_zone)
    if form.check():
        result = perform(meetings.move, line, form.at, now=clock.now(), actor=visitor().actor)
        if result:
            done(pen().t("meeting.moved"))
            return back_to("admin.appointments.index")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(form, meeting_id)


def _line(meeting_id: UUID) -> MeetingLine:
    found = meetings.meeting(meeting_id)
    return found if found is not None and visitor().may(MANAGE, found.lead.dealer_id) else abort(404)


def _page(wrong: Any = None, wrong_id: UUID | None = None) -> Response:
    now, write = clock.now(), pen()
    lines = meetings.calendar(now - BACK, now + AHEAD)
    late = [line for line in lines if line.is_open and line.ends_at < now]
    coming = [line for line in lines if line.ends_at >= now]
    past = [line for line in lines if not line.is_open and line.ends_at < now][::-1]
    days = [(day, list(of_day)) for day, of_day in groupby(coming, key=lambda line: write.day(line.meeting.starts_at))]
    page = render(
        "appointments/index.html",
        late=late,
        days=days,
        past=past[:20],
        wrong=wrong,
        wrong_id=wrong_id,
        statuses={
            "drive": [one for one in TestDriveStatus if one is not TestDriveStatus.SCHEDULED],
            "other": [
                one
                for one in AppointmentStatus
                if one not in (AppointmentStatus.SCHEDULED, AppointmentStatus.RESCHEDULED)
            ],
        },
        drive=MeetingKind.TEST_DRIVE,
        may_manage=visitor().may(MANAGE),
    )
    return make_response(page, 200 if wrong is None else 422)
