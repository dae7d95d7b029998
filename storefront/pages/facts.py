"""The facts of a car in words: the strip under the price, the table of data, equipment, consumption (BRIEF §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from seo import co2
from storefront.domain.listings.queries import CardRow, DetailRow
from storefront.domain.vehicles.vocabulary import FEATURE_GROUPS

from . import cards
from .contexts import Consumption, Fact, FeatureGroup, Spec, Step
from .siteview import Face, SiteView

STRIP = 6
"""Cells of the facts strip at most."""
COMMON = ("registered", "mileage", "power", "fuel")
USUAL = (*COMMON, "transmission", "owners", "range", "battery", "drive", "colour", "doors")
ELECTRIC = (*COMMON, "range", "battery", "transmission", "owners", "drive", "colour", "doors")
"""Which facts come first; electric cars show range and battery in place of gearbox and owners."""
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
    painted = colour(face, more)
    known = _headline(face, row, more, painted)
    order = ELECTRIC if row.fuel == "electric" else USUAL
    names = [name for name in order if known.get(name)]
    strip = tuple(Fact(face.t(f"pages.fact.{name}"), known[name] or "") for name in names[:STRIP])
    left = {name: known[name] for name in names[STRIP:] if name != "doors"}
    doors = None if "doors" in names[:STRIP] else more.doors
    rows = [*_about(face, row, more, doors), *left.items(), *_technical(face, row, more)]
    specs = tuple(Spec(face.t(f"pages.fact.{name}"), text) for name, text in rows if text)
    return Described(strip, specs, painted, cards.code_word(face, "emission_class", more.emission_class))


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
    """Give the consumption block, None where nothing is known; new cars always have one (SEO.md §18)."""
    new = cards.counts_as_new(view, row)
    rows = tuple(Spec(face.t(f"pages.consumption.{name}"), text) for name, text in _consumed(face, row, more) if text)
    if not rows:
        return Consumption((), None, None, face.t("pages.consumption.missing"), new=True) if new else None
    letter = cards.class_of(view, row)
    return Consumption(
        rows,
        letter,
        cards.grams_per_km(face, cards.co2_of(row)),
        face.t(_note(view, row)),
        ladder=tuple(Step(name, name == letter) for name in co2.CLASSES) if letter else (),
        new=new,
    )


def _consumed(face: Face, row: CardRow, more: DetailRow) -> Iterator[tuple[str, str | None]]:
    """Give what the car uses and emits, of a plug-in hybrid weighted and with the battery discharged."""
    plugs = row.fuel == "plugin_hybrid"
    yield "weighted" if plugs else "combined", cards.litres(face, row, row.consumption_combined)
    yield "weighted_electric" if plugs else "electric", cards.current(face, row.consumption_electric)
    yield "urban", cards.litres(face, row, more.consumption_urban)
    yield "extra_urban", cards.litres(face, row, more.consumption_extra_urban)
    yield "weighted_co2" if plugs else "co2", cards.grams_per_km(face, cards.co2_of(row))
    if plugs:
        yield "discharged", cards.litres(face, row, row.consumption_discharged)
        yield "co2_discharged", cards.grams_per_km(face, row.co2_discharged_g_km)
        yield "class_discharged", co2.class_or_none(row.co2_discharged_g_km)


def _note(view: SiteView, row: CardRow) -> str:
    if cards.counts_as_new(view, row):
        return "pages.consumption.note_new"
    if row.first_registered is not None and row.first_registered < cards.NEDC_UNTIL:
        return "pages.consumption.note_nedc"
    if row.first_registered is not None and row.first_registered >= WLTP_FROM:
        return "pages.consumption.note_wltp"
    return "pages.consumption.note_used"


def _headline(face: Face, row: CardRow, more: DetailRow, painted: str | None) -> dict[str, str | None]:
    formats = face.formats
    gearbox = cards.code_word(face, "transmission", row.transmission)
    if gearbox and more.gears:
        gearbox = face.t("pages.fact.with_gears", gearbox=gearbox, n=more.gears)
    return {
        "registered": cards.registered(face, row),
        "mileage": cards.mileage(face, row),
        "power": None if row.power_kw is None else formats.power(row.power_kw),
        "fuel": cards.code_word(face, "fuel", row.fuel),
        "transmission": gearbox,
        "owners": None if more.previous_owners is None else formats.number(more.previous_owners),
        "range": None if not more.electric_range_km else formats.km(more.electric_range_km),
        "battery": None
        if not more.battery_kwh_tenths
        else formats.unit("kwh", formats.tenths(more.battery_kwh_tenths)),
        "drive": cards.code_word(face, "drive", more.drive),
        "colour": painted,
        "doors": None if not more.doors else formats.number(more.doors),
    }


def _about(face: Face, row: CardRow, more: DetailRow, doors: int | None) -> Iterator[tuple[str, str | None]]:
    condition = face.t(f"pages.condition.{row.condition}")
    yield "type", face.t("pages.condition.accident_free", condition=condition) if more.accident_free else condition
    if more.damaged or row.condition == "damaged":
        yield "damages", face.t("pages.fact.damaged")
    body = [
        cards.code_word(face, "body", row.body),
        face.t("pages.fact.n_doors", n=doors) if doors else None,
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
    yield "torque", formats.unit("nm", formats.number(more.torque_nm)) if more.torque_nm else None
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


def colour(face: Face, more: DetailRow) -> str | None:
    """Give the colour in words: `Blau metallic`."""
    word = cards.code_word(face, "colour", more.colour)
    return face.t("pages.fact.metallic", colour=word) if word and more.metallic else word
