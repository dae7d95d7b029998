"""How values are written in outgoing feeds: texts without what breaks a line or a parser, amounts, decimals."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NOT_TEXT = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML does not take, and controls: nobody reads them."""
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_BLANKS = re.compile("[ \t\u00a0]+")


def clean(text: str) -> str:
    """Take out what no parser takes and even out blanks; line breaks (as `\\n`), emoji, marks of direction stay."""
    lines = _LINE_ENDS.sub("\n", _NOT_TEXT.sub("", text)).split("\n")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in lines).strip("\n")


def one_line(text: str) -> str:
    """The same on one line, for formats whose rows are lines."""
    return " ".join(clean(text).split())


def cut(text: str, most: int) -> str:
    """Shorten a text to so many characters, at a word where one ends in the last half; not behind half an emoji."""
    if len(text) <= most:
        return text
    head = text[:most]
    blank = head.rfind(" ")
    return head[:blank].rstrip() if blank >= most // 2 else head.rstrip("\u200d\ufe0f").rstrip()


def amount(cents: int) -> str:
    """Write minor units with a point and two decimals: `22990.00`."""
    return f"{cents // 100}.{cents % 100:02d}"


def tenths(value: int) -> str:
    """Write tenths: 62 → `6.2`, 60 → `6`."""
    whole, rest = divmod(value, 10)
    return f"{whole}.{rest}" if rest else str(whole)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str, line_end: str) -> bytes:
    """Write a table as RFC 4180 has it: quotes only where needed, doubled inside."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
