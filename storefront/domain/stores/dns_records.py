"""Which records a domain needs, and what several resolvers' answers to them come to (SECURITY D1, D2)."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storefront.core.edge import Edge

from .dns import Answer, Outcome, Resolver
from .domain_names import DomainName, registrable

QUORUM = 2
"""So many resolvers have to say the same."""
PREFIX = "marketplace-verification="
MOST_SHOWN = 6
"""Values that are kept of what was found instead."""
_LONGEST_SHOWN = 120
_AT_ONCE = 9


class Verdict(StrEnum):
    """How a record stands."""

    FOUND = "found"
    MISSING = "missing"
    OTHER = "other"
    """Something else stands there."""
    FOREIGN = "foreign"
    """It leads to the target of another claim: whoever has that would be found there (SECURITY D2)."""
    UNSURE = "unsure"
    """Name servers did not answer, or not the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to be made where the domain is kept."""

    role: str
    """`proof`, `host` or `twin`."""
    kind: str
    """TXT, A, AAAA or CNAME."""
    name: str
    """In full."""
    label: str
    """As forms of registrars want it: `@`, `www`, `_marketplace-challenge`."""
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at one name."""

    verdict: Verdict
    values: tuple[str, ...] = ()
    outcome: str = ""
    """How the question ended that told most, a member of `Outcome`."""
    own_target: bool = False
    """A CNAME leads to the claim's own target, which nobody else knows: a proof of its own."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at a domain's records came to."""

    proof: Found
    host: Found
    twin: Found | None = None

    @property
    def is_proven(self) -> bool:
        """Ask whether the record of the proof was seen."""
        return self.proof.verdict is Verdict.FOUND

    @property
    def is_kept(self) -> bool:
        """Ask whether the domain is still its owner's: by the record, or by the CNAME to a target of one's own."""
        return self.is_proven or (self.host.verdict is Verdict.FOUND and self.host.own_target)

    @property
    def proof_is_gone(self) -> bool:
        """Ask whether name servers said that the proof is not there; their silence does not."""
        return not self.is_kept and self.proof.verdict in (Verdict.MISSING, Verdict.OTHER)

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON that a row keeps."""
        named = {"proof": self.proof, "host": self.host, "twin": self.twin}
        return {
            role: {"verdict": found.verdict.value, "values": list(found.values), "outcome": found.outcome}
            for role, found in named.items()
            if found is not None
        }


def wanted(name: DomainName, *, token: str, target: str, edge: Edge) -> list[Wanted]:
    """Give the records to be made, the proof first.

    Args:
        name: the domain.
        token: of the claim.
        target: of the claim, in full.
        edge: what names have to lead to.
    """
    zone = registrable(name.name) or name.name
    made = [Wanted("proof", "TXT", name.challenge, _label(name.challenge, zone), PREFIX + token)]
    for role, host in (("host", name.host), ("twin", name.twin)):
        if host is None:
            continue
        if host != zone:
            made.append(Wanted(role, "CNAME", host, _label(host, zone), target))
            continue
        for address in edge.addresses:
            made.append(Wanted(role, "AAAA" if ":" in address else "A", host, "@", address))
    return made


def look(name: DomainName, *, token: str, target: str, edge: Edge, resolvers: Sequence[Resolver]) -> Findings:
    """Ask all resolvers about a domain, side by side.

    Args:
        name: the domain.
        token: of the claim.
        target: of the claim, in full.
        edge: what names have to lead to.
        resolvers: two at least; fewer cannot agree.
    """
    asked: list[tuple[str, Callable[[], Answer]]] = []
    for resolver in resolvers:
        asked.append(("proof", _asking(resolver.texts, name.challenge)))
        asked += [
            (role, _asking(resolver.addresses, host))
            for role, host in (("host", name.host), ("twin", name.twin))
            if host is not None
        ]
    heard: dict[str, list[Answer]] = {}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for (role, _), answer in zip(asked, pool.map(lambda one: one[1](), asked), strict=True):
            heard.setdefault(role, []).append(answer)
    return judged(heard, token=token, target=target, edge=edge)


def judged(heard: Mapping[str, Sequence[Answer]], *, token: str, target: str, edge: Edge) -> Findings:
    """Say what answers come to.

    Args:
        heard: role → what each resolver said.
        token: of the claim.
        target: of the claim, in full.
        edge: what names have to lead to.
    """
    proof = _agreed([(_proof_verdict(answer, token), answer) for answer in heard["proof"]], target)
    hosts = {
        role: _agreed([(_address_verdict(answer, target, edge), answer) for answer in heard[role]], target)
        for role in ("host", "twin")
        if role in heard
    }
    return Findings(proof, hosts["host"], hosts.get("twin"))


def _asking(ask: Callable[[str], Answer], name: str) -> Callable[[], Answer]:
    return lambda: ask(name)


def _proof_verdict(answer: Answer, token: str) -> Verdict:
    if not answer.tells:
        return Verdict.UNSURE
    if any(value.strip() in (PREFIX + token, token) for value in answer.values):
        return Verdict.FOUND
    return Verdict.OTHER if answer.values else Verdict.MISSING


def _address_verdict(answer: Answer, target: str, edge: Edge) -> Verdict:
    if not answer.tells:
        return Verdict.UNSURE
    if any(name.endswith(f".{edge.host}") and name != target for name in answer.chain):
        return Verdict.FOREIGN
    if answer.outcome is not Outcome.FOUND or not answer.values:
        return Verdict.OTHER if answer.chain else Verdict.MISSING
    return Verdict.FOUND if set(answer.values) <= set(edge.addresses) else Verdict.OTHER


def _agreed(said: Sequence[tuple[Verdict, Answer]], target: str) -> Found:
    """Give what enough resolvers say; a domain in motion, which some see and some do not, is unsure."""
    for verdict in (Verdict.FOREIGN, Verdict.FOUND, Verdict.OTHER, Verdict.MISSING):
        voices = [answer for given, answer in said if given is verdict]
        if len(voices) >= QUORUM:
            values = tuple(sorted({value for answer in voices for value in _shown(answer)}))[:MOST_SHOWN]
            own = all(target in answer.chain for answer in voices)
            return Found(verdict, values, voices[0].outcome.value, own)
    seen = [answer for _, answer in said]
    values = tuple(sorted({value for answer in seen for value in _shown(answer)}))[:MOST_SHOWN]
    worst = next((answer.outcome.value for answer in seen if not answer.tells), Outcome.FOUND.value)
    return Found(Verdict.UNSURE, values, worst)


def _shown(answer: Answer) -> tuple[str, ...]:
    return tuple(value[:_LONGEST_SHOWN] for value in (*answer.chain, *answer.values))


def _label(name: str, zone: str) -> str:
    return "@" if name == zone else name.removesuffix(f".{zone}")
