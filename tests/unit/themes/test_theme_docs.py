"""docs/themes.md says what templates see; the classes say what there is. Both say the same."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from storefront.pages import contexts
from storefront.pages.contexts import TEMPLATES, Page, Site
from themes import settings
from themes.check import CONTEXT
from themes.look import Look
from themes.theme import FILTERS
from themes.words import Words

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "themes.md").read_text(encoding="utf-8")
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


PIECES = [
    piece
    for piece in vars(contexts).values()
    if is_dataclass(piece) and isinstance(piece, type) and piece not in TEMPLATES and piece not in (Page, Site)
]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.__name__)
def test_every_piece_of_a_page_stands_there_with_all_its_fields(piece: type) -> None:
    assert ROWS[piece.__name__][1] == {field.name for field in fields(piece)}


def test_the_four_names_of_a_template_stand_there_and_what_theme_has_is_there() -> None:
    named = set(re.findall(r"^\| `(\w+)` \| ", TEXT, re.MULTILINE))
    assert named >= CONTEXT
    used = set(re.findall(r"`theme\.(\w+)", TEXT))
    assert used >= {"settings", "asset", "has_asset", "card", "shell", "name"}
    known = set(dir(Look)) | {field.name for field in fields(Look)}
    assert used - {"toml"} <= known
    assert callable(Words.__call__)


def test_each_kind_of_setting_has_a_row_and_its_own_keys() -> None:
    table = TEXT.partition("| kind | what a dealer gives |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(settings.KINDS)
    for key in ("choices", "min", "max", "unit", "translated"):
        assert f"`{key}`" in table


def test_each_way_a_setting_is_used_stands_there() -> None:
    table = TEXT.partition("| `use` | the value becomes |")[2].partition("\n\n")[0]
    first_cells = " ".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE))
    stated = re.findall(r"`(.*?)`", first_cells)
    examples = [use.replace("<field>", "heading").replace("--name", "--swell") for use in stated]
    assert all(settings.USES.fullmatch(use) for use in examples)
    assert {use.partition(":")[0] for use in stated} == {"template", "page", "css", "accent", "scheme", "radius"}
