"""Comparing an index with the database, car by car, and putting right what differs (`marketplace search verify`).

The same walk makes the day's qualities: of a car nothing but its age changed, so its document is written again only
when that moved its quality (SPEC 53, contract T3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from storefront.core import changes

from .documents import Document, all_documents, documents_of
from .errors import IndexMissing
from .following import BATCH, changed, rebuild, sliced, today, writing
from .index import Index, Progress


@dataclass(frozen=True, slots=True)
class Compared:
    """How an index and the database differ; what is on its way into the index (`following`) is no difference."""

    cars: int
    """On offer."""
    missing: tuple[UUID, ...]
    """On offer and not in the index."""
    stale: tuple[UUID, ...]
    """In the index as they were."""
    surplus: tuple[UUID, ...]
    """In the index and not on offer."""
    aged: int = 0
    """Right on the day of the index: their quality or label is another one today."""

    @property
    def is_true(self) -> bool:
        """Ask whether the index holds what it should."""
        return not (self.missing or self.stale or self.surplus)


def compare(index: Index) -> Compared:
    """Compare; nothing is written.

    Args:
        index: of the tenant who acts.

    Raises:
        IndexBusy: another writer did not finish in time.
        IndexMissing: there is no index of this release, or it is broken.
        SearchUnavailable: the engine does not answer.
    """
    with writing(index):
        walk = _Walk(index)
        for _ in walk.wrong():
            continue
        return walk.result()


def repair(index: Index) -> Compared:
    """Compare, and put right what differs; qualities of another day are made those of today.

    Args:
        index: of the tenant who acts; one that is not there is made.

    Returns:
        What was found before.

    Raises:
        IndexBusy: another writer did not finish in time.
        SearchUnavailable: the engine does not answer.
    """
    try:
        return _repaired(index)
    except IndexMissing:
        number = rebuild(index)
        return Compared(number, (), (), (), aged=0)


def _repaired(index: Index) -> Compared:
    with writing(index):
        until = changes.mark()
        walk = _Walk(index)
        for batch in sliced(walk.wrong(), BATCH):
            index.apply(batch, ())
        for gone in sliced(walk.surplus(), BATCH):
            index.apply((), gone)
        index.apply((), (), Progress(until, today()))
        return walk.result()


class _Walk:
    """One walk over all documents, beside what the index says it holds."""

    def __init__(self, index: Index) -> None:
        self._behind = index.progress()
        self._coming = set(changed(self._behind.change, changes.mark()))
        self._held = dict(index.ids())
        self._cars = self._aged = 0
        self._missing: list[UUID] = []
        self._stale: dict[UUID, int] = {}
        self._before = date.fromisoformat(self._behind.day) if self._behind.day else None

    def wrong(self) -> Iterator[Document]:
        """Give the documents that the index has not, has otherwise, or with another quality."""
        for document in all_documents():
            self._cars += 1
            stamp = self._held.pop(document.id, None)
            if stamp == document.stamp():
                if self._before is not None and document.quality_on(self._before) == document.quality:
                    continue
                self._aged += 1
            elif stamp is None and document.id not in self._coming:
                self._missing.append(document.id)
            elif stamp is not None and document.id not in self._coming:
                self._stale[document.id] = stamp
            yield document

    def surplus(self) -> list[UUID]:
        """Give what the index holds and no document is of; known after the walk."""
        return sorted(self._held)

    def result(self) -> Compared:
        """Say what was found."""
        surplus = tuple(key for key in self.surplus() if key not in self._coming)
        aged = self._aged_labels()
        stale = tuple(key for key in self._stale if key not in aged)
        return Compared(self._cars, tuple(self._missing), stale, surplus, self._aged + len(aged))

    def _aged_labels(self) -> set[UUID]:
        """Give the cars that are in the index as they were right on its day: a label that runs out is no fault."""
        if self._before is None or self._before.isoformat() == today():
            return set()
        then = documents_of(list(self._stale), self._before)
        return {document.id for document in then if document.stamp() == self._stale[document.id]}
