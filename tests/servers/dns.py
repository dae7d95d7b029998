"""A real name server on this machine: what it says is a table that a test changes while it runs."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, TXT, A, DNSRecord
from dnslib.server import BaseResolver, DNSLogger, DNSServer

Rows = list[tuple[str, str]]
"""(kind, value): `("A", "192.0.2.1")`, `("CNAME", "other.example.net")`."""
_KINDS = {"A": A, "AAAA": AAAA, "CNAME": CNAME, "TXT": TXT}
_TXT_PIECE = 255


@dataclass
class Zone:
    """What name servers of one test say."""

    rows: dict[str, Rows] = field(default_factory=dict)
    """Name -> records; a name that is missing does not exist."""
    broken: set[str] = field(default_factory=set)
    """Names that are answered SERVFAIL."""
    silent: set[str] = field(default_factory=set)
    """Names that are not answered at all."""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def set(self, name: str, *rows: tuple[str, str]) -> None:
        """Say this of a name from now on; nothing makes it a name without records."""
        self.rows[name] = list(rows)

    def drop(self, *names: str) -> None:
        """Let names not exist."""
        for name in names:
            self.rows.pop(name, None)


class _Answers(BaseResolver):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        name, kind = str(request.q.qname).rstrip(".").lower(), QTYPE[request.q.qtype]
        self._zone.asked.append((name, kind))
        if name in self._zone.silent:
            raise TimeoutError(name)
        answer = request.reply()
        if name in self._zone.broken:
            answer.header.rcode = RCODE.SERVFAIL
            return answer
        for _ in range(12):
            rows = self._zone.rows.get(name)
            if rows is None:
                answer.header.rcode = RCODE.NXDOMAIN
                return answer
            lead = next((value for other, value in rows if other == "CNAME"), None)
            for other, value in rows:
                if other in (kind, "CNAME"):
                    answer.add_answer(RR(name, getattr(QTYPE, other), ttl=1, rdata=_data(other, value)))
            if lead is None:
                return answer
            name = lead
        return answer


def _data(kind: str, value: str) -> object:
    if kind == "TXT":
        return TXT([value[at : at + _TXT_PIECE].encode() for at in range(0, len(value), _TXT_PIECE)])
    return _KINDS[kind](value)


class _Quiet(DNSLogger):
    def __init__(self) -> None:
        super().__init__("-request,-reply,-truncated,-error")

    def log_error(self, handler: object, e: object) -> None:
        """A name that is not answered is none."""


@contextlib.contextmanager
def serving(zone: Zone, servers: int = 2) -> Iterator[list[tuple[str, int]]]:
    """Run name servers that say what the zone says, by UDP and TCP; give their addresses."""
    running: list[DNSServer] = []
    places: list[tuple[str, int]] = []
    for _ in range(servers):
        port = _free_port()
        for tcp in (False, True):
            server = DNSServer(_Answers(zone), address="127.0.0.1", port=port, tcp=tcp, logger=_Quiet())
            server.server.handle_error = lambda *_: None
            threading.Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            running.append(server)
        places.append(("127.0.0.1", port))
    try:
        yield places
    finally:
        for server in running:
            server.server.shutdown()
            server.server.server_close()


def _free_port() -> int:
    """Give a port that is free for both transports."""
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as stream:
            datagrams.bind(("127.0.0.1", 0))
            port: int = datagrams.getsockname()[1]
            with contextlib.suppress(OSError):
                stream.bind(("127.0.0.1", port))
                return port
    raise OSError("no port is free")
