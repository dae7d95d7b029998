"""CSV as bytes to rows of named cells, line by line, with the line each row starts at (SECURITY C9)."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storefront.feeds.errors import FeedError
from storefront.feeds.source import Limits, opened

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = b"\xef\xbb\xbf"
_SEPARATOR = re.compile(r"\s*\"?sep=", re.IGNORECASE)
"""A line spreadsheets put before the header to say what stands between the cells."""
_ENCODING_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


@dataclass(frozen=True, slots=True)
class Row:
    """A data row of a table."""

    line: int
    """Where it starts in the file, counted from 1; the header is line 1."""
    cells: Mapping[str, str]
    missing: int
    """How many cells it has too few (the missing ones are empty)."""
    extra: int
    """How many cells it has too many."""
    cut_off: bool
    """It is the file's last row and has no line end: the file may stop in the middle of it."""


def rows(path: Path, limits: Limits, *, encoding: str, delimiter: str, titled: bool = True) -> Iterator[Row]:
    """Read the rows of a CSV file below its header.

    Args:
        path: the file.
        limits: how much is read before it is refused.
        encoding: any that Python knows and that contains ASCII.
        delimiter: one sign.
        titled: the first line names the columns; else they are called `1`, `2` … and the first line is a row too.

    Raises:
        FeedError: wrong encoding (naming the line), no header, over a limit.
    """
    with opened(path, limits) as source:
        lines = _Lines(source, limits, encoding)
        reader = csv.reader(lines, delimiter=delimiter, strict=False)
        header: list[str] | None = None
        start, count = 1, 0
        try:
            for cells in reader:
                if lines.ended:
                    raise FeedError(f"Line {start}: a quotation mark is opened and not closed; is the file cut off?")
                line, start = start, lines.number + 1
                if not any(cells):
                    continue
                if header is None and _SEPARATOR.match(cells[0]):
                    continue
                if header is None:
                    header = unique(cells) if titled else numbered(cells)
                    if titled:
                        continue
                count += 1
                if count > limits.rows:
                    raise FeedError(f"{path.name} has more than {limits.rows} rows; split it.")
                yield _row(line, header, cells, limits, lines.cut_off)
        except csv.Error as error:
            raise FeedError(f"Line {lines.number}: {error}.") from error
    if header is None:
        raise FeedError(f"{path.name} is empty.")


def header_of(head: bytes) -> tuple[str, list[str]]:
    """Guess the delimiter of a CSV from its first line and give its column names.

    Args:
        head: the first bytes of the file.

    Returns:
        delimiter and names; a single empty name when the line is no header.

    Raises:
        FeedError: it is UTF-16.
    """
    if head.startswith(_UTF_16):
        raise FeedError("The file is written in UTF-16; save it as UTF-8.")
    first, _, rest = head.partition(b"\n")
    if _SEPARATOR.match(first.decode("utf-8-sig", errors="replace")):
        first = rest.partition(b"\n")[0]
    line = first.partition(b"\r")[0].decode("utf-8-sig", errors="replace").replace("\x00", "")
    delimiter = max(",;\t|", key=line.count)
    return delimiter, unique(next(csv.reader([line], delimiter=delimiter), [""]))


def unique(cells: Sequence[str]) -> list[str]:
    """Give the names of columns as a header has them; one that comes again is told apart by a number."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for cell in (" ".join(cell.split()) for cell in cells):
        seen[cell] = seen.get(cell, 0) + 1
        names.append(f"{cell} ({seen[cell]})" if cell and seen[cell] > 1 else cell)
    return names


def numbered(cells: Sequence[str]) -> list[str]:
    """Name the columns of a file without a header."""
    return [str(number) for number, _ in enumerate(cells, 1)]


def _row(line: int, header: list[str], cells: list[str], limits: Limits, cut_off: bool) -> Row:
    longest = max(map(len, cells))
    if longest > limits.cell:
        raise FeedError(f"Line {line}: a value is longer than {limits.cell} characters.")
    named = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
    return Row(line, named, max(0, len(header) - len(cells)), max(0, len(cells) - len(header)), cut_off)


class _Lines:
    """Decoded lines of bounded length; a wrong byte is an error that names its line."""

    def __init__(self, source: BinaryIO, limits: Limits, encoding: str) -> None:
        self._source = source
        self._limit = limits.line
        self._encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        self.number = 0
        self.cut_off = False
        self.ended = False
        """There are no more lines; a row that is given only now waited for a closing quotation mark."""

    def __iter__(self) -> Iterator[str]:
        while raw := self._source.readline(self._limit):
            self.number += 1
            self.cut_off = not raw.endswith(b"\n")
            if self.cut_off and len(raw) >= self._limit:
                raise FeedError(f"Line {self.number} is longer than {self._limit // 1024} KB.")
            if self.number == 1:
                raw = self._without_mark(raw)
            yield self._decoded(raw)
        self.ended = True

    def _without_mark(self, raw: bytes) -> bytes:
        if raw.startswith(_UTF_16):
            raise FeedError("The file is written in UTF-16; save it as UTF-8.")
        if b"\r" in raw.rstrip(b"\r\n"):
            raise FeedError("The lines end in a carriage return alone; save the file with usual line ends.")
        if raw.startswith(_UTF_8_MARK):
            self._encoding = "utf-8"
        return raw.removeprefix(_UTF_8_MARK)

    def _decoded(self, raw: bytes) -> str:
        try:
            line = (self._as_utf_8(raw) or raw.decode(self._encoding)).replace("\x00", "")
        except UnicodeDecodeError as error:
            known = _ENCODING_NAMES.get(self._encoding, self._encoding)
            wrong = f"byte {raw[error.start]:#04x} at position {error.start + 1}"
            raise FeedError(f"Line {self.number} is not written in {known}: {wrong}.") from error
        return line.rstrip("\r\n").replace("\r", " ") + "\n"

    def _as_utf_8(self, raw: bytes) -> str:
        """Read a line that is UTF-8 although the mapping says otherwise: portals and spreadsheets change it unasked.

        Nobody writes `Ã¼` for itself, so a line in a one-byte encoding is hardly ever valid UTF-8 by chance.
        """
        if self._encoding == "utf-8" or raw.isascii():
            return ""
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return ""
