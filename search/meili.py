"""The engine on a Meilisearch server: an index per tenant (SPEC 11), for installations of several machines.

    vehicles-<8 hex>         answers
    vehicles-<8 hex>-next    being filled beside it by a rebuild, then swapped in

The server filters, counts and orders; which words match is resolved here, like for every engine, against the words the
index has. Whatever is odd about its answers is an outage, told as one and within the time limit (SPEC 56, SECURITY E6).
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock, local
from typing import Any
from uuid import UUID

from meilisearch.errors import MeilisearchApiError, MeilisearchError

from storefront.core.config import Settings

from . import meili_documents
from .documents import Document
from .errors import IndexMissing, SearchUnavailable
from .following import sliced
from .gathering import made_of
from .index import Answer, Progress, index_name
from .locks import alone
from .meili_access import FORBIDDEN, Access, access_of
from .meili_documents import SETTINGS, STATE, WORDS, State, record
from .meili_filters import OF_STATE, of_tenant
from .meili_search import Search, ids_of, state_of
from .meili_tasks import Refusal, asked, awaited, done, paused, reason
from .meili_wire import Client
from .meili_words import Fetch, Words, words_of
from .plan import plan, ranked
from .query import Query
from .suggest import did_you_mean

SEARCH_SECONDS = 0.8
"""SECURITY E6: how long a search may take in all."""
READ_SECONDS = 10.0
"""How long reading all words, or a slice of all records, may take."""
CALL_SECONDS = 30.0
"""How long a call of a writer may take; the server takes a slice of records on within it."""
APPLY_SECONDS, REBUILD_SECONDS = 120.0, 1800.0
"""How long a writer waits for its tasks."""
WAIT_SECONDS = 30.0
"""How long a writer waits for another one."""
SLICE = 2000
"""Records put with one call."""
READ_SLICE = 5000
"""Records read with one call."""
ROUNDS = 3
"""How often a search is made anew because a write came between."""
STAMP_SECONDS = 1.0
"""How long a stamp is remembered."""
MISSING = "there is no index of this release yet: run `marketplace search rebuild`"


class MeiliIndex:
    """The index of one tenant on a server."""

    def __init__(self, tenant_id: UUID, url: str, access: Access, lock: Path, seconds: float = SEARCH_SECONDS) -> None:
        """Take where it is and who we are there; nothing is asked before it is used.

        Args:
            tenant_id: whose it is.
            url: of the server.
            access: gives the keys.
            lock: file that the one writer of a machine holds.
            seconds: how long a search may take in all.
        """
        self.tenant_id = tenant_id
        self.name = index_name(tenant_id)
        self._access, self._lock_path = access, lock
        self._seconds = seconds
        self._search = Client(url, lambda: access.token(tenant_id), seconds)
        self._reading = Client(url, lambda: access.token(tenant_id), READ_SECONDS)
        self._writing = Client(url, access.writer, CALL_SECONDS)
        self._words: Words | None = None
        self._fetch: Fetch | None = None
        self._fetching = Lock()
        self._held = local()
        self._stamp = (0.0, "")

    # -- reading ---------------------------------------------------------------------------------------------------

    def search(self, query: Query) -> Answer:
        """Find cars (see `Index.search`)."""
        began = time.perf_counter()
        until = time.monotonic() + self._seconds
        words = self._words or self._fresh_words(until)
        for _ in range(ROUNDS):
            try:
                asking, state = self._made(query, words, until)
            except _Stranger:
                # Keys change, and clocks jump: now with another token.
                asking, state = self._made(query, words, until)
            if state.words != words.name:
                newer = self._newer_words(until)
                if newer is None:
                    break
                words = newer
            elif asking.found.is_steady:
                break
        with self._told("a search"):
            return _answer(query, asking, round((time.perf_counter() - began) * 1000, 3))

    def stamp(self) -> str:
        """Give the name of the last write, not older than a second (see `Index.stamp`)."""
        until, name = self._stamp
        if time.monotonic() >= until:
            with self._told("its state"):
                (result,) = self._search.multi_search([self._question(OF_STATE, 1)])["results"]
                name = self._valid(state_of(result)).write
            self._stamp = (time.monotonic() + STAMP_SECONDS, name)
        return name

    def progress(self) -> Progress:
        """Give how far it follows the database (see `Index.progress`)."""
        return self._state().progress

    def ids(self) -> Iterator[tuple[UUID, int]]:
        """Give what is held (see `Index.ids`)."""
        self._state()
        asked_for: dict[str, Any] = {"filter": of_tenant(self.tenant_id.hex), "fields": ["id", "stamp"]}
        index, start = self._writing.index(self.name), 0
        while True:
            wanted = asked_for | {"limit": READ_SLICE, "offset": start}
            with self._told("what it holds"):
                found = asked(lambda: index.get_documents(wanted), "what it holds").results  # noqa: B023 - called here
                held = [(str(one.id), getattr(one, "stamp", "")) for one in found]
                known = [(UUID(hex=key), int(stamp, 16)) for key, stamp in held if key != STATE]
            yield from known
            if len(found) < READ_SLICE:
                return
            start += READ_SLICE

    # -- writing ---------------------------------------------------------------------------------------------------

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only writer (see `Index.exclusive`)."""
        with alone(self._lock_path, WAIT_SECONDS):
            self._held.here = True
            try:
                yield
            finally:
                self._held.here = False

    def apply(self, documents: Iterable[Document], deletions: Iterable[UUID], progress: Progress | None = None) -> None:
        """Put and replace documents, then remove others (see `Index.apply`)."""
        self._require_exclusive()
        until = time.monotonic() + APPLY_SECONDS
        state = self._state()
        state = replace(state, write=State("").write)
        if progress is not None:
            state = replace(state, change=progress.change, day=progress.day)
        records = [record(self._own(document)) for document in documents]
        gone = {key.hex for key in deletions} - {made["id"] for made in records}
        if not self._holds(records, state):
            state = replace(state, words=State("").words)
        index = self._writing.index(self.name)
        tasks = []
        if gone:
            one_of = f"id IN [{', '.join(sorted(gone))}]"
            tasks.append(asked(lambda: index.delete_documents(filter=one_of), "to remove cars"))
        tasks += [self._put(self.name, some) for some in sliced([*records, state.record()], SLICE)]
        for task in tasks:
            done(self._writing, task, f"to change {self.name}", until)
        self._stamp = (0.0, "")

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Fill an index beside the live one and swap them (see `Index.rebuild`)."""
        self._require_exclusive()
        until = time.monotonic() + REBUILD_SECONDS
        beside = f"{self.name}-next"
        self._refuse_strangers()
        self._made_empty(beside)
        held, tasks = 0, []
        for some in sliced(made_of(documents, lambda document: record(self._own(document))), SLICE):
            tasks.append(self._put(beside, some))
            held += len(some)
        done_until = progress or Progress()
        state = State(self.tenant_id.hex, change=done_until.change, day=done_until.day)
        tasks.append(self._put(beside, [state.record()]))
        for task in tasks:
            done(self._writing, task, f"to fill {beside}", until)
        self._swap(beside, state)
        self._stamp = (0.0, "")
        return held

    def drop(self) -> None:
        """Remove the index and what is beside it; for tenants that leave, and tests."""
        for name in (f"{self.name}-next", self.name):
            self._drop(name)
        self._words, self._stamp = None, (0.0, "")

    def _made_empty(self, name: str) -> None:
        self._drop(name)
        made = {"primaryKey": "id"}
        awaited(self._writing, lambda: self._writing.create_index(name, made), f"to make {name}", APPLY_SECONDS)
        index = self._writing.index(name)
        awaited(self._writing, lambda: index.update_settings(dict(SETTINGS)), f"to set {name} up", APPLY_SECONDS)

    def _drop(self, name: str) -> None:
        try:
            awaited(self._writing, lambda: self._writing.delete_index(name), f"to drop {name}", APPLY_SECONDS)
        except IndexMissing:
            return

    def _swap(self, beside: str, state: State) -> None:
        """Let the new index answer; asked for once only, for twice is never.

        A key that reaches some indexes only is not told of a task over two: the swap is seen by what it did.
        """
        if not self._exists(self.name):
            made = {"primaryKey": "id"}
            awaited(self._writing, lambda: self._writing.create_index(self.name, made), "to make it", APPLY_SECONDS)
        with self._told("to swap"):
            self._writing.swap_indexes([{"indexes": [self.name, beside]}])
        pauses, until = paused(), time.monotonic() + APPLY_SECONDS
        while not self._is_written(state):
            if time.monotonic() >= until:
                raise SearchUnavailable(f"Meilisearch did not swap {self.name} and {beside} in time")
            time.sleep(next(pauses))
        self._drop(beside)

    def _is_written(self, state: State) -> bool:
        try:
            return self._state().write == state.write
        except IndexMissing:
            return False

    def _exists(self, name: str) -> bool:
        try:
            asked(lambda: self._writing.get_raw_index(name), "whether it is there")
        except IndexMissing:
            return False
        return True

    def _put(self, name: str, records: Sequence[dict[str, Any]]) -> Any:
        index = self._writing.index(name)
        return asked(lambda: index.add_documents(records, "id"), "to put cars")

    def _holds(self, records: Sequence[dict[str, Any]], state: State) -> bool:
        """Ask whether records bring no new word, as far as this process knows the words; else they do."""
        if not records:
            return True
        if self._words is None or self._words.name != state.words:
            with self._told("its words"):
                self._words = self._read_words()
        return self._words.name == state.words and all(self._words.hold(made) for made in records)

    # -- what the index says of itself -----------------------------------------------------------------------------

    def _state(self) -> State:
        """Read its state as a writer does."""
        index = self._writing.index(self.name)
        wanted = {"filter": OF_STATE, "limit": 1}
        with self._told("its state"):
            try:
                found = asked(lambda: index.get_documents(wanted), "its state").results
            except Refusal as refusal:
                if refusal.code == "invalid_document_filter":
                    raise IndexMissing(MISSING) from None
                raise
            return self._valid(State.read(vars(found[0])) if found else None)

    def _valid(self, state: State | None) -> State:
        if state is None or state.schema != meili_documents.SCHEMA:
            raise IndexMissing(MISSING)
        if state.tenant != self.tenant_id.hex:
            raise SearchUnavailable(f"{self.name} belongs to another tenant")
        return state

    def _refuse_strangers(self) -> None:
        try:
            self._state()
        except IndexMissing:
            return

    # -- its words -------------------------------------------------------------------------------------------------

    def _fresh_words(self, until: float) -> Words:
        words = self._newer_words(until)
        if words is None:
            raise SearchUnavailable("the words of the index are still being read")
        return words

    def _newer_words(self, until: float) -> Words | None:
        """Read the words anew, beside whoever asks; None when they are not there in time, and soon will be."""
        with self._fetching:
            if self._fetch is None or not self._fetch.is_alive():
                self._fetch = Fetch(self._keep_words)
                self._fetch.start()
            fetch = self._fetch
        fetch.join(max(0.0, until - time.monotonic()))
        if fetch.is_alive():
            return None
        with self._told("its words"):
            return fetch.result()

    def _keep_words(self) -> Words:
        self._words = self._read_words()
        return self._words

    def _read_words(self) -> Words:
        state = self._question(OF_STATE, 1)
        words = self._question(None, 0) | {"facets": [WORDS[-1], "location"]}
        for _ in range(ROUNDS):
            results = self._reading.multi_search([state, words, state])["results"]
            first, last = self._valid(state_of(results[0])), self._valid(state_of(results[2]))
            if first.words == last.words:
                return words_of(first.words, results[1]["facetDistribution"])
        raise SearchUnavailable("the index changes faster than its words can be read")

    # -- asking ----------------------------------------------------------------------------------------------------

    def _question(self, condition: str | None, size: int) -> dict[str, Any]:
        conditions = [of_tenant(self.tenant_id.hex), *([condition] if condition else [])]
        return {"indexUid": self.name, "q": "", "filter": conditions, "limit": size}

    def _made(self, query: Query, words: Words, until: float) -> tuple[Search, State]:
        """Make the trips of a search, and give what the index said of itself."""
        asking = Search(query, plan(query, words), words, self.tenant_id.hex, self.name)
        with self._told("a search"), self._search.until(until):
            for questions in asking.trips():
                results = self._search.multi_search(questions)["results"]
                if len(results) != len(questions):
                    raise ValueError("not as many results as questions")
                asking.take(results)
                self._valid(asking.found.state)
            return asking, self._valid(asking.found.state)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Tell whatever goes wrong with an answer in one word."""
        try:
            yield
        except MeilisearchApiError as error:
            if error.code == "index_not_found":
                raise IndexMissing(MISSING) from None
            if error.status_code in FORBIDDEN:
                self._access.forget()
                raise _Stranger(f"Meilisearch refuses {what}: {reason(error)}") from None
            raise SearchUnavailable(f"Meilisearch refuses {what}: {reason(error)}") from None
        except MeilisearchError as error:
            raise SearchUnavailable(f"Meilisearch does not answer {what}: {error.message}") from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise SearchUnavailable(f"Meilisearch answers {what} with nonsense: {type(error).__name__}") from error

    def _require_exclusive(self) -> None:
        if not getattr(self._held, "here", False):
            raise RuntimeError("write to the index inside exclusive()")

    def _own(self, document: Document) -> Document:
        if document.tenant_id != self.tenant_id:
            raise RuntimeError("a document of another tenant")
        return document


