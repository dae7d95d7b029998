"""Which cars were sold or taken down lately, as one small file a host has: a copy of a page that lay somewhere for a
while (a cache, an app, an open tab) can say so by itself, without any backend (`js/sold.js` of the base theme).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import orjson

from storefront.core.changes import Reads
from storefront.domain.listings.left import STATUSES, left_since

from .catalogue import PageRef
from .siteview import SiteView

DAYS = 60
"""How long a car is named after it was sold or taken down; older copies find no page behind it any more (410)."""
MOST = 2000
"""So many cars at most, the latest: the file is fetched beside every car."""
VERSION = 1


def status(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Write the file: `{"version": 1, "sold": [public ids]}`."""
    reads.include(view.membership_reads())
    for dealer in view.dealers.values():
        reads.add("listings", f"dealer:{dealer.id.hex}", *(f"status-{int(status)}" for status in STATUSES))
    first = view.as_of - timedelta(days=DAYS)
    since = datetime.combine(first, time.min, ZoneInfo(view.tenant.time_zone))
    day_of = view.default.formats.day_of
    left = [row for row in left_since(list(view.dealers), since) if first <= day_of(row.left_at) <= view.as_of]
    latest = sorted(left, key=lambda row: (row.left_at, row.public_id), reverse=True)[:MOST]
    for day in {day_of(row.left_at) for row in latest}:
        view.day_begins(reads, day + timedelta(days=DAYS + 1))
    return orjson.dumps({"version": VERSION, "sold": sorted(row.public_id for row in latest)})
