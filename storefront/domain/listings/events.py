"""What happens to listings (SPEC 141); ids and plain values only."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class VehicleListed:
    """A car is offered, for the first time or again."""

    listing_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class VehicleUpdated:
    """A vehicle's data changed; every listing of it follows (SPEC 31)."""

    vehicle_id: UUID
    listing_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class VehicleListingUpdated:
    """Text, place or presentation of a listing changed."""

    listing_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class VehiclePriceUpdated:
    """A price changed (SPEC 38); amounts in minor units."""

    listing_id: UUID
    old_cents: int | None
    new_cents: int


@happening
@dataclass(frozen=True, slots=True)
class VehicleSold:
    """A car is sold (SPEC 41)."""

    listing_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class VehicleWithdrawn:
    """An offer was taken back."""

    listing_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class VehiclePhotoAdded:
    """Photos were added to a listing (SPEC 44): here already, or addresses still to be fetched."""

    listing_id: UUID
    photo_ids: list[UUID]


@happening
@dataclass(frozen=True, slots=True)
class VehiclePhotosReady:
    """Photos that were queued are here now, or could not be had."""

    listing_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class StockImported:
    """An import changed a dealer's stock; one event for the file, the ids of what changed."""

    dealer_id: UUID
    listing_ids: list[UUID]
    """Created, updated or withdrawn."""
    photo_listing_ids: list[UUID]
    """Those with photo addresses still to be fetched."""


@happening
@dataclass(frozen=True, slots=True)
class ImportWanted:
    """A stock file lies ready to be checked or imported by a worker."""

    run_id: UUID


OF_A_CAR = (
    VehicleListed,
    VehicleUpdated,
    VehicleListingUpdated,
    VehiclePriceUpdated,
    VehicleSold,
    VehicleWithdrawn,
    VehiclePhotoAdded,
)
"""What somebody did to one car, each with its `listing_id`."""
