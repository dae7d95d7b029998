"""Configuration of Caddy and nginx for all hosts of an installation (SPEC 27, 147; SECURITY B8, D3).

Both serve `<instance>/sites/<host>/current/` by the name of the host, so that a new site, a new release and a rollback
need no reload. What is not there is looked up in the hosts' moves, and where there is a live layer it is asked last: it
knows what moved since the configuration was written. Without it the static page for what is not there answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seo import headers
from seo.headers import Kind
from seo.redirects import Past
from storefront.core import clock
from storefront.core.config import Settings
from storefront.core.tenancy import everywhere
from storefront.domain.stores import hosts
from storefront.domain.stores.hosts import Forward

from . import afterlife, queries, web_rules
from .releases import site_folder

HOST = r"[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63})*"
IMMUTABLE = r"/(?:a|i|m)/(?:[^/]+[.-])?[0-9a-f]{8,}(?:[.-][^/]*)?"
MISSING_PAGE = r"/(?:[^/]+/)?404\.html"
LANGUAGE = r"[a-z]{2}(?:-[A-Z]{2})?"
_SAFE_PATH = re.compile(r"/[A-Za-z0-9._/@+-]*")


@dataclass(frozen=True, slots=True)
class Served:
    """A host that is served."""

    host: str
    moves: Mapping[str, Past]
    transport: str
    """Its value of HSTS, empty without HTTPS."""


@dataclass(frozen=True, slots=True)
class Frontage:
    """All hosts of an installation as a web server has to know them."""

    served: Sequence[Served]
    forwards: Sequence[Forward]


@dataclass(frozen=True, slots=True)
class Front:
    """How the web server stands in front of the installation.

    Args:
        live: address of `marketplace serve`, `127.0.0.1:8000`; empty where there is no live layer.
        listen: the port for HTTP; with HTTPS the one that sends visitors on to `listen_tls`.
        listen_tls: the port for HTTPS.
        certificates: nginx only: folder of `<host>.crt` and `<host>.key`.
        brotli: nginx only: the module `brotli_static` is loaded.
    """

    live: str = "127.0.0.1:8000"
    listen: int = 80
    listen_tls: int = 443
    certificates: str = "/etc/marketplace/certificates"
    brotli: bool = True


USUAL = Front()
"""On one machine with `marketplace serve`, at the ports of the web."""


def frontage(settings: Settings) -> Frontage:
    """Read which hosts are served, which lead elsewhere, and what became of former addresses."""
    with everywhere():
        stores = queries.sites()
        found = hosts.forwards(stores, base_host=settings.base_host, now=clock.now())
        names = sorted(store.public_host for store in stores)
    served = []
    for host in names:
        folder = site_folder(settings, host)
        served.append(Served(host, afterlife.moves_of(folder).addresses, web_rules.transport(settings, folder)))
    return Frontage(served, found)


def dynamic_paths(settings: Settings) -> tuple[str, ...]:
    """Give what the live layer answers: whole paths, and prefixes that end in a slash."""
    always = ("/-/", "/health", "/ready")
    return always if settings.admin_host else (*always, "/admin", "/admin/")


def named_hosts(settings: Settings) -> list[str]:
    """Give hosts that are the live layer's alone: the admin's, and the one origin of all forms."""
    live = re.sub(r"^https?://|:\d+$|/$", "", settings.live_origin.rstrip("/"))
    return sorted({host for host in (settings.admin_host.partition(":")[0], live) if host})


def cache_rules() -> list[tuple[str, str]]:
    """Give how long what is kept, as (expression over the path of a file, value), the first that fits (SEO.md §15)."""
    return [
        (MISSING_PAGE, Kind.MISSING.value),
        (r".*(?:\.html|/)", Kind.PAGE.value),
        (IMMUTABLE, Kind.NAMED_BY_CONTENT.value),
        (rf"/{headers.INDEX}.*", Kind.CHECKED.value),
        (r".*", Kind.FEED.value),
    ]


def type_rules() -> list[tuple[str, str]]:
    """Give which media type what has, as (expression over the path of a file, value), the first that fits."""
    special = [
        (r".*/rss\.xml", headers.content_type("rss.xml")),
        (r".*/speculation[^/]*\.json", headers.content_type("speculation.json")),
        (r".*/", headers.content_type("index.html")),
    ]
    return special + [(rf".*\.{ending}", kind) for ending, kind in sorted(headers.TYPES.items())]


def check_root(settings: Settings) -> Path:
    """Give the folder of all sites, fit to be written into a configuration.

    Raises:
        ValueError: its path has letters that mean something there.
    """
    if not _SAFE_PATH.fullmatch(str(settings.sites)):
        raise ValueError(f"{settings.sites}: such a path cannot be written into a web server's configuration")
    return settings.sites
