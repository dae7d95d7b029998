"""The demo's car illustrations and the committed picture pool drawn from them."""

import builtins
import hashlib
import io
import itertools
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from storefront.demo.drawing import BODIES, PAINTS, SCENES, VIEWS, draw
from storefront.demo.drawing.car import TURN, draw_turn
from storefront.demo.drawing.panorama import draw_panorama
from storefront.demo.drawing.raster import RasteriserMissing, draw_picture
from storefront.demo.pool import NIGHT
from tests.shared_data import shared
from tools.draw_pool import CARS, HOUSE_PAINTS

PICTURES = Path(__file__).resolve().parents[3] / "storefront" / "demo" / "pictures"
COLOURS = {
    "black",
    "white",
    "grey",
    "silver",
    "blue",
    "red",
    "green",
    "yellow",
    "orange",
    "brown",
    "beige",
    "gold",
    "violet",
    "bronze",
}

GOLDEN = {
    ("hatchback", "#2f6fb0", "front_three_quarter", "yard", 3, 320, 240): "f0cd3d9b92340ff6",
    ("van", "#f2f3f4", "rear", "street_evening", 12, 320, 240): "8b92957234489dac",
    ("convertible", "#6e1a26", "interior", "studio", 9, 320, 240): "45db2f129619f513",
    ("suv", "#1b1d21", "wheel_detail", "showroom", 7, 320, 180): "6e22fc88924406fd",
}
SAMPLES = {
    "convertible-three-quarter-yard.svg": ("convertible", "red", "front_three_quarter", "yard", 4, 1600, 1200),
    "coupe-rear-street.svg": ("coupe", "racing green", "rear", "street_evening", 25, 1600, 1200),
    "estate-side-yard-wide.svg": ("estate", "white", "side", "yard", 3, 1600, 900),
    "hatchback-three-quarter-studio.svg": ("hatchback", "red", "front_three_quarter", "studio", 20, 1600, 1200),
    "mpv-wheel-studio.svg": ("mpv", "bronze", "wheel_detail", "studio", 7, 1600, 1200),
    "saloon-interior-street.svg": ("saloon", "navy", "interior", "street_evening", 4, 1600, 1200),
    "suv-front-showroom.svg": ("suv", "blue", "front", "showroom", 2, 1600, 1200),
}
DRAWN_ELEMENTS = {
    "svg",
    "defs",
    "g",
    "path",
    "circle",
    "ellipse",
    "use",
    "mask",
    "clipPath",
    "linearGradient",
    "radialGradient",
    "stop",
}


