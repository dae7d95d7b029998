"""schema.org graphs of the pages, vocabulary 30.0 (SEO.md §§2, 3, 5; SPEC 100), and their safe serialisation.

Facts arrive as the page shows them, in the page's language: what is said here is said on the page too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

BASE = "https://schema.org/"
CO2_AUTHORITY = "BMWK"
"""Who stands behind the German CO₂ classes (SEO.md §13)."""
Node = dict[str, Any]

AVAILABILITY = {
    "active": "InStoreOnly",
    "reserved": "LimitedAvailability",
    "incoming": "PreOrder",
    "sold": "SoldOut",
}
"""State of a listing → availability; `InStock` is for cars that can be bought on the page (SEO.md §3)."""
CONDITION = {"new": "NewCondition", "used": "UsedCondition", "damaged": "DamagedCondition"}
DRIVES = {
    "front": "FrontWheelDriveConfiguration",
    "rear": "RearWheelDriveConfiguration",
    "all": "AllWheelDriveConfiguration",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAME_LENGTH = 150
_ESCAPES = tuple((letter.encode(), f"\\u{ord(letter):04x}".encode()) for letter in "<>&\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Seller:
    """A dealer as the graph names it."""

    id: str
    """`https://north-cars.example/#dealer`"""
    name: str
    url: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    telephone: str | None = None
    image: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    hours: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """ISO weekday → spans `09:00-18:00`."""
    price_range: str | None = None
    """`5.000–60.000 €` or `€€`, under 100 signs."""


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What the car costs; amounts are decimal strings (`22990.00`)."""

    price: str
    currency: str
    old_price: str | None = None
    """Only with a reduction that may be shown (SEO.md §4)."""


@dataclass(frozen=True, slots=True)
class CarFacts:
    """A car as its page shows it; texts are in the page's language, numbers in the unit named."""

    url: str
    name: str
    description: str
    brand: str
    model: str
    sku: str
    condition: str
    """`new`, `used`, `damaged`."""
    state: str = "active"
    """A key of `AVAILABILITY`."""
    images: tuple[str, ...] = ()
    version: str | None = None
    mileage_km: int | None = None
    year: int | None = None
    first_registered: str | None = None
    """`YYYY-MM`"""
    vin: str | None = None
    """Only with the dealer's consent."""
    body: str | None = None
    colour: str | None = None
    interior_colour: str | None = None
    interior_material: str | None = None
    fuel: str | None = None
    engines: tuple[str, ...] = ()
    """Fuel of each engine; a hybrid has two."""
    power_kw: int | None = None
    displacement_ccm: int | None = None
    transmission: str | None = None
    gears: int | None = None
    drive: str | None = None
    """`front`, `rear`, `all`."""
    right_hand_drive: bool = False
    doors: int | None = None
    seats: int | None = None
    previous_owners: int | None = None
    consumption: tuple[tuple[float, str], ...] = ()
    """Value and `L/100 km` or `kWh/100 km`."""
    co2: int | None = None
    emission_standard: str | None = None
    damages: str | None = None
    extra: tuple[tuple[str, float, str], ...] = ()
    """Name, value, UN/CEFACT unit code of what schema.org has no property for (range, battery)."""
    offer: OfferFacts | None = None
    seller_id: str = ""
    torque_nm: int | None = None
    certificates: tuple[str, ...] = ()
    """Names of what is certified of it: its CO₂ class."""


def serialise(nodes: Sequence[Node]) -> str:
    """Write a graph for a script element: `<`, `>`, `&`, U+2028 and U+2029 as `\\uXXXX`."""
    data = {"@context": "https://schema.org", "@graph": list(nodes)}
    written = orjson.dumps(data)
    for letter, escaped in _ESCAPES:
        if letter in written:
            written = written.replace(letter, escaped)
    return written.decode()


def vehicle(car: CarFacts, seller: Seller, crumbs: Sequence[tuple[str, str | None]]) -> list[Node]:
    """Give the graph of a car's page: the car with its one offer, who sells it, the path.

    Without a photo or with the price on request it is a plain `Car` (SEO.md §2, §4).
    """
    return [_car(car), dealer(seller), breadcrumbs(crumbs)]


