"""To whom the builder tells how it goes: it never prints (STYLE.md §4)."""

from typing import Protocol


class Reporter(Protocol):
    """Somebody who wants to know."""

    def begin(self, host: str, pages: int) -> None:
        """A site has so many pages to draw."""

    def step(self, host: str) -> None:
        """One of them is drawn."""

    def warn(self, host: str, page: str, message: str) -> None:
        """Something was left out, and why."""

    def end(self, host: str, message: str) -> None:
        """The site is done, or failed."""


class Quiet:
    """Nobody."""

    def begin(self, host: str, pages: int) -> None:
        """Do nothing."""

    def step(self, host: str) -> None:
        """Do nothing."""

    def warn(self, host: str, page: str, message: str) -> None:
        """Do nothing."""

    def end(self, host: str, message: str) -> None:
        """Do nothing."""


quiet = Quiet()
