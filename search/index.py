"""The promise every engine keeps (tests/contract/test_search_index.py), and the engine of this installation."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from storefront.core.config import Settings

from .documents import Document
from .query import Query

BASE = "vehicles"


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found."""

    ids: tuple[UUID, ...]
    """Listing ids, in order."""
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """Give the number of pages, at least 1."""
        return max(1, -(-self.total // self.size))


class Index(Protocol):
    """The search index of one tenant (SPEC 11)."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Be the only writer: what is read from the database inside is not older than what others wrote before.

        Raises:
            IndexBusy: another writer did not finish in time.
        """

    def apply(self, documents: Iterable[Document], deletions: Iterable[UUID]) -> None:
        """Put or replace documents and remove others, at once; call it inside `exclusive()`.

        Raises:
            SearchUnavailable: there is no index yet (`rebuild` first), or it cannot be written.
        """

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Replace the whole index, beside the old one, which answers until the switch; call it inside `exclusive()`.

        Returns:
            How many documents it holds.
        """

    def search(self, query: Query) -> Hits:
        """Find cars.

        Raises:
            SearchUnavailable: no index, or it does not answer (SPEC 56).
        """


def index_name(tenant_id: UUID) -> str:
    """Give a tenant's index name: base name, hyphen, first 8 hex digits of its id (SPEC 11)."""
    return f"{BASE}-{tenant_id.hex[:8]}"


def open_index(tenant_id: UUID, settings: Settings) -> Index:
    """Give the index of a tenant; it need not exist yet."""
    from .embedded import embedded_index

    return embedded_index(settings.instance / "search" / index_name(tenant_id), tenant_id)
