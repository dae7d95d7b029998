"""Building many sites: all of an installation, or what a tenant's changes made stale (SPEC 155, 159)."""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.models import Tenant
from storefront.domain.accounts.queries import tenants
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.stores.models import Store, StoreKind

from . import actions, queries
from .children import Crew, Died, Raised
from .draft import BuildFailed
from .events import PagesOwed, SiteServed
from .models import SiteState
from .options import HURRIED, USUAL, Options
from .press import let_go_of_database
from .recipe import look_digest
from .releases import SiteBusy, site_folder
from .reporter import Reporter, quiet
from .site_pages import open_pages
from .sites import Build, SiteKey, key_of, publish
from .staleness import look_ahead
from .store import content_store

MANY = 4
"""From so many sites a process on, processes take whole sites; below, each site's pages are shared out."""
ROUNDS = 20
"""How often a job looks again for what changed while it was publishing."""
PRACTICE = 20
"""So many of the newest changes are looked into for practice."""
_LOADED_LATE = ("check",)
"""Modules that a publish loads when it needs them; a worker's jobs always do."""
log = logging.getLogger(__name__)


class NoSuchHost(Exception):
    """No site of the chosen tenants has that host, or it is switched off."""


@dataclass(slots=True)
class BuildReport:
    """The documented result of `marketplace build` (docs/building.md)."""

    hosts: list[Build] = field(default_factory=list)
    seconds: float = 0.0
    held: list[str] = field(default_factory=list)
    """Hosts that somebody rolled back and holds: they are left as they are (`marketplace publish HOST --resume`)."""
    retired: list[str] = field(default_factory=list)
    """Hosts that are no longer served: switched off, their dealer not active, or their site on another domain now."""

    @property
    def is_clean(self) -> bool:
        """Ask whether every site was published with nothing left out."""
        return not any(build.failure or build.warnings for build in self.hosts)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that `--json` writes; `failure` and `warnings` stand only where there are some."""
        return {"hosts": [_plain(build) for build in self.hosts], "seconds": round(self.seconds, 3)}


def build_all(
    settings: Settings,
    *,
    hosts: Sequence[str] | None = None,
    tenant_ids: Sequence[UUID] | None = None,
    jobs: int = 1,
    as_of: date | None = None,
    reporter: Reporter = quiet,
    options: Options = USUAL,
) -> BuildReport:
    """Build sites one after the other, several processes at a time; a site that fails does not stop the others.

    Args:
        settings: of the installation; the process is bound to it.
        hosts: which sites, by public host; all when None.
        tenant_ids: of which tenants; all when None.
        jobs: processes; no session of this process may be in a transaction when there are several.
        as_of: the business date; today in each tenant's time zone when None.
        reporter: whom to tell.
        options: what may be left out.

    Raises:
        NoSuchHost: a host that is none of theirs.
    """
    began = time.monotonic()
    report = BuildReport()
    found: set[str] = set()
    content_store(settings).clean()
    with everywhere():
        if not db.has_statistics():
            perform(db.gather_statistics)
    for tenant_id, today in _tenants(tenant_ids, as_of):
        with acting(tenant_id):
            held = held_sites()
            sites = [key_of(store) for store in queries.sites()]
            hidden = queries.hidden_hosts()
        wanted = [site for site in sites if hosts is None or site.host in hosts]
        chosen = [site for site in wanted if site.store_id not in held]
        found.update(site.host for site in wanted)
        report.held += [site.host for site in wanted if site.store_id in held]
        report.hosts += _build_sites(chosen, _Manner(today, settings, options), jobs, reporter)
        gone = [host for host in hidden if hosts is None or host in hosts]
        found.update(gone)
        with acting(tenant_id):
            report.retired += _retired(settings, gone)
    if hosts is None and not any(build.failure for build in report.hosts):
        report.retired += retire_strangers(settings)
    if missing := set(hosts or ()) - found:
        raise NoSuchHost(f"No site of that host: {', '.join(sorted(missing))}")
    report.seconds = time.monotonic() - began
    return report


def publish_stale(tenant_id: UUID, settings: Settings, *, as_of: date, reporter: Reporter = quiet) -> list[Build]:
    """Publish the sites of a tenant that changes or passing days touched, one after the other, until none is stale.

    Workers do the same with a task for each site (`jobs.py`), so that several share them.

    Args:
        tenant_id: whose sites.
        settings: of the installation.
        as_of: the business date.
        reporter: whom to tell.

    Returns:
        What was published, in order; nothing when nothing was stale.

    Raises:
        BuildFailed: a site could not be published; the others were. The job is tried again.
    """
    done: list[Build] = []
    failed: dict[str, str] = {}
    for _ in range(ROUNDS):
        stale = [site for site in stale_sites(tenant_id, settings, as_of=as_of) if site.host not in failed]
        if not stale:
            break
        for site in stale:
            build = _tried(site, as_of, settings, 1, reporter)
            done.append(build)
            if build.failure:
                failed[site.host] = build.failure
    if failed:
        raise BuildFailed("; ".join(f"{host}: {reason}" for host, reason in failed.items()))
    if done:
        retire_strangers(settings)
    return done


def publish_one(
    store_id: UUID, settings: Settings, *, options: Options = USUAL, reporter: Reporter = quiet
) -> Build | None:
    """Publish one site of the tenant that acts, as of its today; the newest content wins.

    Args:
        store_id: which.
        settings: of the installation.
        options: whether slow pages are left to a later publish; then somebody is told that they are owed.
        reporter: whom to tell.

    Returns:
        How it was built; None when it is not to be published: switched off, its dealer not active, held, or gone.

    Raises:
        BuildFailed: it could not be published; what is served is as before.
    """
    shown = [key_of(store) for store in queries.sites() if store.id == store_id and store.id not in held_sites()]
    as_of = today(db.session.scalars(select(Tenant)).one())
    db.session.rollback()
    if not shown:
        return None
    is_new = not site_folder(settings, shown[0].host).current.is_symlink()
    build = _tried(shown[0], as_of, settings, 1, reporter, options)
    if build.failure:
        raise BuildFailed(f"{build.host}: {build.failure}")
    if is_new:
        retire_strangers(settings)
    stand = queries.standing(store_id)
    if stand is not None and stand.owed is not None:
        perform(emit, PagesOwed(store_id)).unwrap()
    return build


def stale_sites(tenant_id: UUID, settings: Settings, *, as_of: date, owed: bool = True) -> list[SiteKey]:
    """Give the sites of a tenant with stale pages, and note on all others that they are current.

    A site that is not to be served any more is retired at once. Costs a few queries and none per page.

    Args:
        tenant_id: whose sites.
        settings: of the installation.
        as_of: the business date.
        owed: count sites that only owe pages an earlier publish left out, too.
    """
    look, served = look_digest(settings), str(settings.sites)
    with acting(tenant_id):
        held = held_sites()
        shown, hidden = _shown_and_hidden(tenant_id)
        sites = [site for site in shown if site.store_id not in held]
        _retired(settings, [host for host in hidden if os.path.islink(f"{served}/{host}/current")])
        stands = {stand.store_id: stand for stand in queries.standings()}
        seen = mark()
        current = [
            stand
            for site in sites
            if (stand := stands.get(site.store_id)) is not None
            and stand.recipe == look
            and stand.release is not None
            and os.path.islink(f"{served}/{site.host}/current")
        ]
        touched = queries.stale_pages(current, seen, as_of, owed=owed)
        quiet_ones = [stand for stand in current if touched[stand.number] == set()]
        behind = {stand.number: stand.fence for stand in quiet_ones if (stand.mark, stand.as_of) != (seen, as_of)}
        db.session.rollback()
        if behind:
            perform(actions.advance, behind, mark=seen, as_of=as_of).unwrap()
    fresh = {stand.store_id for stand in quiet_ones}
    return [site for site in sites if site.store_id not in fresh]


def _shown_and_hidden(tenant_id: UUID) -> tuple[list[SiteKey], list[str]]:
    """Give the sites of the open tenant that are to be served, as `queries.sites` does, and the hosts that are not.

    Plain columns: this is asked after every change, for a thousand sites as well.
    """
    reading = select(Store.id, Store.host, Store.custom_domain, Store.kind, Store.active, Dealer.status)
    shown, hidden = list[SiteKey](), list[str]()
    for store_id, host, domain, kind, active, status in db.session.execute(
        reading.outerjoin(Dealer, Dealer.id == Store.dealer_id).order_by(Store.created_at, Store.id)
    ):
        if active and status in (None, DealerStatus.ACTIVE):
            shown.append(SiteKey(store_id, tenant_id, domain or host, kind))
        else:
            hidden.append(domain or host)
    return sorted(shown, key=lambda site: site.kind == StoreKind.MARKETPLACE), hidden


def warm_up(settings: Settings) -> None:
    """Draw a page of each kind in each theme that is in use and throw it away; what it loaded and compiled stays.

    The gate's readers are loaded too, and the database is asked what a publish asks it. For a worker, before it forks
    for its jobs: each of them would load all of that anew. What cannot be drawn is no matter here.

    Args:
        settings: of the installation.
    """
    for name in _LOADED_LATE:
        import_module(f"{__package__}.{name}")
    warm: set[str] = set()
    for tenant_id, as_of in _tenants(None, None):
        with acting(tenant_id):
            for store in queries.sites():
                if store.theme not in warm:
                    warm.add(store.theme)
                    _draw_some(store.id, as_of, settings)


def _draw_some(store_id: UUID, as_of: date, settings: Settings) -> None:
    try:
        with db.snapshot():
            store = db.session.get_one(Store, store_id)
            source = open_pages(store, as_of=as_of, settings=settings)
            source.ingredients()
            for ref in {ref.kind: ref for ref in source.pages()}.values():
                list(source.draw([ref]))
            stand, seen = queries.standing(store_id), mark()
            if stand is not None:
                before = replace(stand, mark=min(stand.mark, seen - PRACTICE))
                folder = site_folder(settings, store.public_host)
                look_ahead(before, source, folder, seen=seen, as_of=as_of, options=HURRIED)
    except Exception:
        log.info("a site could not be drawn for practice", exc_info=True)


def held_sites() -> set[UUID]:
    """Give the sites of the open scope that somebody rolled back and holds: nothing is published there by itself."""
    return set(db.session.scalars(select(SiteState.store_id).where(SiteState.held_at.is_not(None))))


def retire_strangers(settings: Settings) -> list[str]:
    """Stop serving hosts that no site has any more: its domain changed, or it is gone.

    Nothing is done while a site that is to be served is not: its old host is better than none.
    """
    with everywhere():
        known = set(queries.all_hosts())
        wanted = {store.public_host for store in queries.sites()}
        anybody = next((tenant.id for tenant in tenants()), None)
    if not all(site_folder(settings, host).current.is_symlink() for host in wanted):
        return []
    folders = [file.parent.name for file in sorted(settings.sites.glob("*/current")) if file.parent.name not in known]
    if anybody is None:
        return [host for host in folders if site_folder(settings, host).retire()]
    with acting(anybody):  # the host is nobody's any more; who says so does not matter to those who hear it
        return _retired(settings, folders)


def _retired(settings: Settings, hosts: Sequence[str]) -> list[str]:
    """Stop serving hosts, and tell the house of those that were served; in an open scope."""
    gone = [host for host in hosts if site_folder(settings, host).retire()]
    if gone:
        perform(emit, *(SiteServed(host) for host in gone)).unwrap()
    return gone


def _tenants(tenant_ids: Sequence[UUID] | None, as_of: date | None) -> list[tuple[UUID, date]]:
    with everywhere():
        return [
            (tenant.id, as_of or today(tenant)) for tenant in tenants() if tenant_ids is None or tenant.id in tenant_ids
        ]


def today(tenant: Tenant) -> date:
    """Give the business date of a tenant."""
    return clock.business_date(clock.now(), tenant.time_zone)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How sites are built."""

    as_of: date
    settings: Settings
    options: Options

    def build(self, site: SiteKey, jobs: int, reporter: Reporter) -> Build:
        return _tried(site, self.as_of, self.settings, jobs, reporter, self.options)


