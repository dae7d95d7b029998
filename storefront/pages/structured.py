"""What search engines are told of a car: structured data, title and description, from the facts its page shows."""

from collections.abc import Sequence
from dataclasses import replace

from seo import co2, meta
from seo.schema_org import CarFacts, OfferFacts
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow, DetailRow, PhotoRow
from storefront.domain.vehicles.vocabulary import FEATURE_GROUPS

from . import cards, heads, pictures, texts
from .facts import Described
from .siteview import Face, SiteView

MOST_DESCRIPTION = 4_000
"""Characters of the description that structured data repeats."""
LEAST_PIXELS = 50_000
"""Pictures that search engines and feeds take have so many pixels at least."""

PLACES = ("name", "make", "model", "version", "registered", "mileage", "price", "facts", "number", "dealer", "city")
"""What a template of a title or description may name."""


def car_facts(
    view: SiteView, face: Face, row: CardRow, more: DetailRow, words: Described, url: str, description: str
) -> CarFacts:
    """Give a car's facts for its graph, in the page's words."""
    fuel = cards.code_word(face, "fuel", row.fuel)
    year = year_of(row)
    return CarFacts(
        url=url,
        name=full_name(row),
        description=texts.start(description, MOST_DESCRIPTION),
        brand=row.make,
        model=row.model or row.make,
        sku=more.stock_number,
        condition=condition_of(row, more),
        state="sold" if row.status is ListingStatus.SOLD else "active",
        version=row.version or None,
        mileage_km=row.mileage_km or None,
        year=year,
        first_registered=row.first_registered.strftime("%Y-%m") if row.first_registered else None,
        body=cards.code_word(face, "body", row.body),
        colour=words.colour,
        interior_colour=cards.code_word(face, "colour", more.interior_colour),
        interior_material=cards.code_word(face, "interior_material", more.interior_material),
        fuel=fuel,
        engines=_engines(face, row, fuel),
        power_kw=row.power_kw,
        displacement_ccm=more.displacement_ccm,
        transmission=cards.code_word(face, "transmission", row.transmission),
        gears=more.gears if row.transmission else None,
        drive=more.drive,
        right_hand_drive="right_hand_drive" in more.features,
        doors=more.doors,
        seats=more.seats,
        previous_owners=more.previous_owners,
        consumption=_consumption(row),
        co2=cards.co2_of(row),
        emission_standard=words.emission_standard,
        damages=face.t("pages.fact.damaged") if condition_of(row, more) == "damaged" else None,
        extra=_extra(face, more),
        torque_nm=more.torque_nm,
        certificates=_certificates(view, face, row),
        vin=more.vin if more.vin and publishes_vin(view) else None,
    )


def publishes_vin(view: SiteView) -> bool:
    """Ask whether the dealer chose to show VINs on public pages (SEO.md §2); nobody's are shown unasked."""
    return view.config.get("seo.publish_vin") is True


def year_of(row: CardRow) -> int | None:
    """Give the model year, else the year of first registration."""
    return row.year or (row.first_registered.year if row.first_registered else None)


def full_name(row: CardRow) -> str:
    """Give make, model, version and year."""
    year = year_of(row)
    return " ".join(part for part in (cards.name_of(row), row.version, str(year) if year else "") if part)


def described(face: Face, row: CardRow, more: DetailRow) -> str:
    """Give what is said of a car as plain text: the dealer's words, else the facts in a sentence (SEO.md §2)."""
    return texts.said(more.description) or in_a_sentence(face, row)


def in_a_sentence(face: Face, row: CardRow) -> str:
    """Say the facts of a car of which the dealer wrote nothing."""
    line = ", ".join(cards.facts(face, row))
    car = " ".join(part for part in (cards.name_of(row), row.version) if part)
    return face.t("pages.describe.car", car=car, facts=line) if line else f"{car}."


