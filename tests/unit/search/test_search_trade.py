"""What buyers call what a car is, in both languages, and what several words mean together (contract T2)."""

import pytest

from search.query import Query
from search.trade import called, everyday, meant, names_of, not_of, phrases, same
from storefront.domain.vehicles import vocabulary
from tests.unit.search.documents import document


def words(**values: object) -> set[str]:
    """Give all words a car is found by."""
    return {word for some in document(**values).words().values() for word in some}


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("body", vocabulary.BODIES), ("fuel", vocabulary.FUELS), ("transmission", vocabulary.TRANSMISSIONS),
        ("drive", vocabulary.DRIVES), ("colour", vocabulary.COLOURS), ("feature", vocabulary.FEATURES),
    ],
)  # fmt: skip
def test_every_code_is_called_something_but_what_is_of_another_kind(group: str, codes: tuple[str, ...]) -> None:
    assert [code for code in codes if not called(group, code)] == [code for code in codes if code == "other"]


def test_equipment_is_called_by_german_and_english_words() -> None:
    known = [code for code in vocabulary.FEATURES if len(called("feature", code)) > 1]
    assert len(known) > 100
    assert {"anhangerkupplung", "ahk", "towbar"} <= set(called("feature", "tow_bar"))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("BMW 3 Series", ("bmw", "3er")),
        ("Serie 3 Touring", ("3er", "touring")),
        ("C-Klasse", ("cklasse",)),
        ("c class diesel", ("cklasse", "diesel")),
        ("station wagon", ("stationwagon",)),
        ("plug-in hybrid", ("pluginhybrid",)),
        ("electric windows", ("electricwindows",)),
        ("Golf 3 Türen", ("golf", "3", "turen")),
        ("Polestar 2", ("polestar", "2")),
    ],
)
def test_words_that_mean_one_thing_together_are_one_word(typed: str, understood: tuple[str, ...]) -> None:
    assert Query(typed).words == understood


def test_what_is_meant_together_is_known_of_every_phrase() -> None:
    assert all(meant((together,)) == (together,) for together in phrases())
    assert not any(meaning.isdigit() for meaning in phrases().values())


def test_a_model_is_called_by_its_family_and_a_make_by_its_other_names() -> None:
    assert {"3er", "3", "series"} <= set(names_of("BMW", "320d"))
    assert "vw" in names_of("Volkswagen", "Golf")
    assert {"mercedes", "cklasse"} <= set(names_of("Mercedes-Benz", "C 220"))
    assert names_of("Nobody", "Nothing") == ()


def test_a_saloon_is_not_found_by_the_words_of_other_bodies_whatever_its_text_says() -> None:
    text = "Kein Kombi, auch nicht als SUV, aber Automatik und mit schwarzem Leder"
    assert {"kombi", "suv"} & words(body="saloon", description=text) == set()
    assert {"kombi", "suv", "automatik"} <= words(body=None, description=text)
    assert "automatik" not in words(transmission="manual", description=text)
    assert "limousine" in words(body="saloon")


def test_a_plug_in_hybrid_is_a_hybrid_too_and_a_petrol_car_with_electric_windows_is_not_electric() -> None:
    assert {"hybrid", "phev"} <= words(fuel="plugin_hybrid")
    petrol = words(fuel="petrol", features=("electric_windows",))
    assert "electric" not in petrol
    assert {"electricwindows", "fensterheber"} <= petrol


def test_a_name_is_never_taken_from_a_car() -> None:
    assert "city" in words(make="Honda", model="City", body="saloon")
    assert "cabrio" in words(make="Mini", model="Cabrio", body="saloon")


def test_unknown_codes_rule_nothing_out() -> None:
    assert not_of((None, None, None, None)) == frozenset()
    assert not_of(("other", None, None, None)) == frozenset()


def test_the_words_of_one_thing_are_the_same() -> None:
    assert {"kombi", "touring", "estate"} <= same("kombi")
    assert same("hamburg") == frozenset()


def test_everyday_words_are_written_as_they_are_compared() -> None:
    assert {"dies", "diese", "with"} <= everyday()
    assert all(word == word.lower() and len(word) > 2 for word in everyday())
    named = {
        word
        for group in ("body", "fuel")
        for code in vocabulary.BODIES + vocabulary.FUELS
        for word in called(group, code)
    }
    assert everyday() & named == set()


def test_a_make_is_not_found_by_the_name_of_another_that_stands_in_its_alias() -> None:
    assert "bmw" not in names_of("MINI", "Cooper S")
    assert "mini" in names_of("MINI", "Cooper S")
