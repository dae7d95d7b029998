"""Telling search engines which addresses of a host were added, changed or removed (IndexNow, SEO.md §12).

Exactly those that are, or were, indexable and their own canonical address; once for each change, after it is served.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from builder.documents import Document, NotHtml
from builder.manifest import Entry
from builder.releases import SiteFolder, site_folder
from seo import indexnow as keys
from storefront.adapters.indexnow import IndexNow, IndexNowRefused, index_now
from storefront.core.config import Settings, secret_key

from .changed import Change, addresses, before, changed, note_told

WHOM = "indexnow"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Pages:
    """Reads pages of a host as a crawler does."""

    folder: SiteFolder
    origin: str

    def counts(self, path: str, entry: Entry | None) -> bool:
        """Ask whether a file is a page that search engines may list under its own address."""
        if entry is None or not path.endswith("index.html"):
            return False
        [address] = addresses([path])
        with suppress(NotHtml, FileNotFoundError):
            page = Document(address, self.origin, self.folder.store.read(entry.hash)).head
            return page.is_indexable and page.is_self_canonical
        return False


def addresses_to_tell(folder: SiteFolder, change: Change, origin: str) -> list[str]:
    """Give the addresses search engines are told of, absolute and sorted.

    Args:
        folder: the host's built site.
        change: what changed since they were told last.
        origin: of the host.
    """
    pages = _Pages(folder, origin)
    wanted: list[str] = []
    doubtful: list[str] = []
    for path, entry in change.files.items():
        (wanted if pages.counts(path, entry) else doubtful).append(path)
    if any(path.endswith("index.html") for path in doubtful):
        former: Mapping[str, Entry] = before(folder, change)
        wanted += [path for path in doubtful if pages.counts(path, former.get(path))]
    return sorted(origin + address for address in addresses(wanted))


def announce(host: str, settings: Settings, *, through: IndexNow | None = None) -> int:
    """Tell search engines what changed on a host since the last time; a host that is not served has nothing to tell.

    Args:
        host: which.
        settings: of the installation.
        through: the way there; that of the settings when None.

    Returns:
        How many addresses they were told of.

    Raises:
        IndexNowDown: not this time; the next time the same and what changes until then.
    """
    way, folder = through or index_now(settings), site_folder(settings, host)
    change = changed(folder, WHOM)
    if way is None or change.release is None or change.release == change.since:
        return 0
    origin, key = settings.origin(host), keys.key_of(secret_key(settings), host)
    urls = addresses_to_tell(folder, change, origin)
    if urls:
        try:
            calls = way.tell(host, key, origin + keys.address_of(key), urls)
            log.info("search engines told", extra={"host": host, "urls": len(urls), "calls": calls})
        except IndexNowRefused as refusal:
            log.error("search engines refused a list", extra={"host": host, "reason": str(refusal)})
    note_told(folder, WHOM, change.release)
    return len(urls)
