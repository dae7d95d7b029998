"""The static index in Chromium: the script finds, counts and orders what the contract says (T1, T2, T3)."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from search import static_index
from search.documents import Document
from search.lexicon import allowed_edits
from search.text import fold, words_of
from storefront.core import clock
from tests.search_oracle import Oracle
from tests.search_queries import queries
from tests.unit.search.documents import document, lots
from tools.prove.static_lab import Lab, differences, lab, lay_out

pytestmark = pytest.mark.browser
HEAD = {"origin": "https://north.example", "market": True, "languages": {"de": {"lists": "/vehicles/", "names": {}}}}
SHARDS = 2
"""Bits."""


def files_of(cars: Sequence[Document]) -> dict[str, bytes]:
    """Write the index of some cars, in four shards."""
    made = {"/s/index.json": static_index.head(SHARDS, 0, HEAD), "/s/cards-0-0.json": static_index.cards(0, "", {})}
    for shard in range(1 << SHARDS):
        mine = [car for car in cars if car.id.int % (1 << SHARDS) == shard]
        entries = [static_index.entry(car, 0, "20095", car.dealer_city, "0000") for car in mine]
        made[f"/s/cars-{SHARDS}-{shard}.json"] = static_index.cars(SHARDS, str(shard), entries)
    return made


@pytest.fixture(scope="module")
def browser_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Path]]:
    """Give a browser at an index, and its folder."""
    folder = tmp_path_factory.mktemp("lab")
    lay_out(folder, files_of([]))
    with lab(folder) as opened:
        yield opened, folder


def test_all_of_unicode_is_folded_and_parted_in_the_browser_as_here(browser_at: tuple[Lab, Path]) -> None:
    """Every character between two letters; of the planes without any, the first of each."""
    opened, _ = browser_at
    characters = [*range(0xD800), *range(0xE000, 0x40000), *range(0xE0000, 0xE0200), *range(0x40000, 0xE0000, 0x10000)]
    texts = [
        " ".join(f"a{chr(number)}b" for number in characters[start : start + 256])
        for start in range(0, len(characters), 256)
    ]
    for start in range(0, len(texts), 64):
        some = texts[start : start + 64]
        for text, (folded, words, allowed) in zip(some, opened.fold(some), strict=True):
            assert folded.split(" ") == fold(text).split(" ") or _without_unknown(text, folded)
            assert tuple(words) == words_of(text)
            assert allowed == [allowed_edits(word) for word in words]


def _without_unknown(text: str, folded: str) -> bool:
    """Characters nobody knew when this Python was made are blanks to the browser; they part words either way."""
    known = "".join(" " if unicodedata.category(letter) == "Cn" else letter for letter in text)
    return folded == fold(known)


WORDS = st.text(st.sampled_from("abcdeé𐐨"), max_size=9)


@given(pairs=st.lists(st.tuples(WORDS, WORDS, st.integers(0, 2)), min_size=20, max_size=60))
@settings(max_examples=30)
def test_edits_are_counted_as_here(browser_at: tuple[Lab, Path], pairs: list[tuple[str, str, int]]) -> None:
    opened, _ = browser_at
    right = [min(OSA.distance(one, other), most + 1) for one, other, most in pairs]
    assert opened.edits(pairs) == right


@given(data=st.data())
@settings(max_examples=60)
def test_cars_are_found_counted_and_ordered_as_the_contract_says(
    browser_at: tuple[Lab, Path], data: st.DataObject
) -> None:
    opened, folder = browser_at
    cars = data.draw(lots())
    asked = data.draw(st.lists(queries(cars or [document()]), min_size=5, max_size=5))
    base = f"/lot-{len(list(folder.iterdir()))}"
    lay_out(folder / base[1:], files_of([car for car in cars if car.market]))
    right = Oracle([replace(car, quality=car.quality_on(clock.now().date())) for car in cars])
    for query, answer in zip(asked, opened.ask(asked, base), strict=True):
        assert differences(answer, query, right) == []
