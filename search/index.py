"""The promise every engine keeps (tests/contract/test_search_index.py), and the engine of this installation."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from storefront.core.config import Settings

from .documents import Document
from .query import Facet, Query, Range, Resolved

BASE = "vehicles"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: a page of hits, and what is said about all of them (SPEC 48, 55)."""

    ids: tuple[UUID, ...]
    """Listing ids, in order."""
    total: int
    page: int
    size: int
    facets: Mapping[Facet, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """For each facet asked for its values with the number of cars, most first, then by value. Chosen values are always
    there. A facet's numbers ignore what is chosen of itself, so that more of it can be chosen; those of `FEATURE`, of
    which all must hold, do not."""
    bounds: Mapping[Range, tuple[int, int] | None] = field(default_factory=dict)
    """For each range asked for the least and greatest known value among the cars that match all but this range."""
    km: tuple[float | None, ...] = ()
    """How far each hit is away; empty without `Query.near`."""
    words: tuple[Resolved, ...] = ()
    """How the text was understood."""
    did_you_mean: str | None = None
    """The text rewritten, where words were found only by correcting them, or where nothing was found and a known word
    is near."""
    took_ms: float = 0.0

    @property
    def pages(self) -> int:
        """Give the number of pages, at least 1."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an index follows the database; kept in it, so that a lost or restored one is known by it."""

    change: int = 0
    """Number of the last line of the ledger that it holds (`core/changes.py`)."""
    day: str = ""
    """ISO date of the day its qualities are of."""


class Index(Protocol):
    """The search index of one tenant (SPEC 11)."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Be the only writer: what is read from the database inside is not older than what others wrote before.

        Raises:
            IndexBusy: another writer did not finish in time.
        """

    def progress(self) -> Progress:
        """Give how far it follows the database.

        Raises:
            IndexMissing: there is no index of this release (`rebuild` first), or it is broken.
            SearchUnavailable: it does not answer.
        """

    def apply(self, documents: Iterable[Document], deletions: Iterable[UUID], progress: Progress | None = None) -> None:
        """Put or replace documents and remove others, at once; call it inside `exclusive()`.

        Args:
            documents: to be found from now on; one that is among the deletions too is put.
            deletions: listings not to be found any more.
            progress: how far the index follows the database with them; None leaves it as it is.

        Raises:
            IndexMissing: there is no index of this release (`rebuild` first), or it is broken.
            SearchUnavailable: it cannot be written.
        """

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Replace the whole index, beside the old one, which answers until the switch; call it inside `exclusive()`.

        Args:
            documents: all of them.
            progress: how far the index follows the database with them; None: from the beginning of the ledger.

        Returns:
            How many documents it holds.
        """

    def search(self, query: Query) -> Answer:
        """Find cars.

        Raises:
            SearchUnavailable: no index, or it does not answer (SPEC 56).
        """

    def stamp(self) -> str:
        """Give a text that is another one after every change of the index: what is kept of answers hangs on it.

        Asked before every answer that may be kept; microseconds on the embedded engine, a remote one may remember its
        own for a second. Empty when it cannot be told: then nothing is kept.

        Raises:
            SearchUnavailable: no index, or it does not answer.
        """

    def ids(self) -> Iterator[tuple[UUID, int]]:
        """Give every listing the index holds, with the stamp of its document (`Document.stamp`), in no order.

        Raises:
            SearchUnavailable: no index, or it does not answer.
        """


def index_name(tenant_id: UUID) -> str:
    """Give a tenant's index name: base name, hyphen, first 8 hex digits of its id (SPEC 11)."""
    return f"{BASE}-{tenant_id.hex[:8]}"


def open_index(tenant_id: UUID, settings: Settings) -> Index:
    """Give the index of a tenant; it need not exist yet.

    Raises:
        ConfigurationError: the settings name a server and say nothing that can be meant.
    """
    if settings.meilisearch_url:
        from .meili import meili_index

        return meili_index(tenant_id, settings)
    from .embedded import embedded_index

    return embedded_index(settings.instance / "search" / index_name(tenant_id), tenant_id)
