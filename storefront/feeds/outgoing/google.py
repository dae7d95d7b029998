"""Google Vehicle Ads: tab-separated text for Merchant Center (SEO.md §13). Columns, enums and rules are Google's.

Every value here is read by a machine, so nothing is changed to please a spreadsheet: open the plain CSV for that.
"""

from collections.abc import Iterator, Mapping, Sequence

from .item import Channel, StockItem, one_per_vin
from .writing import amount, cut, one_line, table, tenths

COLUMNS = (
    "id",
    "vin",
    "store_code",
    "link",
    "link_template",
    "image_link",
    "additional_image_link",
    "brand",
    "model",
    "year",
    "trim",
    "title",
    "description",
    "body_style",
    "vehicle_option",
    "condition",
    "mileage",
    "color",
    "price",
    "google_product_category",
    "engine",
    "date_first_registered",
    "fuel_consumption",
    "energy_consumption",
    "co2_emissions",
    "fuel_consumption_discharged_battery",
    "electric_range",
    "emissions_standard",
    "certification",
)
BODIES: Mapping[str, str] = {
    "hatchback": "hatchback",
    "city": "hatchback",
    "saloon": "sedan",
    "estate": "station wagon",
    "suv": "suv",
    "coupe": "coupe",
    "convertible": "convertible",
    "mpv": "minivan",
    "van": "full size van",
    "pickup": "truck",
}
ENGINES: Mapping[str, str] = {
    "petrol": "gasoline",
    "diesel": "diesel",
    "electric": "electric",
    "hybrid": "hybrid",
    "plugin_hybrid": "plug-in_hybrid",
    "lpg": "lpg",
    "cng": "natural_gas",
    "ethanol": "other",
    "hydrogen": "other",
    "other": "other",
}
STANDARDS: Mapping[str, str] = {
    **{f"euro{number}": f"euro{number}" for number in range(1, 7)},
    "euro6b": "euro6",
    "euro6c": "euro6",
    "euro6d_temp": "euro6d-TEMP",
    "euro6d": "euro6d",
    "euro6e": "euro6e",
    "zero": "zero_emissions",
}
CATEGORY = "916"
"""Cars, Trucks & Vans."""
MORE_PICTURES = 10
TITLE, DESCRIPTION, OPTIONS = 150, 5_000, 40
BY_WEIGHT = frozenset({"cng", "hydrogen"})
"""Fuels that are sold by the kilogram."""
CARGO_SEATS = 3
"""A van with so many seats at most carries goods, not passengers."""

NEEDS_ENGINE = frozenset({"DE", "IT", "ES"})
NEEDS_REGISTRATION = frozenset({"DE", "FR", "IT", "ES"})
"""Used cars: month of first registration."""
NEEDS_CONSUMPTION = frozenset({"DE", "IT", "ES", "NL"})
"""New cars: consumption and emission, by engine."""
NEEDS_DISCHARGED = frozenset({"DE"})
"""New plug-in hybrids: what they use with the battery discharged, and their electric range."""
NEEDS_STANDARD = frozenset({"IT"})
"""New cars: emission standard."""
AUTHORITIES: Mapping[str, str] = {"DE": "BMWK"}
"""Who certifies the CO2 class of new cars. France may name ADEME but need not; its classes have other bounds."""


def write(channel: Channel, items: Sequence[StockItem]) -> bytes:
    """Write the feed; cars that Google does not take are left out (`refusal`), of equal VINs all but one."""
    return table(COLUMNS, (_row(item) for item in accepted(items)), delimiter="\t", line_end="\n")


def accepted(items: Sequence[StockItem]) -> list[StockItem]:
    """Give the cars that Google takes, in their order."""
    return one_per_vin((item for item in items if refusal(item) is None), lambda item: item.state == "active")


def refusal(item: StockItem) -> str | None:
    """Say why Google would not take a car: its state, or the first thing it lacks; None when it is fit."""
    if item.state != "active":
        return item.state
    if item.is_damaged:
        return "damaged"
    if item.body == "van" and item.seats is not None and item.seats <= CARGO_SEATS:
        return "not for passengers"
    return next(_missing(item), None)


