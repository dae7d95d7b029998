"""What the builder reads of its own tables, and of the ledger of changes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import Change, Key
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.stores.models import Store
from storefront.pages.pictures import parsed_name, set_name

from . import postings
from .images import Original
from .models import SiteRelease, SiteState
from .reads import ALL_PAGES, days_between, things_of, unpacked_numbers

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """How a site stands, as plain values that outlive a session."""

    number: int
    store_id: UUID
    mark: int
    as_of: date | None
    look_digest: str
    release: str | None
    fence: int
    recipe: str = ""
    owed: bytes | None = None
    dealer_id: UUID | None = None
    """Whose site it is; None for the operator's."""


_COLUMNS = {"number": "id"}


def sites() -> Sequence[Store]:
    """Give the sites of the open scope that are to be built: switched on, and their dealer active (SPEC 19, 26).

    Dealers' sites come before marketplaces, whose pages name theirs as canonical; oldest first among each.
    """
    found = db.session.scalars(select(Store).where(Store.active.is_(True))).all()
    idle = set(db.session.scalars(select(Dealer.id).where(Dealer.status != DealerStatus.ACTIVE)))
    shown = [store for store in found if store.dealer_id not in idle]
    return sorted(shown, key=lambda store: (store.is_marketplace, store.created_at, store.id.hex))


def hidden_hosts() -> list[str]:
    """Give the hosts that are not to be served: sites switched off, and those of dealers who are not active."""
    shown = {store.public_host for store in sites()}
    every = db.session.scalars(select(Store)).all()
    return sorted({store.public_host for store in every} - shown)


def all_hosts() -> list[str]:
    """Give the public hosts of all sites of the open scope."""
    return sorted(store.public_host for store in db.session.scalars(select(Store)))


def standing(store_id: UUID) -> Standing | None:
    """Give how a site stands, None before its first build."""
    state = db.session.scalars(select(SiteState).where(SiteState.store_id == store_id)).first()
    return None if state is None else standing_of(state)


def standings() -> list[Standing]:
    """Give how every site of the open scope stands."""
    columns = (getattr(SiteState, _COLUMNS.get(name, name)) for name in Standing.__dataclass_fields__)
    return [Standing(*row) for row in db.session.execute(select(*columns).order_by(SiteState.id))]


def standing_of(state: SiteState) -> Standing:
    """Take the values out of a row."""
    return Standing(
        number=state.id,
        store_id=state.store_id,
        mark=state.mark,
        as_of=state.as_of,
        look_digest=state.look_digest,
        release=state.release,
        fence=state.fence,
        recipe=state.recipe,
        owed=state.owed,
        dealer_id=state.dealer_id,
    )


def last_builds(store_id: UUID, limit: int = 20) -> Sequence[SiteRelease]:
    """Give the newest builds of a site, failed ones too, newest first; for the admin."""
    reading = select(SiteRelease).where(SiteRelease.store_id == store_id)
    return db.session.scalars(reading.order_by(SiteRelease.started_at.desc()).limit(limit)).all()


def changed_since(mark: int, until: int) -> list[Key]:
    """Give what changed after one mark up to another, each thing once."""
    reading = select(Change.kind, Change.key, Change.aspect).where(Change.id > mark, Change.id <= until).distinct()
    return [(row.kind, row.key, row.aspect) for row in db.session.execute(reading)]


def stale_pages(stands: Sequence[Standing], mark: int, as_of: date, *, owed: bool = True) -> dict[int, set[int] | None]:
    """Give what changes and passing days made stale on each site since its last build.

    Args:
        stands: the sites.
        mark: the newest change of the open snapshot.
        as_of: the business date that is to be built.
        owed: count pages that an earlier publish left to a later one.

    Returns:
        Site number → numbers of pages that must be drawn again; None where only a look at the site itself can say.
    """
    stale: dict[int, set[int] | None] = {}
    groups: dict[tuple[int, date | None], list[Standing]] = {}
    for stand in stands:
        groups.setdefault((stand.mark, stand.as_of), []).append(stand)
    for (since, day), members in groups.items():
        days = None if day is None else days_between(day, as_of)
        if days is None or since > mark:
            stale.update((stand.number, None) for stand in members)
            continue
        changed = changed_since(since, mark) if since < mark else []
        found = postings.readers([stand.number for stand in members], things_of(changed + days))
        own = {(kind, key) for kind, key, _ in changed if kind in ("store", "dealer")}
        for stand in members:
            touched = found[stand.number] | (unpacked_numbers(stand.owed) if owed else set())
            # Settings of a theme are ingredients, and a page that is to come (a dealer's first answers to questions)
            # was drawn by nobody: no page records the rows they stand in.
            is_its_own = ("store", stand.store_id.hex) in own or (
                stand.dealer_id is not None and ("dealer", stand.dealer_id.hex) in own
            )
            stale[stand.number] = None if is_its_own else touched
    return stale


def pages_reading(keys: Collection[Key]) -> int:
    """Count the pages of the open scope's sites that are served and read any of these things; for the admin."""
    stands = {stand.number: stand for stand in standings() if stand.release} if keys else {}
    found = postings.readers(stands, things_of(keys)) if stands else {}
    return sum(pages_served(stands[site]) if ALL_PAGES in pages else len(pages) for site, pages in found.items())


def pages_served(stand: Standing) -> int:
    """Give how many pages the live release of a site has."""
    reading = select(SiteRelease.pages).where(SiteRelease.store_id == stand.store_id, SiteRelease.name == stand.release)
    return db.session.scalar(reading) or 0


def originals(names: Sequence[str]) -> list[Original]:
    """Give what picture sets are made of, by their names: photos and pictures of tours, none given up."""
    keys = sorted({parsed_name(name)[0] for name in names})
    found = _photos(keys)
    if unknown := [key for key in keys if key not in found]:
        from storefront.domain.listings import tours  # decodes pictures; most sites have no tours

        found |= {
            set_name(shot.content_hash): Original(shot.content_hash, shot.width, shot.height)
            for shot in tours.shots(unknown)
        }
    sets = (parsed_name(name) for name in names)
    return [replace(found[key], variant=variant) for key, variant in sets if key in found]


def _photos(keys: Sequence[str]) -> dict[str, Original]:
    from storefront.domain.listings.models import Photo, PhotoState  # pages without photos do without

    found: dict[str, Original] = {}
    for chunk in _chunks(keys, 100):
        spans = [(Photo.content_hash >= key) & (Photo.content_hash < f"{key}g") for key in chunk]
        reading = select(Photo.content_hash, Photo.width, Photo.height).where(Photo.state == PhotoState.READY)
        condition = spans[0]
        for span in spans[1:]:
            condition = condition | span
        for content_hash, width, height in db.session.execute(reading.where(condition)):
            if content_hash and width and height:
                original = Original(content_hash, width, height)
                found[original.key] = original
    return found


def _chunks(items: Sequence[int] | Sequence[str], size: int = _CHUNK) -> Iterator[Sequence[int] | Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
