"""How values are written in German and English (BRIEF §8)."""

from datetime import UTC, date, datetime

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

import themes
from storefront.pages.formats import Formats

N = "\u00a0"


def formats(lang: str) -> Formats:
    """Make the formats of a language with the words of the base theme."""
    return Formats(lang, themes.load("base").words(lang))


@pytest.mark.parametrize(
    ("lang", "cents", "text"),
    [
        ("de", 3_450_000, f"34.500{N}€"),
        ("de", 64_008, f"640,08{N}€"),
        ("de", 26_900_000, f"269.000{N}€"),
        ("en", 3_450_000, "€34,500"),
        ("en", 64_008, "€640.08"),
        ("en", 5, "€0.05"),
    ],
)
def test_prices_show_cents_only_if_there_are_any(lang: str, cents: int, text: str) -> None:
    assert formats(lang).price(cents) == text


@pytest.mark.parametrize(
    ("lang", "what", "text"),
    [
        ("de", lambda f: f.km(11_000), f"11.000{N}km"),
        ("en", lambda f: f.km(11_000), f"11,000{N}km"),
        ("de", lambda f: f.power(140), f"140{N}kW (190{N}PS)"),
        ("en", lambda f: f.power(140), f"140{N}kW (190{N}hp)"),
        ("de", lambda f: f.percent(190), f"19{N}%"),
        ("en", lambda f: f.percent(190), "19%"),
        ("de", lambda f: f.percent(549), f"54,9{N}%"),
        ("de", lambda f: f.unit("l_100km", f.one_decimal(47)), f"4,7{N}l/100{N}km"),
        ("en", lambda f: f.unit("l_100km", f.one_decimal(50)), f"5.0{N}l/100{N}km"),
        ("de", lambda f: f.month(date(2017, 1, 1)), "01/2017"),
        ("de", lambda f: f.short_date(date(2018, 3, 12)), "12.03.2018"),
        ("en", lambda f: f.short_date(date(2018, 3, 12)), "12 March 2018"),
        ("de", lambda f: f.day_month(date(2018, 3, 12)), f"12.{N}März"),
        ("en", lambda f: f.day_month(date(2018, 3, 12)), f"12{N}March"),
        ("de", lambda f: f.weekdays([1, 2, 3]), "Montag–Mittwoch"),
        ("en", lambda f: f.weekdays([6]), "Saturday"),
        ("de", lambda f: f.spans(["09:00-12:30", "13:30-18:00"]), "9:00–12:30, 13:30–18:00"),
        ("de", lambda f: f.duration(110), f"innerhalb von 2{N}Stunden"),
        ("en", lambda f: f.duration(60), f"within 60{N}minutes"),
        ("en", lambda f: f.duration(1441), f"within 2{N}days"),
    ],
)
def test_units_stay_with_their_numbers(lang: str, what: object, text: str) -> None:
    assert callable(what)
    assert what(formats(lang)) == text


@pytest.mark.parametrize(
    ("key", "values", "german", "english"),
    [
        ("pages.vat.net", {"price": "P"}, "netto P", "P net"),
        ("pages.card.registered", {"date": "01/2017"}, "EZ 01/2017", "01/2017"),
        ("pages.energy.class", {"value": "D"}, f"CO₂-Klasse{N}D", f"CO₂ class{N}D"),
        ("pages.unit.g_km", {"n": "125"}, f"125{N}g/km", f"125{N}g/km"),
        ("pages.unit.kwh_100km", {"n": "17,2"}, f"17,2{N}kWh/100{N}km", f"17,2{N}kWh/100{N}km"),
        ("hours.open_until", {"time": "18:00"}, "Heute geöffnet bis 18:00 Uhr", "Open today until 18:00"),
    ],
)
def test_words_around_values_are_those_of_the_design(
    key: str, values: dict[str, str], german: str, english: str
) -> None:
    """The rows of BRIEF §8 that are words and not numbers."""
    t = {lang: themes.load("base").words(lang) for lang in ("de", "en")}
    assert (t["de"](key, **values), t["en"](key, **values)) == (german, english)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_unit_can_part_from_its_number(lang: str) -> None:
    t = themes.load("base").words(lang)
    for key in (key for key in t if key.startswith("pages.unit.")):
        assert " " not in str(t.entry(key)).replace(" (", ""), key


@given(st.integers(0, 10**9), st.sampled_from(["pl", "ar", "el", "fr", "pt-PT", "sv", "cs"]))
def test_other_languages_are_written_as_babel_writes_them(value: int, lang: str) -> None:
    own = Formats(lang, themes.load("base").words("en"))
    assert own.number(value) == format_decimal(value, locale=own.locale, numbering_system="latn")
    if value % 100:
        expected = format_currency(value / 100, "EUR", locale=own.locale, numbering_system="latn")
        assert own.price(value) == expected


@given(st.integers(0, 10**9), st.sampled_from(["de", "en"]))
def test_grouping_is_babels(value: int, lang: str) -> None:
    own = formats(lang)
    assert own.number(value) == format_decimal(value, locale=own.locale)
    if value % 100:
        assert own.price(value) == format_currency(value / 100, "EUR", locale=own.locale)


def test_a_moment_belongs_to_the_day_of_the_site_not_of_the_machine() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert formats("de").day_of(late) == date(2026, 11, 25)


def test_the_open_graph_locale_names_the_country() -> None:
    assert (formats("de").og_locale, formats("en").og_locale) == ("de_DE", "en_GB")
