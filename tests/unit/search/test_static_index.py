"""The files of the static index, as they are written; the script that reads them has tests of its own in a browser."""

from datetime import timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from search import static_index, static_rules
from search.documents import ASKED, FIELDS, Document
from search.quality import DEALS, DESCRIBED, SHOWN, quality_of
from search.static_digits import DIGITS, written
from tests.unit.search.documents import NORTH, SOUTH, START, document, lots


def shard_of(*cars: Document) -> dict[str, object]:
    """Write a shard of cars and read it."""
    entries = [static_index.entry(car, 3, "20095", "Hamburg", "00ff") for car in cars]
    found: dict[str, object] = orjson.loads(static_index.cars(1, "0", entries))
    return found


def decoded(words: str, found: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """Read the words of a shard: each with its cars and best fields."""
    known, before = [], ""
    for coded, digits in zip(words.split(" "), found.split(" "), strict=True):
        before = before[: DIGITS.index(coded[0])] + coded[1:]
        places, car, number, shift = [], -1, 0, 0
        for digit in digits:
            value = DIGITS.index(digit)
            number, shift = number + ((value & 31) << shift), shift + 5
            if value < 32:
                car += number // len(FIELDS)
                places.append((car, number % len(FIELDS)))
                number, shift = 0, 0
        known.append((before, places))
    return known


def test_cars_are_divided_in_powers_of_two_by_their_number_alone() -> None:
    room = static_index.ROOMY
    assert [static_index.bits_for(cars) for cars in (0, room, room + 1, 2 * room, 2 * room + 1)] == [0, 0, 1, 1, 2]
    assert static_index.MOST_CARS / (1 << (static_index.bits_for(static_index.MOST_CARS) or 0)) < 1_000
    assert static_index.bits_for(static_index.MOST_CARS + 1) is None
    assert static_index.card_bits_for(static_index.MOST_CARS + 1) is None


@given(cars=lots())
def test_every_word_of_a_car_stands_in_its_best_field(cars: list[Document]) -> None:
    ordered = sorted({car.id: car for car in cars}.values(), key=lambda car: car.id.hex)
    shard = shard_of(*ordered)
    found: list[dict[str, int]] = [{} for _ in ordered]
    for word, places in decoded(str(shard["words"]), str(shard["found"])) if ordered else ():
        for car, field in places:
            found[car][word] = field
    for car, words in zip(ordered, found, strict=True):
        best: dict[str, int] = {}
        for number, field in enumerate(FIELDS):
            for word in car.words()[field]:
                best.setdefault(word, number)
        assert words == best


def test_a_shard_is_the_same_whatever_order_its_cars_come_in() -> None:
    cars = [document(number, version=f"Ausstattung {number}", features=("abs",)) for number in range(1, 9)]
    assert shard_of(*cars) == shard_of(*reversed(cars))


def test_columns_name_values_once_and_what_is_unknown_not_at_all() -> None:
    cars = [
        document(1, fuel="diesel", features=("abs", "Rare extra")),
        document(2, dealer_id=SOUTH, dealer_name="South Motors", features=()),
        document(3, fuel="diesel", price_cents=None),
    ]
    shard = shard_of(*cars)
    facets = shard["facets"]
    assert isinstance(facets, dict)
    assert facets["fuel"] == {"values": ["diesel"], "of": [0, -1, 0]}
    assert facets["dealer"]["values"] == [NORTH.hex, SOUTH.hex]
    assert facets["dealer"]["names"] == ["North Cars", "South Motors"]
    assert shard["feature"] == {"values": ["Rare extra", "abs"], "of": [[0, 1], [], []]}
    assert shard["price"] == [2_000_000, 2_000_000, None]
    assert shard["stamps"] == "00ff" * 3


@given(
    age=st.integers(0, 90),
    label=st.sampled_from([None, *DEALS]),
    text=st.text(max_size=400),
    year=st.sampled_from([None, 2020]),
)
def test_quality_follows_from_what_a_shard_says(age: int, label: str | None, text: str, year: int | None) -> None:
    day, listed = START.date() + timedelta(days=90), START + timedelta(days=90 - age)
    car = document(listed_at=listed, label=label, description=text, year=year)
    shard = shard_of(car)
    quality = shard["quality"]
    assert isinstance(quality, dict)
    known, described, photos = (int(part) for part in quality["values"][0].split(","))
    told = quality_of(listed.date(), day, label, known=known, asked=ASKED, described=described, photos=photos)
    assert described <= DESCRIBED
    assert photos <= SHOWN
    assert told == car.quality_on(day)


def test_the_rules_are_those_of_the_code() -> None:
    rules = static_rules.rules()
    assert rules["edits"][:10] == [0, 0, 0, 1, 1, 1, 1, 1, 2, 2]
    assert rules["phrases"]["3series"] == "3er"
    assert "ßss" in rules["letters"]["fold"].split(" ")
    assert rules["letters"]["digits"].startswith(f"{written(ord('0'))} {written(10)} ")
    assert len(orjson.dumps(rules)) < 30_000
