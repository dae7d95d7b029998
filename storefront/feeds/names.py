"""A dealer's shouted version line to something one can read on a card (design/BRIEF.md §8).

`Gran Coupé  Msport * Navi Prof.* *Tetto apribile*` becomes `Gran Coupé Msport · Navi Prof. · Tetto apribile`. The raw
text stays in the record; cleaning a clean name changes nothing.
"""

import re

from storefront.domain.vehicles.vocabulary import folded
from storefront.feeds.text import plain

PARTS = 4
"""What follows the fourth part is equipment, and stands in the equipment list."""
SEPARATOR = " · "
LONGEST = 160
"""Characters; longer names are cut at a word."""
_LONGEST_WRITTEN = 1000

KNOWN_CAPITALS = frozenset(
    {"CDTI", "CGTI", "COMAND", "CRDI", "DTEC", "IVTEC", "JTDM", "MHEV", "MIVEC", "PASM", "PDCC", "PDLS"}
    | {"PHEV", "TDCI", "TDDI", "TFSI", "UMTS", "VTEC", "WLAN", "WLTP"}
)
"""Words of four letters and more that are written in capitals; shorter ones (AMG, TDI, LED, DSG) are left alone."""
KNOWN_SPELLINGS = {
    "QUATTRO": "quattro",
    "XDRIVE": "xDrive",
    "SDRIVE": "sDrive",
    "EDRIVE": "eDrive",
    "IPERFORMANCE": "iPerformance",
    "ETRON": "e-tron",
    "MSPORT": "M Sport",
    "SLINE": "S line",
    "RLINE": "R-Line",
    "MULTIJET": "MultiJet",
    "ECOBOOST": "EcoBoost",
    "BLUEHDI": "BlueHDi",
    "BLUETEC": "BlueTEC",
    "BLUEMOTION": "BlueMotion",
    "BLUETDI": "BlueTDI",
    "PURETECH": "PureTech",
    "SKYACTIV": "Skyactiv",
    "CARPLAY": "CarPlay",
}
_SERIES = re.compile(
    r"^(?:(?:Serie|Series|Classe|Class)(?:\s+(?:\d|[A-Z](?:LA|LC|LE|LK|LS)?))?(?=\s|$)|\d\s?-?er\b|[A-Z]-(?:Klasse|Class)\b)",
    re.IGNORECASE,
)
_CHASSIS = re.compile(r"\(\s*[A-Z]\s?(?:/\s?[A-Z])?\s?\d{2,3}(?:\s*/\s*[A-Z]?\d{2,3})*\s*\)", re.IGNORECASE)
_PRICE_TALK = re.compile(
    r"(?:\b(?:prezzo(?:\s+di)?\s+)?(?:list(?:ino|enpreis|e|\.)?|neupreis|np|uvp|vb|vhb|festpreis|fp)\s*[.:]?\s*"
    r"(?:€|eur(?:o)?)?\s*\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2}|,-)?\s*(?:€|eur(?:o)?)?"
    r"|(?:€|\beur(?:o)?)\s*\d[\d.,]*(?:,-)?|\b\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2}|,-)?\s*(?:€|eur(?:o)?\b)"
    r"|\b\d+\s*(?:€|euro?\b)|\b(?:vb|vhb|festpreis|listenpreis|neupreis|prezzo\s+trattabile|iva\s+esposta)\b)",
    re.IGNORECASE,
)
_INCHES = re.compile(r"(?<![\d.,])(\d{2})\s*(?:\"|”|“|″|'')")
_SPLIT = re.compile(r"\s*(?:[*·|•;]+|\s/+|/+(?=\s|$)|^/+|,(?!\d)|,(?<!\d,)|\s[-–—]+\s)\s*")
_SHOUTED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_START = " .,;:+-–—!?/\\&=#~'\""
_END = " ,;:+-–—!?/\\&=#~'\"("
"""Signs that are nothing at the edge of a part; a full stop at the end may belong to an abbreviation."""


def clean_name(text: str, *, make: str = "", model: str = "") -> str:
    """Clean a version or title: `make` and `model`, which stand beside it, are not repeated in it."""
    name = plain(text[:_LONGEST_WRITTEN]).replace("_", " ")
    before = ""
    while name != before:
        before = name
        name = SEPARATOR.join(_parts(name, make, model))
    return _cut(name)


def _parts(name: str, make: str, model: str) -> list[str]:
    name = _INCHES.sub(r"\1-Zoll ", _PRICE_TALK.sub(SEPARATOR, _CHASSIS.sub(" ", name)))
    parts: list[str] = []
    for part in _SPLIT.split(name):
        tidy = _tidied(_without_repeats(part, make, model) if not parts else part)
        key = folded(tidy)
        if key and not (parts and key.isdigit()) and key not in {folded(other) for other in parts}:
            parts.append(tidy)
    return parts[:PARTS]


def _without_repeats(part: str, make: str, model: str) -> str:
    """Drop make, model and series words from the start, as often as they stand there."""
    part = part.lstrip(_START)
    while part:
        shorter = _SERIES.sub("", part, count=1)
        for known in (make, model, *_halves(make)):
            shorter = _without_start(shorter.lstrip(_START), known)
        if shorter == part:
            break
        part = shorter.lstrip(_START)
    return part


def _without_start(part: str, known: str) -> str:
    """Drop `known` from the start of a part if it stands there as whole words, however it is written."""
    wanted = folded(known)
    if not wanted:
        return part
    taken = ""
    for word in re.finditer(r"\S+", part):
        taken += folded(word[0])
        if taken == wanted:
            return part[word.end() :]
        if not wanted.startswith(taken):
            break
    return part


def _halves(make: str) -> tuple[str, ...]:
    """`Mercedes-Benz` is as often written `Mercedes`, `Volkswagen` `VW`."""
    return {"Mercedes-Benz": ("Mercedes",), "Volkswagen": ("VW",)}.get(make, ())


def _tidied(part: str) -> str:
    """Drop stray signs at the edges and words said twice, and stop the shouting."""
    part = re.sub(r"!{2,}|\?{2,}|\.{2,}|={2,}", " ", part)
    part = part.lstrip(_START if "(" in part else _START + ")").rstrip(_END if "(" in part else _END + ")")
    words = part.split()
    once = [word for place, word in enumerate(words) if not place or not _same_word(word, words[place - 1])]
    return _SHOUTED.sub(lambda found: _quiet(found[0]), " ".join(once))


def _same_word(word: str, before: str) -> bool:
    key = folded(word)
    return bool(key) and not key.isdigit() and key == folded(before)


def _quiet(word: str) -> str:
    """Write a shouted word of four letters and more like any other, or as its maker writes it."""
    bare = word.replace("-", "")
    if len(bare) < 4 or not bare.isupper() or bare in KNOWN_CAPITALS:
        return word
    if bare in KNOWN_SPELLINGS:
        return KNOWN_SPELLINGS[bare]
    return "-".join(piece if len(piece) == 1 else piece[0] + piece[1:].lower() for piece in word.split("-"))


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else name[:LONGEST].rsplit(" ", 1)[0].rstrip(" ·")
