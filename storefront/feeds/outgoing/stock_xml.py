"""Plain XML: `<stock>` with a `<car>` for each car on offer, with the names of `plain.record` (docs/feeds.md).

Written as text: a tree of ten thousand cars would take a gigabyte.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from . import plain
from .item import Channel, StockItem
from .plain import Value
from .writing import one_line

MEMBERS = {"features": "feature", "images": "image"}
"""Element of a list → element of each member."""


def write(channel: Channel, items: Sequence[StockItem]) -> bytes:
    """Write the cars on offer; what is not known has no element."""
    head = (
        f"<stock site={quoteattr(one_line(channel.name))} url={quoteattr(channel.url)} "
        f"language={quoteattr(channel.language)}>\n"
    )
    cars = (_car(item) for item in plain.offered(items))
    return "".join(('<?xml version="1.0" encoding="UTF-8"?>\n', head, *cars, "</stock>\n")).encode()


def _car(item: StockItem) -> str:
    return f"<car>{''.join(_elements(item))}</car>\n"


def _elements(item: StockItem) -> Iterator[str]:
    for name, value in plain.record(item).items():
        if value is None or value == "" or value == []:
            continue
        inside = _members(MEMBERS[name], value) if isinstance(value, list) else escape(_text(value))
        yield f"<{name}>{inside}</{name}>"


def _members(name: str, values: list[str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for value in values)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
