"""What is to be done today."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint

from admin import domains, operator_queries, queries
from admin.access import needs, office, visitor
from admin.pages import render
from storefront.core import clock
from storefront.domain.accounts.models import Permission
from storefront.domain.leads import meetings
from storefront.domain.leads.queries import LeadFilter, page_of_leads, response_times
from storefront.domain.listings import moderation
from storefront.domain.listings.models import Listing
from storefront.domain.valuation.labels import Label, dearest
from storefront.domain.valuation.queries import valuations

from .leads import CHOICES as LEAD_CHOICES

bp = Blueprint("today", __name__)
NEWEST = 6
MEASURED = timedelta(days=30)
WAITING = 3
"""Leads named in the list of things to do."""
ROUND = 100_00
"""A price that is proposed is a multiple of this, minor units."""


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
    month, old = month_start(now, visitor().tenant.time_zone), queries.first_old(now)
    return render(
        "today.html",
        stock=queries.stock(now, month, month_start(month - timedelta(days=1), visitor().tenant.time_zone)),
        oldest=queries.oldest_new_lead(),
        newest=newest.lines,
        waiting=waiting.lines,
        agreed=agreed,
        times=response_times(now - MEASURED),
        alarms=_alarms() if visitor().is_operator else {},
        bare=queries.first_without_photos(now),
        old=old,
        dear=None if old is None else _above_market(old.listing, clock.business_date(now, visitor().tenant.time_zone)),
        claimed=domains.first_unfinished() if visitor().is_owner else None,
        lead_choices=LEAD_CHOICES if visitor().dealer_id is not None else (),
        site=None if host is None else office().settings.origin(host),
    )


def _above_market(listing: Listing, today: date) -> tuple[int, int, int] | None:
    """Give market value, how much more is asked, and a round price that would read fair; None unless it reads high."""
    row = valuations([listing.id]).get(listing.id)
    if row is None or row.expires_on < today or listing.price_cents is None:
        return None
    fair = dearest(Label.FAIR, row.market_cents)
    if fair is None or listing.price_cents <= fair or fair < ROUND:
        return None
    return row.market_cents, listing.price_cents - row.market_cents, fair // ROUND * ROUND


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
