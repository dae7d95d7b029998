"""A hundred thousand saved searches as people make them, drawn from real cars: what S4 tries reverse matching on."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from uuid import UUID

from search.alerts import key_rows
from search.documents import Document
from search.matching import criteria_of, query_of, rules
from search.query import Facet, Near, Query, Range
from storefront.core.changes import insert_many
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.domain.buyers.models import SavedSearch, SearchKey, SearchWord, WishKind

CHUNK = 2000
PLACES = (
    (53.5511, 9.9937), (52.5200, 13.4050), (48.1374, 11.5755), (50.9375, 6.9603), (50.1109, 8.6821), (48.7758, 9.1829),
    (51.2277, 6.7735), (51.3397, 12.3731), (53.0793, 8.8017), (49.4521, 11.0767), (53.8655, 10.6866), (47.9990, 7.8421),
)  # fmt: skip
"""Where people look from: twelve German cities."""
RADII = (10, 25, 50, 50, 50, 100, 100, 200)
FEATURES = ("navigation", "heated_seats", "tow_bar", "parking_rear", "cruise_control", "panorama_roof")


def searches(cars: Sequence[Document], number: int, dice: Random) -> Iterator[Query]:
    """Draw searches: somebody has a car in mind that is like one of these.

    Of ten, five and a half name a model, two only a make, one is typed; the rest go by body, fuel, price and place.
    One in ten is saved on the site of a dealer.
    """
    for _ in range(number):
        car = dice.choice(cars)
        dealer = car.dealer_id if dice.random() < 0.1 else None
        kind = dice.random()
        if kind < 0.55:
            wanted = Query(chosen=((Facet.MAKE, (car.make_slug,)), (Facet.MODEL, (_model(car),))), dealer_id=dealer)
        elif kind < 0.75:
            others = (dice.choice(cars).make_slug,) if dice.random() < 0.2 else ()
            wanted = Query(chosen=((Facet.MAKE, (car.make_slug, *others)),), dealer_id=dealer)
        elif kind < 0.85:
            wanted = Query(text=_typed(car, dice), dealer_id=dealer)
        else:
            wanted = Query(dealer_id=dealer)
        yield _narrowed(wanted, car, dice)


def save(tenant_id: UUID, store_id: UUID, asked: Sequence[Query], now: datetime) -> dict[UUID, Query]:
    """Write confirmed searches of the open tenant, in bulk; the caller commits.

    Returns:
        Each with its id.
    """
    saved: dict[UUID, Query] = {}
    words: set[tuple[str, UUID | None]] = set()
    for start in range(0, len(asked), CHUNK):
        rows, keys = [], []
        for number, query in enumerate(asked[start : start + CHUNK], start):
            search = SavedSearch(id=new_id(), dealer_id=query.dealer_id, criteria=criteria_of(query))
            saved[search.id] = query_of(search.criteria or {}, query.dealer_id)
            rows.append(_row(search, number, store_id, now))
            for key in key_rows(search):
                if key.pop("word"):
                    words.add((key["key"], query.dealer_id))
                keys.append({**key, "wish_id": search.id, "dealer_id": query.dealer_id, "tenant_id": tenant_id})
        insert_many(SavedSearch, rows)
        insert_many(SearchKey, keys)
        db.session.flush()
    insert_many(
        SearchWord,
        [{"key": word, "dealer_id": dealer, "tenant_id": tenant_id} for word, dealer in sorted(words, key=str)],
    )
    return saved


def _row(search: SavedSearch, number: int, store_id: UUID, now: datetime) -> dict[str, object]:
    return {
        "id": search.id, "kind": WishKind.SEARCH, "store_id": store_id, "dealer_id": search.dealer_id,
        "email": f"buyer-{number}@example.com", "language": "de", "asked": 1, "created_at": now, "confirmed_at": now,
        "name": "Suche", "criteria": search.criteria, "address": "", "keyed_by": rules(),
    }  # fmt: skip


def _model(car: Document) -> str:
    return f"{car.make_slug}/{car.model_slug}"


def _typed(car: Document, dice: Random) -> str:
    """Type a few words of a car: of its name, rarely of its text, the last one perhaps not to its end, with slips."""
    name = [word for word in f"{car.make} {car.model} {car.version}".lower().split() if len(word) > 1]
    text = [word for word in car.description.lower().split() if word.isalpha() and len(word) > 4]
    chosen = dice.sample(name, min(len(name), dice.choice((1, 2, 2, 3))))
    if text and dice.random() < 0.2:
        chosen.append(dice.choice(text))
    if dice.random() < 0.2:
        chosen.append(dice.choice(("kombi", "diesel", "automatik", "cabrio", "allrad")))
    if dice.random() < 0.1 and len(chosen[0]) > 4:
        at = dice.randrange(1, len(chosen[0]) - 1)
        chosen[0] = chosen[0][:at] + chosen[0][at + 1] + chosen[0][at] + chosen[0][at + 2 :]
    if dice.random() < 0.2:
        chosen[-1] = chosen[-1][: max(2, len(chosen[-1]) - 2)]
    return " ".join(chosen)


def _narrowed(query: Query, car: Document, dice: Random) -> Query:
    price = car.price_cents or 1_000_000
    if dice.random() < 0.7:
        low = None if dice.random() < 0.8 else _rounded(price * dice.uniform(0.3, 0.8))
        query = query.with_range(Range.PRICE, low, max(_rounded(price * dice.uniform(0.8, 1.5)), low or 0))
    if dice.random() < 0.45 and car.year:
        query = query.with_range(Range.YEAR, car.year - dice.randrange(4))
    if dice.random() < 0.4 and car.mileage_km is not None:
        query = query.with_range(
            Range.MILEAGE, None, -(-int(car.mileage_km * dice.uniform(0.9, 1.6)) // 10_000) * 10_000
        )
    if dice.random() < 0.1 and car.power_kw:
        query = query.with_range(Range.POWER, car.power_kw - dice.randrange(30))
    if dice.random() < 0.25 and car.fuel:
        query = query.with_values(Facet.FUEL, (car.fuel,))
    if dice.random() < 0.25 and car.transmission:
        query = query.with_values(Facet.TRANSMISSION, (car.transmission,))
    if dice.random() < 0.1 and car.body:
        query = query.with_values(Facet.BODY, (car.body,))
    if dice.random() < 0.08:
        query = query.with_values(Facet.FEATURE, (dice.choice(FEATURES),))
    if dice.random() < 0.5:
        query = query.with_(near=Near(*dice.choice(PLACES), dice.choice(RADII)))
    if not (query.chosen or query.ranges or query.near or query.text):
        query = query.with_range(Range.PRICE, None, _rounded(price))
    return query


def _rounded(cents: float) -> int:
    return max(1, round(cents / 50_000)) * 50_000
