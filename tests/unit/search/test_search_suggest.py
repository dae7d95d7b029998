"""Ways on from a page of hits (SPEC 55): what splits them, what widens them, what was probably meant."""

from collections.abc import Iterable, Iterator

from search.index import Answer
from search.lexicon import Lexicon
from search.query import Facet, Near, Query, Range, Sort, resolve
from search.suggest import Suggestion, did_you_mean, suggested, widened


def answer(total: int, **facets: dict[str, int]) -> Answer:
    """Give an answer with these counts."""
    return Answer((), total, 1, 20, facets={Facet(name): tuple(values.items()) for name, values in facets.items()})


def told(ways: Iterable[Suggestion]) -> list[tuple[str, str, int]]:
    """Give facet, value and number of suggestions."""
    return [(str(way.facet), way.value, way.count) for way in ways]


def test_what_takes_nearly_half_of_the_cars_is_offered_first_one_of_each_facet() -> None:
    found = suggested(Query(), answer(100, fuel={"diesel": 48, "petrol": 52, "lpg": 1}, body={"estate": 30}))
    assert told(found)[:2] == [("fuel", "diesel", 48), ("body", "estate", 30)]
    assert ("fuel", "petrol", 52) in told(found)


def test_what_rules_out_nothing_or_everything_is_no_suggestion() -> None:
    assert suggested(Query(), answer(10, fuel={"diesel": 10, "petrol": 0})) == ()


def test_a_facet_that_is_chosen_is_not_suggested_but_further_equipment_is() -> None:
    query = Query(chosen=((Facet.FUEL, ("diesel",)), (Facet.FEATURE, ("abs",))))
    (way,) = suggested(query, answer(10, fuel={"petrol": 5}, feature={"esp": 4}))
    assert way.query.values(Facet.FEATURE) == ("abs", "esp")


def test_a_suggestion_begins_at_the_first_page() -> None:
    (way,) = suggested(Query(page=3), answer(10, fuel={"petrol": 5}))
    assert way.query.page == 1


def test_little_found_offers_the_next_radius_that_finds_more_and_what_else_could_go() -> None:
    near = Near(53.5, 10.0, 50)
    query = Query(text="golf", chosen=((Facet.FUEL, ("diesel",)),), ranges=((Range.PRICE, None, 1000),), near=near)

    def find(way: Query) -> int:
        return (
            (3 if way.near is None or way.near.km >= 100 else 0)
            + (5 if not way.chosen else 0)
            + (1 if not way.ranges else 0)
        )

    ways = widened(query, find)
    assert [(way.field, way.count) for way in ways] == [("near", 3), ("fuel", 5), ("price", 1)]
    assert ways[0].query.near == Near(53.5, 10.0, 100)


def test_a_place_that_no_radius_helps_is_left_out_and_with_it_the_order_by_distance() -> None:
    query = Query(near=Near(53.5, 10.0, 1000), sort=Sort.DISTANCE)
    (way,) = widened(query, lambda asked: 7 if asked.near is None else 0)
    assert (way.query.near, way.query.sort, way.count) == (None, Sort.NEWEST, 7)


class Words(Lexicon):
    """Some words, each in so many cars."""

    def __init__(self, **numbers: int) -> None:
        super().__init__(self._some)
        self.numbers = numbers

    def _some(self, letter: str) -> Iterator[str]:
        return (word for word in self.numbers if word[0] == letter)

    def frequency(self, word: str) -> int:
        """Give how many cars have it."""
        return self.numbers[word]


def meant(text: str, total: int, **numbers: int) -> str | None:
    """Give what was meant by a text, if the cars have these words."""
    known = Words(**numbers)
    return did_you_mean(text, resolve(Query(text).words, known), total, known)


def test_a_corrected_word_is_written_into_the_text_as_it_stands() -> None:
    assert meant("BWM, 3er (Diesl)", 4, bmw=9, diesel=9) == "bmw, 3er (diesel)"


def test_of_two_words_as_near_the_more_frequent_is_meant() -> None:
    assert meant("golv x", 4, golf=50, gold=2, golk=3) == "golf x"


def test_a_beginning_is_no_error_while_it_is_typed() -> None:
    assert meant("volksw", 4, volkswagen=9) is None


def test_where_nothing_is_found_a_word_further_away_is_looked_for_even_with_another_letter_first() -> None:
    assert meant("folkswagen", 0, volkswagen=9) == "volkswagen"
    assert meant("mercdez x", 0, mercedes=9) == "mercedes x"
    assert meant("mercdez x", 3, mercedes=9) is None
    assert meant("qqqqqq", 0, volkswagen=9) is None
