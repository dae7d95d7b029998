"""The best encodings of pictures, made in the background when their quick ones are served already (SEO.md §16).

A publish waits for quick encodings and leaves a slip for each set it made, in `<instance>/derivatives/slips/wanted/`.
The background job takes slips of sets that some site shows, makes their best encodings beside the quick ones, and
leaves a slip for every host that shows them in `slips/ready/<host>/`; that host's next publish takes the files under
the same addresses and the slip goes. Slips are files of one line: whatever dies on the way, the work is found again,
and with no slips there is nothing to do. A served file is never written to: a switch changes which file has the name.
"""

import fcntl
import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from storefront.core.config import Settings
from storefront.pages.pictures import parsed_name

from . import disk
from .images import Original, pictures
from .manifest import BadManifest
from .releases import site_folder

SECONDS = 6.0
"""How long one run goes on: a letter or a publish that comes meanwhile waits so long for its worker."""
FORGET_SECONDS = 30 * 86_400
"""A slip of a set that no site shows goes after so long."""


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips of an installation."""

    root: Path

    @property
    def _wanted(self) -> Path:
        return self.root / "wanted"

    def want(self, originals: Iterable[Original]) -> None:
        """Ask for the best encodings of sets that were made quickly just now."""
        for original in originals:
            file = self._wanted / original.key
            if not file.exists():
                disk.make_folder(self._wanted)
                said = [original.content_hash, original.width, original.height, original.variant]
                disk.write_durable(file, orjson.dumps(said))

    def waiting(self) -> list[Original]:
        """Give the sets whose best encodings are asked for, in order."""
        found = []
        for name in _names(self._wanted):
            try:
                content_hash, width, height, variant = orjson.loads((self._wanted / name).read_bytes())
                found.append(Original(content_hash, width, height, variant))
            except (FileNotFoundError, ValueError, TypeError):
                disk.remove(self._wanted / name)
        return found

    def done(self, name: str) -> None:
        """Take a set's slip away."""
        disk.remove(self._wanted / name)

    def is_old(self, name: str) -> bool:
        """Ask whether a slip has lain so long that nobody will show the set."""
        try:
            return time.time() - (self._wanted / name).stat().st_mtime > FORGET_SECONDS
        except FileNotFoundError:
            return False

    def offer(self, host: str, names: Iterable[str]) -> None:
        """Tell a host's next publish that the best encodings of sets it shows are ready."""
        folder = self.root / "ready" / host
        for name in names:
            disk.make_folder(folder)
            if not (folder / name).exists():
                disk.write_durable(folder / name, b"")

    def offered(self, host: str) -> list[str]:
        """Give the sets whose best encodings a publish of this host shall take."""
        return _names(self.root / "ready" / host)

    def taken(self, host: str, names: Iterable[str]) -> None:
        """Take a host's slips away: it serves those files now."""
        for name in names:
            disk.remove(self.root / "ready" / host / name)


def slips(settings: Settings) -> Slips:
    """Give the slips of an installation."""
    return Slips(settings.instance / "derivatives" / "slips")


def improve(settings: Settings, *, seconds: float = SECONDS) -> bool:
    """Make the best encodings of sets that are served, for a while.

    Args:
        settings: of the installation.
        seconds: after which no further set is begun.

    Returns:
        Whether more is left to do.
    """
    own = slips(settings)
    if not own.waiting():
        return False
    with _alone(own.root) as first:
        if not first:
            return False
        until = time.monotonic() + seconds
        shown = _shown(settings)
        served = set().union(*shown.values()) if shown else set()
        done: list[str] = []
        for original in own.waiting():
            if original.key not in served:
                if own.is_old(original.key):
                    own.done(original.key)
            elif time.monotonic() < until:
                # A set that cannot be made better stays as it is; its quick encodings are served.
                pictures(settings).improve([original])
                done.append(original.key)
        _announce(settings, own, done)
        return any(original.key in served for original in own.waiting())


def _announce(settings: Settings, own: Slips, done: Collection[str]) -> None:
    """Leave slips for the hosts that show the sets now: read after the sets were made, so that none is missed."""
    made = {name for name in done if pictures(settings).best(name) is not None}
    for host, names in _shown(settings).items() if made else ():
        own.offer(host, sorted(made & names))
    for name in done:
        own.done(name)


def _shown(settings: Settings) -> dict[str, set[str]]:
    """Give the picture sets that each host serves."""
    found: dict[str, set[str]] = {}
    for current in sorted(settings.sites.glob("*/current")):
        host = current.parent.name
        try:
            live = site_folder(settings, host).live()
        except (BadManifest, OSError):
            continue
        if live is not None:
            found[host] = {name for entry in live.entries.values() for name in entry.photos if "/" not in name}
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Keep a second run away; the lock dies with its process."""
    disk.make_folder(folder)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _names(folder: Path) -> list[str]:
    """Give the sets that slips in a folder are about."""
    try:
        return sorted(name for name in os.listdir(folder) if _is_name(name))
    except FileNotFoundError:
        return []


def _is_name(name: str) -> bool:
    try:
        parsed_name(name)
    except ValueError:
        return False
    return True
