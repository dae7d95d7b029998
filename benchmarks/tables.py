"""The catalogue in the product's database, so that our build reads it there and knows by the ledger what changed.

The tables are of a tenant and take part in the ledger like all that pages show; they have a metadata of their own
because no installation but the bench's has them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Index, MetaData
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.changes import Key, Tracked
from storefront.core.db import NAMING, Model
from storefront.core.tenancy import Owned

from .catalogue import PAGE

CARD = ("available", "url", "title", "photo", "price", "registered", "mileage", "fuel", "transmission", "power")


def bucket_of(position: int) -> int:
    """Give the page of a dealer's stock that shows a position; both are counted from 1."""
    return (position - 1) // PAGE + 1


def _lists(values: Mapping[str, Any]) -> list[Key]:
    """Give the lists a car stands in."""
    if not values["available"]:
        return []
    dealer, make = f"dealer:{values['dealer_id']}", values["make"]
    return [
        ("bench_list", dealer, f"bucket-{bucket_of(values['position'])}"),
        ("bench_list", dealer, "members"),
        ("bench_list", f"make:{make}", "members"),
        ("bench_list", f"model:{make}/{values['model']}", "members"),
        ("bench_list", "market", "members"),
    ]


def _stock(values: Mapping[str, Any]) -> Key:
    return ("bench_stock", f"dealer:{values['dealer_id']}", "cars")


class BenchModel(Model):
    """Base of the bench's tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


class BenchDealer(BenchModel, Owned):
    """A dealer of the bench."""

    __tablename__ = "bench_dealers"
    __tracked__ = Tracked(
        kind="bench_dealer",
        key="id",
        aspects={"shell": ("slug", "name", "city", "street", "phone", "colour", "url")},
        silent=("id", "tenant_id", "latitude", "longitude"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column()
    slug: Mapped[str]
    name: Mapped[str]
    city: Mapped[str]
    street: Mapped[str]
    phone: Mapped[str]
    colour: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    url: Mapped[str]


class BenchCar(BenchModel, Owned):
    """A car of the bench; lists in it are JSON."""

    __tablename__ = "bench_cars"
    __table_args__ = (
        Index("ix_bench_cars_dealer", "dealer_id", "position"),
        Index("ix_bench_cars_model", "make", "model", "id"),
        Index("ix_bench_cars_make", "make", "id"),
    )
    __tracked__ = Tracked(
        kind="bench_car",
        key="id",
        aspects={
            "card": CARD,
            "detail": (
                *CARD, "dealer_id", "stock_number", "vin", "make", "model", "trim", "year", "drive", "body", "doors",
                "seats", "colour", "interior", "displacement", "co2", "consumption", "condition", "description",
                "photos", "features", "similar",
            ),
            "place": ("available", "url", "updated"),
        },
        silent=("id", "tenant_id", "position"),
        members=_lists,
        heap=_stock,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column()
    dealer_id: Mapped[int]
    position: Mapped[int]
    """Its place in the dealer's stock, counted from 1; nobody else ever gets it."""
    available: Mapped[bool] = mapped_column(default=True)
    stock_number: Mapped[str]
    vin: Mapped[str]
    make: Mapped[str]
    model: Mapped[str]
    trim: Mapped[str]
    year: Mapped[int]
    registered: Mapped[str]
    price: Mapped[int]
    mileage: Mapped[int]
    fuel: Mapped[str]
    transmission: Mapped[str]
    drive: Mapped[str]
    body: Mapped[str]
    doors: Mapped[int]
    seats: Mapped[int]
    colour: Mapped[str]
    interior: Mapped[str]
    power: Mapped[int]
    displacement: Mapped[int]
    co2: Mapped[int]
    consumption: Mapped[float]
    condition: Mapped[str]
    title: Mapped[str]
    url: Mapped[str]
    description: Mapped[str]
    photo: Mapped[str]
    photos: Mapped[str]
    features: Mapped[str]
    similar: Mapped[str]
    updated: Mapped[str]
