"""The only place that reads the wall clock; everything below a door gets `now` as an argument (STYLE.md §3)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Give the present moment, aware, in UTC."""
    return datetime.now(UTC)


def business_date(moment: datetime, time_zone: str = "Europe/Berlin") -> date:
    """Give the calendar day of a moment (aware) in the tenant's time zone: what a build calls today."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
