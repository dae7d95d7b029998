"""The releases of a site on disk and how one follows from another: deltas, each upon its parent, and checkpoints.

`releases/<id>.jsonl` is a release as it was published, a delta or a whole one; `<id>.whole.jsonl` beside it is its
checkpoint, every file of it, so that nobody has to walk further back. Neither is ever changed. A link that is missing
or cut off makes all that hangs on it unknown (`BadManifest`), never wrong.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import disk, manifest
from .lines import lines_of
from .manifest import BadManifest, Delta, Entry, Head, Manifest

LONGEST = 31
"""A longer chain of deltas gets a checkpoint: rarely enough that 19 of 20 publishes do not wait for it."""
_RELEASE = re.compile(r"[0-9]{8,18}")
_FILE = re.compile(r"([0-9]{8,18})(\.whole)?\.jsonl")

Steps = dict[str, Entry | None]
"""Path → what is to be there, None for nothing."""
_Said = tuple[dict[str, Entry], set[str], str | None]
"""The files a link of a chain puts and drops, and what it is put upon; None when it is whole."""


class ReleaseExists(Exception):
    """A release is immutable: its name stands for one content for ever."""


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of one site."""

    folder: Path
    _heads: dict[str, Head] = field(default_factory=dict)
    """Of releases, which never change; read once."""
    _deltas: dict[str, Delta] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Give every release there is a file of, oldest first, whether it was ever served or not."""
        found = {match[1] for match in self._files() if not match[2]}
        return sorted(found, key=int)

    def write(self, delta: Delta, before: str | None) -> Path:
        """Write a release down; its name is durable when the caller has synced the file and its folder.

        Args:
            delta: the release.
            before: what is served now.

        Raises:
            ReleaseExists: another release has that name.
        """
        file = self._file(delta.release)
        with suppress(FileNotFoundError, BadManifest):
            known = manifest.read_delta(file)
            if (known.parent, known.put, known.drop) != (delta.parent, delta.put, delta.drop):
                raise ReleaseExists(f"{delta.release} exists and is another one")
            return file
        disk.make_folder(self.folder)
        disk.write_over(file, delta.to_bytes(before))
        self._deltas[delta.release] = delta
        return file

    def delta(self, release: str) -> Delta:
        """Read a release as it was published.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it cannot be read.
        """
        if release not in self._deltas:
            self._deltas[release] = manifest.read_delta(self._file(release))
        return self._deltas[release]

    def head(self, release: str) -> Head:
        """Read what a release says of itself.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it cannot be read.
        """
        if release not in self._heads:
            self._heads[release] = manifest.read_head(self._file(release))
        return self._heads[release]

    def manifest(self, release: str) -> Manifest:
        """Put a release together.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it, or one that it is put upon, cannot be read or is not there.
        """
        return self.composed([release])[release]

    def composed(self, releases: Iterable[str]) -> dict[str, Manifest]:
        """Put several releases together, reading what they have in common once.

        Raises:
            FileNotFoundError: one is not kept.
            BadManifest: one cannot be put together.
        """
        wanted = set(releases)
        found: dict[str, Manifest] = {}
        for release in sorted(wanted, key=int):
            below: list[Delta] = []
            name: str = release
            base = found.get(name)
            while base is None:
                base, delta = self._base(name, is_asked_for=name == release)
                if delta is not None:
                    below.append(delta)
                    name = _older(delta.parent, delta.release)
                    base = found.get(name)
            found[release] = _upon(base, below, release)
        return found

    def steps(self, held: str, wanted: str) -> Steps | None:
        """Give what leads from a release to a later one, from the deltas between them alone.

        Returns:
            None when the one does not follow from the other by deltas that are all there.
        """
        below: list[Delta] = []
        name = wanted
        while name != held:
            try:
                delta = self.delta(name)
            except (FileNotFoundError, BadManifest):
                return None
            if delta.is_whole or int(name) < int(held):
                return None
            below.append(delta)
            name = _older(delta.parent, delta.release)
        steps: Steps = {}
        for delta in reversed(below):
            steps.update(dict.fromkeys(delta.drop))
            steps.update(delta.put)
        return steps

    def files(self, release: str, paths: Iterable[str]) -> dict[str, Entry]:
        """Give some files of a release, as far as it has them; costs as much as are asked for.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it cannot be put together.
        """
        found: dict[str, Entry] = {}
        unknown, name = set(paths), release
        while unknown:
            try:
                put, drop, parent = self._about(name, unknown)
            except FileNotFoundError as error:
                if name == release:
                    raise
                raise BadManifest(f"{name}, which others are put upon, is not there") from error
            found.update(put)
            unknown -= put.keys() | drop
            if parent is None:
                break
            name = _older(parent, name)
        return found

    def mark(self, release: str) -> int:
        """Give the ledger mark a release was built for.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it cannot be read.
        """
        return self._deltas[release].mark if release in self._deltas else lines_of(self._file(release)).mark

    def both(self, earlier: str, later: str) -> tuple[dict[str, Entry], dict[str, Entry]]:
        """Give the files in which two releases may differ, as the one has them and as the other.

        Where the later one follows from the earlier by deltas, only what these name is looked at.

        Raises:
            FileNotFoundError: one is not kept.
            BadManifest: one cannot be put together.
        """
        steps = self.steps(earlier, later)
        if steps is None:
            known = self.composed([earlier, later])
            return known[earlier].entries, known[later].entries
        after = {path: entry for path, entry in steps.items() if entry is not None}
        return self.files(earlier, steps), after

    def contents(self, releases: Iterable[str]) -> set[str]:
        """Give the hashes of what releases refer to, walking each chain once; an unknown one refers to nothing."""
        found: set[str] = set()
        before: str | None = None
        for release in sorted(releases, key=int):
            steps = None if before is None else self.steps(before, release)
            if steps is None:
                with suppress(FileNotFoundError, BadManifest):
                    found.update(entry.hash for entry in self.manifest(release).entries.values())
            else:
                found.update(entry.hash for entry in steps.values() if entry is not None)
            before = release
        return found

    def history(self, release: str | None, most: int) -> list[str]:
        """Give a release and those that were served before it, newest first, as far as they are kept."""
        found: list[str] = []
        while release is not None and len(found) < most:
            try:
                head = self.head(release)
            except (FileNotFoundError, BadManifest):
                break
            found.append(release)
            release = head.before if head.before is not None and int(head.before) < int(release) else None
        return found

    def length(self, release: str) -> int:
        """Count the deltas from a release back to one that is whole."""
        return len(self._chain(release)) - 1

    def checkpoint(self, release: str) -> bool:
        """Write every file of a release down, when the chain behind it is long; tells whether it did.

        Raises:
            BadManifest: it cannot be put together.
        """
        if self.length(release) <= LONGEST:
            return False
        whole = self.manifest(release)
        disk.write_durable(self._whole(release), Delta.whole(whole).to_bytes(whole.parent))
        return True

    def keep(self, releases: Iterable[str]) -> None:
        """Remove all files but those of these releases and of what they are put upon."""
        needed = {name for release in releases for name in self._chain(release)}
        bases = {chain[-1] for release in releases if (chain := self._chain(release))}
        for match in list(self._files()):
            if match[1] not in (bases if match[2] else needed):
                disk.remove(self.folder / match[0])

    def _base(self, release: str, *, is_asked_for: bool) -> tuple[Manifest | None, Delta | None]:
        """Read a link of the chain: whole from its checkpoint, else as it was published."""
        with suppress(FileNotFoundError, BadManifest):
            return manifest.read(self._whole(release)), None
        try:
            delta = self.delta(release)
        except FileNotFoundError as error:
            if is_asked_for:
                raise
            raise BadManifest(f"{release}, which others are put upon, is not there") from error
        if delta.is_whole:
            return delta.upon(None), None
        return None, delta

    def _about(self, release: str, paths: set[str]) -> _Said:
        """Give what a link of the chain says of some paths: its checkpoint, else the release as it was published."""
        with suppress(FileNotFoundError, BadManifest):
            lines = lines_of(self._whole(release))
            if lines.are_many(len(paths)):
                known = manifest.read(lines.file).entries
                return {path: known[path] for path in paths if path in known}, set(), None
            return *lines.about(paths), None
        if release not in self._deltas:
            lines = lines_of(self._file(release))
            if not lines.are_many(len(paths)):
                return *lines.about(paths), None if lines.is_whole else lines.parent or ""
        delta = self.delta(release)
        put = {path: delta.put[path] for path in paths if path in delta.put}
        return put, paths & delta.drop, delta.parent

    def _chain(self, release: str) -> list[str]:
        """Give a release and what it is put upon, down to one that is whole or has a checkpoint."""
        found: list[str] = []
        name: str | None = release
        while name is not None:
            try:
                head = self.head(name)
            except (FileNotFoundError, BadManifest):
                break
            found.append(name)
            is_base = head.is_whole or self._whole(name).exists()
            name = None if is_base or head.before is None or int(head.before) >= int(name) else head.before
        return found

    def _file(self, release: str) -> Path:
        if not _RELEASE.fullmatch(release):
            raise BadManifest(f"not a release: {release[:40]!r}")
        return self.folder / f"{release}.jsonl"

    def _whole(self, release: str) -> Path:
        return self._file(release).with_suffix(".whole.jsonl")

    def _files(self) -> Iterator[re.Match[str]]:
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return
        for name in names:
            if match := _FILE.fullmatch(name):
                yield match


def _older(parent: str | None, release: str) -> str:
    """Name what a delta is put upon, which is always older: no chain runs in a circle."""
    parent = parent or ""
    if not _RELEASE.fullmatch(parent) or int(parent) >= int(release):
        raise BadManifest(f"{release} cannot be put upon {parent[:40]!r}")
    return parent


def _upon(base: Manifest, deltas: list[Delta], release: str) -> Manifest:
    """Put deltas, newest first, upon a whole release."""
    if not deltas:
        return base
    entries = dict(base.entries)
    for delta in reversed(deltas):
        for path in delta.drop:
            entries.pop(path, None)
        entries.update(delta.put)
    newest = deltas[0]
    return Manifest(release, newest.parent, newest.as_of, newest.mark, entries)
