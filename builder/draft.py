"""A release in the making: what it brings over the one that is served, and what is remembered of it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storefront.pages.refs import PageKind

from . import postings, queries, records
from .actions import Outcome, Turn
from .freeze import Drawn, MadeOf, Spoilt
from .images import Made, Original
from .ingredients import Ingredients
from .known import Known
from .manifest import Delta, Entry
from .reads import ALL_PAGES, Things, days_between, things_of, unpacked
from .records import Record, file_record, page_record
from .staleness import Outlook
from .store import Blob

if TYPE_CHECKING:
    from storefront.pages.contexts import SocialCard

MOST_BAD = 0.05
"""Share of bad cars or photos above which a build stops (SECURITY E11)."""
LINGER_DAYS = 30
"""How long a fingerprinted file is served after nothing refers to it any more (SEO.md §15)."""
_FINGERPRINTED = ("a/", "i/", "m/")


class BuildFailed(Exception):
    """A site could not be published; what is served is as before."""


@dataclass(slots=True)
class Draft:
    """What a build has put together so far."""

    turn: Turn
    outlook: Outlook
    shared: Things
    """What every page read."""
    delta: Delta
    readers: postings.Readers
    """When all is drawn: who read what."""
    rows: list[Record] = field(default_factory=list)
    """When all is drawn: the rows of the pages, numbered as they came."""
    drawn: dict[str, Drawn] = field(default_factory=dict)
    """By address."""
    spoilt: list[Spoilt] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sets: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Sets of ingredients that drawn pages were made with."""
    files: dict[str, Record] = field(default_factory=dict)
    """Files that are no pages, and sets of pictures: those that are new or otherwise; all when all is drawn."""
    doomed: list[Record] = field(default_factory=list)
    """Such files that are served no more."""
    new_sets: set[str] = field(default_factory=set)
    """Names of picture sets that were not served before, or not in their best encodings."""
    better: tuple[str, ...] = ()
    """Names of picture sets of which it took the best encodings because they were offered."""
    lost: int = 0
    """How many pages vanish that nothing accounts for."""

    @property
    def known(self) -> Known:
        """Give what is known of the live release."""
        return self.outlook.known

    @property
    def is_whole(self) -> bool:
        """Ask whether all pages are drawn and all rows written anew."""
        return self.outlook.whole is not None

    # -- pages --

    def add_page(self, made: Drawn | Spoilt | MadeOf) -> None:
        """Add a page that was drawn, or note that it could not be, or what pages are made of."""
        if isinstance(made, Drawn):
            self.drawn[made.ref.path] = made
            self.blobs.append(made.blob)
            entry = made.entry
            self._put(entry)
            if self.is_whole:
                # While children are drawing, not when all wait for it.
                number = len(self.rows) + 1
                self.rows.append(page_record(number, made.ref, entry, made.ingredients, made.things, made.about))
                self.readers.add(number, made.things)
        elif isinstance(made, MadeOf):
            self.sets[made.number] = made.names
        else:
            self.spoilt.append(made)

    def settle_pages(self) -> None:
        """Weigh what could not be drawn and what is no more, and put drawn pages into the release.

        A page that should have been drawn and was not is spoilt; what is served of it goes on being served.

        Raises:
            BuildFailed: too much could not be drawn.
        """
        said = {page.address for page in self.spoilt}
        for ref in self.outlook.draw:
            if ref.path not in self.drawn and ref.path not in said:
                self.spoilt.append(Spoilt(ref.path, ref.kind, "it was listed but could not be loaded"))
        self.spoilt.sort(key=lambda page: page.address)
        self._weigh_spoilt()
        self.lost = self.unexplained
        for row in self.outlook.gone:
            if row.address not in self.drawn:
                self.delta.remove(row.path)

    def _weigh_spoilt(self) -> None:
        """Leave out single cars that could not be drawn; any other page, or too many cars, stop the build."""
        for page in self.spoilt:
            if page.kind is not PageKind.VEHICLE:
                raise BuildFailed(f"{page.address} cannot be drawn: {page.reason}")
            self.warnings.append(f"{page.address}: {page.reason}")
        bad = {page.address for page in self.spoilt}
        bad_cars = {ref.key for ref in self.outlook.draw if ref.path in bad}
        if len(bad_cars) > 1:
            cars = {ref.key for ref in self.outlook.draw if ref.kind is PageKind.VEHICLE}
            if not self.is_whole:
                cars |= records.cars(self.outlook.stand.number)
            if len(bad_cars) > max(1, MOST_BAD * len(cars)):
                raise BuildFailed(f"{len(bad_cars)} of {len(cars)} cars cannot be drawn: {self.spoilt[0].reason}")

    @property
    def unexplained(self) -> int:
        """Count the pages that vanish and read nothing of what changed since the last build (SECURITY E3).

        Ask in the snapshot it is drawn from. What changed is not known when the rows are those of another release.
        """
        outlook, stand = self.outlook, self.outlook.stand
        lost = [row for row in outlook.gone if row.path.endswith(".html")]
        if not lost or not outlook.trusted or stand.as_of is None or stand.mark > outlook.seen:
            return 0
        days = days_between(stand.as_of, outlook.as_of)
        keys = [*queries.changed_since(stand.mark, outlook.seen), *(days or ())]
        changed = things_of(keys)
        is_its_own = any(kind == "store" and key == stand.store_id.hex for kind, key, _ in keys)
        if days is None or is_its_own or ALL_PAGES in postings.readers([stand.number], changed)[stand.number]:
            return 0
        return sum(not _has_read(unpacked(row.things), changed) for row in lost)

    @property
    def kept(self) -> list[Record]:
        """Give the pages that should have been drawn and were not, as they are served now."""
        return [self.known.pages[page.address] for page in self.spoilt if page.address in self.known.pages]

    @property
    def removed(self) -> list[str]:
        """Give the addresses of pages that are no more."""
        return [row.address for row in self.outlook.gone if row.address not in self.drawn]

    # -- what pages show --

    @property
    def shown(self) -> set[str]:
        """Give what the pages of this draft show: picture sets by name, cards and films by path."""
        found = {name for page in self.drawn.values() for name in page.photos}
        return found.union(*(row.shown for row in self.kept)) if self.is_whole else found

    @property
    def cards(self) -> "dict[str, SocialCard]":
        """Give the cards that drawn pages name and that are not served now, by path."""
        named = dict(page.card for page in self.drawn.values() if page.card is not None)
        self.known.ask_files(named)
        return {path: card for path, card in named.items() if path not in self.known.files}

    def weigh_photos(self, bad: dict[Original, str]) -> None:
        """Stop when too many photos could not be decoded: then something else is wrong.

        Raises:
            BuildFailed: with one of the reasons.
        """
        total = sum("/" not in name for name in self.shown)
        if len(bad) > max(1, MOST_BAD * total) and not self.is_whole:
            total = max(total, records.count_sets(self.outlook.stand.number))
        if len(bad) > max(1, MOST_BAD * total):
            raise BuildFailed(f"{len(bad)} of {total} photos have no pictures: {min(bad.values())}")

    def is_behind(self, name: str, best: tuple[Made, ...] | None) -> bool:
        """Ask whether this release has other files of a set than these."""
        record = self.files.get(name)
        served = {} if record is None else {entry.path: entry.hash for entry in record.entries}
        return any(served.get(made.path[1:], made.hash) != made.hash for made in best or ())

    # -- other files --

    def put_file(self, record: Record) -> None:
        """Have a file, or a set of pictures, in the release."""
        self.files[record.path] = record
        for entry in record.entries:
            self._put(entry)
        before = self.known.files.get(record.path)
        if before is not None:
            for path in {entry.path for entry in before.entries} - {entry.path for entry in record.entries}:
                self.delta.remove(path)

    def put_theme(self, entries: list[tuple[Entry, Blob]]) -> None:
        """Have the files of the theme, and let go of those it had before."""
        for entry, blob in entries:
            self.blobs.append(blob)
            before = self.known.files.get(entry.path)
            if self.is_whole or before is None or before.entries[0] != entry:
                self.put_file(file_record(0, entry))
        wanted = {entry.path for entry, _ in entries}
        for record in self.known.files.values():
            single = record.members is None and not record.path.startswith(("i/", "m/"))
            if single and record.path not in wanted:
                self.let_go(record)

    def let_go(self, record: Record) -> None:
        """Keep serving a fingerprinted file that older pages in somebody's browser or a CDN still load, for 30 days."""
        since = record.gone or self.outlook.as_of
        lasts = record.members is not None or record.path.startswith(_FINGERPRINTED)
        if lasts and (self.outlook.as_of - since).days <= LINGER_DAYS:
            if record.gone is None or self.is_whole:
                self.put_file(record._replace(gone=since))
            return
        self.doomed.append(record)
        for entry in record.entries:
            self.delta.remove(entry.path)

    def _put(self, entry: Entry) -> None:
        """Have a file in the release, unless it is served exactly so."""
        before = self.known.entry(entry.path)
        if self.delta.parent is None or before is None or before != entry:
            self.delta.add(entry)

    # -- the end --

    @property
    def is_live(self) -> bool:
        """Ask whether what is served now is exactly this."""
        return self.delta.parent is not None and not self.delta.put and not self.delta.drop

    @property
    def changed(self) -> set[str]:
        """Give the paths of the files that are not as they are served now."""
        found = set()
        for path, entry in self.delta.put.items():
            before = self.known.entry(path)
            if before is None or before.hash != entry.hash:
                found.add(path)
        return found

    def ingredients(self) -> Ingredients:
        """Give what the pages of the release are made of."""
        sets = self.sets if self.is_whole else {**self.outlook.made_of.sets, **self.sets}
        return Ingredients(self.outlook.digests, sets)

    def outcome(self, look: str, recipe: str, pages: int) -> Outcome:
        """Give what the build is recorded with.

        Args:
            look: hash of the content that holds its ingredients.
            recipe: digest of all templates, words and code.
            pages: how many pages the live release had.
        """
        lost = {row.address for row in self.outlook.gone} | {ref.path for ref in self.outlook.came} & {
            page.address for page in self.spoilt
        }
        total = len(self.drawn) + len(self.kept) if self.is_whole else pages + len(self.outlook.came) - len(lost)
        return Outcome(
            mark=self.outlook.seen,
            as_of=self.outlook.as_of,
            look_digest=look,
            recipe=recipe,
            owed=self.outlook.owed,
            release=self.outlook.live if self.is_live else self.turn.release,
            pages=total,
            rendered=len(self.drawn),
            reused=total - len(self.drawn),
            removed=len(self.removed),
            warnings=tuple(self.warnings),
        )

    def page_records(self) -> list[tuple[Record, Things]]:
        """Give the rows of drawn pages with what they read before; rows that are new have the number 0."""
        found: list[tuple[Record, Things]] = []
        for made in self.drawn.values():
            before = self.known.pages.get(made.ref.path)
            if before is None:
                found.append((_row(0, made), {}))
            else:
                found.append((_row(before.number, made), unpacked(before.things)))
        return found


def begun(turn: Turn, outlook: Outlook, shared: Things) -> Draft:
    """Begin a release: put upon the one that is served, or whole where nothing is known of that."""
    parent = outlook.live if outlook.known.rows or not outlook.whole else None
    delta = Delta(turn.release, parent, outlook.as_of, outlook.seen)
    return Draft(turn, outlook, shared, delta, postings.Readers(shared))


def _row(number: int, made: Drawn) -> Record:
    return page_record(number, made.ref, made.entry, made.ingredients, made.things, made.about)


def _has_read(things: Things, changed: Things) -> bool:
    return any(aspects & changed.get(thing, 0) for thing, aspects in things.items())
