"""Telling a CDN what it must no longer answer from its caches: by address or by surrogate key (seo/surrogate.py).

`HttpPurger` speaks what Cloudflare made common: `POST` with a bearer token, `{"files": […]}` or `{"tags": […]}`, thirty
at a time, an answer with `success`. `NoPurger` is for installations without a CDN. Both may be told twice.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from storefront.core.config import Settings

from .posting import Answer, Endpoint, ServiceDown

BATCH = 30
"""Addresses or keys in one request; Cloudflare's smallest limit."""
TRIES = 4
"""How often one request is made before the job is tried again later."""
LONGEST_PAUSE = 20.0
"""Seconds; a service that asks for more is left to the next try of the job."""


class PurgeDown(Exception):
    """The CDN did not take it this time; try again later."""


class PurgeRefused(Exception):
    """The CDN will never take it: wrong token, wrong address. Sending it again is no use."""


class Purger(Protocol):
    """Empties caches."""

    def purge(self, urls: Sequence[str], keys: Sequence[str]) -> int:
        """Have answers forgotten.

        Args:
            urls: absolute addresses whose answers changed.
            keys: surrogate keys that cover them.

        Returns:
            How many requests it took.

        Raises:
            PurgeDown: not this time; what was taken stays purged.
            PurgeRefused: for good.
        """


@dataclass(frozen=True, slots=True)
class NoPurger:
    """For installations without a CDN: nothing is cached anywhere but in browsers, which ask again."""

    def purge(self, urls: Sequence[str], keys: Sequence[str]) -> int:
        """Do nothing."""
        return 0


@dataclass(frozen=True, slots=True)
class HttpPurger:
    """Sends lists to an address.

    Args:
        endpoint: where to.
        by_keys: send the keys instead of the addresses.
        sleep: waits between tries; tests do not.
    """

    endpoint: Endpoint
    by_keys: bool = False
    sleep: Callable[[float], None] = time.sleep

    def purge(self, urls: Sequence[str], keys: Sequence[str]) -> int:
        """Send the list in batches, each until it is taken (see `Purger.purge`)."""
        name, words = ("tags", keys) if self.by_keys else ("files", urls)
        made = 0
        for batch in batches(words, BATCH):
            made += self._send({name: batch})
        return made

    def _send(self, said: dict[str, list[str]]) -> int:
        reason = ""
        for number in range(TRIES):
            try:
                answer = self.endpoint.post(said)
            except ServiceDown as down:
                reason, pause = str(down), None
            else:
                if _is_done(answer):
                    return number + 1
                reason, pause = f"it answered {answer.status}", answer.retry_after
                if 400 <= answer.status < 500 and answer.status not in (408, 425, 429):
                    raise PurgeRefused(reason)
            if number + 1 == TRIES or (pause or 0) > LONGEST_PAUSE:
                break
            self.sleep(max(pause or 0.0, random.uniform(0, min(LONGEST_PAUSE, 0.5 * 4**number))))
        raise PurgeDown(reason)


def purger(settings: Settings) -> Purger:
    """Give the purger of an installation: `PURGE_URL`, else none.

    Raises:
        ConfigurationError: an address that cannot be read.
    """
    if not settings.purge_url:
        return NoPurger()
    endpoint = Endpoint.at(settings.purge_url, "PURGE_URL", settings.purge_token)
    return HttpPurger(endpoint, settings.purge_by == "keys")


def batches(words: Sequence[str], size: int) -> Iterator[list[str]]:
    """Give a list in pieces of at most so many."""
    for start in range(0, len(words), size):
        yield list(words[start : start + size])


def _is_done(answer: Answer) -> bool:
    """Ask whether a list was taken: 2xx, and where the answer says `success`, that it is true."""
    if not 200 <= answer.status < 300:
        return False
    try:
        said = json.loads(answer.body)
    except ValueError:
        return True
    return not isinstance(said, dict) or said.get("success", True) is True
