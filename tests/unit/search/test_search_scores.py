"""Classes of relevance told by sums (contract T3): whatever is added up, the class comes out again."""

from struct import pack, unpack

from hypothesis import given
from hypothesis import strategies as st

from search.query import WORD_LIMIT
from search.scores import class_of, score_of

found = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=WORD_LIMIT)


def single(value: float) -> float:
    """Give a number as the engine keeps it."""
    return float(unpack("f", pack("f", value))[0])


@given(words=found)
def test_a_sum_tells_the_edits_of_all_words_and_the_field_of_the_worst(words: list[tuple[int, int]]) -> None:
    total = 0.0
    for edits, place in words:
        total = single(total + single(score_of(edits, place)))
    assert class_of(total, len(words)) == (sum(edits for edits, _ in words), max(place for _, place in words))


@given(one=st.tuples(st.integers(0, 2), st.integers(0, 3)), other=st.tuples(st.integers(0, 2), st.integers(0, 3)))
def test_of_two_ways_to_find_a_word_fewer_edits_count_more_than_a_better_field(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    assert (one < other) == (score_of(*one) > score_of(*other))
