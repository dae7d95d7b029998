"""What the next publish of a site has to do: which pages are to be drawn, which came, which are no more.

From the lines of the ledger since the site's mark follow the things that changed, from the postings the pages that read
them; from the digests of ingredients those that used one that differs. Which pages came or went the source says for the
things that changed (`pages_about`), so that one price costs one price; where it cannot, all pages are listed.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from storefront.core.changes import Key
from storefront.pages.ingredients import keys_of
from storefront.pages.refs import PageKind, PageRef

from . import ingredients, known, postings, queries, records
from .built import store_of
from .ingredients import Ingredients
from .known import Known
from .manifest import BadManifest, Manifest
from .options import Options
from .queries import Standing
from .reads import ALL_PAGES, days_between, group_number, things_of, unpacked_numbers
from .records import Record
from .releases import SiteFolder
from .source import Source

_ORDER = {kind: number for number, kind in enumerate(PageKind)}
LATE = frozenset({PageKind.FEED, PageKind.INDEX_CARS, PageKind.INDEX_CARDS})
"""Kinds of files of many cars each that no visitor waits for (feeds for other platforms, the search index for when no
server answers): a hurried publish leaves them to the next."""


@dataclass(slots=True)
class Outlook:
    """What the next publish has to do."""

    stand: Standing
    live: str | None
    """The release that is served."""
    seen: int
    """The newest change of the snapshot."""
    as_of: date
    digests: Mapping[str, str]
    """Of the site's ingredients now."""
    draw: list[PageRef] = field(default_factory=list)
    came: list[PageRef] = field(default_factory=list)
    """Pages under addresses that the live release does not have; among those that are drawn."""
    gone: list[Record] = field(default_factory=list)
    """Pages of the live release that are no more."""
    vanished: list[PageRef] = field(default_factory=list)
    """Pages that were recorded and are no more: `gone`, unless a builder died before it could record a release."""
    known: Known = field(default_factory=lambda: Known(0))
    made_of: Ingredients = field(default_factory=lambda: Ingredients({}))
    """Ingredients of the live release."""
    whole: str | None = None
    """Why all pages are drawn and all rows written anew; None when they are not."""
    trusted: bool = True
    """The rows of the database are those of the release that is served."""
    owed: frozenset[int] = frozenset()
    """Numbers of the stale pages that are left to the next publish."""
    keys: list[Key] = field(default_factory=list)
    """What changed."""
    names: list[str] = field(default_factory=list)
    """Ingredients that changed."""
    listed: int | None = None
    """How many pages there are, when all were listed."""

    @property
    def nothing_changed(self) -> bool:
        """Ask whether neither rows nor the day are others than at the last build."""
        return self.trusted and (self.stand.mark, self.stand.as_of) == (self.seen, self.as_of)

    @property
    def is_quiet(self) -> bool:
        """Ask whether nothing is to be done."""
        return not self.draw and not self.gone and self.whole is None


def look_ahead(
    stand: Standing,
    source: Source,
    folder: SiteFolder,
    *,
    seen: int,
    as_of: date,
    options: Options,
    everything: bool = False,
) -> Outlook:
    """Say what the next publish has to do, in the snapshot that is open.

    Args:
        stand: how the site stands.
        source: its pages.
        folder: of its host.
        seen: the newest change of the snapshot.
        as_of: the business date.
        options: whether slow pages are left to a later publish.
        everything: draw all pages.
    """
    outlook = Outlook(stand, folder.live_name(), seen, as_of, source.ingredients())
    outlook.trusted = outlook.live is not None and outlook.live == stand.release
    made_of = ingredients.read(folder.store, stand.look_digest) if outlook.trusted else None
    if made_of is not None:
        outlook.made_of = made_of
    outlook.whole = _why_whole(outlook, made_of, everything)
    if outlook.whole is None:
        outlook.whole = _find_stale(outlook, source, options)
    if outlook.whole is not None:
        _take_everything(outlook, source, folder)
    return outlook


def _why_whole(outlook: Outlook, made_of: Ingredients | None, everything: bool) -> str | None:
    stand = outlook.stand
    if everything:
        return "all pages are asked for"
    if outlook.live is None:
        return "nothing is served yet"
    if not outlook.trusted:
        return f"{outlook.live} is served, which is not the last release that was recorded"
    if made_of is None:
        return "what the pages were made of is not known any more"
    if stand.as_of is None or stand.mark > outlook.seen or days_between(stand.as_of, outlook.as_of) is None:
        return "the last build is of another time"
    return None