def home(origin: str, name: str, seller: Seller, *, root: bool) -> list[Node]:
    """Give the graph of a dealer's front page; `WebSite` only on the host's root."""
    return [*([_website(origin, name)] if root else []), dealer(seller)]


def market_home(origin: str, name: str, logo: str | None, *, root: bool) -> list[Node]:
    """Give the graph of the marketplace's front page."""
    organisation = {"@type": "Organization", "@id": f"{origin}/#operator", "name": name, "url": f"{origin}/"}
    return [*([_website(origin, name)] if root else []), organisation | ({"logo": logo} if logo else {})]


def listing(url: str, name: str, cars: Sequence[str], crumbs: Sequence[tuple[str, str | None]]) -> list[Node]:
    """Give the graph of a list: `ItemList` from three cars on, its items carry position and address only."""
    page: Node = {"@type": "CollectionPage", "@id": f"{url}#page", "url": url, "name": name}
    if len(cars) >= 3:
        items = [{"@type": "ListItem", "position": place, "url": car} for place, car in enumerate(cars, start=1)]
        page["mainEntity"] = {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items}
    return [page, breadcrumbs(crumbs)]


def contact(seller: Seller, crumbs: Sequence[tuple[str, str | None]]) -> list[Node]:
    """Give the graph of a contact page or a dealer's profile."""
    return [dealer(seller), breadcrumbs(crumbs)]


def page(crumbs: Sequence[tuple[str, str | None]]) -> list[Node]:
    """Give the graph of any other page: its path."""
    return [breadcrumbs(crumbs)]


def breadcrumbs(crumbs: Sequence[tuple[str, str | None]]) -> Node:
    """Give the path; the last step has no address."""
    items = [
        {"@type": "ListItem", "position": place, "name": name} | ({"item": item} if item else {})
        for place, (name, item) in enumerate(crumbs, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def dealer(seller: Seller) -> Node:
    """Give the dealer: `AutoDealer` with an address, else (name only) an `Organization`."""
    node: Node = {
        "@type": "AutoDealer" if seller.city else "Organization",
        "@id": seller.id,
        "name": seller.name,
        "url": seller.url,
        "telephone": seller.telephone,
    }
    if seller.city:
        address = {
            "streetAddress": seller.street,
            "postalCode": seller.postal_code,
            "addressLocality": seller.city,
            "addressCountry": seller.country,
        }
        node["address"] = {"@type": "PostalAddress", **{key: text for key, text in address.items() if text}}
        node["image"] = seller.image
        node["priceRange"] = seller.price_range
        node["openingHoursSpecification"] = _hours(seller.hours)
        if seller.latitude is not None and seller.longitude is not None:
            node["geo"] = {"@type": "GeoCoordinates", "latitude": seller.latitude, "longitude": seller.longitude}
    return _known(node)


def _website(origin: str, name: str) -> Node:
    return {"@type": "WebSite", "@id": f"{origin}/#website", "name": name, "url": f"{origin}/"}


def _hours(hours: Mapping[str, Sequence[str]]) -> list[Node]:
    days: dict[str, list[str]] = {}
    for weekday in sorted(hours):
        for span in hours[weekday]:
            days.setdefault(span, []).append(DAYS[int(weekday) - 1])
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [f"{BASE}{day}" for day in names],
            "opens": span.partition("-")[0],
            "closes": span.partition("-")[2],
        }
        for span, names in days.items()
    ]


