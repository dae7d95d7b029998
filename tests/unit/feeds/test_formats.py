"""Every format: known by its content, safe against any bytes."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.domain.vehicles import vocabulary
from storefront.feeds import FORMATS, FeedError, columns, detect, read
from storefront.feeds.words import SECTIONS, code_for
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("data/feeds/autoscout24-stx3/2018-03-10.xml.gz", "stx3"),
        ("data/feeds/cardealerdp/example-1.json", "cardealerdp"),
        ("data/listings/kleinanzeigen-autos.csv.gz", "kleinanzeigen"),
    ],
)
def test_a_format_is_told_from_the_content(name: str, format_name: str) -> None:
    assert detect(shared(name)) == format_name


def test_unknown_formats_and_files_are_errors_for_people(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(FeedError, match="is empty"):
        read(tmp_path / "empty")
    with pytest.raises(FeedError, match="cannot be read"):
        read(tmp_path / "missing.csv")
    with pytest.raises(FeedError, match="not known"):
        read(tmp_path / "empty", "fax")


HEADS = [
    b"",
    b"<stx3><vehicle_data><vehicles><vehicle><vehicle_id>1</vehicle_id>",
    b'{"resources":[{"name":"car","data":[',
]
HEADS += [b"id,make,model,price\n1,", b"\x1f\x8b", b"dateCrawled,name,seller,offerType,price,brand,model\n"]


@given(st.sampled_from(HEADS), st.binary(max_size=300), st.sampled_from([None, *FORMATS]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_a_reader(tmp_path: Path, head: bytes, rest: bytes, format_name: str | None) -> None:
    path = tmp_path / "any"
    path.write_bytes(head + rest)
    with suppress(FeedError):
        list(read(path, format_name)[1])


def test_every_foreign_word_leads_to_a_code_and_every_code_is_reached() -> None:
    for section, codes in SECTIONS.items():
        assert {code_for(section, code) for code in codes} == set(codes)


@pytest.mark.parametrize(
    ("section", "word", "code"),
    [
        ("feature", " Sensori di parcheggio assistito posteriori", "parking_rear"),
        ("feature", "Sitzheizung", "heated_seats"),
        ("feature", "Head-up display", "headup_display"),
        ("body", "Station wagon", "estate"),
        ("colour", "Blu/Azzurro", "blue"),
        ("interior_colour", "Nero", "black"),
        ("emission_class", "Euro 6d-TEMP", "euro6d_temp"),
        ("fuel", "Elettrica/Diesel", "hybrid"),
    ],
)
def test_foreign_words_are_understood(section: str, word: str, code: str) -> None:
    assert code_for(section, word) == code


def test_all_equipment_groups_together_are_the_features() -> None:
    assert len(vocabulary.FEATURES) == len(set(vocabulary.FEATURES)) > 100


def test_the_documentation_names_every_column_and_every_format() -> None:
    documented = Path(__file__).parents[3].joinpath("docs", "importing.md").read_text("utf-8")
    missing = [name for name in (*columns.COLUMNS, *FORMATS) if f"`{name}`" not in documented]
    assert missing == []
