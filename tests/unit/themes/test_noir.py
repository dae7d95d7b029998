"""What is Noir's own: the cover, the essay, the contents page, one ember mark, black by nature (BRIEF §§2, 3, 5, 6).

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
from tests.unit.themes import sample_parts, samples
from themes import colour
from themes.check import roles_of

LANGS = ("de", "en")
NAMES = tuple(samples.pages("dealer", "de"))
FONT = Path(themes.__file__).parent / "noir" / "assets" / "fonts" / "newsreader-display.woff2"
THEME = themes.load("noir")
SETTINGS = themes.resolve(THEME, {})
BUNDLE = themes.bundle(THEME, SETTINGS)


def render(page: c.Page, lang: str = "de") -> html.HtmlElement:
    """Render a page as the builder does and read it as a browser would."""
    look = themes.Look(THEME, SETTINGS, lang, BUNDLE)
    text = themes.render(look, samples.site("dealer", lang), page, c.TEMPLATES[type(page)])
    return html.document_fromstring(text)


def sample(name: str, lang: str = "de") -> html.HtmlElement:
    """Render a sample page by its name."""
    return render(samples.pages("dealer", lang)[name], lang)


def home(lang: str = "de") -> c.HomePage:
    """Give the sample front page."""
    page = samples.pages("dealer", lang)["home"]
    assert isinstance(page, c.HomePage)
    return page


def car(name: str = "vehicle", lang: str = "de") -> c.VehiclePage:
    """Give a sample car page."""
    page = samples.pages("dealer", lang)[name]
    assert isinstance(page, c.VehiclePage)
    return page


def words(element: html.HtmlElement) -> str:
    """Give the text of an element, its white space squeezed."""
    return " ".join(element.text_content().split())


def sheet(stored: dict[str, object]) -> str:
    """Give the style sheet a dealer's settings make."""
    made = themes.bundle(THEME, themes.resolve(THEME, stored, strict=True))
    return made.files[made.urls["css/site.css"]].decode()


# -- front page -------------------------------------------------------------------------------------------------------


def test_the_cover_is_the_first_photo_in_the_page_and_wanted_at_once() -> None:
    photos = sample("home").xpath("//main//img")
    assert photos[0].xpath("ancestor::*[@class='cover']")
    assert photos[0].get("fetchpriority") == "high"
    assert {photo.get("loading") for photo in photos[1:]} == {"lazy"}


def test_the_car_on_the_cover_is_named_with_facts_and_price_and_not_shown_again_below() -> None:
    page = home()
    assert page.cover is not None
    found = render(page)
    cover = words(found.xpath("//*[@class='cover']")[0])
    assert page.cover.title in cover
    assert " ".join(str(page.cover.price).split()) in cover
    shown = found.xpath("//ul[@class='essay']//h3/a/@href")
    assert shown == [card.href for card in page.arrivals if card.id != page.cover.id]


def test_a_new_car_on_the_cover_shows_its_consumption() -> None:  # SEO.md §18
    page = replace(home(), cover=sample_parts.card(6))
    assert "CO₂-Klasse" in words(render(page).xpath("//*[@class='cover']")[0])


def test_the_creed_and_the_heading_are_the_dealers_words() -> None:
    page = replace(home(), heading="Sportwagen in München", lead="Zwölf Autos, keines mehr.")
    creed = render(page).xpath("//section[@class='creed']")[0]
    assert words(creed.xpath("h1")[0]) == "Sportwagen in München"
    assert words(creed.xpath("p")[0]) == "Zwölf Autos, keines mehr."
    uses = {setting.id: setting.use for setting in THEME.settings}
    assert (uses["heading"], uses["lead"]) == ("page:heading", "page:lead")


def test_a_front_page_without_a_photo_has_no_cover_and_a_bar_that_stands_on_the_page() -> None:
    found = render(replace(home(), cover=None))
    assert found.xpath("//*[@class='cover']") == []
    assert found.xpath("//body/@class") == []
    assert sample("home").xpath("//body/@class") == ["over"]


