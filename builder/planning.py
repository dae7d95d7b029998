"""Said before anything is built: what the next publish would draw, and what a page depends on (SPEC 142)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from storefront.core.changes import Key, mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import PageRef

from . import naming, queries, records
from .options import USUAL
from .queries import Standing
from .reads import Things, group_number, things_of, unpacked
from .records import Record
from .releases import SiteFolder, site_folder
from .site_pages import open_pages
from .source import Opener
from .staleness import Outlook, look_ahead

NEW = "a new page"


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """What will happen to one address."""

    address: str
    act: str
    """`draw`, `add` or `remove`."""
    why: tuple[str, ...]
    """What changed of that which it depends on, in words."""


@dataclass(slots=True)
class SitePlan:
    """What the next publish of a site would do."""

    host: str
    whole: str | None = None
    """Why all pages would be drawn, when they would."""
    changes: list[PlannedPage] = field(default_factory=list)

    def count(self, act: str) -> int:
        """Count the pages to which this happens."""
        return sum(change.act == act for change in self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that `marketplace plan --json` writes."""
        return {
            "host": self.host,
            "draw": self.count("draw"),
            "add": self.count("add"),
            "remove": self.count("remove"),
            "whole": self.whole,
            "changes": [{"page": one.address, "act": one.act, "why": list(one.why)} for one in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What a page depends on."""

    host: str
    address: str
    kind: str
    release: str | None
    """The release that is served, when the page is in it."""
    file: str | None
    size: int | None
    reads: Mapping[str, Sequence[str]]
    """Thing, in words → aspects of it."""
    shared: Mapping[str, Sequence[str]]
    """The same of what all pages of the site read."""
    ingredients: Sequence[str]
    """Names of words, parts, settings, files."""

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that `marketplace why --json` writes."""
        return {
            "host": self.host,
            "page": self.address,
            "kind": self.kind,
            "release": self.release,
            "file": self.file,
            "size": self.size,
            "reads": {thing: list(aspects) for thing, aspects in self.reads.items()},
            "shared": {thing: list(aspects) for thing, aspects in self.shared.items()},
            "ingredients": list(self.ingredients),
        }


def plan(
    settings: Settings, *, as_of: date, hosts: Sequence[str] | None = None, opener: Opener = open_pages
) -> list[SitePlan]:
    """Say what the next publish of each site of the open scope would do; nothing is drawn or written.

    Args:
        settings: of the installation.
        as_of: the business date.
        hosts: which sites; all when None.
        opener: opens a site's pages.

    Raises:
        NotFound: a host that is none of theirs, or of a site that is not to be served.
    """
    found: list[SitePlan] = []
    with db.snapshot():
        sites = [store for store in queries.sites() if hosts is None or store.public_host in hosts]
        if missing := set(hosts or ()) - {store.public_host for store in sites}:
            raise NotFound(f"No site of that host: {', '.join(sorted(missing))}")
        stands = {stand.store_id: stand for stand in queries.standings()}
        for store in sites:
            stand = stands.get(store.id) or Standing(0, store.id, 0, None, "", None, 0)
            source = opener(store, as_of=as_of, settings=settings)
            folder = site_folder(settings, store.public_host)
            outlook = look_ahead(stand, source, folder, seen=mark(), as_of=as_of, options=USUAL)
            found.append(SitePlan(store.public_host, outlook.whole, _changes(outlook)))
    return found


def _changes(outlook: Outlook) -> list[PlannedPage]:
    reasons = _Reasons(outlook)
    came = {ref.path for ref in outlook.came}
    found = [
        PlannedPage(ref.path, "add" if ref.path in came else "draw", reasons.of(outlook.known.pages.get(ref.path)))
        for ref in outlook.draw
    ]
    found += [PlannedPage(row.address, "remove", reasons.of(row)) for row in outlook.gone]
    return sorted(found, key=lambda change: change.address)


class _Reasons:
    """Says why a page is stale: which of the things it read changed, which ingredients."""

    def __init__(self, outlook: Outlook) -> None:
        self._whole = outlook.whole
        self._words: dict[int, list[tuple[int, str]]] = defaultdict(list)
        words = naming.words_of(outlook.keys)
        for key in sorted(set(outlook.keys)):
            for number, aspects in things_of([key]).items():
                self._words[number].append((aspects, words[key]))
        changed = set(outlook.names)
        self._made_of = {
            number: tuple(name for name in names if name in changed)
            for number, names in outlook.made_of.sets.items()
            if not changed.isdisjoint(names)
        }

    def of(self, row: Record | None) -> tuple[str, ...]:
        if self._whole is not None:
            return (self._whole,)
        if row is None:
            return (NEW,)
        return (*self._read(unpacked(row.things)), *self._made_of.get(row.ingredients or 0, ()))

    def _read(self, things: Things) -> list[str]:
        found = (word for thing, mask in things.items() for bits, word in self._words.get(thing, ()) if bits & mask)
        return sorted(dict.fromkeys(found))


def why(settings: Settings, url: str, *, as_of: date, opener: Opener = open_pages) -> Dependencies:
    """Say what a page depends on, by loading and drawing it; nothing is written.

    Args:
        settings: of the installation.
        url: of a page of a site of the open scope: `https://north-cars.example/vehicles/`.
        as_of: the business date.
        opener: opens a site's pages.

    Raises:
        NotFound: no site of that host, or no such page.
    """
    parts = urlsplit(url if "//" in url else f"//{url}")
    with db.snapshot():
        store = next((one for one in queries.sites() if one.public_host == (parts.hostname or "")), None)
        if store is None:
            raise NotFound(f"No site of that host: {parts.hostname or url}")
        source = opener(store, as_of=as_of, settings=settings)
        address = parts.path or "/"
        ref = next((one for one in source.pages() if one.path == address), None)
        page = None if ref is None else next(iter(source.draw([ref])), None)
        if ref is None or page is None:
            raise NotFound(f"{store.public_host} has no page {address}")
        folder = site_folder(settings, store.public_host)
        row = _row_of(store, ref, folder)
        shared = source.shared.keys
        return Dependencies(
            host=store.public_host,
            address=address,
            kind=str(ref.kind),
            release=None if row is None else folder.live_name(),
            file=None if row is None else row.path,
            size=None if row is None else row.size,
            reads=_grouped(page.reads.keys - shared),
            shared=_grouped(shared),
            ingredients=sorted(page.used),
        )


def _row_of(store: Store, ref: PageRef, folder: SiteFolder) -> Record | None:
    stand = queries.standing(store.id)
    if stand is None or stand.release != folder.live_name():
        return None
    rows = records.about(stand.number, [group_number(ref.kind, ref.key, ref.bucket)])
    return next((row for row in rows if row.address == ref.path), None)


def _grouped(keys: Iterable[Key]) -> dict[str, list[str]]:
    """Put the aspects of each thing together, under its words."""
    found: dict[str, list[str]] = defaultdict(list)
    several = sorted(keys)
    things = naming.things_of(several)
    for key in several:
        found[things[key[:2]]].append(key[2])
    return dict(sorted(found.items()))
