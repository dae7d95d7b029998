"""What one car looks like on its way in: the plain record every stock format is read into, and what can go wrong."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class StockRecord:
    """One car of a dealer's export, in the product's own terms and units; `None` means the export does not say.

    Texts are as the dealer wrote them (cleaned of the format's own notation, see `description`); codes are those of
    `domain/vehicles/vocabulary.py`. Prices are integer EUR cents (or minor units of `currency`), mileage km, power kW,
    displacement ccm, consumption tenths of a litre (or of a kWh) per 100 km, CO2 g/km.
    """

    row: int
    """Where it stood in the file: the line of a CSV, the ordinal of an element, counted from 1."""
    source_id: str
    """The export's own key for the car; the same car has the same key in every export (SPEC 34)."""
    make: str
    model: str
    version: str = ""
    raw: dict[str, str] = field(default_factory=dict)
    """What the file said, for the admin: at least `make`, `model`, `version`, `name` where they were cleaned."""
    stock_number: str | None = None
    vin: str | None = None
    kind: str = "car"
    """`car`, or the export's word for something else (motorcycle, trailer ...), which is refused."""
    wanted: bool = False
    """The ad asks for a car instead of offering one; it is refused."""
    condition: str = "used"
    body: str | None = None
    fuel: str | None = None
    transmission: str | None = None
    gears: int | None = None
    drive: str | None = None
    colour: str | None = None
    colour_text: str | None = None
    metallic: bool = False
    interior_colour: str | None = None
    interior_material: str | None = None
    doors: int | None = None
    seats: int | None = None
    power_kw: int | None = None
    displacement_ccm: int | None = None
    cylinders: int | None = None
    mileage_km: int | None = None
    first_registered: date | None = None
    """Day 1 of the month when only the month is known."""
    year: int | None = None
    """Model or registration year when the export gives no month."""
    previous_owners: int | None = None
    accident_free: bool | None = None
    damaged: bool = False
    warranty_months: int | None = None
    inspection_until: date | None = None
    consumption_combined: int | None = None
    consumption_urban: int | None = None
    consumption_extra_urban: int | None = None
    consumption_electric: int | None = None
    co2_g_km: int | None = None
    consumption_discharged: int | None = None
    """Plug-in hybrids with the battery discharged, like `co2_discharged_g_km`."""
    co2_discharged_g_km: int | None = None
    torque_nm: int | None = None
    emission_class: str | None = None
    emission_sticker: str | None = None
    electric_range_km: int | None = None
    battery_kwh_tenths: int | None = None
    price_cents: int | None = None
    currency: str = "EUR"
    vat: str | None = None
    """`standard` (VAT shown separately) or `margin` (margin scheme)."""
    negotiable: bool = False
    description: str = ""
    """Safe Markdown: paragraphs, bold, rules, lists; nothing else (SECURITY B7)."""
    boilerplate: str = ""
    """The part of the text that the dealer repeats in (nearly) every car; stored once per dealer."""
    features: tuple[str, ...] = ()
    """Codes of `vocabulary.FEATURES`, in vocabulary order."""
    features_other: tuple[str, ...] = ()
    """Equipment words that the vocabulary does not know, kept as written."""
    photo_urls: tuple[str, ...] = ()
    postal_code: str | None = None
    country: str | None = None
    listed_on: date | None = None
    """Since when the export says the car is offered."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not imported, and why; `reason` is a sentence for the dealer (SPEC A: nothing is lost silently)."""

    row: int
    id: str | None
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling about a row that is imported all the same (an unknown word, a near miss of a make)."""

    row: int
    id: str | None
    field: str
    message: str
    cut_off: bool = False
    """The file ends in the middle of this row: what else it named nobody knows, so no car may be withdrawn for it."""


StockItem = StockRecord | Refused | Notice
"""What a reader of a stock format yields, in file order; a Notice comes before the record it speaks of."""


@dataclass(slots=True)
class ImportReport:
    """The result of `marketplace import` (docs/importing.md); read = created + updated + unchanged + refused."""

    format: str
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    refused: list[Refused] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    changed_fields: dict[str, int] = field(default_factory=dict)
    """How many updated cars changed each field, for the summary (`price_cents: 29`)."""

    def as_dict(self) -> dict[str, Any]:
        """Give the report as the JSON that `--json` writes."""
        return {
            "format": self.format,
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
            "refused": [{"row": r.row, "id": r.id, "field": r.field, "reason": r.reason} for r in self.refused],
            "warnings": [{"row": w.row, "id": w.id, "field": w.field, "message": w.message} for w in self.warnings],
            "changed_fields": dict(sorted(self.changed_fields.items())),
        }