def test_an_empty_lot_says_so() -> None:
    assert "Die Halle ist gerade leer." in words(sample("home-empty").xpath("//main")[0])


def test_one_car_only_is_on_the_cover_and_leaves_no_empty_essay() -> None:
    page = home()
    found = render(replace(page, arrivals=page.arrivals[:1]))
    assert found.xpath("//ul[@class='essay']") == []


# -- contents ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["list", "list-make", "list-older", "search-hits"])
def test_a_line_of_the_contents_names_car_facts_and_price(name: str, lang: str) -> None:
    page = samples.pages("dealer", lang)[name]
    assert isinstance(page, c.ListPage | c.SearchPage)
    lines = render(page, lang).xpath("//ol[contains(@class, 'idx')][not(ancestor::template)]/li")
    assert len(lines) == len(page.cards)
    for line, card in zip(lines, page.cards, strict=True):
        assert line.xpath(".//h3/a/@href") == [card.href]
        for text in (card.version, card.energy, card.price or THEME.words(lang)("price.on_request"), *card.facts[:3]):
            assert " ".join((text or "").split()) in words(line)


def test_cars_are_numbered_on_the_first_page_only() -> None:  # a later page does not know where it starts
    assert sample("list").xpath("//ol[@class='idx idx-n']")
    assert sample("list-older").xpath("//ol[@class='idx']")
    assert sample("search-hits").xpath("//ol[@class='idx']")


def test_the_contents_lead_to_makes_and_to_the_filter() -> None:
    chips = sample("list").xpath("//ul[@class='chips']//a/@href")
    assert chips == [link.href for link in samples.makes("de")]
    form = sample("list").xpath("//details[@id='filter']/form")[0]
    assert form.get("method") == "get"
    assert {"make", "price_max", "sort"} <= {select.get("name") for select in form.xpath(".//select")}


@pytest.mark.parametrize("name", ["home", "list", "search-hits"])
def test_a_price_in_a_list_says_how_it_is_taxed(name: str) -> None:  # BRIEF §5
    page = samples.pages("dealer", "de")[name]
    found = sample(name)
    shown = {article.get("data-car"): words(article) for article in found.xpath("//article")}
    if isinstance(page, c.HomePage):
        assert page.cover is not None
        assert page.cover.vat in words(found.xpath("//div[@class='under']")[0])
    cards = page.arrivals if isinstance(page, c.HomePage) else page.cards
    assert shown
    for card in cards:
        if card.id in shown and card.price:
            assert card.vat is None or " ".join(card.vat.split()) in shown[card.id]


def test_a_reserved_car_is_grey_and_says_so() -> None:
    held = sample("list-make").xpath("//article[contains(@class, 'held')]")
    assert [words(article.xpath(".//*[@class='flag']")[0]) for article in held] == ["Reserviert"]


# -- a car ------------------------------------------------------------------------------------------------------------


def test_eight_large_facts_and_the_table_hold_every_fact_once() -> None:
    page = car()
    found = render(page)
    large = [words(cell) for cell in found.xpath("//dl[@class='big']/div/dt")]
    rest = [
        words(row)
        for row in found.xpath("//table[@class='spec']//th")
        if not row.xpath("ancestor::*[@class='co2' or @id='comparison']")
    ]
    assert len(large) == 8
    labels = [fact.label for fact in page.strip] + [spec.label for spec in page.specs]
    assert sorted(large + rest) == sorted(" ".join(label.split()) for label in labels)


