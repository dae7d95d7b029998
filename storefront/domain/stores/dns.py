"""What a name server says of a name, and who asks it; told apart: it is not there, and nobody could say."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How a question ended."""

    FOUND = "found"
    NONE = "none"
    """The name exists and has no such record."""
    NXDOMAIN = "nxdomain"
    """The name does not exist."""
    LOOP = "loop"
    """Names that lead to each other, or too many in a row."""
    REFUSED = "refused"
    """SERVFAIL, REFUSED or nonsense: the domain's own name servers are broken, or DNSSEC is."""
    SILENT = "silent"
    """No answer in time."""


TELLING = frozenset({Outcome.FOUND, Outcome.NONE, Outcome.NXDOMAIN, Outcome.LOOP})
"""Outcomes that say something about the record; the others say something about name servers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one resolver said of one name."""

    outcome: Outcome
    values: tuple[str, ...] = ()
    """Texts, or IP addresses."""
    chain: tuple[str, ...] = ()
    """Names a CNAME led through, in order, without the one asked for."""

    @property
    def tells(self) -> bool:
        """Ask whether it says something about the record."""
        return self.outcome in TELLING


class Resolver(Protocol):
    """Asks one name server; never raises, whatever comes back."""

    def texts(self, name: str) -> Answer:
        """Give the TXT records of a name."""
        ...

    def addresses(self, name: str) -> Answer:
        """Give the IPv4 and IPv6 addresses of a name, CNAME records followed."""
        ...