def _find_stale(outlook: Outlook, source: Source, options: Options) -> str | None:
    """Find what is stale; gives why all is, when it is."""
    stand = outlook.stand
    assert stand.as_of is not None
    outlook.keys = queries.changed_since(stand.mark, outlook.seen) if stand.mark < outlook.seen else []
    outlook.keys += days_between(stand.as_of, outlook.as_of) or []
    outlook.names = outlook.made_of.changed(outlook.digests)
    outlook.keys += keys_of(outlook.names)
    numbers = _readers(stand.number, outlook.keys)
    if ALL_PAGES in numbers:
        return "what all pages share changed"
    numbers |= unpacked_numbers(stand.owed)
    if outlook.names:
        numbers |= records.made_with(stand.number, outlook.made_of.made_with(outlook.names))
    refs = _came_and_went(outlook, source)
    moved = [("page", address, "exists") for address in sorted(_addresses(outlook))]
    if moved:
        outlook.keys += moved
        numbers |= _readers(stand.number, moved)
        if ALL_PAGES in numbers:
            return "pages came or went that all pages lead to"
    outlook.known.ask_numbers(numbers)
    _choose(outlook, refs, numbers, options)
    return None


def _readers(site: int, keys: Iterable[Key]) -> set[int]:
    things = things_of(keys)
    return postings.readers([site], things)[site] if things else set()


def _came_and_went(outlook: Outlook, source: Source) -> dict[str, PageRef]:
    """Find the pages that came and those that are no more; gives the pages that were listed, by address."""
    site = outlook.stand.number
    about = None if outlook.names else source.pages_about(outlook.keys)
    if about is None:
        refs = {ref.path: ref for ref in source.pages()}
        outlook.known, outlook.listed = known.every(site), len(refs)
    else:
        refs = {ref.path: ref for ref in about.refs}
        outlook.known = Known(site)
        outlook.known.ask_about(group_number(*group) for group in about.groups)
    pages = outlook.known.pages
    outlook.came = [ref for address, ref in refs.items() if address not in pages]
    outlook.gone = sorted((row for address, row in pages.items() if address not in refs), key=lambda row: row.path)
    outlook.vanished = [row.ref for row in outlook.gone]
    return refs


def _addresses(outlook: Outlook) -> set[str]:
    return {ref.path for ref in outlook.came} | {row.address for row in outlook.gone}


def _choose(outlook: Outlook, refs: Mapping[str, PageRef], numbers: set[int], options: Options) -> None:
    """Put together what is drawn, equal kinds side by side; what is slow may be left to the next publish."""
    gone = {row.number for row in outlook.gone}
    rows = [outlook.known.rows[number] for number in numbers - gone if number in outlook.known.rows]
    rows += [row for row in outlook.known.pages.values() if not row.ingredients and row.number not in gone | numbers]
    stale = {row.address: row for row in rows if row.is_page}
    wanted = {ref.path: ref for ref in outlook.came}
    wanted |= {address: refs.get(address) or row.ref for address, row in stale.items()}
    late = {address for address, ref in wanted.items() if address in stale and ref.kind in LATE}
    if not options.late and len(late) < len(wanted):
        outlook.owed = frozenset(stale[address].number for address in late)
        wanted = {address: ref for address, ref in wanted.items() if address not in late}
    outlook.draw = sorted(wanted.values(), key=lambda ref: (_ORDER[ref.kind], ref.key, ref.bucket or 0, ref.path))


def _take_everything(outlook: Outlook, source: Source, folder: SiteFolder) -> None:
    """Draw all pages; what is served now is known by its rows, else by its manifest."""
    site = outlook.stand.number
    refs = list(source.pages())
    rows = known.every(site)
    present = {ref.path for ref in refs}
    outlook.vanished = [row.ref for at, row in sorted(rows.pages.items()) if at not in present]
    if outlook.live is None:
        rows = known.of_manifest(site, _left(folder, outlook.stand), None)
    elif not outlook.trusted:
        addresses = {row.address: row.ref for row in rows.pages.values()} | {ref.path: ref for ref in refs}
        rows = known.of_manifest(site, folder.live(), addresses)
    outlook.known, outlook.listed, outlook.draw = rows, len(refs), refs
    outlook.came = [ref for ref in refs if ref.path not in rows.pages]
    outlook.gone = sorted((row for at, row in rows.pages.items() if at not in present), key=lambda row: row.path)
    outlook.owed = frozenset()


def _left(folder: SiteFolder, stand: Standing) -> Manifest | None:
    """Give what a site last served on this host that serves nothing now: copies of its pages still load that.

    None when the host was another store's: nothing of one dealer is ever served on the site of another.
    """
    if store_of(folder.root) != stand.store_id.hex:
        return None
    for release in reversed(folder.releases()):
        with suppress(FileNotFoundError, BadManifest):
            return folder.manifest(release)
    return None
