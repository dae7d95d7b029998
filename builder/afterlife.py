"""Life after a page: where an address that vanished went, or that it is gone for good (SPEC 147; SEO.md §§3, 7).

A build notes it in the transaction it ends in (`record`), then `put_out` writes the small `moves.json` beside the
host's trees, from which our own file server answers 301 and 410 at once, and one for every host that leads to the site.

- The id decides: a car, dealer or written page under another address is moved; a list is when all cars of its front
  that still stand in such lists stand in one other.
- A car, a dealer and a written page that went are gone: 410. A list that fell below three cars, a page of it, and what
  may come back any day, is just not there: 404 (SEO.md §8). So is a car that is only paused.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, func, select

from seo import redirects
from seo.redirects import KEPT_DAYS, Moves, Past
from storefront.core.changes import insert_many
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.domain.listings.models import ListEntry, Listing, ListingStatus
from storefront.domain.listings.placement import MARKET, dealer_scope
from storefront.domain.stores import hosts
from storefront.domain.stores.models import Store
from storefront.pages.refs import PageKind, PageRef
from storefront.pages.urls import Urls

from . import disk, queries
from .models import SiteMove
from .releases import SiteFolder, site_folder

GONE_FOR_GOOD = (PageKind.VEHICLE, PageKind.DEALER, PageKind.INFO)
"""Pages that stand for one thing: when it is gone they are (SEO.md §3)."""
_CAR = re.compile(r"(?P<prefix>/(?:[a-z]{2}(?:-[A-Z]{2})?/)?)vehicles/(?:[a-z0-9-]*-)?(?P<id>[0-9a-z]{13})/")
_LINKED = re.compile(rb"/vehicles/(?:[a-z0-9-]*-)?([0-9a-z]{13})/")
_CHUNK = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ending:
    """What a finished build did to the addresses of its site.

    Args:
        store_id: the site.
        vanished: the pages that are no more.
        came: pages with an address the release before did not have.
        has: tells whether an address of the site has a page now.
        former: gives the bytes of a vanished page, None when they are not at hand.
    """

    store_id: UUID
    vanished: Sequence[PageRef]
    came: Sequence[PageRef]
    has: Callable[[str], bool]
    former: Callable[[str], bytes | None] = lambda _address: None


def record(ending: Ending, *, build: int, as_of: date) -> None:
    """Note what became of the addresses that vanished; an address that lives again is forgotten.

    Costs as much as there are such addresses.

    Args:
        ending: what the build did.
        build: its fencing number.
        as_of: the business date.
    """
    if not ending.vanished and not ending.came:
        return
    if ending.came and _knows_any(ending.store_id):
        _forget(ending.store_id, (ref.path for ref in ending.came))
    if ending.vanished:
        fates = dict(_fates(ending))
        _forget(ending.store_id, fates)
        _lead_on(ending.store_id, fates, build)
        store = db.session.get_one(Store, ending.store_id)
        rows = [
            {
                "store_id": store.id,
                "dealer_id": store.dealer_id,
                "address": address,
                "target": to,
                "since": as_of,
                "build": build,
            }
            for address, to in sorted(fates.items())
        ]
        insert_many(SiteMove, rows)
    _forget_old(ending.store_id, as_of)


def put_out(
    settings: Settings,
    folder: SiteFolder,
    store_id: UUID,
    *,
    as_of: date,
    now: datetime,
    came: Sequence[PageRef] = (),
) -> None:
    """Bring `moves.json` of a site up to date, and let the hosts that lead to it say so.

    Only what was noted since the file was written is read, and of a file that is up to date only its first bytes; one
    that is missing, or older than the notes because a builder died, heals here.

    Args:
        settings: of the installation.
        folder: of the host that is served now.
        store_id: the site.
        as_of: the business date.
        now: the moment, UTC.
        came: pages of this build with an address the release before did not have; they are former no more.
    """
    latest = db.session.scalar(select(func.max(SiteMove.build)).where(SiteMove.store_id == store_id)) or 0
    is_behind = redirects.build_of(_head(folder)) != latest
    known = _written(folder) if is_behind or came else Moves()
    alive = known.addresses.keys() & {ref.path for ref in came}
    if is_behind or alive:
        past = known.addresses if known.origin is None and known.build <= latest else {}
        fresh = _noted(store_id, since=known.build if past else 0)
        kept = {address: noted for address, noted in past.items() if address not in alive}
        _write(folder, Moves(redirects.forgotten({**kept, **fresh}, as_of), build=latest))
    store = db.session.get_one(Store, store_id)
    forward(settings, hosts.forwards([store], base_host=settings.base_host, now=now))


def forward(settings: Settings, found: Iterable[hosts.Forward]) -> None:
    """Have hosts say where their site lives now, once they serve no tree of their own any more."""
    for host in found:
        folder = site_folder(settings, host.host)
        origin = settings.origin(host.to)
        if _written(folder).origin != origin:
            disk.make_folder(folder.root)
            _write(folder, Moves(origin=origin))


def forget_hosts(settings: Settings, *, now: datetime) -> list[str]:
    """Let hosts be strangers again that led to a site for long enough; give their names."""
    with everywhere():
        known = {found.host for found in hosts.forwards(queries.sites(), base_host=settings.base_host, now=now)}
    forgotten: list[str] = []
    for file in sorted(settings.sites.glob(f"*/{redirects.FILE}")):
        folder = site_folder(settings, file.parent.name)
        if folder.host not in known and not folder.current.is_symlink() and _written(folder).origin is not None:
            disk.remove(file)
            forgotten.append(folder.host)
    return forgotten


def moves_of(folder: SiteFolder) -> Moves:
    """Give what a host answers besides its files, as `moves.json` says it, fit for the tree that is served now."""
    known = _written(folder)
    return Moves(redirects.settled(known.addresses, folder_has(folder)), known.origin, known.build)


def folder_has(folder: SiteFolder) -> Callable[[str], bool]:
    """Give a function that tells whether an address has a file in the tree that is served now."""

    return lambda address: (folder.current / _file_of(address)).is_file()


def folder_had(folder: SiteFolder) -> Callable[[str], bytes | None]:
    """Give a function that reads a page as the release before had it: until the next build its tree stands there."""

    def had(address: str) -> bytes | None:
        for name in ("a", "b"):
            if folder.current.is_symlink() and name != folder.current.readlink().name:
                with suppress(FileNotFoundError, NotADirectoryError):
                    return (folder.root / name / _file_of(address)).read_bytes()
        return None

    return had


def _file_of(address: str) -> str:
    path = address.lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def _fates(ending: Ending) -> Iterator[tuple[str, str | None]]:
    """Give the vanished addresses of which something can be said: where they went, or None for good."""
    paused = _paused([ref.key for ref in ending.vanished if ref.kind is PageKind.VEHICLE])
    now_at = {_identity(ref): ref.path for ref in ending.came}
    lists = _renamed_lists(ending)
    for ref in ending.vanished:
        to = now_at.get(_identity(ref)) if ref.kind in GONE_FOR_GOOD else lists.get((ref.lang, ref.key))
        if to is not None and ref.kind is PageKind.LIST and ref.bucket is not None:
            older = f"{to}{ref.path.rstrip('/').rpartition('/')[2]}/"
            to = older if ending.has(older) else to
        if to is not None and to != ref.path and ending.has(to):
            yield ref.path, to
        elif ref.kind in GONE_FOR_GOOD and ref.key not in paused:
            yield ref.path, None


def _identity(ref: PageRef) -> tuple[str, str, str]:
    """Give what stays when an address changes: of a car its public id, which the address carries."""
    car = _CAR.fullmatch(ref.path) if ref.kind is PageKind.VEHICLE else None
    return (ref.kind, ref.lang, ref.key if car is None else car["id"])


def _paused(keys: Sequence[str]) -> set[str]:
    """Give the cars, by id in hex, that are only taken down for a while."""
    found: set[str] = set()
    for chunk in _chunks([UUID(hex=key) for key in sorted(set(keys)) if len(key) == 32]):
        reading = select(Listing.id).where(Listing.id.in_(chunk), Listing.status == ListingStatus.PENDING)
        found.update(listing.hex for listing in db.session.scalars(reading))
    return found


def _renamed_lists(ending: Ending) -> dict[tuple[str, str], str]:
    """Give where the cars of vanished lists are found now: (language, list) → front of the other list."""
    fronts = [ref for ref in ending.vanished if ref.kind is PageKind.LIST and ref.bucket is None and ":" in ref.key]
    store = db.session.get_one(Store, ending.store_id) if fronts else None
    found: dict[tuple[str, str], str] = {}
    for ref in fronts:
        page = ending.former(ref.path)
        if page is None or store is None:
            continue
        scope = MARKET if store.dealer_id is None else dealer_scope(store.dealer_id)
        keys = _lists_of(scope, ref.key.partition(":")[0], {found.decode() for found in _LINKED.findall(page)})
        if len(keys) == 1 and keys != {ref.key}:
            prefix = ref.path.partition("vehicles/")[0].rstrip("/")
            found[ref.lang, ref.key] = Urls(prefix).listing(keys.pop())
    return found


def _lists_of(scope: str, kind: str, cars: Iterable[str]) -> set[str]:
    """Give the lists of a kind in which these cars, by public id, stand now."""
    found: set[str] = set()
    for chunk in _chunks(sorted(cars)):
        reading = (
            select(ListEntry.list_key)
            .join(Listing, Listing.id == ListEntry.listing_id)
            .where(Listing.public_id.in_(chunk), ListEntry.scope == scope, ListEntry.list_key.startswith(f"{kind}:"))
            .distinct()
        )
        found.update(db.session.scalars(reading))
    return found


def _knows_any(store_id: UUID) -> bool:
    return db.session.scalar(select(SiteMove.address).where(SiteMove.store_id == store_id).limit(1)) is not None


def _forget(store_id: UUID, addresses: Iterable[str]) -> None:
    for chunk in _chunks(sorted(set(addresses))):
        doomed = delete(SiteMove).where(SiteMove.store_id == store_id, SiteMove.address.in_(chunk))
        db.session.execute(doomed.execution_options(synchronize_session=False))


def _forget_old(store_id: UUID, as_of: date) -> None:
    first = as_of - timedelta(days=KEPT_DAYS)
    doomed = delete(SiteMove).where(SiteMove.store_id == store_id, SiteMove.since < first)
    db.session.execute(doomed.execution_options(synchronize_session=False))


def _lead_on(store_id: UUID, fates: dict[str, str | None], build: int) -> None:
    """Make one hop of every chain: what led to an address that vanished leads to where that went."""
    for chunk in _chunks(sorted(fates)):
        reading = select(SiteMove).where(SiteMove.store_id == store_id, SiteMove.target.in_(chunk))
        for row in db.session.scalars(reading):
            to = fates[row.target or ""]
            row.target, row.build = (None if to == row.address else to), build


def _noted(store_id: UUID, since: int) -> dict[str, Past]:
    reading = select(SiteMove.address, SiteMove.target, SiteMove.since).where(
        SiteMove.store_id == store_id, SiteMove.build > since
    )
    return {row.address: Past(row.target, row.since) for row in db.session.execute(reading)}


def _written(folder: SiteFolder) -> Moves:
    try:
        return redirects.from_bytes((folder.root / redirects.FILE).read_bytes())
    except FileNotFoundError:
        return Moves()


def _head(folder: SiteFolder) -> bytes:
    try:
        with (folder.root / redirects.FILE).open("rb") as file:
            return file.read(redirects.HEAD)
    except FileNotFoundError:
        return b""


def _write(folder: SiteFolder, moves: Moves) -> None:
    disk.write_durable(folder.root / redirects.FILE, redirects.to_bytes(moves))


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
