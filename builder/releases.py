"""Releases of a site: manifests over the content store, two trees, and `current`, the link that says what is served.

`<instance>/sites/<host>/` holds `a/` and `b/`, `current` → one of them, and `releases/`. Publishing costs what changed:
the standby tree is brought to the new release by the deltas that lead there, made durable, and `current` switches in
one rename. What can wait is done after that (`settle`). Whatever dies on the way leaves the live tree untouched, and
the next publish needs no hand (SECURITY E1, E2).
"""

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from storefront.core.config import Settings

from . import disk
from .chains import Releases
from .manifest import BadManifest, BadPath, Delta, Manifest
from .store import Store, content_store
from .trees import Tree

KEEP = 5
"""Releases that are kept for a way back."""
PAGE_BYTES = 40_000
"""What a page takes with its compressed copies, as a rule: more than it does on the average."""
UNLINKED_SECONDS = 86_400.0
"""How long a content that no release refers to stays: longer than any build runs."""
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_TREES = ("a", "b")


class SiteBusy(Exception):
    """Another builder is at this site and did not finish in time."""


class OldRelease(Exception):
    """What is served is newer than this release, or another one than it was made for (SECURITY E4)."""


class NoRoom(OSError):
    """The disk has too little room for a build (SECURITY E2)."""


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

    def live_name(self) -> str | None:
        """Give the release that is served, None before the first and when that is not known. Costs two readings."""
        tree = self._live_tree()
        state = None if tree is None else Tree(self.root / tree, self.store).state
        return None if state is None or state.towards else state.release

    def live(self) -> Manifest | None:
        """Put the release together that is served, None before the first. Costs as much as there are files."""
        name = self.live_name()
        with suppress(FileNotFoundError, BadManifest):
            return None if name is None else self.manifest(name)
        return None

    def manifest(self, release: str) -> Manifest:
        """Put a release together.

        Raises:
            FileNotFoundError: it is not kept.
            BadManifest: it, or one that it is put upon, cannot be read.
        """
        return self.chain.manifest(release)

    @property
    def chain(self) -> Releases:
        """Give the releases on disk."""
        return Releases(self.root / "releases")

    def releases(self) -> list[str]:
        """Give the releases that were served and are kept, oldest first; the last is the one that is served."""
        known = self.chain
        names = known.names()
        newest = self.live_name() or (names[-1] if names else None)
        return known.history(newest, KEEP)[::-1]

    @property
    def newest(self) -> int:
        """Give the number of the newest release this folder knows, 0 for none."""
        names = self.chain.names()
        return int(names[-1]) if names else 0

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
        for folder in (self.root, self.root / "releases"):
            if folder.is_dir():
                for file in folder.glob(".*"):
                    disk.remove(file)

    def require_room(self, pages: int) -> None:
        """Make sure, before anything is drawn, that twice as much is free as a build will take (SECURITY E2).

        Args:
            pages: how many will be drawn.

        Raises:
            NoRoom: it is not.
        """
        needed, free = 2 * pages * PAGE_BYTES, disk.room(self.root)
        if free < needed:
            said = f"{needed / 1e6:.0f} MB must be free to draw {pages} pages of {self.host}, {free / 1e6:.0f} MB are"
            raise NoRoom(errno.ENOSPC, said, str(self.root))

    def switch(self, wanted: Delta, jobs: int = 1, known: Releases | None = None) -> int:
        """Bring a release into the standby tree and serve it; costs what differs between the tree and the release.

        Args:
            wanted: the release, put upon the one that is served, or whole; its contents are durable in the store.
            jobs: processes that link files, when they are many.
            known: the site's releases, where some of them were read already.

        Returns:
            How many files differed in the standby tree.

        Raises:
            ReleaseExists: another release of that name was written before; trees are understood by these names.
            OldRelease: what is served is newer, or not what the release is put upon.
            OSError: the disk refused; what is served is as before.
        """
        live = self.live_name()
        if live is not None and int(live) > int(wanted.release):
            raise OldRelease(f"{self.host} serves {live}, which is newer than {wanted.release}")
        if not wanted.is_whole and wanted.parent != live and wanted.release != live:
            raise OldRelease(f"{wanted.release} is put upon {wanted.parent}, but {self.host} serves {live}")
        known = known or self.chain
        file = known.write(wanted, live)
        standby = self._standby
        touched = Tree(self.root / standby, self.store).bring_to(wanted, known, [file, file.parent], jobs)
        disk.point(self.current, standby)
        disk.sync(self.root)
        return touched

    def forget_old(self) -> None:
        """Remove releases older than the five newest that were served; those a tree still stands on stay."""
        self.chain.keep(self._needed())

    def contents(self) -> set[str]:
        """Give the hashes of all contents that kept releases refer to; one that cannot be read refers to nothing."""
        return self.chain.contents(self._needed())

    def settle(self, jobs: int = 1) -> None:
        """Do what can wait until a release is served: fill the other tree the first time, write a checkpoint, forget.

        Call it while the site is locked. Left out, the next publish has more to do, that is all. A tree that holds the
        release before is left so: it makes the way back short.

        Args:
            jobs: processes that link files, when they are many.

        Raises:
            OSError: the disk refused; what is served is as before.
        """
        live = self.live_name()
        if live is None:
            return
        with suppress(BadManifest):
            standby = Tree(self.root / self._standby, self.store)
            if standby.state is None:
                standby.bring_to(self.chain.delta(live), self.chain, jobs=jobs)
                disk.sync(self.root)
            self.chain.checkpoint(live)
        self.forget_old()

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

    def _needed(self) -> list[str]:
        """Give the releases that must stay: the last five that were served, and those the trees stand on."""
        states = [Tree(self.root / name, self.store).state for name in _TREES]
        stood_on = {name for state in states if state for name in (state.release, *state.towards) if name}
        return sorted({*self.releases(), *stood_on}, key=int)

    def _live_tree(self) -> str | None:
        try:
            name = os.readlink(self.current)
        except FileNotFoundError:
            return None
        return name if name in _TREES else None

    @property
    def _standby(self) -> str:
        return _TREES[1] if self._live_tree() == _TREES[0] else _TREES[0]


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


