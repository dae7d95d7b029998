"""Titles and descriptions keep the length that engines show (SEO.md §10)."""

from hypothesis import assume, given
from hypothesis import strategies as st

from seo import meta

LONG_DEALER = "Autohaus Brinkmann & Söhne Inh. K.-H. Brinkmann e. K."
words = st.text(st.characters(codec="utf-8", exclude_characters="{}[]"), max_size=80).map(meta.tidy)


def test_pieces_without_a_value_are_left_out() -> None:
    facts = {"name": "BMW 320d", "registered": "01/2017", "mileage": None}
    assert meta.fill("{name}[, {registered}][, {mileage}]", facts) == "BMW 320d, 01/2017"


def test_a_title_carries_the_name_of_the_site_where_there_is_room() -> None:
    assert meta.title(["BMW 320d M Sport, 01/2017"], "North Cars") == "BMW 320d M Sport, 01/2017 | North Cars"


def test_a_long_name_of_a_site_is_cut_before_the_car_is() -> None:
    found = meta.title(["BMW 320d M Sport, 01/2017, 11.000 km"], LONG_DEALER)
    assert found == "BMW 320d M Sport, 01/2017, 11.000 km | Autohaus Brinkmann &…"


@given(
    st.lists(words.filter(bool), min_size=1, max_size=4),
    st.text("Autohaus Müller", min_size=12, max_size=80).map(meta.tidy),
)
def test_every_title_has_fifteen_to_sixty_five_characters(candidates: list[str], site: str) -> None:
    assume(len(site) >= 12)
    found = meta.title(candidates, site)
    assert 15 <= len(found) <= 65


@given(st.lists(words, min_size=1, max_size=6))
def test_no_description_is_longer_than_a_hundred_and_sixty_characters(sentences: list[str]) -> None:
    assert len(meta.description(sentences)) <= 160


def test_a_description_is_made_of_whole_sentences() -> None:
    first, second, third = "Erster Satz mit etwas Inhalt.", "Zweiter Satz, der noch passt und Platz hat.", "x" * 120
    assert meta.description([first, second, third]) == f"{first} {second}"


def test_control_characters_and_line_breaks_do_not_reach_a_title() -> None:
    assert meta.tidy("BMW\x00 \n 320d\u2028 M\u00a0Sport") == "BMW 320d M\u00a0Sport"


def test_places_are_named_once_and_in_order() -> None:
    assert meta.places("{name}[, {mileage}], {name} {number}") == ["name", "mileage", "number"]


def test_braces_stand_around_names_and_brackets_in_pairs() -> None:
    assert all(meta.is_well_formed(text) for text in ("", "plain", "{name}[, {mileage}] [x]"))
    wrong = ("{{7*7}}", "{name", "name}", "[{name}", "{name}]", "[a [b] c]", "{na me}", "${7*7}", "{a{name}}")
    assert [text for text in wrong if meta.is_well_formed(text)] == []
