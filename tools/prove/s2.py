"""S2: the searches buyers really type: BMWs near Paris (SPEC 154), and a whole wish with two typing errors in it."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from search.documents import Document
from search.embedded import EmbeddedIndex
from search.index import Index
from search.meili import MeiliIndex
from search.meili_access import Access
from search.places import location, metres
from search.query import Near, Query, Range, Sort
from storefront.domain.vehicles.vocabulary import family_of
from tools.prove.meili_server import real_meilisearch
from tools.prove.proof import CannotProve, Proof
from tools.prove.s1_static import ADS_READ, QUICK_ADS, real_listings

PARIS = Near(48.8566, 2.3522, 100)
WISH = "bwm 3er kombi diesl"
WIDE_KM = 130
"""How far from Paris the cars are scattered."""


def prove(proof: Proof, *, quick: bool) -> None:
    """Ask both engines both searches, over real cars scattered round Paris."""
    with real_listings(QUICK_ADS if quick else ADS_READ) as (_, listed), ExitStack() as stack:
        cars = list(_scattered(listed))
        for name, index in _engines(proof, stack, cars[0].tenant_id):
            with index.exclusive():
                index.rebuild(cars)
            _near_paris(proof, name, index, cars)
            _wish(proof, name, index, cars)


def _engines(proof: Proof, stack: ExitStack, tenant: UUID) -> Iterator[tuple[str, Index]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    yield "embedded", EmbeddedIndex(folder / "index", tenant)
    try:
        server = stack.enter_context(real_meilisearch())
    except CannotProve as reason:
        proof.shortfalls.append(f"Meilisearch not tried: {reason}")
        return
    index = MeiliIndex(tenant, server.url, Access(server.url, server.key, ""), folder / "lock")
    stack.callback(index.drop)
    yield f"Meilisearch {server.version}", index


def _scattered(cars: list[Document]) -> Iterator[Document]:
    """Give the cars places round Paris, every third one, and most BMWs, a price and age that SPEC 154 asks for."""
    dice = random.Random(154)
    for number, car in enumerate(cars):
        latitude = PARIS.latitude + dice.uniform(-1, 1) * WIDE_KM / 111
        longitude = PARIS.longitude + dice.uniform(-1, 1) * WIDE_KM / 74
        placed = replace(car, latitude=latitude, longitude=longitude, location=location(latitude, longitude))
        if number % 3 == 0 or (car.make == "BMW" and number % 4):
            placed = replace(placed, price_cents=dice.randrange(15_000, 55_000) * 100, year=dice.randrange(2015, 2022))
        yield placed


def _near_paris(proof: Proof, name: str, index: Index, cars: list[Document]) -> None:
    query = Query(
        text="BMW",
        ranges=((Range.PRICE, 2_000_000, 5_000_000), (Range.YEAR, 2018, None)),
        near=PARIS,
        sort=Sort.DISTANCE,
        size=10,
    )
    first = index.search(query)
    hits = [hit for page in range(1, first.pages + 1) for hit in index.search(query.with_(page=page)).ids]
    known = {car.id: car for car in cars}
    wanted = {car.id for car in cars if _asked_for(car)}
    proof.hold(
        f"{name}: {len(hits)} BMWs of 20,000 to 50,000 from 2018 within {PARIS.km} km of Paris, all of them, "
        f"{len(first.ids)} on the first page, the nearest {first.km[0] if first.km else '?'} km",
        bool(hits) and {*hits} == wanted and len(first.ids) == min(10, len(wanted)),
        f"{name}: found {sorted(known[hit].make for hit in hits)[:5]}…, {len({*hits} ^ wanted)} too many or too few",
    )


def _asked_for(car: Document) -> bool:
    priced = car.price_cents is not None and 2_000_000 <= car.price_cents <= 5_000_000
    said = any("bmw" in words for words in car.words().values())
    young = car.year is not None and car.year >= 2018
    return said and priced and young and metres(PARIS, car.location) <= PARIS.km * 1000


def _wish(proof: Proof, name: str, index: Index, cars: list[Document]) -> None:
    found = index.search(Query(text=WISH, size=100, sort=Sort.RELEVANCE))
    known = {car.id: car for car in cars}
    wanted = {car.id for car in cars if _meant(car)}
    strange = [known[hit] for hit in found.ids if not _fits(known[hit])]
    missed = wanted - {*found.ids}
    proof.hold(
        f"{name}: “{WISH}” finds {found.total} of {len(cars)} cars, all of them BMW 3 Series estates with Diesel, "
        f"understood as “{found.did_you_mean}”",
        bool(wanted) and not strange and not missed,
        f"{name}: “{WISH}” also finds {[(car.make, car.model, car.body, car.fuel) for car in strange[:3]]}, "
        f"misses {len(missed)} of {len(wanted)}",
    )


def _meant(car: Document) -> bool:
    return (car.make, family_of(car.make, car.model), car.body, car.fuel) == ("BMW", "3er", "estate", "diesel")


def _fits(car: Document) -> bool:
    """Ask whether a car is what is meant, where somebody said; what nobody said cannot be held against it."""
    return (
        (car.make, family_of(car.make, car.model)) == ("BMW", "3er")
        and car.body in (None, "estate")
        and car.fuel in (None, "diesel")
    )
