"""A release as a list: which file has which content. Kept outside the public tree, one JSON line per file.

The first line is the head (release, parent, the day and the ledger mark it was built for); then follow the files by
path. A `Manifest` names every file, a `Delta` only those that its parent has not or has otherwise. Neither changes once
it is written; how they make up a release together is the matter of `chains.py`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}"
_PATH = re.compile(rf"(?:\.well-known/)?{_SEGMENT}(?:/{_SEGMENT})*")
MAX_PATH = 600


class BadPath(ValueError):
    """A name that could lead out of the tree, or that some file server would read differently (SECURITY C6)."""


class BadManifest(ValueError):
    """A manifest that cannot be read; its release is treated as unknown."""


class Entry(NamedTuple):
    """A file of a release; a tuple, because a build makes tens of thousands."""

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
        head = _head(self.release, self.parent, self.as_of, self.mark) | {"files": len(self.entries)}
        return _lines(head, (self.entries[path] for path in sorted(self.entries)), ())


@dataclass(slots=True)
class Delta:
    """What a release brings over another: the files that differ, and those that are no more."""

    release: str
    parent: str | None = None
    """The release it is put upon; None when `put` names every file, so that it needs no other."""
    as_of: date | None = None
    mark: int = 0
    put: dict[str, Entry] = field(default_factory=dict)
    """By path."""
    drop: set[str] = field(default_factory=set)
    of: str | None = None
    """The earlier release whose content it serves again, after a way back (`holding.py`)."""

    @classmethod
    def whole(cls, manifest: Manifest) -> Self:
        """Give a release that needs no other."""
        return cls(manifest.release, None, manifest.as_of, manifest.mark, dict(manifest.entries))

    @property
    def is_whole(self) -> bool:
        """Ask whether it names every file of its release."""
        return self.parent is None

    def add(self, entry: Entry) -> None:
        """Let the release have a file.

        Raises:
            BadPath: its path could leave the tree.
        """
        check_path(entry.path)
        self.put[entry.path] = entry
        self.drop.discard(entry.path)

    def remove(self, path: str) -> None:
        """Let the release not have a file of its parent."""
        self.put.pop(path, None)
        if not self.is_whole:
            self.drop.add(path)

    def upon(self, before: Manifest | None) -> Manifest:
        """Give the whole release.

        Args:
            before: its parent; not looked at when the delta is whole.

        Raises:
            BadManifest: it needs another parent than this.
        """
        if self.is_whole:
            return Manifest(self.release, None, self.as_of, self.mark, dict(self.put))
        if before is None or before.release != self.parent:
            raise BadManifest(f"{self.release} is put upon {self.parent}, not {before and before.release}")
        entries = {path: entry for path, entry in before.entries.items() if path not in self.drop}
        return Manifest(self.release, self.parent, self.as_of, self.mark, entries | self.put)

    def to_bytes(self, before: str | None = None) -> bytes:
        """Write it down.

        Args:
            before: what was served before a whole one, for the history of the site.
        """
        head = _head(self.release, self.parent or before, self.as_of, self.mark)
        if self.is_whole:
            head["files"] = len(self.put)
        else:
            head |= {"put": len(self.put), "drop": len(self.drop)}
        if self.of is not None:
            head["of"] = self.of
        return _lines(head, (self.put[path] for path in sorted(self.put)), sorted(self.drop))


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a release: enough to walk from one to the next."""

    release: str
    before: str | None
    """What was served before it; of a delta, what it is put upon."""
    is_whole: bool
    as_of: date | None = None
    of: str | None = None
    """The earlier release whose content it serves again."""


def read(path: Path) -> Manifest:
    """Read a whole release.

    Raises:
        FileNotFoundError: there is none.
        BadManifest: it is cut off, is none of ours, or is the delta of another.
    """
    delta, before = _read(path)
    if not delta.is_whole:
        raise BadManifest(f"{path.name} is a delta")
    return Manifest(delta.release, before, delta.as_of, delta.mark, delta.put)


def read_delta(path: Path) -> Delta:
    """Read a release as it was written: a delta, or a whole one.

    Raises:
        FileNotFoundError: there is none.
        BadManifest: it is cut off or is none of ours.
    """
    return _read(path)[0]


def read_head(path: Path) -> Head:
    """Read the first line of a release; whether the rest is there is not looked at.

    Raises:
        FileNotFoundError: there is none.
        BadManifest: it is none of ours.
    """
    with path.open("rb") as file:
        line = file.readline()
    try:
        said = orjson.loads(line)
        as_of = date.fromisoformat(said["as_of"]) if said["as_of"] else None
        return Head(said["release"], said["parent"], "files" in said, as_of, said.get("of"))
    except (KeyError, TypeError, ValueError) as error:
        raise BadManifest(f"{path.name} cannot be read: {error}") from error


def _read(path: Path) -> tuple[Delta, str | None]:
    """Read a release and what was served before it."""
    content = path.read_bytes()
    try:
        if not content.endswith(b"\n"):
            raise BadManifest(f"{path.name} is cut off")
        # One call of the parser for all lines, each of which is a JSON value, is three times as fast as one for each.
        head, *lines = orjson.loads(b"[" + content[:-1].replace(b"\n", b",") + b"]")
        whole = "files" in head
        puts = head["files"] if whole else head["put"]
        if len(lines) != puts + (0 if whole else head["drop"]):
            raise BadManifest(f"{path.name} is cut off")
        if not whole and head["parent"] is None:
            raise BadManifest(f"{path.name} is a delta of nothing")
        as_of = date.fromisoformat(head["as_of"]) if head["as_of"] else None
        made = Delta(head["release"], None if whole else head["parent"], as_of, head["mark"])
        made.put = {line["path"]: entry_of(line) for line in lines[:puts]}
        made.drop = {line["drop"] for line in lines[puts:]}
        made.of = head.get("of")
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise BadManifest(f"{path.name} cannot be read: {error}") from error
    return made, head["parent"]


def check_path(path: str) -> None:
    """Refuse a path that could leave the tree or be read differently by a file server (SECURITY C6).

    Allowed are segments of ASCII letters, digits, `.`, `_` and `-` that do not begin with a dot, and `.well-known`.

    Raises:
        BadPath: anything else.
    """
    if len(path) > MAX_PATH or not _PATH.fullmatch(path):
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


def _head(release: str, parent: str | None, as_of: date | None, mark: int) -> dict[str, Any]:
    day = as_of.isoformat() if as_of else None
    return {"release": release, "parent": parent, "as_of": day, "mark": mark}


def _lines(head: dict[str, Any], put: Iterable[Entry], drop: Iterable[str]) -> bytes:
    lines = [orjson.dumps(head)]
    lines += [orjson.dumps(_plain(entry)) for entry in put]
    lines += [orjson.dumps({"drop": path}) for path in drop]
    return b"\n".join(lines) + b"\n"


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


def entry_of(line: dict[str, Any]) -> Entry:
    """Make an entry of its line, read as JSON."""
    return Entry(
        line["path"],
        line["hash"],
        line["size"],
        tuple(line.get("enc", ())),
        line.get("page"),
        tuple(line.get("photos", ())),
        line.get("gone"),
    )
