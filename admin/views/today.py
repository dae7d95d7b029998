"""What is to be done today."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint

from admin import operator_queries, queries
from admin.access import needs, office, visitor
from admin.pages import render
from storefront.core import clock
from storefront.domain.accounts.models import Permission
from storefront.domain.leads import meetings
from storefront.domain.leads.queries import LeadFilter, page_of_leads, response_times
from storefront.domain.listings import moderation

bp = Blueprint("today", __name__)
NEWEST = 6
MEASURED = timedelta(days=30)
WAITING = 3
"""Leads named in the list of things to do."""


@bp.get("/")
@needs(Permission.VIEW_SALES_LEADS)
def show() -> str:
    """Show four figures, what to do, the stock's health and the newest leads."""
    now = clock.now()
    newest = page_of_leads(LeadFilter(), 1, NEWEST)
    host = queries.own_host(visitor().dealer_id)
    waiting = page_of_leads(LeadFilter(unanswered=True), 1, WAITING, waiting_first=True)
    today = meetings.calendar(now, _day_end(now, visitor().tenant.time_zone))
    agreed = [line for line in today if line.is_open]
    return render(
        "today.html",
        stock=queries.stock(now, month_start(now, visitor().tenant.time_zone)),
        oldest=queries.oldest_new_lead(),
        newest=newest.lines,
        waiting=waiting.lines,
        agreed=agreed,
        times=response_times(now - MEASURED),
        alarms=_alarms() if visitor().is_operator else {},
        bare=queries.first_without_photos(now),
        old=queries.first_old(now),
        site=None if host is None else office().settings.origin(host),
    )


def _alarms() -> dict[str, int]:
    """Count what the operator should see to, by the name of its words; what is zero is left out."""
    counts = {
        "failed_builds": operator_queries.failed_sites(),
        "dead_tasks": operator_queries.dead_count(),
        "cases": moderation.waiting(),
    }
    return {name: count for name, count in counts.items() if count}


def _day_end(now: datetime, time_zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return local + timedelta(days=1)


def month_start(now: datetime, time_zone: str) -> datetime:
    """Give the beginning of the month in a time zone, aware."""
    return now.astimezone(ZoneInfo(time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
