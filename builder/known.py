"""What is known of the live release: the rows a publish has at hand, asked for as they are needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from storefront.pages.pictures import set_of
from storefront.pages.refs import PageKind, PageRef

from . import records
from .manifest import Entry, Manifest
from .reads import file_number, group_number
from .records import Record, file_record, page_record, set_record


@dataclass(slots=True)
class Known:
    """Rows of a site's live release, by number, by address and by name.

    Args:
        site: whose.
        is_whole: every row is at hand, so that nothing more is asked for.
    """

    site: int
    is_whole: bool = False
    rows: dict[int, Record] = field(default_factory=dict)
    pages: dict[str, Record] = field(default_factory=dict)
    """By address."""
    files: dict[str, Record] = field(default_factory=dict)
    """Other files by path, sets of pictures by name."""
    _asked: set[int] = field(default_factory=set)
    _members: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def add(self, found: Iterable[Record]) -> None:
        """Take rows in."""
        for record in found:
            self.rows[record.number] = record
            if record.is_page:
                self.pages[record.address] = record
            else:
                self.files[record.path] = record

    def ask_numbers(self, numbers: Iterable[int]) -> None:
        """Read the rows of these numbers, unless they are at hand."""
        missing = set() if self.is_whole else set(numbers) - self.rows.keys()
        if missing:
            self.add(records.by_number(self.site, missing).values())

    def ask_about(self, things: Iterable[int]) -> None:
        """Read the rows of everything that is about these, unless they are at hand."""
        missing = set() if self.is_whole else set(things) - self._asked
        if missing:
            self._asked |= missing
            self.add(records.about(self.site, missing))

    def ask_files(self, names: Iterable[str]) -> None:
        """Read the rows of sets of pictures by their names, of other files by their paths."""
        self.ask_about(file_number(name) for name in names)

    def ask_refs(self, refs: Iterable[PageRef]) -> None:
        """Read the rows of pages."""
        self.ask_about(group_number(ref.kind, ref.key, ref.bucket) for ref in refs)

    def entry(self, path: str) -> Entry | None:
        """Give a file as it is served now, among the rows that are at hand."""
        name = set_of(f"/{path}") if path.startswith("i/") else None
        if name is not None:
            if name not in self._members:
                record = self.files.get(name)
                self._members[name] = {} if record is None else {one.path: one for one in record.entries}
            return self._members[name].get(path)
        address = f"/{path.removesuffix('index.html')}" if path.endswith("index.html") else f"/{path}"
        record = self.pages.get(address) or self.files.get(path)
        return None if record is None else record.entries[0]


def every(site: int) -> Known:
    """Read all rows of a site."""
    known = Known(site, is_whole=True)
    known.add(records.every(site).values())
    return known


def of_manifest(site: int, live: Manifest | None, pages: Mapping[str, PageRef] | None) -> Known:
    """Know a release by its manifest, when the rows are those of another one or there are none.

    What its pages read is not known then: they are all drawn.

    Args:
        site: whose.
        live: what is served, None for nothing.
        pages: what is known of addresses, those of today and those of the rows; None leaves pages out: they are served
            no more, only what they load is.
    """
    known = Known(site, is_whole=True)
    sets: dict[str, list[Entry]] = {}
    found: list[Record] = []
    for entry in live.entries.values() if live is not None else ():
        name = set_of(f"/{entry.path}") if entry.path.startswith("i/") else None
        if entry.page is not None:
            ref = (pages or {}).get(entry.page) or PageRef(entry.page, "", PageKind.GONE)
            found += [] if pages is None else [page_record(len(found) + 1, ref, entry, 0, b"")]
        elif name is not None:
            sets.setdefault(f"{name} {entry.gone or ''}", []).append(entry)
        else:
            found.append(file_record(len(found) + 1, entry))
    for key, entries in sets.items():
        name, _, gone = key.partition(" ")
        found.append(set_record(len(found) + 1, name, entries, date.fromisoformat(gone) if gone else None))
    known.add(found)
    return known
