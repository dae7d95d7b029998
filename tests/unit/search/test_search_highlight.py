"""What is marked in a hit (SPEC 51): whole words, as they are written."""

import pytest

from search.highlight import excerpt, marked
from search.lexicon import Lexicon
from search.query import Query, Resolved, resolve


def asked(text: str, *known: str) -> tuple[Resolved, ...]:
    """Resolve a text against a few words."""
    return resolve(Query(text).words, Lexicon(lambda letter: [word for word in known if word[0] == letter]))


def hits(text: str, words: tuple[Resolved, ...]) -> list[str]:
    """Give what is marked."""
    pieces = marked(text, words)
    assert "".join(piece for piece, _ in pieces) == text
    return [piece for piece, matches in pieces if matches]


def test_a_word_is_marked_as_it_is_written_whatever_its_marks() -> None:
    assert hits("Škoda Octavia, ŠKODA!", asked("skoda x", "skoda")) == ["Škoda", "ŠKODA"]


def test_a_mistyped_word_marks_what_it_was_taken_for() -> None:
    assert hits("Golf Diesel, dieses", asked("diesl x", "diesel", "dieses")) == ["Diesel"]


def test_the_last_word_marks_what_begins_with_it_and_others_do_not() -> None:
    assert hits("Sportback mit Sportsitzen, Golfsport", asked("sport", "sport")) == ["Sportback", "Sportsitzen"]
    assert hits("Sportback", asked("sport golf", "sport", "golf")) == []


def test_words_that_mean_the_same_are_marked() -> None:
    assert hits("Passat Variant (Kombi)", asked("estate x", "estate")) == ["Variant", "Kombi"]


def test_several_words_that_mean_one_thing_are_marked_together() -> None:
    assert hits("The BMW 3 Series of 2019", asked("3er x", "3er")) == ["3 Series"]


def test_nothing_asked_marks_nothing() -> None:
    assert marked("Golf", ()) == (("Golf", False),)
    assert marked("", asked("golf", "golf")) == ()


def test_a_long_text_shows_where_it_matches() -> None:
    text = "Erstes Wort. " * 30 + "Mit Anhängerkupplung und Garantie. " + "Letztes Wort. " * 30
    pieces = excerpt(text, asked("anhängerkupplung garantie", "anhangerkupplung", "garantie"), 80)
    assert [piece for piece, matches in pieces if matches] == ["Anhängerkupplung", "Garantie"]
    assert (pieces[0], pieces[-1]) == (("… ", False), (" …", False))
    assert len("".join(piece for piece, _ in pieces[1:-1])) <= 80


@pytest.mark.parametrize("length", [10, 20, 57, 200])
def test_an_excerpt_is_a_part_of_the_text_cut_between_words(length: int) -> None:
    text = "Ein Golf mit Garantie, unfallfrei und aus erster Hand, Golf"
    part = "".join(piece for piece, _ in excerpt(text, asked("hand x", "hand"), length)).strip("… ")
    assert part in text
    assert len(part) <= length
    assert set(part.split()) <= set(text.split())


def test_without_a_match_a_text_begins_at_its_beginning() -> None:
    assert excerpt("Ein Golf mit Garantie", asked("zzz", "golf"), 8) == (("Ein Golf", False), (" …", False))
