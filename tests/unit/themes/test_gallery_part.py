"""Where a car has many photos they stand by kind once all of them are shown (BRIEF §7); none is lost on the way."""

from dataclasses import replace

import lxml.html
import pytest

import themes
from storefront.pages import vehicles
from storefront.pages.contexts import VehiclePage
from tests.unit.themes import sample_vehicles, samples

KINDS = ("interior", "exterior", "detail", "exterior", "engine")


def gallery(kinds: tuple[str, ...]) -> lxml.html.HtmlElement:
    """Draw the page of a car whose photos are of these kinds."""
    theme = themes.load("base")
    chosen = themes.resolve(theme, {})
    look = themes.Look(theme, chosen, "de", themes.bundle(theme, chosen))
    car = sample_vehicles.vehicle("dealer", "de")
    pictures = tuple(replace(car.pictures[0], kind=kind, alt=f"{at}") for at, kind in enumerate(kinds, 1))
    page: VehiclePage = replace(car, pictures=pictures, by_kind=vehicles.stand_by_kind(pictures))
    return lxml.html.fromstring(themes.render(look, samples.site("dealer", "de"), page, "pages/vehicle.html"))


def test_from_twelve_on_photos_stand_by_kind_the_first_ones_kind_first() -> None:
    tree = gallery(KINDS * 3)
    row = [item.text or item.get("id") for item in tree.xpath("//ul[@id='photos']/li")]
    assert [each for each in row if not each.startswith("p")] == ["Innen", "Außen", "Motor", "Details"]
    assert row[:4] == ["Innen", "p1", "p6", "p11"]
    assert sorted(int(each[1:]) for each in row if each.startswith("p")) == list(range(1, 16))
    assert tree.xpath("//ul[@id='photos']//img[not(@loading)]/@alt") == ["1"]


@pytest.mark.parametrize("kinds", [KINDS * 2, ("exterior",) * 20, ("exterior",)])
def test_fewer_photos_or_photos_of_one_kind_stand_as_the_dealer_put_them(kinds: tuple[str, ...]) -> None:
    tree = gallery(kinds)
    assert tree.xpath("//ul[@id='photos']/li/@id") == [f"p{at}" for at in range(1, len(kinds) + 1)]
    assert tree.xpath("//li[@class='ph-kind']") == []
    assert len(tree.xpath("//a[@data-photo]")) == len(kinds)
