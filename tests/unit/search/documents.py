"""Documents for tests of search: made plainly, or drawn by Hypothesis from a small lot with many likenesses."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from search.documents import Document

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
        "colour": None,
        "body": None,
        "fuel": None,
        "transmission": None,
        "drive": None,
        "features": (),
        "description": "",
        "dealer_name": "North Cars",
        "dealer_city": "Hamburg",
        "latitude": None,
        "longitude": None,
        "photos": (),
    }
    return Document(**{**plain, **values})


_CARS = (
    ("Škoda", "skoda", "Octavia"),
    ("Volkswagen", "volkswagen", "Golf"),
    ("BMW", "bmw", "320d"),
    ("Opel", "opel", "Corsa"),
)
_TEXTS = ("", "Octavia Golf Tausch möglich", "Garantie inklusive", "Scheckheft, Volkswagen Händler", "golf corsa")
_TYPED = """
octavia ocatvia oktavia oct o volkswagen vlokswagn folkswagen golf glof gofl gol 320d 320 321d bmw bwm corsa corza
north nroth hamburg scheckheft 2017 kombi
"""
TYPED = tuple(_TYPED.split())
"""Words as buyers type them: right, nearly right, and begun."""


@st.composite
def lots(draw: st.DrawFn) -> list[Document]:
    """Draw up to 14 cars in which prices, dates and words repeat, so that ties and near misses are common."""
    size = draw(st.integers(0, 14))
    return [draw(_cars(number)) for number in range(1, size + 1)]


@st.composite
def _cars(draw: st.DrawFn, number: int) -> Document:
    make, slug, model = draw(st.sampled_from(_CARS))
    dealer, name = draw(st.sampled_from([(NORTH, "North Cars"), (SOUTH, "South Motors Corsa")]))
    return document(
        id=UUID(int=draw(st.integers(0, 2**32 - 1)) << 96 | number),
        make=make,
        make_slug=slug,
        model=model,
        dealer_id=dealer,
        dealer_name=name,
        market=draw(st.booleans()),
        price_cents=draw(st.sampled_from([None, 990_000, 1_500_000, 1_500_001])),
        year=draw(st.sampled_from([None, 2015, 2017])),
        mileage_km=draw(st.sampled_from([None, 0, 10_000])),
        listed_at=START + timedelta(days=draw(st.integers(0, 2))),
        body=draw(st.sampled_from([None, "estate"])),
        description=draw(st.sampled_from(_TEXTS)),
    )
