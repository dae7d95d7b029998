"""Who read what: for each thing the numbers of the pages that read it, packed (`models.SiteReads`).

What few pages read stands in one row; what very many read (the dealer's address) in rows of 1,024 neighbouring
numbers, so that a new page rewrites one of them and not all.
"""

import struct
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Table, delete, select, tuple_

from storefront.core.db import db
from storefront.core.tenancy import scope

from .models import SiteReads
from .reads import ALL_PAGES, Things, unpacked

FEW = 1024
"""More pages than that are kept in several rows."""
_ONE = -1
_CHUNK = 400
_ASPECTS = (1 << 32) - 1
Row = tuple[int, int]
"""Thing and chunk."""
Pages = dict[int, int]
"""Number of a page → aspects it read, as bits."""


def readers(sites: Iterable[int], things: Mapping[int, int]) -> dict[int, set[int]]:
    """Give the pages that read any of these things.

    Args:
        sites: numbers of the sites to look at.
        things: what changed, with its aspects.

    Returns:
        Site number → numbers of pages (`reads.ALL_PAGES` among them when what all pages share read one).
    """
    found: dict[int, set[int]] = {site: set() for site in sites}
    for several in _chunks(sorted(found)):
        for chunk in _chunks(sorted(things)):
            reading = select(SiteReads.site, SiteReads.thing, SiteReads.pages).where(
                SiteReads.site.in_(several), SiteReads.thing.in_(chunk)
            )
            for site, thing, pages in db.session.execute(reading):
                wanted = things[thing]
                found[site].update(entry >> 32 for entry in _entries(pages) if entry & wanted)
    return found


def is_read(site: int, things: Iterable[int]) -> set[int]:
    """Give those of some things that any page reads."""
    found: set[int] = set()
    for chunk in _chunks(sorted(set(things))):
        reading = select(SiteReads.thing).where(SiteReads.site == site, SiteReads.thing.in_(chunk)).distinct()
        found.update(db.session.scalars(reading))
    return found


class Readers:
    """Who read what, gathered page by page while a whole site is drawn."""

    def __init__(self, shared: Things) -> None:
        """Begin with what all pages read."""
        self._lists: dict[int, array[int]] = defaultdict(_no_entries)
        self._add(ALL_PAGES, shared.items())

    def add(self, number: int, things: bytes | None) -> None:
        """Add a page.

        Args:
            number: greater than those added before.
            things: what it read, packed (`reads.packed`).
        """
        self._add(number, unpacked(things).items())

    def rows(self) -> Iterator[tuple[int, int, bytes]]:
        """Give thing, chunk and entries of each row."""
        return (row for thing, entries in self._lists.items() for row in _rows_of(thing, entries))

    def _add(self, number: int, things: Iterable[tuple[int, int]]) -> None:
        upper = number << 32
        for thing, aspects in things:
            self._lists[thing].append(upper | aspects)


def write_all(site: int, readers: Readers) -> None:
    """Write what all pages of a site read, in place of what stood there."""
    db.session.execute(delete(SiteReads).where(SiteReads.site == site).execution_options(synchronize_session=False))
    _insert(site, readers.rows())


def change(site: int, changes: Iterable[tuple[int, Things, Things]]) -> None:
    """Write what some pages read now.

    Args:
        site: whose.
        changes: number of a page, what it read before, what it reads now.
    """
    wanted: dict[int, Pages] = defaultdict(dict)
    for number, before, after in changes:
        for thing in before.keys() | after.keys():
            if before.get(thing) != after.get(thing):
                wanted[thing][number] = after.get(thing, 0)
    if not wanted:
        return
    rows = {(thing, chunk) for thing, pages in wanted.items() for chunk in (_ONE, *(page // FEW for page in pages))}
    kept = _load(site, rows)
    changed: dict[Row, Pages] = {}
    for thing, pages in wanted.items():
        for number, aspects in pages.items():
            row = (thing, number // FEW) if (thing, number // FEW) in kept else (thing, _ONE)
            entries = changed.setdefault(row, kept.get(row) or {})
            entries[number] = aspects
            if not aspects:
                del entries[number]
    _spill(site, changed)
    _replace(site, changed)


def _spill(site: int, changed: dict[Row, Pages]) -> None:
    """Spread what became too long for one row over several."""
    long = [row for row, pages in changed.items() if row[1] == _ONE and len(pages) > FEW]
    for thing, _ in long:
        pages = changed[(thing, _ONE)]
        chunks = {number // FEW for number in pages}
        kept = _load(site, {(thing, chunk) for chunk in chunks} - changed.keys())
        for chunk in chunks:
            changed.setdefault((thing, chunk), kept.get((thing, chunk)) or {})
        for number, aspects in pages.items():
            changed[(thing, number // FEW)][number] = aspects
        changed[(thing, _ONE)] = {}


def _replace(site: int, changed: Mapping[Row, Pages]) -> None:
    for chunk in _chunks(sorted(changed)):
        going = delete(SiteReads).where(SiteReads.site == site, tuple_(SiteReads.thing, SiteReads.chunk).in_(chunk))
        db.session.execute(going.execution_options(synchronize_session=False))
    full = {row: pages for row, pages in changed.items() if pages}
    _insert(site, ((*row, _packed(sorted(full[row].items()))) for row in full))


def _load(site: int, rows: Iterable[Row]) -> dict[Row, Pages]:
    found: dict[Row, Pages] = {}
    for chunk in _chunks(sorted(rows)):
        reading = select(SiteReads.thing, SiteReads.chunk, SiteReads.pages).where(
            SiteReads.site == site, tuple_(SiteReads.thing, SiteReads.chunk).in_(chunk)
        )
        for thing, number, pages in db.session.execute(reading):
            found[(thing, number)] = {entry >> 32: entry & _ASPECTS for entry in _entries(pages)}
    return found


def _rows_of(thing: int, entries: "array[int]") -> Iterator[tuple[int, int, bytes]]:
    """Lay out a thing, whose entries stand in order: in one row, or in rows of neighbouring pages."""
    if len(entries) <= FEW:
        yield thing, _ONE, _bytes(entries)
        return
    start = 0
    while start < len(entries):
        chunk = (entries[start] >> 32) // FEW
        end = bisect_left(entries, (chunk + 1) * FEW << 32, start)
        yield thing, chunk, _bytes(entries[start:end])
        start = end


def _insert(site: int, rows: Iterable[tuple[int, int, bytes]]) -> None:
    tenant = scope().tenant
    table = SiteReads.__table__
    assert isinstance(table, Table)
    # A hundred thousand rows that nothing tracks: the table's own insert, each row stamped here.
    db.insert_rows(table, {"tenant_id": tenant, "site": site}, ("thing", "chunk", "pages"), list(rows))


def _packed(pages: Sequence[tuple[int, int]]) -> bytes:
    return struct.pack(f"<{len(pages)}Q", *(number << 32 | aspects for number, aspects in pages))


def _bytes(entries: "array[int]") -> bytes:
    """Write entries down, the lowest byte first on every machine."""
    if sys.byteorder == "big":
        entries.byteswap()
    return entries.tobytes()


def _no_entries() -> "array[int]":
    return array("Q")


def _entries(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 8}Q", content)


def _chunks(items: Sequence[Row] | Sequence[int]) -> Iterator[Sequence[Row] | Sequence[int]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
