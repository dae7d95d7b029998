"""What a site serves besides pages: the files of its theme, the icon browsers ask for by name, and its pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash

from storefront.domain.listings.films import FilmStore
from storefront.domain.listings.photo_store import PhotoStore

from . import compress
from .images import Made, Pictures
from .manifest import Entry, file_of
from .social import Cards
from .store import Blob, Store

if TYPE_CHECKING:
    from themes import Bundle, Theme

FAVICON = "icons/favicon.ico"
ICON_PATH = "favicon.ico"
LOGO = "i/logo-"


class MissingPictures(Exception):
    """Pictures that pages show are not made."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(f"{len(keys)} photos have no pictures: {', '.join(keys[:5])}")
        self.keys = keys


def theme_files(theme: "Theme", bundle: "Bundle", store: Store) -> Iterator[tuple[Entry, Blob]]:
    """Put a theme's fingerprinted files and `/favicon.ico` into the content store (a missing icon costs points).

    Args:
        theme: whose icon it is.
        bundle: its files with a dealer's settings.
        store: where they go.
    """
    for path, content in bundle.files.items():
        yield _kept(file_of(path), content, store)
    icon: Path | None = theme.assets().get(FAVICON)
    if icon is not None:
        yield _kept(ICON_PATH, icon.read_bytes(), store)


def picture_files(keys: set[str], pictures: Pictures, store: Store) -> Iterator[tuple[Entry, Blob]]:
    """Put all pictures of these photos into the content store, by linking them.

    Args:
        keys: of photos that pages show.
        pictures: where they are made.
        store: where they go.

    Raises:
        MissingPictures: some are not made.
    """
    missing: list[str] = []
    for key in sorted(keys):
        made = pictures.ready(key)
        if made is None:
            missing.append(key)
            continue
        for item in made:
            yield _linked(item, store)
    if missing:
        raise MissingPictures(tuple(missing))


@dataclass(frozen=True, slots=True)
class SingleFiles:
    """Where the files come from that pages name one by one: pictures of shared links, films of tours, logos."""

    cards: Cards
    films: FilmStore
    logos: PhotoStore

    def kept(self, path: str, store: Store) -> tuple[Entry, Blob]:
        """Put such a file into the content store.

        Args:
            path: inside the tree, `i/card-….jpg`, `i/logo-….png` or `m/….mp4`.
            store: where it goes.

        Raises:
            MissingPictures: it is not there.
        """
        if path.startswith("m/"):
            film = self.films.find(path.removeprefix("m/").partition(".")[0])
            if film is None:
                raise MissingPictures((path,))
            return _linked(Made(f"/{path}", content_hash(film), film.stat().st_size, film), store)
        if path.startswith(LOGO):
            logo = self.logos.find(path.removeprefix(LOGO).partition(".")[0])
            if logo is None:
                raise MissingPictures((path,))
            return _kept(path, logo.read_bytes(), store)
        content = self.cards.ready(path)
        if content is None:
            raise MissingPictures((path,))
        return _kept(path, content, store)


def content_hash(file: Path) -> str:
    """Give the hash of a file's bytes as the content store knows it, without holding them all."""
    digest = xxhash.xxh3_128()
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _linked(item: Made, store: Store) -> tuple[Entry, Blob]:
    blob = store.adopt(item.file, item.hash, item.size)
    return Entry(file_of(item.path), blob.hash, blob.size), blob


def _kept(path: str, content: bytes, store: Store) -> tuple[Entry, Blob]:
    blob = store.put(content, text=compress.is_text(path), best=compress.lasts(path))
    return Entry(path, blob.hash, blob.size, blob.encodings), blob
