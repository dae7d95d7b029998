"""Days and moments as browsers send them and as people write them."""

import re
from datetime import date, datetime

from storefront.core import clock


def read_day(text: str) -> date | None:
    """Read a day as browsers send it (`2026-03-12`) or as people write it (`12.3.2026`); None when it is none."""
    plain = text.strip()
    found = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", plain)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(plain) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", plain) else None
    except ValueError:
        return None


def read_moment(text: str, time_zone: str) -> datetime | None:
    """Read a moment as browsers send it (`2026-03-12T08:30`).

    Args:
        text: what was sent.
        time_zone: whose clock it was read from.

    Returns:
        Aware UTC; None when it is none, or an hour the clocks skip.
    """
    try:
        local = datetime.strptime(text.strip()[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - its zone is added below
        return clock.from_local(local, time_zone)
    except ValueError:
        return None