def fingerprint(drawing: str) -> str:
    return hashlib.sha256(drawing.encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def pool() -> list[dict[str, object]]:
    return tomllib.loads((PICTURES / "pool.toml").read_text(encoding="utf-8"))["car"]


@pytest.mark.parametrize("arguments", GOLDEN, ids=lambda given: f"{given[0]} {given[2]}")
def test_a_drawing_stays_the_same_from_release_to_release(arguments):
    assert fingerprint(draw(*arguments)) == GOLDEN[arguments]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_drawing_equals_the_designers_sample(name):
    body, paint, *rest = SAMPLES[name]
    sample = shared(f"design/cars/samples/{name}").read_text(encoding="utf-8").rstrip("\n")
    assert fingerprint(draw(body, PAINTS[paint], *rest)) == fingerprint(sample)


def test_the_same_car_is_drawn_whatever_the_hash_seed_of_the_process():
    script = (
        "from storefront.demo.drawing import draw; "
        "import sys; sys.stdout.write(draw('estate', '#22365c', 'front_three_quarter', 'showroom', 17, 320, 240))"
    )
    first, second = (
        subprocess.run(  # in a process of its own, since the seed is fixed at its start
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=PICTURES.parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )
    assert first.startswith("<svg")
    assert first == second


@pytest.mark.parametrize(
    ("body", "view", "scene"),
    [(body, *pair) for body, pair in zip(itertools.cycle(BODIES), itertools.product(VIEWS, SCENES), strict=False)],
)
def test_a_drawing_is_valid_and_refers_to_nothing_outside_itself(body, view, scene):
    drawing = draw(body, "#8b9096", view, scene, 5, 320, 240)
    elements = list(ElementTree.fromstring(drawing).iter())
    assert {element.tag.rpartition("}")[2] for element in elements} <= DRAWN_ELEMENTS
    names = [element.attrib["id"] for element in elements if "id" in element.attrib]
    assert len(names) == len(set(names))
    targets = re.findall(r'(?:href="|url\()([^")]+)', drawing)
    assert set(targets) <= {f"#{name}" for name in names}
    assert not re.search(r'\son\w+="', drawing)
    assert "nan" not in drawing


def test_the_same_seed_gives_a_car_the_same_rims_and_another_seed_may_not():
    drawings = {fingerprint(draw("suv", "#1b1d21", "wheel_detail", "studio", seed, 320, 240)) for seed in (1, 1, 2, 3)}
    assert len(drawings) == 3


def test_two_drawings_can_stand_on_one_page_without_sharing_an_id():
    ids = [set(re.findall(r'id="([^"]+)"', draw("city", "#2f6fb0", view, "studio", 1, 320, 240))) for view in VIEWS[:2]]
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(0, "tractor"), (1, 'red" onload="x'), (2, "underneath"), (3, "beach")],
)
def test_an_unknown_body_colour_view_or_scene_is_refused_by_name(place, wrong):
    arguments = ["city", "#2f6fb0", "side", "studio"]
    arguments[place] = wrong
    with pytest.raises(ValueError, match=re.escape(repr(wrong))):
        draw(*arguments)


def test_a_picture_comes_out_as_webp_in_the_shape_of_a_card():
    pytest.importorskip("resvg_py", reason="the rasteriser is an optional extra")
    picture = Image.open(io.BytesIO(draw_picture("coupe", "#b3202c", "side", "studio", 6, 160)))
    assert (picture.format, picture.size) == ("WEBP", (160, 120))
    red, green, blue = picture.convert("RGB").getpixel((80, 70))
    assert red > max(green, blue) + 60, "the flank shows the paint"


def test_without_the_rasteriser_a_picture_is_refused_with_the_name_of_the_extra(monkeypatch):
    real_import = builtins.__import__

    def without_resvg(name: str, *args: object, **kwargs: object) -> object:
        if name == "resvg_py":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_resvg)
    with pytest.raises(RasteriserMissing, match=r"\[embedded\]"):
        draw_picture("city", "#2f6fb0", "side", "studio", 1, 160)


@pytest.mark.parametrize("width", [0, 15, 1601])
def test_a_picture_larger_than_the_drawing_is_refused(width):
    with pytest.raises(ValueError, match="pixels"):
        draw_picture("city", "#2f6fb0", "side", "studio", 1, width)


def test_the_pool_stays_small_enough_for_the_repository():
    assert sum(path.stat().st_size for path in PICTURES.rglob("*") if path.is_file()) <= 8_000_000


def test_the_pool_lists_every_picture_as_it_is_on_disk(pool):
    listed = {picture["file"]: picture for car in pool for picture in car["pictures"]}
    assert set(listed) == {path.name for path in PICTURES.glob("*.webp")}
    for name, picture in listed.items():
        path = PICTURES / name
        with Image.open(path) as image:
            assert (image.format, image.width, image.height) == ("WEBP", picture["width"], picture["height"])
        assert path.stat().st_size == picture["bytes"]
        assert picture["width"] * 3 == picture["height"] * 4


def test_the_pool_holds_the_cars_the_tool_would_draw(pool):
    assert [
        (
            car["key"],
            car["body"],
            car["colour"],
            car["paint"],
            car["scene"],
            car["seed"],
            tuple(picture["view"] for picture in car["pictures"]),
        )
        for car in pool
    ] == [(car.key, car.body, car.colour, HOUSE_PAINTS[car.paint], car.scene, car.seed, car.views) for car in CARS]