def vehicle_keywords(face: Face, row: CardRow, more: DetailRow, dealer: Dealer) -> str:
    """Give the keywords of a car's page: the dealer's own, else name, body, fuel, place (SPEC 40, 99)."""
    if more.seo_keywords:
        return meta.tidy(more.seo_keywords)
    words = [
        row.make,
        cards.name_of(row),
        cards.code_word(face, "body", row.body),
        cards.code_word(face, "fuel", row.fuel),
        cards.code_word(face, "transmission", row.transmission),
        dealer.city,
        dealer.name,
    ]
    return meta.tidy(", ".join(dict.fromkeys(word for word in words if word)))


def large_pictures(shots: Sequence[PhotoRow]) -> list[tuple[PhotoRow, str]]:
    """Give the photos with 50,000 pixels and more, each with the path of its large JPEG (SEO.md §§2, 13)."""
    return [(shot, pictures.path_of(shot.content_hash, "large", "jpg")) for shot in shots if _is_large(shot)]


def _is_large(shot: PhotoRow) -> bool:
    width = min(pictures.LARGE, shot.width)
    return width * round(shot.height * width / shot.width) >= LEAST_PIXELS


def named_pictures(shots: Sequence[PhotoRow]) -> list[str]:
    """Give what structured data names: of the first photo three shapes, of the others one each (SEO.md §2)."""
    if not shots:
        return []
    first = shots[0]
    focus = pictures.focus_of(first.width, first.height, first.focus_x, first.focus_y)
    variant = pictures.variant_of(first.width, first.height, focus)
    crops = [pictures.path_of(first.content_hash, name, "jpg", variant) for name in ("og", "medium")]
    large = large_pictures(shots)
    primary = [path for shot, path in large if shot is first]
    return [*primary, *crops, *(path for shot, path in large if shot is not first)]


def _certificates(view: SiteView, face: Face, row: CardRow) -> tuple[str, ...]:
    """Name the CO₂ classes of a car in Germany; other countries draw their bounds elsewhere (SEO.md §18)."""
    if view.dealers[row.dealer_id].country != "DE":
        return ()
    letter, discharged = cards.class_of(view, row), co2.class_or_none(row.co2_discharged_g_km)
    known = [face.t("pages.certificate.co2", letter=letter)] if letter else []
    if row.fuel == "plugin_hybrid" and discharged:
        known.append(face.t("pages.certificate.co2_discharged", letter=discharged))
    return tuple(known)


def with_offer(car: CarFacts, offer: OfferFacts | None, seller_id: str, *, sold: bool) -> CarFacts:
    """Add the offer and who makes it."""
    return replace(car, offer=offer, seller_id=seller_id, state="sold" if sold else car.state)


def with_images(car: CarFacts, addresses: Sequence[str]) -> CarFacts:
    """Add absolute addresses of photos, the primary one first."""
    return replace(car, images=tuple(addresses))


def vehicle_title(view: SiteView, face: Face, row: CardRow, more: DetailRow) -> str:
    """Give a car's title: the dealer's own, else the template of the store or the words (SPEC 40, 99, 102).

    The stock number keeps two equal cars apart (SEO.md §10, unique per site).
    """
    if more.seo_title:
        return heads.title(face, view, more.seo_title)
    template = _template(view, face, "title")
    name = cards.name_of(row)
    values = _values(face, row, more)
    versions = [row.version, meta.cut(row.version, 24, ""), meta.cut(row.version, 14, ""), ""]
    called = (f"{name} {version}".strip() for version in dict.fromkeys(versions))
    shorter: list[dict[str, str | None]] = [{"name": text} for text in called]
    shorter += [{"name": name, "mileage": None}, {"name": meta.cut(name, 24), "mileage": None, "registered": None}]
    return heads.shortest_title(view, (meta.fill(template, {**values, **facts}) for facts in shorter))


