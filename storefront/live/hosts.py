"""Whose request this is: tenant and site come from the verified host, never from what a visitor says (SECURITY B10).

Where hosts do not forward `/-/`, forms and fetches go to one `LIVE_ORIGIN`; there the site is the one of the `Origin`,
and a `site` field may not contradict it.
"""

import time
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit
from uuid import UUID

from flask import Request, Response, current_app, request
from sqlalchemy import or_, select
from werkzeug.exceptions import Forbidden, NotFound

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.models import Store

from . import previews

TTL_SECONDS = 10.0
"""How long an answer of the database about a host is believed; a site switched off is gone after this."""
KEPT = 10_000
"""Hosts remembered at once; strangers' hosts must not fill the memory."""
FOREIGN = ("cross-site", "same-site")
"""`Sec-Fetch-Site` of requests that another site caused; dealers below one domain are same-site (SECURITY B5)."""


@dataclass(frozen=True, slots=True)
class Place:
    """The site a request is for."""

    tenant_id: UUID
    dealer_id: UUID | None
    """None on the marketplace."""
    store_id: UUID
    host: str
    """The store's public host."""
    other_host: str
    """Its default host, which answers as well."""
    language: str
    languages: tuple[str, ...]
    country: str
    """ISO code of the tenant's country: how telephone numbers are read."""
    home: str
    """ISO code of the country whose places are meant first: the dealer's, on the marketplace the tenant's."""

    @property
    def is_marketplace(self) -> bool:
        """Ask whether it is the operator's marketplace."""
        return self.dealer_id is None


class Hosts:
    """The table of active hosts, read from the database as they are asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, tuple[float, Place | None]] = {}
        self._lock = Lock()
        live = settings.live_origin.rstrip("/")
        self.live_netloc = urlsplit(live).netloc.lower() if live else None

    def find(self, host: str) -> Place | None:
        """Give the active site of a host name (any case, with or without a port), None for a stranger's."""
        name = bare(host)
        if not name or len(name) > 253 or not name.isprintable():
            return None
        now = time.monotonic()
        with self._lock:
            known = self._known.get(name)
        if known is not None and known[0] > now:
            return known[1]
        place = _read(name)
        with self._lock:
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[name] = (now + TTL_SECONDS, place)
        return place

    def forget(self) -> None:
        """Ask the database again from now on."""
        with self._lock:
            self._known.clear()

    def is_live_origin(self, netloc: str) -> bool:
        """Ask whether a request came to the one origin that answers for all hosts."""
        return self.live_netloc is not None and netloc.lower() == self.live_netloc

    def is_preview(self, netloc: str) -> bool:
        """Ask whether a host is one that previews have: whatever comes from there is not sent on."""
        return previews.is_preview(bare(netloc), self._settings.base_host)

    def of_origin(self, origin: str) -> Place | None:
        """Give the site whose public origin this is, to the letter; None for any other."""
        place = self.find(urlsplit(origin).netloc)
        if place is None:
            return None
        allowed = {self._settings.origin(host) for host in (place.host, place.other_host)}
        return place if origin in allowed else None


def bare(host: str) -> str:
    """Give a host name without port and final dot, in lower case."""
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")


def _read(name: str) -> Place | None:
    with everywhere():
        wanted = (
            select(Store, Tenant.country, Dealer.country)
            .join(Tenant, Tenant.id == Store.tenant_id)
            .outerjoin(Dealer, Dealer.id == Store.dealer_id)
            .where(Store.active.is_(True), or_(Store.host == name, Store.custom_domain == name))
        )
        found = db.session.execute(wanted).first()
        if found is None:
            return None
        store, country, home = found
        return Place(
            tenant_id=store.tenant_id,
            dealer_id=store.dealer_id,
            store_id=store.id,
            host=store.public_host,
            other_host=store.host,
            language=store.default_language,
            languages=tuple(store.languages),
            country=country,
            home=home or country,
        )


def hosts() -> Hosts:
    """Give the running application's table of hosts."""
    table: Hosts = current_app.extensions["marketplace.hosts"]
    return table


def place_of(asked: Request | None = None, site: str = "") -> Place:
    """Give the site a request is for.

    Args:
        asked: the request, the current one by default.
        site: what the form says, believed only on the live origin and only where the browser's words agree.

    Raises:
        NotFound: no active site has that host.
        Forbidden: it comes from a preview.
    """
    asked = asked or request
    _refuse_previews(asked)
    if hosts().is_live_origin(asked.host):
        place = hosts().of_origin(asked.headers.get("Origin") or _origin_of_referrer(asked) or "")
        if place is None and asked.method in ("GET", "HEAD"):
            place = hosts().find(site)
        if place is None or (site and bare(site) not in (place.host, place.other_host)):
            raise NotFound("No site here")
        return place
    place = hosts().find(asked.host)
    if place is None:
        raise NotFound("No site here")
    return place


def require_own_origin(asked: Request | None = None) -> None:
    """Refuse a request that changes something and that another site's page caused (SECURITY B5).

    No cookie is read, so nothing is done in a visitor's name; what this keeps out is the use of a stranger's browser to
    write to dealers.

    Raises:
        Forbidden: a foreign Origin, also one of another dealer; or none where a browser would have sent one.
    """
    asked = asked or request
    _refuse_previews(asked)
    origin = asked.headers.get("Origin")
    if hosts().is_live_origin(asked.host):
        if origin is None or hosts().of_origin(origin) is None:
            raise Forbidden("This form belongs to another site")
        return
    if origin is not None:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != asked.host.lower():
            raise Forbidden("This form belongs to another site")
    elif asked.headers.get("Sec-Fetch-Site") in FOREIGN:
        raise Forbidden("This form belongs to another site")


def _refuse_previews(asked: Request) -> None:
    """Refuse what a page of a preview sends to the live origin, and what reaches us under a preview's own host.

    Raises:
        Forbidden: with a page that says that nothing was sent.
    """
    origin = urlsplit(asked.headers.get("Origin") or _origin_of_referrer(asked) or "").netloc
    if not (hosts().is_preview(asked.host) or (origin and hosts().is_preview(origin))):
        return
    t = previews.said(asked.environ)
    if asked.accept_mimetypes["application/json"] > asked.accept_mimetypes["text/html"]:
        raise Forbidden(t("preview.text"))
    raise Forbidden(response=Response(previews.page(t), 403, content_type="text/html; charset=utf-8"))


def _origin_of_referrer(asked: Request) -> str | None:
    parts = urlsplit(asked.headers.get("Referer", ""))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