def test_what_follows_the_number_stands_small() -> None:
    cells = sample("vehicle").xpath("//dl[@class='big']//dd")
    assert [(cell.text, words(cell.xpath("small")[0])) for cell in cells[1:5:3]] == [
        ("11.000", "km"),
        ("Automatik", "8\u2011Gang"),
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_the_description_says_why_we_bought_it_and_what_is_said_of_every_car_stands_apart(lang: str) -> None:
    title = {"de": "Warum wir ihn gekauft haben", "en": "Why we bought it"}[lang]
    found = sample("vehicle", lang)
    story = found.xpath(f"//section[h2='{title}']")[0]
    assert "320d" in words(story)
    general = {"de": "Zulassung auf Wunsch", "en": "registration on request"}[lang]
    assert general in words(found.xpath("//main")[0])
    assert general not in words(story)
    assert render(replace(car(lang=lang), description=None), lang).xpath(f"//section[h2='{title}']") == []


def test_equipment_is_running_text() -> None:
    page = car()
    text = words(sample("vehicle").xpath("//section[contains(@class, 'run')]")[0])
    assert f"{page.features[1].name}Klimaautomatik, Sitzheizung, Schlüsselloser Zugang." in text


def test_all_photos_are_in_the_page_without_script_and_the_essay_opens_with_six() -> None:
    page = car("vehicle-forty")
    found = sample("vehicle-forty")
    assert len(found.xpath("//*[contains(@class, 'cover')]//img")) == 1
    assert len(found.xpath("//section[@id='photos']/ul/li")) == 6
    assert len(found.xpath("//section[@id='photos']/details//li")) == len(page.pictures) - 7
    assert f"Alle {len(page.pictures)} Fotos" in words(found.xpath("//section[@id='photos']/details/summary")[0])


@pytest.mark.parametrize("name", ["vehicle", "vehicle-forty", "vehicle-one"])
def test_every_photo_opens_at_full_size(name: str) -> None:
    page = car(name)
    links = sample(name).xpath("//*[@data-gallery]//a[@data-photo]/@href")
    assert links == [picture.large for picture in page.pictures]


def test_what_the_script_holds_on_to_is_there() -> None:
    page, found = car(), sample("vehicle")
    main = found.xpath("//main")[0]
    assert (main.get("data-car"), main.get("data-car-name")) == (page.id, page.title)
    assert found.xpath("//*[@data-keep-here]")
    assert found.xpath("//*[contains(@class, 'pbox')]//*[contains(@class, 'price')]")
    assert all(article.get("data-car") for article in sample("list").xpath("//article"))
    assert {"favourites", "compare"} == set(found.xpath("//header//@data-kept-count"))


def test_the_price_in_time_is_a_line_with_two_labelled_ends() -> None:
    page = car()
    assert page.price_line is not None
    block = words(sample("vehicle").xpath("//section[@id='price']")[0])
    for end in (page.price_line.first, page.price_line.last):
        assert " ".join(end.value.split()) in block
        assert " ".join(end.label.split()) in block


def test_tours_stand_after_the_essay() -> None:
    page, found = car(), sample("vehicle")
    assert page.tours
    sections = found.xpath("//div[@class='main']/section/@id")
    assert sections.index("tours") == sections.index("photos") + 1
    assert len(found.xpath("//section[@id='tours']//figure")) == len(page.tours)


def test_a_car_with_one_photo_promises_no_more() -> None:
    found = sample("vehicle-one")
    assert found.xpath("//*[@id='photos'] | //a[@href='#photos']") == []


def test_a_car_of_which_nothing_is_known_has_a_name_and_a_way_to_ask() -> None:
    found = sample("vehicle-bare")
    assert words(found.xpath("//h1")[0]) == "Volkswagen Crafter"
    assert "Fotos folgen" in words(found.xpath("//*[contains(@class, 'bare')]")[0])
    assert "Preis auf Anfrage" in words(found.xpath("//*[@class='side']")[0])
    assert found.xpath("//form[@data-inquiry]")


def test_the_margin_holds_price_vat_and_the_lawful_sentence() -> None:  # BRIEF §5
    page = car()
    margin = words(sample("vehicle").xpath("//*[@class='side']")[0])
    for text in (page.price.price, page.price.vat, page.price.net, page.price.reduction.text, page.dealer.phone):
        assert " ".join(str(text).split()) in margin


def test_a_sold_car_keeps_one_grey_photo_its_facts_and_two_ways_on() -> None:
    found = sample("vehicle-sold")
    assert found.xpath("//*[contains(@class, 'cover') and contains(@class, 'sold')]//img")
    assert words(found.xpath("//*[@class='state']")[0]) == "Verkauft am 12. März"
    assert found.xpath("//*[@class='side']//a/@href") == ["#similar", "/-/search?make=bmw#alert"]
    assert found.xpath("//dl[@class='big']/div")


# -- colours, settings, weight ----------------------------------------------------------------------------------------


def test_noir_is_black_whatever_the_visitor_prefers_and_paper_if_the_dealer_says_so() -> None:
    black, paper = sheet({}), sheet({"scheme": "light"})
    assert "color-scheme:dark" in black
    assert "prefers-color-scheme" not in black + paper
    assert "color-scheme:light" in paper


@pytest.mark.parametrize(("setting", "pale"), [("accent_dark", "#5a1a00"), ("accent", "#ffb59b")])
def test_an_ember_that_cannot_be_read_on_its_ground_is_refused(setting: str, pale: str) -> None:
    with pytest.raises(themes.SettingsError):
        themes.resolve(THEME, {setting: pale}, strict=True)


def test_a_chosen_ember_colours_the_mark_and_never_a_button() -> None:
    css = sheet({"accent_dark": "#7fd0ff"})
    assert "--act:#7fd0ff" in css
    last = css.rpartition(".btn-main{")[2].partition("}")[0]
    assert "background:var(--ink)" in last
    assert "var(--act)" not in last


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_figures_are_those_the_design_brief_states(scheme: str) -> None:  # BRIEF §3
    roles = roles_of(THEME, scheme)
    stated = {
        "light": {"bg": "#f4f0e8", "ink": "#161412", "act": "#b8390f"},
        "dark": {"bg": "#0b0c0c", "sunk": "#171818", "ink": "#f2ede3", "muted": "#aaa497", "act": "#ff6f43"},
    }[scheme]
    assert {role: roles[role] for role in stated} == stated
    assert colour.contrast(roles["act"], roles["bg"]) >= 4.5


@pytest.mark.parametrize(("scheme", "worst"), [("dark", "#ffffff"), ("light", "#000000")])
def test_a_name_is_readable_on_the_fade_whatever_the_photo_shows(scheme: str, worst: str) -> None:  # BRIEF §6
    roles = roles_of(THEME, scheme)
    assert ".86) calc(100% - 6.25rem*var(--k))" in sheet({})
    assert "margin-top:calc(-5.75rem*var(--k))" in sheet({})
    assert colour.contrast(roles["ink"], colour.mix(worst, roles["bg"], 0.86)) >= 11


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_weighs_at_most_twenty_kilobytes(name: str, lang: str) -> None:  # SEO.md §16
    assert len(brotli.compress(html.tostring(sample(name, lang)), quality=5)) <= 20_000


def test_the_serif_holds_all_latin_names_in_one_small_file() -> None:  # BRIEF §2: Škoda, Paweł, Århus; ≤ 24 KB
    assert FONT.stat().st_size <= 24_000
    assert FONT.with_name("OFL-newsreader.txt").is_file()
    face = ImageFont.truetype(FONT, 40)
    unknown = bytes(face.getmask("\ue000"))
    letters = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0x17F)) if code != 0xAD]
    letters = [letter for letter in letters if letter not in "Ĳĳŉ"] + list("–—‘’‚“”„…€−\u2011")
    assert [letter for letter in letters if bytes(face.getmask(letter)) == unknown] == []


def test_a_greek_name_is_left_to_the_fallback_and_the_serif_is_asked_for_early() -> None:
    css = sheet({})
    ranges = css.partition("unicode-range:")[2].partition("}")[0]
    assert "U+3" not in ranges
    assert sample("home").xpath("//link[@rel='preload' and @as='font']/@href") == [
        BUNDLE.urls["fonts/newsreader-display.woff2"]
    ]
