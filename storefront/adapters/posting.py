"""Posting JSON to a service the operator named: one request, no redirects, bounded time and answer (SECURITY C7, D13).

The address is a setting, never a stranger's, so it may lie in the operator's own network. Neither address nor headers
are repeated in errors: tokens stand in both.
"""

import http.client
import json
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import urlsplit

from storefront.core.errors import ConfigurationError

SECONDS = 15.0
MOST_BYTES = 64 * 1024
"""Of an answer; what is longer is cut off."""
AGENT = "MarketplaceAuto/1"


class ServiceDown(Exception):
    """There was no answer; try again later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    retry_after: float | None = None
    """Seconds the service asks to wait."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that takes JSON.

    Args:
        url: absolute, http or https.
        token: sent as `Authorization: Bearer …`; empty sends none.
    """

    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    seconds: float = SECONDS

    @classmethod
    def at(cls, url: str, setting: str, token: str = "") -> "Endpoint":
        """Read an address.

        Args:
            url: as the operator wrote it.
            setting: where it stands, for the refusal.
            token: to be sent along.

        Raises:
            ConfigurationError: no http or https address, or one with user and password.
        """
        try:
            parts = urlsplit(url)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
            is_good = is_good and (parts.port or 1) > 0
        except ValueError:
            is_good = False
        if not is_good or not url.isascii() or not url.isprintable() or " " in url:
            raise ConfigurationError(f"{setting} must be an http or https address without user and password")
        if not token.isascii() or not token.isprintable():
            raise ConfigurationError(f"The token for {setting} has signs that no header can carry")
        return cls(url, token)

    def post(self, said: Any) -> Answer:
        """Post once.

        Args:
            said: what can be written as JSON.

        Raises:
            ServiceDown: no answer in time, or none that is HTTP.
        """
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, self.seconds)
        watch = threading.Timer(self.seconds, _cut, [connection])
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", path, json.dumps(said).encode(), self._headers())
            response = connection.getresponse()
            body = response.read(MOST_BYTES)
            return Answer(response.status, body, _seconds(response.getheader("Retry-After")))
        except (OSError, http.client.HTTPException) as error:
            raise ServiceDown(f"no answer ({type(error).__name__})") from None
        finally:
            watch.cancel()
            connection.close()

    def _headers(self) -> Mapping[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "User-Agent": AGENT,
            "Connection": "close",
        }
        return headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=seconds)


def _cut(connection: http.client.HTTPConnection) -> None:
    """Cut the line at the deadline: a service that drips must not hold a worker."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(SHUT_RDWR)


def _seconds(text: str | None) -> float | None:
    """Read `Retry-After` where it is a number of seconds; a date is as good as nothing said."""
    return float(text) if text is not None and text.isdecimal() and len(text) < 7 else None
