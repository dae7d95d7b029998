"""The only place that reads the wall clock; everything below a door gets `now` as an argument (STYLE.md §3)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Of moments people plan for."""


def now() -> datetime:
    """Give the present moment, aware, in UTC."""
    return datetime.now(UTC)


def business_date(moment: datetime, time_zone: str = "Europe/Berlin") -> date:
    """Give the calendar day of a moment (aware) in the tenant's time zone: what a build calls today."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def from_local(local: datetime, time_zone: str) -> datetime:
    """Give the moment at which clocks show a time; of an hour they show twice, the first.

    Args:
        local: day and time on the clocks, naive.
        time_zone: of the clocks, IANA.

    Returns:
        Aware UTC.

    Raises:
        ValueError: the clocks skip that hour, or the year is none anybody plans for.
    """
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValueError(f"the year {local.year} is a slip of the pen")
    zone = ZoneInfo(time_zone)
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"on that day the clocks in {time_zone} skip {local:%H:%M}")
    return found
