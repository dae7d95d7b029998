"""CSV: our own columns, and others through a mapping."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from storefront.domain.listings.stock import Notice, Refused, StockItem, StockRecord
from storefront.feeds import FeedError, Limits, columns, mapped_csv, read
from tests.shared_data import shared

HEADER = "id,make,model,version,price,mileage_km,first_registered,fuel,features,photos,description,consumption_combined"
GOLF = (
    "A1,VW,Golf,1.5 TSI LIFE,21990,42000,2021-03,Benzin,ABS|Navi|Raketen,http://p.example/1.jpg,Erste Hand\\nGarage,5.4"
)


def csv(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "stock.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def items(path: Path, format: str | None = None, **options: object) -> list[StockItem]:  # noqa: A002
    return list(read(path, format, **options)[1])  # type: ignore[arg-type]


def records(found: list[StockItem]) -> list[StockRecord]:
    return [item for item in found if isinstance(item, StockRecord)]


def test_our_own_columns_are_known_by_their_names(tmp_path: Path) -> None:
    name, found = read(csv(tmp_path, HEADER, GOLF))
    (car,) = records(list(found))
    assert name == "csv"
    assert (car.row, car.source_id, car.make, car.model, car.version) == (2, "A1", "Volkswagen", "Golf", "1.5 TSI Life")
    assert (car.price_cents, car.mileage_km, car.fuel, car.year) == (2_199_000, 42_000, "petrol", 2021)
    assert (car.features, car.features_other) == (("abs", "navigation"), ("Raketen",))
    assert (car.description, car.photo_urls) == ("Erste Hand\n\nGarage", ("http://p.example/1.jpg",))
    assert car.consumption_combined == 54


def test_semicolons_bring_decimal_commas(tmp_path: Path) -> None:
    (car,) = records(items(csv(tmp_path, "id;make;model;price;consumption_combined", "1;BMW;320;24.900,50;4,7")))
    assert (car.price_cents, car.consumption_combined) == (2_490_050, 47)


def test_a_byte_order_mark_and_gzip_are_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + f"{HEADER}\n{GOLF}\n".encode()))
    assert len(records(items(path))) == 1


def test_line_breaks_inside_quotes_keep_the_count_of_lines(tmp_path: Path) -> None:
    found = records(
        items(csv(tmp_path, "id,make,model,price,description", '1,BMW,320,9000,"a', 'b"', "2,BMW,320,9000,c"))
    )
    assert [(car.row, car.source_id) for car in found] == [(2, "1"), (4, "2")]


def test_formulas_stay_the_text_they_are(tmp_path: Path) -> None:
    (car,) = records(items(csv(tmp_path, "id,make,model,version,price", '1,BMW,320,"=HYPERLINK(""http://x"")",9000')))
    assert car.raw["version"] == '=HYPERLINK("http://x")'


def test_rows_with_too_few_or_many_cells_are_refused(tmp_path: Path) -> None:
    found = items(csv(tmp_path, "id,make,model,price", "1,BMW,320", "2,BMW,320,9000,x", "3,BMW,320,9000"))
    assert [(item.row, item.id) for item in found if isinstance(item, Refused)] == [(2, "1"), (3, "2")]
    assert [car.source_id for car in records(found)] == ["3"]


def test_a_row_without_id_is_refused(tmp_path: Path) -> None:
    assert [type(item) for item in items(csv(tmp_path, "id,make,model,price", ",BMW,320,9000"))] == [Refused]


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="colour_of_horse"):
        read(csv(tmp_path, "id,make,model,price,colour_of_horse", "1,BMW,320,9000,x"))


def test_a_wrong_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,make,model,price", "1,BMW,320,9000", "2,Citroën,C4,9000", encoding="cp1252")
    with pytest.raises(FeedError, match="Line 3 is not written in UTF-8"):
        items(path)


def test_utf_16_is_recognised(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,make,model,price", "1,BMW,320,9000", encoding="utf-16")
    with pytest.raises(FeedError, match="UTF-16"):
        items(path, "csv")


def test_an_endless_line_is_an_error_and_never_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"id,make,model,price\n1,")
        for _ in range(150):
            file.write(b"A" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(FeedError, match="longer than"):
        items(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_huge_cell_and_an_open_quotation_mark_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="longer than 65536 characters"):
        items(csv(tmp_path, "id,make,model,price,description", f"1,BMW,320,9000,{'x' * 70_000}"))
    with pytest.raises(FeedError, match="Line"):
        items(csv(tmp_path, "id,make,model,price,description", '1,BMW,320,9000,"open', *["x" * 1000] * 300))


def test_a_hundred_thousand_rows_are_read_and_one_more_than_allowed_is_not(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,make,model,price", *(f"{number},BMW,320,9000" for number in range(100_001)))
    found = read(path, limits=Limits(rows=100_000))[1]
    assert sum(isinstance(next(found), StockRecord) for _ in range(100_000)) == 100_000
    with pytest.raises(FeedError, match="more than 100000 rows"):
        next(found)


def test_every_number_column_has_a_plausible_range() -> None:
    from storefront.feeds.draft import PLAUSIBLE

    assert set(columns.NUMBERS.values()) == set(PLAUSIBLE)


def test_a_file_of_nobodys_columns_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="mapping file"):
        read(csv(tmp_path, "a,b,c", "1,2,3"))


MAPPING = """
name = "portal"
encoding = "latin-1"
delimiter = ";"
[numbers]
decimal = ","
group = "."
[dates]
format = "%d.%m.%Y"
columns = ["seit"]
[columns]
id = "nr"
make = "marke"
model = "modell"
version = "modell"
price = "preis"
power_kw = "ps"
mileage_km = "meilen"
first_registered = "ez"
fuel = "kraftstoff"
postal_code = "plz"
[units]
power_kw = "PS"
mileage_km = "mi"
[values.fuel]
B = "petrol"
[limits]
power_kw = [10, 1000]
[pad]
postal_code = 5
[constants]
country = "DE"
[wanted]
title = "modell"
pattern = '^\\W*suche'
"""


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    (tmp_path / "portal.toml").write_text(MAPPING)
    return tmp_path


def mapped(folder: Path, *rows: str, ends: str = "\n") -> list[StockItem]:
    path = folder / "portal.csv"
    head = "nr;marke;modell;preis;ps;meilen;ez;kraftstoff;plz;seit"
    path.write_bytes(("\n".join((head, *rows)) + ends).encode("latin-1"))
    name, found = read(path, str(folder / "portal.toml"))
    assert name == "portal"
    return list(found)


def test_a_mapping_turns_words_units_numbers_and_dates_into_ours(portal: Path) -> None:
    (car,) = records(mapped(portal, "7;VW;Golf GTÖ;12.990,50 EUR;100;100.000;15.03.2017;B;1067;01.02.2018"))
    assert (car.source_id, car.make, car.price_cents) == ("7", "Volkswagen", 1_299_050)
    assert (car.power_kw, car.mileage_km, car.fuel, car.postal_code) == (74, 160_934, "petrol", "01067")
    assert car.first_registered is not None
    assert car.first_registered.isoformat() == "2017-03-15"


def test_values_outside_the_mappings_limits_are_left_out_and_told(portal: Path) -> None:
    found = mapped(portal, "7;VW;Golf;12.990;14009;1;15.03.2017;B;1067;01.02.2018")
    assert records(found)[0].power_kw is None
    assert any(isinstance(item, Notice) and "14009 PS" in item.message for item in found)


def test_a_title_that_asks_for_a_car_is_wanted(portal: Path) -> None:
    assert records(mapped(portal, "7;VW;+Suche Golf;12.990;100;1;15.03.2017;B;1067;01.02.2018"))[0].wanted


def test_a_last_row_cut_off_in_a_date_is_kept_and_told(portal: Path) -> None:
    found = mapped(portal, "7;VW;Golf;12.990;100;1;15.03.2017;B;1067;01.02.", ends="")
    assert len(records(found)) == 1
    assert any(isinstance(item, Notice) and item.field == "row" for item in found)


def test_a_whole_last_row_without_line_end_is_no_news(portal: Path) -> None:
    found = mapped(portal, "7;VW;Golf;12.990;100;1;15.03.2017;B;1067;01.02.2018", ends="")
    assert not any(isinstance(item, Notice) and item.field == "row" for item in found)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('id = "nr"', 'horse = "nr"'), "horse"),
        (('id = "nr"\n', ""), "id column"),
        (('mileage_km = "mi"', 'mileage_km = "furlong"'), "furlong"),
        (("[numbers]", "[numbers"), "mapping file"),
        (('encoding = "latin-1"', 'encoding = "klingon"'), "klingon"),
        (("suche'", "suche('"), "wrong in a mapping file"),
        (('name = "portal"', ""), "name"),
        (("power_kw = [10, 1000]", "power_kw = 10"), "wrong in a mapping file"),
        (("power_kw = [10, 1000]", 'power_kw = ["a", "b"]'), "limits"),
        (('delimiter = ";"', 'delimiter = ";;"'), "delimiter"),
        (("postal_code = 5", 'postal_code = "five"'), "pad"),
        (('title = "modell"\n', ""), "title"),
        (('title = "modell"', 'title = "ueberschrift"'), "lacks the columns ueberschrift"),
    ],
)
def test_a_mistake_in_a_mapping_file_is_named(portal: Path, change: tuple[str, str], complaint: str) -> None:
    path = portal / "portal.toml"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(FeedError, match=complaint):
        mapped(portal, "7;VW;Golf;1;1;1;;;;")


@pytest.fixture(scope="module")
def ads() -> list[StockItem]:
    """Give what is read of the real Kleinanzeigen file."""
    name, found = read(shared("data/listings/kleinanzeigen-autos.csv.gz"))
    assert name == "kleinanzeigen"
    return list(found)


def test_keys_come_from_content_where_there_is_no_id(ads: list[StockItem]) -> None:
    found = records(ads)
    again = next(read(shared("data/listings/kleinanzeigen-autos.csv.gz"))[1])
    assert isinstance(again, StockRecord)
    assert found[0].source_id == again.source_id
    assert 18_600 < len({car.source_id for car in found}) < len(found) == 18_705


def test_every_shipped_mapping_is_sound() -> None:
    assert set(mapped_csv.shipped()) == {"kleinanzeigen"}


def test_the_dirt_of_the_real_ads_is_handled(ads: list[StockItem]) -> None:
    cars = records(ads)
    assert (cars[0].make, cars[0].model, cars[0].price_cents, cars[0].mileage_km) == (
        "Peugeot",
        "807",
        500_000,
        150_000,
    )
    assert all(len(car.postal_code or "") == 5 for car in cars)
    assert max(car.power_kw or 0 for car in cars) <= 736
    assert sum(car.wanted for car in cars) >= 84
    assert any(isinstance(item, Notice) and item.row == 18_706 and item.field == "row" for item in ads)
    assert not any("andere" in car.model or "reihe" in car.model for car in cars)


def test_thousands_are_understood_where_nobody_writes_three_decimals(tmp_path: Path) -> None:
    cars = records(
        items(csv(tmp_path, "id;make;model;price;mileage_km", "1;BMW;320;12.500;85.000", "2;BMW;320;12500;85"))
    )
    assert [(car.price_cents, car.mileage_km) for car in cars] == [(1_250_000, 85_000), (1_250_000, 85)]


def test_a_quotation_mark_that_is_never_closed_is_a_damaged_file(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,make,model,price", "1,BMW,320,9000", '2,BMW,"320,9000', "3,BMW,320,9000")
    with pytest.raises(FeedError, match="Line 3: a quotation mark"):
        items(path)


def test_line_ends_of_old_macs_are_named(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="carriage return"):
        items(csv(tmp_path, "id,make,model,price\r1,BMW,320,9000\r"))


def test_ways_to_write_a_currency_are_known(tmp_path: Path) -> None:
    rows = (f"{number},BMW,320,9000,{word}" for number, word in enumerate(("€", "Euro", "chf", "", "SFr")))
    cars = records(items(csv(tmp_path, "id,make,model,price,currency", *rows)))
    assert [car.currency for car in cars] == ["EUR", "EUR", "CHF", "EUR", "CHF"]


def test_addresses_that_lead_nowhere_are_left_out(tmp_path: Path) -> None:
    urls = "http:// http://[bad/x.jpg HTTPS://p.example/1.jpg file:///etc/passwd x.jpg"
    (car,) = records(items(csv(tmp_path, "id,make,model,price,photos", f"1,BMW,320,9000,{urls}")))
    assert car.photo_urls == ("HTTPS://p.example/1.jpg",)


def test_a_mapped_row_without_its_key_is_refused(portal: Path) -> None:
    assert [type(item) for item in mapped(portal, ";VW;Golf;12.990;100;1;15.03.2017;B;1067;01.02.2018")] == [Refused]


def test_a_file_that_became_utf_8_is_read_as_such(portal: Path) -> None:
    row = "7;VW;Golf GTÖ;12.990;100;1;15.03.2017;B;1067;01.02.2018"
    (latin,) = records(mapped(portal, row))
    path = portal / "portal.csv"
    content = path.read_bytes().decode("latin-1")
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_bytes(content.encode(encoding))
        (car,) = records(list(read(path, str(portal / "portal.toml"))[1]))
        assert car.raw["model"] == latin.raw["model"] == "Golf GTÖ"
