"""Having a CDN forget what changed: exactly these addresses, or the surrogate keys that cover them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from builder.releases import site_folder
from seo.surrogate import host_key, keys_of
from storefront.adapters.purge import Purger, PurgeRefused, purger
from storefront.core.config import Settings

from .changed import Change, addresses, changed, note_told

WHOM = "purge"
MOST_KEYS = 200
"""From so many keys on the whole host is purged by its one key."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PurgeList:
    """What is to be forgotten."""

    urls: tuple[str, ...]
    keys: tuple[str, ...]


def purge_list(host: str, change: Change, settings: Settings) -> PurgeList:
    """Give what a CDN must forget after a change.

    Args:
        host: whose.
        change: what changed.
        settings: of the installation; they say how its addresses begin.
    """
    origin = settings.origin(host)
    urls = sorted(origin + address for address in addresses(change.files))
    return PurgeList(tuple(urls), _keys(host, change.files, whole=not change.is_exact or change.since is None))


def purge(host: str, settings: Settings, *, through: Purger | None = None) -> int:
    """Have forgotten what changed on a host since the last time.

    Args:
        host: which.
        settings: of the installation.
        through: the purger; that of the settings when None.

    Returns:
        How many addresses changed.

    Raises:
        PurgeDown: not this time; the next time the same and what changes until then.
    """
    folder = site_folder(settings, host)
    change = changed(folder, WHOM)
    wanted = purge_list(host, change, settings)
    if wanted.urls:
        try:
            calls = (through or purger(settings)).purge(wanted.urls, wanted.keys)
            log.info("purged", extra={"host": host, "urls": len(wanted.urls), "calls": calls})
        except PurgeRefused as refusal:
            log.error("the CDN refused a purge list", extra={"host": host, "reason": str(refusal)})
            return 0
    if change.release != change.since:
        note_told(folder, WHOM, change.release)
    return len(wanted.urls)


def _keys(host: str, paths: Iterable[str], *, whole: bool) -> tuple[str, ...]:
    """Give the narrowest keys that cover files; a page that has no key but its host's needs the host's."""
    narrow = {keys_of(host, path)[-1] for path in paths}
    if not narrow:
        return ()
    if whole or host_key(host) in narrow or len(narrow) > MOST_KEYS:
        return (host_key(host),)
    return tuple(sorted(narrow))
