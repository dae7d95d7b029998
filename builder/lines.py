"""What a release's file says of some paths, found without reading the rest: lines are sorted (`manifest.py`).

A way back costs what differs, also on a site of a million files: a line is found by halving, and the others are only
counted, which tells a file that is cut off.
"""

import mmap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from .manifest import BadManifest, Entry, entry_of

_CHUNK = 1 << 20
_FEW = 8
"""When of so many lines less than one is asked for, they are looked up; else reading all of them is faster."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A release's file whose head was read, and whose lines are all there."""

    file: Path
    parent: str | None
    """What it is put upon, or what was served before a whole one."""
    is_whole: bool
    mark: int
    number: int
    """How many there are below the head."""
    begin: int
    """Where they begin, in bytes."""

    def are_many(self, paths: int) -> bool:
        """Ask whether so many paths are too many to be looked up one by one."""
        return paths * _FEW >= self.number

    def about(self, paths: Iterable[str]) -> tuple[dict[str, Entry], set[str]]:
        """Give what it says of some paths: the files it puts, and those it drops.

        Raises:
            FileNotFoundError: it was removed meanwhile.
            BadManifest: a line cannot be read.
        """
        if not self.number:
            return {}, set()
        try:
            with self.file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return self._looked_up(content, sorted(paths))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadManifest(f"{self.file.name} cannot be read: {error}") from error

    def _looked_up(self, content: mmap.mmap, paths: list[str]) -> tuple[dict[str, Entry], set[str]]:
        put: dict[str, Entry] = {}
        drop: set[str] = set()
        end = len(content)
        at, gone_at = self.begin, self.begin
        for path in paths:
            at = _first(content, (at, end), (False, path))
            line = _line(content, at)
            if line.get("path") == path:
                put[path] = entry_of(line)
            elif not self.is_whole:
                gone_at = _first(content, (max(at, gone_at), end), (True, path))
                if _line(content, gone_at).get("drop") == path:
                    drop.add(path)
        return put, drop


def lines_of(file: Path) -> Lines:
    """Read the head of a release's file, and make sure that the other lines are there.

    Raises:
        FileNotFoundError: there is none.
        BadManifest: it is cut off or is none of ours.
    """
    found = 0
    with file.open("rb") as opened:
        head = last = opened.readline()
        while chunk := opened.read(_CHUNK):
            found += chunk.count(b"\n")
            last = chunk
    try:
        said = orjson.loads(head)
        is_whole = "files" in said
        number = said["files"] if is_whole else said["put"] + said["drop"]
        if found != number or not last.endswith(b"\n"):
            raise BadManifest(f"{file.name} is cut off")
        return Lines(file, said["parent"], is_whole, said["mark"], number, len(head))
    except (KeyError, TypeError, ValueError) as error:
        raise BadManifest(f"{file.name} cannot be read: {error}") from error


def _first(content: mmap.mmap, within: tuple[int, int], wanted: tuple[bool, str]) -> int:
    """Give where the first line begins that does not come before the wanted one, by halving."""
    low, high = within
    while low < high:
        begin = max(low, content.rfind(b"\n", low, (low + high) // 2) + 1)
        end = content.find(b"\n", begin) + 1
        line = orjson.loads(content[begin:end])
        key = (True, line["drop"]) if "drop" in line else (False, line["path"])
        if key < wanted:
            low = end
        else:
            high = begin
    return low


def _line(content: mmap.mmap, begin: int) -> dict[str, Any]:
    """Read the line that begins there; nothing at the end of the file."""
    line: dict[str, Any] = orjson.loads(content[begin : content.find(b"\n", begin)]) if begin < len(content) else {}
    return line
