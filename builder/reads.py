"""What pages read, as numbers: 64-bit hashes of (kind, key), with the aspects that were read as bits.

The pictures a page shows and the pages it links to are things, too, so that who names a picture and who links to an
address is asked in the same way.
"""

import struct
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

import xxhash

from storefront.core.changes import Key

ALL_PAGES = 0
"""Stands for every page of a site: what header, footer and navigation read."""
MOST_DAYS = 400
"""A build that jumps further in time draws everything again."""
ASPECTS = (
    *("status", "card", "price", "text", "seo", "place", "detail", "address", "photos", "cover", "tours"),
    *("name", "visible", "contact", "team", "faq", "legal", "shell", "theme", "settings", "feeds", "body"),
    *("canonical", "languages", "market", "featured", "energy", "person", "email"),
)
"""Aspects that are kept as bits of their thing; any other makes a thing of its own."""
_BITS = {aspect: 1 << number for number, aspect in enumerate(ASPECTS)}
Things = dict[int, int]
"""Number of a thing → aspects, as bits."""


def thing_number(kind: str, *names: str) -> int:
    """Give the number of a thing by its kind and key, or of any other name in several parts."""
    return _number("\0".join((kind, *names)))


def shown_number(name: str) -> int:
    """Give the thing a page reads that shows a picture set, a card or a film."""
    return thing_number("shown", name)


def link_number(address: str) -> int:
    """Give the thing a page reads that links to an address of its site."""
    return thing_number("link", address)


def group_number(kind: str, key: str, bucket: int | None) -> int:
    """Give the number of what the pages of one thing in all languages have in common."""
    return thing_number("group", kind, key, "" if bucket is None else str(bucket))


def file_number(path: str) -> int:
    """Give the number of a file that is no page, or of a set of pictures."""
    return thing_number("file", path)


def things_of(keys: Iterable[Key]) -> Things:
    """Give things with the aspects of them that stand in these keys."""
    things: Things = {}
    for key in keys:
        number, bit = _thing(key)
        things[number] = things.get(number, 0) | bit
    return things


def packed(things: Mapping[int, int]) -> bytes:
    """Write things down."""
    return struct.pack(f"<{len(things)}q{len(things)}I", *things, *things.values())


def unpacked(content: bytes | None) -> Things:
    """Read things that were packed."""
    if not content:
        return {}
    count = len(content) // 12
    values = struct.unpack(f"<{count}q{count}I", content)
    return dict(zip(values[:count], values[count:], strict=True))


def packed_numbers(numbers: Collection[int]) -> bytes | None:
    """Write page numbers down; None for none."""
    return struct.pack(f"<{len(numbers)}I", *sorted(numbers)) if numbers else None


def unpacked_numbers(content: bytes | None) -> set[int]:
    """Read page numbers that were packed."""
    return set(struct.unpack(f"<{len(content) // 4}I", content)) if content else set()


def days_between(before: date, after: date) -> list[Key] | None:
    """Give the days that began since a build, as pages record them; None when everything is to be drawn again."""
    days = (after - before).days
    if not 0 <= days <= MOST_DAYS:
        return None
    return [("day", (before + timedelta(days=number)).isoformat(), "begins") for number in range(1, days + 1)]


@lru_cache(maxsize=1 << 16)
def _thing(key: Key) -> tuple[int, int]:
    """Give the thing a key stands for, and its aspect as a bit."""
    kind, name, aspect = key
    bit = _BITS.get(aspect)
    return (_number(f"{kind}\0{name}\0{aspect}"), 1) if bit is None else (_number(f"{kind}\0{name}"), bit)


@lru_cache(maxsize=1 << 16)
def _number(word: str) -> int:
    """Hash a word; signed, as databases know numbers."""
    return int.from_bytes(xxhash.xxh3_64_digest(word.encode()), "big", signed=True)
