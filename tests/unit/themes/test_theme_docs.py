"""docs/theming.md says what templates see; the classes say what there is. Both say the same."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from storefront.pages.contexts import TEMPLATES, Page, Site
from themes import settings
from themes.theme import FILTERS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "theming.md").read_text(encoding="utf-8")
ROWS = {
    row[0]: (row[1], set(re.findall(r"`(\w+)`", row[2])))
    for row in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", TEXT, re.MULTILINE)
}
COMMON = {field.name for field in fields(Page)}


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: page.__name__)
def test_every_page_stands_there_with_its_template_and_all_its_fields(page: type[Page]) -> None:
    template, named = ROWS[page.__name__]
    assert template == f"`{TEMPLATES[page]}`"
    assert named == {field.name for field in fields(page)} - COMMON


def test_what_every_page_and_the_site_have_stands_there() -> None:
    assert ROWS["Page"][1] == COMMON
    assert ROWS["Site"][1] == {field.name for field in fields(Site)}


def test_kinds_of_settings_and_filters_stand_there() -> None:
    kinds = re.search(r"`kind` is one of ([^.]*)\.", TEXT)
    assert kinds is not None
    assert set(re.findall(r"`(\w+)`", kinds[1])) == set(settings.KINDS)
    assert all(f"`{name}`" in TEXT for name in FILTERS)
