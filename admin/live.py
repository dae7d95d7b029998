"""What happens meanwhile, for pages that stay open: new leads, builds, imports (Server-Sent Events).

A stream is short and there are few: each holds a thread of the server, so it ends after `LASTS` seconds and the browser
asks again; whoever gets none asks for the same once every ten seconds.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from sqlalchemy import func, select

from storefront.core import clock
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.leads.models import Lead, LeadStatus
from storefront.domain.leads.queries import inbox_counts
from storefront.domain.listings.import_runs import ImportRun, ImportState

from . import operator_queries, queries

LASTS = 25.0
EVERY = 2.0
"""Seconds between two looks."""
AT_ONCE = 2
"""Streams of a process; its server has a handful of threads, and pages need them."""


@dataclass(frozen=True, slots=True)
class Now:
    """How things stand, as a page shows them."""

    leads: int
    """New ones."""
    waiting: int
    newest: UUID | None
    """The newest lead."""
    build: str
    """Host of a site that is being built; empty when none is."""
    building: int
    published: str
    """Host of the site that was published last."""
    failed: bool
    """Whether that went wrong."""
    published_at: datetime | None
    imports: int
    """Imports at work."""


def look(user_id: UUID, *, now: datetime) -> Now:
    """See how things stand in the open scope.

    Args:
        user_id: who looks.
        now: aware UTC.
    """
    leads = db.session.scalar(select(func.count(Lead.id)).where(Lead.status == LeadStatus.NEW)) or 0
    running = operator_queries.running_builds(now)
    last = operator_queries.last_finished()
    at_work = (ImportState.CHECKING, ImportState.IMPORTING)
    imports = db.session.scalar(select(func.count(ImportRun.id)).where(ImportRun.state.in_(at_work))) or 0
    return Now(
        leads=leads,
        waiting=inbox_counts(user_id).waiting,
        newest=queries.newest_lead(),
        build=running[0][1].public_host if running else "",
        building=len(running),
        published="" if last is None else last[1].public_host,
        failed=last is not None and last[0].finished_at is None,
        published_at=None if last is None else last[0].finished_at or last[0].started_at,
        imports=imports,
    )


class Seats:
    """Who has a stream in this process: one a login, and few in all."""

    def __init__(self, most: int = AT_ONCE) -> None:
        """Make room for so many."""
        self._most = most
        self._taken: dict[UUID, object] = {}
        self._lock = Lock()

    def take(self, login_id: UUID) -> object | None:
        """Take a seat and give its ticket; a login's new stream takes the place of its old one. None: all are taken."""
        with self._lock:
            if login_id not in self._taken and len(self._taken) >= self._most:
                return None
            ticket = self._taken[login_id] = object()
            return ticket

    def has(self, login_id: UUID, ticket: object) -> bool:
        """Ask whether a ticket still counts."""
        with self._lock:
            return self._taken.get(login_id) is ticket

    def leave(self, login_id: UUID, ticket: object) -> None:
        """Give a seat back; a ticket that no longer counts changes nothing."""
        with self._lock:
            if self._taken.get(login_id) is ticket:
                del self._taken[login_id]


def changes(
    tenant_id: UUID, dealer_id: UUID | None, user_id: UUID, *, goes_on: Callable[[], bool], lasts: float = LASTS
) -> Iterator[Now | None]:
    """Tell how things stand, again whenever that is otherwise, for a while; None says that nothing changed.

    Every look has its own short scope and session: no transaction stays open while it waits.

    Args:
        tenant_id: whose.
        dealer_id: one dealer's, or None for all.
        user_id: who looks.
        goes_on: whether somebody still listens here.
        lasts: seconds.
    """
    end, before = time.monotonic() + lasts, None
    while True:
        with acting(tenant_id, dealer_id):
            try:
                found = look(user_id, now=clock.now())
            finally:
                db.session.rollback()
        yield None if found == before else found
        before = found
        if time.monotonic() + EVERY >= end:
            return
        time.sleep(EVERY)
        if not goes_on():
            return
