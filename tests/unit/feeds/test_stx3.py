"""AutoScout24's STX3: what is read of it, and what is refused."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from storefront.domain.listings.stock import Notice, Refused, StockItem, StockRecord
from storefront.feeds import FeedError, Limits, read

VEHICLE = """<vehicle>
  <vehicle_id>{id}</vehicle_id><visibility>Al pubblico</visibility><type>{type}</type><category>Usato</category>
  <body>Station wagon</body><brand>{brand}</brand><model>{model}</model><version>{version}</version>
  <body_colorgroup>Nero</body_colorgroup><body_color>mytos</body_color><body_painting>Metallizzato</body_painting>
  <interior_color>Beige</interior_color><covering>Pelle totale</covering><doors>5</doors>
  <gear_type>Automatico</gear_type>
  <gears>0</gears><fuel_type>{fuel}</fuel_type><transmission>4x4</transmission><capacity>2967</capacity>
  <kilowatt>{kilowatt}</kilowatt><cylinder>6</cylinder>
  <consumption>
    <liquid><urban>{urban}</urban><extra_urban>0</extra_urban><combined>{combined}</combined></liquid>
  </consumption>
  <emission><class>Euro 6</class><co2_liquid>{co2}</co2_liquid></emission><mileage>20000</mileage>
  <initial_registration>{registered}</initial_registration><notes>{notes}</notes>
  <prices>
    <price><type>dealer</type><currency>Euro</currency><value>1</value></price>
    <price><type>public</type><vat_type id="">true</vat_type><currency>Euro</currency><negotiable>true</negotiable>
      <value>{price}</value></price>
  </prices>
  <warranty_duration>24</warranty_duration>
  <equipments><equipment><text>ABS</text></equipment><equipment><text> Tetto panoramico</text></equipment>
    <equipment><text> Raggi X</text></equipment></equipments>
  <media><images><image><uri>http://pic.example/1.jpg</uri></image><image><uri>ftp://pic.example/2.jpg</uri></image>
    <image><uri>http://pic.example/1.jpg</uri></image></images></media>
  <accident_free>true</accident_free><seats>5</seats>
