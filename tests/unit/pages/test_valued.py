"""How prices compare, in words: what a card and a page say of a stored valuation (SPEC 54, BRIEF §5)."""

from importlib import resources

import pytest

from storefront.domain.valuation.labels import Label
from storefront.pages import valued


def test_every_label_has_bars_the_better_the_more() -> None:
    assert [valued.FILLED[step] for step in Label] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("code", list(Label))
def test_every_label_has_its_bars_in_the_style_sheet(code: Label) -> None:
    sheet = (resources.files("themes") / "base/assets/css/base.css").read_text("utf-8")
    assert f".pl-{code} {{ --filled:" in sheet
