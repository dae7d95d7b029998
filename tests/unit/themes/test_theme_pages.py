"""Every page of every theme in every language, read as a browser, a screen reader and an attacker would."""

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

import themes
from storefront.pages.contexts import TEMPLATES, Card, Page
from tests.unit.themes import samples
from tests.unit.themes.sample_parts import card

LANGUAGES = ("de", "en")
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
    "path",
    "circle",
    "rect",
    "use",
}
MAX_NODES = 1400  # SEO.md §16


def kinds() -> list[tuple[str, str]]:
    """Give every theme with each kind of site it is made for."""
    return [(name, kind) for name in themes.available() for kind in themes.load(name).kinds]


CASES = [
    pytest.param(theme, kind, lang, name, id=f"{theme}-{kind}-{lang}-{name}")
    for theme, kind in kinds()
    for lang in LANGUAGES
    for name in samples.pages(kind, lang)
]


@cache
def look(theme: str, lang: str) -> themes.Look:
    """Make the look of a theme with no setting changed."""
    loaded = themes.load(theme)
    chosen = themes.resolve(loaded, {})
    return themes.Look(loaded, chosen, lang, themes.bundle(loaded, chosen))


@cache
def html(theme: str, kind: str, lang: str, name: str) -> str:
    """Render a sample page."""
    page = samples.pages(kind, lang)[name]
    return themes.render(look(theme, lang), samples.site(kind, lang), page, TEMPLATES[type(page)])


