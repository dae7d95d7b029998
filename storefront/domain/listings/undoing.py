"""Taking an act back: by what the trail says was there before it. Each is an act of its own, with its own entry."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.dealers.models import Dealer
from storefront.domain.vehicles.models import Vehicle

from . import actions, album, bulk, inventory, tours
from .models import Listing, Photo, PriceReason

WITHIN = timedelta(hours=1)
"""How long an act can be taken back."""
NOTE = "Undo"
_DATES = ("first_registered", "inspection_until")
_CHANGED_SINCE = "That was changed again meanwhile and cannot be taken back"


def newest(actor: str, act: str | None = None) -> AuditEntry | None:
    """Give the last thing somebody did in the open scope."""
    wanted = select(AuditEntry).where(AuditEntry.actor == actor)
    if act is not None:
        wanted = wanted.where(AuditEntry.action == act)
    return db.session.scalars(wanted.order_by(AuditEntry.at.desc(), AuditEntry.number.desc()).limit(1)).first()


def entry(entry_id: UUID) -> AuditEntry | None:
    """Find an entry of the open scope."""
    return db.session.scalars(select(AuditEntry).where(AuditEntry.id == entry_id)).first()


def can_undo(found: AuditEntry) -> bool:
    """Ask whether there is a way back from an act."""
    return found.action in _WAYS


def dealers_of(found: AuditEntry) -> set[UUID]:
    """Give whose cars an act was about, so that a view can ask whether the visitor may."""
    if found.object_kind == "stock":
        return {one.dealer_id for one in bulk.of_ids([UUID(key) for key in found.after])}
    return set() if found.dealer_id is None else {found.dealer_id}


def undo(found: AuditEntry, *, now: datetime, actor: str) -> UUID | None:
    """Take an act back.

    Args:
        found: the act's entry, of somebody's own within the last hour.
        now: aware UTC.
        actor: who takes it back; the one who did it.

    Returns:
        The listing it was about, None for many.

    Raises:
        DomainError: too late, somebody else's, no way back, or the thing changed again since.
    """
    if found.actor != actor or now - found.at > WITHIN or found.action not in _WAYS:
        raise DomainError("This can no longer be taken back", code="conflict")
    return _WAYS[found.action](found, now, actor)


def _price(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.object_id)
    old = found.before["price"]
    if old is None or listing.price_cents != found.after["price"]:
        raise DomainError(_CHANGED_SINCE, code="conflict")
    actions.change_price(listing, old, reason=PriceReason.MARKET_ADJUSTMENT, notes=NOTE, now=now, actor=actor)
    return listing.id


def _status(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.object_id)
    if int(listing.status) != found.after["status"] or "status" not in found.before:
        raise DomainError(_CHANGED_SINCE, code="conflict")
    dealer = db.session.get_one(Dealer, listing.dealer_id)
    actions.stand_again(listing, dealer, found.before, now=now, actor=actor)
    return listing.id


def _listing_values(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.object_id)
    _require_unchanged(listing, found.after)
    before = {name: value for name, value in found.before.items() if name in actions.EDITABLE}
    actions.update_listing(listing, before, now=now, actor=actor)
    return listing.id


def _vehicle_values(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.object_id)
    vehicle = db.session.get_one(Vehicle, listing.vehicle_id)
    _require_unchanged(vehicle, _typed(found.after))
    actions.update_vehicle(listing, vehicle, _typed(found.before), now=now, actor=actor)
    return listing.id


def _inventory(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.after["listing"])
    inventory.put_back(listing, found.before, now=now, actor=actor)
    return listing.id


def _order(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.object_id)
    if [photo.id.hex for photo in album.of_listing(listing.id)] != found.after["order"]:
        raise DomainError(_CHANGED_SINCE, code="conflict")
    album.arrange(listing, [UUID(one) for one in found.before["order"]], now=now, actor=actor)
    return listing.id


def _removed_photo(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.after["listing"])
    album.restore(listing, found.before, now=now, actor=actor)
    return listing.id


def _described_photo(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.after["listing"])
    photo = db.session.get(Photo, UUID(found.object_id))
    if photo is None:
        raise DomainError(_CHANGED_SINCE, code="conflict")
    now_there = {"caption": photo.caption, "kind": photo.kind, "focus_x": photo.focus_x, "focus_y": photo.focus_y}
    old = {**now_there, **found.before}
    focus = None if old["focus_x"] is None else (old["focus_x"], old["focus_y"])
    kind = type(photo.kind)(old["kind"])
    album.describe(listing, photo, caption=old["caption"], kind=kind, focus=focus, now=now, actor=actor)
    return listing.id


def _removed_tour(found: AuditEntry, now: datetime, actor: str) -> UUID:
    listing = _listing(found.before["listing"])
    tours.restore_tour(listing, found.before, now=now, actor=actor)
    return listing.id


def _prices(found: AuditEntry, now: datetime, actor: str) -> None:
    listings = bulk.of_ids([UUID(key) for key in found.after])
    still = [one for one in listings if one.price_cents == found.after[one.id.hex]]
    old = {one.id: found.before[one.id.hex] for one in still}
    bulk.reprice(
        still, old, reason=PriceReason.MARKET_ADJUSTMENT, notes=NOTE, now=now, actor=actor, act="undo_reprice_many"
    )


def _statuses(found: AuditEntry, now: datetime, actor: str) -> None:
    listings = bulk.of_ids([UUID(key) for key in found.after])
    still = [one for one in listings if int(one.status) == found.after[one.id.hex]]
    before = {one.id: found.before[one.id.hex] for one in still}
    bulk.stand_again(still, before, bulk.dealers_of(still), now=now, actor=actor)


def _featured(found: AuditEntry, now: datetime, actor: str) -> None:
    listings = bulk.of_ids([UUID(key) for key in found.after])
    bulk.feature(listings, not next(iter(found.after.values())), now=now, actor=actor)


_WAYS: Mapping[str, Callable[[AuditEntry, datetime, str], UUID | None]] = {
    "change_price": _price,
    "mark_sold": _status,
    "withdraw": _status,
    "update_listing": _listing_values,
    "update_vehicle": _vehicle_values,
    "keep_inventory": _inventory,
    "arrange_photos": _order,
    "remove_photo": _removed_photo,
    "describe_photo": _described_photo,
    "remove_tour": _removed_tour,
    "reprice_many": _prices,
    "withdraw_many": _statuses,
    "publish_many": _statuses,
    "feature_many": _featured,
}


def _listing(listing_id: str) -> Listing:
    found = db.session.scalars(select(Listing).where(Listing.id == UUID(listing_id))).first()
    if found is None:
        raise NotFound("There is no such car")
    return found


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Read dates back from the trail's words."""
    return {
        name: date.fromisoformat(value) if name in _DATES and value is not None else value
        for name, value in values.items()
    }


def _require_unchanged(row: Listing | Vehicle, after: Mapping[str, Any]) -> None:
    if any(getattr(row, name) != value for name, value in after.items()):
        raise DomainError(_CHANGED_SINCE, code="conflict")