def test_every_car_of_the_pool_has_a_gallery_that_opens_with_a_large_three_quarter_view(pool):
    for car in pool:
        views = [picture["view"] for picture in car["pictures"]]
        assert views[0] == "front_three_quarter"
        assert car["pictures"][0]["width"] >= 1280
        assert len(views) == len(set(views))
        assert 4 <= len(views) <= 6
        assert {"side", "rear", "interior"} <= set(views) <= set(VIEWS)


def test_the_pool_speaks_the_vocabulary_of_the_shop(pool):
    kinds = {"interior": "interior", "wheel_detail": "detail"}
    assert len({car["key"] for car in pool}) == len(pool) >= 40
    assert {car["body"] for car in pool} == set(BODIES)
    assert {car["colour"] for car in pool} <= COLOURS
    assert {car["scene"] for car in pool} <= set(SCENES)
    for car in pool:
        assert all(picture["kind"] == kinds.get(picture["view"], "exterior") for picture in car["pictures"])


def test_everyday_bodies_in_everyday_colours_are_the_bulk_of_the_pool(pool):
    lots = [car for car in pool if car["scene"] != NIGHT]  # one house alone sells sports cars, by night
    everyday = [
        car
        for car in lots
        if car["body"] in ("hatchback", "estate", "suv", "saloon", "city", "mpv")
        and car["colour"] in ("white", "black", "grey", "silver", "blue")
    ]
    assert len(everyday) > len(lots) / 2


def test_a_pool_picture_shows_the_paint_the_list_names(pool):
    red = next(car for car in pool if car["body"] == "hatchback" and car["colour"] == "red")
    side = next(picture["file"] for picture in red["pictures"] if picture["view"] == "side")
    with Image.open(PICTURES / side) as image:
        pixel = image.convert("RGB").getpixel((image.width // 2, round(image.height * 0.60)))
    assert pixel[0] > max(pixel[1:]) + 60


@pytest.mark.parametrize("degrees", TURN)
def test_every_frame_of_a_turn_is_another_drawing_of_the_same_car(degrees):
    others = {fingerprint(draw_turn("coupe", "#4a4e55", NIGHT, 41, turn, 320, 240)) for turn in TURN if turn != degrees}
    assert fingerprint(draw_turn("coupe", "#4a4e55", NIGHT, 41, degrees, 320, 240)) not in others


def test_a_turn_from_an_angle_nobody_drew_is_refused():
    with pytest.raises(ValueError, match="135"):
        draw_turn("coupe", "#4a4e55", NIGHT, 41, 135)


def test_a_panorama_is_twice_as_wide_as_high_and_refers_to_nothing_outside_itself():
    drawing = draw_panorama("saloon", "#4a4e55", NIGHT, 54, 320)
    root = ElementTree.fromstring(drawing)
    assert (root.attrib["width"], root.attrib["height"]) == ("320", "160")
    names = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', drawing)) <= names
    with pytest.raises(ValueError, match="tractor"):
        draw_panorama("tractor", "#4a4e55", NIGHT)


def test_the_ends_of_the_panorama_meet():
    with Image.open(PICTURES / "tours" / "panorama.webp") as opened:
        image = opened.convert("RGB")
    assert image.width == 2 * image.height
    for y in range(0, image.height, 16):
        left, right = image.getpixel((0, y)), image.getpixel((image.width - 1, y))
        assert max(abs(a - b) for a, b in zip(left, right, strict=True)) <= 24, y


def test_the_frames_of_the_turn_are_of_one_size():
    sizes = set()
    for degrees in TURN:
        with Image.open(PICTURES / "tours" / f"turn-{degrees}.webp") as image:
            sizes.add(image.size)
    assert sizes == {(1024, 768)}
