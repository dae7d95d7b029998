"""The blocks of a dealer's site in every theme: requests, questions, people, reviews, the price in time (BRIEF §5)."""

from dataclasses import replace

import pytest
from lxml import html

import themes
from storefront.pages import contexts as c
from tests.unit.themes import sample_services, samples

NAMES = themes.available()
DEALER = tuple(name for name in NAMES if "dealer" in themes.load(name).kinds)
HOME = {name: themes.load(name).kinds[0] for name in NAMES}


def render(name: str, page: c.Page, site: c.Site | None = None) -> html.HtmlElement:
    """Render a page in a theme and read it as a browser would."""
    theme = themes.load(name)
    settings = themes.resolve(theme, {})
    look = themes.Look(theme, settings, "de", themes.bundle(theme, settings))
    text = themes.render(look, site or samples.site(HOME[name]), page, c.TEMPLATES[type(page)])
    return html.document_fromstring(text)


def sample(name: str, page: str) -> c.Page:
    """Give a sample page for the theme's kind of site."""
    return samples.pages(HOME[name], "de")[page]


def words(element: html.HtmlElement) -> str:
    """Give the text of an element, its white space squeezed."""
    return " ".join(element.text_content().split())


# -- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEALER)
@pytest.mark.parametrize("kind", ["test-drive", "trade-in"])
def test_a_request_sends_its_kind_and_its_own_fields(name: str, kind: str) -> None:
    page = sample(name, f"request-{kind}")
    assert isinstance(page, c.RequestPage)
    form = render(name, page).xpath("//form[@data-inquiry]")[0]
    assert form.fields["kind"] == page.kind
    assert {extra.name for extra in page.form.extra} <= set(form.fields.keys())
    names = list(form.fields.keys())
    assert all(names.index(extra.name) < names.index("message") for extra in page.form.extra)


@pytest.mark.parametrize("name", DEALER)
def test_a_request_says_what_happens_next_in_order(name: str) -> None:
    page = sample(name, "request-test-drive")
    assert isinstance(page, c.RequestPage)
    steps = render(name, page).xpath("//main//ol[@class='steps']/li")
    assert [words(step) for step in steps] == [" ".join(step.split()) for step in page.steps]


@pytest.mark.parametrize("name", DEALER)
def test_a_wrong_field_of_a_request_says_how_to_mend_it_and_keeps_what_was_typed(name: str) -> None:
    tree = render(name, sample(name, "answer-request"))
    field = tree.get_element_by_id("inquiry-trade_mileage")
    assert field.get("value") == "elftausend"
    assert field.get("aria-invalid") == "true"
    help_id, error_id = field.get("aria-describedby").split()
    assert "Tacho" in words(tree.get_element_by_id(help_id))
    assert "Ziffern" in words(tree.get_element_by_id(error_id))
    assert "#inquiry-trade_mileage" in tree.xpath("//*[@role='alert']//a/@href")


@pytest.mark.parametrize("name", DEALER)
def test_optional_fields_say_so_and_required_ones_carry_no_star(name: str) -> None:  # BRIEF §5
    tree = render(name, sample(name, "request-trade-in"))
    for field in tree.xpath("//*[starts-with(@id, 'inquiry-trade_')][self::input or self::textarea]"):
        label = words(tree.xpath(f"//label[@for='{field.get('id')}']")[0])
        assert ("(freiwillig)" in label) != (field.get("required") is not None)
        assert "*" not in label


# -- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEALER)
def test_every_answer_has_an_address_that_opens_it(name: str) -> None:
    page = sample(name, "faq")
    assert isinstance(page, c.FaqPage)
    tree = render(name, page)
    for question in page.questions:
        answer = tree.get_element_by_id(question.id)
        assert answer.getparent().tag == "details", "a browser opens the details round the place it is sent to"
        assert words(answer.getparent().find("summary")) == " ".join(question.question.split())


# -- the car ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_reduction_stands_with_its_reference_price(name: str) -> None:  # SEO.md §4
    page = sample(name, "vehicle")
    assert isinstance(page, c.VehiclePage)
    assert page.price.reduction is not None
    said = words(render(name, page).xpath("//*[@class='was']")[0])
    assert " ".join(page.price.reduction.reference.split()) in said
    without = replace(page, price=replace(page.price, reduction=None))
    assert render(name, without).xpath("//*[@class='was']") == []


@pytest.mark.parametrize("name", NAMES)
def test_the_price_in_time_has_two_labelled_ends_and_words_for_those_who_do_not_see_it(name: str) -> None:
    page = sample(name, "vehicle")
    assert isinstance(page, c.VehiclePage)
    assert page.price_line is not None
    tree = render(name, page)
    drawing = tree.xpath("//svg[@role='img']")[0]
    assert drawing.get("aria-label") == page.price_line.text
    ends = words(tree.xpath("//figure[.//svg[@role='img']]/figcaption")[0])
    for fact in (page.price_line.first, page.price_line.last):
        assert " ".join(fact.value.split()) in ends
        assert fact.label in ends


