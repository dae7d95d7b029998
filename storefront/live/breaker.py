"""A circuit breaker: what failed several times in a row is left alone for a while, then tried by one (SECURITY E6).

Pure: the clock is handed in. One breaker stands for one thing that can fail, in one process.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic

FAILURES = 3
"""Failures in a row after which nobody asks any more."""
REST_SECONDS = 5.0
"""How long it is left alone before one request tries it; each try that fails begins the rest anew."""


class Breaker:
    """Says whether to ask, and learns how it went."""

    def __init__(
        self, *, failures: int = FAILURES, rest: float = REST_SECONDS, clock: Callable[[], float] = monotonic
    ) -> None:
        """Make a closed breaker.

        Args:
            failures: in a row, after which it opens.
            rest: seconds it stays open before one may try.
            clock: seconds that only grow.
        """
        self._most, self._rest, self._clock = failures, rest, clock
        self._failures = 0
        self._tries_at = 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """Ask whether it failed so often that only single tries are let through."""
        return self._failures >= self._most

    def allows(self) -> bool:
        """Ask whether to ask now. While it is open, one caller a rest is told yes: its outcome decides."""
        with self._lock:
            if not self.is_open:
                return True
            now = self._clock()
            if now < self._tries_at:
                return False
            self._tries_at = now + self._rest
            return True

    def succeeded(self) -> None:
        """Say that it answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Say that it failed, or took too long."""
        with self._lock:
            self._failures += 1
            if self.is_open:
                self._tries_at = self._clock() + self._rest
