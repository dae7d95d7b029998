"""What is Harbour's own: people before cars, waves, postcards, photos across the page (docs/themes.md).

What holds for the pages of every theme is asked in test_theme_pages.py.
"""

from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from lxml import html
from PIL import ImageFont

import themes
from storefront.pages import contexts as c
from tests.unit.themes import samples
from themes import colour
from themes.check import roles_of

NAMES = tuple(samples.pages("dealer", "de"))
FONT = Path(themes.__file__).parent / "harbour" / "assets" / "fonts" / "nunito-round.woff2"
THEME = themes.load("harbour")


def render(page: c.Page, lang: str = "de", **stored: object) -> html.HtmlElement:
    """Render a page as the builder does, with a dealer's settings, and read it as a browser would."""
    settings = themes.resolve(THEME, stored, strict=True)
    look = themes.Look(THEME, settings, lang, themes.bundle(THEME, settings))
    text = themes.render(look, samples.site("dealer", lang), page, c.TEMPLATES[type(page)])
    return html.document_fromstring(text)


def home(lang: str = "de") -> c.HomePage:
    """Give the sample front page."""
    page = samples.pages("dealer", lang)["home"]
    assert isinstance(page, c.HomePage)
    return page


def words(element: html.HtmlElement) -> str:
    """Give the text of an element, its white space squeezed."""
    return " ".join(element.text_content().split())


def sheet(**stored: object) -> str:
    """Give the style sheet a dealer's settings make."""
    made = themes.bundle(THEME, themes.resolve(THEME, stored, strict=True))
    return made.files[made.urls["css/site.css"]].decode()


# -- people first -----------------------------------------------------------------------------------------------------


def test_who_answers_and_how_to_call_them_stands_before_any_car() -> None:
    found = render(home())
    hello = found.xpath("//div[@class='hello']")[0]
    assert "Hier antwortet Jette Brandt." in words(hello)
    assert hello.xpath(".//a[contains(@class, 'btn-main')]/@href")[0].startswith("tel:")
    order = [element.get("class") for element in found.xpath("//section[@class='welcome']/*")]
    assert order[0] == "hello"


def test_faces_are_the_teams_first_letters_and_not_read_aloud() -> None:
    page = home()
    faces = render(page).xpath("//div[@class='hello']//p[@class='faces']")[0]
    assert faces.get("aria-hidden") == "true"
    assert [words(face) for face in faces.xpath("b")] == [person.initials for person in page.team[:4]]


def test_without_a_team_the_one_who_answers_has_a_face() -> None:
    faces = render(replace(home(), team=())).xpath("//div[@class='hello']//p[@class='faces']/b")
    assert [words(face) for face in faces] == ["J"]


def test_a_dealer_may_leave_out_who_answers() -> None:
    found = render(home(), shows_person=False)
    assert found.xpath("//*[@class='mate']") == []
    assert found.xpath("//div[@class='hello']//a[starts-with(@href, 'tel:')]")


def test_on_a_cars_page_the_person_stands_before_the_buttons() -> None:
    box = render(samples.pages("dealer", "de")["vehicle"]).xpath("//div[@class='dealer']")[0]
    classes = [element.get("class") for element in box]
    assert classes.index("mate") < classes.index("acts")


def test_the_people_of_the_house_are_a_section_of_the_front_page() -> None:
    page = home()
    names = [words(name) for name in render(page).xpath("//section[@id='team']//h3")]
    assert names == [person.name for person in page.team]
    assert render(replace(page, team=())).xpath("//section[@id='team']") == []


# -- the front page is the dealer's -----------------------------------------------------------------------------------


def test_sections_stand_in_the_dealers_order_and_those_left_out_are_gone() -> None:
    found = render(home(), home_sections=["makes", "people"])
    heads = [words(head) for head in found.xpath("//main//div[@class='sec-h']/h2")]
    assert heads == ["Nach Marke", THEME.words("de")("team.title")]


def test_one_act_is_filled_in_view() -> None:  # BRIEF §1.4: the call; the search beside it is an outline
    found = render(home())
    assert found.xpath("//section[contains(@class, 'seek-calm')]")
    assert ".seek-calm .btn-main{" in sheet()


