"""Which files are made of a photo, and that pages name no others (SPEC 43, BRIEF §7)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.pages import pictures

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("width", "steps"),
    [
        (4000, (320, 480, 720, 1080, 1600)),
        (1600, (320, 480, 720, 1080, 1600)),
        (1280, (320, 480, 720, 1080, 1280)),
        (720, (320, 480, 720)),
        (320, (320,)),
        (100, (100,)),
    ],
)
def test_no_picture_is_wider_than_its_original(width: int, steps: tuple[int, ...]) -> None:
    assert pictures.ladder(width) == steps


def test_the_four_sizes_of_the_specification_are_made() -> None:
    made = {derivative.name: derivative for derivative in pictures.derivatives_of(HASH, 4000, 3000)}
    assert (made["thumb"].width, made["thumb"].height, made["thumb"].crop) == (150, 150, True)
    assert (made["medium"].width, made["medium"].height, made["medium"].crop) == (400, 300, True)
    assert (made["large"].width, made["large"].height, made["large"].crop) == (800, 600, False)
    assert (made["og"].width, made["og"].height, made["og"].format) == (1200, 630, "jpeg")
    formats = [item.format for item in pictures.derivatives_of(HASH, 4000, 3000) if item.name == "1600"]
    assert formats == ["avif", "webp", "jpeg"]
    assert made["thumb"].path == "/i/0123456789abcdef0123-thumb.jpg"


@given(st.integers(1, 6000), st.integers(1, 6000))
def test_a_page_names_only_files_that_are_made(width: int, height: int) -> None:
    made = {derivative.path: derivative for derivative in pictures.derivatives_of(HASH, width, height)}
    shown = pictures.picture(HASH, width, height, alt="x")
    assert {shown.src, shown.large, shown.thumb, pictures.social(HASH)} <= made.keys()
    assert (made[shown.src].width, made[shown.src].height) == (shown.width, shown.height)
    assert [source.type for source in shown.sources] == ["image/avif", "image/webp"]
    for srcset in (*(source.srcset for source in shown.sources), shown.srcset):
        named = re.findall(r"/i/\S+", srcset)
        assert set(named) <= made.keys()
        assert [f"{made[path].width}w" for path in named] == re.findall(r"\d+w(?=,|$)", srcset)
    assert shown.portrait is (height > width)
