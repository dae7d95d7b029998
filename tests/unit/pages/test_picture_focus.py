"""Where crops look: what the dealer chose is in the addresses, so that a change never meets an old copy (BRIEF §7)."""

import pytest

from builder.developing import cropped
from builder.freeze import _SHOWN
from storefront.pages import pictures
from storefront.pages.contexts import Picture
from tools.hostile_pictures import scene

HASH = "0123456789abcdef" * 4


def shown(**focus: int | None) -> Picture:
    return pictures.picture(HASH, 4000, 3000, alt="x", **focus)  # type: ignore[arg-type]


def test_nobody_chose_and_the_address_says_nothing() -> None:
    assert shown().focus == ""
    assert shown().thumb == shown(focus_x=50, focus_y=55).thumb


def test_another_focus_gives_the_crops_other_addresses_and_leaves_the_widths_alone() -> None:
    usual, chosen = shown(), shown(focus_x=23, focus_y=88)
    assert chosen.thumb == "/i/0123456789abcdef0123-thumb-23x88.jpg"
    assert chosen.focus == "fx-20 fy-90"
    assert (chosen.srcset, chosen.sources, chosen.src) == (usual.srcset, usual.sources, usual.src)


def test_one_of_the_two_may_be_left_open() -> None:
    assert shown(focus_x=0).thumb.endswith("-thumb-0x55.jpg")


def test_upright_photos_look_lower() -> None:
    assert pictures.focus_of(3000, 4000, None, None) == (50, 80)


@pytest.mark.parametrize("variant", ["", "23x88", "spin", "pano"])
def test_a_page_that_names_a_file_says_which_set_it_needs(variant: str) -> None:
    for item in pictures.derivatives_of(HASH, 5000, 2500, variant):
        found = _SHOWN.findall(f'<img src="{item.path}">'.encode())
        assert [(key + code).decode() for key, code, _ in found] == [pictures.set_name(HASH, variant)]
        assert pictures.set_of(item.path) == pictures.set_name(HASH, variant)


def test_the_crops_of_a_focus_are_the_four_sizes_crops() -> None:
    made = pictures.derivatives_of(HASH, 4000, 3000, "23x88")
    assert [(item.name, item.width, item.height, item.focus) for item in made] == [
        ("thumb", 150, 150, (23, 88)),
        ("medium", 400, 300, (23, 88)),
        ("og", 1200, 630, (23, 88)),
    ]


def test_a_crop_looks_where_it_is_told() -> None:
    image = scene(800, 400)
    left, right = (cropped(image, 100, 100, (x, 50)).tobytes() for x in (0, 100))
    assert left == cropped(image.crop((0, 0, 400, 400)), 100, 100, (50, 50)).tobytes()
    assert right == cropped(image.crop((400, 0, 800, 400)), 100, 100, (50, 50)).tobytes()


def test_tours_have_pictures_no_larger_than_their_originals() -> None:
    sizes = {(item.name, item.format, item.width) for item in pictures.derivatives_of(HASH, 1200, 900, "spin")}
    assert sizes == {("800", "webp", 800), ("800", "jpeg", 800), ("1200", "webp", 1200), ("1200", "jpeg", 1200)}
    assert {item.width for item in pictures.derivatives_of(HASH, 8000, 4000, "pano")} == {4096}
