"""Manifests are read back as they were written, and one that is cut off is never believed."""

from datetime import date
from pathlib import Path

import pytest

from builder import compress, manifest
from builder.manifest import BadManifest, Entry, Manifest
from builder.reads import ALL_PAGES, days_between, page_number, thing_number, things_of


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
        found = thing_number(("listing", f"{number:032x}", "card"))
        assert -(2**63) <= found < 2**63
    assert thing_number(("listing", "00", "card")) == thing_number(("listing", "00", "card"))
    assert thing_number(("a", "bc", "d")) != thing_number(("ab", "c", "d"))
    assert page_number("/") != ALL_PAGES
    assert things_of([("b", "", ""), ("a", "", ""), ("b", "", "")]) == sorted(things_of([("a", "", ""), ("b", "", "")]))


def test_the_days_that_began_are_those_after_the_last_build() -> None:
    today = date(2026, 11, 25)
    assert days_between(today, today) == []
    assert days_between(today, date(2026, 11, 27)) == [("day", "2026-11-26", "begins"), ("day", "2026-11-27", "begins")]
    assert days_between(today, date(2026, 11, 24)) is None
    assert days_between(today, date(2036, 1, 1)) is None
