"""How an unknown CSV is written: encoding, the sign between its cells, its columns, its first rows.

Guesses, to be looked at and corrected by a person (docs/importing.md, mapping on screen). Nothing here is read beyond
the first part of the file, but for the question whether all of it is UTF-8.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from storefront.feeds import values
from storefront.feeds.errors import FeedError
from storefront.feeds.source import DEFAULT_LIMITS, head_of, opened
from storefront.feeds.table import Row, numbered, rows, unique
from storefront.feeds.words import code_for

ENCODINGS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8-sig": "UTF-8",
        "cp1252": "Windows, Western Europe (1252)",
        "cp1250": "Windows, Central Europe (1250)",
        "iso8859_15": "ISO 8859-15",
        "iso8859_2": "ISO 8859-2",
        "mac_roman": "Mac Roman",
        "cp850": "DOS (850)",
    }
)
"""What a dealer may choose, the names for people."""
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 200
"""Rows that are looked at to guess; the first of them are shown."""
_HEAD = 262_144
_WHOLE = 67_108_864
_CHUNK = 1_048_576
_WESTERN = frozenset("ŠŽšžäöüßéèêàâçëïîôûùœæøåñíóúáìòãõÄÖÜÉÈÀÂÇÊÎÔŒÆØÅÑÁÍÓÚ")
_CENTRAL = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůýžČĎĚŇŘŠŤŮÝŽőűŐŰ") | _WESTERN
_SIGNS = frozenset("€£²³°–—…“”„‚‘’®™·•½«»§´`×\xa0")
_CENTRAL_COUNTRIES = frozenset({"PL", "CZ", "SK", "HU", "SI", "HR", "RO"})
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, with its beginning."""

    encoding: str
    """A key of `ENCODINGS`."""
    delimiter: str
    titled: bool
    """The first line names the columns."""
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    """The first `SAMPLE_ROWS`, column → cell."""

    def samples(self, column: str, most: int = SAMPLE_ROWS) -> list[str]:
        """Give the first values of a column that say something."""
        found = (row.get(column, "").strip() for row in self.rows)
        return list(islice((value for value in found if value), most))


def layout_of(
    path: Path, *, encoding: str = "", delimiter: str = "", titled: bool | None = None, country: str = ""
) -> Layout:
    """Tell how a CSV is written.

    Args:
        path: the file, plain or gzip.
        encoding: what a person says; guessed when empty.
        delimiter: likewise.
        titled: likewise.
        country: the dealer's, two letters, for what bytes alone cannot tell.

    Raises:
        FeedError: it is no table of at least two columns, or cannot be read.
    """
    head = head_of(path, _HEAD)
    if not head.strip():
        raise FeedError(f"{path.name} is empty.")
    chosen = encoding if encoding in ENCODINGS else encoding_of(path, head, country)
    lines = _lines(head, chosen)
    sign = delimiter if delimiter in DELIMITERS else _delimiter(lines)
    first = _cells(lines, sign, 1)[0]
    named = _is_header(first) if titled is None else titled
    columns = unique(first) if named else numbered(first)
    if len([name for name in columns if name]) < 2:
        raise FeedError(f"{path.name} is no table: only one column was found. Save it as CSV with a line of headings.")
    reading = rows(path, DEFAULT_LIMITS, encoding=chosen, delimiter=sign, titled=named)
    shown = tuple(row.cells for row in islice(_until_broken(reading), SAMPLE_ROWS))
    return Layout(chosen, sign, named, tuple(name for name in columns if name), shown)


def _until_broken(reading: Iterator[Row]) -> Iterator[Row]:
    """Give rows up to one that cannot be read; the dry run will say why."""
    try:
        yield from reading
    except FeedError:
        return


def encoding_of(path: Path, head: bytes, country: str = "") -> str:
    """Tell what a file's letters are written in: UTF-8 when all of it can be read so, else the likeliest old one."""
    if _is_utf_8(path):
        return "utf-8-sig"
    central = country.upper() in _CENTRAL_COUNTRIES
    order = ("cp1250", "cp1252") if central else ("cp1252", "cp1250")
    return max((*order, "mac_roman", "cp850"), key=lambda name: _likely(head, name))


def _is_utf_8(path: Path) -> bool:
    decoder, read = codecs.getincrementaldecoder("utf-8")(), 0
    with opened(path) as source:
        try:
            while (chunk := source.read(_CHUNK)) and read < _WHOLE:
                decoder.decode(chunk)
                read += len(chunk)
            if read < _WHOLE:
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _likely(head: bytes, encoding: str) -> int:
    """Judge how much like words a text reads in an encoding."""
    text, score = head.decode(encoding, errors="replace"), 0
    letters = _CENTRAL if encoding == "cp1250" else _WESTERN
    for at, letter in enumerate(text):
        if letter.isascii():
            continue
        before, after = bool(_WORD.match(text[at - 1 : at])), bool(_WORD.match(text[at + 1 : at + 2]))
        if letter in letters:
            odd = letter.isupper() and (text[at - 1 : at].islower() or not (before or after))
            score += -3 if odd else 2
        else:
            score += 1 if letter in _SIGNS and not (before and after) else -4
    return score


def _lines(head: bytes, encoding: str) -> list[str]:
    text = head.decode(encoding, errors="replace").replace("\x00", "")
    lines = io.StringIO(text, newline=None).readlines()
    if len(head) == _HEAD:
        lines = lines[:-1] or lines
    kept = [line for line in lines if line.strip()]
    return kept[1:] if kept and kept[0].lstrip(' "').lower().startswith("sep=") else kept


def _delimiter(lines: Sequence[str]) -> str:
    """Choose the sign that divides the first lines into the same number of cells most often."""

    def steadiness(sign: str) -> tuple[int, int]:
        cells = [len(row) for row in _cells(lines[:40], sign, 30) if row]
        width = cells[0] if cells else 0
        return (sum(number == width for number in cells) if width > 1 else 0, width)

    return max(DELIMITERS, key=steadiness)


def _cells(lines: Sequence[str], sign: str, most: int) -> list[list[str]]:
    """Divide the first lines into cells; one that cannot be divided ends them."""
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(islice(csv.reader(lines, delimiter=sign), most))
    return found or [[""]]


def _is_header(cells: Sequence[str]) -> bool:
    """Ask whether a first line names columns: names are words, each once; data has amounts, dates, addresses, fuels."""
    said = [cell.strip() for cell in cells if cell.strip()]
    if not said or len({cell.casefold() for cell in said}) < len(said) * 0.6:
        return False
    return not any(_is_data(cell) for cell in said)


def _is_data(cell: str) -> bool:
    if re.match(r"https?://", cell) or re.fullmatch(r"[£€$]?\s?\d[\d.,' ]{2,}(?:\s?(?:€|EUR|km|GBP|mi))?", cell):
        return True
    if code_for("fuel", cell) not in (None, "other"):
        return True
    try:
        return values.day(cell) is not None
    except ValueError:
        return False


def readable(content: bytes) -> bytes:
    """Give a text file the way it is read here: UTF-16 becomes UTF-8, carriage returns alone become line ends.

    Raises:
        FeedError: it is a spreadsheet or an archive, or says UTF-16 and is none.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FeedError("This is a spreadsheet or an archive, no text file. Save it as CSV and choose that file.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            content = content.decode("utf-16").encode("utf-8")
        except UnicodeDecodeError as error:
            raise FeedError("The file says that it is UTF-16 and is not; save it as UTF-8.") from error
    if b"\r" in content and b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    return content
