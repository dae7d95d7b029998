"""Drawing pages: load, render, keep in the content store. A page that cannot be drawn is an answer, not an end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from storefront.pages.catalogue import PageKind, PageRef
from storefront.pages.contexts import SocialCard
from storefront.pages.documents import Document
from storefront.pages.loading import Loaded, load
from storefront.pages.rendering import render
from storefront.pages.siteview import SiteView
from storefront.pages.social import path_of

from . import compress
from .manifest import Entry, file_of
from .reads import things_of
from .store import Blob, Store

BATCH = 400
"""Pages whose contexts are loaded together."""
_SHOWN = re.compile(
    rb"/(?:i/([0-9a-f]{20})-[a-z0-9]{1,8}(?:(-(?:[0-9]{1,3}x[0-9]{1,3}|spin|pano)))?\.(?:avif|webp|jpg)"
    rb"|(i/card-[0-9a-f]{20}\.jpg|m/[0-9a-f]{20}\.(?:mp4|webm)))"
)
"""What a page shows besides files of its theme: pictures by their set, single files by their path."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page that was drawn and kept."""

    entry: Entry
    blob: Blob
    things: tuple[int, ...]
    """Numbers of what it read beyond what every page of the site reads (`reads.py`)."""
    card: tuple[str, SocialCard] | None = None
    """The picture it is shared with, when it names one that we draw: its path, and what is on it."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A page that could not be drawn."""

    address: str
    kind: PageKind
    reason: str


def draw(view: SiteView, refs: Sequence[PageRef], store: Store) -> Iterator[Drawn | Spoilt]:
    """Draw pages of a site.

    Args:
        view: the site, in an open snapshot.
        refs: which pages.
        store: where their bytes go.

    Raises:
        OSError: the disk refused.
    """
    shared = view.reads.keys
    for start in range(0, len(refs), BATCH):
        yield from _batch(view, refs[start : start + BATCH], store, shared)


def _batch(
    view: SiteView, refs: Sequence[PageRef], store: Store, shared: set[tuple[str, str, str]]
) -> Iterator[Drawn | Spoilt]:
    """Draw a batch; when one page spoils the loading of all, they are drawn one by one."""
    done = 0
    try:
        for loaded in load(view, refs):
            ref = loaded.ref
            done += 1
            try:
                content = render(view, loaded)
                path = file_of(ref.path)
            except OSError:
                raise
            except Exception as error:
                yield Spoilt(ref.path, ref.kind, _words(error))
                continue
            blob = store.put(content, text=compress.is_text(path))
            photos = _photos(ref, content)
            entry = Entry(path, blob.hash, blob.size, blob.encodings, ref.path, photos)
            yield Drawn(entry, blob, tuple(things_of(loaded.reads.keys - shared)), _card(loaded, photos))
    except (OSError, SQLAlchemyError):
        raise
    except Exception as error:
        if len(refs) == 1:
            yield Spoilt(refs[0].path, refs[0].kind, _words(error))
            return
        for ref in refs[done:]:
            yield from _batch(view, [ref], store, shared)


def _photos(ref: PageRef, content: bytes) -> tuple[str, ...]:
    """Give the picture sets and single files a page names; feeds name those of the cars' own pages once more."""
    if ref.kind is PageKind.FEED:
        return ()
    return tuple(sorted({(key + variant + file).decode() for key, variant, file in _SHOWN.findall(content)}))


def _card(loaded: Loaded, photos: tuple[str, ...]) -> tuple[str, SocialCard] | None:
    if isinstance(loaded.page, Document) or loaded.page.head.image is None or loaded.page.head.image.card is None:
        return None
    card = loaded.page.head.image.card
    path = path_of(card)[1:]
    return (path, card) if path in photos else None


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