@pytest.mark.parametrize("name", NAMES)
def test_the_class_is_on_the_ladder_and_in_words(name: str) -> None:  # BRIEF §5
    tree = render(name, sample(name, "vehicle"))
    ladder = tree.xpath("//ol[@class='scale']/li")
    assert [words(step)[0] for step in ladder] == list("ABCDEFG")
    assert [words(step)[0] for step in ladder if step.get("aria-current")] == ["D"]
    assert "CO₂-Klasse D" in words(tree.xpath("//main")[0])


@pytest.mark.parametrize("name", NAMES)
def test_the_script_can_tell_which_car_a_page_and_a_card_are_about(name: str) -> None:
    page = sample(name, "vehicle")
    assert isinstance(page, c.VehiclePage)
    tree = render(name, page)
    main = tree.xpath("//main")[0]
    assert (main.get("data-car"), main.get("data-car-name")) == (page.id, page.title)
    assert tree.xpath("//main//article/@data-car") == [card.id for card in page.similar]


@pytest.mark.parametrize("name", DEALER)
def test_a_car_leads_to_a_test_drive_and_a_part_exchange_and_has_one_filled_button_beside_its_price(name: str) -> None:
    page = sample(name, "vehicle")
    assert isinstance(page, c.VehiclePage)
    assert page.test_drive is not None
    assert page.trade_in is not None
    tree = render(name, page)
    for link in (page.test_drive, page.trade_in):
        found = tree.xpath(f"//main//a[@href='{link.href}']")
        assert found
        assert all("btn-main" not in place.get("class", "") for place in found)
    assert len(tree.xpath("//*[@class='side']//*[contains(@class, 'btn-main')]")) == 1


# -- people, reviews, kept cars ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEALER)
def test_people_are_named_with_what_is_known_of_them(name: str) -> None:
    page = sample(name, "about")
    assert isinstance(page, c.AboutPage)
    people = render(name, page).xpath("//*[@class='team']/li")
    assert len(people) == len(page.team)
    for shown, person in zip(people, page.team, strict=True):
        assert person.name in words(shown)
        assert (person.phone is not None) == bool(shown.xpath(".//a[starts-with(@href, 'tel:')]"))


@pytest.mark.parametrize("name", NAMES)
def test_there_are_stars_only_where_somebody_bought_a_car(name: str) -> None:  # BRIEF §1.10
    page = sample(name, "vehicle")
    assert isinstance(page, c.VehiclePage)
    reviews = sample_services.reviews("de")
    tree = render(name, replace(page, reviews=reviews))
    block = words(tree.get_element_by_id("reviews"))
    assert reviews.note in block
    assert "4 von 5 Sternen" in block
    none = render(name, replace(page, reviews=None))
    assert none.xpath("//*[contains(@class, 'stars')] | //*[@id='reviews']") == []


@pytest.mark.parametrize("name", NAMES)
def test_every_page_leads_to_what_the_visitor_keeps(name: str) -> None:
    site = samples.site(HOME[name])
    head = render(name, sample(name, "home")).xpath("//header")[0]
    assert head.xpath(f".//a[@href='{site.favourites}']")
    assert head.xpath(f".//a[@href='{site.compare}']")
    counts = head.xpath(".//*[@data-kept-count='favourites']")
    assert counts
    assert all(count.get("hidden") is not None for count in counts), "nothing is counted before the script has looked"


@pytest.mark.parametrize("name", NAMES)
def test_lists_by_body_and_fuel_stand_as_text_with_counts(name: str) -> None:
    page = sample(name, "list")
    assert isinstance(page, c.ListPage)
    main = render(name, page).xpath("//main")[0]
    for group in page.groups:
        assert group.heading in [words(heading) for heading in main.iter("h2", "h3")]
        for link in group.links:
            found = [words(place) for place in main.xpath(f".//a[@href='{link.href}']")]
            assert any(link.text in text and str(link.count) in text for text in found)


def test_a_card_says_where_the_car_stands_if_that_is_not_the_dealers_own_yard() -> None:
    page = sample("classic", "list")
    assert isinstance(page, c.ListPage)
    cards = render("classic", page).xpath("//main//article")
    assert [words(card).count("Standort Lübeck") for card in cards] == [int(bool(card.place)) for card in page.cards]


@pytest.mark.parametrize("name", NAMES)
def test_a_site_written_from_right_to_left_says_so(name: str) -> None:
    site = replace(samples.site(HOME[name]), dir="rtl")
    assert render(name, sample(name, "vehicle"), site).get("dir") == "rtl"


@pytest.mark.parametrize("name", NAMES)
def test_styles_know_no_left_and_right_but_those_that_are_turned_round(name: str) -> None:
    for sheet in themes.load(name).styles:
        if sheet.name not in ("base.css", "pages.css", "blocks.css", "classic.css", "market.css"):
            continue
        for line in sheet.read_text(encoding="utf-8").splitlines():
            for wrong in (
                "margin-left",
                "margin-right",
                "padding-left",
                "padding-right",
                "border-left",
                "border-right",
            ):
                assert wrong not in line, f"{sheet.name}: {line[:80]}"
            assert "text-align: left" not in line
            assert "text-align: right" not in line
