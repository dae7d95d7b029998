"""Who draws the pages of a build: this process, or forked children that all read the same moment of the database.

Children are forked before anything is read, open snapshots of their own, and tell the newest change they see. Every
change of what pages show is in the ledger, so equal marks are equal rows; when somebody wrote in between, all open
again.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import PageRef
from storefront.pages.sites import open_site
from storefront.pages.siteview import SiteView

from .children import Crew, Died, Raised
from .freeze import Drawn, Spoilt, draw
from .store import Store as ContentStore
from .store import content_store

TRIES = 5
_FEWEST, _MOST = 25, 400
"""Pages in one task of a child."""
log = logging.getLogger(__name__)


class PressFailed(Exception):
    """A child that draws pages died or could not read."""


class Press(Protocol):
    """Draws pages of sites."""

    def draw(self, view: SiteView, refs: Sequence[PageRef]) -> Iterator[Drawn | Spoilt]:
        """Draw pages of a site whose snapshot is open."""
        ...


@dataclass(frozen=True, slots=True)
class OwnPress:
    """Draws in this process."""

    store: ContentStore

    def draw(self, view: SiteView, refs: Sequence[PageRef]) -> Iterator[Drawn | Spoilt]:
        """Draw pages one after the other."""
        return draw(view, refs, self.store)


@dataclass(frozen=True, slots=True)
class _Open:
    tenant: UUID
    as_of: date


@dataclass(frozen=True, slots=True)
class _Pages:
    store_id: UUID
    refs: tuple[PageRef, ...]


class ForkedPress:
    """Draws in several children; make it before the build's snapshot is opened, use as a context manager."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        """Fork the children.

        Args:
            settings: of the installation.
            jobs: how many children.
        """
        let_go_of_database()
        self._jobs = jobs
        self._crew: Crew[_Open | _Pages, object] = Crew(jobs, _Child(settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._crew.close()

    def open(self, tenant: UUID, as_of: date, seen: int) -> bool:
        """Let all children open a snapshot.

        Args:
            tenant: whose sites will be drawn.
            as_of: the business date.
            seen: newest change in the snapshot of the caller.

        Returns:
            Whether they see the same moment; if not, the caller opens a new snapshot and asks again.

        Raises:
            PressFailed: a child cannot read.
        """
        answers = self._crew.all_do(_Open(tenant, as_of))
        for answer in answers:
            if isinstance(answer, (Died, Raised)):
                raise PressFailed(_words(answer))
        return all(answer == seen for answer in answers)

    def draw(self, view: SiteView, refs: Sequence[PageRef]) -> Iterator[Drawn | Spoilt]:
        """Draw pages, in no particular order.

        Raises:
            PressFailed: a child died.
        """
        size = min(_MOST, max(_FEWEST, len(refs) // (self._jobs * 4)))
        tasks = [_Pages(view.store.id, tuple(refs[at : at + size])) for at in range(0, len(refs), size)]
        for _, answer in self._crew.each(tasks):
            if isinstance(answer, Raised):
                raise answer.error
            if isinstance(answer, Died):
                raise PressFailed(_words(answer))
            assert isinstance(answer, list)
            yield from answer


@dataclass
class _Child:
    """What lives in a child: its scope, snapshot and the site it drew last."""

    settings: Settings
    _stack: ExitStack | None = None
    _as_of: date | None = None
    _views: dict[UUID, SiteView] = field(default_factory=dict)

    def __call__(self, task: _Open | _Pages) -> object:
        if isinstance(task, _Open):
            return self._open(task)
        return list(draw(self._view(task.store_id), task.refs, content_store(self.settings)))

    def _open(self, task: _Open) -> int:
        if self._stack is None:
            db.after_fork()
        else:
            self._stack.close()
        self._stack, self._as_of, self._views = ExitStack(), task.as_of, {}
        self._stack.enter_context(acting(task.tenant))
        self._stack.enter_context(db.snapshot())
        return mark()

    def _view(self, store_id: UUID) -> SiteView:
        if store_id not in self._views:
            assert self._as_of is not None
            store = db.session.get_one(Store, store_id)
            self._views = {store_id: open_site(store, as_of=self._as_of, settings=self.settings)}
        return self._views[store_id]


def let_go_of_database() -> None:
    """Give back the open connections of this process, so that no forked child holds a share in one."""
    db.session.rollback()
    db.engine.dispose()


def _words(answer: Raised | Died) -> str:
    return answer.reason if isinstance(answer, Died) else f"{type(answer.error).__name__}: {answer.error}"
