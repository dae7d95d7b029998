"""Cards: a car in a list. Made once per car and language and kept, each with what it read (PERFORMANCE.md A2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from seo import co2
from storefront.core.changes import Reads
from storefront.domain.listings import queries
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow, Cover, PhotoRow
from themes.ingredients import made_by_field, whole

from . import pictures, valued, vat
from .contexts import Card, Flag, Picture
from .siteview import NEW_DAYS, Face, KeptCard, SiteView

R = TypeVar("R")
NEDC_UNTIL = date(2018, 9, 1)
"""Cars first registered before are measured by NEDC (Regulation (EU) 2017/1151)."""
SOLD_BY_WEIGHT = ("cng", "hydrogen")
"""Fuels whose consumption is told in kilograms."""


class Seller(Protocol):
    """What a card says of the dealer who offers the car."""

    @property
    def name(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def country(self) -> str: ...


def prepare(view: SiteView, listing_ids: Iterable[UUID]) -> None:
    """Read what the cards of these cars are made of, in three queries, unless it is known."""
    known = view.kept.rows.keys() | view.kept.hidden.keys() | view.kept.unsound
    missing = [listing_id for listing_id in dict.fromkeys(listing_ids) if listing_id not in known]
    if not missing:
        return
    covers = queries.covers(missing)
    valued.prepare(view, missing)
    for listing_id, row in readable(queries.cards, missing, view.kept.unsound).items():
        if row.dealer_id in view.dealers:
            view.kept.rows[listing_id] = (row, covers.get(listing_id))
        else:
            view.kept.hidden[listing_id] = row.dealer_id


def cards(view: SiteView, face: Face, listing_ids: Sequence[UUID], reads: Reads) -> tuple[Card, ...]:
    """Give the cards of these cars in order; a car that is gone by now is left out. `prepare` comes before."""
    made = []
    record_hidden(view, listing_ids, reads)
    for listing_id in listing_ids:
        if listing_id in view.kept.rows and is_sound(view, face, listing_id):
            kept = _kept(view, face, listing_id)
            reads.include(kept.reads)
            made.append(kept.card)
        elif listing_id in view.kept.unsound:
            reads.add("listing", listing_id, "status", "card", "cover", "detail")
    return tuple(made)


def card(view: SiteView, face: Face, row: CardRow, cover: Cover | None, seller: Seller) -> Card | None:
    """Make a card for one answer, of which nothing is kept; None where the record is corrupt (SECURITY E11).

    Args:
        view: the site; of the car's label it has to know (`view.kept.labels`).
        face: in which language.
        row: of the car.
        cover: its first photo.
        seller: who offers it.
    """
    try:
        return whole(_card(view, face, row, cover, seller))
    except (OSError, SQLAlchemyError):
        raise
    except Exception:
        return None


def is_sound(view: SiteView, face: Face, listing_id: UUID) -> bool:
    """Ask whether a car's card can be made: one corrupt record does not stop a site (SECURITY E11).

    Its own page cannot be made either, and that is what the builder reports and weighs.
    """
    if listing_id in view.kept.unsound:
        return False
    try:
        _kept(view, face, listing_id)
    except (OSError, SQLAlchemyError):
        raise
    except Exception:
        view.kept.unsound.add(listing_id)
        return False
    return True


def readable(
    read: Callable[[Sequence[UUID]], Mapping[UUID, R]], listing_ids: Sequence[UUID], corrupt: set[UUID]
) -> dict[UUID, R]:
    """Read rows of many cars; when one cannot be read, it is looked for by halves, and all others are read.

    Args:
        read: gives rows by car.
        listing_ids: of which cars.
        corrupt: takes in those whose row cannot be read (SECURITY E11).
    """
    try:
        return dict(read(listing_ids))
    except (ValueError, TypeError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and "decode" not in str(error.orig):
            raise
        if len(listing_ids) == 1:
            corrupt.add(listing_ids[0])
            return {}
    half = len(listing_ids) // 2
    return readable(read, listing_ids[:half], corrupt) | readable(read, listing_ids[half:], corrupt)


def record_hidden(view: SiteView, listing_ids: Iterable[UUID], reads: Reads) -> None:
    """Record whose cars are left out although they stand in a list: the dealer left, and the job is still to come."""
    for listing_id in listing_ids if view.kept.hidden else ():
        if listing_id in view.kept.hidden:
            reads.add("dealer", view.kept.hidden[listing_id], view.showing)


def name_of(row: CardRow) -> str:
    """Give make and model, the make not said twice."""
    return row.make if not row.model or row.model == row.make else f"{row.make} {row.model}"


def photo(face: Face, row: CardRow, shot: PhotoRow, number: int = 1) -> Picture:
    """Give a photo with what it shows in words: the car, and which view or which photo."""
    kind = shot.kind.name.lower()
    key = f"pages.alt.{kind}" if number == 1 or kind != "exterior" else "pages.alt.number"
    return pictures.picture(
        shot.content_hash,
        shot.width,
        shot.height,
        alt=face.t(key, car=name_of(row), n=number),
        kind=kind,
        caption=shot.caption or None,
        focus_x=shot.focus_x,
        focus_y=shot.focus_y,
    )


def registered(face: Face, row: CardRow) -> str | None:
    """Give the first registration, `01/2017`, or the year where nothing better is known."""
    if row.first_registered is not None:
        return face.formats.month(row.first_registered)
    return None if row.year is None else str(row.year)


def facts(face: Face, row: CardRow) -> tuple[str, ...]:
    """Give the line of facts; unknown ones are left out (BRIEF §5)."""
    first = registered(face, row)
    found = [
        face.t("pages.card.registered", date=first)
        if first
        else face.t("condition.new")
        if row.condition == "new"
        else None,
        mileage(face, row),
        None if row.power_kw is None else face.formats.kw(row.power_kw),
        code_word(face, "fuel", row.fuel),
        code_word(face, "transmission", row.transmission),
    ]
    return tuple(fact for fact in found if fact)


def known_km(row: CardRow) -> int | None:
    """Give the mileage, None where nobody wrote one down: exports put 0 there, which is true of new cars only."""
    return row.mileage_km if row.mileage_km or row.condition == "new" else None


def mileage(face: Face, row: CardRow) -> str | None:
    """Write the mileage, None where it is not known or nothing; `0 km` is never said (BRIEF §11)."""
    return face.formats.km(row.mileage_km) if row.mileage_km else None


def code_word(face: Face, kind: str, code: str | None) -> str | None:
    """Give the word of a vocabulary code; `other` says nothing."""
    return None if code is None or code == "other" else face.t(f"{kind}.{code}")


def energy(view: SiteView, face: Face, row: CardRow) -> str | None:
    """Give the WLTP line that a new car must show in lists and on its page (SEO.md §18), else None."""
    if not counts_as_new(view, row):
        return None
    grams = co2_of(row)
    plugs = row.fuel == "plugin_hybrid"
    known = {
        "weighted" if plugs else "consumption": litres(face, row, row.consumption_combined),
        "weighted_electric" if plugs else "electric": current(face, row.consumption_electric),
        "weighted_co2" if plugs else "co2": grams_per_km(face, grams),
        "class": co2.class_or_none(grams),
        "discharged": litres(face, row, row.consumption_discharged) if plugs else None,
        "discharged_class": co2.class_or_none(row.co2_discharged_g_km) if plugs else None,
    }
    said = [face.t(f"pages.energy.{name}", value=value) for name, value in known.items() if value]
    return " · ".join(said) or None


def litres(face: Face, row: CardRow, tenths: int | None) -> str | None:
    """Write a consumption: `4,7 l/100 km`, of gas `4,2 kg/100 km`."""
    name = "kg_100km" if row.fuel in SOLD_BY_WEIGHT else "l_100km"
    return face.formats.unit(name, face.formats.one_decimal(tenths)) if tenths else None


def current(face: Face, tenths: int | None) -> str | None:
    """Write a consumption of current: `15,9 kWh/100 km`."""
    return face.formats.unit("kwh_100km", face.formats.one_decimal(tenths)) if tenths else None


def grams_per_km(face: Face, grams: int | None) -> str | None:
    """Write an emission: `125 g/km`."""
    return None if grams is None else face.formats.unit("g_km", face.formats.number(grams))


def co2_of(row: CardRow) -> int | None:
    """Give the CO₂ emission in g/km; a car that only burns nothing has none."""
    return 0 if row.co2_g_km is None and row.fuel in ("electric", "hydrogen") else row.co2_g_km


def class_of(view: SiteView, row: CardRow) -> str | None:
    """Give the CO₂ class; a used car measured by the old cycle has none, for the classes are those of WLTP."""
    old = row.first_registered is not None and row.first_registered < NEDC_UNTIL
    return None if old and not counts_as_new(view, row) else co2.class_or_none(co2_of(row))


def counts_as_new(view: SiteView, row: CardRow) -> bool:
    """Ask whether the energy label's duties for new cars hold (SEO.md §18)."""
    return co2.counts_as_new(row.condition, row.first_registered, known_km(row), view.as_of)


