"""Pictures of shared links: the right size, never too heavy, never too wide a word, the same bytes everywhere."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from builder import lettering
from builder.social import SIZE
from builder.social_drawing import drawn
from storefront.pages.contexts import SocialCard
from storefront.pages.social import path_of
from tools.hostile_pictures import scene, written
from tools.metadata import found_in

CARD = SocialCard("VW Golf", "GTI", "North Cars", "N", "#b00020", "#ffffff")
PHOTO = written(scene(1080, 810), "JPEG")
NAMES = (
    "Mercedes-Benz E 350 CDI T-Modell 4MATIC Elegance Avantgarde",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Αυτοκίνητα Αθήνας Μεταχειρισμένα",
    "Škoda Octavia Łódź Ďábel",
    "مرسيدس بنز E 350 سيدان",
    "מרצדס בנץ C 200",
    "北京 🚗",
    "",
)


def look(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("photo", [PHOTO, None])
def test_any_name_gives_a_picture_of_the_size_that_networks_ask_for(name: str, photo: bytes | None) -> None:
    body = None if photo else "estate"
    content = drawn(replace(CARD, title=name, text=name * 3, name=name, body=body), photo)
    assert look(content).size == SIZE
    assert len(content) < 1_000_000
    assert found_in(content) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "most"), [(308, 5), (1008, 3), (120, 1)])
def test_no_line_is_wider_than_its_box(name: str, width: int, most: int) -> None:
    setting = lettering.fitted(name, lettering.STRONG, width, most, (52, 40, 28))
    assert len(setting.lines) <= most
    assert all(lettering.length(line, setting.face, setting.size) <= width for line in setting.lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_whatever_a_dealer_types_is_set(text: str) -> None:
    setting = lettering.fitted(text, lettering.PLAIN, 300, 3, (40, 24))
    assert len(setting.lines) <= 3
    assert all(lettering.length(line, setting.face, setting.size) <= 300 for line in setting.lines)


def test_greek_and_cyrillic_letters_are_there() -> None:
    for text in ("Ελληνικά Αυτοκίνητα", "Подержанные автомобили", "Łódź Škoda Győr İstanbul", "סוכנות", "معرض"):
        assert lettering.writable(text) == text


def test_what_no_font_has_becomes_its_base_letter_or_goes() -> None:
    assert lettering.writable("Ḿini 🚗 漢") == "Mini  "


def test_a_hebrew_title_begins_at_the_right() -> None:
    content = look(drawn(replace(CARD, title="מרצדס", text=None), None)).convert("L")
    left, right = (content.crop((x, 150, x + 300, 420)).getextrema()[0] for x in (96, 804))
    assert left > 200
    assert right < 100


def test_the_same_card_gives_the_same_bytes() -> None:
    assert drawn(CARD, PHOTO) == drawn(replace(CARD), PHOTO)


def test_the_photo_is_cut_around_its_focus() -> None:
    wide = Image.new("RGB", (1600, 630), "#0000ff")
    wide.paste("#ff0000", (0, 0, 800, 630))
    photo = written(wide, "JPEG")
    reds = [
        look(drawn(replace(CARD, focus=focus), photo)).convert("RGB").getpixel((400, 300))
        for focus in ((0, 50), (100, 50))
    ]
    assert reds[0][0] > 200 > reds[1][0]  # type: ignore[index]


@pytest.mark.parametrize("field", ["title", "text", "name", "initial", "accent", "ground", "body", "photo"])
def test_whatever_is_drawn_differently_has_another_address(field: str) -> None:
    assert path_of(replace(CARD, **{field: "#123456"})) != path_of(CARD)
    assert path_of(replace(CARD, focus=(1, 2))) != path_of(CARD)
