"""Loading: typed contexts for many pages at once, each with what it read (STYLE.md §4).

Pages of the same kind are loaded in batches, one query per kind of row and batch, so that the number of queries does
not grow with the number of cars.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from storefront.core.changes import Reads

from . import about, documents, homes, info, kept, lists, profiles, requests, services, vehicles
from .catalogue import PageKind, PageRef, shown_among
from .contexts import Page
from .documents import Document
from .siteview import Face, SiteView

BATCH = 400
"""Pages loaded at once; of cars with two languages that is two hundred cars."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page ready to be rendered, or a finished document, with everything it depends on."""

    ref: PageRef
    page: Page | Document
    reads: Reads


def load(view: SiteView, refs: Iterable[PageRef]) -> Iterator[Loaded]:
    """Load pages in the order given; a car that is gone meanwhile is left out.

    Args:
        view: the opened site, in its scope and snapshot.
        refs: from `pages_of`, whole or in part; equal kinds side by side make good batches.
    """
    for kind, group in groupby(refs, key=lambda ref: ref.kind):
        several = list(group)
        for start in range(0, len(several), BATCH):
            for loaded in _batch(view, kind, several[start : start + BATCH]):
                loaded.reads.include(view.reads)
                for face in _shells(view, loaded):
                    loaded.reads.include(face.reads)
                yield loaded


def _shells(view: SiteView, loaded: Loaded) -> Sequence[Face]:
    """Give the languages whose shell a page depends on: its own; for the map of all pages, every one; else none."""
    if isinstance(loaded.page, Page):
        return (view.faces[loaded.ref.lang],)
    return tuple(view.faces.values()) if loaded.ref.kind is PageKind.SITEMAP and loaded.ref.key == "pages" else ()


def _batch(view: SiteView, kind: PageKind, refs: Sequence[PageRef]) -> Iterator[Loaded]:
    if kind is PageKind.VEHICLE:
        yield from _vehicles(view, refs)
    elif kind is PageKind.LIST:
        lists.read(view, refs)
        for ref in refs:
            yield Loaded(ref, *lists.page(view, view.faces[ref.lang], ref))
    elif kind is PageKind.DEALER:
        profiles.read(view, [UUID(ref.key) for ref in refs])
        for ref in refs:
            yield Loaded(ref, *profiles.profile(view, view.faces[ref.lang], view.dealers[UUID(ref.key)]))
    else:
        if kind is PageKind.QR:
            shown_among(view, (UUID(ref.key) for ref in refs))
        for ref in refs:
            yield _single(view, ref)


def _vehicles(view: SiteView, refs: Sequence[PageRef]) -> Iterator[Loaded]:
    batch = vehicles.read(view, list(dict.fromkeys(UUID(ref.key) for ref in refs)))
    for ref in refs:
        made = vehicles.page(view, view.faces[ref.lang], UUID(ref.key), batch)
        if made is not None:
            yield Loaded(ref, *made)


def _single(view: SiteView, ref: PageRef) -> Loaded:
    """Load a page of which a site has one per language."""
    face = view.faces[ref.lang]
    if ref.kind is PageKind.HOME:
        homes.read(view)
        return Loaded(ref, *(homes.market_home(view, face) if view.is_marketplace else homes.dealer_home(view, face)))
    if ref.kind is PageKind.DEALERS:
        return Loaded(ref, *profiles.directory(view, face))
    if ref.kind is PageKind.CONTACT:
        return Loaded(ref, *services.contact(view, face))
    if ref.kind is PageKind.ABOUT:
        return Loaded(ref, *about.about(view, face))
    if ref.kind is PageKind.FAQ:
        return Loaded(ref, *about.faq(view, face))
    if ref.kind is PageKind.REQUEST:
        return Loaded(ref, *requests.request(view, face, ref))
    if ref.kind is PageKind.INFO:
        return Loaded(ref, *info.info(view, face, ref))
    if ref.kind is PageKind.KEPT:
        return Loaded(ref, *kept.kept(view, face, ref))
    if ref.kind is PageKind.TEXT:
        return Loaded(ref, *services.text(view, face, ref))
    if ref.kind is PageKind.SEARCH:
        return Loaded(ref, *services.search(view, face))
    if ref.kind is PageKind.GONE:
        return Loaded(ref, *services.gone(view, face))
    return Loaded(ref, *documents.document(view, ref))
