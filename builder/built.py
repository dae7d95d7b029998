"""A built site as a stranger finds it: files under a host, nothing of the database (STYLE.md §6).

`TreeSite` reads the tree that is served, `ReleaseSite` a release that is not yet; both look alike to the rules.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

import orjson

from storefront.core.config import Settings

from . import compress, disk
from .manifest import BadPath, Delta, Entry, check_path
from .store import Store
from .trees import inside

NOT_FOUND = "404.html"
_LABEL = "site.json"


@dataclass(frozen=True, slots=True)
class Label:
    """What stands beside a host's trees about it: who it is among the sites of the installation."""

    host: str
    origin: str
    """`https://north-cars.example`, no slash."""
    kind: str
    """`dealer` or `marketplace`."""
    store: str = ""
    """Id of the store in hex digits: a host may be another's tomorrow."""


class BuiltSite(Protocol):
    """The files of one host."""

    @property
    def label(self) -> Label:
        """Who it is."""
        ...

    @property
    def paths(self) -> frozenset[str]:
        """All files but compressed copies, as paths inside the tree; costs as much as there are files."""
        ...

    def has(self, path: str) -> bool:
        """Ask whether there is such a file."""
        ...

    def read(self, path: str) -> bytes:
        """Give a file's bytes."""
        ...

    def weight(self, path: str) -> int:
        """Give the bytes a browser loads for it, with brotli where there is a copy."""
        ...


@dataclass
class TreeSite:
    """A site in a folder."""

    label: Label
    root: Path

    @cached_property
    def paths(self) -> frozenset[str]:
        """Give all files but compressed copies."""
        found = {file.relative_to(self.root).as_posix() for file in self.root.rglob("*") if file.is_file()}
        return frozenset(path for path in found if not _is_copy(path, found))

    def has(self, path: str) -> bool:
        """Ask whether there is such a file; one that would lie outside is not there."""
        try:
            return inside(self.root, path).is_file()
        except BadPath:
            return False

    def read(self, path: str) -> bytes:
        """Give a file's bytes.

        Raises:
            BadPath: it would lie outside the tree.
        """
        return inside(self.root, path).read_bytes()

    def weight(self, path: str) -> int:
        """Give the bytes a browser loads for it."""
        copy = self.root / f"{path}.br"
        if copy.is_file():
            return copy.stat().st_size
        return _weight(path, self.read(path))


@dataclass
class ReleaseSite:
    """A release that is written but not served: what it brings lies in the store, the rest in the live tree."""

    label: Label
    delta: Delta
    live: Path | None
    """The tree that is served now; None when there is none."""
    store: Store

    @cached_property
    def paths(self) -> frozenset[str]:
        """Give all files but compressed copies; unless the release is whole, it costs a walk through the live tree."""
        if self.delta.is_whole or self.live is None:
            return frozenset(self.delta.put)
        return frozenset((TreeSite(self.label, self.live).paths - self.delta.drop) | self.delta.put.keys())

    def has(self, path: str) -> bool:
        """Ask whether the release has a file."""
        if path in self.delta.put:
            return True
        return self._taken_over(path) is not None

    def read(self, path: str) -> bytes:
        """Give a file's bytes.

        Raises:
            FileNotFoundError: the release does not have it.
        """
        entry = self.delta.put.get(path)
        return self._live_file(path).read_bytes() if entry is None else self.store.read(entry.hash)

    def weight(self, path: str) -> int:
        """Give the bytes a browser loads for it.

        Raises:
            FileNotFoundError: the release does not have it.
        """
        entry = self.delta.put.get(path)
        if entry is None:
            file = self._live_file(path)
            copy = file.with_name(f"{file.name}.br")
            return copy.stat().st_size if copy.is_file() else file.stat().st_size
        if "br" in entry.encodings:
            return self.store.path(entry.hash, "br").stat().st_size
        return entry.size

    def entry(self, path: str) -> Entry | None:
        """Give what the release says of a file it brings; None for one it takes over as it is, or does not have."""
        return self.delta.put.get(path)

    def read_live(self, path: str) -> bytes | None:
        """Give a file as it is served now, whatever becomes of it; None when it is not."""
        try:
            check_path(path)
            return None if self.live is None else (self.live / path).read_bytes()
        except (BadPath, OSError):
            return None

    def _live_file(self, path: str) -> Path:
        file = self._taken_over(path)
        if file is None:
            raise FileNotFoundError(f"{self.label.host} has no {path[:200]}")
        return file

    def _taken_over(self, path: str) -> Path | None:
        if self.delta.is_whole or self.live is None or path in self.delta.drop:
            return None
        # Not resolved as a stranger's tree is: this one is ours, without links inside, and a gate asks very often.
        file = self.live / path
        try:
            check_path(path)
            return file if S_ISREG(os.lstat(file).st_mode) else None
        except (BadPath, OSError):
            return None


def _is_copy(path: str, found: set[str]) -> bool:
    stem, dot, ending = path.rpartition(".")
    return bool(dot) and ending in compress.ENCODINGS and stem in found


def _weight(path: str, content: bytes) -> int:
    if compress.is_text(path) and len(content) >= compress.MINIMUM:
        return len(compress.compressed(content, "br", best=compress.lasts(path)))
    return len(content)


def write_label(folder: Path, label: Label) -> None:
    """Write a site's label beside its trees, when it is new or another."""
    content = orjson.dumps(asdict(label))
    file = folder / _LABEL
    if not file.is_file() or file.read_bytes() != content:
        disk.make_folder(folder)
        disk.write_durable(file, content)


def store_of(folder: Path) -> str:
    """Give the id of the store whose site was last recorded in a host's folder, in hex digits; empty when unknown."""
    try:
        return str(orjson.loads((folder / _LABEL).read_bytes()).get("store", ""))
    except (FileNotFoundError, ValueError):
        return ""


def built_sites(settings: Settings) -> Mapping[str, TreeSite]:
    """Give every site of the installation that is served, by host."""
    sites: dict[str, TreeSite] = {}
    for file in sorted(settings.sites.glob(f"*/{_LABEL}")):
        current = file.parent / "current"
        if current.is_dir():
            said = orjson.loads(file.read_bytes())
            label = Label(said["host"], said["origin"], said["kind"], said.get("store", ""))
            sites[label.host] = TreeSite(label, current)
    return sites