</vehicle>"""
SAID = {
    "id": "1",
    "type": "C",
    "brand": "Audi",
    "model": "A6",
    "version": "Avant 3.0 TDI *MATRIX*",
    "fuel": "Diesel",
    "kilowatt": "160",
    "urban": "5.5",
    "combined": "4.7",
    "co2": "129",
    "registered": "2017-03-01T00:00:00",
    "notes": "Bella",
    "price": "44000",
}


def feed(folder: Path, *vehicles: dict[str, str], prolog: str = "") -> Path:
    path = folder / "stock.xml"
    body = "".join(VEHICLE.format(**{**SAID, **vehicle}) for vehicle in vehicles or ({},))
    whole = f"<stx3><vehicle_data><vehicles>{body}</vehicles></vehicle_data></stx3>"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>{prolog}{whole}')
    return path


def items(path: Path, **options: object) -> list[StockItem]:
    name, found = read(path, **options)  # type: ignore[arg-type]
    assert name == "stx3"
    return list(found)


def record(folder: Path, **said: str) -> StockRecord:
    return next(item for item in items(feed(folder, said)) if isinstance(item, StockRecord))


def test_a_vehicle_is_read_in_our_words_and_units(tmp_path: Path) -> None:
    car = record(tmp_path)
    assert (car.source_id, car.make, car.model, car.version) == ("1", "Audi", "A6", "Avant 3.0 TDI · Matrix")
    assert (car.body, car.fuel, car.transmission, car.drive) == ("estate", "diesel", "automatic", "all")
    assert (car.colour, car.colour_text, car.metallic) == ("black", "mytos", True)
    assert (car.interior_colour, car.interior_material) == ("beige", "leather")
    assert (car.power_kw, car.displacement_ccm, car.mileage_km, car.gears) == (160, 2967, 20000, None)
    assert (car.price_cents, car.currency, car.vat, car.negotiable) == (4_400_000, "EUR", "standard", True)
    assert (car.first_registered.isoformat() if car.first_registered else "", car.year) == ("2017-03-01", 2017)
    assert (car.features, car.features_other) == (("abs", "panorama_roof"), ("Raggi X",))
    assert car.photo_urls == ("http://pic.example/1.jpg",)
    assert car.raw["version"] == "Avant 3.0 TDI *MATRIX*"


def test_litres_and_tenths_of_litres_mean_the_same(tmp_path: Path) -> None:
    litres = record(tmp_path, urban="5.5", combined="4.7")
    tenths = record(tmp_path, urban="55", combined="47")
    assert (litres.consumption_combined, litres.consumption_urban, litres.consumption_extra_urban) == (47, 55, None)
    assert tenths.consumption_combined == litres.consumption_combined
    assert tenths.consumption_urban == litres.consumption_urban


def test_a_whole_figure_in_a_file_of_litres_is_litres(tmp_path: Path) -> None:
    cars = [item for item in items(feed(tmp_path, {"combined": "5"}, {"id": "2"})) if isinstance(item, StockRecord)]
    assert [car.consumption_combined for car in cars] == [50, 47]


@pytest.mark.parametrize(
    ("said", "fuel"),
    [
        ({"co2": "139"}, "hybrid"),
        ({"co2": "49"}, "plugin_hybrid"),
        ({"co2": "124", "version": "530e IBRIDA PLUG IN"}, "plugin_hybrid"),
        ({"co2": "0", "version": "e-tron 3.0 TDI"}, "plugin_hybrid"),
    ],
)
def test_a_mixture_with_electricity_is_a_plug_in_only_with_a_hint(
    tmp_path: Path, said: dict[str, str], fuel: str
) -> None:
    assert record(tmp_path, fuel="Elettrica/Benzina", **said).fuel == fuel


def test_dates_that_mean_none_are_none(tmp_path: Path) -> None:
    assert record(tmp_path, registered="0001-01-01T00:00:00").first_registered is None


def test_a_motorbike_says_what_it_is(tmp_path: Path) -> None:
    assert record(tmp_path, type="B").kind == "motorcycle"


def test_an_impossible_power_is_left_out_and_told(tmp_path: Path) -> None:
    found = items(feed(tmp_path, {"kilowatt": "0"}, {"id": "2", "kilowatt": "99999"}))
    assert [item.power_kw for item in found if isinstance(item, StockRecord)] == [None, None]
    assert [item.field for item in found if isinstance(item, Notice)].count("power_kw") == 2


def test_unknown_words_are_kept_and_told_once(tmp_path: Path) -> None:
    found = items(feed(tmp_path, {"model": "Zeppelin"}, {"id": "2", "model": "Zeppelin"}))
    told = [item for item in found if isinstance(item, Notice) and item.field == "model"]
    assert [item.model for item in found if isinstance(item, StockRecord)] == ["Zeppelin", "Zeppelin"]
    assert len(told) == 1
    assert "Zeppelin" in told[0].message


def test_a_near_miss_of_a_make_is_mended_and_told(tmp_path: Path) -> None:
    found = items(feed(tmp_path, {"brand": "Wolkswagen", "model": "Golf"}))
    assert next(item.make for item in found if isinstance(item, StockRecord)) == "Volkswagen"
    assert any(isinstance(item, Notice) and item.field == "make" for item in found)


def test_a_vehicle_without_a_key_is_refused(tmp_path: Path) -> None:
    assert [type(item) for item in items(feed(tmp_path, {"id": ""}))] == [Refused]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE stx3 [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE stx3 SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE stx3 [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE stx3>",
    ],
)
def test_document_types_are_refused_before_anything_is_read(tmp_path: Path, prolog: str) -> None:
    with pytest.raises(FeedError, match="DOCTYPE"):
        items(feed(tmp_path, {"notes": "&c;" if "ENTITY c" in prolog else "x"}, prolog=prolog))


def test_an_undeclared_entity_is_no_xml(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="not well-formed"):
        items(feed(tmp_path, {"notes": "&secret;"}))


def test_a_file_that_ends_in_the_middle_is_an_error(tmp_path: Path) -> None:
    path = feed(tmp_path, {}, {"id": "2"})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FeedError, match="not well-formed"):
        items(path)


def test_wrong_bytes_are_an_error_that_names_the_line(tmp_path: Path) -> None:
    path = feed(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"Bella", b"Bell\xe0"))
    with pytest.raises(FeedError, match="line"):
        items(path)


def test_more_vehicles_than_allowed_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="more than 2 vehicles"):
        items(feed(tmp_path, {}, {"id": "2"}, {"id": "3"}), limits=Limits(rows=2))


def test_a_huge_text_is_an_error_and_never_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"<stx3><vehicle_data><vehicles><vehicle><vehicle_id>1</vehicle_id><notes>")
        for _ in range(120):
            file.write(b"A" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(FeedError):
        items(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_a_gzip_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"<stx3>" + b" " * 20_000_000)
    with pytest.raises(FeedError, match="larger than 4 MB"):
        items(path, limits=Limits(total=4 * 1_048_576))


def test_a_damaged_gzip_is_an_error_for_people(tmp_path: Path) -> None:
    path = tmp_path / "stock.xml.gz"
    path.write_bytes(gzip.compress(feed(tmp_path).read_bytes())[:-40])
    with pytest.raises(FeedError, match=r"gzip|well-formed"):
        items(path)


def test_other_xml_is_no_stock(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text("<rss/>")
    with pytest.raises(FeedError, match="no STX3"):
        read(path)


@pytest.mark.parametrize("written", ["37000", "37.000", "37,000", "37000.00", "37000,00", "37.000,00", "€ 37.000,-"])
def test_a_price_is_the_same_in_every_notation(tmp_path: Path, written: str) -> None:
    assert record(tmp_path, price=written).price_cents == 3_700_000


def test_a_decimal_comma_is_a_decimal(tmp_path: Path) -> None:
    car = record(tmp_path, combined="4,7", urban="5,5", kilowatt="130,5")
    assert (car.consumption_combined, car.consumption_urban, car.power_kw) == (47, 55, 131)


def test_a_namespace_changes_nothing(tmp_path: Path) -> None:
    path = feed(tmp_path)
    plain = items(path)
    path.write_text(path.read_text().replace("<stx3>", '<stx3 xmlns="http://portal.example/stx3">'))
    assert items(path) == plain


@pytest.mark.parametrize("content", ["<stx3/>", "<stx3><vehicle_data/></stx3>", "<ads><stx3/></ads>"])
def test_a_file_without_a_list_of_vehicles_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.xml"
    path.write_text(content)
    with pytest.raises(FeedError):
        read(path, "stx3")


def test_a_file_cut_off_anywhere_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = feed(tmp_path, *({"id": str(number)} for number in range(20)))
    whole = path.read_bytes()
    for share in (0.3, 0.7, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(FeedError, match="not well-formed"):
            items(path)


@pytest.mark.parametrize("word", ["Altro", "Sonstige", "-", "Other"])
def test_words_that_name_no_make_or_model_are_none(tmp_path: Path, word: str) -> None:
    assert record(tmp_path, brand=word).make == ""
    assert record(tmp_path, model=word).model == ""


def test_an_unknown_fuel_is_kept_for_the_admin_and_told(tmp_path: Path) -> None:
    found = items(feed(tmp_path, {"fuel": "Raketentreibstoff"}))
    car = next(item for item in found if isinstance(item, StockRecord))
    assert (car.fuel, car.raw["fuel"]) == (None, "Raketentreibstoff")
    assert any(isinstance(item, Notice) and "Raketentreibstoff" in item.message for item in found)


@pytest.mark.parametrize(
    ("word", "code"), [("GPL", "lpg"), ("Metano", "cng"), ("Idrogeno", "hydrogen"), ("Super E10 95", "petrol")]
)
def test_the_portals_fuels_are_known(tmp_path: Path, word: str, code: str) -> None:
    assert record(tmp_path, fuel=word).fuel == code
