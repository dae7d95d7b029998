"""Outgoing feeds against golden files per country (SEO.md §19.7): columns, enums, exclusions, one car a VIN.

`MARKETPLACE_WRITE_GOLDEN=1` writes them anew; read the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from storefront.feeds.outgoing import WRITERS
from tests.unit.feeds.outgoing.cars import COUNTRIES, channel, lot

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"google": "tsv", "meta": "csv", "csv": "csv", "xml": "xml", "json": "json"}


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_feed_is_the_golden_file_of_its_country(kind: str, country: str) -> None:
    written = WRITERS[kind](channel(), lot(country))
    file = GOLDEN / f"{country.lower()}-{kind}.{ENDINGS[kind]}"
    if os.environ.get("MARKETPLACE_WRITE_GOLDEN"):
        file.write_bytes(written)
    assert written == file.read_bytes()
