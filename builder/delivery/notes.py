"""What is remembered at a target of one host: which release it has, every file of ours there, and what is under way.

`head.json` is small and names the rest: `files-N.jsonl.gz` lists every file, `changes-N-K.jsonl.gz` what each delivery
since has put and deleted, so that a delivery costs what it changes. `plan-N.jsonl.gz` names the files of a delivery
that has begun: when it never ended, exactly these are looked at by the next. The head is written last, so it is never
wrong about the others.
"""

import gzip
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import orjson

from .targets import Place

VERSION = 1
MOST_CHANGES = 16
"""From so many deliveries on they are folded into one list."""
_TYPE = {"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Noted:
    """A file of ours at the target."""

    mark: str
    tag: str
    size: int


Files = dict[str, Noted]
"""By key below the host's root."""
Changes = dict[str, Noted | None]
"""What a delivery put, or (None) deleted."""


@dataclass(slots=True)
class Head:
    """How a host stands at a target."""

    host: str
    release: str | None = None
    """The release that is there whole; None before the first, and when the host was withdrawn."""
    recipe: str = ""
    """What decided on names and headers (`objects.code_digest`) and how copies were encoded."""
    base: int = 0
    changes: int = 0
    plans: list[int] = field(default_factory=list)
    """Deliveries that began after `release` and never ended."""
    leaving: dict[str, str] = field(default_factory=dict)
    """Keys named by their content that nothing refers to any more, with the ISO date of the delivery that said so."""
    rules: dict[str, str] = field(default_factory=dict)
    """Marks of the rule files that are there."""
    version: int = VERSION


@dataclass(slots=True)
class Notes:
    """The notes of one host at one target."""

    place: Place
    head: Head
    is_new: bool
    """Nothing was remembered: whatever lies there is not known."""

    @classmethod
    def read(cls, place: Place, host: str) -> "Notes":
        """Read the head; one of another version, or that cannot be read, counts as none.

        Raises:
            StorageDown: the storage did not answer.
            StorageRefused: it will not.
        """
        said = place.storage.get(f"{place.notes}head.json")
        if said is not None:
            try:
                found = orjson.loads(said)
                if found["version"] == VERSION:
                    known = {item.name for item in fields(Head)}
                    return cls(place, Head(**{name: found[name] for name in found if name in known}), False)
            except (ValueError, TypeError, KeyError):
                pass
        return cls(place, Head(host), True)

    def files(self) -> Files | None:
        """Give every file of ours that is there; None when a note is missing."""
        found: Files = {}
        if not self.head.base:
            return found
        names = [f"files-{self.head.base}", *(self._changes(number) for number in range(1, self.head.changes + 1))]
        for name in names:
            lines = self._lines(name)
            if lines is None:
                return None
            for key, *said in lines:
                if said:
                    found[key] = Noted(*said)
                else:
                    found.pop(key, None)
        return found

    def planned(self) -> set[str] | None:
        """Give the keys that deliveries which never ended may have put or deleted; None when a note is missing."""
        found: set[str] = set()
        for plan in self.head.plans:
            lines = self._lines(f"plan-{plan}")
            if lines is None:
                return None
            found.update(key for (key,) in lines)
        return found

    def begin(self, keys: Iterable[str]) -> None:
        """Say which keys are about to be put or deleted."""
        number = max(self.head.plans, default=0) + 1
        self._write(f"plan-{number}", ([key] for key in keys))
        self.head.plans.append(number)
        self._write_head()

    def end(self, head: Head, changes: Changes, files: Files | None) -> None:
        """Say that a delivery is over.

        Args:
            head: how the host stands now.
            changes: what it put and deleted.
            files: every file that is there now, where that is known; then the list is written anew.
        """
        before, plans = (self.head.base, self.head.changes), self.head.plans
        if files is None and self.head.changes >= MOST_CHANGES and (known := self.files()) is not None:
            files = applied(known, changes)
        if files is not None:
            head.base, head.changes = self.head.base + 1, 0
            self._write(f"files-{head.base}", (_line(key, noted) for key, noted in files.items()))
        elif changes:
            head.base, head.changes = self.head.base, self.head.changes + 1
            self._write(f"changes-{head.base}-{head.changes}", (_line(*change) for change in changes.items()))
        head.plans = []
        self.head = head
        self._write_head()
        self._forget(before if head.base != before[0] else (0, 0), plans)

    def _forget(self, before: tuple[int, int], plans: list[int]) -> None:
        base, changes = before
        doomed = [f"plan-{plan}" for plan in plans]
        doomed += [f"files-{base}", *(f"changes-{base}-{number}" for number in range(1, changes + 1))] if base else []
        for name in doomed:
            self.place.storage.delete(self._key(name))

    def _changes(self, number: int) -> str:
        return f"changes-{self.head.base}-{number}"

    def _lines(self, name: str) -> list[list[Any]] | None:
        said = self.place.storage.get(self._key(name))
        if said is None:
            return None
        try:
            return [orjson.loads(line) for line in gzip.decompress(said).splitlines()]
        except (OSError, EOFError, ValueError):
            return None

    def _write(self, name: str, lines: Iterable[list[Any]]) -> None:
        content = b"".join(orjson.dumps(line) + b"\n" for line in lines)
        self.place.storage.put(self._key(name), gzip.compress(content, 6, mtime=0), _TYPE, "notes")

    def _write_head(self) -> None:
        self.place.storage.put(f"{self.place.notes}head.json", orjson.dumps(asdict(self.head)), _TYPE, "notes")

    def _key(self, name: str) -> str:
        return f"{self.place.notes}{name}.jsonl.gz"


def applied(files: Files, changes: Changes) -> Files:
    """Give the files that are there after a delivery."""
    after = dict(files)
    for key, noted in changes.items():
        if noted is None:
            after.pop(key, None)
        else:
            after[key] = noted
    return after


def _line(key: str, noted: Noted | None) -> list[Any]:
    return [key] if noted is None else [key, noted.mark, noted.tag, noted.size]
