"""What one does about a site's own domain: claim it, ask for a look, choose apex or `www`, give it up (SPEC 25)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit

from . import domain_names
from .actions import move_to
from .events import DomainCheckWanted
from .hosts import leave
from .models import DomainClaim, DomainState, Store, new_claim_token

TOKEN_VALID = timedelta(days=7)
"""How long a record may take until it is seen (SECURITY D1)."""
MOST_OPEN = 5
"""Domains of one site that are not given up."""
ASK_EVERY = timedelta(seconds=10)
"""Asking again sooner changes nothing: name servers answer no faster."""
FIRST_LOOK = timedelta(minutes=2)
"""After a claim is made; nobody has made a record sooner."""


def claim(store: Store, typed: str, *, own: Collection[str], now: datetime, actor: str) -> DomainClaim:
    """Begin to claim a domain for a site. It reserves nothing: the name is held from its proof on.

    Args:
        store: the site.
        typed: as somebody typed it.
        own: domains of the installation (`Edge.own`).
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: it is no domain a site may have, the site has it already, or claims enough.
    """
    name = domain_names.read(typed, own=own)
    known = db.session.scalars(
        select(DomainClaim).where(DomainClaim.store_id == store.id, DomainClaim.name == name.name)
    ).first()
    if known is not None and known.is_open:
        raise DomainError("This domain is in the list already", field="domain", code="conflict")
    if _open_claims(store) >= MOST_OPEN:
        raise DomainError("A site has room for 5 domains; give one up first", field="domain", code="conflict")
    made = known or DomainClaim(store_id=store.id, dealer_id=store.dealer_id, name=name.name, created_at=now)
    made.www = name.host != name.name
    db.session.add(made)
    begin(made, now)
    _note(made, "claim_domain", now, actor, after={"domain": name.host})
    return made


def renew(claimed: DomainClaim, *, now: datetime, actor: str) -> DomainClaim:
    """Give a claim that was not proven in time a new record.

    Raises:
        DomainError: it is proven, or given up.
    """
    if claimed.state not in (DomainState.TYPED, DomainState.EXPIRED):
        raise DomainError("This domain needs no new record", code="conflict")
    begin(claimed, now)
    _note(claimed, "renew_domain_record", now, actor)
    return claimed


def ask_check(claimed: DomainClaim, *, now: datetime, actor: str) -> DomainClaim:
    """Have the records of a domain looked at now.

    Raises:
        DomainError: it is given up, or somebody asked a moment ago.
    """
    if not claimed.is_open:
        raise DomainError("This domain is given up", code="conflict")
    if claimed.asked_at is not None and now - claimed.asked_at < ASK_EVERY:
        raise DomainError("The records are being looked at; wait a moment", code="conflict")
    claimed.asked_at = claimed.next_check_at = now
    _note(claimed, "check_domain", now, actor)
    emit(DomainCheckWanted(claimed.id))
    return claimed


def choose_host(claimed: DomainClaim, *, www: bool, now: datetime, actor: str) -> DomainClaim:
    """Choose whether a site is found on `www.` or on the bare name; the other one leads there.

    Raises:
        DomainError: the site is on it and the other does not lead here, so that it could not be served.
    """
    if not claimed.is_open:
        raise DomainError("This domain is given up", code="conflict")
    if claimed.www is www:
        return claimed
    if claimed.is_used and claimed.twin_at is None:
        raise DomainError("Make the record of the other one first; it does not lead here yet", code="conflict")
    before = claimed.domain.host
    claimed.www, claimed.found = www, {}
    claimed.next_check_at, claimed.twin_at = now, now if claimed.is_used else None
    if claimed.is_used:
        move_to(db.session.get_one(Store, claimed.store_id), claimed.domain.host, now=now)
        claimed.state = DomainState.SECURED
    _note(claimed, "choose_domain_host", now, actor, before={"host": before}, after={"host": claimed.domain.host})
    emit(DomainCheckWanted(claimed.id))
    return claimed


def release(claimed: DomainClaim, *, now: datetime, actor: str) -> DomainClaim:
    """Give a domain up; the site is back on its own host with its next publish, and the domain leads there meanwhile.

    The row stays as a tombstone: nobody gets the name with a record that is older than this.

    Raises:
        DomainError: it is given up already.
    """
    if claimed.state is DomainState.RELEASED:
        raise DomainError("This domain is given up", code="conflict")
    before = {"domain": claimed.domain.host, "state": claimed.state.name.lower()}
    give_up(claimed, now=now)
    _note(claimed, "release_domain", now, actor, before=before)
    return claimed


def give_up(claimed: DomainClaim, *, now: datetime) -> None:
    """Let go of a domain: nobody holds it, and no site is on it; part of an act that leaves the entry in the trail."""
    store = db.session.get_one(Store, claimed.store_id)
    domain = claimed.domain
    if store.custom_domain is not None and store.custom_domain in (domain.host, domain.twin):
        move_to(store, None, now=now)
        if domain.twin is not None and claimed.twin_at is not None:
            leave(store, domain.twin, now=now)
    claimed.state, claimed.held, claimed.released_at = DomainState.RELEASED, None, now
    claimed.next_check_at, claimed.problem, claimed.updated_at = None, "", now
    _forget_progress(claimed)


def begin(claimed: DomainClaim, now: datetime) -> None:
    """Put a claim at its beginning, with a record nobody has seen yet; part of an act that leaves the entry."""
    claimed.state, claimed.token, claimed.token_at = DomainState.TYPED, new_claim_token(), now
    claimed.held, claimed.found, claimed.problem, claimed.released_at = None, {}, "", None
    claimed.next_check_at, claimed.updated_at = now + FIRST_LOOK, now
    _forget_progress(claimed)


def _forget_progress(claimed: DomainClaim) -> None:
    claimed.proven_at = claimed.proof_lost_at = claimed.twin_at = claimed.secured_at = None
    claimed.certificate_until = claimed.served_at = claimed.well_at = claimed.broken_since = None
    claimed.failures = 0


def _open_claims(store: Store) -> int:
    closed = (DomainState.EXPIRED, DomainState.RELEASED)
    counting = select(func.count(DomainClaim.id)).where(
        DomainClaim.store_id == store.id, DomainClaim.state.not_in(closed)
    )
    return db.session.scalar(counting) or 0


def _note(
    claimed: DomainClaim,
    act: str,
    now: datetime,
    actor: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    claimed.updated_at = now
    db.session.flush()
    said = {"domain": claimed.name} if after is None else after
    audit.record(actor, act, "domain", claimed.id, now=now, before=before, after=said, dealer_id=claimed.dealer_id)
