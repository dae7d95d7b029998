"""Notices that somebody saved a file of a theme, and has everything that was read of themes read anew."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import themes
from themes import theme as theme_module

LOOKS_EVERY = 0.4
"""Seconds between two looks at the folders."""
Stamp = tuple[int, int]
"""How many files there are, and when the last one was changed, in nanoseconds."""


def stamp() -> Stamp:
    """Give what changes with every saved, new or removed file of any theme."""
    root: Path = theme_module.ROOT
    changed = [
        file.stat().st_mtime_ns
        for folder in sorted(root.iterdir())
        if (folder / "theme.toml").is_file() or folder.name == "base"
        for file in folder.rglob("*")
        if not file.name.startswith(".") and file.exists()
    ]
    return len(changed), max(changed, default=0)


@dataclass(slots=True)
class Watch:
    """The folders of all themes.

    Args:
        forget: called when something changed, besides that themes are read anew.
    """

    forget: Callable[[], None]
    _seen: Stamp = field(default_factory=stamp)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> Stamp:
        """Have themes read anew if a file changed; gives the present stamp."""
        with self._lock:
            now = stamp()
            if now != self._seen:
                self._seen = now
                themes.load.cache_clear()
                self.forget()
            return now

    def change(self, since: Stamp, seconds: float) -> Stamp | None:
        """Wait for a change.

        Args:
            since: what was seen last.
            seconds: how long at most.

        Returns:
            The new stamp, or None when nothing changed.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if (now := self.look()) != since:
                return now
            time.sleep(LOOKS_EVERY)
        return None
