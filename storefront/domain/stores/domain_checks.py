"""What a check of a domain changes: proven, led here, secured, served; broken, lapsed, taken (SECURITY D1, D2).

Checks are made by `builder.domains`; here stands what follows from what they found, one transaction each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.core.tenancy import everywhere
from storefront.domain.accounts import audit

from .actions import move_to
from .dns_records import Findings, Verdict
from .domains import TOKEN_VALID, begin, give_up
from .events import DomainCheckWanted, DomainTurned
from .hosts import forget, leave
from .models import DomainClaim, DomainState, Store

ACTOR = "system"
GRACE = timedelta(hours=72)
"""A site whose domain leads elsewhere for so long goes back to its own host (SECURITY D1)."""
LEAST_FAILURES = 3
WARN_AT = 2
"""Checks that failed in a row when its owners get a letter; one alone may be a name server's bad moment."""
UNHEARD = timedelta(hours=24)
"""After so long without a clear answer silence counts as a failure too."""
TOMBSTONE = timedelta(days=30)
"""So long after a release a name asks for a record made since then (SECURITY D2)."""
REMEMBERED = timedelta(days=30)
"""A domain that lapsed is looked at for so long, and taken up again when all is right."""
_BATCH = 50
_AT_WORK = timedelta(minutes=10)
"""When a check is rung again that nobody finished."""
_PUBLISHED_IN = timedelta(minutes=5)
"""So long a site is looked for on its new host every few seconds."""
_WRONG = (Verdict.MISSING, Verdict.OTHER, Verdict.FOREIGN)


class Trouble(StrEnum):
    """Why a step did not work."""

    TAKEN = "taken"
    """Another site has the name and its proof still stands."""
    STALE = "stale"
    """The name was given up after this record was made."""
    NO_CERTIFICATE = "no_certificate"
    UNREACHABLE = "unreachable"
    """Our own web server does not answer under the name."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit to our web server under a name came to."""

    until: datetime | None = None
    """When the certificate ends; None without one, or where sites are served without HTTPS."""
    is_secure: bool = False
    """Browsers take the connection, or sites are served without HTTPS."""
    status: int | None = None
    """Of the answer."""
    is_reached: bool = True
    """There was somebody to shake hands with."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a name is now, as plain values."""

    claim_id: UUID
    tenant_id: UUID
    proof_is_gone: bool


def tenants_with_due(now: datetime) -> list[UUID]:
    """Give the tenants with a domain to look at; act everywhere()."""
    reading = select(DomainClaim.tenant_id).where(DomainClaim.next_check_at <= now).distinct()
    return list(db.session.scalars(reading))


def ask_due(*, now: datetime) -> list[DomainClaim]:
    """Have the domains of the open tenant looked at whose time has come; give them."""
    reading = select(DomainClaim).where(DomainClaim.next_check_at <= now).order_by(DomainClaim.next_check_at)
    due = list(db.session.scalars(reading.limit(_BATCH)))
    for claimed in due:
        claimed.next_check_at = now + _AT_WORK
        emit(DomainCheckWanted(claimed.id))
    return due


def holder(name: str, besides: UUID) -> Holder | None:
    """Tell whose a name is now in the whole system.

    Args:
        name: `DomainClaim.name`.
        besides: the claim that asks.
    """
    with everywhere():
        reading = select(DomainClaim.id, DomainClaim.tenant_id, DomainClaim.proof_lost_at)
        row = db.session.execute(reading.where(DomainClaim.held == name, DomainClaim.id != besides)).first()
    return None if row is None else Holder(row.id, row.tenant_id, row.proof_lost_at is not None)


def note_records(claimed: DomainClaim, findings: Findings, *, now: datetime) -> DomainClaim:
    """Take note of what name servers say, and go on or back as far as that goes.

    Args:
        claimed: the claim.
        findings: of a look at its records as they are now.
        now: aware UTC.

    Raises:
        DomainError: another site proved the same name first (`conflict`); nothing is noted then.
    """
    claimed.found, claimed.checked_at, claimed.problem = findings.as_dict(), now, ""
    if findings.twin is not None and findings.twin.verdict is not Verdict.UNSURE:
        leads = findings.twin.verdict is Verdict.FOUND
        claimed.twin_at = (claimed.twin_at or now) if leads else None
    if findings.is_kept:
        claimed.proof_lost_at = None
    elif findings.proof_is_gone:
        claimed.proof_lost_at = claimed.proof_lost_at or now
    _STEPS[claimed.state](claimed, findings, now)
    claimed.next_check_at = next_check(claimed, now)
    claimed.updated_at = now
    return claimed


