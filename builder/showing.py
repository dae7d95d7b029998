"""What pages show besides files of their theme: pictures of photos, pictures of shared links, films.

A file that no page names any more is served for 30 days, because older pages in somebody's browser or a CDN still load
it. Who names one is asked of the postings, so that nothing is counted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from . import assets, postings, records
from .draft import Draft
from .images import Pictures
from .reads import shown_number
from .records import Record, file_record, set_record
from .social import photos_of
from .store import Store


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files come from, and where they go."""

    pictures: Pictures
    singles: assets.SingleFiles
    store: Store


def photos_to_make(draft: Draft, pictures: Pictures) -> list[str]:
    """Give the names of picture sets that are neither served now nor ready, or that a new card is drawn with."""
    sets = {name for name in draft.shown if "/" not in name}
    draft.known.ask_files(sets)
    new = {name for name in sets if name not in draft.known.files}
    return sorted(name for name in new | photos_of(draft.cards.values()) if pictures.ready(name) is None)


def add_shown(draft: Draft, shelf: Shelf, better: Collection[str] = ()) -> None:
    """Have what drawn pages show in the release; what is served now by name alone.

    Args:
        draft: the release; its pages are drawn.
        shelf: where the files come from.
        better: names of sets whose best encodings are ready and shall be taken.
    """
    shown = draft.shown
    draft.better = tuple(better)
    improved = _improved(draft, shelf, better)
    draft.known.ask_files(shown)
    for name in sorted(shown - improved):
        record = draft.known.files.get(name)
        if record is None:
            _add(draft, shelf, name)
        elif record.gone is not None or draft.is_whole:
            draft.put_file(record._replace(gone=None))


def let_linger(draft: Draft) -> None:
    """Let go of what no page shows any more, and of what was let go of long ago."""
    outlook = draft.outlook
    dropped = _names_before(draft) - draft.shown
    if not draft.is_whole:
        dropped -= _shown_elsewhere(draft, dropped)
        draft.known.ask_files(dropped)
    old: Iterable[Record] = ()
    if draft.known.is_whole:
        old = [record for record in draft.known.files.values() if record.gone is not None]
    elif outlook.as_of != outlook.stand.as_of:
        old = records.lingering(outlook.stand.number)
        draft.known.add(old)
    found = {name: draft.known.files[name] for name in sorted(dropped) if name in draft.known.files}
    found |= {record.path: record for record in old}
    for name, record in found.items():
        if name not in draft.files or draft.files[name].gone is not None:
            draft.let_go(record)


def _names_before(draft: Draft) -> set[str]:
    """Give what the pages that were drawn or are gone showed before; all pages when all are drawn."""
    pages = draft.known.pages
    if draft.is_whole:
        files = draft.known.files.items()
        return {name for name, row in files if row.members is not None or name.startswith(("i/", "m/"))}
    rows = [pages[address] for address in draft.drawn if address in pages] + draft.outlook.gone
    return set().union(*(row.shown for row in rows))


def _shown_elsewhere(draft: Draft, names: set[str]) -> set[str]:
    """Give those names that pages show which this build does not touch."""
    if not names:
        return set()
    pages, site = draft.known.pages, draft.outlook.stand.number
    touched = {pages[address].number for address in draft.drawn if address in pages}
    touched |= {row.number for row in draft.outlook.gone}
    found = set()
    for name in names:
        number = shown_number(name)
        if postings.readers([site], {number: 1})[site] - touched:
            found.add(name)
    return found


def _improved(draft: Draft, shelf: Shelf, better: Collection[str]) -> set[str]:
    """Take the best encodings of sets that are served, where they are ready."""
    draft.known.ask_files(better)
    found = set()
    for name in sorted(better):
        record = draft.known.files.get(name)
        served = name in draft.shown or (not draft.is_whole and record is not None and record.gone is None)
        if served and shelf.pictures.best(name) is not None:
            _add(draft, shelf, name)
            found.add(name)
    return found


def _add(draft: Draft, shelf: Shelf, name: str) -> None:
    """Put a set, a card or a film into the content store.

    An address in somebody's text that nobody knows shall not stop a site: it is left out, and the gate finds a page
    that shows such a file.
    """
    try:
        if "/" in name:
            entry, blob = shelf.singles.kept(name, shelf.store)
            draft.blobs.append(blob)
            draft.put_file(file_record(0, entry))
            return
        files = list(assets.picture_files({name}, shelf.pictures, shelf.store))
        draft.blobs += [blob for _, blob in files]
        draft.new_sets.add(name)
        draft.put_file(set_record(0, name, [entry for entry, _ in files]))
    except assets.MissingPictures as missing:
        draft.warnings.append(f"named, but not there: {', '.join(missing.keys[:5])}")
