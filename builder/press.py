"""Who draws the pages of a build: this process, or forked children that all read the same moment of the database.

Children are forked before anything is read. On PostgreSQL they take part in the builder's snapshot. SQLite has no way
to hand one over: they open their own and tell the newest change they see. Every change of what pages show is in the
ledger, so equal marks are equal rows; when somebody wrote in between, all open again.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from uuid import UUID

from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.stores.models import Store
from storefront.pages.refs import PageKind, PageRef

from .children import Crew, Died, Raised
from .collecting import frozen
from .freeze import Drawn, Freezer, MadeOf, Spoilt
from .options import USUAL, Options
from .source import Opener, Source
from .store import Store as ContentStore
from .store import content_store

TRIES = 5
_FEWEST, _MOST = 25, 200
"""Pages in one task of a child."""
log = logging.getLogger(__name__)


class PressFailed(Exception):
    """A child that draws pages died or could not read."""


class Press(Protocol):
    """Draws pages of sites."""

    def sees(self, seen: int) -> bool:
        """Ask whether it sees the same moment of the database as the caller, whose newest change this is."""
        ...

    def draw(
        self, source: Source, store_id: UUID, refs: Sequence[PageRef], meanwhile: Callable[[], None]
    ) -> Iterator[Drawn | Spoilt | MadeOf]:
        """Draw pages of a site whose snapshot is open.

        Args:
            source: the site.
            store_id: its row.
            refs: which pages.
            meanwhile: called once when the first pages are being drawn.
        """
        ...


@dataclass(frozen=True, slots=True)
class OwnPress:
    """Draws in this process."""

    store: ContentStore
    options: Options = USUAL

    def sees(self, seen: int) -> bool:
        """Say yes: it reads in the caller's snapshot."""
        return True

    def draw(
        self, source: Source, store_id: UUID, refs: Sequence[PageRef], meanwhile: Callable[[], None]
    ) -> Iterator[Drawn | Spoilt | MadeOf]:
        """Draw pages one after the other."""
        meanwhile()
        return Freezer(source, self.store, self.options).draw(refs)


class _Open(NamedTuple):
    tenant: UUID
    store_id: UUID
    as_of: date
    snapshot: str | None


class _Pages(NamedTuple):
    store_id: UUID
    refs: tuple[tuple[str, str, PageKind, str, int | None], ...]
    """Plain values, which are sent several times as fast as `PageRef`."""


class ForkedPress:
    """Draws in several children; make it before the build's snapshot is opened, use as a context manager."""

    def __init__(self, settings: Settings, jobs: int, opener: Opener, options: Options) -> None:
        """Fork the children.

        Args:
            settings: of the installation.
            jobs: how many children.
            opener: opens a site in a child.
            options: of the publish.
        """
        let_go_of_database()
        self._jobs = jobs
        with frozen():
            self._crew: Crew[_Open | _Pages, object] = Crew(jobs, _Child(settings, opener, options))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._crew.close()

    def open(self, tenant: UUID, store_id: UUID, as_of: date) -> None:
        """Let all children open a snapshot and the site in it, while the caller, whose own is open, goes on.

        Args:
            tenant: whose site will be drawn.
            store_id: the site.
            as_of: the business date.
        """
        self._crew.all_begin(_Open(tenant, store_id, as_of, db.exported_snapshot()))

    def sees(self, seen: int) -> bool:
        """Wait until all children have opened the site.

        Args:
            seen: newest change in the snapshot of the caller.

        Returns:
            Whether they see the same moment; if not, the caller opens a new snapshot and lets them open again.

        Raises:
            PressFailed: a child cannot read.
        """
        answers = self._crew.all_done()
        for answer in answers:
            if isinstance(answer, (Died, Raised)):
                raise PressFailed(_words(answer))
        return all(answer == seen for answer in answers)

    def draw(
        self, source: Source, store_id: UUID, refs: Sequence[PageRef], meanwhile: Callable[[], None]
    ) -> Iterator[Drawn | Spoilt | MadeOf]:
        """Draw pages, in no particular order.

        Raises:
            PressFailed: a child died.
        """
        size = min(_MOST, max(_FEWEST, len(refs) // (self._jobs * 4)))
        plain = [(ref.path, ref.lang, ref.kind, ref.key, ref.bucket) for ref in refs]
        shares = [range(at, min(at + size, len(refs))) for at in range(0, len(refs), size)]
        tasks = [_Pages(store_id, tuple(plain[share.start : share.stop])) for share in shares]
        first = {id(task): share.start for task, share in zip(tasks, shares, strict=True)}
        for task, answer in self._crew.each(tasks, meanwhile):
            if isinstance(answer, Raised):
                raise answer.error
            if isinstance(answer, Died):
                raise PressFailed(_words(answer))
            assert isinstance(answer, list)
            start = first[id(task)]
            for place, made in answer:
                yield made if place is None else Drawn(refs[start + place], *made)


@dataclass
class _Child:
    """What lives in a child: its scope, snapshot and the site it drew last."""

    settings: Settings
    opener: Opener
    options: Options
    _stack: ExitStack | None = None
    _as_of: date | None = None
    _freezers: dict[UUID, Freezer] = field(default_factory=dict)

    def __call__(self, task: _Open | _Pages) -> object:
        if isinstance(task, _Open):
            return self._open(task)
        refs = [PageRef(*plain) for plain in task.refs]
        places = {ref.path: place for place, ref in enumerate(refs)}
        made = self._freezer(task.store_id).draw(refs)
        return [(places[one.ref.path], one[1:]) if isinstance(one, Drawn) else (None, one) for one in made]

    def _open(self, task: _Open) -> int:
        if self._stack is None:
            db.after_fork()
        else:
            self._stack.close()
        self._stack, self._as_of, self._freezers = ExitStack(), task.as_of, {}
        self._stack.enter_context(acting(task.tenant))
        self._stack.enter_context(db.snapshot(task.snapshot))
        seen = mark()
        self._freezer(task.store_id).source.warm()
        return seen

    def _freezer(self, store_id: UUID) -> Freezer:
        if store_id not in self._freezers:
            assert self._as_of is not None
            store = db.session.get_one(Store, store_id)
            source = self.opener(store, as_of=self._as_of, settings=self.settings)
            self._freezers = {store_id: Freezer(source, content_store(self.settings), self.options)}
        return self._freezers[store_id]


def let_go_of_database() -> None:
    """Give back the open connections of this process, so that no forked child holds a share in one."""
    db.session.rollback()
    db.engine.dispose()


def _words(answer: Raised | Died) -> str:
    return answer.reason if isinstance(answer, Died) else f"{type(answer.error).__name__}: {answer.error}"
