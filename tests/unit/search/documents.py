"""Documents for tests of search: made plainly, or drawn by Hypothesis from a small lot with many likenesses."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from search.documents import Document
from search.places import location
from search.query import Facet, Near, Query, Range, Sort

TENANT = UUID(int=0xA1)
NORTH, SOUTH = UUID(int=0xB1), UUID(int=0xB2)
START = datetime(2026, 3, 1, tzinfo=UTC)


def document(number: int = 1, **values: Any) -> Document:
    """Make a document: a BMW of North Cars unless said otherwise."""
    plain: dict[str, Any] = {
        "id": UUID(int=number << 64),
        "tenant_id": TENANT,
        "dealer_id": NORTH,
        "market": True,
        "status": 1,
        "price_cents": 2_000_000,
        "currency": "EUR",
        "listed_at": START,
        "view_count": 0,
        "make": "BMW",
        "make_slug": "bmw",
        "model": "3er",
        "model_slug": "3er",
        "version": "",
        "year": 2017,
        "mileage_km": 50_000,
        "power_kw": None,
        "colour": None,
        "body": None,
        "fuel": None,
        "transmission": None,
        "drive": None,
        "features": (),
        "description": "",
        "dealer_name": "North Cars",
        "dealer_city": "Hamburg",
        "city_slug": "hamburg",
        "latitude": None,
        "longitude": None,
        "label": None,
        "quality": 0,
        "photos": (),
    }
    made = {**plain, **values}
    return Document(**{"location": location(made["latitude"], made["longitude"]), **made})


_CARS = (
    ("Škoda", "skoda", "Octavia"),
    ("Volkswagen", "volkswagen", "Golf"),
    ("BMW", "bmw", "320d"),
    ("Opel", "opel", "Corsa"),
)
_TEXTS = ("", "Octavia Golf Tausch möglich", "Dies ist ein Kombi", "Scheckheft, Volkswagen Händler", "golf corsa")
_PLACES = ((None, None), (53.5511, 9.9937), (53.5511, 9.99374), (52.52, 13.405), (-33.9, 151.2))
_TYPED = """
octavia ocatvia oktavia oct o volkswagen vlokswagn folkswagen golf glof gofl gol 320d 320 321d bmw bwm corsa corza
north nroth hamburg scheckheft 2017 kombi touring station wagon diesel diesl dies 3 series 3er
"""
TYPED = tuple(_TYPED.split())
"""Words as buyers type them: right, nearly right, and begun."""
NEAR = (Near(53.5511, 9.9937, 1), Near(53.5511, 9.9937, 300), Near(53.0, 11.0, 150), Near(-33.0, 151.0, 1000))
"""Circles of which some hold some of the places."""


@st.composite
def lots(draw: st.DrawFn) -> list[Document]:
    """Draw up to 14 cars in which prices, dates and words repeat, so that ties and near misses are common."""
    size = draw(st.integers(0, 14))
    return [draw(_cars(number)) for number in range(1, size + 1)]


@st.composite
def _cars(draw: st.DrawFn, number: int) -> Document:
    make, slug, model = draw(st.sampled_from(_CARS))
    dealer, name = draw(st.sampled_from([(NORTH, "North Cars"), (SOUTH, "South Motors Corsa")]))
    latitude, longitude = draw(st.sampled_from(_PLACES))
    return document(
        id=UUID(int=draw(st.integers(0, 2**32 - 1)) << 96 | number),
        make=make,
        make_slug=slug,
        model=model,
        model_slug=model.lower(),
        dealer_id=dealer,
        dealer_name=name,
        market=draw(st.booleans()),
        price_cents=draw(st.sampled_from([None, 990_000, 1_500_000, 1_500_001])),
        year=draw(st.sampled_from([None, 2015, 2017])),
        mileage_km=draw(st.sampled_from([None, 0, 10_000])),
        power_kw=draw(st.sampled_from([None, 55, 110])),
        listed_at=START + timedelta(days=draw(st.integers(0, 2))),
        body=draw(st.sampled_from([None, "estate", "saloon"])),
        fuel=draw(st.sampled_from([None, "diesel", "petrol"])),
        colour=draw(st.sampled_from([None, "red"])),
        features=draw(st.sampled_from([(), ("abs",), ("abs", "tow_bar"), ("TÜV neu", "abs")])),
        label=draw(st.sampled_from([None, "good"])),
        quality=draw(st.sampled_from([0, 500, 501])),
        description=draw(st.sampled_from(_TEXTS)),
        city_slug=draw(st.sampled_from(["", "hamburg", "at/wien"])),
        latitude=latitude,
        longitude=longitude,
    )


@st.composite
def searches(draw: st.DrawFn) -> Query:
    """Draw a search over such lots, in any order but by distance without a place."""
    near = draw(st.sampled_from([None, None, *NEAR]))
    return Query(
        text=" ".join(draw(st.lists(st.sampled_from(TYPED), max_size=3))),
        chosen=tuple(
            (facet, draw(st.sampled_from(values))) for facet, values in CHOICES.items() if draw(st.booleans())
        ),
        ranges=draw(
            st.tuples(
                st.tuples(st.just(Range.PRICE), st.sampled_from([None, 1_000_000]), st.sampled_from([None, 1_500_000])),
                st.tuples(st.just(Range.YEAR), st.sampled_from([None, 2016]), st.sampled_from([None, 2016])),
                st.tuples(st.just(Range.MILEAGE), st.none(), st.sampled_from([None, 0, 9_999])),
                st.tuples(st.just(Range.POWER), st.sampled_from([None, 60]), st.none()),
            )
        ),
        near=near,
        dealer_id=draw(st.sampled_from([None, NORTH, SOUTH])),
        sort=draw(st.sampled_from([sort for sort in Sort if near is not None or sort is not Sort.DISTANCE])),
        facets=tuple(Facet),
        bounds=tuple(Range),
    )


CHOICES: dict[Facet, list[tuple[str, ...]]] = {
    Facet.MAKE: [(), (), ("skoda",), ("bmw", "opel")],
    Facet.BODY: [(), (), ("estate",), ("estate", "saloon")],
    Facet.FUEL: [(), (), ("diesel",)],
    Facet.FEATURE: [(), (), ("abs",), ("abs", "tow_bar"), ("TÜV neu",)],
    Facet.CITY: [(), (), (), ("at/wien",)],
}
"""What is chosen of some facets; mostly nothing."""
