"""Which addresses of a host are otherwise than somebody was told last: for purge lists and search engines.

Who was told of which release stands in `<instance>/sites/<host>/told.json`. What changed since then is read from the
deltas between, so that several publishes are told of at once, and one that could not be told is with the next.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import orjson

from builder import disk
from builder.manifest import BadManifest, Entry
from builder.releases import SiteFolder

_FILE = "told.json"
_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody is to be told."""

    since: str | None
    """The release that was told of last; None when nothing was."""
    release: str | None
    """The one that is served; None when the host is not served any more."""
    files: Mapping[str, Entry | None]
    """Path → what is there now, None for nothing; what only lingers is left out."""
    is_exact: bool = True
    """Nothing else changed. False: what vanished is not known, only what is there."""


def changed(folder: SiteFolder, whom: str) -> Change:
    """Give what changed on a host since somebody was told.

    Args:
        folder: the host's built site.
        whom: `purge` or `indexnow`.
    """
    since = told(folder, whom)
    release = folder.live_name() if folder.current.is_symlink() else None
    if release is None:
        return Change(since, None, dict.fromkeys(_entries(folder, since) or {}), is_exact=since is None)
    steps = None if since is None else folder.chain.steps(since, release)
    if steps is not None:
        return Change(since, release, {path: entry for path, entry in steps.items() if not _lingers(entry)})
    now, before = _entries(folder, release) or {}, _entries(folder, since)
    files: dict[str, Entry | None] = {
        path: entry
        for path, entry in now.items()
        if not _lingers(entry) and (before is None or path not in before or before[path].hash != entry.hash)
    }
    files |= {path: None for path in before or {} if path not in now}
    return Change(since, release, files, is_exact=since is None or before is not None)


def told(folder: SiteFolder, whom: str) -> str | None:
    """Give the release somebody was told of last."""
    return _read(folder).get(whom)


def note_told(folder: SiteFolder, whom: str, release: str | None) -> None:
    """Note that somebody was told of everything up to a release."""
    known = _read(folder)
    known.pop(whom, None)
    if release is not None:
        known[whom] = release
    disk.write_durable(folder.root / _FILE, orjson.dumps(known))


def before(folder: SiteFolder, change: Change) -> Mapping[str, Entry]:
    """Give every file of the release that was told of last, nothing when it is not kept; costs as much as that has."""
    return _entries(folder, change.since) or {}


def addresses(paths: Iterable[str]) -> Iterator[str]:
    """Give the addresses that files answer: `vehicles/index.html` is `/vehicles/`."""
    for path in paths:
        yield "/" + (path.removesuffix(_INDEX) if path == _INDEX or path.endswith(f"/{_INDEX}") else path)


def _entries(folder: SiteFolder, release: str | None) -> dict[str, Entry] | None:
    with suppress(FileNotFoundError, BadManifest):
        return None if release is None else folder.manifest(release).entries
    return None


def _lingers(entry: Entry | None) -> bool:
    return entry is not None and entry.gone is not None


def _read(folder: SiteFolder) -> dict[str, str]:
    try:
        said = orjson.loads((folder.root / _FILE).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return {str(whom): str(release) for whom, release in said.items()} if isinstance(said, dict) else {}
