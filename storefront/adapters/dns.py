"""Asking name servers over the wire: one `Resolver` for each server that is named in `DNS_RESOLVERS` (SECURITY D1)."""

import time
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from storefront.core.edge import Edge, Endpoint
from storefront.domain.stores.dns import Answer, Outcome, Resolver

MOST_HOPS = 8
"""CNAME records in a row; what is longer is a mistake."""
SECONDS = 2.0
"""For one question and its answer."""
ALTOGETHER = 6.0
"""For all questions about a name."""
MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class NameServer:
    """One recursive name server; it is asked by UDP, and by TCP where the answer is too long."""

    endpoint: Endpoint
    seconds: float = SECONDS
    altogether: float = ALTOGETHER

    def texts(self, name: str) -> Answer:
        """Give the TXT records of a name."""
        return _Question(self, name).ask(dns.rdatatype.TXT)

    def addresses(self, name: str) -> Answer:
        """Give the IPv4 and IPv6 addresses of a name, CNAME records followed."""
        return _joined(*(_Question(self, name).ask(kind) for kind in (dns.rdatatype.A, dns.rdatatype.AAAA)))


def resolvers(edge: Edge) -> list[Resolver]:
    """Give a resolver for each name server of the installation."""
    return [NameServer(endpoint) for endpoint in edge.resolvers]


class _Question:
    """One name, followed wherever it leads."""

    def __init__(self, server: NameServer, name: str) -> None:
        self._server = server
        self._name = dns.name.from_text(name)
        self._until = time.monotonic() + server.altogether
        self._chain: list[str] = []

    def ask(self, kind: dns.rdatatype.RdataType) -> Answer:
        while True:
            outcome, sections = self._send(kind)
            if outcome is Outcome.REFUSED or outcome is Outcome.SILENT:
                return self._answer(outcome)
            before = self._name
            if not self._follow(sections):
                return self._answer(Outcome.LOOP)
            values = _values(sections, self._name, kind)
            if values:
                return self._answer(Outcome.FOUND, values)
            if outcome is Outcome.NXDOMAIN or self._name == before:
                return self._answer(outcome)

    def _send(self, kind: dns.rdatatype.RdataType) -> tuple[Outcome, list[dns.rrset.RRset]]:
        left = min(self._server.seconds, self._until - time.monotonic())
        if left <= 0:
            return Outcome.SILENT, []
        host, port = self._server.endpoint
        asked = dns.message.make_query(self._name, kind)
        try:
            heard, _ = dns.query.udp_with_fallback(asked, host, timeout=left, port=port, ignore_unexpected=True)
        except (dns.exception.Timeout, OSError):
            return Outcome.SILENT, []
        except (dns.exception.DNSException, ValueError, EOFError):
            return Outcome.REFUSED, []
        if heard.rcode() == dns.rcode.NXDOMAIN:
            return Outcome.NXDOMAIN, heard.answer
        return (Outcome.NONE if heard.rcode() == dns.rcode.NOERROR else Outcome.REFUSED), heard.answer

    def _follow(self, sections: list[dns.rrset.RRset]) -> bool:
        """Go along the CNAME records of an answer; False where they lead nowhere."""
        leads = {found.name: found[0].target for found in sections if found.rdtype == dns.rdatatype.CNAME}
        while (target := leads.get(self._name)) is not None:
            text = _text(target)
            if text in self._chain or len(self._chain) >= MOST_HOPS:
                return False
            self._chain.append(text)
            self._name = target
        return True

    def _answer(self, outcome: Outcome, values: tuple[str, ...] = ()) -> Answer:
        return Answer(outcome, values, tuple(self._chain))


def _values(sections: list[dns.rrset.RRset], name: dns.name.Name, kind: dns.rdatatype.RdataType) -> tuple[str, ...]:
    found = next((one for one in sections if one.name == name and one.rdtype == kind), None)
    if found is None:
        return ()
    if kind == dns.rdatatype.TXT:
        said = [b"".join(record.strings).decode("utf-8", "replace") for record in found]
    else:
        said = [record.address for record in found]
    return tuple(sorted(said))[:MOST_VALUES]


def _joined(four: Answer, six: Answer) -> Answer:
    """Make one answer of those about both kinds of address; what one of them could not say, nobody knows."""
    for one in (four, six):
        if not one.tells or one.outcome is Outcome.LOOP:
            return Answer(one.outcome, (), one.chain)
    values = (*four.values, *six.values)
    outcome = Outcome.FOUND if values else four.outcome
    return Answer(outcome, values, four.chain or six.chain)


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
