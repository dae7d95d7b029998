"""Building many sites: all of an installation, or what a tenant's changes made stale (SPEC 155, 159)."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.models import Tenant
from storefront.domain.accounts.queries import tenants

from . import actions, queries
from .children import Crew, Died, Raised
from .draft import BuildFailed
from .press import let_go_of_database
from .recipe import look_digest
from .releases import SiteBusy, site_folder
from .reporter import Reporter, quiet
from .sites import Build, SiteKey, key_of, publish
from .store import content_store

MANY = 4
"""From so many sites a process on, processes take whole sites; below, each site's pages are shared out."""
ROUNDS = 20
"""How often a job looks again for what changed while it was publishing."""
log = logging.getLogger(__name__)


class NoSuchHost(Exception):
    """No site of the chosen tenants has that host, or it is switched off."""


@dataclass(slots=True)
class BuildReport:
    """The documented result of `marketplace build` (docs/building.md)."""

    hosts: list[Build] = field(default_factory=list)
    seconds: float = 0.0
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
) -> BuildReport:
    """Build sites one after the other, several processes at a time; a site that fails does not stop the others.

    Args:
        settings: of the installation; the process is bound to it.
        hosts: which sites, by public host; all when None.
        tenant_ids: of which tenants; all when None.
        jobs: processes; no session of this process may be in a transaction when there are several.
        as_of: the business date; today in each tenant's time zone when None.
        reporter: whom to tell.

    Raises:
        NoSuchHost: a host that is none of theirs.
    """
    began = time.monotonic()
    report = BuildReport()
    found: set[str] = set()
    content_store(settings).clean()
    for tenant_id, today in _tenants(tenant_ids, as_of):
        with acting(tenant_id):
            sites = [key_of(store) for store in queries.sites()]
            hidden = queries.hidden_hosts()
        chosen = [site for site in sites if hosts is None or site.host in hosts]
        found.update(site.host for site in chosen)
        report.hosts += _build_sites(chosen, today, settings, jobs, reporter)
        gone = [host for host in hidden if hosts is None or host in hosts]
        found.update(gone)
        report.retired += [host for host in gone if site_folder(settings, host).retire()]
    if hosts is None and not any(build.failure for build in report.hosts):
        report.retired += _retire_strangers(settings)
    if missing := set(hosts or ()) - found:
        raise NoSuchHost(f"No site of that host: {', '.join(sorted(missing))}")
    report.seconds = time.monotonic() - began
    return report


def publish_stale(tenant_id: UUID, settings: Settings, *, as_of: date, reporter: Reporter = quiet) -> list[Build]:
    """Publish the sites of a tenant that changes or passing days touched, until none is stale.

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
        stale = [site for site in _stale_sites(tenant_id, settings, as_of) if site.host not in failed]
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
        _retire_strangers(settings)
    return done


def _stale_sites(tenant_id: UUID, settings: Settings, as_of: date) -> list[SiteKey]:
    """Give the sites with stale pages, and note on all others that they are current."""
    look = look_digest(settings)
    with acting(tenant_id):
        sites = [key_of(store) for store in queries.sites()]
        for host in queries.hidden_hosts():
            site_folder(settings, host).retire()
        stands = {stand.store_id: stand for stand in queries.standings()}
        seen = mark()
        current = [
            stand
            for site in sites
            if (stand := stands.get(site.store_id)) is not None
            and stand.look_digest == look
            and stand.release is not None
            and site_folder(settings, site.host).current.is_symlink()
        ]
        touched = queries.stale_pages(current, seen, as_of)
        quiet_ones = [stand for stand in current if touched[stand.number] == set()]
        behind = {stand.number: stand.fence for stand in quiet_ones if (stand.mark, stand.as_of) != (seen, as_of)}
        db.session.rollback()
        if behind:
            perform(actions.advance, behind, mark=seen, as_of=as_of).unwrap()
    fresh = {stand.store_id for stand in quiet_ones}
    return [site for site in sites if site.store_id not in fresh]


def _retire_strangers(settings: Settings) -> list[str]:
    """Stop serving hosts that no site has any more: its domain changed, or it is gone.

    Call it only when every site is published: the old host is better than none.
    """
    with everywhere():
        known = set(queries.all_hosts())
    folders = [file.parent.name for file in sorted(settings.sites.glob("*/current")) if file.parent.name not in known]
    return [host for host in folders if site_folder(settings, host).retire()]


def _tenants(tenant_ids: Sequence[UUID] | None, as_of: date | None) -> list[tuple[UUID, date]]:
    with everywhere():
        return [
            (tenant.id, as_of or today(tenant)) for tenant in tenants() if tenant_ids is None or tenant.id in tenant_ids
        ]


def today(tenant: Tenant) -> date:
    """Give the business date of a tenant."""
    return clock.business_date(clock.now(), tenant.time_zone)


def _build_sites(sites: list[SiteKey], as_of: date, settings: Settings, jobs: int, reporter: Reporter) -> list[Build]:
    if jobs <= 1 or len(sites) < MANY * jobs:
        return [_tried(site, as_of, settings, jobs, reporter) for site in sites]
    let_go_of_database()

    builds: dict[SiteKey, Build] = {}
    with Crew(jobs, _Alone(as_of, settings)) as crew:
        for site, answer in crew.each(sites):
            if isinstance(answer, (Died, Raised)):
                reason = answer.reason if isinstance(answer, Died) else repr(answer.error)
                answer = Build(site.host, failure=reason)
            builds[site] = answer
            reporter.end(site.host, _words(answer))
    return [builds[site] for site in sites]


@dataclass
class _Alone:
    """Builds whole sites in a child process, with connections of its own."""

    as_of: date
    settings: Settings
    is_bound: bool = False

    def __call__(self, site: SiteKey) -> Build:
        if not self.is_bound:
            db.after_fork()
            self.is_bound = True
        return _tried(site, self.as_of, self.settings, 1, quiet)


def _tried(site: SiteKey, as_of: date, settings: Settings, jobs: int, reporter: Reporter) -> Build:
    """Publish a site; why it could not be becomes part of the report."""
    began = time.monotonic()
    try:
        return publish(site, as_of=as_of, settings=settings, jobs=jobs, reporter=reporter)
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
