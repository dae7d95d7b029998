"""What every request to the admin passes: the right host, no foreign form, few guesses (SECURITY B3, B5, B9)."""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
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
from storefront.domain.accounts.audit import request_id
from storefront.domain.accounts.passwords import matches

from .access import View, find_visitor, office, tenant_of_host

GUESSES: RateLimitItem = parse("5 per 15 minutes")
RESETS: RateLimitItem = parse("3 per hour")
"""Letters with a way to a new password, by address and by network (SECURITY B3)."""
FORM_BYTES = 200_000
"""Largest form the admin takes (SECURITY C10)."""
SAFE = ("GET", "HEAD", "OPTIONS")
_PLAIN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class TooOften(Exception):
    """Too many guesses for this account or from this network."""


class NoCounting(Exception):
    """The limits' store does not answer: nobody logs in until it does (SECURITY B3: fail closed)."""


def guard() -> None:
    """Check a request before any view sees it, and give it the number the trail knows it by (SECURITY D14)."""
    request_id.set(secrets.token_hex(8))
    tenant_of_host()
    request.max_content_length = _bytes_taken()
    if request.method not in SAFE:
        _require_own_origin()
        office().csrf.protect()


def leave(_error: BaseException | None) -> None:
    """Forget the number: the thread answers somebody else next."""
    request_id.set(None)


def takes(most: int) -> Callable[[View], View]:
    """Let a view take forms of so many bytes (files), from people who are logged in; stands below `needs`."""

    def note(view: View) -> View:
        view.takes = most  # type: ignore[attr-defined]
        return view

    return note


def contents(name: str, most: int) -> list[bytes]:
    """Read the files of a form's field, each up to one byte more than it may have; what they lay in is given back."""
    found = []
    for file in request.files.getlist(name):
        with file.stream:
            if file.filename:
                found.append(file.stream.read(most + 1))
    return found


def _bytes_taken() -> int:
    view = current_app.view_functions.get(request.endpoint or "")
    most: int = getattr(view, "takes", FORM_BYTES)
    return most if most <= FORM_BYTES or find_visitor() is not None else FORM_BYTES  # no stranger's files are read


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
    """Counts tries that were wrong, by account and by network, in a moving window that survives a restart.

    Args:
        tenant: whose account.
        account: the address, or the person's id.
        kind: what is guessed at: `login`, `code`, `reset`.
        limit: how often.
    """

    def __init__(self, tenant: str, account: str, kind: str = "login", limit: RateLimitItem = GUESSES) -> None:
        self._limiter = MovingWindowRateLimiter(_store())
        self._limit = limit
        self._account = (kind, "account", _hidden(f"{tenant}/{account}"))
        self._network = (kind, "network", _hidden(network()))

    def take(self) -> None:
        """Count a try.

        Raises:
            TooOften: the account's or the network's window is full.
            NoCounting: the store does not answer.
        """
        try:
            allowed = self._limiter.test(self._limit, *self._network) and self._limiter.hit(self._limit, *self._account)
        except (RedisError, StorageError, OSError) as error:
            raise NoCounting from error
        if not allowed:
            raise TooOften

    def wrong(self) -> None:
        """Count a wrong password against the network."""
        self._limiter.hit(self._limit, *self._network)

    def right(self) -> None:
        """Forget the account's tries: its owner is here."""
        self._limiter.clear(self._limit, *self._account)


_AT_ONCE = BoundedSemaphore(2)
"""Passwords compared or hashed at once by this process: each costs 64 MiB (SECURITY B1)."""


def is_right(stored: str | None, password: str) -> bool:
    """Compare a password with a stored hash, or with nobody's, in the same time."""
    with _AT_ONCE:
        return matches(stored, password)


@contextmanager
def hashing() -> Iterator[None]:
    """Stand in the queue of those who hash a password, for an act that does."""
    with _AT_ONCE:
        yield


def network() -> str:
    """Give the visitor's network: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def short_network() -> str:
    """Give the visitor's network the way it may be kept and shown: without the last part (SECURITY D11)."""
    found = network()
    if "/" in found or "." not in found:
        return found
    return f"{found.rpartition('.')[0]}.x"


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
