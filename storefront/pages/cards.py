"""Cards: a car in a list. Made once per car and language and kept, each with what it read (PERFORMANCE.md A2)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from seo import co2
from storefront.core.changes import Reads
from storefront.domain.listings import queries
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow, Cover, PhotoRow

from . import pictures
from .contexts import Card, Flag, Picture
from .siteview import NEW_DAYS, Face, KeptCard, SiteView


def prepare(view: SiteView, listing_ids: Iterable[UUID]) -> None:
    """Read what the cards of these cars are made of, in two queries, unless it is known."""
    missing = [listing_id for listing_id in dict.fromkeys(listing_ids) if listing_id not in view.kept.rows]
    if not missing:
        return
    covers = queries.covers(missing)
    for listing_id, row in queries.cards(missing).items():
        view.kept.rows[listing_id] = (row, covers.get(listing_id))


def cards(view: SiteView, face: Face, listing_ids: Sequence[UUID], reads: Reads) -> tuple[Card, ...]:
    """Give the cards of these cars in order; a car that is gone by now is left out. `prepare` comes before."""
    made = []
    for listing_id in listing_ids:
        if listing_id in view.kept.rows:
            kept = _kept(view, face, listing_id)
            reads.include(kept.reads)
            made.append(kept.card)
    return tuple(made)


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
        None if row.mileage_km is None else face.formats.km(row.mileage_km),
        None if row.power_kw is None else face.formats.kw(row.power_kw),
        code_word(face, "fuel", row.fuel),
        code_word(face, "transmission", row.transmission),
    ]
    return tuple(fact for fact in found if fact)


def code_word(face: Face, kind: str, code: str | None) -> str | None:
    """Give the word of a vocabulary code; `other` says nothing."""
    return None if code is None or code == "other" else face.t(f"{kind}.{code}")


def energy(view: SiteView, face: Face, row: CardRow) -> str | None:
    """Give the WLTP line that a new car must show in lists and on its page (SEO.md §18), else None."""
    if not counts_as_new(view, row) or (row.co2_g_km is None and row.consumption_electric is None):
        return None
    formats = face.formats
    parts = []
    if row.consumption_combined:
        text = formats.unit("l_100km", formats.one_decimal(row.consumption_combined))
        parts.append(face.t("pages.energy.consumption", value=text))
    if row.consumption_electric:
        text = formats.unit("kwh_100km", formats.one_decimal(row.consumption_electric))
        parts.append(face.t("pages.energy.electric", value=text))
    grams = co2_of(row)
    if grams is not None:
        parts.append(face.t("pages.energy.co2", value=formats.unit("g_km", formats.number(grams))))
        parts.append(face.t("pages.energy.class", value=co2.co2_class(grams)))
    return " · ".join(parts)


def co2_of(row: CardRow) -> int | None:
    """Give the CO₂ emission in g/km; a car that only burns nothing has none."""
    return 0 if row.co2_g_km is None and row.fuel in ("electric", "hydrogen") else row.co2_g_km


def counts_as_new(view: SiteView, row: CardRow) -> bool:
    """Ask whether the energy label's duties for new cars hold (SEO.md §18)."""
    return co2.counts_as_new(row.condition, row.first_registered, row.mileage_km, view.as_of)


def record(view: SiteView, row: CardRow, reads: Reads) -> None:
    """Record what a card reads, and the days on which it changes by itself."""
    reads.add("listing", row.id, "status", "card", "cover")
    reads.add("vehicle", row.vehicle_id, "name", "card")
    view.day_begins(reads, _new_until(view, row) + timedelta(days=1))
    if row.first_registered is not None:
        view.day_begins(reads, co2.new_until(row.first_registered) + timedelta(days=1))
    if view.is_marketplace:
        reads.add("dealer", row.dealer_id, "name", "place", "visible")


def vat_note(face: Face, vat: str | None) -> str | None:
    """Give the short VAT note of a card."""
    return face.t(f"pages.vat.card_{vat}") if vat in ("standard", "margin") else None


def _kept(view: SiteView, face: Face, listing_id: UUID) -> KeptCard:
    key = (listing_id, face.lang)
    kept = view.kept.cards.get(key)
    if kept is None:
        row, cover = view.kept.rows[listing_id]
        reads = Reads()
        record(view, row, reads)
        kept = view.kept.cards[key] = KeptCard(_card(view, face, row, cover), reads)
    return kept


def _card(view: SiteView, face: Face, row: CardRow, cover: Cover | None) -> Card:
    dealer = view.dealers.get(row.dealer_id) if view.is_marketplace else None
    until = _new_until(view, row)
    return Card(
        id=row.public_id,
        href=face.urls.vehicle(row.slug, row.public_id),
        title=name_of(row),
        version=row.version or None,
        facts=facts(face, row),
        energy=energy(view, face, row),
        price=None if row.price_cents is None else face.formats.price(row.price_cents, row.currency),
        price_label=None,
        vat=vat_note(face, row.vat),
        flag=_flag(view, face, row),
        picture=None if cover is None else photo(face, row, cover.photo),
        photo_count=0 if cover is None else cover.shots,
        body=row.body or "other",
        dealer=None if dealer is None else ", ".join(part for part in (dealer.name, dealer.city) if part),
        new_until=until.isoformat() if until >= view.as_of else None,
    )


def _flag(view: SiteView, face: Face, row: CardRow) -> Flag | None:
    if row.status is ListingStatus.SOLD:
        return Flag("sold", face.t("pages.flag.sold"))
    if view.default.formats.day_of(row.listed_at) <= view.as_of <= _new_until(view, row):
        return Flag("new", face.t("pages.flag.new"))
    return None


def _new_until(view: SiteView, row: CardRow) -> date:
    return view.default.formats.day_of(row.listed_at) + timedelta(days=NEW_DAYS)
