"""Sitemaps (SEO.md §11, SPEC 101): an index, and shards by a stable key so that one change rewrites one shard."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from xml.sax.saxutils import escape

from storefront.core.ids import ALPHABET

MOST_URLS = 45_000
MOST_BYTES = 45_000_000
ROOMY = 500
"""Above so many cars a map is divided although it need not be, so that one car's change stays small."""
MOST_BITS = 10
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_QUOTES = {'"': "&quot;", "'": "&apos;"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a sitemap; `loc` and `images` are absolute, on the map's own host."""

    loc: str
    lastmod: datetime | None = None
    """Last significant change, aware; None when nothing is known."""
    changefreq: str | None = None
    priority: str | None = None
    images: tuple[str, ...] = ()


def bits_for(cars: int) -> int:
    """Give how many bits of their public ids divide so many cars into maps: a power of two of them, up to 1,024.

    The number depends on the count alone, so that it is known without looking at any car.
    """
    bits = 0
    while cars > ROOMY << bits and bits < MOST_BITS:
        bits += 1
    return bits


def shard_names(bits: int) -> list[str]:
    """Give the names of all shards in order; one empty name for a map in one piece."""
    width = (bits + 3) // 4
    return [f"{number:0{width}x}" for number in range(1 << bits)] if bits else [""]


def shard_of(public_id: str, bits: int) -> str:
    """Give the shard a car belongs to, by the first letters of its public id, which are random."""
    return shard_names(bits)[bisect_right(_bounds(bits), public_id)]


def span_of(shard: str, bits: int) -> tuple[str, str | None]:
    """Give between which public ids the cars of a shard lie: from the first on and below the second."""
    bounds = _bounds(bits)
    number = int(shard, 16) if shard else 0
    return ("" if number == 0 else bounds[number - 1], bounds[number] if number < len(bounds) else None)


def letters_of(shard: str, bits: int) -> list[str]:
    """Give the first two letters that public ids of a shard begin with."""
    low, high = span_of(shard, bits)
    return [pair for pair in _PAIRS if pair >= low and (high is None or pair < high)]


@cache
def _bounds(bits: int) -> tuple[str, ...]:
    """Give where each shard but the first begins."""
    return tuple(_PAIRS[number << (MOST_BITS - bits)] for number in range(1, 1 << bits))


def urlset(entries: Iterable[Entry]) -> bytes:
    """Write a sitemap.

    Raises:
        ValueError: more than 45,000 addresses or 45 MB; shard it.
    """
    known = list(entries)
    body = "".join(map(_url, known))
    image = ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"' if any(e.images for e in known) else ""
    text = f'{_HEAD}<urlset xmlns="{_NS}"{image}>\n{body}</urlset>\n'.encode()
    if len(known) > MOST_URLS or len(text) > MOST_BYTES:
        raise ValueError(f"a sitemap of {len(known)} addresses and {len(text)} bytes is too large")
    return text


def index(maps: Mapping[str, datetime | None]) -> bytes:
    """Write the sitemap index.

    Args:
        maps: absolute address of each map → newest lastmod in it.
    """
    body = "".join(f"<sitemap><loc>{_text(loc)}</loc>{_lastmod(moment)}</sitemap>\n" for loc, moment in maps.items())
    return f'{_HEAD}<sitemapindex xmlns="{_NS}">\n{body}</sitemapindex>\n'.encode()


def newest(entries: Iterable[Entry]) -> datetime | None:
    """Give the newest lastmod of some entries."""
    return max((entry.lastmod for entry in entries if entry.lastmod is not None), default=None)


def w3c(moment: datetime) -> str:
    """Write an aware moment as W3C date-time in UTC, to the second.

    Raises:
        ValueError: a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be published")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _url(entry: Entry) -> str:
    frequency = f"<changefreq>{entry.changefreq}</changefreq>" if entry.changefreq else ""
    priority = f"<priority>{entry.priority}</priority>" if entry.priority else ""
    images = "".join(
        f"<image:image><image:loc>{_text(image)}</image:loc></image:image>" for image in entry.images[:1000]
    )
    return f"<url><loc>{_text(entry.loc)}</loc>{_lastmod(entry.lastmod)}{frequency}{priority}{images}</url>\n"


def _lastmod(moment: datetime | None) -> str:
    return "" if moment is None else f"<lastmod>{w3c(moment)}</lastmod>"


def _text(text: str) -> str:
    return escape(text, _QUOTES)
