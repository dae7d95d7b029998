"""What a picture of a shared link looks like: photo or line drawing, panel, words, mark (SEO.md §10)."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from storefront.pages.contexts import SocialCard

from . import lettering
from .developing import cropped
from .lettering import PLAIN, STRONG
from .social import PANEL, SIZE

PAD = 44
QUALITY = 86
DRAWINGS = Path(__file__).with_name("drawings")
_WIDE = SIZE[0] - PANEL


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
