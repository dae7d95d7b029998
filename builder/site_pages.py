"""The product's own pages as a build takes them: `storefront.pages` behind the protocol of `source.py`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from storefront.core.changes import Key, Reads
from storefront.core.config import Settings
from storefront.domain.stores.models import Store as StoreRow
from storefront.pages.catalogue import PageRef, pages_of
from storefront.pages.concerned import pages_about
from storefront.pages.contexts import TEMPLATES, VehiclePage
from storefront.pages.rendering import Rendered, drawn
from storefront.pages.sites import open_site
from storefront.pages.siteview import SiteView

from . import assets
from .manifest import Entry
from .source import About
from .store import Blob, Store


@dataclass(frozen=True, slots=True)
class SitePages:
    """The pages of one site, read in the scope and snapshot that are open."""

    view: SiteView

    @property
    def shared(self) -> Reads:
        """What every page depends on: header, footer, navigation."""
        return self.view.reads

    def ingredients(self) -> Mapping[str, str]:
        """Give what pages are made of besides rows, name → digest."""
        return self.view.ingredients()

    def pages(self) -> Sequence[PageRef]:
        """List every page, in a stable order."""
        return pages_of(self.view)

    def pages_about(self, keys: Iterable[Key]) -> About | None:
        """Say which pages there are now under changed keys."""
        found = pages_about(self.view, keys)
        return None if found is None else About(found.refs, frozenset(found.groups))

    def warm(self) -> None:
        """Have the template of a car's page compiled."""
        for face in self.view.faces.values():
            face.look.warm(face.site, TEMPLATES[VehiclePage])

    def draw(self, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        """Load and render pages, in batches."""
        return drawn(self.view, refs)

    def files(self, store: Store) -> Iterable[tuple[Entry, Blob]]:
        """Give styles, scripts, fonts and icons of the site's theme."""
        look = self.view.default.look
        return assets.theme_files(look.theme, look.bundle, store)


def open_pages(store: StoreRow, *, as_of: date, settings: Settings) -> SitePages:
    """Open a site of the product for a build, in the open scope and snapshot.

    Raises:
        ThemeError: the store's theme is missing or broken.
    """
    return SitePages(open_site(store, as_of=as_of, settings=settings))
