"""The search engine as a request may use it: within a time limit, behind a circuit breaker (SECURITY E6).

The engine runs in a thread of a small pool, so that one that hangs holds up no request; once all threads of the pool
hang, nobody waits for another. A request has one time for all it asks.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextvars import copy_context
from threading import BoundedSemaphore, Lock
from typing import TypeVar
from uuid import UUID

from flask import current_app

from search.errors import BadQuery, SearchUnavailable
from search.index import Answer, Index, open_index
from search.query import Query
from storefront.core.runtime import settings

from .breaker import Breaker

T = TypeVar("T")
LIMIT_SECONDS = 0.8
"""All the time a request has for the engine (E6)."""
STAMP_SECONDS = 0.1
"""How long an index is believed not to have changed."""
THREADS = 16
"""Questions at once in a process, those that hang included."""
log = logging.getLogger(__name__)


class Engines:
    """The engine of each tenant in this process: one breaker a tenant, one pool for all."""

    def __init__(self, open_: Callable[[UUID], Index] | None = None, limit: float | None = None) -> None:
        """Make the table.

        Args:
            open_: gives a tenant's index; that of the installation by default.
            limit: seconds a request has; `LIMIT_SECONDS` when None.
        """
        self._open = open_ or (lambda tenant_id: open_index(tenant_id, settings()))
        self.limit = LIMIT_SECONDS if limit is None else limit
        self._breakers: dict[UUID, Breaker] = {}
        self._stamps: dict[UUID, tuple[float, str]] = {}
        self._free = BoundedSemaphore(THREADS)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="search")
        self._lock = Lock()

    def of(self, tenant_id: UUID) -> "Engine":
        """Give a tenant's engine for one request; its time runs from its first question."""
        with self._lock:
            breaker = self._breakers.setdefault(tenant_id, Breaker())
        return Engine(self, tenant_id, breaker)

    def index(self, tenant_id: UUID) -> Index:
        """Open a tenant's index."""
        return self._open(tenant_id)

    def stamp(self, tenant_id: UUID) -> str:
        """Read the stamp of a tenant's index.

        Raises:
            SearchUnavailable: there is no index, or it does not answer.
        """
        stamp = self.index(tenant_id).stamp()
        self._stamps[tenant_id] = (time.monotonic() + STAMP_SECONDS, stamp)
        return stamp

    def known_stamp(self, tenant_id: UUID) -> str | None:
        """Give the stamp that was read a moment ago, None when it has to be read again."""
        kept = self._stamps.get(tenant_id)
        return kept[1] if kept is not None and time.monotonic() < kept[0] else None

    def within(self, seconds: float, ask: Callable[[], T]) -> T:
        """Ask in a thread and wait so long.

        Raises:
            SearchUnavailable: no answer in time, or no thread is free.
        """
        if seconds <= 0 or not self._free.acquire(timeout=max(0.0, seconds)):
            raise SearchUnavailable("no time is left")
        context = copy_context()

        def run() -> T:
            try:
                return context.run(ask)
            finally:
                self._free.release()

        waiting = self._pool.submit(run)
        try:
            return waiting.result(seconds)
        except TookTooLong:
            raise SearchUnavailable(f"no answer within {self.limit * 1000:.0f} ms") from None


class Engine:
    """A tenant's engine during one request."""

    def __init__(self, engines: Engines, tenant_id: UUID, breaker: Breaker) -> None:
        self._engines, self._tenant_id, self._breaker = engines, tenant_id, breaker
        self._until: float | None = None
        self._lost = False

    def search(self, query: Query) -> Answer:
        """Find cars.

        Raises:
            SearchUnavailable: it does not answer, not in time, or did not lately.
        """
        if self._lost:
            raise SearchUnavailable("it did not answer a moment ago")
        if not self._breaker.allows():
            raise SearchUnavailable("it failed several times, and rests")
        answer = self._judged(lambda: self._engines.index(self._tenant_id).search(query))
        self._breaker.succeeded()
        return answer

    def count(self, query: Query) -> int:
        """Count the cars of a query that only says more about an answer; 0 once time is up or the engine fails."""
        try:
            return self._within(lambda: self._engines.index(self._tenant_id).search(_bare(query))).total
        except (SearchUnavailable, BadQuery):
            return 0

    def stamp(self) -> str:
        """Give what changes with every change of the index; empty when nobody knows, and nothing may be kept.

        An engine that does not even say this is not asked for more by this request.
        """
        if self._breaker.is_open:
            return ""
        if (known := self._engines.known_stamp(self._tenant_id)) is not None:
            return known
        try:
            return self._judged(lambda: self._engines.stamp(self._tenant_id))
        except SearchUnavailable:
            self._lost = True
            return ""

    def _judged(self, ask: Callable[[], T]) -> T:
        """Ask, and have the breaker learn of it when that fails; whatever goes wrong in an engine is an outage."""
        try:
            return self._within(ask)
        except BadQuery:
            self._breaker.succeeded()
            raise
        except SearchUnavailable:
            self._breaker.failed()
            raise
        except Exception as error:
            self._breaker.failed()
            log.exception("the search engine failed", extra={"tenant": str(self._tenant_id)})
            raise SearchUnavailable(type(error).__name__) from error

    def _within(self, ask: Callable[[], T]) -> T:
        now = time.monotonic()
        if self._until is None:
            self._until = now + self._engines.limit
        return self._engines.within(self._until - now, ask)


def _bare(query: Query) -> Query:
    return query.with_(facets=(), bounds=(), page=1, size=1)


def engine_of(tenant_id: UUID) -> Engine:
    """Give the running application's engine of a tenant, for this request."""
    engines: Engines = current_app.extensions["marketplace.engines"]
    return engines.of(tenant_id)