class Outline(HTMLParser):
    """Notes what is wrong with the nesting of tags, strictly: every element that opens is closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.tags: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()


def outline(text: str) -> Outline:
    """Parse a page strictly."""
    parser = Outline()
    parser.feed(text)
    parser.close()
    return parser


@pytest.mark.parametrize(("theme", "kind", "lang", "name"), CASES)
class TestEveryPage:
    def test_is_well_formed_and_not_too_big(self, theme: str, kind: str, lang: str, name: str) -> None:
        read = outline(html(theme, kind, lang, name))
        assert read.faults == []
        assert read.open == []
        assert read.tags.total() < (MAX_NODES if "forty" not in name else 2 * MAX_NODES)

    def test_has_one_main_heading_and_skips_no_level(self, theme: str, kind: str, lang: str, name: str) -> None:
        tree = lxml.html.fromstring(html(theme, kind, lang, name))
        levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1
        main = [int(heading.tag[1]) for heading in tree.find(".//main").iter("h1", "h2", "h3", "h4")]
        assert main[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(main))

    def test_carries_nothing_the_page_policy_forbids(self, theme: str, kind: str, lang: str, name: str) -> None:
        tree = lxml.html.fromstring(html(theme, kind, lang, name))
        assert tree.xpath("//*[@style]") == []
        assert tree.xpath("//style") == []
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
        scripts = tree.xpath("//script[not(@src) and not(@type='application/ld+json')]")
        assert scripts == []
        loaded = tree.xpath("//script/@src | //img/@src | //link[@rel='stylesheet']/@href | //use/@href")
        assert [address for address in loaded if not address.startswith(("/", "#"))] == []

    def test_names_every_control_and_every_picture(self, theme: str, kind: str, lang: str, name: str) -> None:
        tree = lxml.html.fromstring(html(theme, kind, lang, name))
        assert len(tree.xpath("//@id")) == len(set(tree.xpath("//@id")))
        ids = set(tree.xpath("//@id"))
        labelled = set(tree.xpath("//label/@for"))
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            assert control.get("id") in labelled or control.xpath("ancestor::label"), lxml.html.tostring(control)
        for references in tree.xpath("//@aria-describedby | //@aria-labelledby | //@for | //@form"):
            assert set(references.split()) <= ids
        assert all(
            image.get("alt") is not None and image.get("width") and image.get("height") for image in tree.iter("img")
        )
        for link in tree.iter("a", "button", "summary"):
            assert link.text_content().strip() or link.get("aria-label") or link.xpath(".//img[@alt!='']"), (
                lxml.html.tostring(link)
            )

    def test_leads_inside_the_page_only_to_places_that_exist(self, theme: str, kind: str, lang: str, name: str) -> None:
        tree = lxml.html.fromstring(html(theme, kind, lang, name))
        ids = set(tree.xpath("//@id"))
        assert [
            href for href in tree.xpath("//a/@href | //use/@href") if href.startswith("#") and href[1:] not in ids
        ] == []

    def test_says_all_the_head_must_say(self, theme: str, kind: str, lang: str, name: str) -> None:
        page = samples.pages(kind, lang)[name]
        tree = lxml.html.fromstring(html(theme, kind, lang, name))
        assert tree.get("lang") == lang
        assert tree.findtext(".//title") == page.head.title
        assert tree.xpath("string(//meta[@name='description']/@content)") == page.head.description
        assert tree.xpath("string(//meta[@name='robots']/@content)") == page.head.robots
        assert tree.xpath("//link[@rel='canonical']/@href") == ([page.head.canonical] if page.head.canonical else [])
        assert len(tree.xpath("//link[@rel='alternate' and @hreflang]")) == len(page.head.alternates)
        assert len(tree.xpath("//link[@rel='stylesheet' and not(@media)]")) == 1
        assert len(tree.xpath("//script[@src]")) == 1
        assert tree.xpath("string(//meta[@property='og:url']/@content)") == (page.head.canonical or "")

    def test_shows_no_hole_where_data_is_missing(self, theme: str, kind: str, lang: str, name: str) -> None:
        text = lxml.html.fromstring(html(theme, kind, lang, name)).text_content()
        assert "None" not in text
        assert "{" not in text.replace('{"@context":"https://schema.org","@graph":[]}', "")

    def test_loads_only_the_first_picture_at_once(self, theme: str, kind: str, lang: str, name: str) -> None:
        tree = lxml.html.fromstring(html(theme, kind, lang, name))
        pictures = tree.xpath("//picture/img")
        eager = [index for index, image in enumerate(pictures) if image.get("loading") != "lazy"]
        assert eager in ([], [0])
        assert all(pictures[index].get("fetchpriority") == "high" for index in eager)


@pytest.mark.parametrize(("theme", "kind"), kinds())
class TestACard:
    def test_has_the_same_bytes_whether_it_was_kept_or_not(self, theme: str, kind: str) -> None:
        page = samples.pages(kind, "de")["list"]
        template, site = TEMPLATES[type(page)], samples.site(kind, "de")
        warm = look(theme, "de")
        first = themes.render(warm, site, page, template)
        again = themes.render(warm, site, page, template)
        cold = themes.Look(warm.theme, warm.settings, "de", warm.bundle)
        assert first == again == themes.render(cold, site, page, template)

    def test_comes_from_the_builder_when_it_has_it(self, theme: str, kind: str) -> None:
        made = look(theme, "de")
        car = card(1, "de", kind=kind)
        handed = themes.Look(made.theme, made.settings, "de", made.bundle, cards={car.id: made.card(car)})
        assert (
            handed.card(car)
            == made.card(car)
            == themes.render_part(made, samples.site(kind), "parts/card.html", card=car, eager=False)
        )


@pytest.mark.parametrize(("theme", "kind"), kinds())
def test_the_section_a_page_lies_in_is_marked_in_the_navigation(theme: str, kind: str) -> None:
    tree = lxml.html.fromstring(html(theme, kind, "de", "vehicle"))
    marked = tree.xpath("//header//a[@aria-current]/@href")
    assert marked
    assert set(marked) == {"/vehicles/"}
    assert lxml.html.fromstring(html(theme, kind, "de", "home")).xpath("//header//nav//a[@aria-current]") == []


@pytest.mark.parametrize(("theme", "kind"), kinds())
def test_a_sold_car_has_no_price_and_no_form(theme: str, kind: str) -> None:
    tree = lxml.html.fromstring(html(theme, kind, "de", "vehicle-sold"))
    main = tree.xpath("//main//*[@class='side']")[0].text_content()
    assert "€" not in main
    assert tree.xpath("//form[@data-inquiry]") == []
    assert "Verkauft am 12. März" in tree.text_content()


@pytest.mark.parametrize(("theme", "kind"), kinds())
def test_an_inquiry_goes_out_as_a_plain_post_with_all_its_fields(theme: str, kind: str) -> None:
    form = lxml.html.fromstring(html(theme, kind, "de", "vehicle")).xpath("//form[@data-inquiry]")[0]
    assert form.method == "POST"
    assert form.action == "/-/inquiries"
    names = {
        "lang",
        "site",
        "dealer",
        "listing",
        "started",
        "website",
        "kind",
        "name",
        "email",
        "phone",
        "contact_method",
        "message",
    }
    assert set(form.fields.keys()) == names
    assert form.fields["website"] == ""


@pytest.mark.parametrize(("theme", "kind"), kinds())
def test_a_form_that_comes_back_keeps_what_was_typed_and_says_how_to_mend_it(theme: str, kind: str) -> None:
    tree = lxml.html.fromstring(html(theme, kind, "de", "answer-errors"))
    email = tree.get_element_by_id("inquiry-email")
    assert email.get("value") == "thomas.oeztuerk@"
    assert email.get("aria-invalid") == "true"
    assert "nach dem @" in tree.get_element_by_id(email.get("aria-describedby")).text_content()
    assert "#inquiry-email" in tree.xpath("//*[@role='alert']//a/@href")


# -- what strangers write ---------------------------------------------------------------------------------------------

HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' autofocus onfocus=alert(1) x='",
            "</textarea><svg onload=alert(1)>",
            "</title><style>*{}</style>",
            "{{ 7*7 }}{% include 'layout.html' %}",
            "javascript:alert(1)",
            "<!--",
            "]]>",
            "\x00\u2028\ufeff",
        ]
    ),
)


def poisoned(value: Any, text: str) -> Any:
    """Put a text into every plain string of a context that a stranger may have written; addresses and codes stay."""
    if isinstance(value, Markup) or value is None or not (is_dataclass(value) or isinstance(value, tuple | str)):
        return value
    if isinstance(value, str):
        return f"{value}{text}"
    if isinstance(value, tuple):
        return tuple(poisoned(item, text) for item in value)
    kept = {
        "href",
        "src",
        "srcset",
        "large",
        "thumb",
        "id",
        "code",
        "body",
        "action",
        "type",
        "state",
        "path",
        "canonical",
        "co2_class",
        "list_kind",
        "route",
        "reference",
        "focus",
    }
    kept |= {"lang", "dir", "kind", "value"} if not hasattr(value, "label") else {"lang", "dir"}
    changed = {
        item.name: poisoned(getattr(value, item.name), text)
        for item in fields(value)
        if item.name not in kept and not item.name.endswith("_href")
    }
    return replace(value, **changed)


def elements(text: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """Count the elements of a page by name and attribute names."""
    return Counter(
        (str(node.tag), tuple(sorted(node.keys())))
        for node in lxml.html.fromstring(text).iter()
        if isinstance(node.tag, str)
    )


@settings(max_examples=25, deadline=None)
@given(text=HOSTILE)
@pytest.mark.parametrize(("theme", "kind"), kinds())
@pytest.mark.parametrize("name", ["vehicle", "list", "answer-errors"])
def test_no_text_of_a_stranger_becomes_an_element(theme: str, kind: str, name: str, text: str) -> None:
    page: Page = poisoned(samples.pages(kind, "de")[name], text)
    own = look(theme, "de")
    fresh = themes.Look(own.theme, own.settings, "de", own.bundle)
    rendered = themes.render(fresh, samples.site(kind, "de"), page, TEMPLATES[type(page)])
    assert elements(rendered) == elements(html(theme, kind, "de", name))


def test_a_kept_card_is_told_apart_from_another_state_of_the_same_car() -> None:
    made = look("classic", "de")
    car: Card = card(0)
    assert made.card(car) != made.card(replace(car, price="1 €"))
