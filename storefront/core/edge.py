"""Where the web servers in front of an installation are, and which name servers are asked about dealers' domains."""

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import ConfigurationError

if TYPE_CHECKING:
    from .config import Settings

DNS_PORT = 53
LEAST_RESOLVERS = 2
"""A single one can be lied to (SECURITY D1)."""
_PORTS = {"http": 80, "https": 443}

Endpoint = tuple[str, int]
"""IP address and port."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What a domain has to lead to."""

    addresses: tuple[str, ...]
    """Of the web server in front; empty where no domains are offered."""
    host: str
    """Below it lie the targets of CNAME records, one for each claim."""
    resolvers: tuple[Endpoint, ...]
    probe: Endpoint | None
    """Where we visit the server ourselves; None where no domains are offered."""
    own: frozenset[str]
    """Domains of the installation itself; nobody may have them, or a name below them."""

    @property
    def is_offered(self) -> bool:
        """Ask whether dealers may bring domains of their own."""
        return bool(self.addresses)


def edge_of(settings: "Settings") -> Edge:
    """Read the edge of an installation from its settings.

    Raises:
        ConfigurationError: a value that cannot be read; the message names the variable.
    """
    addresses = tuple(_address(text, "EDGE_ADDRESSES") for text in _listed(settings.edge_addresses))
    resolvers = tuple(_endpoint(text, DNS_PORT, "DNS_RESOLVERS") for text in _listed(settings.dns_resolvers))
    if addresses and len(set(resolvers)) < LEAST_RESOLVERS:
        raise ConfigurationError(f"DNS_RESOLVERS must name {LEAST_RESOLVERS} name servers at least")
    host = settings.edge_host.strip().lower().rstrip(".") or f"edge.{settings.base_host}"
    port = settings.site_port or _PORTS.get(settings.site_scheme, 443)
    named = _endpoint(settings.edge_probe.strip(), port, "EDGE_PROBE") if settings.edge_probe.strip() else None
    probe = named or ((addresses[0], port) if addresses else None)
    live = urlsplit(settings.live_origin).hostname or ""
    own = {settings.base_host, host, settings.admin_host.partition(":")[0], live}
    return Edge(addresses, host, resolvers, probe, frozenset(name.lower() for name in own if name))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _address(text: str, name: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ConfigurationError(f"{name} names {text!r}, which is no IP address") from None


def _endpoint(text: str, port: int, name: str) -> Endpoint:
    """Read `192.0.2.1`, `192.0.2.1:5300`, `2001:db8::1` or `[2001:db8::1]:5300`."""
    host, given = text, str(port)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        given = rest.removeprefix(":") or given
    elif text.count(":") == 1:
        host, _, given = text.partition(":")
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        raise ConfigurationError(f"{name} names {text!r}, whose port is none")
    return _address(host, name), int(given)
