"""Fetching what a stranger's address points to, without being led into our own network (SECURITY C7).

The name is resolved once, every address it has must be a public one, and the connection goes to the address that was
checked: a name that answers differently the second time gains nothing. Redirects are followed by the same rules. The
whole takes a bounded time, however slowly the other side drips.
"""

import http.client
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to addresses as text."""

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
"""Blocks of the IANA special-purpose registries; of IPv6 only 2000::/3 is public at all, which leaves out mapped,
compatible and translated IPv4 (::ffff:0:0/96, ::/96, 64:ff9b::/96), unique local, link-local and multicast."""


class FetchError(Exception):
    """The address could not be fetched; the message is a sentence for the dealer.

    Args:
        message: why.
        lasting: trying again later is pointless.
    """

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back."""

    url: str
    """Where it was in the end, after redirects."""
    content_type: str
    content: bytes


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for a host's addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Rules:
    """How far a fetch may go; the defaults are those of SECURITY C7, only tests have a reason for others."""

    ports: frozenset[int] = frozenset(_PORTS.values())
    max_bytes: int = 25 * 1024 * 1024
    seconds: float = 10.0
    """For everything together: names, connections, redirects, content."""
    max_redirects: int = 3
    also_allowed: tuple[Network, ...] = ()
    """Networks that are allowed although they are not public: loopback, for a test's own server."""
    resolver: Resolver = resolve
    agent: str = "MarketplaceAuto/1 (photo fetcher)"
    accept: str = "image/jpeg, image/png, image/webp, image/*;q=0.5"
    trust: ssl.SSLContext | None = None
    """Certificates to trust instead of the system's."""


PUBLIC = Rules()


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked, and the IP addresses its name had then."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[Address, ...]


def fetch(url: str, *, rules: Rules = PUBLIC) -> Fetched:
    """Fetch what a foreign address points to.

    Args:
        url: http or https, as a stranger wrote it.
        rules: limits; the defaults are what production uses.

    Raises:
        FetchError: not allowed, not reachable, too large, too slow, or answered with an error.
    """
    deadline = time.monotonic() + rules.seconds
    for _ in range(rules.max_redirects + 1):
        target = approve(url, rules=rules, seconds=_left(deadline, rules))
        answer = _get(target, rules, deadline)
        if isinstance(answer, Fetched):
            return answer
        url = urljoin(target.url, answer)
    raise FetchError(f"More than {rules.max_redirects} redirects.", lasting=True)


def approve(url: str, *, rules: Rules = PUBLIC, seconds: float = 10.0) -> Target:
    """Check an address and resolve its name once.

    Raises:
        FetchError: scheme, port or host is not allowed, or the name leads to an address that is not public.
    """
    parts, port = _parts(url, rules)
    host = _host(parts)
    literal = _literal(host)
    found = [host] if literal else _resolved(host, port, rules, seconds)
    addresses = tuple(ipaddress.ip_address(address.split("%")[0]) for address in found)
    if not addresses:
        raise FetchError(f"The name {host} has no address.")
    for address in addresses:
        if not is_public(address) and not any(address in network for network in rules.also_allowed):
            raise FetchError(f"{host} is not a public address.", lasting=True)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    )
    return Target(parts._replace(fragment="").geturl(), parts.scheme, host, port, path, addresses)


