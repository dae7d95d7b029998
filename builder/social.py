"""Pictures of shared links, 1200×630: photo, title, who offers it, and the mark of the site (SEO.md §10).

Drawn in child processes like photos, and kept under the hash that is their address (`<instance>/derivatives/cards/`).
"""

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from storefront.core.config import Settings
from storefront.pages.contexts import SocialCard

from . import disk, images, lettering
from .children import Crew, Died, Raised
from .developing import cropped
from .lettering import PLAIN, STRONG

SIZE = (1200, 630)
PANEL = 396
"""Width of the panel beside a photo; a photo keeps about its own shape."""
PAD = 44
QUALITY = 86
DRAWINGS = Path(__file__).with_name("drawings")
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

    def make(self, wanted: Mapping[str, SocialCard], *, jobs: int = 1) -> None:
        """Draw what is missing in child processes; the pictures of its photos are ready.

        Args:
            wanted: cards by their public paths without the slash.
            jobs: how many at once.

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

    def _draw(self, task: tuple[str, SocialCard]) -> None:
        path, card = task
        file = self._file(path)
        disk.make_folder(file.parent)
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        disk.remove(beside)
        disk.write(beside, drawn(card, self._photo(card)))
        disk.replace(beside, file)

    def _photo(self, card: SocialCard) -> bytes | None:
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


def photos_of(wanted: Iterable[SocialCard]) -> set[str]:
    """Give the picture sets that cards show."""
    return {card.photo for card in wanted if card.photo}


def drawn(card: SocialCard, photo: bytes | None) -> bytes:
    """Draw a card; the same card and photo always give the same bytes.

    Args:
        card: everything that is on it.
        photo: one of our own JPEGs of the photo it names.
    """
    ink = "#15191c" if _brightness(card.ground) > 0.5 else "#f4f5f6"
    picture = Image.new("RGB", SIZE, card.ground)
    draw = ImageDraw.Draw(picture)
    if photo is None and card.body is None:
        _words_alone(draw, card, ink)
    else:
        side = _photo(photo, card) if photo is not None else _line_drawing(card.body or "other", card.ground, ink)
        picture.paste(side, (0, 0))
        _panel(draw, card, ink)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True, subsampling=0 if photo is None else 2)
    return written.getvalue()


def _panel(draw: ImageDraw.ImageDraw, card: SocialCard, ink: str) -> None:
    left, width = _WIDE + PAD, PANEL - 2 * PAD
    title = lettering.fitted(card.title, STRONG, width, 5, (52, 48, 44, 40, 36, 32, 28))
    below = lettering.write(draw, (left, PAD + 4), width, title, ink)
    if card.text:
        room = max(1, (SIZE[1] - PAD - 110 - below - 12) // 34)
        text = lettering.fitted(card.text, PLAIN, width, min(4, room), (28, 26, 24))
        lettering.write(draw, (left, below + 12), width, text, _mixed(card.ground, ink, 0.72))
    _mark(draw, card, ink, left, width)


def _words_alone(draw: ImageDraw.ImageDraw, card: SocialCard, ink: str) -> None:
    left, width = 96, SIZE[0] - 192
    title = lettering.fitted(card.title, STRONG, width, 3, (92, 84, 76, 68, 60, 52, 44))
    edge = SIZE[0] - 16 if title.from_right else 0
    draw.rectangle((edge, 0, edge + 15, SIZE[1]), fill=card.accent)
    text = lettering.fitted(card.text, PLAIN, width, 2, (40, 36, 32)) if card.text else None
    tall = title.height + (text.height + 20 if text else 0)
    below = lettering.write(draw, (left, max(72, (SIZE[1] - 110 - tall) // 2)), width, title, ink)
    if text:
        lettering.write(draw, (left, below + 20), width, text, _mixed(card.ground, ink, 0.72))
    _mark(draw, card, ink, left, width)


def _mark(draw: ImageDraw.ImageDraw, card: SocialCard, ink: str, left: int, width: int) -> None:
    """Draw the small mark in the accent colour, and beside it who offers the car."""
    side, gap = 56, 16
    name = lettering.fitted(card.name, STRONG, width - side - gap, 3, (26, 24, 22, 20, 18))
    at = left + width - side if name.from_right else left
    top = SIZE[1] - PAD - side
    draw.rounded_rectangle((at, top, at + side - 1, top + side - 1), radius=12, fill=card.accent)
    letter = lettering.fitted(card.initial, STRONG, side, 1, (32,))
    wide = round(lettering.length(letter.lines[0], STRONG, 32))
    on_accent = "#ffffff" if _brightness(card.accent) < 0.6 else "#15191c"
    lettering.write(draw, (at + (side - wide) // 2, top + 8), wide, letter, on_accent)
    beside = left if name.from_right else left + side + gap
    lettering.write(draw, (beside, top + (side - name.height) // 2), width - side - gap, name, ink)


def _photo(content: bytes, card: SocialCard) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
        return cropped(opened.convert("RGB"), _WIDE, SIZE[1], card.focus)


@lru_cache(maxsize=32)
def _line_drawing(body: str, ground: str, ink: str) -> Image.Image:
    """Draw a car's body in lines on a ground a little deeper than the panel's."""
    file = DRAWINGS / f"{body}.png"
    side = Image.new("RGB", (_WIDE, SIZE[1]), _mixed(ground, ink, 0.06))
    with Image.open(file if file.is_file() else DRAWINGS / "other.png") as opened:
        lines = opened.convert("L")
    at = ((_WIDE - lines.width) // 2, (SIZE[1] - lines.height) // 2 + 10)
    side.paste(Image.new("RGB", lines.size, _mixed(ground, ink, 0.55)), at, lines)
    return side


def _channels(colour: str) -> tuple[int, int, int]:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _brightness(colour: str) -> float:
    red, green, blue = _channels(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