def _build_sites(sites: list[SiteKey], manner: _Manner, jobs: int, reporter: Reporter) -> list[Build]:
    """Build many dealers' sites each in one process; marketplaces, which are large and come last, in all of them."""
    alone = [site for site in sites if site.kind == StoreKind.DEALER]
    if jobs <= 1 or len(alone) < MANY * jobs:
        alone = []
    builds: dict[SiteKey, Build] = {}
    if alone:
        let_go_of_database()
        with Crew(jobs, _Alone(manner)) as crew:
            for site, answer in crew.each(alone):
                if isinstance(answer, (Died, Raised)):
                    reason = answer.reason if isinstance(answer, Died) else repr(answer.error)
                    answer = Build(site.host, failure=reason)
                builds[site] = answer
                reporter.end(site.host, _words(answer))
    return [builds[site] if site in builds else manner.build(site, jobs, reporter) for site in sites]


@dataclass
class _Alone:
    """Builds whole sites in a child process, with connections of its own."""

    manner: _Manner
    is_bound: bool = False

    def __call__(self, site: SiteKey) -> Build:
        if not self.is_bound:
            db.after_fork()
            self.is_bound = True
        return self.manner.build(site, 1, quiet)


def _tried(
    site: SiteKey, as_of: date, settings: Settings, jobs: int, reporter: Reporter, options: Options = USUAL
) -> Build:
    """Publish a site; why it could not be becomes part of the report."""
    began = time.monotonic()
    try:
        return publish(site, as_of=as_of, settings=settings, jobs=jobs, reporter=reporter, options=options)
    except (BuildFailed, DomainError, SiteBusy, OSError) as error:
        failure = str(error)
    except Exception as error:
        log.exception("a site could not be built", extra={"host": site.host})
        failure = f"{type(error).__name__}: {error}"
    reporter.end(site.host, f"not published: {failure}")
    return Build(site.host, seconds=round(time.monotonic() - began, 3), failure=failure)


def _words(build: Build) -> str:
    if build.failure:
        return f"not published: {build.failure}"
    return f"{build.pages} pages, {build.rendered} drawn, {build.removed} removed"


def _plain(build: Build) -> dict[str, Any]:
    line: dict[str, Any] = {
        "host": build.host,
        "pages": build.pages,
        "rendered": build.rendered,
        "reused": build.reused,
        "removed": build.removed,
        "seconds": build.seconds,
    }
    if build.failure:
        line["failure"] = build.failure
    if build.warnings:
        line["warnings"] = list(build.warnings)
    return line