def test_the_cover_is_wanted_at_once_and_names_its_price() -> None:
    page = home()
    assert page.cover is not None
    berth = render(page).xpath("//a[@class='berth']")[0]
    assert berth.get("href") == page.cover.href
    assert berth.xpath(".//img/@fetchpriority") == ["high"]
    assert " ".join(str(page.cover.price).split()) in words(berth)


def test_an_empty_yard_says_so_and_asks_for_a_call() -> None:
    text = words(render(samples.pages("dealer", "de")["home-empty"]).xpath("//main")[0])
    assert "Der Hof ist gerade leer. Rufen Sie an" in text


# -- lists and cars ---------------------------------------------------------------------------------------------------


def test_what_is_looked_for_stands_in_one_line_above_the_cars_and_needs_no_script() -> None:
    form = render(samples.pages("dealer", "de")["list"]).xpath("//details[@id='filter']/form")[0]
    assert form.get("method") == "get"
    assert {"make", "price_max", "sort"} <= {select.get("name") for select in form.xpath(".//select")}


def test_the_description_comes_before_everything_else_that_is_said() -> None:
    page = samples.pages("dealer", "de")["vehicle"]
    heads = [words(head) for head in render(page).xpath("//div[@class='main']/section/h2")]
    assert heads[0] == "Was es zu diesem Wagen zu sagen gibt"


def test_all_photos_are_in_the_row_without_script() -> None:
    page = samples.pages("dealer", "de")["vehicle-forty"]
    assert isinstance(page, c.VehiclePage)
    links = render(page).xpath("//ul[@id='photos']//a[@data-photo]/@href")
    assert sorted(links) == sorted(picture.large for picture in page.pictures)


# -- colours, waves, weight -------------------------------------------------------------------------------------------


def test_the_waves_are_as_high_as_the_dealer_wants_them_and_may_be_none() -> None:
    assert "--swell:0px" in sheet(swell=0)
    assert "--swell:16px" in sheet(swell=16)
    with pytest.raises(themes.SettingsError):
        sheet(swell=400)


def test_a_chosen_accent_colours_prices_and_waves_and_never_a_button() -> None:
    css = sheet(accent="#0b6b5a")
    assert "--act:#0b6b5a" in css
    last = css.rpartition(".btn-main{background")[2].partition("}")[0]
    assert "var(--ink)" in last
    assert "var(--act)" not in last


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_price_can_be_read_on_every_ground_it_stands_on(scheme: str) -> None:
    roles = roles_of(THEME, scheme)
    assert all(colour.contrast(roles["act"], roles[ground]) >= 4.5 for ground in ("bg", "raise"))


def test_the_face_holds_all_latin_names_in_one_small_file() -> None:  # BRIEF §2: Škoda, Paweł, Århus; ≤ 24 KB
    assert FONT.stat().st_size <= 24_000
    assert FONT.with_name("OFL-nunito.txt").is_file()
    face = ImageFont.truetype(FONT, 40)
    unknown = bytes(face.getmask("\ue000"))
    letters = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0x17F)) if code != 0xAD]
    letters = [letter for letter in letters if letter not in "Ĳĳŉſ"] + list("–—‘’‚“”„…€−")
    assert [letter for letter in letters if bytes(face.getmask(letter)) == unknown] == []


def test_figures_are_equally_wide_so_that_prices_stand_below_one_another() -> None:  # BRIEF §1.3
    face = ImageFont.truetype(FONT, 100)
    assert len({face.getlength(figure) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_weighs_at_most_twenty_kilobytes(name: str, lang: str) -> None:  # SEO.md §16
    page = samples.pages("dealer", lang)[name]
    assert len(brotli.compress(html.tostring(render(page, lang)), quality=5)) <= 20_000


def test_it_carries_no_more_than_the_others() -> None:
    def weight(name: str) -> int:
        theme = themes.load(name)
        made = themes.bundle(theme, themes.resolve(theme, {}))
        return len(brotli.compress(made.files[made.urls["css/site.css"]]))

    assert weight("harbour") <= weight("noir") * 1.01