def _car(car: CarFacts) -> Node:
    product = bool(car.images) and car.offer is not None
    node: Node = {
        "@type": ["Product", "Car"] if product else "Car",
        "@id": f"{car.url}#vehicle",
        "url": car.url,
        "sku": car.sku,
        "name": car.name[:NAME_LENGTH],
        "description": car.description,
        "image": list(car.images) or None,
        "brand": {"@type": "Brand", "name": car.brand},
        "model": car.model,
        "vehicleConfiguration": car.version,
        "vehicleModelDate": None if car.year is None else str(car.year),
        "dateVehicleFirstRegistered": car.first_registered,
        "vehicleIdentificationNumber": car.vin,
        "itemCondition": f"{BASE}{CONDITION[car.condition]}",
        "mileageFromOdometer": _quantity(car.mileage_km, "KMT"),
        "bodyType": car.body,
        "color": car.colour,
        "vehicleInteriorColor": car.interior_colour,
        "vehicleInteriorType": car.interior_material,
        "numberOfDoors": car.doors,
        "vehicleSeatingCapacity": car.seats,
        "numberOfPreviousOwners": car.previous_owners,
        "numberOfForwardGears": car.gears,
        "fuelType": car.fuel,
        "vehicleTransmission": car.transmission,
        "vehicleEngine": _engines(car),
        "driveWheelConfiguration": f"{BASE}{DRIVES[car.drive]}" if car.drive else None,
        "steeringPosition": f"{BASE}RightHandDriving" if car.right_hand_drive else None,
        "fuelConsumption": [_in_words(value, unit) for value, unit in car.consumption] or None,
        "emissionsCO2": car.co2,
        "meetsEmissionStandard": car.emission_standard,
        "knownVehicleDamages": car.damages,
        "hasCertification": [_certificate(name) for name in car.certificates] or None,
        "additionalProperty": [_property(*extra) for extra in car.extra] or None,
        "offers": _offer(car),
    }
    return _known(node)


def _certificate(name: str) -> Node:
    """Give a certificate of a CO₂ class with the authority that it goes back to (SEO.md §§2, 13)."""
    return {"@type": "Certification", "name": name, "issuedBy": {"@type": "Organization", "name": CO2_AUTHORITY}}


def _offer(car: CarFacts) -> Node | None:
    """Give the one offer; a sold car keeps it without a price, a price on request has none."""
    if car.offer is None and car.state != "sold":
        return None
    offer: Node = {
        "@type": "Offer",
        "url": car.url,
        "availability": f"{BASE}{AVAILABILITY[car.state]}",
        "itemCondition": f"{BASE}{CONDITION[car.condition]}",
        "seller": {"@id": car.seller_id},
    }
    return offer | _price(car.offer) if car.offer is not None else offer


def _price(facts: OfferFacts) -> Node:
    """Give `price`, or with a reduction that may be shown the two specifications, never both (SEO.md §4)."""
    if facts.old_price is None:
        return {"price": facts.price, "priceCurrency": facts.currency}
    now = {"@type": "UnitPriceSpecification", "price": facts.price, "priceCurrency": facts.currency}
    old = now | {"price": facts.old_price, "priceType": f"{BASE}StrikethroughPrice"}
    return {"priceSpecification": [now, old]}


def _engines(car: CarFacts) -> list[Node] | Node | None:
    power = _quantity(car.power_kw, "KWT")
    displacement = _quantity(car.displacement_ccm, "CMQ")
    torque = _quantity(car.torque_nm, "NU")
    engines = [{"@type": "EngineSpecification", "fuelType": fuel} for fuel in car.engines]
    if not engines and (power or displacement or torque):
        engines = [{"@type": "EngineSpecification"}]
    if not engines:
        return None
    first = _known({**engines[0], "enginePower": power, "engineDisplacement": displacement, "torque": torque})
    return [first, *engines[1:]] if len(engines) > 1 else first


def _quantity(value: int | None, unit: str) -> Node | None:
    return None if value is None else {"@type": "QuantitativeValue", "value": value, "unitCode": unit}


def _in_words(value: float, unit: str) -> Node:
    return {"@type": "QuantitativeValue", "value": value, "unitText": unit}


def _property(name: str, value: float, unit: str) -> Node:
    return {"@type": "PropertyValue", "name": name, "value": value, "unitCode": unit}


def _known(node: Node) -> Node:
    return {key: value for key, value in node.items() if value is not None and value != [] and value != ""}
