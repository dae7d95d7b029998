"""Pictures of shared links, 1200×630: photo, title, who offers it, and the mark of the site (SEO.md §10).

Drawn in child processes like photos, and kept under the hash that is their address (`<instance>/derivatives/cards/`).
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storefront.core.config import Settings

from . import disk, images
from .children import Crew, Died, Raised

if TYPE_CHECKING:
    from storefront.pages.contexts import SocialCard

SIZE = (1200, 630)
PANEL = 396
"""Width of the panel beside a photo; a photo keeps about its own shape."""
_WIDE = SIZE[0] - PANEL


class CardFailed(Exception):
    """A picture of a shared link could not be drawn."""


@dataclass(frozen=True, slots=True)
class Cards:
    """All cards of an installation."""

    root: Path
    pictures: images.Pictures

    def ready(self, path: str) -> bytes | None:
        """Give a card that was drawn before, None when it is still to be drawn.

        Args:
            path: its public path without the slash, `i/card-….jpg`.
        """
        try:
            content = self._file(path).read_bytes()
        except FileNotFoundError:
            return None
        return content if content.startswith(b"\xff\xd8") and content.endswith(b"\xff\xd9") else None

    def make(
        self, wanted: "Mapping[str, SocialCard]", *, jobs: int = 1, step: Callable[[], None] = lambda: None
    ) -> None:
        """Draw what is missing in child processes; the pictures of its photos are ready.

        Args:
            wanted: cards by their public paths without the slash.
            jobs: how many at once.
            step: called after each one.

        Raises:
            CardFailed: one could not be drawn.
            OSError: the disk refused.
        """
        missing = sorted((path, card) for path, card in wanted.items() if self.ready(path) is None)
        if not missing:
            return
        with Crew(min(jobs, len(missing)), self._draw, images.LIMITS) as crew:
            for (path, _), answer in crew.each(missing):
                if isinstance(answer, Died):
                    raise CardFailed(f"/{path}: {answer.reason}")
                if isinstance(answer, Raised):
                    if isinstance(answer.error, OSError):
                        raise answer.error
                    raise CardFailed(f"/{path}: {type(answer.error).__name__}: {answer.error}")
                step()

    def _draw(self, task: "tuple[str, SocialCard]") -> None:
        from .social_drawing import drawn  # most builds draw none, and need no pictures' library

        path, card = task
        file = self._file(path)
        disk.make_folder(file.parent)
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        disk.remove(beside)
        disk.write(beside, drawn(card, self._photo(card)))
        disk.replace(beside, file)

    def _photo(self, card: "SocialCard") -> bytes | None:
        """Give the smallest JPEG of the photo that is wide enough, None for a card without one."""
        made = self.pictures.ready(card.photo) if card.photo else None
        steps = sorted(
            (int(stem), item.file)
            for item in made or ()
            if item.path.endswith(".jpg") and (stem := item.path.rpartition("-")[2].removesuffix(".jpg")).isdecimal()
        )
        if not steps:
            return None
        return next((file for width, file in steps if width >= _WIDE + 100), steps[-1][1]).read_bytes()

    def _file(self, path: str) -> Path:
        name = path.rpartition("/")[2].removeprefix("card-")
        return self.root / name[:2] / name


def cards(settings: Settings) -> Cards:
    """Give the cards of an installation."""
    return Cards(settings.instance / "derivatives" / "cards", images.pictures(settings))


def photos_of(wanted: "Iterable[SocialCard]") -> set[str]:
    """Give the picture sets that cards show."""
    return {card.photo for card in wanted if card.photo}