def settle(settings: Settings, host: str) -> None:
    """Do for a site what could wait until it was served (`SiteFolder.settle`), unless a builder is at it.

    Raises:
        OSError: the disk refused; what is served is as before.
    """
    site = site_folder(settings, host)
    with suppress(SiteBusy), site.locked(patience=0):
        site.settle()


def clean_up(settings: Settings, now: float | None = None) -> int:
    """Do the daily cleaning: half-written files of dead builders, old releases, contents nothing refers to.

    It may run beside builds, in several processes at once.

    Args:
        settings: the installation.
        now: POSIX time; that of the clock when None.

    Returns:
        How many files of the content store were removed.
    """
    store = content_store(settings)
    store.clean()
    for site in _sites(settings):
        with suppress(SiteBusy), site.locked(patience=0):
            site.clean()
            site.settle()
    return collect_garbage(settings, (time.time() if now is None else now) - UNLINKED_SECONDS)


def collect_garbage(settings: Settings, older_than: float) -> int:
    """Remove contents that no release of any site refers to; a release that cannot be read refers to nothing.

    Args:
        settings: the installation.
        older_than: POSIX time; contents written later stay.

    Returns:
        How many files were removed.

    Raises:
        OSError: a disk refused; what is removed by then was garbage.
    """
    wanted: set[str] = set()
    for site in _sites(settings):
        wanted |= site.contents()
    return content_store(settings).collect(wanted, older_than)


def _sites(settings: Settings) -> Iterator[SiteFolder]:
    for folder in sorted(settings.sites.glob("*")):
        if folder.is_dir() and _HOST.fullmatch(folder.name):
            yield site_folder(settings, folder.name)


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
