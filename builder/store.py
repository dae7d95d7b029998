"""The content store: every file a site serves, once, under the hash of its bytes (`<instance>/store/<hh>/<hash>`).

Files in it are immutable (mode 0444): trees hold hard links to them, so changing one in place would change every
site that shows it. Compressed copies lie beside it as `<hash>.br` and `<hash>.gz`, made once per content.

A content is written under its own name at once: its size tells whether all of it is there. A copy, whose size nobody
knows beforehand, is renamed to its name when it is whole.
"""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

import xxhash

from storefront.core.config import Settings

from . import compress, disk

_HASH = re.compile(r"[0-9a-f]{32}")
_NEW = ".new"
YOUNG_SECONDS = 3600.0
"""A content that no tree holds is marked as wanted again when it has not been for so long."""
_AT_REST = 2
"""Names of a picture that no tree holds: where it was made, and here."""
_numbers = count()


class Blob(NamedTuple):
    """A file in the store."""

    hash: str
    """xxh3_128 of the bytes, in hex."""
    size: int
    encodings: tuple[str, ...] = ()
    """Compressed copies beside it: `br`, `gz`."""
    fresh: bool = False
    """It is not durable as far as we know: it was written just now, or no tree holds it."""


@dataclass(frozen=True, slots=True)
class Store:
    """The content store of an installation."""

    root: Path

    def path(self, content_hash: str, encoding: str = "") -> Path:
        """Give where a content lies.

        Raises:
            ValueError: no hash of ours.
        """
        return Path(self.name(content_hash) + (f".{encoding}" if encoding else ""))

    def name(self, content_hash: str) -> str:
        """Give where a content lies as a plain string, for those who handle thousands; copies end in `.br`, `.gz`.

        Raises:
            ValueError: no hash of ours.
        """
        if not _HASH.fullmatch(content_hash):
            raise ValueError(f"not a content hash: {content_hash[:80]!r}")
        return f"{self.root}/{content_hash[:2]}/{content_hash}"

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
        name = self.name(content_hash)
        fresh = self._keep(name, content)
        encodings = compress.ENCODINGS if text and len(content) >= compress.MINIMUM else ()
        for encoding in encodings:
            copy = f"{name}.{encoding}"
            if fresh or not os.path.exists(copy):
                self._place(copy, compress.compressed(content, encoding, best=best))
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
        while True:
            try:
                disk.link(file, path)
            except FileNotFoundError:
                if path.parent.is_dir():
                    raise
                disk.make_folder(path.parent)
            except FileExistsError:
                with suppress(FileNotFoundError):
                    found = path.stat()
                    if found.st_size == size:
                        _claim(path, found.st_mtime)
                        return Blob(content_hash, size, fresh=found.st_nlink <= _AT_REST)
                    disk.remove(path)
            else:
                return Blob(content_hash, size, fresh=True)

    def read(self, content_hash: str) -> bytes:
        """Give the bytes of a content."""
        return self.path(content_hash).read_bytes()

    def put_copy(self, content_hash: str, encoding: str, copy: bytes) -> None:
        """Put a better compressed copy in the place of the one there is, whole and durable; trees keep theirs.

        Args:
            content_hash: of the plain content.
            encoding: `br` or `gz`.
            copy: its bytes.
        """
        self._place(str(self.path(content_hash, encoding)), copy, durable=True)

    def make_durable(self, blobs: Iterable[Blob]) -> None:
        """Make fresh contents durable before anything refers to them (SECURITY E1)."""
        fresh = [blob for blob in blobs if blob.fresh]
        if len(fresh) > disk.SINGLE:
            disk.flush(self.root)
            return
        paths: dict[str, None] = {}
        for blob in fresh:
            name = self.name(blob.hash)
            paths[name] = paths[os.path.dirname(name)] = None
            paths.update(dict.fromkeys(f"{name}.{encoding}" for encoding in blob.encodings))
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
        """Remove contents no kept release refers to and no tree holds.

        A build that runs meanwhile may be about to refer to a content: it marked it as young (`put`).

        Args:
            wanted: hashes of all kept manifests of all sites.
            older_than: POSIX time; younger files stay.

        Returns:
            How many files were removed.
        """
        keep = set(wanted)
        removed = 0
        for file in self._files():
            if file.name.partition(".")[0] in keep:
                continue
            with suppress(FileNotFoundError):
                found = file.stat()
                if found.st_nlink <= _AT_REST and found.st_mtime < older_than:
                    disk.remove(file)
                    removed += 1
        return removed

    def _files(self) -> Iterator[Path]:
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            if len(folder.name) == 2:
                yield from folder.iterdir()

    def _keep(self, name: str, content: bytes) -> bool:
        """Write a content under its name; tells whether it is fresh.

        One that is there and in no tree was perhaps left by a builder that died, or by a power failure, or another
        builder is at it just now: it is compared, and what is not whole is renamed over, so that both have a whole one.
        """
        try:
            self._write(name, content)
            return True
        except FileExistsError:
            pass
        with suppress(FileNotFoundError):
            found = os.stat(name)
            if found.st_size == len(content):
                if found.st_nlink > 1:
                    return False
                if Path(name).read_bytes() == content:
                    _claim(name, found.st_mtime)
                    return True
        self._place(name, content)
        return True

    def _write(self, name: str, content: bytes) -> None:
        try:
            disk.write(name, content)
        except FileNotFoundError:
            disk.make_folder(os.path.dirname(name))
            disk.write(name, content)

    def _place(self, name: str, content: bytes, *, durable: bool = False) -> None:
        """Give a name to a whole content, whatever had the name before."""
        beside = f"{self.root}/{_NEW}/{os.getpid()}-{next(_numbers)}"
        self._write(beside, content)
        try:
            if durable:
                disk.sync(Path(beside))
            disk.replace(beside, name)
        except BaseException:
            os.unlink(beside)
            raise


def content_store(settings: Settings) -> Store:
    """Give the content store of an installation."""
    return Store(settings.instance / "store")


def _claim(path: str | Path, modified: float) -> None:
    """Mark a content as wanted: one that no release refers to may be about to be collected.

    Raises:
        FileNotFoundError: it just was.
    """
    if modified < time.time() - YOUNG_SECONDS:
        os.utime(path)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
