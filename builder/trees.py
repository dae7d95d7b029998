"""The two plain trees of a host, `a` and `b`: a release is brought into the one that is not served (SECURITY E1).

Every file of a tree is a hard link into the content store. Nothing is ever written through such a link: a changed page
is another content under another inode, linked under a fresh name and renamed over the old one. There is no symlink
inside a tree. Beside each tree stands a small state file that says which release it holds, or between which two it was
when the builder died; then all files that may differ are put right one by one, and an unknown state empties the tree.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from stat import S_ISDIR

import orjson

from . import disk
from .manifest import BadManifest, BadPath, Manifest, check_path
from .store import Store

Files = dict[str, tuple[str, str]]
"""Path → (content hash, encoding)."""


@dataclass(frozen=True, slots=True)
class TreeState:
    """What a tree holds: a release whole, or (with `towards`) something between two."""

    release: str | None = None
    towards: tuple[str, ...] = ()
    """Releases that builders were on the way to when they died; several when they died one after the other."""


@dataclass(slots=True)
class Tree:
    """One tree of a host."""

    root: Path
    store: Store
    _folders: set[Path] = field(default_factory=set)
    _touched: dict[Path, None] = field(default_factory=dict)

    @property
    def state(self) -> TreeState | None:
        """Read what it holds; None when that is not known."""
        try:
            said = orjson.loads(self._state_file.read_bytes())
            return TreeState(said["release"], tuple(said["towards"]))
        except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
            return None

    @property
    def _state_file(self) -> Path:
        return self.root.with_name(self.root.name + ".json")

    def bring_to(self, wanted: Manifest, known: Callable[[str], Manifest]) -> int:
        """Make the tree hold a release, touching only what differs, and make that durable.

        Args:
            wanted: the release.
            known: reads another release's manifest by its name; may raise FileNotFoundError or BadManifest.

        Returns:
            How many files were linked or removed.

        Raises:
            OSError: the disk refused; the tree is repaired the next time.
        """
        target = wanted.files()
        present, doubtful = self._present(known)
        gone = [path for path in present if path not in target]
        changed = [path for path, content in target.items() if present.get(path) != content or path in doubtful]
        gone += [path for path in doubtful if path not in target and path not in present]
        state = self.state or TreeState()
        self._say(TreeState(state.release, (*state.towards, wanted.release)))
        for path in gone:
            self._drop(path)
        for path in changed:
            self._put(path, *target[path])
        if self._touched:
            disk.sync_all(self._touched, self.root)
            self._touched.clear()
        self._say(TreeState(wanted.release))
        return len(gone) + len(changed)

    def _present(self, known: Callable[[str], Manifest]) -> tuple[Files, set[str]]:
        """Give the files that should be there, and the paths about which that is not certain."""
        state = self.state
        if state is not None:
            with suppress(FileNotFoundError, BadManifest):
                before = known(state.release).files() if state.release else {}
                doubtful: set[str] = set()
                for release in state.towards:
                    after = known(release).files()
                    doubtful |= {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
                return before, doubtful
        disk.remove(self._state_file)
        disk.remove_tree(self.root)
        disk.make_folder(self.root)
        return {}, set()

    def _say(self, state: TreeState) -> None:
        disk.make_folder(self.root)
        content = orjson.dumps({"release": state.release, "towards": list(state.towards)})
        disk.write_durable(self._state_file, content)

    def _put(self, path: str, content_hash: str, encoding: str) -> None:
        check_path(path)
        target = self.root / path
        self._enter(target.parent)
        source = self.store.path(content_hash, encoding)
        try:
            disk.link(source, target)
        except FileExistsError:
            self._put_over(source, target)
        self._touched[target.parent] = None

    def _put_over(self, source: Path, target: Path) -> None:
        """Rename a new link over an old name, so that a reader of this tree never finds the file missing.

        The new link is made beside the tree, where a crash leaves nothing that would be served.
        """
        if target.is_dir() and not target.is_symlink():
            disk.remove_tree(target)
        elif os.path.samefile(source, target):
            return
        beside = self.root.with_name(f".{self.root.name}.new")
        disk.remove(beside)
        disk.link(source, beside)
        disk.replace(beside, target)

    def _drop(self, path: str) -> None:
        check_path(path)
        target = self.root / path
        if target.is_dir() and not target.is_symlink():
            return
        with suppress(NotADirectoryError):
            disk.remove(target)
        folder = target.parent
        self._touched[folder] = None
        while folder != self.root and disk.remove_folder(folder):
            self._folders.discard(folder)
            self._touched.pop(folder, None)
            folder = folder.parent
            self._touched[folder] = None

    def _enter(self, folder: Path) -> None:
        """Make a folder of the tree, and refuse to go through anything that is not a plain folder."""
        if folder in self._folders:
            return
        if folder != self.root:
            self._enter(folder.parent)
        try:
            kind = os.lstat(folder).st_mode
        except FileNotFoundError:
            disk.make_folder(folder)
            self._touched[folder.parent] = None
        else:
            if not S_ISDIR(kind):
                if os.path.islink(folder):
                    raise BadPath(f"a symlink inside a tree: {folder}")
                disk.remove(folder)
                disk.make_folder(folder)
        self._folders.add(folder)


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
