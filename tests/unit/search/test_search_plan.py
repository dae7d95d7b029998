"""What an engine is asked: parts, and counts that leave a choice of their own out (contract T1)."""

from collections.abc import Iterable

from search.plan import Counting, Span, Terms, plan, ranked, tiers
from search.query import Facet, Near, Query, Range
from tests.unit.search.documents import NORTH


class Known:
    """A few words and places."""

    def beginning(self, letter: str) -> Iterable[str]:
        """Give the words with that first letter."""
        return [word for word in ("golf", "gold", "diesel") if word[0] == letter]

    def locations(self) -> Iterable[str]:
        """Give the places."""
        return ("53.5511,9.9937", "52.5200,13.4050")


def test_a_plan_says_where_what_and_how_near() -> None:
    made = plan(
        Query(
            chosen=((Facet.FUEL, ("diesel",)), (Facet.FEATURE, ("esp", "abs"))),
            ranges=((Range.PRICE, 1, None),),
            near=Near(53.55, 10.0, 50),
        ),
        Known(),
    )
    assert made.scope == Terms("market", ("true",))
    assert made.parts["fuel"] == Terms("fuel", ("diesel",))
    assert made.parts["feature"] == Terms("feature", ("abs", "esp"), every=True)
    assert made.parts["price"] == Span("price", 1, None)
    assert made.circle is not None
    assert list(made.circle) == list(made.metres) == ["53.5511,9.9937"]
    assert plan(Query(dealer_id=NORTH), Known()).scope == Terms("dealer", (NORTH.hex,))


def test_a_facet_is_counted_without_its_own_choice_and_equipment_with_it() -> None:
    made = plan(
        Query(
            chosen=((Facet.FUEL, ("diesel",)), (Facet.FEATURE, ("abs",))),
            ranges=((Range.YEAR, 2015, None),),
            facets=(Facet.FUEL, Facet.MAKE, Facet.FEATURE),
            bounds=(Range.YEAR, Range.PRICE),
        ),
        Known(),
    )
    assert made.counts == (Counting((Facet.MAKE, Facet.FEATURE), None), Counting((Facet.FUEL,), "fuel"))
    assert made.bounded == (Counting((Range.PRICE,), None), Counting((Range.YEAR,), "year"))
    assert len(made.without("fuel")) == len(made.parts) - 1


def test_numbers_are_told_most_first_and_chosen_values_always() -> None:
    query = Query(chosen=((Facet.MAKE, ("audi", "vw")),))
    assert ranked(query, Facet.MAKE, {"bmw": 2, "audi": 2, "kia": 0}) == (("audi", 2), ("bmw", 2), ("vw", 0))


def test_classes_that_no_car_can_be_in_are_not_asked_for() -> None:
    exact = plan(Query("golf x"), Known()).words
    wrong = plan(Query("golv x"), Known()).words
    assert [tier.edits for tier in tiers(exact)] == [0] * 4 + [1] * 4
    assert [tier.edits for tier in tiers(wrong)] == [1] * 4