def energy_read(view: SiteView, row: CardRow) -> tuple[str, ...]:
    """Give the aspect of a vehicle that a card reads for its energy line: of cars that count as new alone."""
    return ("energy",) if counts_as_new(view, row) else ()


def record(view: SiteView, row: CardRow, reads: Reads) -> None:
    """Record what a card reads, and the days on which it changes by itself."""
    kept = view.kept.card_reads.get(row.id)
    if kept is None:
        kept = view.kept.card_reads[row.id] = _reads(view, row)
    reads.include(kept)


def _reads(view: SiteView, row: CardRow) -> Reads:
    reads = Reads()
    reads.add("listing", row.id, "status", "card", "cover")
    reads.add("vehicle", row.vehicle_id, "name", "card", *energy_read(view, row))
    valued.record(view, row, reads)
    view.day_begins(reads, _new_until(view, row) + timedelta(days=1))
    if row.first_registered is not None:
        view.day_begins(reads, co2.new_until(row.first_registered) + timedelta(days=1))
    if view.is_marketplace:
        reads.add("dealer", row.dealer_id, "name", "place", "market")
    return reads


def _kept(view: SiteView, face: Face, listing_id: UUID) -> KeptCard:
    key = (listing_id, face.lang)
    kept = view.kept.cards.get(key)
    if kept is None:
        row, cover = view.kept.rows[listing_id]
        record(view, row, Reads())
        kept = view.kept.cards[key] = KeptCard(
            _card(view, face, row, cover, view.dealers.get(row.dealer_id)), view.kept.card_reads[listing_id]
        )
    return kept


