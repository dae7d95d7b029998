"""Stock on its way out, to other platforms: one file a format, plain records → bytes (SEO.md §§13, 14; docs/feeds.md).

Nothing here knows rows, stores or pages: who writes a feed hands over `StockItem`s, in the order they shall stand in.
"""

from collections.abc import Callable, Mapping, Sequence

from . import google, meta, stock_csv, stock_json, stock_xml
from .item import Channel, Picture, Seller, StockItem

__all__ = ["WRITERS", "Channel", "Picture", "Seller", "StockItem"]

WRITERS: Mapping[str, Callable[[Channel, Sequence[StockItem]], bytes]] = {
    "google": google.write,
    "meta": meta.write,
    "csv": stock_csv.write,
    "xml": stock_xml.write,
    "json": stock_json.write,
}
"""Name of a format → what writes it."""
