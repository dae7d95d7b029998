"""The two plain trees of a host, `a` and `b`: a release is brought into the one that is not served (SECURITY E1).

Every file of a tree is a hard link into the content store. Nothing is ever written through such a link: a changed page
is another content under another inode, linked under a fresh name and renamed over the old one. There is no symlink
inside a tree. Beside each tree stands a link that leads nowhere and whose text is the tree's state: the release it
holds, or between which ones it was when the builder died; then all files that may differ are put right one by one,
and an unknown state empties the tree.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from stat import S_ISDIR

from . import compress, disk
from .chains import Releases, Steps
from .children import Crew, Died, Raised
from .manifest import BadManifest, BadPath, Delta, Entry, Manifest, check_path
from .store import Store

MANY = 2000
"""From so many files on several processes link them, and whole manifests are compared to find fewer."""
_STATE = re.compile(r"(?:[0-9]{8,18})?(?:\+[0-9]{8,18})*")


@dataclass(frozen=True, slots=True)
class TreeState:
    """What a tree holds: a release whole, or (with `towards`) something between two."""

    release: str | None = None
    towards: tuple[str, ...] = ()
    """Releases that builders were on the way to when they died; several when they died one after the other."""

    def __str__(self) -> str:
        return "+".join((self.release or "", *self.towards))


@dataclass(slots=True)
class Tree:
    """One tree of a host."""

    root: Path
    store: Store
    _folders: set[str] = field(default_factory=set)
    _touched: dict[str, None] = field(default_factory=dict)
    _is_vast: bool = False
    """So many files were linked that their file system is flushed as a whole."""

    @property
    def state(self) -> TreeState | None:
        """Read what it holds; None when that is not known."""
        try:
            said = os.readlink(self._state_file)
        except OSError:
            return None
        if not _STATE.fullmatch(said) or not self.root.is_dir():
            return None
        release, *towards = said.split("+")
        return TreeState(release or None, tuple(towards))

    @property
    def _state_file(self) -> Path:
        return self.root.with_name(f"{self.root.name}.state")

    @property
    def _beside(self) -> str:
        return f"{self.root.parent}/.{self.root.name}.{os.getpid()}"

    def bring_to(self, wanted: Delta, releases: Releases, written: Iterable[Path] = (), jobs: int = 1) -> int:
        """Make the tree hold a release, touching only what differs, and make that durable.

        Args:
            wanted: the release.
            releases: those of the site; `wanted` is among them.
            written: files and folders of the release's manifest that are not durable yet.
            jobs: processes that link, when the files are many.

        Returns:
            How many files of the release were linked or removed.

        Raises:
            OSError: the disk refused; the tree is repaired the next time.
            BadManifest: the release cannot be put together.
        """
        state, steps = self._way_to(wanted, releases)
        if state != TreeState(wanted.release):
            self._say(TreeState(state.release, (*state.towards, wanted.release)))
        disk.sync_all([*written, self.root.parent], self.root.parent)
        gone = [path for path, entry in steps.items() if entry is None]
        put = [entry for entry in steps.values() if entry is not None]
        for path in gone:
            self._drop(path)
        self._put_all(put, jobs)
        disk.remove(self._beside)
        if self._is_vast:
            disk.flush(self.root)
        elif self._touched:
            disk.sync_all(self._touched, self.root)
        self._touched.clear()
        self._say(TreeState(wanted.release))
        return len(steps)

    def refresh_copy(self, path: str, content_hash: str, encoding: str) -> bool:
        """Link a compressed copy anew that was made better since; call while the site is locked.

        A reader finds the one copy or the other. Where the file holds another content, or has no such copy, nothing is
        done: copies are linked with their file, and a later release brings its own.

        Returns:
            Whether the tree has the new copy.
        """
        check_path(path)
        source, target = self.store.name(content_hash), f"{self.root}/{path}"
        try:
            if not os.path.samefile(source, target) or not os.path.exists(f"{target}.{encoding}"):
                return False
            self._put_over(f"{source}.{encoding}", f"{target}.{encoding}")
        except FileNotFoundError:
            return False
        return True

    def _way_to(self, wanted: Delta, releases: Releases) -> tuple[TreeState, Steps]:
        """Give what the tree holds, and what leads from there to a release."""
        state = self.state
        if state is not None:
            if state.release is not None and not state.towards:
                steps = releases.steps(state.release, wanted.release)
                if steps is not None and len(steps) < (MANY if wanted.of is None else disk.SINGLE):
                    return state, steps
                with suppress(FileNotFoundError, BadManifest):
                    if steps is not None:
                        return state, _without_circles(steps, releases.files(state.release, steps))
            with suppress(FileNotFoundError, BadManifest):
                return state, _difference(state, wanted, releases)
        disk.remove(self._state_file)
        disk.remove_tree(self.root)
        disk.make_folder(self.root)
        return TreeState(), dict(_whole(wanted, releases).entries)

    def _say(self, state: TreeState) -> None:
        disk.point(self._state_file, str(state))

    def _put_all(self, entries: list[Entry], jobs: int) -> None:
        if jobs <= 1 or len(entries) < MANY:
            for entry in entries:
                self._put(entry)
            return
        size = -(-len(entries) // (jobs * 4))

        def put(start: int) -> None:
            for entry in entries[start : start + size]:
                self._put(entry)
            disk.remove(self._beside)

        with Crew(jobs, put) as crew:
            for _, answer in crew.each(range(0, len(entries), size)):
                if isinstance(answer, Raised):
                    raise answer.error
                if isinstance(answer, Died):
                    raise OSError(f"a process that links files {answer.reason}")
        self._is_vast = True

    def _put(self, entry: Entry) -> None:
        """Link a file with its compressed copies, and take away copies it has no more."""
        check_path(entry.path)
        target = f"{self.root}/{entry.path}"
        folder = os.path.dirname(target)
        self._enter(folder)
        source = self.store.name(entry.hash)
        is_new = self._link(source, target)
        for encoding in entry.encodings:
            self._link(f"{source}.{encoding}", f"{target}.{encoding}")
        if not is_new:
            self._drop_copies(target, entry.encodings)
        self._touched[folder] = None

    def _link(self, source: str, target: str) -> bool:
        """Give a content a name in the tree; tells whether the name is new."""
        try:
            disk.link(source, target)
        except FileExistsError:
            self._put_over(source, target)
            return False
        return True

    def _put_over(self, source: str, target: str) -> None:
        """Rename a new link over an old name, so that a reader of this tree never finds the file missing.

        The new link is made beside the tree, where a crash leaves nothing that would be served. It stays there when
        both names stand for one file already: then renaming does nothing.
        """
        beside = self._beside
        try:
            disk.link(source, beside)
        except FileExistsError:
            disk.remove(beside)
            disk.link(source, beside)
        try:
            disk.replace(beside, target)
        except IsADirectoryError:
            disk.remove_tree(target)
            disk.replace(beside, target)

    def _drop(self, path: str) -> None:
        check_path(path)
        target = f"{self.root}/{path}"
        if os.path.isdir(target) and not os.path.islink(target):
            return
        try:
            disk.remove(target)
        except NotADirectoryError:
            return  # a builder that died had put a file where the folder was
        self._drop_copies(target)
        folder = os.path.dirname(target)
        self._touched[folder] = None
        while folder != str(self.root) and disk.remove_folder(folder):
            self._folders.discard(folder)
            self._touched.pop(folder, None)
            folder = os.path.dirname(folder)
            self._touched[folder] = None

    def _drop_copies(self, target: str, wanted: tuple[str, ...] = ()) -> None:
        """Take away compressed copies: a delta does not say whether the file had any."""
        for encoding in compress.ENCODINGS if compress.is_text(target) else ():
            if encoding not in wanted:
                disk.remove(f"{target}.{encoding}")

    def _enter(self, folder: str) -> None:
        """Make a folder of the tree, and refuse to go through anything that is not a plain folder."""
        if folder in self._folders:
            return
        if folder != str(self.root):
            above = os.path.dirname(folder)
            self._enter(above)
            if disk.enter_folder(folder):
                self._touched[above] = None
            elif not S_ISDIR(os.lstat(folder).st_mode):
                if os.path.islink(folder):
                    raise BadPath(f"a symlink inside a tree: {folder}")
                disk.remove(folder)
                disk.enter_folder(folder)
        self._folders.add(folder)


def _without_circles(steps: Steps, held: dict[str, Entry]) -> Steps:
    """Leave out what a tree has already: a way back often ends where it stands."""
    return {
        path: entry
        for path, entry in steps.items()
        if _files(held, path) != (None if entry is None else (entry.hash, entry.encodings))
    }


def _difference(state: TreeState, wanted: Delta, releases: Releases) -> Steps:
    """Give every file that may differ, whole manifests compared: what a builder that died may have touched, too.

    Raises:
        FileNotFoundError: a release is not kept.
        BadManifest: one is unknown.
    """
    others = {name for name in (state.release, *state.towards) if name is not None} - {wanted.release}
    known = releases.composed(others) | {wanted.release: _whole(wanted, releases)}
    held = known[state.release].entries if state.release else {}
    target = known[wanted.release].entries
    doubtful: set[str] = set()
    for release in state.towards:
        after = known[release].entries
        doubtful |= {path for path in held.keys() | after.keys() if _files(held, path) != _files(after, path)}
    steps: Steps = {path: None for path in held if path not in target}
    steps |= {path: None for path in doubtful if path not in target}
    for path, entry in target.items():
        if path in doubtful or _files(held, path) != (entry.hash, entry.encodings):
            steps[path] = entry
    return steps


def _whole(wanted: Delta, releases: Releases) -> Manifest:
    return wanted.upon(None) if wanted.is_whole else releases.manifest(wanted.release)


def _files(entries: dict[str, Entry], path: str) -> tuple[str, tuple[str, ...]] | None:
    entry = entries.get(path)
    return None if entry is None else (entry.hash, entry.encodings)


def inside(root: Path, path: str) -> Path:
    """Give the file of a tree for a path, checked to lie inside it once every link is resolved (SECURITY C6).

    Raises:
        BadPath: it would lie outside.
    """
    check_path(path)
    resolved = (root / PurePosixPath(path)).resolve()
    if not resolved.is_relative_to(root.resolve()):
        raise BadPath(f"outside the tree: {path[:120]!r}")
    return resolved
