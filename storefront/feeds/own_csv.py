"""Our own CSV: one car a line, columns as in docs/importing.md, UTF-8."""

from collections.abc import Iterator
from pathlib import Path

from storefront.domain.listings.stock import Refused, StockItem
from storefront.feeds import columns, values
from storefront.feeds.draft import Draft, Told
from storefront.feeds.errors import FeedError
from storefront.feeds.source import Limits, head_of
from storefront.feeds.table import Row, header_of, rows

_AMOUNTS = ("price", "mileage_km", "displacement_ccm")
"""Nobody writes three decimals here: `37.000` is thirty-seven thousand."""


def is_ours(names: list[str]) -> bool:
    """Ask whether these columns are ours."""
    return set(columns.REQUIRED) <= set(names)


def read(path: Path, limits: Limits) -> Iterator[StockItem]:
    """Read the cars of a file in our own columns; comma, semicolon or tab between them.

    With semicolons a decimal comma is understood too (spreadsheets in most of Europe write both).

    Raises:
        FeedError: columns missing or unknown, wrong encoding, over a limit.
    """
    delimiter, names = header_of(head_of(path))
    missing = [name for name in columns.REQUIRED if name not in names]
    unknown = [name for name in names if name and name not in columns.COLUMNS]
    if missing:
        raise FeedError(f"{path.name} lacks the columns {', '.join(missing)}.")
    if unknown:
        raise FeedError(f"{path.name} has columns that we do not know (docs/importing.md): {', '.join(unknown[:10])}.")
    told = Told()
    for row in rows(path, limits, encoding="utf-8-sig", delimiter=delimiter):
        yield from _items(row, delimiter, told)


def _items(row: Row, delimiter: str, told: Told) -> list[StockItem]:
    source_id = row.cells["id"].strip()
    if not source_id:
        return [Refused(row.line, None, "id", "The row has no id, so the car could not be found again.")]
    if row.extra or (row.missing and not row.cut_off):
        wrong = f"{row.extra} cells too many" if row.extra else f"{row.missing} cells too few"
        return [Refused(row.line, source_id, "row", f"The row has {wrong}; check its quotation marks.")]
    draft = Draft(row.line, source_id, told)
    if row.missing:
        draft.cut_off()
    cells = dict(row.cells)
    cells |= {name: values.ungrouped(cells[name]) for name in _AMOUNTS if name in cells}
    price = cells["price"]
    notation = values.Notation(".", "")
    if delimiter == ";" and "," in "".join((price, *(cells.get(name, "") for name in columns.NUMBERS))):
        notation = values.COMMA
    return columns.items(draft, cells, notation)
