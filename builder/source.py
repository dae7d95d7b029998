"""Where a build gets its pages from: everything the builder knows of a site passes through this protocol.

`SitePages` is the product's own source. Another one (the benchmark's catalogue) needs no more than this to go the same
way: stale pages, gate, releases, two trees.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from storefront.core.changes import Key, Reads
from storefront.core.config import Settings
from storefront.domain.stores.models import Store as StoreRow
from storefront.pages.refs import PageKind, PageRef, Rendered

from .manifest import Entry
from .store import Blob, Store

Group = tuple[PageKind, str, int | None]
"""Kind, key and bucket: what the pages of one thing in all languages have in common."""


@dataclass(frozen=True, slots=True)
class About:
    """The pages under some changed keys, as they are now.

    Args:
        refs: every page of these groups that exists now.
        groups: those that `refs` lists whole, also the ones of which nothing is left: a known page of such a group that
            is not among `refs` is gone.
    """

    refs: Sequence[PageRef]
    groups: frozenset[Group]


class Source(Protocol):
    """The pages of one site in one moment of the database, on one business date."""

    @property
    def shared(self) -> Reads:
        """What every page depends on besides what it read itself: header, footer, navigation."""
        ...

    def ingredients(self) -> Mapping[str, str]:
        """Give what pages are made of besides rows, name → digest: words, parts, settings, files, code.

        A page says which of them it used (`Rendered.used`); it is stale when the digest of one of these changed.
        """
        ...

    def pages(self) -> Sequence[PageRef]:
        """List every page, in a stable order. Costs as much as there are pages."""
        ...

    def pages_about(self, keys: Iterable[Key]) -> About | None:
        """Say which pages there are now under changed keys, so that what came and what went is known without a list.

        Costs as much as there are keys, not pages. None when that cannot be said: then all pages are listed.
        """
        ...

    def warm(self) -> None:
        """Get ready what nearly every drawing needs; a process that will draw calls it while it waits for its pages."""
        ...

    def draw(self, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        """Load and render pages, in batches; a page that is gone is left out.

        Raises:
            Exception: a page that cannot be drawn; the caller tries the rest one by one.
        """
        ...

    def files(self, store: Store) -> Iterable[tuple[Entry, Blob]]:
        """Give the files pages need besides pictures: styles, scripts, fonts, icons."""
        ...


class Opener(Protocol):
    """Opens a site for a build, in the open scope and snapshot; children of a build open it again for themselves."""

    def __call__(self, store: StoreRow, *, as_of: date, settings: Settings) -> Source:
        """Open it."""
        ...
