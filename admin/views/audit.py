"""The trail: who did what, when, and what it was before; a dealer reads its own (SPEC 17, SECURITY D14)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, request

from admin import people_queries as reads
from admin import queries
from admin.access import needs, visitor
from admin.pages import page_number, render
from storefront.domain.accounts.audit import first_broken

bp = Blueprint("audit", __name__, url_prefix="/audit")
FILTERS = ("who", "act", "kind", "object", "since", "until", "dealer", "visit")


@bp.get("/")
@needs(owners=True)
def index() -> str:
    """List the trail, narrowed; every entry shown is held against its seal and the one before it."""
    wanted = _wanted()
    page = reads.trail(wanted, page_number())
    return _page(page, wanted, None)


@bp.get("/check")
@needs(owners=True)
def check() -> str:
    """Walk the whole trail from its first entry on."""
    wanted = _wanted()
    broken = first_broken()
    return _page(reads.trail(wanted, page_number()), wanted, "whole" if broken is None else "broken")


def _page(page: queries.Page, wanted: reads.Wanted, checked: str | None) -> str:
    filters = {
        name: request.args[name] for name in ("who", "act", "since", "until", "dealer") if request.args.get(name)
    }
    dealers = dict(queries.dealer_choices()) if visitor().is_operator else {}
    staff = reads.lines(visitor().dealer_id if wanted.dealer_id is None else wanted.dealer_id)
    return render(
        "audit/index.html",
        page=page,
        wanted=wanted,
        filters=filters,
        names=queries.names_of(entry.actor for entry in page.lines),
        broken=reads.broken_among(page.lines),
        acts=reads.acts_known(),
        staff=staff,
        dealers=dealers,
        checked=checked,
    )


def _wanted() -> reads.Wanted:
    zone = ZoneInfo(visitor().tenant.time_zone)
    until = _day("until")
    since = _day("since")
    return reads.Wanted(
        person=_id("who"),
        action=request.args.get("act", "")[:80],
        kind=request.args.get("kind", "")[:40],
        object_id=request.args.get("object", "")[:80],
        since=None if since is None else _midnight(since, zone),
        until=None if until is None else _midnight(until + timedelta(days=1), zone),
        dealer_id=_id("dealer") if visitor().is_operator else None,
        visit=_id("visit"),
    )


def _midnight(day: date, zone: Any) -> datetime:
    return datetime.combine(day, time(), zone)


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _id(name: str) -> UUID | None:
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)
