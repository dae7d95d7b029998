"""Shouted version lines become something one can read on a card (design/BRIEF.md §8)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.feeds.names import PARTS, SEPARATOR, clean_name

PIECES = st.lists(
    st.sampled_from(
        [
            "*",
            "/",
            " / ",
            ",",
            ", ",
            "NAVI",
            '18"',
            "€",
            "12.900",
            "(F36)",
            "Serie",
            "3",
            "Golf",
            "BMW",
            "AMG",
            "QUATTRO",
            "M-SPORT",
            "-",
            "·",
            " ",
            ".",
            "!",
            "&amp;",
            "<b>",
            "<",
            "(",
            ")",
            "A",
            "1",
            "_",
            "Zoll",
            "LIST.",
            "X-",
            '"',
            "ß",
        ]
    ),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("make", "model", "written", "clean"),
    [
        (
            "BMW",
            "430",
            "Gran Coupé  Msport * Navi Prof.* *Tetto apribile*",
            "Gran Coupé Msport · Navi Prof. · Tetto apribile",
        ),
        ("BMW", "318", "Serie 3 Touring Msport *LED* NAVI* C.L.18* PDC*", "Touring Msport · LED · Navi · C.L.18"),
        ("BMW", "430", "Serie 4 G.C.  (F36)  xDrive Gran Coupé", "G.C. xDrive Gran Coupé"),
        ("BMW", "520", '(G 30 ) XDRIVE M-SPORT *HEAD-UP *19"', "xDrive M Sport · Head-Up · 19-Zoll"),
        (
            "Audi",
            "A4",
            "Avant 3.0 TDI 272 CV QUATTRO S tronic S Line / ACC",
            "Avant 3.0 TDI 272 CV quattro S tronic S Line · ACC",
        ),
        ("Audi", "A4", "3.0 TDI *MATRIX* VIRTUAL COCKPIT*", "3.0 TDI · Matrix · Virtual Cockpit"),
        (
            "Mercedes-Benz",
            "C 220",
            'd S.W. Auto Premium AMG, Panorama, 20", Night',
            "d S.W. Auto Premium AMG · Panorama · 20-Zoll · Night",
        ),
        ("Mercedes-Benz", "C 220", "Classe (W/S205) 4Matic   Tetto", "4Matic Tetto"),
        ("Mercedes-Benz", "C 220", "AMG LIST. 142.900", "AMG"),
        ("Aston Martin", "Vantage", "V8 S Coupè  Touchtronic  List.€ 144.000,00", "V8 S Coupè Touchtronic"),
        ("Volkswagen", "Golf", "GTE GTE 1.4 TSI DSG", "GTE 1.4 TSI DSG"),
        ("Volkswagen", "Golf", "Volkswagen_Golf_1.6_United", "1.6 United"),
        ("Volkswagen", "Golf", "VW_Golf_IV_2_2_TDI", "IV 2 2 TDI"),
        ("Opel", "Tigra", "Opel_Tigra", ""),
        ("Škoda", "Octavia", "Skoda_Octavia_Combi", "Combi"),
        ("Renault", "Clio", "Start/Stopp 1.2", "Start/Stopp 1.2"),
        ("Renault", "Clio", "Festpreis 4.500 € VB", ""),
    ],
)
def test_a_version_reads_like_a_name(make: str, model: str, written: str, clean: str) -> None:
    assert clean_name(written, make=make, model=model) == clean


def test_what_follows_the_fourth_part_is_cut() -> None:
    assert clean_name("A*B*C*D*E*F") == "A · B · C · D"


@given(PIECES | st.text(max_size=80))
@settings(max_examples=250, deadline=None)
def test_a_clean_name_stays_as_it_is(text: str) -> None:
    name = clean_name(text, make="BMW", model="Golf")
    assert clean_name(name, make="BMW", model="Golf") == name
    assert name.count(SEPARATOR) < PARTS
    assert not {"<", ">", "*", "\n", "_"} & set(name)
