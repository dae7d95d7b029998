"""The facts of a car in words: the strip under the price, the table of data, equipment, consumption (BRIEF §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from seo import co2
from storefront.domain.listings.queries import CardRow, DetailRow
from storefront.domain.vehicles.vocabulary import FEATURE_GROUPS

from . import cards
from .contexts import Consumption, Fact, FeatureGroup, Spec
from .siteview import Face, SiteView

STRIP = 6
"""Cells of the facts strip at most."""
USUAL = ("registered", "mileage", "power", "fuel", "transmission", "owners", "range", "battery", "drive", "colour")
ELECTRIC = ("registered", "mileage", "power", "fuel", "range", "battery", "transmission", "owners", "drive", "colour")
"""Which facts come first; electric cars show range and battery in place of gearbox and owners."""
NEDC_UNTIL = date(2018, 9, 1)
"""Cars first registered before are measured by NEDC (Regulation (EU) 2017/1151)."""
WLTP_FROM = date(2021, 1, 1)
"""Cars first registered from here on carry WLTP values only."""


@dataclass(frozen=True, slots=True)
class Described:
    """The facts of one car, sorted into their places."""

    strip: tuple[Fact, ...]
    specs: tuple[Spec, ...]
    colour: str | None
    emission_standard: str | None


def describe(face: Face, row: CardRow, more: DetailRow) -> Described:
    """Sort a car's facts: the first six known ones into the strip, the others into the table; none twice."""
    colour = _colour(face, more)
    known = _headline(face, row, more, colour)
    order = ELECTRIC if row.fuel == "electric" else USUAL
    names = [name for name in order if known.get(name)]
    strip = tuple(Fact(face.t(f"pages.fact.{name}"), known[name] or "") for name in names[:STRIP])
    left = {name: known[name] for name in names[STRIP:]}
    rows = [*_about(face, row, more), *left.items(), *_technical(face, row, more)]
    specs = tuple(Spec(face.t(f"pages.fact.{name}"), text) for name, text in rows if text)
    return Described(strip, specs, colour, cards.code_word(face, "emission_class", more.emission_class))


def features(face: Face, more: DetailRow) -> tuple[FeatureGroup, ...]:
    """Group the equipment in vocabulary order; words the vocabulary does not know come last, as written."""
    have = set(more.features)
    groups = []
    for group, codes in FEATURE_GROUPS.items():
        items = [face.t(f"feature.{code}") for code in codes if code in have]
        groups.append((face.t(f"feature_group.{group}"), items))
    groups.append((face.t("pages.features_other"), list(dict.fromkeys(more.features_other))))
    return tuple(FeatureGroup(name, tuple(items), face.formats.number(len(items))) for name, items in groups if items)


def consumption(view: SiteView, face: Face, row: CardRow, more: DetailRow) -> Consumption | None:
    """Give the consumption block, None where nothing is known (SEO.md §18)."""
    formats = face.formats
    litres = [
        ("combined", row.consumption_combined),
        ("urban", more.consumption_urban),
        ("extra_urban", more.consumption_extra_urban),
    ]
    rows = [
        Spec(face.t(f"pages.consumption.{name}"), formats.unit("l_100km", formats.one_decimal(value)))
        for name, value in litres
        if value
    ]
    if row.consumption_electric:
        text = formats.unit("kwh_100km", formats.one_decimal(row.consumption_electric))
        rows.append(Spec(face.t("pages.consumption.electric"), text))
    grams = cards.co2_of(row)
    amount = None if grams is None else formats.unit("g_km", formats.number(grams))
    if amount is not None:
        rows.append(Spec(face.t("pages.consumption.co2"), amount))
    if not rows:
        return None
    return Consumption(tuple(rows), None if grams is None else co2.co2_class(grams), amount, face.t(_note(view, row)))


def _note(view: SiteView, row: CardRow) -> str:
    if cards.counts_as_new(view, row):
        return "pages.consumption.note_new"
    if row.first_registered is not None and row.first_registered < NEDC_UNTIL:
        return "pages.consumption.note_nedc"
    if row.first_registered is not None and row.first_registered >= WLTP_FROM:
        return "pages.consumption.note_wltp"
    return "pages.consumption.note_used"


def _headline(face: Face, row: CardRow, more: DetailRow, colour: str | None) -> dict[str, str | None]:
    formats = face.formats
    gearbox = cards.code_word(face, "transmission", row.transmission)
    if gearbox and more.gears:
        gearbox = face.t("pages.fact.with_gears", gearbox=gearbox, n=more.gears)
    return {
        "registered": cards.registered(face, row),
        "mileage": None if row.mileage_km is None else formats.km(row.mileage_km),
        "power": None if row.power_kw is None else formats.power(row.power_kw),
        "fuel": cards.code_word(face, "fuel", row.fuel),
        "transmission": gearbox,
        "owners": None if more.previous_owners is None else formats.number(more.previous_owners),
        "range": None if not more.electric_range_km else formats.km(more.electric_range_km),
        "battery": None
        if not more.battery_kwh_tenths
        else formats.unit("kwh", formats.tenths(more.battery_kwh_tenths)),
        "drive": cards.code_word(face, "drive", more.drive),
        "colour": colour,
    }


def _about(face: Face, row: CardRow, more: DetailRow) -> Iterator[tuple[str, str | None]]:
    condition = face.t(f"pages.condition.{row.condition}")
    yield "type", face.t("pages.condition.accident_free", condition=condition) if more.accident_free else condition
    if more.damaged or row.condition == "damaged":
        yield "damages", face.t("pages.fact.damaged")
    body = [
        cards.code_word(face, "body", row.body),
        face.t("pages.fact.n_doors", n=more.doors) if more.doors else None,
        face.t("pages.fact.n_seats", n=more.seats) if more.seats else None,
    ]
    yield "body", ", ".join(part for part in body if part)
    if row.year is not None and row.first_registered is not None:
        yield "model_year", str(row.year) if row.year != row.first_registered.year else None


def _technical(face: Face, row: CardRow, more: DetailRow) -> Iterator[tuple[str, str | None]]:
    formats = face.formats
    engine = [
        formats.unit("ccm", formats.number(more.displacement_ccm)) if more.displacement_ccm else None,
        face.t("pages.fact.n_cylinders", n=more.cylinders) if more.cylinders else None,
    ]
    yield "displacement", ", ".join(part for part in engine if part)
    own_name = more.colour_text if more.colour_text and more.colour_text != more.colour else None
    yield "colour_name", own_name
    interior = [
        cards.code_word(face, "interior_material", more.interior_material),
        cards.code_word(face, "colour", more.interior_colour),
    ]
    yield "interior", ", ".join(part for part in interior if part)
    emission = [
        cards.code_word(face, "emission_class", more.emission_class),
        cards.code_word(face, "emission_sticker", more.emission_sticker),
    ]
    yield "emission", ", ".join(part for part in emission if part)
    yield "inspection", None if more.inspection_until is None else formats.month(more.inspection_until)
    yield "warranty", face.t("pages.fact.n_months", n=more.warranty_months) if more.warranty_months else None
    yield "number", more.stock_number


def _colour(face: Face, more: DetailRow) -> str | None:
    word = cards.code_word(face, "colour", more.colour)
    return face.t("pages.fact.metallic", colour=word) if word and more.metallic else word
