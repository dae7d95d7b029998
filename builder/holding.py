"""The way back: an earlier release is served again under a new number, and the site is held until somebody resumes.

Held means that nothing is published there by itself; the reason stands in `site_states` and in the audit trail. What
states today's truth is not taken back: the status file stays the newest one, and the search goes on telling which cars
there are, leaving out those that have no page in what is served (SPEC, rollback).
"""

import socket
import time
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.outbox import emit
from storefront.core.tenancy import acting
from storefront.domain.accounts import audit
from storefront.domain.stores.models import Store

from . import actions
from .actions import Turn
from .chains import Releases
from .events import SiteResumed, SiteServed
from .manifest import Delta, Entry, Head
from .models import SiteRelease, SiteState
from .releases import SiteFolder, site_folder
from .sites import SiteKey

TRUTH = ("status.json",)
"""Files that tell how things stand today, whichever release the pages are of."""
_FINGERPRINTED = ("a/", "i/", "m/")
_REASON = 200


@dataclass(frozen=True, slots=True)
class Differences:
    """What a visitor finds otherwise, by the addresses of pages."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rollback:
    """A way back that was gone."""

    host: str
    left: str
    """The release that was served before."""
    of: str
    """The release whose content is served now."""
    release: str
    """The number it has now."""
    differences: Differences
    seconds: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A release there is a way back to."""

    release: str
    is_served: bool
    as_of: date | None
    of: str | None
    """The earlier release whose content it is, after a way back."""
    finished_at: datetime | None = None
    pages: int = 0
    rendered: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Since when a site is held, and why."""

    at: datetime
    by: str


def kept_releases(site: SiteKey, settings: Settings) -> list[Kept]:
    """Give the releases of a site that are kept, newest first; in its tenant's open scope."""
    folder = site_folder(settings, site.host)
    live, names = folder.live_name(), folder.releases()[::-1]
    reading = select(SiteRelease).where(SiteRelease.store_id == site.store_id, SiteRelease.name.in_(names))
    builds = {row.name: row for row in db.session.scalars(reading)}
    return [_kept(folder.chain.head(name), name == live, builds.get(name)) for name in names]


def kept_of(store: Store, settings: Settings) -> list[Kept]:
    """Give the releases of a site that are kept, by its row; in its tenant's open scope."""
    return kept_releases(SiteKey(store.id, store.tenant_id, store.public_host, store.kind), settings)


def hold_of(store_id: UUID) -> Hold | None:
    """Give why a site is held, None when it is not."""
    state = db.session.scalars(select(SiteState).where(SiteState.store_id == store_id)).first()
    return None if state is None or state.held_at is None else Hold(state.held_at, state.held_by or "")


def roll_back(
    site: SiteKey, to: str | None, *, settings: Settings, today: date, actor: str, patience: float = 60.0
) -> Rollback:
    """Serve an earlier release again, and hold the site.

    Args:
        site: which.
        to: the release; None for the one before that which is served.
        settings: of the installation.
        today: the business date, from which on files of the newer release linger.
        actor: who does it.
        patience: seconds to wait for a builder of this site.

    Raises:
        SiteBusy: a builder did not finish in time.
        NotFound: there is no such release.
        DomainError: there is nothing to go back to, or another machine builds the site.
        BadManifest: the release cannot be put together.
        OSError: the disk refused; what is served is as before.
    """
    began = time.monotonic()
    folder = site_folder(settings, site.host)
    with folder.locked(patience), acting(site.tenant_id):
        folder.clean()
        live = folder.live_name()
        target = _target(folder, live, to)
        reason = f"{actor}: from {live or 'nothing'} back to {target}"
        # First held, then taken back: whatever dies in between, nobody publishes over it.
        turn = perform(_begin, site.store_id, folder.newest, reason=reason, now=clock.now(), actor=actor).unwrap()
        try:
            known = folder.chain
            delta, differences = _way_back(known, live, target, turn.release, today)
            perform(actions.check_turn, turn).unwrap()
            folder.switch(delta, known=known)
        except Exception as error:
            db.session.rollback()
            perform(actions.fail_turn, turn, f"{type(error).__name__}: {error}", now=clock.now())
            raise
        perform(_end, turn, target, site.host, now=clock.now()).unwrap()
        folder.forget_old()
    return Rollback(
        site.host, live or "", target, turn.release, differences, seconds=round(time.monotonic() - began, 3)
    )


def hold(store_id: UUID, *, reason: str, now: datetime, actor: str) -> None:
    """Let nothing be published on a site until somebody resumes.

    Args:
        store_id: the site.
        reason: what people see.
        now: the moment, UTC.
        actor: who does it.

    Raises:
        DomainError: the site was never built.
    """
    store, state = _store_and_state(store_id)
    state.held_at, state.held_by = now, reason[:_REASON]
    _record(store, "hold_site", reason, now, actor)


