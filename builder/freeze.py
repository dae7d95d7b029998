"""Drawing pages: load, render, keep in the content store. A page that cannot be drawn is an answer, not an end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storefront.core.changes import Key
from storefront.pages.refs import PageKind, PageRef, Rendered

from . import compress
from .ingredients import set_number
from .manifest import Entry, file_of
from .options import Options
from .reads import Things, group_number, link_number, packed, shown_number, things_of
from .source import Source
from .store import Blob, Store

if TYPE_CHECKING:
    from storefront.pages.contexts import SocialCard

BATCH = 400
"""Pages whose contexts are loaded together."""
_SHOWN = re.compile(
    rb"/(?:i/([0-9a-f]{20})-[a-z0-9]{1,8}(?:(-(?:[0-9]{1,3}x[0-9]{1,3}|spin|pano)))?\.(?:avif|webp|jpg)"
    rb"|(i/card-[0-9a-f]{20}\.jpg|i/logo-[0-9a-f]{20}\.png|m/[0-9a-f]{20}\.(?:mp4|webm)))"
)
"""What a page shows besides files of its theme: pictures by their set, single files by their path."""
_LINKED = re.compile(rb' href="?(/(?![aim]/)[^"\s>#?]*)')
"""Where a page leads to on its own site."""


class Drawn(NamedTuple):
    """A page that was drawn and kept; small, because children send thousands of them."""

    ref: PageRef
    path: str
    """Inside the tree."""
    about: int
    """Number of what it has in common with its other languages (`reads.group_number`)."""
    hash: str
    size: int
    encodings: tuple[str, ...]
    fresh: bool
    photos: tuple[str, ...]
    things: bytes
    """What it read beyond what every page of the site reads, what it shows and where it leads, packed (`reads.py`)."""
    ingredients: int
    """Number of the set of words, parts, settings and files it was made with."""
    card: "tuple[str, SocialCard] | None" = None
    """The picture it is shared with, when it names one that we draw: its path, and what is on it."""

    @property
    def entry(self) -> Entry:
        """Give the file."""
        return Entry(self.path, self.hash, self.size, self.encodings, self.ref.path, self.photos)

    @property
    def blob(self) -> Blob:
        """Give the content."""
        return Blob(self.hash, self.size, self.encodings, self.fresh)


class Spoilt(NamedTuple):
    """A page that could not be drawn."""

    address: str
    kind: PageKind
    reason: str


class MadeOf(NamedTuple):
    """A set of ingredients, told before the first page that was made with it."""

    number: int
    names: tuple[str, ...]


@dataclass(slots=True)
class Freezer:
    """Draws pages of one site into the content store.

    Args:
        source: the site, in an open snapshot.
        store: where the bytes go.
        options: whether they are compressed, and whether anybody will ask who links to a page.
    """

    source: Source
    store: Store
    options: Options
    _sets: dict[frozenset[str], int] = field(default_factory=dict)

    def draw(self, refs: Sequence[PageRef]) -> Iterator[Drawn | Spoilt | MadeOf]:
        """Draw pages.

        Raises:
            OSError: the disk refused.
        """
        shared = self.source.shared.keys
        for start in range(0, len(refs), BATCH):
            yield from self._batch(refs[start : start + BATCH], shared)

    def _batch(self, refs: Sequence[PageRef], shared: set[Key]) -> Iterator[Drawn | Spoilt | MadeOf]:
        """Draw a batch; when one page spoils it, those that are still to come are drawn one by one."""
        done: set[str] = set()
        try:
            for page in self.source.draw(refs):
                done.add(page.ref.path)
                if page.used not in self._sets:
                    number = self._sets[page.used] = set_number(page.used)
                    yield MadeOf(number, tuple(sorted(page.used)))
                yield self._kept(page, shared)
        except Exception as error:
            if isinstance(error, (OSError, SQLAlchemyError)) and not _is_corrupt(error):
                raise
            if len(refs) == 1:
                yield Spoilt(refs[0].path, refs[0].kind, f"{type(error).__name__}: {error}"[:500])
                return
            for ref in refs:
                if ref.path not in done:
                    yield from self._batch([ref], shared)

    def _kept(self, page: Rendered, shared: set[Key]) -> Drawn:
        ref, content = page.ref, page.content
        path = file_of(ref.path)
        blob = self.store.put(content, text=self.options.compress and compress.is_text(path))
        photos = _photos(ref, content) if page.shown is None else page.shown
        things = things_of(page.reads.keys - shared)
        for name in photos:
            things[shown_number(name)] = 1
        if self.options.gate and path.endswith(".html"):
            things |= _links(content)
        made_of, card = self._sets[page.used], _card(page, photos)
        about = group_number(ref.kind, ref.key, ref.bucket)
        kept = (blob.hash, blob.size, blob.encodings, blob.fresh)
        return Drawn(ref, path, about, *kept, photos, packed(things), made_of, card)


def _is_corrupt(error: Exception) -> bool:
    """Ask whether the database answered with a text that is none: the fault of one record (SECURITY E11)."""
    return isinstance(error, DBAPIError) and "decode" in str(error.orig)


def _photos(ref: PageRef, content: bytes) -> tuple[str, ...]:
    """Give the picture sets and single files a page names; feeds name those of the cars' own pages once more."""
    if ref.kind is PageKind.FEED or (b"/i/" not in content and b"/m/" not in content):
        return ()
    return tuple(sorted({(key + variant + file).decode() for key, variant, file in _SHOWN.findall(content)}))


def _links(content: bytes) -> Things:
    """Give where the middle of a page leads to: what stands round it is the same on every page."""
    begin, end = content.find(b"<main"), content.rfind(b"</main>")
    found = _LINKED.findall(content, max(begin, 0), end if end > 0 else len(content))
    return {link_number(address.decode()): 1 for address in set(found)}


def _card(page: Rendered, photos: tuple[str, ...]) -> "tuple[str, SocialCard] | None":
    if page.card is None:
        return None
    from storefront.pages.social import path_of

    path = path_of(page.card)[1:]
    return (path, page.card) if path in photos else None
