"""Plain CSV: comma, UTF-8 with a mark of order so that spreadsheets read umlauts, one car a row (docs/feeds.md).

This is the feed that people open, so cells with words are kept from being run as formulas: such a cell gets an
apostrophe in front, and so does one that begins with an apostrophe, so that whoever takes the first one away has the
words back. Cells with a form of their own (ids, numbers, dates, addresses, `+49…`) are written as they are.
"""

from collections.abc import Sequence

from . import plain
from .item import Channel, Seller, StockItem
from .plain import Value
from .writing import table

BETWEEN = " | "
"""Between the items of a list in one cell."""
COLUMNS = tuple(plain.record(StockItem("", "", "", "", "", "", "", "", Seller("", "", ""))))
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write(channel: Channel, items: Sequence[StockItem]) -> bytes:
    """Write the cars on offer."""
    rows = ([_cell(name, value) for name, value in plain.record(item).items()] for item in plain.offered(items))
    return b"\xef\xbb\xbf" + table(COLUMNS, rows, delimiter=",", line_end="\r\n")


def harmless(text: str) -> str:
    """Keep words from being run as a formula when a spreadsheet opens them."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(name: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = BETWEEN.join(value)
    return harmless(str(value)) if name in plain.TEXTS else str(value)
