"""Titles and descriptions: templates filled with facts, brought to the length engines show (SEO.md §10, SPEC 99, 102).

A template is a text with `{name}` places. Pieces between the marks `[` and `]` are left out when a value in them is
missing: `{name}[, {registered}][, {mileage}]`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

TITLE = (15, 65)
DESCRIPTION = (70, 160)
ROOM_FOR_SITE = 16
"""A site's name is cut to what room there is, but not below so many characters; then it is left out."""
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACE = re.compile(r"\{(\w+)\}")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Letters nobody sees: controls, soft hyphens, marks of direction, halves of pairs."""
_BLANKS = re.compile(r"[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+")


def fill(template: str, facts: Mapping[str, str | None]) -> str:
    """Fill a template; optional pieces without a value vanish, and so does a place nobody knows.

    Args:
        template: from the words or a store's own setting (`seo.vehicle_title`).
        facts: what there is to say; None or an empty text means unknown.
    """

    said: list[str] = []
    for texts, names, optional in _pieces(template):
        values = [facts.get(name) or "" for name in names]
        if all(values) or not optional:
            said.append(texts[0])
            for value, text in zip(values, texts[1:], strict=True):
                said += (value, text)
    return tidy("".join(said))


def places(template: str) -> list[str]:
    """Name the places of a template as they come, each once."""
    return list(dict.fromkeys(_PLACE.findall(template)))


def is_well_formed(template: str) -> bool:
    """Ask whether braces stand around names alone, and square brackets in pairs that hold no other pair."""
    bare = _OPTIONAL.sub(lambda piece: piece[1], _PLACE.sub("", template))
    return not any(sign in bare for sign in "{}[]")


@lru_cache(maxsize=256)
def _pieces(template: str) -> tuple[tuple[Sequence[str], Sequence[str], bool], ...]:
    """Take a template apart: texts, the names of the places between them, and whether the piece may be left out."""
    found = []
    for number, piece in enumerate(_OPTIONAL.split(template)):
        parts = _PLACE.split(piece)
        found.append((tuple(parts[::2]), tuple(parts[1::2]), number % 2 == 1))
    return tuple(found)


def tidy(text: str) -> str:
    """Even out white space (no-break spaces stay) and drop what control characters foreign texts carry."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def cut(text: str, most: int, mark: str = "…") -> str:
    """Shorten a text to at most so many characters, at a word if one ends in the last half."""
    if len(text) <= most:
        return text
    room = text[: most - len(mark)]
    words = room.rfind(" ")
    whole = room[:words] if words >= most // 2 else room
    return whole.rstrip(" ,;:·–-|") + mark


def title(candidates: Iterable[str], site: str) -> str:
    """Give a title of 15 to 65 characters.

    Args:
        candidates: the same thing said ever shorter, at least once; the first that fits is taken, the last is cut if
            none does. No more of them are asked for than it takes.
        site: name of the site, added after ` | ` where there is room for it or for a good part of it.
    """
    low, high = TITLE
    shortest = ""
    for text in candidates:
        shortest = text
        if len(text) + 3 + len(site) <= high:
            return f"{text} | {site}"
        if low <= len(text) <= high:
            room = high - len(text) - 3
            return f"{text} | {cut(site, room)}" if room >= ROOM_FOR_SITE else text
    return cut(shortest, high) if len(shortest) > high else cut(f"{shortest} | {site}", high)


def description(sentences: Sequence[str]) -> str:
    """Give a description of 70 to 160 characters from whole sentences where possible.

    Args:
        sentences: most telling first; the first is always said (cut when too long), others while there is room.
    """
    low, high = DESCRIPTION
    said = ""
    for sentence in sentences:
        text = tidy(sentence)
        longer = f"{said} {text}".strip()
        if len(longer) <= high:
            said = longer
        elif len(said) < low:
            return cut(longer, high)
    return said
