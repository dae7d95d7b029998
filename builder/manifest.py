"""A release as a list: which file has which content. Kept outside the public tree, one JSON line per file.

The first line is the head (release, parent, the day and the ledger mark it was built for); then follow the files by
path. A release never changes once it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_HIDDEN = ".well-known"
MAX_PATH = 600


class BadPath(ValueError):
    """A name that could lead out of the tree, or that some file server would read differently (SECURITY C6)."""


class BadManifest(ValueError):
    """A manifest that cannot be read; its release is treated as unknown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a release."""

    path: str
    """Inside the tree: `vehicles/index.html`."""
    hash: str
    size: int
    encodings: tuple[str, ...] = ()
    """Compressed copies that lie beside it: `br`, `gz`."""
    page: str | None = None
    """The address, when it is one of the site's pages."""
    photos: tuple[str, ...] = ()
    """What the page shows: picture sets by name (`pictures.set_name`), cards and films by their path."""
    gone: str | None = None
    """ISO date on which nothing referred to it any more; it is served for 30 days on (SEO.md §15)."""

    def files(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Give the files it stands for: path → (content hash, encoding)."""
        yield self.path, (self.hash, "")
        for encoding in self.encodings:
            yield f"{self.path}.{encoding}", (self.hash, encoding)


@dataclass(slots=True)
class Manifest:
    """All files of a release."""

    release: str
    parent: str | None = None
    as_of: date | None = None
    mark: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Add a file.

        Raises:
            BadPath: its path could leave the tree.
        """
        check_path(entry.path)
        self.entries[entry.path] = entry

    def files(self) -> dict[str, tuple[str, str]]:
        """Give every file of the tree: path → (content hash, encoding)."""
        return dict(file for entry in self.entries.values() for file in entry.files())

    def pages(self) -> dict[str, Entry]:
        """Give the pages by their addresses."""
        return {entry.page: entry for entry in self.entries.values() if entry.page is not None}

    def to_bytes(self) -> bytes:
        """Write it down."""
        head = {
            "release": self.release,
            "parent": self.parent,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "mark": self.mark,
            "files": len(self.entries),
        }
        lines = [orjson.dumps(head)]
        lines += [orjson.dumps(_plain(self.entries[path])) for path in sorted(self.entries)]
        return b"\n".join(lines) + b"\n"


def read(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        FileNotFoundError: there is none.
        BadManifest: it is cut off or is none of ours.
    """
    lines = path.read_bytes().splitlines()
    try:
        head = orjson.loads(lines[0])
        entries = [_entry(orjson.loads(line)) for line in lines[1:]]
        if head["files"] != len(entries):
            raise BadManifest(f"{path.name} is cut off")
        as_of = date.fromisoformat(head["as_of"]) if head["as_of"] else None
        made = Manifest(head["release"], head["parent"], as_of, head["mark"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise BadManifest(f"{path.name} cannot be read: {error}") from error
    made.entries = {entry.path: entry for entry in entries}
    return made


def check_path(path: str) -> None:
    """Refuse a path that could leave the tree or be read differently by a file server (SECURITY C6).

    Allowed are segments of ASCII letters, digits, `.`, `_` and `-` that do not begin with a dot, and `.well-known`.

    Raises:
        BadPath: anything else.
    """
    segments = path.split("/")
    if segments[0] == _HIDDEN:
        segments = segments[1:]
    if len(path) > MAX_PATH or not segments or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise BadPath(f"not a path of a site: {path[:120]!r}")


def file_of(address: str) -> str:
    """Give the file that answers an address: `/vehicles/` is `vehicles/index.html`.

    Raises:
        BadPath: no address of a site's page.
    """
    if not address.startswith("/"):
        raise BadPath(f"not an address of a site: {address[:120]!r}")
    path = address[1:]
    if path == "" or path.endswith("/"):
        path += "index.html"
    check_path(path)
    return path


def _plain(entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {"path": entry.path, "hash": entry.hash, "size": entry.size}
    if entry.encodings:
        line["enc"] = entry.encodings
    if entry.page is not None:
        line["page"] = entry.page
    if entry.photos:
        line["photos"] = entry.photos
    if entry.gone is not None:
        line["gone"] = entry.gone
    return line


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(
        line["path"],
        line["hash"],
        line["size"],
        tuple(line.get("enc", ())),
        line.get("page"),
        tuple(line.get("photos", ())),
        line.get("gone"),
    )
