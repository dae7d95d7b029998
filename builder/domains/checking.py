"""One check of one domain, from the records to the certificate (SPEC 25, SECURITY D1-D3).

Nothing is asked of the outside while a transaction is open; each step that is noted is one of its own, so that a check
that dies goes on where it stopped.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storefront.adapters.front import Front, front
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.edge import Edge, edge_of
from storefront.core.tenancy import acting
from storefront.domain.stores import dns_records, domain_checks
from storefront.domain.stores.dns import Resolver
from storefront.domain.stores.dns_records import Findings
from storefront.domain.stores.domain_checks import Holder, Trouble
from storefront.domain.stores.domain_names import DomainName
from storefront.domain.stores.models import DomainClaim, DomainState

VISITED = (DomainState.POINTED, DomainState.SECURED, DomainState.SERVED)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """Whom a check asks."""

    edge: Edge
    resolvers: Sequence[Resolver]
    front: Front | None
    now: Callable[[], datetime] = clock.now
    """What time it is: seconds pass while name servers are asked."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What is looked for, as plain values."""

    claim_id: UUID
    tenant_id: UUID
    name: DomainName
    token: str
    target: str


def sight(settings: Settings) -> Sight:
    """Give whom an installation asks: its name servers and its web server."""
    from storefront.adapters import dns  # a name server's library is wanted by these checks alone

    edge = edge_of(settings)
    return Sight(edge, dns.resolvers(edge), front(settings, edge))


def check(claim_id: UUID, asked: Sight) -> DomainState | None:
    """Look at a domain of the tenant that acts, and note what follows; may be done twice or late.

    Args:
        claim_id: which.
        asked: whom to ask.

    Returns:
        How far it is now; None when there is no such claim, or nothing is to be done about it.
    """
    order = _order(claim_id, asked.edge)
    if order is None or not asked.edge.is_offered:
        return None
    findings = dns_records.look(
        order.name, token=order.token, target=order.target, edge=asked.edge, resolvers=asked.resolvers
    )
    noted = perform(_note_records, order, findings, now=asked.now())
    if not noted:
        noted = _contested(order, findings, noted, asked.now())
    state = noted.value
    if state in VISITED and asked.front is not None:
        state = _visit(order, asked.front, asked.now, state)
    return state


def _order(claim_id: UUID, edge: Edge) -> _Order | None:
    claimed = db.session.get(DomainClaim, claim_id)
    order = None
    if claimed is not None and claimed.is_open:
        target = f"{claimed.target}.{edge.host}"
        order = _Order(claimed.id, claimed.tenant_id, claimed.domain, claimed.token, target)
    db.session.rollback()
    return order


def _contested(order: _Order, findings: Findings, refused: Result[DomainState], now: datetime) -> Result[DomainState]:
    """Say who has a name that is proven twice: the other, unless its proof is gone."""
    if refused.error is not None and refused.error.code == Trouble.STALE:
        return perform(_note, domain_checks.note_stale, order.claim_id, now=now)
    other = domain_checks.holder(order.name.name, order.claim_id)
    if other is not None and other.proof_is_gone and _taken_from(other, now):
        again = perform(_note_records, order, findings, now=now)
        if again:
            return again
    if other is not None:
        with acting(other.tenant_id):
            perform(_look_soon, other.claim_id, now=now).unwrap()
    return perform(_note, domain_checks.note_taken, order.claim_id, now=now)


def _taken_from(other: Holder, now: datetime) -> bool:
    with acting(other.tenant_id):
        return bool(perform(_note, domain_checks.lose, other.claim_id, now=now))


def _visit(order: _Order, way: Front, now: Callable[[], datetime], state: DomainState | None) -> DomainState | None:
    """Visit our web server under the name; the second visit of a fresh certificate is the site's own."""
    visited = way.visit(order.name.host)
    if order.name.twin is not None and visited.is_secure:
        way.visit(order.name.twin)  # so that its certificate is there before the first visitor
    noted = perform(_note_visit, order.claim_id, visited, now=now())
    if not noted:
        log.warning("a site could not move to its domain", extra={"host": order.name.host, "reason": noted.message})
        perform(_note, domain_checks.note_taken, order.claim_id, now=now()).unwrap()
        return state
    return noted.value


def _note_records(order: _Order, findings: Findings, *, now: datetime) -> DomainState:
    claimed = _claim(order.claim_id)
    if (claimed.token, claimed.domain) != (order.token, order.name):
        return claimed.state  # changed while name servers were asked: the next check sees to it
    return domain_checks.note_records(claimed, findings, now=now).state


def _note_visit(claim_id: UUID, visited: domain_checks.Visited, *, now: datetime) -> DomainState:
    return domain_checks.note_visit(_claim(claim_id), visited, now=now).state


def _note(act: Callable[..., DomainClaim], claim_id: UUID, *, now: datetime) -> DomainState:
    return act(_claim(claim_id), now=now).state


def _look_soon(claim_id: UUID, *, now: datetime) -> None:
    _claim(claim_id).next_check_at = now


def _claim(claim_id: UUID) -> DomainClaim:
    return db.session.get_one(DomainClaim, claim_id)
