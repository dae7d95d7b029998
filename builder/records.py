"""The files of a site's live release as rows, read by number or by what they are about."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import orjson
from sqlalchemy import Table, delete, func, select

from storefront.core.db import db
from storefront.core.tenancy import scope
from storefront.pages.refs import PageKind, PageRef

from .manifest import Entry
from .models import SiteFile
from .reads import file_number, group_number

_CHUNK = 500


class Record(NamedTuple):
    """A row of `site_files`; see there."""

    number: int
    about: int
    path: str
    hash: str
    size: int
    encodings: str = ""
    lang: str | None = None
    kind: str | None = None
    key: str | None = None
    bucket: int | None = None
    gone: date | None = None
    photos: str | None = None
    members: bytes | None = None
    ingredients: int | None = None
    things: bytes | None = None

    @property
    def is_page(self) -> bool:
        """Ask whether it is one of the site's pages."""
        return self.kind is not None

    @property
    def address(self) -> str:
        """Give the address of a page."""
        return f"/{self.path.removesuffix('index.html')}" if self.path.endswith("index.html") else f"/{self.path}"

    @property
    def ref(self) -> PageRef:
        """Give a page as the source lists it."""
        return PageRef(self.address, self.lang or "", PageKind(self.kind or ""), self.key or "", self.bucket)

    @property
    def shown(self) -> frozenset[str]:
        """Give the picture sets, cards and films a page shows."""
        return frozenset(self.photos.split(" ")) if self.photos else frozenset()

    @property
    def entries(self) -> Sequence[Entry]:
        """Give the files it stands for: itself, or those of the set of pictures."""
        gone = None if self.gone is None else self.gone.isoformat()
        if self.members is not None:
            return [Entry(path, content, size, gone=gone) for path, content, size in orjson.loads(self.members)]
        encodings = tuple(self.encodings.split(" ")) if self.encodings else ()
        page = self.address if self.is_page else None
        photos = tuple(self.photos.split(" ")) if self.photos else ()
        return (Entry(self.path, self.hash, self.size, encodings, page, photos, gone),)


_COLUMNS = tuple(getattr(SiteFile, name) for name in Record._fields)


def page_record(
    number: int, ref: PageRef, entry: Entry, ingredients: int, things: bytes, about: int | None = None
) -> Record:
    """Give the row of a page that was drawn; `about` saves reckoning it."""
    return Record(
        number,
        group_number(ref.kind, ref.key, ref.bucket) if about is None else about,
        entry.path,
        entry.hash,
        entry.size,
        " ".join(entry.encodings),
        ref.lang,
        str(ref.kind),
        ref.key,
        ref.bucket,
        photos=" ".join(entry.photos) or None,
        ingredients=ingredients,
        things=things,
    )


def file_record(number: int, entry: Entry) -> Record:
    """Give the row of a file that is no page: of the theme, a card, a film."""
    gone = None if entry.gone is None else date.fromisoformat(entry.gone)
    encodings = " ".join(entry.encodings)
    return Record(number, file_number(entry.path), entry.path, entry.hash, entry.size, encodings, gone=gone)


def set_record(number: int, name: str, entries: Collection[Entry], gone: date | None = None) -> Record:
    """Give the row of a set of pictures."""
    members = orjson.dumps([(one.path, one.hash, one.size) for one in sorted(entries, key=lambda one: one.path)])
    return Record(number, file_number(name), name, "", sum(one.size for one in entries), gone=gone, members=members)


def by_number(site: int, numbers: Iterable[int]) -> dict[int, Record]:
    """Read rows by the numbers of their files."""
    found = (_read(site, SiteFile.number.in_(chunk)) for chunk in _chunks(sorted(numbers)))
    return {record.number: record for records in found for record in records}


def about(site: int, things: Iterable[int]) -> list[Record]:
    """Read the rows of everything that is about these (`reads.group_number`, `reads.file_number`)."""
    found = (_read(site, SiteFile.about.in_(chunk)) for chunk in _chunks(sorted(things)))
    return [record for records in found for record in records]


def every(site: int) -> dict[int, Record]:
    """Read all rows of a site."""
    return {record.number: record for record in _read(site)}


def lingering(site: int) -> list[Record]:
    """Read the rows of files that nothing refers to any more."""
    return list(_read(site, SiteFile.gone.is_not(None)))


def made_with(site: int, sets: Iterable[int]) -> set[int]:
    """Give the numbers of the pages made with any of these sets of ingredients."""
    found: set[int] = set()
    for chunk in _chunks(sorted(sets)):
        reading = select(SiteFile.number).where(SiteFile.site == site, SiteFile.ingredients.in_(chunk))
        found.update(db.session.scalars(reading))
    return found


def cars(site: int) -> set[str]:
    """Give the keys of all cars that have pages."""
    return set(db.session.scalars(select(SiteFile.key).where(SiteFile.site == site, SiteFile.kind == PageKind.VEHICLE)))


def count_sets(site: int) -> int:
    """Give how many sets of pictures the live release has."""
    counting = select(func.count()).where(SiteFile.site == site, SiteFile.members.is_not(None), SiteFile.gone.is_(None))
    return db.session.scalar(counting) or 0


def last_number(site: int) -> int:
    """Give the highest number that is taken, 0 for none."""
    return db.session.scalar(select(func.max(SiteFile.number)).where(SiteFile.site == site)) or 0


def write(site: int, records: Iterable[Record], doomed: Iterable[int] | None) -> None:
    """Write rows in place of those of the same numbers.

    Args:
        site: whose.
        records: the new rows.
        doomed: numbers of files that are no more; None: all rows of the site go first.
    """
    rows = list(records)
    if doomed is None:
        going = delete(SiteFile).where(SiteFile.site == site)
        db.session.execute(going.execution_options(synchronize_session=False))
    else:
        for chunk in _chunks(sorted({*doomed, *(record.number for record in rows)})):
            going = delete(SiteFile).where(SiteFile.site == site, SiteFile.number.in_(chunk))
            db.session.execute(going.execution_options(synchronize_session=False))
    tenant = scope().tenant
    table = SiteFile.__table__
    assert isinstance(table, Table)
    # Thousands of rows that nothing tracks: the table's own insert, each row stamped here, not the session's.
    db.insert_rows(table, {"tenant_id": tenant, "site": site}, Record._fields, rows)


def _read(site: int, *conditions: object) -> Iterator[Record]:
    reading = select(*_COLUMNS).where(SiteFile.site == site, *conditions)  # type: ignore[arg-type]
    return (Record._make(row) for row in db.session.execute(reading))


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
