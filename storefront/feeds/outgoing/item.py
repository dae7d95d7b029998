"""One car on its way out: the plain record that every outgoing format is written from, and what several of them ask."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


@dataclass(frozen=True, slots=True)
class Channel:
    """The site whose stock a feed holds."""

    name: str
    url: str
    """`https://north-cars.example/`"""
    language: str


@dataclass(frozen=True, slots=True)
class Seller:
    """The dealer who offers a car."""

    id: str
    name: str
    store_code: str
    """As in the dealer's Google Business Profile; case matters."""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "DE"
    """ISO 3166-1; decides which rules of Google hold."""
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    """E.164."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo: absolute address of a large JPEG, and what it shows (`exterior`, `interior`, `engine`, `detail`)."""

    url: str
    kind: str = "exterior"


@dataclass(frozen=True, slots=True)
class StockItem:
    """A car as its page shows it. Codes are those of the vocabulary, names are words of the site's default language.

    Units: minor units of `currency`, km, kW, ccm, Nm, tenths of l (kg, kWh) per 100 km, g/km, tenths of a kWh.
    """

    id: str
    """Public id: stable, at most 20 signs."""
    state: str
    """`active`, `reserved`, `incoming`, `sold`."""
    url: str
    title: str
    """Make, model, version, year."""
    description: str
    make: str
    model: str
    condition: str
    """`new` (never registered), `used`, `damaged`."""
    seller: Seller
    stock_number: str = ""
    version: str = ""
    vin: str | None = None
    year: int | None = None
    first_registered: date | None = None
    mileage_km: int | None = None
    price_cents: int | None = None
    """Gross; None: on request."""
    currency: str = "EUR"
    old_price_cents: int | None = None
    """Only with a reduction that may be announced (SEO.md §4)."""
    vat: str | None = None
    vat_rate: int | None = None
    """Tenths of a per cent."""
    body: str | None = None
    fuel: str | None = None
    transmission: str | None = None
    gears: int | None = None
    drive: str | None = None
    colour: str | None = None
    colour_name: str | None = None
    doors: int | None = None
    seats: int | None = None
    power_kw: int | None = None
    displacement_ccm: int | None = None
    torque_nm: int | None = None
    previous_owners: int | None = None
    accident_free: bool | None = None
    damaged: bool = False
    counts_as_new: bool = False
    """The energy label's duties for new cars hold (SEO.md §18)."""
    consumption_combined: int | None = None
    consumption_electric: int | None = None
    consumption_discharged: int | None = None
    co2_g_km: int | None = None
    co2_class: str | None = None
    co2_discharged_g_km: int | None = None
    co2_class_discharged: str | None = None
    emission_class: str | None = None
    electric_range_km: int | None = None
    battery_kwh_tenths: int | None = None
    features: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """The primary one first."""
    listed_on: date | None = None
    changed_at: datetime | None = None

    @property
    def has_vin(self) -> bool:
        """Ask whether the VIN is one: 17 signs, no I, O or Q."""
        return self.vin is not None and _VIN.fullmatch(self.vin) is not None

    @property
    def is_damaged(self) -> bool:
        """Ask whether it is sold as damaged, or had an accident."""
        return self.damaged or self.condition == "damaged" or self.accident_free is False


def one_per_vin(items: Iterable[StockItem], is_offered: Callable[[StockItem], bool]) -> list[StockItem]:
    """Keep one car of each VIN: one on offer before one that is not, then the newest offer (SEO.md §13).

    Args:
        items: cars with a VIN, in the order that is kept.
        is_offered: whether a car can be had.
    """
    best: dict[str, StockItem] = {}
    kept = list(items)
    for item in kept:
        known = best.get(item.vin or "")
        if known is None or _rank(item, is_offered) > _rank(known, is_offered):
            best[item.vin or ""] = item
    return [item for item in kept if best[item.vin or ""] is item]


def _rank(item: StockItem, is_offered: Callable[[StockItem], bool]) -> tuple[bool, date, str]:
    return (is_offered(item), item.listed_on or date.min, item.id)