def _card(view: SiteView, face: Face, row: CardRow, cover: Cover | None, seller: Seller | None) -> Card:
    dealer = seller if view.is_marketplace else None
    until = _new_until(view, row)
    fields: dict[str, object] = {
        "id": row.public_id,
        "href": face.urls.vehicle(row.slug, row.public_id),
        "title": name_of(row),
        "version": row.version or None,
        "facts": lambda: facts(face, row),
        "energy": lambda: energy(view, face, row),
        "price": None if row.price_cents is None else face.formats.price(row.price_cents, row.currency),
        "price_label": lambda: valued.label(view, face, row),
        "vat": None if seller is None else lambda: vat.note(face, seller.country, row.vat),
        "flag": lambda: _flag(view, face, row),
        "picture": None if cover is None else lambda: photo(face, row, cover.photo),
        "photo_count": 0 if cover is None else cover.shots,
        "body": row.body or "other",
        "dealer": None if dealer is None else ", ".join(part for part in (dealer.name, dealer.city) if part),
        "new_until": until.isoformat() if until >= view.as_of else None,
    }
    return made_by_field(Card, view.log, fields)


def _flag(view: SiteView, face: Face, row: CardRow) -> Flag | None:
    if row.status is ListingStatus.SOLD:
        return Flag("sold", face.t("pages.flag.sold"))
    if view.default.formats.day_of(row.listed_at) <= view.as_of <= _new_until(view, row):
        return Flag("new", face.t("pages.flag.new"))
    return None


def _new_until(view: SiteView, row: CardRow) -> date:
    return view.default.formats.day_of(row.listed_at) + timedelta(days=NEW_DAYS)
