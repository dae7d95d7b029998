"""What the builder writes of its own: whose turn a site is, how a build ended, what its pages read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_, update

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.stores.models import Store

from .models import SiteRelease, SiteState
from .queries import Standing, standing_of
from .reads import packed_numbers
from .releases import release_name

LEASE = timedelta(minutes=3)
"""How long another machine waits for a builder that says nothing (`pulse.py`); on one the file lock decides."""
_TOGETHER = 400
"""Sites that one statement notes as current."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to build a site, until somebody takes a higher number."""

    stand: Standing
    """How the site stood before."""
    fence: int
    release: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished build is recorded with."""

    mark: int
    as_of: date
    look_digest: str
    """Hash of the content that holds its ingredients."""
    recipe: str
    """Digest of all templates, words and code."""
    owed: frozenset[int]
    """Numbers of pages that are left to the next publish."""
    release: str | None
    """The release that is served now."""
    pages: int
    rendered: int
    reused: int
    removed: int
    warnings: tuple[str, ...] = ()


def take_turn(store_id: UUID, *, after: int, machine: str, now: datetime, even_held: bool = False) -> Turn:
    """Take the next fencing number of a site; call while the site's folder is locked (SECURITY E4).

    Args:
        store_id: the site.
        after: number of the newest release in the site's folder, which may be newer than a restored database.
        machine: name of this machine.
        now: the moment, UTC.
        even_held: for the act that holds the site (`holding.py`).

    Raises:
        DomainError: a builder on another machine holds the site, or somebody who rolled it back does.
    """
    store = db.session.get_one(Store, store_id)
    state = db.session.scalars(select(SiteState).where(SiteState.store_id == store_id).with_for_update()).first()
    if state is None:
        state = SiteState(store_id=store_id, tenant_id=store.tenant_id, dealer_id=store.dealer_id, fence=0, mark=0)
        state.look_digest = ""
        db.session.add(state)
        db.session.flush()
    if state.held_at is not None and not even_held:
        raise DomainError(f"{store.public_host} is held ({state.held_by})", code="conflict")
    elsewhere = state.leased_by not in (None, machine)
    if elsewhere and state.leased_until is not None and state.leased_until > now:
        raise DomainError(f"{store.public_host} is being built on {state.leased_by}", code="conflict")
    before = standing_of(state)
    state.fence = max(state.fence, after) + 1
    state.leased_by, state.leased_until = machine, now + LEASE
    release = release_name(state.fence)
    db.session.add(
        SiteRelease(
            store_id=store_id,
            tenant_id=store.tenant_id,
            dealer_id=store.dealer_id,
            name=release,
            started_at=now,
            pages=0,
            rendered=0,
            reused=0,
            removed=0,
        )
    )
    return Turn(before, state.fence, release)


def check_turn(turn: Turn) -> None:
    """Make sure that no newer builder took the site over; call right before the switch.

    Raises:
        DomainError: one did.
    """
    fence = db.session.scalar(select(SiteState.fence).where(SiteState.id == turn.stand.number))
    if fence != turn.fence:
        raise DomainError(f"A newer build (number {fence}) took over from build {turn.fence}", code="conflict")


def keep_turn(turn: Turn, *, now: datetime) -> None:
    """Renew the lease of a build that is under way.

    Args:
        turn: whose it is.
        now: the moment, UTC.

    Raises:
        DomainError: a newer builder took the site over.
    """
    mine = (SiteState.id == turn.stand.number, SiteState.fence == turn.fence)
    renewed = update(SiteState).where(*mine).values(leased_until=now + LEASE)
    kept = db.session.execute(renewed.execution_options(synchronize_session=False))
    if not kept.rowcount:  # type: ignore[attr-defined]
        check_turn(turn)


def end_turn(turn: Turn, outcome: Outcome, remember: Callable[[], None], *, now: datetime) -> None:
    """Record a build that is served, in one transaction: state, release, and what its files are and read.

    Args:
        turn: whose it was.
        outcome: what was built.
        remember: writes the rows of its files (`recording.py`) and what became of addresses.
        now: the moment, UTC.
    """
    state = _state(turn)
    state.mark, state.as_of, state.look_digest = outcome.mark, outcome.as_of, outcome.look_digest
    state.recipe, state.owed = outcome.recipe, packed_numbers(outcome.owed)
    state.release = outcome.release
    state.leased_by = state.leased_until = None
    release = _release(turn)
    release.finished_at = now
    release.pages, release.rendered = outcome.pages, outcome.rendered
    release.reused, release.removed = outcome.reused, outcome.removed
    if outcome.warnings:
        release.failure = "\n".join(outcome.warnings)[:4000]
    remember()


def fail_turn(turn: Turn, reason: str, *, now: datetime) -> None:
    """Record a build that failed; what is served is as before.

    Args:
        turn: whose it was.
        reason: for the admin to show.
        now: the moment, UTC.
    """
    state = _state(turn)
    if state.fence == turn.fence:
        state.leased_by = state.leased_until = None
    release = _release(turn)
    release.finished_at = now
    release.failure = reason[:4000]


def advance(marks: Mapping[int, int], *, mark: int, as_of: date) -> None:
    """Note that sites are current up to a mark although nothing of theirs was touched.

    Args:
        marks: number of each site → the fence it had when it was found untouched; one built since is left alone.
        mark: the newest change.
        as_of: the business date.
    """
    known = sorted(marks.items())
    for start in range(0, len(known), _TOGETHER):
        untouched = tuple_(SiteState.id, SiteState.fence).in_(known[start : start + _TOGETHER])
        db.session.execute(
            update(SiteState)
            .where(untouched, SiteState.mark <= mark)
            .values(mark=mark, as_of=as_of)
            .execution_options(synchronize_session=False)
        )


def _state(turn: Turn) -> SiteState:
    return db.session.get_one(SiteState, turn.stand.number, populate_existing=True)


def _release(turn: Turn) -> SiteRelease:
    reading = select(SiteRelease).where(SiteRelease.store_id == turn.stand.store_id, SiteRelease.name == turn.release)
    return db.session.scalars(reading).one()