def note_taken(claimed: DomainClaim, *, now: datetime) -> DomainClaim:
    """Take note that another site has the name; it is asked whether it still does."""
    claimed.checked_at, claimed.problem = now, Trouble.TAKEN
    claimed.next_check_at = next_check(claimed, now)
    return claimed


def note_stale(claimed: DomainClaim, *, now: datetime) -> DomainClaim:
    """Ask for a new record: the name was given up by its owner after this one was made (SECURITY D2)."""
    begin(claimed, now)
    claimed.checked_at, claimed.problem = now, Trouble.STALE
    return claimed


def note_visit(claimed: DomainClaim, visited: Visited, *, now: datetime) -> DomainClaim:
    """Take note of a visit to our own web server under the domain's name.

    Args:
        claimed: of a domain that leads here.
        visited: what came back.
        now: aware UTC.

    Raises:
        DomainError: another site lives on the host.
    """
    if visited.is_secure:
        claimed.certificate_until, claimed.problem = visited.until, ""
    else:
        claimed.problem = Trouble.NO_CERTIFICATE if visited.is_reached else Trouble.UNREACHABLE
    if claimed.state is DomainState.POINTED and visited.is_secure:
        _secure(claimed, now)
    elif claimed.state is DomainState.SECURED and visited.is_secure and visited.status in range(200, 400):
        claimed.state, claimed.served_at, claimed.well_at = DomainState.SERVED, now, now
        _turn(claimed, "served", now)
    claimed.next_check_at = next_check(claimed, now)
    return claimed


def lose(claimed: DomainClaim, *, now: datetime) -> DomainClaim:
    """Take a name from a claim whose proof is gone, because somebody else has proven it."""
    if claimed.held is None or claimed.proof_lost_at is None:
        raise DomainError("The name is held by its proof", code="conflict")
    _lapse(claimed, "taken", now)
    return claimed


def next_check(claimed: DomainClaim, now: datetime) -> datetime | None:
    """Say when a domain is to be looked at again: often while somebody waits, daily while all is well."""
    if claimed.state in (DomainState.EXPIRED, DomainState.RELEASED):
        return None
    if claimed.state is DomainState.SERVED:
        return now + (timedelta(hours=1) if claimed.broken_since is not None else _a_day(claimed))
    if claimed.state is DomainState.LAPSED:
        return now + timedelta(hours=6)
    if claimed.state is DomainState.SECURED and claimed.secured_at and now - claimed.secured_at < _PUBLISHED_IN:
        return now + timedelta(seconds=3)
    since = max(filter(None, (claimed.token_at, claimed.asked_at, claimed.proven_at, claimed.secured_at)))
    for age, pause in ((10, 15), (60, 120), (1440, 600)):
        if now - since < timedelta(minutes=age):
            return now + timedelta(seconds=pause)
    return now + timedelta(hours=1)


def _a_day(claimed: DomainClaim) -> timedelta:
    """Give a day and up to an hour, so that domains claimed together are not looked at together for ever."""
    return timedelta(days=1, seconds=claimed.id.int % 3600)


def _typed(claimed: DomainClaim, findings: Findings, now: datetime) -> None:
    if now - claimed.token_at > TOKEN_VALID:
        claimed.state = DomainState.EXPIRED
    elif findings.is_proven:
        _prove(claimed, now)
        _proven(claimed, findings, now)


def _proven(claimed: DomainClaim, findings: Findings, now: datetime) -> None:
    """Go on when it leads here, back when its proof is gone or it leads elsewhere again."""
    if findings.proof_is_gone:
        claimed.state, claimed.held, claimed.proven_at = DomainState.TYPED, None, None
    elif findings.host.verdict is Verdict.FOUND:
        claimed.state = DomainState.POINTED
    elif findings.host.verdict in _WRONG:
        claimed.state = DomainState.PROVEN


def _used(claimed: DomainClaim, findings: Findings, now: datetime) -> None:
    """Count failing checks of a domain a site is on; what nobody could say counts after a day."""
    wrong = findings.proof_is_gone or findings.host.verdict in _WRONG
    fine = findings.host.verdict is Verdict.FOUND and not wrong
    if fine:
        claimed.well_at, claimed.broken_since, claimed.failures = now, None, 0
        return
    if not wrong and now - (claimed.well_at or claimed.updated_at) < UNHEARD:
        return
    claimed.broken_since = claimed.broken_since or now
    claimed.failures += 1
    if claimed.failures >= LEAST_FAILURES and now - claimed.broken_since >= GRACE:
        _lapse(claimed, "lapsed", now)
    elif claimed.failures == WARN_AT:
        _turn(claimed, "broken", now)


