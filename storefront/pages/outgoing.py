"""Feeds out: a site's stock for other platforms, in the site's default language (SEO.md §§13, 14; docs/feeds.md).

Ten thousand cars are read in a few dozen statements and kept for all formats. What a feed depends on is recorded by the
heap (`stock`): one key per dealer stands for all its cars, offers, prices and photos.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from seo import co2, prices
from storefront.core.changes import Reads
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import queries
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow, DetailRow, PhotoRow, PriceRow
from storefront.feeds.outgoing import WRITERS, Channel, Picture, Seller, StockItem
from themes import ThemeError

from . import cards, facts, history, structured
from .catalogue import PageRef, shown_cars
from .siteview import SOLD_DAYS, Face, Offers, SiteView

STORE_CODE = "feeds.google.store_code"
"""Store setting: the code in the Google Business Profile; on the marketplace a code for each dealer's slug."""
MOST_PICTURES = 20


def feed(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Write a feed; its name is the key of the address."""
    offers = view.kept.offers = view.kept.offers or offers_of(view)
    reads.include(offers.reads)
    view.log.names |= offers.used
    face = view.default
    channel = Channel(view.store.name, view.absolute(face.urls.home), face.lang)
    return WRITERS[ref.key](channel, offers.items)


def offers_of(view: SiteView) -> Offers:
    """Read every car that has a page on this site, by public id: those on offer and those sold of late (SEO.md §3)."""
    reads = _shared_reads(view)
    items, used = view.log.apart(lambda: _all_items(view, reads))
    return Offers(items, reads, used)


def _all_items(view: SiteView, reads: Reads) -> list[StockItem]:
    sellers = {dealer.id: _seller(view, dealer) for dealer in view.dealers.values()}
    ids = [row.id for row in shown_cars(view)]
    items: list[StockItem] = []
    for start in range(0, len(ids), queries.CHUNK):
        items += _chunk(view, ids[start : start + queries.CHUNK], sellers, reads)
    return items


def _shared_reads(view: SiteView) -> Reads:
    reads = Reads()
    reads.add("store", view.store.id, "feeds")
    reads.include(view.membership_reads())
    for dealer in view.dealers.values():
        reads.add("stock", f"dealer:{dealer.id.hex}", "cars")
        reads.add("dealer", dealer.id, "name", view.showing, "place", "contact")
    return reads


def _chunk(view: SiteView, ids: Sequence[UUID], sellers: dict[UUID, Seller], reads: Reads) -> Iterator[StockItem]:
    corrupt: set[UUID] = set()
    rows = cards.readable(queries.cards, ids, corrupt)
    details = cards.readable(queries.details, ids, corrupt)
    sound = [car for car in ids if car in rows and car in details and car not in corrupt]
    shots, changes = queries.photos(sound), queries.prices(sound)
    for car in sound:
        row, more, seller = rows[car], details[car], sellers[rows[car].dealer_id]
        try:
            yield _offered(view, row, more, seller, shots.get(car, ()), changes.get(car, ()), reads)
        except (ThemeError, ValueError, TypeError, LookupError):
            continue  # its record is corrupt: it has no page either, and that is reported (SECURITY E11)


def _offered(
    view: SiteView,
    row: CardRow,
    more: DetailRow,
    seller: Seller,
    shots: Sequence[PhotoRow],
    changes: Sequence[PriceRow],
    reads: Reads,
) -> StockItem:
    if row.price_cents is not None and row.price_cents <= 0:
        raise ValueError("a price is more than nothing")
    reduction = None if row.status is ListingStatus.SOLD else history.reduction(view, row, changes)
    _days(view, row, reduction, reads)
    item = _item(view, row, more, seller, shots)
    return item if reduction is None else replace(item, old_price_cents=reduction.old_cents)


def _days(view: SiteView, row: CardRow, reduction: prices.Reduction | None, reads: Reads) -> None:
    """Record when a sold car leaves, a reduction may no longer be announced, a car no longer counts as new."""
    if row.sold_at is not None:
        view.day_begins(reads, view.default.formats.day_of(row.sold_at) + timedelta(days=SOLD_DAYS + 1))
    if reduction is not None:
        view.day_begins(reads, reduction.last_day + timedelta(days=1))
    if row.first_registered is not None:
        view.day_begins(reads, co2.new_until(row.first_registered) + timedelta(days=1))


def _item(view: SiteView, row: CardRow, more: DetailRow, seller: Seller, shots: Sequence[PhotoRow]) -> StockItem:
    face = view.default
    grams = cards.co2_of(row)
    return StockItem(
        id=row.public_id,
        state="sold" if row.status is ListingStatus.SOLD else "active",
        url=view.absolute(face.urls.vehicle(row.slug, row.public_id)),
        title=structured.full_name(row),
        description=structured.described(face, row, more),
        make=row.make,
        model=row.model or row.make,
        condition=structured.condition_of(row, more),
        seller=seller,
        stock_number=more.stock_number,
        version=row.version,
        vin=more.vin,
        year=structured.year_of(row),
        first_registered=row.first_registered,
        mileage_km=cards.known_km(row),
        price_cents=row.price_cents,
        currency=row.currency,
        vat=row.vat,
        vat_rate=more.vat_rate if row.vat == "standard" else None,
        body=row.body,
        fuel=row.fuel,
        transmission=row.transmission,
        gears=more.gears,
        drive=more.drive,
        colour=more.colour,
        colour_name=facts.colour(face, more) or more.colour_text or None,
        doors=more.doors,
        seats=more.seats,
        power_kw=row.power_kw,
        displacement_ccm=more.displacement_ccm,
        torque_nm=more.torque_nm,
        previous_owners=more.previous_owners,
        accident_free=more.accident_free,
        damaged=more.damaged,
        counts_as_new=cards.counts_as_new(view, row),
        consumption_combined=row.consumption_combined,
        consumption_electric=row.consumption_electric,
        consumption_discharged=row.consumption_discharged,
        co2_g_km=grams,
        co2_class=cards.class_of(view, row),
        co2_discharged_g_km=row.co2_discharged_g_km,
        co2_class_discharged=co2.class_or_none(row.co2_discharged_g_km),
        emission_class=more.emission_class,
        electric_range_km=more.electric_range_km,
        battery_kwh_tenths=more.battery_kwh_tenths,
        features=_features(face, more),
        pictures=_pictures(view, shots),
        listed_on=face.formats.day_of(row.listed_at),
        changed_at=more.significant_at,
    )


def _features(face: Face, more: DetailRow) -> tuple[str, ...]:
    known = (face.t(f"feature.{code}") for code in more.features)
    return tuple(dict.fromkeys((*known, *more.features_other)))


def _pictures(view: SiteView, shots: Sequence[PhotoRow]) -> tuple[Picture, ...]:
    named = structured.large_pictures(shots)[:MOST_PICTURES]
    return tuple(Picture(view.absolute(path), shot.kind.name.lower()) for shot, path in named)


def _seller(view: SiteView, dealer: Dealer) -> Seller:
    return Seller(
        id=dealer.public_id,
        name=dealer.name,
        store_code=store_code(view, dealer),
        street=dealer.street,
        postal_code=dealer.postal_code,
        city=dealer.city,
        country=dealer.country,
        latitude=dealer.latitude,
        longitude=dealer.longitude,
        phone=dealer.phone,
    )


def store_code(view: SiteView, dealer: Dealer) -> str:
    """Give the code of a dealer's shop in its Google Business Profile: the store's setting, else the dealer's slug."""
    said = view.config.get(STORE_CODE)
    if isinstance(said, dict):
        said = said.get(dealer.slug)
    return str(said).strip() if isinstance(said, (str, int)) and str(said).strip() else dealer.slug
