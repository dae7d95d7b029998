"""What pages about domains show: how far one is, which records it needs and what stands there instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.edge import Edge
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores import dns_records
from storefront.domain.stores.dns_records import Verdict, Wanted
from storefront.domain.stores.domain_names import registrable
from storefront.domain.stores.models import DomainClaim, DomainState, Store, StoreKind

from .queries import PAGE_SIZE, Page

STEPS = ("proof", "lead", "certificate", "live")
_DONE = {DomainState.PROVEN: 1, DomainState.POINTED: 2, DomainState.SECURED: 3, DomainState.SERVED: 4}
LOOKS_FOR = timedelta(minutes=1)
"""So long after somebody asked a page says that it is being looked at."""
_SOON = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the way to a domain of one's own."""

    name: str
    state: str
    """`done`, `now`, `open`."""


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one purpose, and how they stand."""

    role: str
    host: str
    """What they are about."""
    records: tuple[Wanted, ...]
    verdict: str
    """A `Verdict`, or empty before the first look."""
    values: tuple[str, ...]
    """What stands there instead."""
    outcome: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A domain as its page shows it."""

    steps: tuple[Step, ...]
    groups: tuple[Group, ...]
    zone: str
    """What a registrar sells: names of records are written without it."""
    is_looking: bool
    poll_seconds: int
    """How often the page looks by itself; 0 when nothing is expected."""


def view_of(claimed: DomainClaim, edge: Edge, now: datetime) -> View:
    """Give what a domain's page shows."""
    asked = claimed.asked_at
    unanswered = asked is not None and (claimed.checked_at is None or claimed.checked_at < asked)
    is_looking = unanswered and asked is not None and now - asked < LOOKS_FOR
    return View(
        steps=_steps(claimed),
        groups=_groups(claimed, edge),
        zone=registrable(claimed.name) or claimed.name,
        is_looking=is_looking,
        poll_seconds=_pause(claimed, is_looking, now),
    )


def page_of_domains(page: int) -> Page:
    """Give a page of the scope's domains, those given up last; each with its site and dealer."""
    total = db.session.scalar(select(func.count(DomainClaim.id))) or 0
    wanted = (
        select(DomainClaim, Store, Dealer)
        .join(Store, Store.id == DomainClaim.store_id)
        .outerjoin(Dealer, Dealer.id == Store.dealer_id)
        .order_by(DomainClaim.state.in_((DomainState.EXPIRED, DomainState.RELEASED)), DomainClaim.name, DomainClaim.id)
    )
    rows = db.session.execute(wanted.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return Page(tuple(tuple(row) for row in rows), total, page)


def first_unfinished() -> DomainClaim | None:
    """Give the domain of the scope that somebody began to connect, or that broke, the oldest first."""
    waiting = DomainClaim.state.in_((DomainState.TYPED, DomainState.PROVEN, DomainState.LAPSED))
    return db.session.scalars(
        select(DomainClaim).where(waiting).order_by(DomainClaim.created_at, DomainClaim.id).limit(1)
    ).first()


def sites_for(dealer_id: UUID | None) -> Sequence[Store]:
    """Give the sites a domain may be claimed for: a dealer's, or for None the marketplaces of the operator."""
    wanted = select(Store).where(Store.dealer_id == dealer_id)
    if dealer_id is None:
        wanted = wanted.where(Store.kind == StoreKind.MARKETPLACE)
    return db.session.scalars(wanted.order_by(Store.created_at, Store.id)).all()


def _steps(claimed: DomainClaim) -> tuple[Step, ...]:
    done = _DONE.get(claimed.state, 0)
    states = ["done" if at < done else "now" if at == done and claimed.is_open else "open" for at in range(len(STEPS))]
    return tuple(Step(name, state) for name, state in zip(STEPS, states, strict=True))


def _groups(claimed: DomainClaim, edge: Edge) -> tuple[Group, ...]:
    target = f"{claimed.target}.{edge.host}"
    records = dns_records.wanted(claimed.domain, token=claimed.token, target=target, edge=edge)
    made = []
    for role in dict.fromkeys(record.role for record in records):
        own = tuple(record for record in records if record.role == role)
        found = claimed.found.get(role, {})
        shown = found.get("verdict") in (Verdict.OTHER, Verdict.FOREIGN, Verdict.UNSURE)
        made.append(
            Group(
                role=role,
                host=claimed.name if role == "proof" else own[0].name,
                records=own,
                verdict=found.get("verdict", ""),
                values=tuple(found.get("values", ())) if shown else (),
                outcome=found.get("outcome", ""),
                is_optional=role == "twin",
            )
        )
    return tuple(made)


def _pause(claimed: DomainClaim, is_looking: bool, now: datetime) -> int:
    if is_looking or claimed.state is DomainState.SECURED:
        return 3
    if not claimed.is_open or claimed.state is DomainState.SERVED:
        return 0
    since = max(filter(None, (claimed.asked_at, claimed.token_at)))
    return 5 if now - since < _SOON else 60
