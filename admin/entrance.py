"""What every request to the admin passes: the right host, no foreign form, few guesses (SECURITY B3, B5, B9)."""

import hashlib
import ipaddress
import re
from urllib.parse import urlsplit

from flask import abort, current_app, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from storefront.core.queue import redis_url

from .access import office, tenant_of_host

GUESSES: RateLimitItem = parse("5 per 15 minutes")
FORM_BYTES = 200_000
"""Largest form the admin takes (SECURITY C10)."""
SAFE = ("GET", "HEAD", "OPTIONS")
_PLAIN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class TooOften(Exception):
    """Too many guesses for this account or from this network."""


class NoCounting(Exception):
    """The limits' store does not answer: nobody logs in until it does (SECURITY B3: fail closed)."""


def guard() -> None:
    """Check a request before any view sees it."""
    request.max_content_length = FORM_BYTES
    tenant_of_host()
    if request.method not in SAFE:
        _require_own_origin()
        office().csrf.protect()


def _require_own_origin() -> None:
    """Refuse a form of another site; sites below one domain are the same site to a browser, not to us."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        abort(403)


def safe_next(wanted: str | None) -> str | None:
    """Give a path of the admin to go on to, None for anything that could lead elsewhere (SECURITY B9)."""
    if not wanted or not _PLAIN_PATH.fullmatch(wanted):
        return None
    path = wanted.partition("?")[0].partition("#")[0]
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    ours = str(endpoint).startswith("admin.") and endpoint != "admin.static"
    return wanted if ours else None


class Guesses:
    """Counts wrong passwords, by account and by network, in a moving window that survives a restart."""

    def __init__(self, tenant: str, account: str) -> None:
        self._limiter = MovingWindowRateLimiter(_store())
        self._account = ("login", "account", _hidden(f"{tenant}/{account}"))
        self._network = ("login", "network", _hidden(network()))

    def take(self) -> None:
        """Count a try.

        Raises:
            TooOften: the account's or the network's window is full.
            NoCounting: the store does not answer.
        """
        try:
            allowed = self._limiter.test(GUESSES, *self._network) and self._limiter.hit(GUESSES, *self._account)
        except (RedisError, StorageError, OSError) as error:
            raise NoCounting from error
        if not allowed:
            raise TooOften

    def wrong(self) -> None:
        """Count a wrong password against the network."""
        self._limiter.hit(GUESSES, *self._network)

    def right(self) -> None:
        """Forget the account's tries: its owner is here."""
        self._limiter.clear(GUESSES, *self._account)


def network() -> str:
    """Give the visitor's network: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _hidden(text: str) -> str:
    """Give a name under which an address may lie in the limits' store."""
    return hashlib.sha256(f"{current_app.secret_key!r}/{text}".encode()).hexdigest()[:32]


def _store() -> Storage:
    stores = current_app.extensions.setdefault("marketplace.admin.limits", [])
    if not stores:
        url = redis_url(office().settings)
        address = url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
        stores.append(storage_from_string(address, socket_connect_timeout=1, socket_timeout=1))
    found: Storage = stores[0]
    return found
