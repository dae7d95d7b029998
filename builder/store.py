"""The content store: every file a site serves, once, under the hash of its bytes (`<instance>/store/<hh>/<hash>`).

Files in it are immutable (mode 0444): trees hold hard links to them, so changing one in place would change every
site that shows it. Compressed copies lie beside it as `<hash>.br` and `<hash>.gz`, made once per content.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import xxhash

from storefront.core.config import Settings

from . import compress, disk

_HASH = re.compile(r"[0-9a-f]{32}")
_NEW = ".new"
_numbers = count()


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in the store."""

    hash: str
    """xxh3_128 of the bytes, in hex."""
    size: int
    encodings: tuple[str, ...] = ()
    """Compressed copies beside it: `br`, `gz`."""
    fresh: bool = False
    """It was written just now, so it is not durable yet."""


@dataclass(frozen=True, slots=True)
class Store:
    """The content store of an installation."""

    root: Path

    def path(self, content_hash: str, encoding: str = "") -> Path:
        """Give where a content lies.

        Raises:
            ValueError: no hash of ours.
        """
        if not _HASH.fullmatch(content_hash):
            raise ValueError(f"not a content hash: {content_hash[:80]!r}")
        name = f"{content_hash}.{encoding}" if encoding else content_hash
        return self.root / content_hash[:2] / name

    def put(self, content: bytes, *, text: bool, best: bool = False) -> Blob:
        """Keep a content, with compressed copies when it is text of 1 KB or more (SEO.md §15).

        Args:
            content: the bytes.
            text: whether the file is worth compressing.
            best: whether it is worth the time of the best compression (`compress.lasts`).

        Raises:
            OSError: the disk refused; the store is as before.
        """
        content_hash = xxhash.xxh3_128_hexdigest(content)
        path = self.path(content_hash)
        fresh = not _is_there(path, len(content))
        if fresh:
            self._write(path, content)
        encodings = compress.ENCODINGS if text and len(content) >= compress.MINIMUM else ()
        for encoding in encodings:
            copy = self.path(content_hash, encoding)
            if fresh or not copy.exists():
                self._write(copy, compress.compressed(content, encoding, best=best))
                fresh = True
        return Blob(content_hash, len(content), encodings, fresh)

    def adopt(self, file: Path, content_hash: str, size: int) -> Blob:
        """Take in a finished, durable file (a picture's derivative) by linking it.

        Args:
            file: where it lies, on the same file system.
            content_hash: xxh3_128 of its bytes.
            size: its bytes.
        """
        path = self.path(content_hash)
        if _is_there(path, size):
            return Blob(content_hash, size)
        beside = self._new()
        disk.link(file, beside)
        self._place(beside, path)
        return Blob(content_hash, size, fresh=True)

    def read(self, content_hash: str) -> bytes:
        """Give the bytes of a content."""
        return self.path(content_hash).read_bytes()

    def make_durable(self, blobs: Iterable[Blob]) -> None:
        """Make fresh contents durable before anything refers to them (SECURITY E1)."""
        paths: dict[Path, None] = {}
        for blob in blobs:
            if blob.fresh:
                for encoding in ("", *blob.encodings):
                    path = self.path(blob.hash, encoding)
                    paths[path] = None
                    paths[path.parent] = None
        if paths:
            disk.sync_all(paths, self.root)

    def clean(self) -> None:
        """Remove what a crashed build left half-written: files of processes that live no more."""
        folder = self.root / _NEW
        if not folder.is_dir():
            return
        for file in folder.iterdir():
            owner = file.name.partition("-")[0]
            if not (owner.isdecimal() and _lives(int(owner))):
                disk.remove(file)

    def collect(self, wanted: Iterable[str], older_than: float) -> int:
        """Remove contents no kept release refers to.

        Args:
            wanted: hashes of all kept manifests of all sites.
            older_than: POSIX time; younger files stay, a build may be about to refer to them.

        Returns:
            How many files were removed.
        """
        keep = set(wanted)
        removed = 0
        for file in self._files():
            if file.name.partition(".")[0] not in keep and file.stat().st_mtime < older_than:
                disk.remove(file)
                removed += 1
        return removed

    def _files(self) -> Iterator[Path]:
        for folder in self.root.iterdir():
            if len(folder.name) == 2:
                yield from folder.iterdir()

    def _write(self, path: Path, content: bytes) -> None:
        beside = self._new()
        disk.write(beside, content)
        self._place(beside, path)

    def _place(self, beside: Path, path: Path) -> None:
        try:
            try:
                disk.replace(beside, path)
            except FileNotFoundError:
                disk.make_folder(path.parent)
                disk.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)

    def _new(self) -> Path:
        """Give a fresh name to write under."""
        folder = self.root / _NEW
        name = folder / f"{os.getpid()}-{next(_numbers)}"
        if not folder.is_dir():
            disk.make_folder(folder)
        return name


def content_store(settings: Settings) -> Store:
    """Give the content store of an installation."""
    return Store(settings.instance / "store")


def _is_there(path: Path, size: int) -> bool:
    """A power failure can leave a name with less than its content: then it is written again."""
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
