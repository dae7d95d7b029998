"""Manifests are read back as they were written, and one that is cut off is never believed."""

from datetime import date
from pathlib import Path

import pytest

from builder import compress, manifest
from builder.manifest import BadManifest, Entry, Manifest
from builder.reads import days_between, packed, packed_numbers, thing_number, things_of, unpacked, unpacked_numbers


def sample() -> Manifest:
    made = Manifest("00000007", "00000006", date(2026, 11, 25), 4711)
    made.add(Entry("index.html", "a" * 32, 5000, ("br", "gz"), "/", ("f" * 20,)))
    made.add(Entry("a/site.0011.css", "b" * 32, 100, gone="2026-11-01"))
    return made


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "m.jsonl"
    file.write_bytes(sample().to_bytes())
    assert manifest.read(file) == sample()
    assert manifest.read(file).to_bytes() == sample().to_bytes()


def test_a_manifest_is_the_same_in_whatever_order_it_was_made() -> None:
    turned = sample()
    turned.entries = dict(reversed(turned.entries.items()))
    assert turned.to_bytes() == sample().to_bytes()


def test_a_manifest_that_is_cut_off_is_not_believed(tmp_path: Path) -> None:
    whole = sample().to_bytes()
    file = tmp_path / "m.jsonl"
    for length in range(len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(BadManifest):
            manifest.read(file)


def test_a_page_stands_for_its_compressed_copies_too() -> None:
    files = sample().files()
    assert files["index.html.br"] == ("a" * 32, "br")
    assert len(files) == 4


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/en/vehicles/", "en/vehicles/index.html"),
        ("/404.html", "404.html"),
        ("/robots.txt", "robots.txt"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
    ],
)
def test_an_address_has_one_file(address: str, file: str) -> None:
    assert manifest.file_of(address) == file


def test_compression_is_the_same_every_time_and_undone_by_others() -> None:
    import gzip

    import brotli  # type: ignore[import-untyped]

    content = b"<p>The same again.</p>" * 200
    for encoding in compress.ENCODINGS:
        assert compress.compressed(content, encoding) == compress.compressed(content, encoding)
    assert brotli.decompress(compress.compressed(content, "br")) == content
    assert gzip.decompress(compress.compressed(content, "gz")) == content
    assert compress.compressed(content, "gz")[4:8] == b"\0\0\0\0"


def test_numbers_fit_a_database_and_do_not_depend_on_the_process() -> None:
    for number in range(2000):
        found = thing_number("listing", f"{number:032x}")
        assert -(2**63) <= found < 2**63
    assert thing_number("listing", "00") == -1474746887384804691
    assert thing_number("a", "bc") != thing_number("ab", "c")


def test_aspects_of_a_thing_are_bits_of_one_number_and_lists_are_things_of_their_own() -> None:
    card, both = things_of([("listing", "1", "card")]), things_of([("listing", "1", "card"), ("listing", "1", "price")])
    assert card.keys() == both.keys()
    (one,), (two,) = card.values(), both.values()
    assert one & two == one
    assert one != two
    assert things_of([("list", "x", "bucket-1")]).keys() != things_of([("list", "x", "bucket-2")]).keys()


def test_what_a_page_read_comes_back_as_it_was_packed() -> None:
    things = things_of([("listing", f"{number:032x}", "card") for number in range(300)])
    assert unpacked(packed(things)) == things
    assert unpacked(None) == {}
    assert unpacked_numbers(packed_numbers({7, 1 << 20, 3})) == {3, 7, 1 << 20}
    assert packed_numbers(set()) is None


def test_the_days_that_began_are_those_after_the_last_build() -> None:
    today = date(2026, 11, 25)
    assert days_between(today, today) == []
    assert days_between(today, date(2026, 11, 27)) == [("day", "2026-11-26", "begins"), ("day", "2026-11-27", "begins")]
    assert days_between(today, date(2026, 11, 24)) is None
    assert days_between(today, date(2036, 1, 1)) is None
