"""How words are folded and cut, for cars and queries alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import LONGEST_WORD, fold, indexed_words, names_in, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Škoda", "skoda"),
        ("Citroën C4 Coupé", "citroen c4 coupe"),
        ("weiß", "weiss"),
        ("MÜNCHEN", "munchen"),
        ("Ωμέγα", "ωμεγα"),
        ("²", "2"),
    ],
)
def test_case_and_marks_do_not_count(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_text_falls_into_runs_of_letters_and_digits() -> None:
    assert words_of("BMW 320d, Touring (EZ 01/2017)") == ("bmw", "320d", "touring", "ez", "01", "2017")


@pytest.mark.parametrize(
    ("written", "found"), [("C-Klasse", "cklasse"), ("ID.3", "id3"), ("CX-5", "cx5"), ("Cee'd", "ceed")]
)
def test_a_name_with_a_joiner_is_also_found_in_one_word(written: str, found: str) -> None:
    assert found in indexed_words(written)
    assert set(words_of(written)) <= set(indexed_words(written))


def test_a_full_stop_at_the_end_joins_nothing() -> None:
    assert indexed_words("Top. Golf.") == ("top", "golf")


def test_an_endless_word_is_cut_alike_on_both_sides() -> None:
    assert words_of("x" * 300) == ("x" * LONGEST_WORD,)
    assert words_of("x" * 300)[0] in indexed_words("x" * 300)


@given(st.lists(st.sampled_from([*"ab1_-./'’‑ ,;", "c-klasse", "2.0", "x" * 50, "\n", "\x1c", "Ä", "ﬁ"])).map("".join))
def test_a_text_of_plain_letters_is_cut_like_any_other(text: str) -> None:
    plain, (stranger, *others) = names_in(text), names_in(f"Ω {text}")[0]
    assert stranger == "ω"
    assert (others, names_in(f"Ω {text}")[1]) == plain