def vehicle_description(view: SiteView, face: Face, row: CardRow, more: DetailRow, dealer: Dealer) -> str:
    """Give a car's description from facts, or the dealer's own (SPEC 40, 99, 102)."""
    if more.seo_description:
        return heads.describe(face, more.seo_description)
    values = _values(face, row, more)
    car = " ".join(part for part in (cards.name_of(row), meta.cut(row.version, 40)) if part)
    values |= {"name": car, "dealer": dealer.name, "city": dealer.city or None}
    equipment = [face.t(f"feature.{code}") for code in _telling(more.features)[:4]]
    sentences = [meta.fill(_template(view, face, "description"), values)]
    if equipment:
        sentences.append(face.t("pages.describe.with", features=", ".join(equipment)))
    return heads.describe(face, *sentences, face.t("pages.describe.at_dealer", dealer=dealer.name))


def _template(view: SiteView, face: Face, what: str) -> str:
    """Give the template in force: the store's `seo.vehicle_title`, by language or for all, else the words' own."""
    key = (what, face.lang)
    if key not in view.kept.templates:
        view.kept.templates[key] = view.log.apart(lambda: _found_template(view, face, what))
    template, used = view.kept.templates[key]
    view.log.names |= used
    return template


def _found_template(view: SiteView, face: Face, what: str) -> str:
    own = view.config.get(f"seo.vehicle_{what}")
    if isinstance(own, dict):
        own = own.get(face.lang)
    if isinstance(own, str) and own.strip():
        return own
    return usual_template(face, what)


def usual_template(face: Face, what: str) -> str:
    """Give the template that holds where a store has none of its own, for `title` or `description`."""
    return face.t(f"pages.template.vehicle_{what}", **{name: f"{{{name}}}" for name in PLACES})


def _values(face: Face, row: CardRow, more: DetailRow) -> dict[str, str | None]:
    sold = row.status is ListingStatus.SOLD
    return {
        "name": cards.name_of(row),
        "make": row.make,
        "model": row.model,
        "version": row.version or None,
        "registered": cards.registered(face, row),
        "mileage": cards.mileage(face, row),
        "price": None if row.price_cents is None or sold else face.formats.price(row.price_cents, row.currency),
        "facts": ", ".join(cards.facts(face, row)) or None,
        "number": more.stock_number,
    }


def _telling(features: Sequence[str]) -> list[str]:
    """Put what buyers look for before what every car has."""
    telling = {*FEATURE_GROUPS["comfort"], *FEATURE_GROUPS["media"], *FEATURE_GROUPS["look"]}
    return sorted(features, key=lambda code: code not in telling)


def condition_of(row: CardRow, more: DetailRow) -> str:
    """Give `new` (never registered), `used` or `damaged` (SEO.md §3)."""
    if more.damaged or row.condition == "damaged":
        return "damaged"
    return "new" if row.condition == "new" and row.first_registered is None else "used"


def _engines(face: Face, row: CardRow, fuel: str | None) -> tuple[str, ...]:
    if fuel is None:
        return ()
    return (fuel, face.t("fuel.electric")) if row.fuel in ("hybrid", "plugin_hybrid") else (fuel,)


def _consumption(row: CardRow) -> tuple[tuple[float, str], ...]:
    unit = "kg/100 km" if row.fuel in cards.SOLD_BY_WEIGHT else "L/100 km"
    litres = ((row.consumption_combined / 10, unit),) if row.consumption_combined else ()
    current = ((row.consumption_electric / 10, "kWh/100 km"),) if row.consumption_electric else ()
    return (*litres, *current)


def _extra(face: Face, more: DetailRow) -> tuple[tuple[str, float, str], ...]:
    reach = ((face.t("pages.fact.range"), more.electric_range_km, "KMT"),) if more.electric_range_km else ()
    battery = ((face.t("pages.fact.battery"), more.battery_kwh_tenths / 10, "KWH"),) if more.battery_kwh_tenths else ()
    return (*reach, *battery)