def _lapsed(claimed: DomainClaim, findings: Findings, now: datetime) -> None:
    if findings.is_proven and findings.host.verdict is Verdict.FOUND:
        _prove(claimed, now)
        claimed.state = DomainState.POINTED
    elif claimed.broken_since is not None and now - claimed.broken_since > GRACE + REMEMBERED:
        give_up(claimed, now=now)
        _record(claimed, "forget_domain", now)


def _closed(_claimed: DomainClaim, _findings: Findings, _now: datetime) -> None:
    """Nothing follows from what is found of a domain that was given up meanwhile."""


_STEPS = {
    DomainState.TYPED: _typed,
    DomainState.PROVEN: _proven,
    DomainState.POINTED: _proven,
    DomainState.SECURED: _used,
    DomainState.SERVED: _used,
    DomainState.LAPSED: _lapsed,
    DomainState.EXPIRED: _closed,
    DomainState.RELEASED: _closed,
}


def _prove(claimed: DomainClaim, now: datetime) -> None:
    """Give a claim its name: the first in the whole system whose proof is seen has it.

    Raises:
        DomainError: another one has it.
    """
    if _was_given_up_since(claimed, now):
        raise DomainError("The name was given up after this record was made", code=Trouble.STALE)
    claimed.held, claimed.proven_at, claimed.state = claimed.name, now, DomainState.PROVEN
    try:
        db.session.flush()
    except IntegrityError as error:
        raise DomainError("Another site has this name", code="conflict") from error
    _record(claimed, "prove_domain", now)


def _was_given_up_since(claimed: DomainClaim, now: datetime) -> bool:
    with everywhere():
        reading = select(DomainClaim.id).where(
            DomainClaim.name == claimed.name,
            DomainClaim.store_id != claimed.store_id,
            DomainClaim.released_at > max(claimed.token_at, now - TOMBSTONE),
        )
        return db.session.scalars(reading.limit(1)).first() is not None


def _secure(claimed: DomainClaim, now: datetime) -> None:
    """Have the site live on its domain from the next publish on; one it was on before is given up and leads there."""
    store = db.session.get_one(Store, claimed.store_id)
    for other in _others_in_use(claimed):
        other.state, other.held, other.released_at, other.next_check_at = DomainState.RELEASED, None, now, None
        if other.domain.twin is not None and other.twin_at is not None:
            leave(store, other.domain.twin, now=now)
    if store.custom_domain != claimed.domain.host:
        move_to(store, claimed.domain.host, now=now)
    claimed.state, claimed.secured_at, claimed.well_at = DomainState.SECURED, now, now
    claimed.broken_since, claimed.failures = None, 0
    _record(claimed, "secure_domain", now)


def _others_in_use(claimed: DomainClaim) -> Sequence[DomainClaim]:
    used = (DomainState.SECURED, DomainState.SERVED)
    reading = select(DomainClaim).where(DomainClaim.store_id == claimed.store_id, DomainClaim.state.in_(used))
    return db.session.scalars(reading.where(DomainClaim.id != claimed.id)).all()


def _lapse(claimed: DomainClaim, what: str, now: datetime) -> None:
    """Send a site back to its own host; its domain is nobody's, answers 404 and is looked at for a while longer."""
    broken = claimed.broken_since or now
    was_used, domain = claimed.is_used, claimed.domain
    give_up(claimed, now=now)
    forget(db.session.get_one(Store, claimed.store_id), *filter(None, (domain.host, domain.twin)))
    claimed.state, claimed.released_at, claimed.broken_since = DomainState.LAPSED, None, broken
    if was_used:
        _turn(claimed, what, now)
    else:
        _record(claimed, f"{what}_domain", now)


def _turn(claimed: DomainClaim, what: str, now: datetime) -> None:
    emit(DomainTurned(claimed.id, what, _record(claimed, f"{what}_domain", now)))


def _record(claimed: DomainClaim, act: str, now: datetime) -> int:
    claimed.updated_at = now
    after = {"domain": claimed.domain.host}
    entry = audit.record(ACTOR, act, "domain", claimed.id, now=now, after=after, dealer_id=claimed.dealer_id)
    return entry.number
