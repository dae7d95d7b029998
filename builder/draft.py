"""A release in the making: drawn pages, pages taken over, theme files, pictures, and what lingers."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from storefront.pages.catalogue import PageKind, PageRef
from storefront.pages.contexts import SocialCard
from storefront.pages.pictures import set_of

from . import assets, images
from .actions import Outcome, Turn
from .freeze import Drawn, Spoilt
from .images import Original
from .manifest import Entry, Manifest
from .social import photos_of
from .store import Blob, Store

MOST_BAD = 0.05
"""Share of bad cars or photos above which a build stops (SECURITY E11)."""
MOST_LOST = 0.10
"""Share of pages that may vanish without a change that explains it (SECURITY E3)."""
FEW_LOST = 10
LINGER_DAYS = 30
"""How long a fingerprinted file is served after nothing refers to it any more (SEO.md §15)."""
_FINGERPRINTED = ("a/", "i/", "m/")


class BuildFailed(Exception):
    """A site could not be published; what is served is as before."""


@dataclass(slots=True)
class Draft:
    """What a build has put together so far."""

    turn: Turn
    mark: int
    """The newest change of the snapshot it is drawn from."""
    as_of: date
    refs: list[PageRef]
    live: Manifest | None
    shell: tuple[int, ...]
    """Numbers of what every page read."""
    everything: bool
    """All pages are drawn."""
    manifest: Manifest
    drawn: dict[str, Drawn] = field(default_factory=dict)
    """By address."""
    spoilt: list[Spoilt] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    new_sets: set[str] = field(default_factory=set)
    """Names of picture sets that were not served before, or not in their best encodings."""
    better: tuple[str, ...] = ()
    """Names of picture sets of which it took the best encodings because they were offered."""

    def add(self, entry: Entry, blob: Blob) -> None:
        """Add a file with its content."""
        self.manifest.add(entry)
        self.blobs.append(blob)

    def add_page(self, page: Drawn | Spoilt) -> None:
        """Add a page that was drawn, or note that it could not be."""
        if isinstance(page, Spoilt):
            self.spoilt.append(page)
            return
        self.drawn[page.entry.page or ""] = page
        self.add(page.entry, page.blob)

    def take_over(self, drawn: list[PageRef]) -> None:
        """Add the pages that need no drawing as they are served now, and note those that are no more.

        A page that should have been drawn and was not is spoilt; what is served of it goes on being served.

        Args:
            drawn: the pages that were to be drawn.

        Raises:
            BuildFailed: pages vanish although nothing changed.
        """
        said = {page.address for page in self.spoilt}
        for ref in drawn:
            if ref.path not in self.drawn and ref.path not in said:
                self.spoilt.append(Spoilt(ref.path, ref.kind, "it was listed but could not be loaded"))
        self.spoilt.sort(key=lambda page: page.address)
        if self.live is None:
            return
        known = self.live.pages()
        for ref in self.refs:
            if ref.path not in self.drawn and ref.path in known:
                self.manifest.add(known[ref.path])
        wanted = {ref.path for ref in self.refs}
        self.removed = sorted(address for address in known if address not in wanted)
        unexplained = self.mark == self.live.mark and self.as_of == self.live.as_of
        if unexplained and len(self.removed) > max(FEW_LOST, MOST_LOST * len(known)):
            raise BuildFailed(f"{len(self.removed)} of {len(known)} pages would vanish although nothing changed")

    def weigh_spoilt(self) -> None:
        """Leave out single cars that could not be drawn; any other page, or too many cars, stop the build.

        Raises:
            BuildFailed: with the first reason.
        """
        for page in self.spoilt:
            if page.kind is not PageKind.VEHICLE:
                raise BuildFailed(f"{page.address} cannot be drawn: {page.reason}")
            self.warnings.append(f"{page.address}: {page.reason}")
        cars = {ref.key for ref in self.refs if ref.kind is PageKind.VEHICLE}
        bad = {page.address for page in self.spoilt}
        bad_cars = {ref.key for ref in self.refs if ref.path in bad}
        if len(bad_cars) > max(1, MOST_BAD * len(cars)):
            raise BuildFailed(f"{len(bad_cars)} of {len(cars)} cars cannot be drawn: {self.spoilt[0].reason}")

    @property
    def photos(self) -> set[str]:
        """Give the names of all picture sets on the pages."""
        return _sets(self.manifest)

    @property
    def single_files(self) -> set[str]:
        """Give the paths of the cards and films that pages name."""
        return _single_files(self.manifest)

    @property
    def cards(self) -> dict[str, SocialCard]:
        """Give the cards that drawn pages name and that are not served now, by path."""
        named = [page.card for page in self.drawn.values() if page.card is not None]
        served = set() if self.live is None else self.live.entries.keys()
        return {path: card for path, card in named if path not in served}

    def photos_to_make(self, pictures: images.Pictures) -> list[str]:
        """Give the names of picture sets that are neither served now nor ready, or that a new card is drawn with."""
        new = self.photos - (set() if self.live is None else _sets(self.live))
        return sorted(name for name in new | photos_of(self.cards.values()) if pictures.ready(name) is None)

    def weigh_photos(self, bad: dict[Original, str]) -> None:
        """Stop when too many photos could not be decoded: then something else is wrong.

        Raises:
            BuildFailed: with one of the reasons.
        """
        if len(bad) > max(1, MOST_BAD * len(self.photos)):
            raise BuildFailed(f"{len(bad)} of {len(self.photos)} photos have no pictures: {min(bad.values())}")

    def add_pictures(self, pictures: images.Pictures, store: Store, better: Collection[str] = ()) -> None:
        """Add the pictures of all photos on the pages; those that are served now by name alone.

        Args:
            pictures: where they are made.
            store: where they go.
            better: names of sets whose best encodings are ready and shall be taken.
        """
        served: dict[str, list[Entry]] = {}
        for path, entry in ({} if self.live is None else self.live.entries).items():
            if path.startswith("i/") and entry.gone is None and (name := set_of(f"/{path}")) is not None:
                served.setdefault(name, []).append(entry)
        shown = self.photos
        self.better = tuple(better)
        kept = (shown & served.keys()) - {name for name in better if pictures.best(name) is not None}
        for name in sorted(kept):
            for entry in served[name]:
                self.manifest.add(entry)
        self.new_sets = shown - kept
        try:
            for entry, blob in assets.picture_files(self.new_sets, pictures, store):
                self.add(entry, blob)
        except assets.MissingPictures as missing:
            self._note_unknown(missing)

    def add_single_files(self, sources: assets.SingleFiles, store: Store) -> None:
        """Add the cards and films that pages name; those that are served now by name alone."""
        live = {} if self.live is None else self.live.entries
        for path in sorted(self.single_files):
            if path in live:
                self.manifest.add(replace(live[path], gone=None))
                continue
            try:
                self.add(*sources.kept(path, store))
            except assets.MissingPictures as missing:
                self._note_unknown(missing)

    def _note_unknown(self, missing: assets.MissingPictures) -> None:
        """Leave out what a page names and nobody knows: an address in somebody's text shall not stop a site.

        The gate finds a page that shows such a file.
        """
        self.warnings.append(f"named, but not there: {', '.join(missing.keys[:5])}")

    def is_behind(self, best: tuple[images.Made, ...] | None) -> bool:
        """Ask whether this release has other files under the names of these."""
        entries = self.manifest.entries
        served = {made.path: entries[made.path[1:]].hash for made in best or () if made.path[1:] in entries}
        return any(served.get(made.path, made.hash) != made.hash for made in best or ())

    def let_linger(self) -> None:
        """Keep serving fingerprinted files that older pages in somebody's browser or a CDN still load."""
        for path, entry in ({} if self.live is None else self.live.entries).items():
            if path not in self.manifest.entries and path.startswith(_FINGERPRINTED):
                since = date.fromisoformat(entry.gone) if entry.gone else self.as_of
                if (self.as_of - since).days <= LINGER_DAYS:
                    self.manifest.add(Entry(path, entry.hash, entry.size, entry.encodings, gone=since.isoformat()))

    @property
    def is_live(self) -> bool:
        """Ask whether what is served now is exactly this."""
        return self.live is not None and self.live.files() == self.manifest.files()

    @property
    def changed(self) -> set[str]:
        """Give the paths of the files that are not as they are served now."""
        before = {} if self.live is None else self.live.entries
        entries = self.manifest.entries.items()
        return {path for path, entry in entries if path not in before or before[path].hash != entry.hash}

    def outcome(self, look: str) -> Outcome:
        """Give what the build is recorded with."""
        pages = len(self.manifest.pages())
        served = self.live.release if self.is_live and self.live is not None else self.turn.release
        return Outcome(
            mark=self.mark,
            as_of=self.as_of,
            look_digest=look,
            release=served,
            pages=pages,
            rendered=len(self.drawn),
            reused=pages - len(self.drawn),
            removed=len(self.removed),
            warnings=tuple(self.warnings),
        )


def _sets(manifest: Manifest) -> set[str]:
    return {name for entry in manifest.entries.values() for name in entry.photos if "/" not in name}


def _single_files(manifest: Manifest) -> set[str]:
    return {name for entry in manifest.entries.values() for name in entry.photos if "/" in name}
