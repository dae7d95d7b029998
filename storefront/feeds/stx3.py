"""AutoScout24 STX3: the XML in which AutoScout24 hands out a dealer's stock (Italian, German or English words).

The file is read twice: first for what holds for the whole of it (the repeated text, whether consumption is written in
litres or in tenths), then for the cars. Elements are dropped as soon as they are read (SECURITY C9).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

from storefront.domain.listings.stock import Refused, StockItem
from storefront.domain.vehicles.vocabulary import folded
from storefront.feeds import boilerplate, values, words
from storefront.feeds.draft import Draft, Told
from storefront.feeds.errors import FeedError
from storefront.feeds.source import Limits, opened

_PUBLIC = frozenset({"", "alpubblico", "offentlich", "public", "pubblico"})
_PLUG_IN = re.compile(r"plug|e-tron|iperformance|\bGTE\b|e-hybrid|\b\d{3}\s?x?e\b|\bT[68] (?:twin|recharge)", re.I)
_PLUG_IN_CO2 = 75
"""g/km: no car without a plug officially emits as little (the limit of the Italian and German plug-in rules was 75)."""
_TENTHS_FROM = 30
"""A file without any decimal point whose largest combined figure is at least this counts in tenths of a litre."""
_CONSUMPTION = {name: f"consumption_{name}" for name in ("combined", "urban", "extra_urban")}


@dataclass(frozen=True, slots=True)
class _Whole:
    """What holds for the whole file."""

    recurring: boilerplate.Marks
    in_tenths: bool


def read(path: Path, limits: Limits, known_boilerplate: tuple[str, ...] = ()) -> Iterator[StockItem]:
    """Read the cars of an STX3 file, in file order.

    Args:
        path: the file, plain or gzip.
        limits: how much is read before the file is refused.
        known_boilerplate: the dealer's repeated texts from earlier imports.

    Raises:
        FeedError: no well-formed STX3, or over a limit.
    """
    whole = _whole(path, limits, known_boilerplate)
    told = Told()
    for row, vehicle in _vehicles(path, limits):
        yield from _items(row, vehicle, whole, told)


def _vehicles(path: Path, limits: Limits) -> Iterator[tuple[int, etree._Element]]:
    with opened(path, limits) as source:
        try:
            row, listed = 0, False
            for happened, element in etree.iterparse(
                source,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                if happened == "start":
                    if element.getparent() is None:
                        _refuse_other(element, path)
                    if "{" in element.tag:
                        element.tag = etree.QName(element).localname
                    listed = listed or element.tag == "vehicles"
                elif element.tag == "vehicle":
                    row += 1
                    if row > limits.rows:
                        raise FeedError(f"The file has more than {limits.rows} vehicles; split it.")
                    yield row, element
                    _forget(element)
            if not listed:
                raise FeedError(f"{path.name}: an STX3 without a list of vehicles.")
        except etree.XMLSyntaxError as error:
            raise FeedError(f"{path.name}: not well-formed XML, {error.msg}.") from error


def _refuse_other(root: etree._Element, path: Path) -> None:
    """Refuse a document type before anything it declares can be used (billion laughs, outside files), and other XML."""
    if root.getroottree().docinfo.doctype:  # type: ignore[attr-defined]
        raise FeedError("The file has a document type (DOCTYPE); stock files need none, and none is read.")
    if etree.QName(root).localname != "stx3":
        raise FeedError(f"{path.name} is XML, but no STX3 (its first element is not stx3).")


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _whole(path: Path, limits: Limits, known: tuple[str, ...]) -> _Whole:
    counted = boilerplate.Recurring(known)
    has_point, largest = False, 0.0
    for _, vehicle in _vehicles(path, limits):
        counted.count(_text(vehicle, "notes", limits.cell))
        figures = [_text(vehicle, f"consumption/liquid/{name}") for name in _CONSUMPTION]
        has_point = has_point or any("." in figure or "," in figure for figure in figures)
        largest = max(largest, float(values.decimal(figures[0]) or 0))
    return _Whole(counted.found(), in_tenths=not has_point and largest >= _TENTHS_FROM)


def _items(row: int, vehicle: etree._Element, whole: _Whole, told: Told) -> list[StockItem]:
    source_id = _text(vehicle, "vehicle_id")
    if not source_id:
        return [Refused(row, None, "id", "The vehicle has no vehicle_id, so it could not be found again.")]
    visibility = _text(vehicle, "visibility")
    if folded(visibility) not in _PUBLIC:
        return [Refused(row, source_id, "visibility", f'Not offered to the public ("{visibility}").')]
    draft = Draft(row, source_id, told)
    _kind(draft, _text(vehicle, "type"))
    draft.car(_text(vehicle, "brand"), _text(vehicle, "model"), _text(vehicle, "version"))
    _looks(draft, vehicle)
    _engine(draft, vehicle, whole)
    _offer(draft, vehicle)
    own, repeated = boilerplate.split(_text(vehicle, "notes"), whole.recurring)
    draft.put("description", own)
    draft.put("boilerplate", repeated)
    draft.equipment(entry.text or "" for entry in vehicle.iterfind("equipments/equipment/text"))
    draft.photos(image.text or "" for image in vehicle.iterfind("media/images/image/uri"))
    return draft.items()


def _kind(draft: Draft, letter: str) -> None:
    draft.put("kind", (words.code_for("kind", letter) or letter) if letter else "car")


def _looks(draft: Draft, vehicle: etree._Element) -> None:
    draft.code("condition", _text(vehicle, "category"))
    draft.code("body", _text(vehicle, "body"))
    draft.code("colour", _text(vehicle, "body_colorgroup"))
    draft.words("colour_text", _text(vehicle, "body_color"))
    draft.put("metallic", folded(_text(vehicle, "body_painting")).startswith("metal"))
    draft.code("interior_colour", _text(vehicle, "interior_color"))
    draft.code("interior_material", _text(vehicle, "covering"))
    for tag in ("doors", "seats"):
        draft.number(tag, _number(vehicle, tag))


def _engine(draft: Draft, vehicle: etree._Element, whole: _Whole) -> None:
    draft.code("transmission", _text(vehicle, "gear_type"))
    draft.code("drive", _text(vehicle, "transmission"))
    draft.number("gears", _number(vehicle, "gears"))
    draft.number("displacement_ccm", _amount(vehicle, "capacity") or None)
    draft.number("power_kw", _number(vehicle, "kilowatt"))
    draft.number("cylinders", _number(vehicle, "cylinder"))
    for tag, field_name in _CONSUMPTION.items():
        figure = _number(vehicle, f"consumption/liquid/{tag}")
        draft.number(field_name, figure / 10 if figure and whole.in_tenths else figure)
    draft.number("co2_g_km", _number(vehicle, "emission/co2_liquid"))
    draft.code("emission_class", _text(vehicle, "emission/class"))
    draft.code("fuel", _text(vehicle, "fuel_type"))
    if draft.get("fuel") == "hybrid" and _has_plug(draft, vehicle):
        draft.put("fuel", "plugin_hybrid")


def _has_plug(draft: Draft, vehicle: etree._Element) -> bool:
    co2 = draft.get("co2_g_km")
    name = f"{_text(vehicle, 'model')} {_text(vehicle, 'version')}"
    return bool(_PLUG_IN.search(name)) or (co2 is not None and 0 < co2 <= _PLUG_IN_CO2)


def _offer(draft: Draft, vehicle: etree._Element) -> None:
    draft.number("mileage_km", _amount(vehicle, "mileage"))
    draft.number("warranty_months", _number(vehicle, "warranty_duration"))
    draft.number("previous_owners", _number(vehicle, "previous_owner"))
    draft.put("accident_free", {"true": True, "false": False}.get(_text(vehicle, "accident_free")))
    for tag, field_name in (("initial_registration", "first_registered"), ("general_inspection", "inspection_until")):
        try:
            found = values.day(_text(vehicle, tag))
        except ValueError as error:
            draft.note(field_name, f"{error}; it was left out.")
            continue
        if field_name == "first_registered":
            draft.registered(found)
        else:
            draft.put(field_name, found)
    for price in vehicle.iterfind("prices/price"):
        if price.findtext("type") == "public":
            _price(draft, price)


def _price(draft: Draft, price: etree._Element) -> None:
    draft.price(_amount(price, "value"))
    draft.currency(_text(price, "currency"))
    draft.put("negotiable", _text(price, "negotiable") == "true")
    draft.put("vat", {"true": "standard", "false": "margin"}.get(_text(price, "vat_type")))


def _text(element: etree._Element, path: str, longest: int = 65_536) -> str:
    found = (element.findtext(path) or "").strip()
    if len(found) > longest:
        raise FeedError(f"Line {element.sourceline}: the value of {path} is longer than {longest} characters.")
    return found


def _number(element: etree._Element, path: str) -> Decimal | None:
    return values.decimal(_text(element, path))


def _amount(element: etree._Element, path: str) -> Decimal | None:
    return values.amount(_text(element, path))
