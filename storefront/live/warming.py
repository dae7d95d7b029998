"""Popular searches are answered before somebody asks (SPEC 60): by the very application, in the scheduler's process."""

import logging
import time
from collections.abc import Callable

from flask import Flask
from redis import Redis

from storefront.core.config import Settings
from storefront.core.queue import connection

from .app import create_live_app
from .popular import most_wanted
from .search import WARMING

EACH_SITE = 40
"""Searches made in advance, of each site."""
MOST_SECONDS = 20.0
"""How long a round may take; the rest is made when somebody asks."""
log = logging.getLogger(__name__)


class Warming:
    """Makes the answers of popular searches anew where they are not kept any more."""

    def __init__(
        self, settings: Settings, app: Flask | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare; the application is made with the first search that is popular.

        Args:
            settings: of the installation this process is bound to.
            app: the live layer, if there is one already.
            clock: seconds that only grow.
        """
        self._settings, self._app, self._clock = settings, app, clock

    def warm(self) -> int:
        """Ask for what was asked for most; what is kept costs nothing.

        Returns:
            How many searches were looked at.
        """
        client: Redis = connection(self._settings)
        until = self._clock() + MOST_SECONDS
        asked = 0
        for host, address in most_wanted(client, EACH_SITE):
            if self._clock() >= until:
                log.info("not all popular searches were made in advance", extra={"number": asked})
                break
            self._ask(host, address)
            asked += 1
        return asked

    def _ask(self, host: str, address: str) -> None:
        if self._app is None:
            self._app = create_live_app(self._settings)
        answer = self._app.test_client(use_cookies=False).get(
            address, base_url=self._settings.origin(host), environ_overrides={WARMING: True}
        )
        if answer.status_code >= 500:
            log.info("a popular search has no answer", extra={"status": answer.status_code})
