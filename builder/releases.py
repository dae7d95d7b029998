"""Releases of a site: manifests over the content store, two trees, and `current`, the link that says what is served.

`<instance>/sites/<host>/` holds `a/` and `b/`, `current` → one of them, and `releases/<id>.jsonl`. Publishing costs
what changed: the standby tree is brought to the new release, made durable, and `current` switches in one rename. The
other tree is caught up by the next publish. Whatever dies on the way leaves the live tree untouched, and the next
publish needs no hand (SECURITY E1, E2).
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from storefront.core.config import Settings

from . import disk, manifest
from .manifest import BadManifest, BadPath, Manifest
from .store import Store, content_store
from .trees import Tree

KEEP = 5
"""Releases whose manifests are kept for a way back."""
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_RELEASE = re.compile(r"[0-9]{8,18}")
_TREES = ("a", "b")


class ReleaseExists(Exception):
    """A release is immutable: its name stands for one manifest for ever."""


class SiteBusy(Exception):
    """Another builder is at this site and did not finish in time."""


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """The folder of one host's built site."""

    host: str
    root: Path
    store: Store

    @property
    def current(self) -> Path:
        """Give the path under which the live tree is served."""
        return self.root / "current"

    def live(self) -> Manifest | None:
        """Give the manifest of the release that is served, None before the first."""
        name = self._live_tree()
        if name is None:
            return None
        state = Tree(self.root / name, self.store).state
        if state is None or state.release is None:
            return None
        with suppress(FileNotFoundError, BadManifest):
            return self.manifest(state.release)
        return None

    def manifest(self, release: str) -> Manifest:
        """Read the manifest of a release.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it cannot be read.
        """
        return manifest.read(self._manifest_file(release))

    def releases(self) -> list[str]:
        """Give the releases that are kept, oldest first."""
        if not self._manifests.is_dir():
            return []
        names = (file.stem for file in self._manifests.glob("*.jsonl"))
        return sorted((name for name in names if _RELEASE.fullmatch(name)), key=int)

    @property
    def newest(self) -> int:
        """Give the number of the newest release this folder knows, 0 for none."""
        return int(self.releases()[-1]) if self.releases() else 0

    @contextmanager
    def locked(self, patience: float = 60.0) -> Iterator[None]:
        """Keep other builders of this machine away from the site; the lock dies with its process.

        Args:
            patience: seconds to wait for the other one.

        Raises:
            SiteBusy: it did not finish in time.
        """
        disk.make_folder(self.root)
        handle = os.open(self.root / "build.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _wait_for(handle, self.host, patience)
            yield
        finally:
            os.close(handle)

    def clean(self) -> None:
        """Remove what a crashed builder left beside the trees; call while the site is locked."""
        for folder in (self.root, self._manifests):
            if folder.is_dir():
                for file in folder.glob(".*"):
                    disk.remove(file)

    def switch(self, wanted: Manifest) -> int:
        """Bring a release into the standby tree and serve it.

        Args:
            wanted: the release; its contents are durable in the store.

        Returns:
            How many files differed in the standby tree.

        Raises:
            ReleaseExists: another release of that name was written before; trees are understood by these names.
            OSError: the disk refused; what is served is as before.
        """
        disk.make_folder(self._manifests)
        file, content = self._manifest_file(wanted.release), wanted.to_bytes()
        if file.exists() and file.read_bytes() not in (content, b""):
            raise ReleaseExists(f"{wanted.release} exists and is another one")
        disk.write_durable(file, content)
        live = self._live_tree()
        standby = _TREES[1] if live == _TREES[0] else _TREES[0]
        touched = Tree(self.root / standby, self.store).bring_to(wanted, self.manifest)
        disk.point(self.current, standby)
        disk.sync(self.root)
        return touched

    def forget_old(self) -> None:
        """Remove the manifests of releases older than the five newest; those a tree still stands on stay."""
        states = [Tree(self.root / name, self.store).state for name in _TREES]
        needed = {name for state in states if state for name in (state.release, *state.towards)}
        for release in self.releases()[:-KEEP]:
            if release not in needed:
                disk.remove(self._manifest_file(release))

    def retire(self) -> bool:
        """Stop serving the site (it is switched off, or its dealer suspended); trees and releases stay.

        Returns:
            Whether it was served.
        """
        if not self.current.is_symlink():
            return False
        disk.remove(self.current)
        disk.sync(self.root)
        return True

    @property
    def _manifests(self) -> Path:
        return self.root / "releases"

    def _manifest_file(self, release: str) -> Path:
        if not _RELEASE.fullmatch(release):
            raise BadManifest(f"not a release: {release[:40]!r}")
        return self._manifests / f"{release}.jsonl"

    def _live_tree(self) -> str | None:
        try:
            name = os.readlink(self.current)
        except FileNotFoundError:
            return None
        return name if name in _TREES else None


def site_folder(settings: Settings, host: str) -> SiteFolder:
    """Give the folder of a host's site.

    Raises:
        BadPath: the host could lead elsewhere (SECURITY C6).
    """
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise BadPath(f"not a host: {host[:80]!r}")
    return SiteFolder(host, settings.sites / host, content_store(settings))


def release_name(fence: int) -> str:
    """Name a release after the fencing number of its build: names grow with time, and no clock is read."""
    return f"{fence:08d}"


def collect_garbage(settings: Settings, older_than: float) -> int:
    """Remove contents that no kept release of any site refers to.

    Args:
        settings: the installation.
        older_than: POSIX time; contents written later stay.

    Returns:
        How many files were removed.

    Raises:
        BadManifest: a manifest cannot be read, so nothing is removed.
    """
    wanted: set[str] = set()
    for folder in sorted(settings.sites.glob("*")):
        site = site_folder(settings, folder.name)
        for release in site.releases():
            wanted.update(entry.hash for entry in site.manifest(release).entries.values())
    return content_store(settings).collect(wanted, older_than)


def _wait_for(handle: int, host: str, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise SiteBusy(f"another build of {host} is still running") from None
            time.sleep(0.05)