def resume(store_id: UUID, *, now: datetime, actor: str) -> bool:
    """Let a site be published again; what changed meanwhile is published next.

    Args:
        store_id: the site.
        now: the moment, UTC.
        actor: who does it.

    Returns:
        Whether it was held.

    Raises:
        DomainError: the site was never built.
    """
    store, state = _store_and_state(store_id)
    if state.held_at is None:
        return False
    _record(store, "resume_site", f"held by {state.held_by}", now, actor)
    state.held_at = state.held_by = None
    emit(SiteResumed(store_id))
    return True


def _record(store: Store, act: str, reason: str, now: datetime, actor: str) -> None:
    after = {"host": store.public_host}
    audit.record(actor, act, "store", store.id, now=now, after=after, reason=reason, dealer_id=store.dealer_id)


def _store_and_state(store_id: UUID) -> tuple[Store, SiteState]:
    store = db.session.get_one(Store, store_id)
    state = db.session.scalars(select(SiteState).where(SiteState.store_id == store_id).with_for_update()).first()
    if state is None:
        raise DomainError(f"{store.public_host} was never published", code="conflict")
    return store, state


def _begin(store_id: UUID, newest: int, *, reason: str, now: datetime, actor: str) -> Turn:
    """Hold a site and take its turn, both or neither."""
    hold(store_id, reason=reason, now=now, actor=actor)
    return actions.take_turn(store_id, after=newest, machine=socket.gethostname(), now=now, even_held=True)


def _target(folder: SiteFolder, live: str | None, to: str | None) -> str:
    """Choose what to go back to: the release named, else the one before that whose content is served."""
    kept = folder.releases()
    if to is not None:
        named = to.rjust(8, "0")
        if named not in kept:
            raise NotFound(f"{folder.host} keeps no release {to[:20]}; kept: {', '.join(kept) or 'none'}")
        return named
    if live is None:
        raise DomainError(f"{folder.host} serves nothing; name the release to go back to", code="conflict")
    content = folder.chain.head(live).of or live
    earlier = [name for name in kept if int(name) < int(content)]
    if not earlier:
        raise DomainError(f"{folder.host} keeps no release before {content}", code="conflict")
    return earlier[-1]


def _way_back(known: Releases, live: str | None, target: str, release: str, today: date) -> tuple[Delta, Differences]:
    """Give the release that has the content of an earlier one, and what that changes; costs as much as differs.

    Fingerprinted files of the newer release stay for a month: pages that somebody has open load them (SEO.md §15).
    """
    after, before = (known.manifest(target).entries, {}) if live is None else known.both(target, live)
    head = known.head(target)
    delta = Delta(release, live, head.as_of, known.mark(target), of=head.of or target)
    for path, entry in after.items():
        if before.get(path) != entry and not (path in TRUTH and path in before):
            delta.add(entry)
    for path, entry in before.items():
        if path in after or path in TRUTH:
            continue
        if not path.startswith(_FINGERPRINTED):
            delta.remove(path)
        elif entry.gone is None:
            delta.add(entry._replace(gone=today.isoformat(), photos=()))
    return delta, _differences(before, delta)


def _differences(before: dict[str, Entry], delta: Delta) -> Differences:
    """Tell which pages differ from what was served."""
    changed, added = [], []
    for path, entry in delta.put.items():
        if entry.page is None:
            continue
        former = before.get(path)
        if former is None:
            added.append(entry.page)
        elif former.hash != entry.hash:
            changed.append(entry.page)
    dropped = (before[path].page for path in delta.drop if path in before)
    gone = sorted(page for page in dropped if page is not None)
    return Differences(tuple(sorted(changed)), tuple(sorted(added)), tuple(gone))


def _end(turn: Turn, target: str, host: str, *, now: datetime) -> None:
    """Record a way back. The state goes on naming the release that was left: the next publish draws all pages."""
    state = db.session.get_one(SiteState, turn.stand.number, populate_existing=True)
    state.leased_by = state.leased_until = None
    wanted = (SiteRelease.store_id == turn.stand.store_id, SiteRelease.name.in_([turn.release, target]))
    rows = {row.name: row for row in db.session.scalars(select(SiteRelease).where(*wanted))}
    made = rows[turn.release]
    made.finished_at = now
    made.pages = made.reused = rows[target].pages if target in rows else 0
    made.failure = f"the content of {target} again"
    emit(SiteServed(host))


def _kept(head: Head, is_served: bool, build: SiteRelease | None) -> Kept:
    if build is None:
        return Kept(head.release, is_served, head.as_of, head.of)
    figures = (build.finished_at, build.pages, build.rendered, build.removed)
    return Kept(head.release, is_served, head.as_of, head.of, *figures)
