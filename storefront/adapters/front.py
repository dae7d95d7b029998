"""Visiting our own web server under a domain's name: is there a certificate browsers take, and does it answer?

The connection goes to the address the settings name, never to what DNS says of the name (SECURITY C7); the first visit
is what has the server get the certificate.
"""

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storefront.core.config import Settings
from storefront.core.edge import Edge, Endpoint
from storefront.domain.stores.domain_checks import Visited

SECONDS = 20.0
"""For a visit; a certificate authority is asked meanwhile, and may take most of it."""
_CONNECT = 5.0


@dataclass(frozen=True, slots=True)
class Front:
    """The web server in front of the installation."""

    endpoint: Endpoint
    is_secure: bool = True
    """Sites are served by HTTPS."""
    authority: Path | None = None
    """Root certificate of an authority of one's own, trusted besides the public ones."""
    seconds: float = SECONDS

    def visit(self, host: str) -> Visited:
        """Ask for the front page of a host. Never raises: what goes wrong is part of what is found.

        Args:
            host: ASCII, lower case.
        """
        until = time.monotonic() + self.seconds
        try:
            plain = socket.create_connection(self.endpoint, timeout=min(_CONNECT, self.seconds))
        except OSError:
            return Visited(is_reached=False)
        with plain:
            if not self.is_secure:
                return Visited(is_secure=True, status=_status(plain, host, until))
            plain.settimeout(self.seconds)
            try:
                with self._context().wrap_socket(plain, server_hostname=host) as safe:
                    ends = _end_of(safe)
                    return Visited(until=ends, is_secure=True, status=_status(safe, host, until))
            except (OSError, ssl.CertificateError, ValueError):
                return Visited()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.authority is not None:
            context.load_verify_locations(self.authority)
        return context


def front(settings: Settings, edge: Edge) -> Front | None:
    """Give the way to the web server in front; None where no domains are offered."""
    if edge.probe is None:
        return None
    authority = Path(settings.edge_ca) if settings.edge_ca else None
    return Front(edge.probe, settings.site_scheme == "https", authority)


def _end_of(safe: ssl.SSLSocket) -> datetime | None:
    said = (safe.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(said), UTC) if isinstance(said, str) else None


def _status(connected: socket.socket, host: str, until: float) -> int | None:
    connected.settimeout(max(0.1, until - time.monotonic()))
    try:
        connected.sendall(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii"))
        answer = http.client.HTTPResponse(connected, method="HEAD")
        answer.begin()
        return answer.status
    except (OSError, http.client.HTTPException, ValueError):
        return None
