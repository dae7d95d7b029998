"""Telling search engines which addresses changed: IndexNow (Bing, Yandex, Seznam, Naver, Yep; SEO.md §12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.core.config import Settings

from .posting import Endpoint, ServiceDown
from .purge import batches

MOST_URLS = 10_000
"""In one call, all of one host."""
_TAKEN = (200, 202)
"""202: they are still to look whether the key stands at its place."""
_WRONG = (400, 422)
"""The call itself is wrong, or an address is another host's: the same call would be refused again."""


class IndexNowDown(Exception):
    """Not taken this time (too many calls, the key not seen yet, no answer); try again later."""


class IndexNowRefused(Exception):
    """Never to be taken. Sending it again is no use."""


@dataclass(frozen=True, slots=True)
class IndexNow:
    """Speaks to one of the search engines, which passes it on to the others."""

    endpoint: Endpoint

    def tell(self, host: str, key: str, key_location: str, urls: Sequence[str]) -> int:
        """Tell which addresses of a host were added, changed or removed.

        Args:
            host: whose.
            key: stands in the file at `key_location`.
            key_location: absolute address on that host.
            urls: absolute addresses.

        Returns:
            How many calls it took.

        Raises:
            IndexNowDown: not this time; what was told before stays told.
            IndexNowRefused: for good.
        """
        made = 0
        for batch in batches(urls, MOST_URLS):
            self._call({"host": host, "key": key, "keyLocation": key_location, "urlList": batch})
            made += 1
        return made

    def _call(self, said: dict[str, object]) -> None:
        try:
            status = self.endpoint.post(said).status
        except ServiceDown as down:
            raise IndexNowDown(str(down)) from down
        if status in _WRONG:
            raise IndexNowRefused(f"it answered {status}")
        if status not in _TAKEN:
            raise IndexNowDown(f"it answered {status}")


def index_now(settings: Settings) -> IndexNow | None:
    """Give the way to the search engines; None where `INDEXNOW` is off.

    Raises:
        ConfigurationError: an address that cannot be read.
    """
    if settings.indexnow != "on":
        return None
    return IndexNow(Endpoint.at(settings.indexnow_url, "INDEXNOW_URL"))