class _Stranger(SearchUnavailable):
    """The server does not know us by what we showed, which is forgotten by now."""


def _answer(query: Query, asking: Search, took_ms: float) -> Answer:
    found, asked_for, metres = asking.found, asking.plan, asking.plan.metres
    return Answer(
        ids_of(found.hits),
        found.total,
        query.page,
        query.size,
        facets={facet: ranked(query, facet, found.facets[facet]) for facet in query.facets},
        bounds={which: found.bounds[which] for which in query.bounds},
        km=tuple(metres[hit["location"]] / 1000 for hit in found.hits) if query.near is not None else (),
        words=asked_for.words,
        did_you_mean=did_you_mean(query.text, asked_for.words, found.total, asking.words),
        took_ms=took_ms,
    )


_indexes: dict[tuple[UUID, str, Path], MeiliIndex] = {}


def meili_index(tenant_id: UUID, settings: Settings) -> MeiliIndex:
    """Give this process's index of a tenant on the configured server; what it knows is kept between searches."""
    lock = settings.instance / "search" / f"{index_name(tenant_id)}.lock"
    key = (tenant_id, settings.meilisearch_url, lock)
    if key not in _indexes:
        _indexes[key] = MeiliIndex(tenant_id, settings.meilisearch_url, access_of(settings), lock, SEARCH_SECONDS)
    return _indexes[key]
