"""What pages read, as numbers: `page_reads` keeps 64-bit hashes of addresses and of (kind, key, aspect)."""

from collections.abc import Iterable
from datetime import date, timedelta

import xxhash

from storefront.core.changes import Key

ALL_PAGES = 0
"""Stands for every page of a site: what header, footer and navigation read."""
MOST_DAYS = 400
"""A build that jumps further in time draws everything again."""


def thing_number(key: Key) -> int:
    """Give the number of a thing."""
    return _signed(xxhash.xxh3_64_intdigest("\0".join(key).encode()))


def page_number(address: str) -> int:
    """Give the number of a page's address; never that of `ALL_PAGES`."""
    return _signed(xxhash.xxh3_64_intdigest(address.encode())) or 1


def things_of(keys: Iterable[Key]) -> list[int]:
    """Give the numbers of things, sorted."""
    return sorted({thing_number(key) for key in keys})


def days_between(before: date, after: date) -> list[Key] | None:
    """Give the days that began since a build, as pages record them; None when everything is to be drawn again."""
    days = (after - before).days
    if not 0 <= days <= MOST_DAYS:
        return None
    return [("day", (before + timedelta(days=number)).isoformat(), "begins") for number in range(1, days + 1)]


def _signed(number: int) -> int:
    """Databases know signed numbers only."""
    return number - (1 << 64) if number >= 1 << 63 else number
