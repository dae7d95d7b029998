"""Sitemaps (SEO.md §11, SPEC 101): an index, and shards by a stable key so that one change rewrites one shard."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

MOST_URLS = 45_000
MOST_BYTES = 45_000_000
ROOMY = 2_000
"""Above so many addresses a map is sharded although it need not be, so that one car's change stays small."""
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


def shard_of(key: str, digits: int) -> str:
    """Give the shard a key belongs to: the first hex digits of its hash, empty for a map in one piece."""
    return hashlib.sha256(key.encode()).hexdigest()[:digits]


def digits_for(keys: Iterable[str], urls_per_key: int = 1, bytes_per_key: int = 0) -> int:
    """Give how many hex digits shards need so that none is too large.

    Args:
        keys: what is sharded (public ids).
        urls_per_key: addresses each one brings (languages).
        bytes_per_key: an upper estimate of the bytes each one brings.
    """
    known = list(keys)
    digits = 0 if len(known) * urls_per_key <= ROOMY else 1
    while _largest(known, digits) * urls_per_key > MOST_URLS or _largest(known, digits) * bytes_per_key > MOST_BYTES:
        digits += 1
    return digits


def _largest(keys: Sequence[str], digits: int) -> int:
    counts: dict[str, int] = {}
    for key in keys:
        shard = shard_of(key, digits)
        counts[shard] = counts.get(shard, 0) + 1
    return max(counts.values(), default=0)


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
