"""Random searches over given cars, drawn by Hypothesis: most find something, words are typed as buyers type them."""

from collections.abc import Sequence
from string import ascii_lowercase

from hypothesis import strategies as st

from search.documents import Document
from search.places import position
from search.query import Facet, Near, Query, Range, Sort

RADII = (1, 10, 25, 50, 100, 300, 1000)
HAMBURG = "53.5511,9.9937"


@st.composite
def queries(draw: st.DrawFn, cars: Sequence[Document], *, market: bool = True) -> Query:
    """Draw a search: mostly for what one of the cars is, with this and that of others, or a little beside it.

    Args:
        cars: what is looked through.
        market: search the marketplace; else the site of the dealer of the first car.
    """
    car = draw(st.sampled_from(cars))
    near = draw(st.one_of(st.none(), st.none(), _circles(car)))
    sorts = [sort for sort in Sort if sort is not Sort.DISTANCE or near is not None]
    return Query(
        text=draw(_texts(car, cars)),
        chosen=draw(_chosen(car, cars)),
        ranges=draw(_ranges(car, cars)),
        near=near,
        dealer_id=None if market else cars[0].dealer_id,
        sort=draw(st.sampled_from(sorts)),
        page=draw(st.sampled_from([1, 1, 1, 2, 3])),
        size=draw(st.sampled_from([1, 7, 20, 100])),
        facets=tuple(Facet),
        bounds=tuple(Range),
    )


def _mostly(draw: st.DrawFn, car: Document, cars: Sequence[Document]) -> Document:
    """Give the car, now and then another one."""
    return draw(st.sampled_from(cars)) if draw(st.integers(0, 5)) == 5 else car


@st.composite
def _texts(draw: st.DrawFn, car: Document, cars: Sequence[Document]) -> str:
    typed = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 1, 2, 2, 3]))):
        words = sorted({word for words in _mostly(draw, car, cars).words().values() for word in words})
        typed.append(draw(_typed(draw(st.sampled_from(words)))))
    return draw(st.sampled_from([" ", "  ", "-", " / "])).join(typed)


@st.composite
def _typed(draw: st.DrawFn, word: str) -> str:
    """Type a word: rightly, begun, in capitals, or with one or two letters lost, added, changed or swapped."""
    way = draw(st.sampled_from(["right", "right", "begun", "capital", "wrong", "wrong", "twice wrong"]))
    if way == "begun":
        return word[: draw(st.integers(1, len(word)))]
    if way == "capital":
        return word.upper()
    for _ in range({"wrong": 1, "twice wrong": 2}.get(way, 0)):
        at = draw(st.integers(0, len(word) - 1))
        letter = draw(st.sampled_from(ascii_lowercase + "äß0é"))
        lost, added, other = word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter
        swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        word = draw(st.sampled_from([lost or word, added, other + word[at + 1 :], swapped]))
    return word


@st.composite
def _chosen(draw: st.DrawFn, car: Document, cars: Sequence[Document]) -> tuple[tuple[Facet, tuple[str, ...]], ...]:
    found, strange = [], draw(st.booleans())
    for facet in draw(st.lists(st.sampled_from(list(Facet)), max_size=3, unique=True)):
        some = [_mostly(draw, car, cars), *draw(st.lists(st.sampled_from(cars), max_size=2))]
        values = [value for one in some for value in one.facets()[facet]]
        if facet is Facet.FEATURE:
            values = values[: draw(st.integers(1, 2))]
        if values or strange:
            found.append((facet, tuple(values) or ("nothing-like-it",)))
    return tuple(found)


@st.composite
def _ranges(
    draw: st.DrawFn, car: Document, cars: Sequence[Document]
) -> tuple[tuple[Range, int | None, int | None], ...]:
    found = []
    for which in draw(st.lists(st.sampled_from(list(Range)), max_size=2, unique=True)):
        one, other = _value(which, _mostly(draw, car, cars)), _value(which, draw(st.sampled_from(cars)))
        low, high = sorted((one, max(0, other + draw(st.integers(-1, 1)))))
        found.append((which, *draw(st.sampled_from([(low, high), (low, None), (None, high)]))))
    return tuple(found)


def _value(which: Range, car: Document) -> int:
    numbers = {Range.PRICE: car.price_cents, Range.YEAR: car.year, Range.MILEAGE: car.mileage_km}
    return numbers.get(which, car.power_kw) or 0


@st.composite
def _circles(draw: st.DrawFn, car: Document) -> Near:
    latitude, longitude = position(car.location or HAMBURG)
    aside = draw(st.sampled_from([0.0, 0.0, 0.01, -0.2, 1.5]))
    return Near(latitude + aside, longitude - aside, draw(st.sampled_from(RADII)))
