"""What may be asked, and how typing errors are forgiven (SPEC, search contract T2)."""

from collections.abc import Iterable
from typing import Any

import pytest

from search.errors import BadQuery
from search.query import WORD_LIMIT, Query, Range, Sort, resolve


class Words:
    """A vocabulary of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def beginning(self, letter: str) -> Iterable[str]:
        """Give the words with that first letter."""
        return [word for word in self.words if word[0] == letter]


def near(typed: str, *known: str) -> dict[str, int]:
    """Give the known words that a typed word means, with their edits."""
    (resolved,) = resolve((typed,), Words(*known))
    return {word: edits for edits, words in enumerate(resolved.near) for word in words}


def test_two_letters_are_taken_as_they_are() -> None:
    assert near("vw", "vv", "vw") == {"vw": 0}


@pytest.mark.parametrize("typed", ["golf", "glof", "gol", "gollf", "galf"])
def test_three_to_seven_letters_forgive_one_edit_and_a_swap_is_one(typed: str) -> None:
    assert "golf" in near(typed, "golf", "passat")


def test_seven_letters_do_not_forgive_two() -> None:
    assert near("oktavla", "octavia") == {}


def test_eight_letters_forgive_two() -> None:
    assert near("vlokswagn", "volkswagen", "volvo") == {"volkswagen": 2}


def test_the_first_letter_is_fixed() -> None:
    assert near("folf", "golf") == {}


def test_a_word_with_a_digit_forgives_nothing() -> None:
    assert near("321d", "320d") == {"321d": 0}


def test_only_the_last_word_counts_as_a_beginning() -> None:
    assert [word.prefix for word in resolve(("bmw", "tou"), Words())] == [False, True]


def test_words_count_once_and_not_without_end() -> None:
    assert Query(text="Golf golf GOLF").words == ("golf",)
    assert len(Query(text=" ".join(f"w{number}" for number in range(50))).words) == WORD_LIMIT


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"page": 0}, "page"),
        ({"size": 0}, "size"),
        ({"size": 101}, "size"),
        ({"page": 1001, "size": 10}, "page"),
        ({"ranges": ((Range.PRICE, 2, 1),)}, "price_max"),
        ({"ranges": ((Range.YEAR, 2018, 2017),)}, "year_max"),
        ({"sort": Sort.DISTANCE}, "sort"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_name(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        Query(**values)
    assert refusal.value.field == field
