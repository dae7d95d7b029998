"""A built site as a stranger finds it: files under a host, nothing of the database (STYLE.md §6).

`TreeSite` reads the tree that is served, `ReleaseSite` a release that is not yet; both look alike to the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

import orjson

from storefront.core.config import Settings

from . import compress, disk
from .manifest import Manifest
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


class BuiltSite(Protocol):
    """The files of one host."""

    @property
    def label(self) -> Label:
        """Who it is."""
        ...

    @property
    def paths(self) -> frozenset[str]:
        """All files but compressed copies, as paths inside the tree."""
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
    """A release that is written but not served."""

    label: Label
    manifest: Manifest
    store: Store
    _weights: dict[str, int] = field(default_factory=dict)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Give all files but compressed copies."""
        return frozenset(self.manifest.entries)

    def read(self, path: str) -> bytes:
        """Give a file's bytes."""
        return self.store.read(self.manifest.entries[path].hash)

    def weight(self, path: str) -> int:
        """Give the bytes a browser loads for it."""
        entry = self.manifest.entries[path]
        if "br" in entry.encodings:
            return self.store.path(entry.hash, "br").stat().st_size
        return entry.size


def _is_copy(path: str, found: set[str]) -> bool:
    stem, dot, ending = path.rpartition(".")
    return bool(dot) and ending in compress.ENCODINGS and stem in found


def _weight(path: str, content: bytes) -> int:
    if compress.is_text(path) and len(content) >= compress.MINIMUM:
        return len(compress.compressed(content, "br", best=compress.lasts(path)))
    return len(content)


def write_label(folder: Path, label: Label) -> None:
    """Write a site's label beside its trees, when it is new or another."""
    content = orjson.dumps({"host": label.host, "origin": label.origin, "kind": label.kind})
    file = folder / _LABEL
    if not file.is_file() or file.read_bytes() != content:
        disk.make_folder(folder)
        disk.write_durable(file, content)


def built_sites(settings: Settings) -> Mapping[str, TreeSite]:
    """Give every site of the installation that is served, by host."""
    sites: dict[str, TreeSite] = {}
    for file in sorted(settings.sites.glob(f"*/{_LABEL}")):
        current = file.parent / "current"
        if current.is_dir():
            said = orjson.loads(file.read_bytes())
            label = Label(said["host"], said["origin"], said["kind"])
            sites[label.host] = TreeSite(label, current)
    return sites
