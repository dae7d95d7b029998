"""A dealer's stock file to plain records: bytes in, `StockRecord`s out, nothing else (docs/importing.md)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from storefront.domain.listings.stock import StockItem
from storefront.feeds import cardealerdp, mapped_csv, own_csv, stx3
from storefront.feeds.errors import FeedError
from storefront.feeds.source import DEFAULT_LIMITS, Limits, head_of
from storefront.feeds.table import header_of

__all__ = ["FORMATS", "FeedError", "Limits", "detect", "read"]

FORMATS: Mapping[str, str] = {
    "stx3": "AutoScout24 STX3, XML",
    "cardealerdp": "Cardealer DP, JSON",
    "csv": "our own columns, CSV",
    "kleinanzeigen": "Kleinanzeigen ads, CSV",
}
"""What can be read without further files; a path to a mapping file is a format too."""


def read(
    path: Path,
    format: str | None = None,  # noqa: A002 - the word of the command line
    *,
    known_boilerplate: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    mapping: mapped_csv.Scheme | None = None,
) -> tuple[str, Iterator[StockItem]]:
    """Open a dealer's stock file, plain or gzip.

    Args:
        path: the file.
        format: a name of `FORMATS`, the path of a mapping file (`*.toml`), or nothing to tell from the content.
        known_boilerplate: texts that the dealer is known to repeat (`dealer_texts` of earlier imports), so that what
            counts as repeated does not change with each file.
        limits: how much is read before the file is refused.
        mapping: how the columns of a foreign CSV become ours, for one that lies in no file; `format` is not asked then.

    Returns:
        The format's name, and the cars in file order as they are read: for each its notices, then the record, or why
        the row cannot be one. The first car is read before this returns, so that a file of another kind fails here.

    Raises:
        FeedError: the file cannot be read as this format; also while the iterator is used.
    """
    if mapping is not None:
        return mapping.name, _begun(mapped_csv.read(path, mapping, limits))
    name = format or detect(path)
    if name.endswith(".toml"):
        mapping = mapped_csv.load(Path(name))
    elif name not in FORMATS:
        raise FeedError(f"The format {name} is not known; there are {', '.join(FORMATS)}, or a mapping file.")
    if name == "stx3":
        items = stx3.read(path, limits, tuple(known_boilerplate))
    elif name == "cardealerdp":
        items = cardealerdp.read(path, limits)
    elif name == "csv":
        items = own_csv.read(path, limits)
    else:
        mapping = mapping or mapped_csv.shipped()[name]
        items = mapped_csv.read(path, mapping, limits)
    return mapping.name if mapping else name, _begun(items)


def detect(path: Path) -> str:
    """Tell the format of a file from its content.

    Raises:
        FeedError: it is none that is known.
    """
    head = head_of(path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise FeedError(f"{path.name} is empty.")
    if start.startswith(b"<"):
        if b"<stx3" in head or b"<!DOCTYPE" in head:
            return "stx3"
        raise FeedError(f"{path.name} is XML, but no STX3 (its first element is not stx3).")
    if start.startswith((b"{", b"[")):
        return "cardealerdp"
    _, names = header_of(head)
    if own_csv.is_ours(names):
        return "csv"
    fitting = [mapping.name for mapping in mapped_csv.shipped().values() if mapped_csv.fits(mapping, names)]
    if fitting:
        return fitting[0]
    raise FeedError(f"{path.name}: columns of no known format; name a mapping file as format (docs/importing.md).")


def _begun(items: Iterator[StockItem]) -> Iterator[StockItem]:
    first = next(items, None)
    return iter(()) if first is None else chain((first,), items)
