"""How far a build is that somebody waits for: a small file beside the sites, written while pages are drawn (issue, T5).

It is a convenience: nothing depends on it, a build that dies leaves one that grows old, and a build that draws a few
pages is done before anybody could read it.
"""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from storefront.core.config import Settings

EVERY = 0.3
"""Seconds between two writings."""
FORGOTTEN = 120.0
"""Seconds after which a file that nobody wrote on is that of a build which died."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a build has drawn."""

    drawn: int
    pages: int


@dataclass(slots=True)
class Progress:
    """A `Reporter` that writes down how far a site is.

    Args:
        settings: of the installation.
        store_id: of the site.
    """

    settings: Settings
    store_id: UUID
    _pages: int = 0
    _drawn: int = 0
    _written: float = field(default=0.0)

    def begin(self, host: str, pages: int) -> None:
        """A site has so many pages to draw."""
        self._pages, self._drawn = pages, 0
        self._write()

    def step(self, host: str) -> None:
        """One of them is drawn."""
        self._drawn += 1
        if self._drawn == self._pages or time.monotonic() - self._written >= EVERY:
            self._write()

    def warn(self, host: str, page: str, message: str) -> None:
        """Do nothing: the build's row says it."""

    def end(self, host: str, message: str) -> None:
        """The site is done, or failed."""
        file_of(self.settings, self.store_id).unlink(missing_ok=True)

    def _write(self) -> None:
        self._written = time.monotonic()
        file = file_of(self.settings, self.store_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps({"drawn": self._drawn, "pages": self._pages}), encoding="ascii")
        beside.replace(file)


def of_site(settings: Settings, store_id: UUID) -> Drawing | None:
    """Give how far the build of a site is; None when none is at work, or it has not begun to draw."""
    file = file_of(settings, store_id)
    try:
        if time.time() - file.stat().st_mtime > FORGOTTEN:
            return None
        said = json.loads(file.read_text("ascii"))
        return Drawing(int(said["drawn"]), int(said["pages"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def file_of(settings: Settings, store_id: UUID) -> Path:
    """Give the file of a site."""
    return settings.instance / "progress" / f"{store_id.hex}.json"
