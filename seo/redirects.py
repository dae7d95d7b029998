"""Where addresses went that a site no longer has: one hop each, no loops, or gone for good (SEO.md §§3, 7).

Pure, and the one place that knows the small file `<instance>/sites/<host>/moves.json` by which a file server answers
301 and 410 at once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson

KEPT_DAYS = 400
"""How long a moved or gone address is remembered: twelve months and a month to spare (SEO.md §7)."""
FILE = "moves.json"
"""Its name in a host's folder, beside the trees."""
HEAD = 64
"""So many bytes of it say up to which build it is complete."""
_VERSION = 1
_BUILD = re.compile(rb'\{"version":1,"build":([0-9]{1,18})[,}]')


@dataclass(frozen=True, slots=True)
class Past:
    """What became of an address."""

    to: str | None
    """Root-relative or absolute; None: it is gone for good."""
    since: date


@dataclass(frozen=True, slots=True)
class Moves:
    """What a host answers besides its files."""

    addresses: Mapping[str, Past] = field(default_factory=dict)
    origin: str | None = None
    """The whole host lives at another origin now: every path is sent there."""
    build: int = 0
    """Up to which build of the site this is complete."""

    def of(self, address: str) -> Past | None:
        """Tell what became of an address."""
        return self.addresses.get(address)


def flattened(moves: Mapping[str, str]) -> dict[str, str]:
    """Make one hop of every chain; what runs in a circle is left out (Google follows ten hops, we need one).

    Args:
        moves: address → where it went.
    """
    ends: dict[str, str | None] = {}
    for start in moves:
        way: list[str] = []
        at = start
        while at in moves and at not in ends and at not in way:
            way.append(at)
            at = moves[at]
        end = ends.get(at, None if at in way else at)
        ends.update(dict.fromkeys(way, end))
    return {start: end for start, end in ends.items() if end is not None and end != start}


def settled(past: Mapping[str, Past], lives: Callable[[str], bool]) -> dict[str, Past]:
    """Give what is to be answered for former addresses of a site as it stands now.

    An address that lives again is left out; a chain becomes one hop; one whose end does not live is gone itself.

    Args:
        past: address → what became of it, as it was noted.
        lives: tells whether a root-relative address of this site has a page.
    """
    former = {address: noted for address, noted in past.items() if not lives(address)}
    hops = flattened({address: noted.to for address, noted in former.items() if noted.to is not None})
    found: dict[str, Past] = {}
    for address, noted in former.items():
        to = hops.get(address)
        reached = to is not None and (not to.startswith("/") or lives(to))
        found[address] = Past(to if reached else None, noted.since)
    return found


def forgotten(past: Mapping[str, Past], today: date) -> dict[str, Past]:
    """Leave out what happened longer ago than is remembered."""
    first = today - timedelta(days=KEPT_DAYS)
    return {address: noted for address, noted in past.items() if noted.since >= first}


def to_bytes(moves: Moves) -> bytes:
    """Write the file."""
    body: dict[str, Any] = {"version": _VERSION, "build": moves.build}
    if moves.origin is not None:
        body["origin"] = moves.origin
    pairs = sorted(moves.addresses.items())
    body["moved"] = {address: [noted.to, noted.since.isoformat()] for address, noted in pairs if noted.to is not None}
    body["gone"] = {address: noted.since.isoformat() for address, noted in pairs if noted.to is None}
    return orjson.dumps(body)


def from_bytes(content: bytes) -> Moves:
    """Read the file; one that is none of ours says nothing, since nothing may hang on it."""
    try:
        body = orjson.loads(content)
        if body["version"] != _VERSION:
            return Moves()
        past = {address: Past(to, date.fromisoformat(since)) for address, (to, since) in body["moved"].items()}
        past |= {address: Past(None, date.fromisoformat(since)) for address, since in body["gone"].items()}
        origin = body.get("origin")
        return Moves(past, origin if isinstance(origin, str) else None, int(body["build"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Moves()


def build_of(head: bytes) -> int | None:
    """Read from the first bytes of the file up to which build it is complete; None for a host that leads elsewhere."""
    found = _BUILD.match(head)
    return None if found is None or b'"origin"' in head else int(found[1])
