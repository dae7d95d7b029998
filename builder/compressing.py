"""The best compressed copies of text, made in the background when the quick ones are served already (SEO.md §15).

A publish compresses quickly (`compress.py`). This makes the copies again with all the time it takes and puts them in
their place: in the content store beside the same content, and in the trees that link it. The plain file never changes,
its hash stays, and whoever reads meanwhile reads the one copy or the other, whole. What is still to be done stands in
`<instance>/sites/<host>/copies.json`; whatever dies on the way, the work is found again.
"""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import orjson

from storefront.core.config import Settings

from . import compress, disk
from .manifest import BadManifest, Entry
from .releases import SiteBusy, SiteFolder, site_folder
from .trees import Tree

SECONDS = 6.0
"""How long one run goes on: whatever is more urgent waits so long for its worker."""
BATCH = 20
"""Files whose copies are made before they are put in place; the site is locked for a moment each time."""
PATIENCE = 1.0
"""Seconds to wait for a builder of the site; what could not be put in place is made again another time."""
_FILE = "copies.json"
_TREES = ("a", "b")


@dataclass(frozen=True, slots=True)
class _Text:
    """A file of text that is served in quick copies."""

    path: str
    hash: str


@dataclass(slots=True)
class _Work:
    """What is to be done for a host."""

    release: str | None = None
    """Up to which release it was looked at what there is to do."""
    todo: list[_Text] = field(default_factory=list)


def improve_copies(host: str, settings: Settings, *, seconds: float = SECONDS) -> bool:
    """Make the best compressed copies of a host's text, for a while.

    Args:
        host: which.
        settings: of the installation.
        seconds: after which nothing further is begun.

    Returns:
        Whether more is left to do.
    """
    until, folder = time.monotonic() + seconds, site_folder(settings, host)
    release = folder.live_name()
    if release is None:
        return False
    with _alone(folder) as first:
        if not first:
            return False
        work = _read(folder)
        if work.release != release:
            known = {text.path: text for text in (*work.todo, *_new(folder, work.release, release))}
            work = _Work(release, [known[path] for path in sorted(known, reverse=True)])
        try:
            while work.todo and time.monotonic() < until:
                _improve(folder, work.todo[-BATCH:])
                del work.todo[-BATCH:]
        except SiteBusy:
            pass  # a builder is at it, and this is what can wait
        finally:
            _write(folder, work)
        return bool(work.todo)


def _new(folder: SiteFolder, since: str | None, release: str) -> Iterator[_Text]:
    """Give the text that came since a release was looked at, or all of it."""
    steps = None if since is None else folder.chain.steps(since, release)
    entries: Iterable[Entry | None] = () if steps is None else steps.values()
    if steps is None:
        with suppress(FileNotFoundError, BadManifest):
            entries = folder.manifest(release).entries.values()
    for entry in entries:
        if entry is not None and entry.encodings and entry.gone is None and not compress.lasts(entry.path):
            yield _Text(entry.path, entry.hash)


def _improve(folder: SiteFolder, texts: list[_Text]) -> None:
    """Make the copies of a batch, then put those that are smaller in place.

    Raises:
        SiteBusy: a builder holds the site; nothing is changed.
    """
    made = [(text, ending, copy) for text in texts for ending, copy in _better(folder, text)]
    if not made:
        return
    with folder.locked(PATIENCE):
        trees = [Tree(folder.root / name, folder.store) for name in _TREES]
        for text, ending, copy in made:
            folder.store.put_copy(text.hash, ending, copy)
            for tree in trees:
                tree.refresh_copy(text.path, text.hash, ending)


def _better(folder: SiteFolder, text: _Text) -> Iterator[tuple[str, bytes]]:
    """Give the best copies of a content that are smaller than those that are served."""
    with suppress(FileNotFoundError):
        content = folder.store.read(text.hash)
        for ending in compress.ENCODINGS:
            size = folder.store.path(text.hash, ending).stat().st_size
            copy = compress.compressed(content, ending, best=True)
            if len(copy) < size:
                yield ending, copy


def _read(folder: SiteFolder) -> _Work:
    try:
        said = orjson.loads((folder.root / _FILE).read_bytes())
        return _Work(said["release"], [_Text(path, content_hash) for path, content_hash in said["todo"]])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return _Work()


def _write(folder: SiteFolder, work: _Work) -> None:
    todo = [[text.path, text.hash] for text in work.todo]
    disk.write_durable(folder.root / _FILE, orjson.dumps({"release": work.release, "todo": todo}))


@contextmanager
def _alone(folder: SiteFolder) -> Iterator[bool]:
    """Keep a second run for the same host away; the lock dies with its process."""
    handle = os.open(folder.root / "copies.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
