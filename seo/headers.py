"""Which headers a file of a built site is answered with, as SEO.md §15 and SECURITY B8 say.

Pure: a path goes in, headers come out. The file server of this product asks here, and so does what writes the rules
of another server or a CDN.
"""

import re
from enum import Enum

DAY = 86_400
YEAR = 31_536_000
SETTLED_DAYS = 7
"""A dealer's own domain gets the long promise of HTTPS after so many days (SECURITY B8)."""

Headers = list[tuple[str, str]]


class Kind(Enum):
    """What a file is to caches; the value is its `Cache-Control`."""

    PAGE = "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"
    NAMED_BY_CONTENT = "public, max-age=31536000, immutable"
    FEED = "public, max-age=300, s-maxage=300"
    CHECKED = "public, no-cache"
    MISSING = "public, max-age=60"


_BY_CONTENT = re.compile(r"(?:a|i|m)/(?:[^/]+[.-])?[0-9a-f]{8,}(?:[.-][^/]*)?")
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "woff2": "font/woff2",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
"""Media types by the ending of a file's name, with charset for text."""
INDEX = "s/"
"""Folder of the static index: its files belong together, so caches ask each time whether one changed."""
UNLISTED = ("feeds/", "q/", INDEX)
"""Folders whose files no search engine shall list: feeds for other platforms, codes that only lead to a page, the index
a browser searches.
"""
_RSS = "application/rss+xml; charset=utf-8"
_RULES = "application/speculationrules+json"


def kind_of(path: str) -> Kind:
    """Tell what a file of a tree is to caches.

    Args:
        path: inside the tree, without a leading slash: `vehicles/index.html`, `a/site.3f0c9a1b2c3d4e5f.css`.
    """
    if path.endswith("404.html"):
        return Kind.MISSING
    if path.endswith(".html"):
        return Kind.PAGE
    if path.startswith(INDEX):
        return Kind.CHECKED
    return Kind.NAMED_BY_CONTENT if _BY_CONTENT.fullmatch(path) else Kind.FEED


def content_type(path: str) -> str:
    """Give the media type of a file by its name, with charset for text; unknown names are plain bytes."""
    name = path.rpartition("/")[2]
    if name == "rss.xml":
        return _RSS
    if name.startswith("speculation") and name.endswith(".json"):
        return _RULES
    return TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def content_security_policy(live_origin: str = "", tiles: str = "") -> str:
    """Give the one policy of a host: no inline script, no inline style, nobody may frame it (SEO.md §15).

    Args:
        live_origin: absolute origin of the live layer where the host does not forward `/-/`; empty for the same host.
        tiles: origin of map tiles, empty when no map is shown.
    """
    live = f" {live_origin}" if live_origin else ""
    pictures = f" {tiles}" if tiles else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data:{pictures}",
            "media-src 'self'",
            "font-src 'self'",
            f"connect-src 'self'{live}",
            f"form-action 'self'{live}",
            "manifest-src 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def strict_transport(host: str, base_host: str, days: float) -> str:
    """Give the value of HSTS (SECURITY B8): a year with subdomains on our hosts; on a dealer's own domain that host
    alone, five minutes at first and a year once it has stood for a week.

    Args:
        host: the site's.
        base_host: below which our own hosts lie.
        days: how long the site has been served.
    """
    if host == base_host or host.endswith(f".{base_host}"):
        return f"max-age={YEAR}; includeSubDomains"
    return f"max-age={YEAR if days >= SETTLED_DAYS else 300}"


def security_headers(policy: str, transport: str = "") -> Headers:
    """Give the security headers of an HTML page.

    Args:
        policy: from `content_security_policy`.
        transport: from `strict_transport`; empty without HTTPS.
    """
    headers = [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    return [*headers, ("Strict-Transport-Security", transport)] if transport else headers


def file_headers(path: str, kind: Kind | None = None) -> Headers:
    """Give the headers that follow from a file's name alone.

    Args:
        path: inside the tree.
        kind: when it is answered as something else than its name says (the page of a missing address).
    """
    headers = [
        ("Content-Type", content_type(path)),
        ("Cache-Control", (kind or kind_of(path)).value),
        ("Vary", "Accept-Encoding"),
    ]
    if path.startswith(UNLISTED):
        headers.append(("X-Robots-Tag", "noindex"))
    return headers if path.endswith(".html") else [*headers, ("X-Content-Type-Options", "nosniff")]
