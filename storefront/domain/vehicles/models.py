"""Vehicles: what a car is, apart from the offer (SPEC 28, 32)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.changes import Key, Tracked
from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerOwned
from storefront.core.types import UtcDateTime


def stock_heap(values: Mapping[str, Any]) -> Key:
    """Give the key under which all cars of a dealer are watched at once, with their offers and photos."""
    return ("stock", f"dealer:{values['dealer_id'].hex}", "cars")


class Vehicle(Model, DealerOwned):
    """A car in a dealer's hands. Codes: `vocabulary.py`; units: km, kW, ccm, tenths of l or kWh per 100 km."""

    __tablename__ = "vehicles"
    __table_args__ = (
        Index("ix_vehicles_tenant_id_make_model", "tenant_id", "make_slug", "model_slug"),
        CheckConstraint("mileage_km IS NULL OR mileage_km >= 0", name="mileage"),
        CheckConstraint("power_kw IS NULL OR power_kw > 0", name="power"),
        CheckConstraint("condition_rating IS NULL OR condition_rating BETWEEN 1 AND 10", name="rating"),
    )
    __tracked__ = Tracked(
        kind="vehicle",
        key="id",
        aspects={
            "name": ("make", "make_slug", "model", "model_slug", "version"),
            "card": (
                "body",
                "fuel",
                "transmission",
                "power_kw",
                "mileage_km",
                "first_registered",
                "year",
                "condition",
            ),
            "energy": (
                "consumption_combined",
                "consumption_electric",
                "co2_g_km",
                "consumption_discharged",
                "co2_discharged_g_km",
            ),
            "detail": (
                "vin",
                "gears",
                "drive",
                "colour",
                "colour_text",
                "metallic",
                "interior_colour",
                "interior_material",
                "doors",
                "seats",
                "displacement_ccm",
                "cylinders",
                "previous_owners",
                "accident_free",
                "damaged",
                "warranty_months",
                "inspection_until",
                "consumption_urban",
                "consumption_extra_urban",
                "emission_class",
                "emission_sticker",
                "electric_range_km",
                "battery_kwh_tenths",
                "features",
                "features_other",
                "torque_nm",
            ),
        },
        heap=stock_heap,
        silent=(
            "id",
            "tenant_id",
            "dealer_id",
            "licence_plate",
            "ownership",
            "maintenance",
            "acquired_on",
            "acquisition_price_cents",
            "condition_rating",
            "created_at",
            "updated_at",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vin: Mapped[str | None] = mapped_column(String(17), index=True)
    licence_plate: Mapped[str | None] = mapped_column(String(20))
    make: Mapped[str] = mapped_column(String(80))
    make_slug: Mapped[str] = mapped_column(String(80))
    model: Mapped[str] = mapped_column(String(120))
    model_slug: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(255), default="")
    year: Mapped[int | None]
    first_registered: Mapped[date | None]
    """Day 1 when only the month is known."""
    condition: Mapped[str] = mapped_column(String(20), default="used")
    body: Mapped[str | None] = mapped_column(String(20))
    fuel: Mapped[str | None] = mapped_column(String(20))
    transmission: Mapped[str | None] = mapped_column(String(20))
    gears: Mapped[int | None]
    drive: Mapped[str | None] = mapped_column(String(20))
    colour: Mapped[str | None] = mapped_column(String(20))
    colour_text: Mapped[str | None] = mapped_column(String(80))
    metallic: Mapped[bool] = mapped_column(default=False)
    interior_colour: Mapped[str | None] = mapped_column(String(20))
    interior_material: Mapped[str | None] = mapped_column(String(20))
    doors: Mapped[int | None]
    seats: Mapped[int | None]
    power_kw: Mapped[int | None]
    displacement_ccm: Mapped[int | None]
    cylinders: Mapped[int | None]
    mileage_km: Mapped[int | None]
    previous_owners: Mapped[int | None]
    accident_free: Mapped[bool | None]
    damaged: Mapped[bool] = mapped_column(default=False)
    warranty_months: Mapped[int | None]
    inspection_until: Mapped[date | None]
    consumption_combined: Mapped[int | None]
    consumption_urban: Mapped[int | None]
    consumption_extra_urban: Mapped[int | None]
    consumption_electric: Mapped[int | None]
    co2_g_km: Mapped[int | None]
    emission_class: Mapped[str | None] = mapped_column(String(20))
    emission_sticker: Mapped[str | None] = mapped_column(String(20))
    electric_range_km: Mapped[int | None]
    battery_kwh_tenths: Mapped[int | None]
    consumption_discharged: Mapped[int | None]
    """Plug-in hybrids with the battery discharged: tenths of a litre per 100 km (SEO.md §18)."""
    co2_discharged_g_km: Mapped[int | None]
    """The same in g/km; its class is a duty of new cars too."""
    torque_nm: Mapped[int | None]
    features: Mapped[list[str]] = mapped_column(default=list)
    features_other: Mapped[list[str]] = mapped_column(default=list)
    ownership: Mapped[str] = mapped_column(String(20), default="dealer")
    """`dealer` or `consignment` (SPEC 29)."""
    maintenance: Mapped[list[Any]] = mapped_column(default=list)
    """Maintenance records: date, km, text (SPEC 28)."""
    acquired_on: Mapped[date | None]
    acquisition_price_cents: Mapped[int | None]
    condition_rating: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def title(self) -> str:
        """Give make and model."""
        return f"{self.make} {self.model}".strip()


class InventoryRecord(Model, DealerOwned):
    """What the yard knows of a car beside `Vehicle` (SPEC 32): where it stands, for whom it is kept.

    When it was bought, for how much and how well it is kept stands with the car, which valuations read.
    """

    __tablename__ = "inventory_records"
    __tracked__ = Tracked(
        kind="inventory",
        key="vehicle_id",
        aspects={},
        silent=(
            *("id", "tenant_id", "dealer_id", "vehicle_id", "location", "note"),
            *("reserved_at", "reserved_until", "reserved_note", "created_at", "updated_at"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicles.id", ondelete="CASCADE"), unique=True)
    location: Mapped[str] = mapped_column(String(120), default="")
    """Where it stands, in the dealer's own words: `Halle 2, Platz 14`."""
    note: Mapped[str] = mapped_column(String(1000), default="")
    """For the dealer's people only."""
    reserved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when somebody's word holds it; no page says so (SPEC decisions, reserved)."""
    reserved_until: Mapped[date | None]
    """The last day of the reservation; None: until somebody releases it."""
    reserved_note: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def is_reserved(self, day: date) -> bool:
        """Ask whether the car is kept for somebody on a day."""
        return self.reserved_at is not None and (self.reserved_until is None or day <= self.reserved_until)