def is_public(address: Address) -> bool:
    """Ask whether an address belongs to the public internet, and stands for itself only."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_V6:
        return False
    return not any(address in network for network in _NEVER if network.version == address.version)


def _parts(url: str, rules: Rules) -> tuple[SplitResult, int]:
    if len(url) > 2048 or re.search(r"[\x00-\x20\x7f\\]", url):
        raise FetchError("The address has blanks, control characters or backslashes, or is too long.", lasting=True)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError("The address is malformed.", lasting=True) from error
    if parts.scheme not in _PORTS:
        raise FetchError("Only http and https addresses are fetched.", lasting=True)
    if "@" in parts.netloc:
        raise FetchError("Addresses with a user name or password are not fetched.", lasting=True)
    port = _PORTS[parts.scheme] if port is None else port
    if port not in rules.ports:
        raise FetchError(f"Port {port} is not allowed.", lasting=True)
    return parts, port


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "%" in host:
        raise FetchError("Host names with a zone or percent signs are not allowed.", lasting=True)
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError as error:
            raise FetchError("The host name cannot be written in ASCII.", lasting=True) from error
    if ":" not in host and not re.fullmatch(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", host):
        raise FetchError("The address has no proper host name.", lasting=True)
    return host


def _literal(host: str) -> bool:
    """Ask whether a host is an IP address; odd spellings of one (decimal, octal, hex, short) are refused."""
    if ":" not in host and not re.fullmatch(r"0x[0-9a-f]*|\d+", host.rstrip(".").rpartition(".")[2]):
        return False
    try:
        return str(ipaddress.ip_address(host)) == host or ":" in host
    except ValueError as error:
        raise FetchError("The host is an oddly written IP address.", lasting=True) from error


def _resolved(host: str, port: int, rules: Rules, seconds: float) -> Sequence[str]:
    """Resolve in a thread of its own, since the system's resolver knows no deadline."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(rules.resolver(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise FetchError(f"The name {host} could not be resolved in time.") from None
    if isinstance(answer, Exception):
        raise FetchError(f"The name {host} could not be resolved.") from answer
    return answer


def _get(target: Target, rules: Rules, deadline: float) -> Fetched | str:
    """Ask once: what came back, or where a redirect leads."""
    try:
        with _connected(target, rules, deadline) as connection:
            connection.request("GET", target.path, headers=_headers(target, rules))
            answer = _answer(target, connection.getresponse(), rules)
            _left(deadline, rules)  # a line cut at the deadline looks like a complete answer without a length
            return answer
    except (OSError, http.client.HTTPException) as error:
        _left(deadline, rules)
        raise FetchError(f"{target.host} did not answer properly ({type(error).__name__}).") from error


def _headers(target: Target, rules: Rules) -> dict[str, str]:
    named = f"[{target.host}]" if ":" in target.host else target.host
    host = named if target.port == _PORTS[target.scheme] else f"{named}:{target.port}"
    return {
        "Host": host,
        "User-Agent": rules.agent,
        "Accept": rules.accept,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _answer(target: Target, response: http.client.HTTPResponse, rules: Rules) -> Fetched | str:
    if response.status in _REDIRECTS:
        location = response.getheader("Location")
        if not location:
            raise FetchError(f"{target.host} redirects to nowhere.", lasting=True)
        return location
    if response.status != 200:
        raise FetchError(f"{target.host} answered {response.status}.", lasting=response.status in (401, 403, 404, 410))
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise FetchError(f"{target.host} sent compressed content although none was asked for.", lasting=True)
    if (response.length or 0) > rules.max_bytes:
        raise _too_large(rules)
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > rules.max_bytes:
            raise _too_large(rules)
    if response.length:
        raise http.client.IncompleteRead(bytes(content[:1]), response.length)
    return Fetched(target.url, response.getheader("Content-Type") or "", bytes(content))


@contextmanager
def _connected(target: Target, rules: Rules, deadline: float) -> Iterator[http.client.HTTPConnection]:
    """Connect to the address that was checked; at the deadline the line is cut, whoever is reading or writing."""
    plain = socket.create_connection((str(target.addresses[0]), target.port), timeout=_left(deadline, rules))
    watched = plain.dup()
    watch = threading.Timer(_left(deadline, rules), _cut, [watched])
    watch.daemon = True
    watch.start()
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        connection.sock = _secured(plain, target, rules)
        yield connection
    finally:
        watch.cancel()
        connection.close()
        plain.close()
        watched.close()


def _secured(plain: socket.socket, target: Target, rules: Rules) -> socket.socket:
    if target.scheme == "http":
        return plain
    context = rules.trust or ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=target.host)


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _left(deadline: float, rules: Rules) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _too_slow(rules)
    return left


def _too_slow(rules: Rules) -> FetchError:
    return FetchError(f"It took longer than {rules.seconds:g} seconds.")


def _too_large(rules: Rules) -> FetchError:
    return FetchError(f"It is larger than {rules.max_bytes // 1_048_576} MB.", lasting=True)
