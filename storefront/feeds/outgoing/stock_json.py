"""Plain JSON: the site and its cars on offer, with the names of `plain.record` (docs/feeds.md)."""

from collections.abc import Sequence

import orjson

from . import plain
from .item import Channel, StockItem


def write(channel: Channel, items: Sequence[StockItem]) -> bytes:
    """Write the cars on offer."""
    cars = [plain.record(item) for item in plain.offered(items)]
    return orjson.dumps({"site": channel.name, "url": channel.url, "language": channel.language, "cars": cars}) + b"\n"
