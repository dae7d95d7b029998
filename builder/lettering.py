"""Words on pictures: set in fonts of our own, so that the machine's fonts play no part.

Inter has Latin, Greek and Cyrillic, Noto Sans Arabic and Hebrew; what none of them has is written with its base letter
or left out. A text of several scripts is set in runs, from the right where its first letter is written from there. A
line that is too long is wrapped, then made smaller, at last cut.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont, features
from PIL.ImageFont import FreeTypeFont

FOLDER = Path(__file__).with_name("fonts")
STRONG, PLAIN = "inter-semibold", "inter-regular"
_OTHERS = ("noto-arabic", "noto-hebrew")
_RIGHT_TO_LEFT = ("R", "AL")
_NOWHERE = "\uffff"


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it is set: its lines at a size that fits."""

    lines: tuple[str, ...]
    face: str
    size: int
    from_right: bool

    @property
    def leading(self) -> int:
        """Give the pixels from line to line."""
        return round(self.size * 1.2)

    @property
    def height(self) -> int:
        """Give the pixels the lines take."""
        return self.leading * len(self.lines)


def fitted(text: str, face: str, width: int, most: int, sizes: Sequence[int]) -> Setting:
    """Set a text in a box: at the largest size that fits, else at the smallest and cut.

    Args:
        text: what to write.
        face: `STRONG` or `PLAIN`.
        width: pixels a line may take.
        most: lines it may take.
        sizes: in pixels, the largest first.
    """
    words = writable(text).split()
    from_right = next(
        (kind in _RIGHT_TO_LEFT for kind in map(_bidi, "".join(words)) if kind in ("L", "R", "AL")), False
    )
    for size in sizes:
        lines = _wrapped(words, face, size, width)
        whole = max((length(word, face, size) for word in words), default=0) <= width
        if len(lines) <= most and (whole or size == sizes[-1]):
            return Setting(tuple(lines), face, size, from_right)
    kept = lines[:most]
    while kept[-1] and length(kept[-1] + "…", face, size) > width:
        kept[-1] = kept[-1][:-1]
    kept[-1] = kept[-1].rstrip(" ,.-–") + "…"
    return Setting(tuple(kept), face, size, from_right)


def write(draw: ImageDraw.ImageDraw, at: tuple[int, int], width: int, setting: Setting, colour: str) -> int:
    """Write a text.

    Args:
        draw: where.
        at: top left corner of the box.
        width: of the box; text from the right begins at its right side.
        setting: from `fitted`.
        colour: of the letters.

    Returns:
        Where the box ends, in pixels from the top.
    """
    x, y = at
    for line in setting.lines:
        baseline = y + round(setting.size * 0.95)
        runs = _runs(line)
        left = float(x)
        if setting.from_right:
            runs = [_spaced(name, run) for name, run in reversed(runs)]
            left = x + width - length(line, setting.face, setting.size)
        for name, run in runs:
            font = _font(name or setting.face, setting.size)
            draw.text((left, baseline), run, fill=colour, font=font, anchor="ls", direction=_direction(name))
            left += _length(name or setting.face, setting.size, run)
        y += setting.leading
    return y


def writable(text: str) -> str:
    """Give a text in the letters the fonts have: what none has becomes its base letter, or goes."""
    found = []
    for letter in unicodedata.normalize("NFC", text):
        if letter.isspace():
            found.append(" ")
        elif _home(letter) is not None:
            found.append(letter)
        else:
            found += [part for part in unicodedata.normalize("NFKD", letter) if _home(part) is not None]
    return "".join(found)


def length(text: str, face: str, size: int) -> float:
    """Give the pixels a line takes."""
    return sum(_length(name or face, size, run) for name, run in _runs(text))


def _wrapped(words: list[str], face: str, size: int, width: int) -> list[str]:
    lines = [""]
    for word in words:
        for piece in _pieces(word, face, size, width):
            longer = f"{lines[-1]} {piece}".strip()
            if length(longer, face, size) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line for line in lines if line] or [""]


def _pieces(word: str, face: str, size: int, width: int) -> list[str]:
    """Break a word that is wider than a line."""
    pieces = [word]
    while length(pieces[-1], face, size) > width and len(pieces[-1]) > 1:
        whole = pieces.pop()
        fits = next((n for n in range(len(whole) - 1, 1, -1) if length(whole[:n], face, size) <= width), 1)
        pieces += [whole[:fits], whole[fits:]]
    return pieces


def _runs(line: str) -> list[tuple[str, str]]:
    """Cut a line into runs of one font each: its name (empty for the face of the text), and its letters."""
    runs: list[tuple[str, str]] = []
    for letter in line:
        home = _home(letter) or ""
        if runs and (runs[-1][0] == home or (letter == " " and runs[-1][0])):
            runs[-1] = (runs[-1][0], runs[-1][1] + letter)
        else:
            runs.append((home, letter))
    return runs


def _spaced(name: str, run: str) -> tuple[str, str]:
    """Give a run of a line that is read from the right: the blanks behind it stand on its left."""
    if name:
        return name, run
    return name, run[len(run.rstrip()) :] + run.strip() + run[: len(run) - len(run.lstrip())]


@cache
def _home(letter: str) -> str | None:
    """Give the font that has a letter: empty for the faces of a text, None when no font has it."""
    for name in ("", *_OTHERS):
        font = _font(name or STRONG, 32)
        if letter == " " or (unicodedata.category(letter)[0] != "C" and _shape(font, letter) != _shape(font, _NOWHERE)):
            return name
    return None


def _shape(font: FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=4096)
def _bidi(letter: str) -> str:
    return unicodedata.bidirectional(letter)


@lru_cache(maxsize=4096)
def _length(name: str, size: int, run: str) -> float:
    return _font(name, size).getlength(run, direction=_direction(name))


@cache
def _font(name: str, size: int) -> FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / f"{name}.woff2"), size)


@cache
def _shapes() -> bool:
    """Ask whether letters are joined and kerned; without FriBiDi on the machine they are set one by one."""
    return bool(features.check("raqm"))


def _direction(name: str) -> str | None:
    if not _shapes():
        return None
    return "rtl" if name in _OTHERS else "ltr"
