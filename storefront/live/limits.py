"""How often somebody may write: moving windows on Redis, so that they survive a restart and hold for all processes.

A limiter that does not answer lets writers through: an inquiry is worth more than a limit (SECURITY B3: open for what
must not be lost, C11).
"""

import ipaddress
import logging
import time
from typing import NamedTuple

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.errors import StorageError
from redis.exceptions import RedisError

from storefront.core.config import Settings
from storefront.core.queue import redis_url

NETWORK = parse("5 per 10 minutes")
LISTING = parse("30 per hour")
log = logging.getLogger(__name__)


class Limit(NamedTuple):
    """A limit and whom it counts."""

    item: RateLimitItem
    key: str


def create_limiter(app: Flask, settings: Settings) -> Limiter:
    """Give the application its limiter; views ask it by `exceeded`."""
    url = redis_url(settings)
    return Limiter(
        key_func=network,
        app=app,
        storage_uri=url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url,
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1},
        strategy="moving-window",
        key_prefix="limit",
    )


def exceeded(*limits: Limit) -> int | None:
    """Count one more against all limits, unless one of them is full.

    Returns:
        None when it was counted (or nobody could count), else the seconds after which it is worth trying again.
    """
    strategy = _limiter().limiter
    try:
        for limit in limits:
            if not strategy.test(limit.item, limit.key):
                return _seconds(limit)
        for limit in limits:
            if not strategy.hit(limit.item, limit.key):
                return _seconds(limit)
    except (RedisError, StorageError, OSError) as error:
        log.warning("limits are off: their store does not answer", extra={"error": type(error).__name__})
    return None


def network() -> str:
    """Give the visitor's network: the IPv4 address, or the /64 an IPv6 address stands in."""
    address = request.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _seconds(limit: Limit) -> int:
    window = _limiter().limiter.get_window_stats(limit.item, limit.key)
    return max(1, round(window.reset_time - time.time()))


def _limiter() -> Limiter:
    limiter: Limiter = current_app.extensions["marketplace.limiter"]
    return limiter
