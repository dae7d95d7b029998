"""What a site serves besides pages: the files of its theme, the icon browsers ask for by name, and its pictures."""

from collections.abc import Iterator
from pathlib import Path

from themes import Bundle, Theme

from . import compress
from .images import Made, Pictures
from .manifest import Entry, file_of
from .store import Blob, Store

FAVICON = "icons/favicon.ico"
ICON_PATH = "favicon.ico"


class MissingPictures(Exception):
    """Pictures that pages show are not made."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(f"{len(keys)} photos have no pictures: {', '.join(keys[:5])}")
        self.keys = keys


def theme_files(theme: Theme, bundle: Bundle, store: Store) -> Iterator[tuple[Entry, Blob]]:
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


def _linked(item: Made, store: Store) -> tuple[Entry, Blob]:
    blob = store.adopt(item.file, item.hash, item.size)
    return Entry(file_of(item.path), blob.hash, blob.size), blob


def _kept(path: str, content: bytes, store: Store) -> tuple[Entry, Blob]:
    blob = store.put(content, text=compress.is_text(path))
    return Entry(path, blob.hash, blob.size, blob.encodings), blob
