"""Ground for tests of domains: two real name servers, a web server that answers, claims in any state."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from builder.domains.checking import Sight, check
from storefront.adapters.dns import NameServer
from storefront.adapters.front import Front
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.edge import Edge
from storefront.domain.stores import domains
from storefront.domain.stores.dns_records import PREFIX
from storefront.domain.stores.models import DomainClaim, DomainState, Store
from tests.servers.dns import Zone, serving

ADDRESS = "203.0.113.80"
EDGE_HOST = "edge.marktplatz.de"


@dataclass
class DomainGround:
    """Whom checks ask, and what those say."""

    zone: Zone
    sight: Sight

    @property
    def edge(self) -> Edge:
        """Give what domains have to lead to."""
        return self.sight.edge

    def prove(self, claimed: DomainClaim) -> None:
        """Make the record of the proof, as the domain's owner does."""
        self.zone.set(claimed.domain.challenge, ("TXT", PREFIX + claimed.token))

    def point(self, *hosts: str) -> None:
        """Let hosts lead here."""
        for host in hosts:
            self.zone.set(host, ("A", ADDRESS))

    def check(self, claim_id: UUID, now: datetime | None = None) -> DomainState | None:
        """Look at a domain, and forget what this session knew of it."""
        sight = self.sight if now is None else replace(self.sight, now=lambda: now)
        state = check(claim_id, sight)
        db.session.expire_all()
        return state


@contextlib.contextmanager
def ground() -> Iterator[DomainGround]:
    """Run the name servers and the web server."""
    zone = Zone()
    zone.set(f"x.{EDGE_HOST}", ("A", ADDRESS))
    with serving(zone, 3) as places, _web_server() as front:
        resolvers = [NameServer(place, seconds=0.5, altogether=1.5) for place in places]
        edge = Edge((ADDRESS,), EDGE_HOST, tuple(places), front, frozenset({EDGE_HOST, "marktplatz.de"}))
        yield DomainGround(zone, Sight(edge, resolvers, Front(front, is_secure=False, seconds=3)))


def claim_for(store: Store, typed: str = "autohaus-nord.de", *, now: Any = None, own: Any = ()) -> DomainClaim:
    """Claim a domain for a store in the open scope."""
    here = db.session.get_one(Store, store.id)
    return perform(domains.claim, here, typed, own=own, now=now or clock.now(), actor="test").unwrap()


def served_on(ground: DomainGround, store: Store, typed: str = "autohaus-nord.de") -> DomainClaim:
    """Bring a store's domain all the way."""
    claimed = claim_for(store, typed)
    ground.prove(claimed)
    ground.point(*filter(None, (claimed.domain.host, claimed.domain.twin)))
    for _ in range(3):
        ground.check(claimed.id)
    assert db.session.get_one(DomainClaim, claimed.id).state is DomainState.SERVED
    return db.session.get_one(DomainClaim, claimed.id)


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _web_server() -> Iterator[tuple[str, int]]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