def _missing(item: StockItem) -> Iterator[str]:
    """Give the columns the car's country wants and it has no value for."""
    country, is_new = item.seller.country, _is_new(item)
    required = {
        "vin": item.has_vin,
        "image_link": bool(item.pictures),
        "price": item.price_cents is not None and item.price_cents > 0,
        "year": item.year is not None,
        "mileage": item.mileage_km is not None,
        "color": bool(item.colour_name),
        "engine": bool(item.fuel) or country not in NEEDS_ENGINE,
        "date_first_registered": bool(item.first_registered) or is_new or country not in NEEDS_REGISTRATION,
    }
    if is_new and country in NEEDS_CONSUMPTION:
        required |= _energy_of_new(item)
    if is_new and country in NEEDS_STANDARD:
        required["emissions_standard"] = item.emission_class in STANDARDS
    yield from (column for column, is_there in required.items() if not is_there)


def _energy_of_new(item: StockItem) -> dict[str, bool]:
    burns, plugs = item.fuel != "electric", item.fuel in ("electric", "plugin_hybrid")
    wanted = {
        "fuel_consumption": item.consumption_combined is not None or not burns,
        "energy_consumption": item.consumption_electric is not None or not plugs,
        "co2_emissions": item.co2_g_km is not None,
    }
    if item.fuel == "plugin_hybrid" and item.seller.country in NEEDS_DISCHARGED:
        wanted["fuel_consumption_discharged_battery"] = item.consumption_discharged is not None
        wanted["electric_range"] = item.electric_range_km is not None
        wanted["certification"] = item.co2_class_discharged is not None
    return wanted


def _row(item: StockItem) -> list[str]:
    link = item.url
    more = item.pictures[1 : 1 + MORE_PICTURES]
    return [
        item.id,
        item.vin or "",
        item.seller.store_code,
        link,
        f"{link}?store={{store_code}}",
        item.pictures[0].url,
        ",".join(picture.url for picture in more),
        one_line(item.make),
        one_line(item.model),
        str(item.year),
        one_line(item.version),
        cut(one_line(item.title), TITLE),
        cut(one_line(item.description), DESCRIPTION),
        BODIES.get(item.body or "", ""),
        ",".join(one_line(feature).replace(",", " ") for feature in item.features[:OPTIONS]),
        "new" if _is_new(item) else "used",
        f"{item.mileage_km} km",
        one_line(item.colour_name or ""),
        f"{amount(item.price_cents or 0)} {item.currency}",
        CATEGORY,
        ENGINES.get(item.fuel or "", ""),
        "" if item.first_registered is None else item.first_registered.strftime("%Y-%m"),
        *_energy(item),
        "" if item.electric_range_km is None else f"{item.electric_range_km} km",
        STANDARDS.get(item.emission_class or "", ""),
        _certification(item),
    ]


def _energy(item: StockItem) -> tuple[str, str, str, str]:
    unit = "kg/100km" if item.fuel in BY_WEIGHT else "l/100km"
    return (
        _with(unit, item.consumption_combined),
        _with("kWh/100km", item.consumption_electric),
        "" if item.co2_g_km is None else f"{item.co2_g_km} g/km",
        _with("l/100km", item.consumption_discharged),
    )


def _with(unit: str, value: int | None) -> str:
    return "" if value is None else f"{tenths(value)} {unit}"


def _certification(item: StockItem) -> str:
    """Name the CO2 class of a car that counts as new, of a plug-in hybrid also that with the battery discharged."""
    authority = AUTHORITIES.get(item.seller.country)
    if authority is None or item.co2_class is None or not item.counts_as_new:
        return ""
    classes = {"Vehicle_CO2_Class": item.co2_class}
    if item.fuel == "plugin_hybrid" and item.co2_class_discharged:
        classes["Vehicle_CO2_Class_Discharged_Battery"] = item.co2_class_discharged
    return ",".join(f"{authority}:{name}:{letter}" for name, letter in classes.items())


def _is_new(item: StockItem) -> bool:
    return item.condition == "new"
