"""What an unknown file is written in and what its columns mean, guessed from its own bytes."""

from pathlib import Path

import pytest

from storefront.domain.listings.stock import StockRecord
from storefront.feeds import FeedError, mapped_csv, read
from storefront.feeds.guessing import guess
from storefront.feeds.layout import layout_of, readable

GERMAN = (
    "Interne Nummer;Hersteller;Modell;Bezeichnung;Bruttopreis;Kilometerstand;EZ;Kraftstoff;Leistung (PS)\n"
    "17;VW;Golf;1.5 TSI für Größe;21.990,00 €;42.000;03/2021;Benzin;130\n"
    "18;Škoda;Octavia;Combi;18.500,00 €;61.300;07/2019;Diesel;150\n"
)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file as a dealer's system does."""
    path = folder / "stock.csv"
    path.write_bytes(readable(text.encode(encoding)))
    return path


def guessed(path: Path, country: str = "DE") -> dict[str, object]:
    """Give the mapping that is proposed for a file."""
    return guess(layout_of(path, country=country), country=country, name="x")


def cars(path: Path, country: str = "DE") -> list[StockRecord]:
    """Read a file by the mapping that is proposed for it."""
    scheme = mapped_csv.scheme_of(guessed(path, country), "x")
    return [item for item in read(path, mapping=scheme)[1] if isinstance(item, StockRecord)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
def test_letters_are_told_from_the_bytes(tmp_path: Path, encoding: str) -> None:
    text = GERMAN.replace("Škoda", "Skoda")
    found = cars(written(tmp_path, text, encoding))
    assert [(car.make, car.version, car.price_cents) for car in found] == [
        ("Volkswagen", "1.5 TSI für Größe", 2_199_000),
        ("Škoda", "Combi", 1_850_000),
    ]


def test_a_pound_is_no_letter_of_poland(tmp_path: Path) -> None:
    text = "Ref;Make;Model;Price (£);Note\nA;Ford;Fiesta;£9,000;é\nB;Ford;Focus;£9,500;é\n"
    assert [car.currency for car in cars(written(tmp_path, text, "cp1252"))] == ["GBP", "GBP"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_told_from_the_lines(tmp_path: Path, delimiter: str) -> None:
    text = GERMAN.replace(",00 €", " €").replace(";", delimiter)
    assert layout_of(written(tmp_path, text)).delimiter == delimiter


def test_a_line_that_names_the_separator_is_no_header(tmp_path: Path) -> None:
    assert cars(written(tmp_path, "sep=;\n" + GERMAN))[0].make == "Volkswagen"


@pytest.mark.parametrize(
    ("heading", "value", "country", "km"),
    [
        ("Mileage", "10,000", "GB", 16_093),
        ("Mileage", "10000 miles", "DE", 16_093),
        ("Odometer (mi)", "10000", "DE", 16_093),
        ("Mileage (km)", "10000", "GB", 10_000),
        ("Kilometerstand", "10.000", "DE", 10_000),
        ("Mileage", "10000 km", "GB", 10_000),
    ],
)
def test_miles_and_kilometres_are_told_apart(tmp_path: Path, heading: str, value: str, country: str, km: int) -> None:
    text = f"Ref\tMake\tModel\tPrice\t{heading}\nA\tFord\tFiesta\t9000\t{value}\n"
    assert cars(written(tmp_path, text), country)[0].mileage_km == km


@pytest.mark.parametrize(
    ("heading", "value", "country", "currency"),
    [
        ("Price (£)", "9000", "DE", "GBP"),
        ("Price", "£9,000", "DE", "GBP"),
        ("Price", "9000", "GB", "GBP"),
        ("Preis", "9.000 €", "CH", "EUR"),
        ("Preis", "9'000", "CH", "CHF"),
        ("Cena (zł)", "9000", "DE", "PLN"),
    ],
)
def test_the_currency_is_told_by_sign_heading_or_country(
    tmp_path: Path, heading: str, value: str, country: str, currency: str
) -> None:
    text = f"Ref\tMake\tModel\t{heading}\nA\tFord\tFiesta\t{value}\n"
    found = cars(written(tmp_path, text), country)[0]
    assert (found.price_cents, found.currency) == (900_000, currency)


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (("21/03/2017", "02/09/2018"), "2017-03-21"),
        (("03/21/2017", "09/02/2018"), "2017-03-21"),
        (("2017/03/21", "2018/09/02"), "2017-03-21"),
        (("21-03-2017", "02-09-2018"), "2017-03-21"),
        (("21.03.17", "02.09.18"), "2017-03-21"),
        (("20170321", "20180902"), "2017-03-21"),
        (("Mar-17", "Sep-18"), "2017-03-01"),
        (("03/2017", "09/2018"), "2017-03-01"),
    ],
)
def test_dates_are_read_in_the_notation_of_the_file(tmp_path: Path, dates: tuple[str, str], first: str) -> None:
    text = "Ref,Make,Model,Price,Date first registered\n" + "".join(
        f"{n},Ford,Fiesta,9000,{day}\n" for n, day in enumerate(dates)
    )
    assert str(cars(written(tmp_path, text))[0].first_registered) == first


def test_a_year_where_a_date_is_expected_is_not_lost(tmp_path: Path) -> None:
    text = "Ref,Make,Model,Price,First registration\nA,Ford,Fiesta,9000,2019\n"
    assert cars(written(tmp_path, text))[0].year == 2019


def test_one_column_of_text_names_make_and_model(tmp_path: Path) -> None:
    text = "Titel;Preis;Kennzeichen\nVolkswagen Golf 1.5 TSI;9000;HH-A 1\nBMW X3 xDrive;19000;HH-A 2\n"
    assert [(car.source_id, car.make, car.model) for car in cars(written(tmp_path, text))] == [
        ("HH-A 1", "Volkswagen", "Golf"),
        ("HH-A 2", "BMW", "X3"),
    ]


def test_a_file_without_headings_is_read_by_its_values(tmp_path: Path) -> None:
    text = "1001,Volkswagen,Golf,21990 EUR,42000 km,Benzin,2021\n1002,BMW,X3,18500 EUR,61000 km,Diesel,2019\n"
    assert [(car.source_id, car.make, car.price_cents, car.year) for car in cars(written(tmp_path, text))] == [
        ("1001", "Volkswagen", 2_199_000, 2021),
        ("1002", "BMW", 1_850_000, 2019),
    ]


def test_cars_without_a_number_have_the_same_key_in_every_file(tmp_path: Path) -> None:
    text = "Make,Model,Price,Mileage,Year\nFord,Fiesta,9000,40000,2019\nFord,Fiesta,9500,30000,2019\n"
    before = [car.source_id for car in cars(written(tmp_path, text))]
    after = [car.source_id for car in cars(written(tmp_path, text.replace("9000", "8000")))]
    assert before == after
    assert len(set(before)) == 2


def test_lists_in_a_cell_are_divided(tmp_path: Path) -> None:
    text = (
        "Ref;Make;Model;Price;Options;Images\n"
        'A;Ford;Fiesta;9000;"Heated seats, Cruise control";"https://x.example/1.jpg,https://x.example/2.jpg"\n'
    )
    found = cars(written(tmp_path, text))[0]
    assert set(found.features) == {"heated_seats", "cruise_control"}
    assert len(found.photo_urls) == 2


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_spreadsheet_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FeedError, match="Save it as CSV"):
        readable(content)


def test_a_single_column_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no table"):
        layout_of(written(tmp_path, "one\ntwo\n"))
