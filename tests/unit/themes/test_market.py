"""What is the marketplace's own: rows, dealers, the lime field, the wide face (BRIEF §§2, 5, 6, 11).

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

LANGS = ("de", "en")
NAMES = tuple(samples.pages("marketplace", "de"))
FONT = Path(themes.__file__).parent / "market" / "assets" / "fonts" / "archivo-expanded.woff2"
THEME = themes.load("market")
SETTINGS = themes.resolve(THEME, {})
BUNDLE = themes.bundle(THEME, SETTINGS)


def render(page: c.Page, lang: str = "de", site: c.Site | None = None) -> str:
    """Render a page as the builder does, undefined names being errors."""
    look = themes.Look(THEME, SETTINGS, lang, BUNDLE)
    return themes.render(look, site or samples.site("marketplace", lang), page, c.TEMPLATES[type(page)])


def sample(name: str, lang: str = "de") -> str:
    """Render a sample page by its name."""
    return render(samples.pages("marketplace", lang)[name], lang)


def of_kind(kind: type[c.Page], lang: str = "de") -> c.Page:
    """Give the first sample page of a kind."""
    return next(page for page in samples.pages("marketplace", lang).values() if type(page) is kind)


def tree(text: str) -> html.HtmlElement:
    """Read a page as a browser would."""
    return html.document_fromstring(text)


def words(element: html.HtmlElement) -> str:
    """Give the text of an element, its white space squeezed."""
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
class TestEveryPage:
    def test_names_who_contracts_and_leads_to_the_legal_notice(self, name: str, lang: str) -> None:  # SEO.md §18
        foot = tree(sample(name, lang)).xpath("//footer")[0]
        assert "Marketplace Auto" in words(foot.xpath(".//p")[0])
        legal = samples.site("marketplace", lang).footer_legal[0]
        assert foot.xpath(f".//a[@href='{legal.href}']")

    def test_weighs_at_most_twenty_kilobytes(self, name: str, lang: str) -> None:  # SEO.md §16
        assert len(brotli.compress(sample(name, lang).encode(), quality=5)) <= 20_000


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["list", "list-make", "search-hits"])
def test_a_row_shows_dealer_price_and_the_way_to_the_car(name: str, lang: str) -> None:
    page = samples.pages("marketplace", lang)[name]
    rows = tree(render(page, lang)).xpath("//ol[@class='rows'][not(ancestor::template)]/li")
    assert isinstance(page, c.ListPage | c.SearchPage)
    assert len(rows) == len(page.cards)
    for row, card in zip(rows, page.cards, strict=True):
        assert words(row.xpath(".//*[@class='d']/span")[0]) == " ".join(str(card.dealer).split())
        assert " ".join((card.price or themes.load("market").words(lang)("price.on_request")).split()) in words(row)
        assert row.xpath(".//h3/a/@href") == [card.href]


def test_only_the_first_photo_of_a_list_is_wanted_at_once() -> None:
    photos = tree(sample("list")).xpath("//ol[@class='rows']//img")
    assert photos[0].get("fetchpriority") == "high"
    assert photos[0].get("loading") is None
    assert {photo.get("loading") for photo in photos[1:]} == {"lazy"}


def test_the_front_page_paints_without_waiting_for_a_photo() -> None:  # BRIEF §6: nothing but text above the fold
    page = tree(sample("home"))
    assert {photo.get("loading") for photo in page.xpath("//main//img")} <= {"lazy"}
    assert page.xpath("//section[contains(@class, 'lime')]//img") == []
    assert page.xpath("//section[contains(@class, 'lime')]//form[@role='search']//input[@name='q']")


def test_a_search_asks_for_each_thing_once() -> None:
    for name in NAMES:
        for form in tree(sample(name)).xpath("//form[@role='search']"):
            fields = form.xpath(".//*[not(@type='checkbox')]/@name")
            assert len(fields) == len(set(fields)), name


def test_a_car_without_photos_version_price_and_label_leaves_no_gap() -> None:
    bare = replace(
        sample_parts.card(0, kind="marketplace"),
        picture=None,
        photo_count=0,
        version=None,
        price=None,
        price_label=None,
        vat=None,
        facts=(),
    )
    page = of_kind(c.ListPage)
    assert isinstance(page, c.ListPage)
    row = tree(render(replace(page, cards=(bare,)))).xpath("//ol[@class='rows']/li")[0]
    assert "Fotos folgen" in words(row)
    assert "Preis auf Anfrage" in words(row)
    assert row.xpath(".//img | .//*[@class='ver'] | .//*[starts-with(@class, 'pl ')]") == []


def test_long_names_and_high_prices_are_printed_whole() -> None:
    card = replace(sample_parts.card(6, kind="marketplace"), dealer=f"{sample_parts.LONG_DEALER}, Ahrensburg")
    page = of_kind(c.ListPage)
    assert isinstance(page, c.ListPage)
    text = words(tree(render(replace(page, cards=(card,)))))
    assert f"{sample_parts.LONG_DEALER}, Ahrensburg" in text
    assert "269.000 €" in text
    assert sample_parts.LONG_VERSION in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_search_that_finds_nothing_says_so_and_keeps_the_filter(lang: str) -> None:
    page = of_kind(c.SearchPage, lang)
    assert isinstance(page, c.SearchPage)
    nothing = replace(
        page,
        live=True,
        cards=(),
        empty="Kein Fahrzeug passt auf alle Filter.",
        fallback=(),
        pager=c.Pager(None, None, None),
    )
    found = tree(render(nothing, lang))
    assert "Kein Fahrzeug passt auf alle Filter." in words(found.xpath("//main")[0])
    assert found.xpath("//form[@id='filter']")
    assert found.xpath("//ol[@class='rows'][not(ancestor::template)]") == []


def test_a_search_that_does_not_answer_leads_to_the_static_lists() -> None:
    page = of_kind(c.SearchPage)
    assert isinstance(page, c.SearchPage)
    away = replace(
        page,
        live=True,
        cards=(),
        chips=(),
        empty="Die Suche antwortet gerade nicht.",
        fallback=(c.Link("/vehicles/bmw/", "BMW", count="49"),),
    )
    found = tree(render(away))
    assert "Die Suche antwortet gerade nicht." in words(found)
    assert found.xpath("//main//a[@href='/vehicles/bmw/']")


def test_an_active_filter_says_that_its_link_takes_it_away() -> None:
    page = of_kind(c.SearchPage)
    assert isinstance(page, c.SearchPage)
    found = tree(render(replace(page, chips=(c.Link("/-/search?make=bmw", "bis 60.000 €"),), clear="/-/search")))
    chip = found.xpath("//a[contains(@class, 'chip on')]")[0]
    assert words(chip) == "bis 60.000 € entfernen"
    assert "nofollow" in chip.get("rel")


def test_a_dealer_known_by_name_only_has_a_page() -> None:
    page = of_kind(c.DealerPage)
    assert isinstance(page, c.DealerPage)
    bare = replace(
        page,
        name=sample_parts.GREEK_DEALER,
        text=None,
        figures=(),
        makes=(),
        cards=(),
        contact=sample_parts.bare_contact(sample_parts.GREEK_DEALER),
        team=(),
        reviews=None,
    )
    found = tree(render(bare))
    assert words(found.xpath("//h1")[0]) == sample_parts.GREEK_DEALER
    assert found.xpath("//main//a[starts-with(@href, 'tel:')]") == []
    assert found.xpath("//form[@id='inquiry-form']")


def test_an_empty_marketplace_is_a_page_too() -> None:
    page = of_kind(c.MarketHomePage)
    assert isinstance(page, c.MarketHomePage)
    found = tree(render(replace(page, best_priced=(), arrivals=(), makes=(), dealers=(), quick=())))
    assert [words(heading) for heading in found.xpath("//h2")] == ["Ihr Hof. Ihre Website. Ein Marktplatz."]


def test_a_name_of_one_word_makes_a_wordmark_too() -> None:
    site = replace(samples.site("marketplace"), name="Autoplatz")
    assert (
        words(tree(render(of_kind(c.MarketHomePage), site=site)).xpath("//header//a[@class='brand']")[0]) == "Autoplatz"
    )


def test_every_colour_offered_for_the_field_carries_black_text_and_stands_out_in_the_dark() -> None:  # BRIEF §3
    offered = THEME.settings.get("field")
    assert offered is not None
    for choice in offered.choices:
        assert colour.contrast(choice.value, "#14160f") >= 10
        assert colour.contrast(colour.mix(choice.value, "#ffffff", 0.3), "#14160f") >= 10
        assert colour.contrast(choice.value, THEME.grounds["dark"]) >= 7
        soft = colour.mix(THEME.grounds["light"], choice.value, 0.3)
        assert colour.contrast(soft, "#14160f") >= 10


def test_a_chosen_field_colour_reaches_the_sheet() -> None:
    made = themes.bundle(THEME, themes.resolve(THEME, {"field": "#9fd0ff"}, strict=True))
    assert "--lime:#9fd0ff" in made.files[made.urls["css/site.css"]].decode()
    with pytest.raises(themes.SettingsError):
        themes.resolve(THEME, {"field": "#112233"}, strict=True)


def test_the_sheet_stays_under_its_ceiling() -> None:  # BRIEF §1: 12 KB a theme
    assert len(brotli.compress(BUNDLE.files[BUNDLE.urls["css/site.css"]], quality=11)) <= 12_000


def test_the_wide_face_holds_all_latin_names_in_one_small_file() -> None:  # BRIEF §2: Škoda, Paweł, Århus; ≤ 24 KB
    assert FONT.stat().st_size <= 24_000
    assert FONT.with_name("OFL-archivo.txt").is_file()
    face = ImageFont.truetype(FONT, 40)
    unknown = bytes(face.getmask("\ue000"))
    letters = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0x180)) if code != 0xAD] + list("–—‘’‚“”„…€·−₂")
    assert [letter for letter in letters if bytes(face.getmask(letter)) == unknown] == []
    axes = face.get_variation_axes()
    assert [(axis["minimum"], axis["maximum"]) for axis in axes] == [(600, 850)]


def test_figures_of_the_wide_face_can_stand_in_columns() -> None:
    face = ImageFont.truetype(FONT, 40)
    assert len({face.getlength(figure, features=["tnum"]) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_the_static_search_page_offers_the_search_itself_and_all_makes(lang: str) -> None:  # SPEC 48: without script
    page = tree(sample("search", lang))
    assert page.xpath("//main//form[@role='search'][@method='get']//input[@name='q']")
    assert page.xpath("//main//ul[@class='makes']//a")
    assert page.xpath("//*[@id='filter']") == []


@pytest.mark.parametrize("lang", LANGS)
def test_any_of_the_makes_can_be_ticked_and_each_has_its_count(lang: str) -> None:
    page = tree(sample("list", lang))
    picks = page.xpath("//form[@id='filter']//input[@name='make']")
    assert {pick.get("type") for pick in picks} == {"checkbox"}
    assert all(pick.getparent().xpath("span[@class='n']/text()") for pick in picks)
    without_cars = page.xpath("//label[span[@class='n' and text()='0']]/input")
    assert [pick.get("disabled") for pick in without_cars] == ["disabled"]
