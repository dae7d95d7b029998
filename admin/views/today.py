"""What is to be done today."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint

from admin import queries
from admin.access import needs, office, visitor
from admin.pages import render
from storefront.core import clock
from storefront.domain.accounts.models import Permission
from storefront.domain.leads.models import LeadStatus
from storefront.domain.leads.queries import LeadFilter, page_of_leads

bp = Blueprint("today", __name__)
NEWEST = 6
WAITING = 3
"""Leads named in the list of things to do."""


@bp.get("/")
@needs(Permission.VIEW_SALES_LEADS)
def show() -> str:
    """Show four figures, what to do, the stock's health and the newest leads."""
    now = clock.now()
    newest = page_of_leads(LeadFilter(), 1, NEWEST)
    host = queries.own_host(visitor().dealer_id)
    waiting = page_of_leads(LeadFilter(status=LeadStatus.NEW), 1, 100)
    return render(
        "today.html",
        stock=queries.stock(now, month_start(now, visitor().tenant.time_zone)),
        oldest=queries.oldest_new_lead(),
        newest=newest.lines,
        waiting=sorted(waiting.lines, key=lambda line: line.lead.created_at)[:WAITING],
        bare=queries.first_without_photos(now),
        old=queries.first_old(now),
        site=None if host is None else office().settings.origin(host),
    )


def month_start(now: datetime, time_zone: str) -> datetime:
    """Give the beginning of the month in a time zone, aware."""
    return now.astimezone(ZoneInfo(time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
