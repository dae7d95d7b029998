"""Foreign texts become safe markup (SECURITY B7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from storefront.pages import texts

HARMLESS = {"p", "br", "strong", "em", "ul", "ol", "li", "hr", "div"}


def test_paragraphs_bold_and_lists_are_kept() -> None:
    assert texts.dealer_markup("Erste **Hand**\nscheckheft\n\n- ABS\n- ESP") == (
        "<p>Erste <strong>Hand</strong><br>\nscheckheft</p>\n<ul>\n<li>ABS</li>\n<li>ESP</li>\n</ul>"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klick](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        "<https://evil.example>",
        "# Riesig",
    ],
)
def test_no_dealer_writes_elements_links_or_pictures(attack: str) -> None:
    found = texts.dealer_markup(attack)
    tags = {element.tag for element in html.fragment_fromstring(found or "", create_parent="div").iter()}
    assert tags <= HARMLESS


@given(st.text(max_size=200))
def test_any_text_becomes_harmless_markup(text: str) -> None:
    found = texts.dealer_markup(text)
    if found is not None:
        root = html.fragment_fromstring(found, create_parent="div")
        assert {element.tag for element in root.iter()} <= HARMLESS
        assert not any(element.attrib for element in root.iter())


def test_a_text_that_says_nothing_is_none() -> None:
    assert texts.dealer_markup(" \n ") is None
    assert texts.dealer_markup("---") is None


def test_plain_text_reads_as_the_page_shows_it() -> None:
    assert texts.plain("<p>Erste <strong>Hand</strong>, neu.</p>\n<p>Zwei</p>") == "Erste Hand, neu. Zwei"


def test_the_beginning_of_a_text_is_found_in_the_whole() -> None:
    whole = "Ein Satz mit mehreren Wörtern"
    assert texts.start(whole, 14) == "Ein Satz mit"
    assert texts.start(whole, 100) == whole


def test_values_in_our_own_texts_stay_plain() -> None:
    name = "A*uto* [x](javascript:y) <b>"
    found = texts.own_markup(f"## Titel\n\n{texts.escaped(name)}")
    assert texts.plain(found) == f"Titel {name}"
    assert "<a" not in found


def test_a_written_page_has_headings_below_its_title() -> None:
    made = texts.page_markup("# Eins\n\nText\n\nZwei\n----\n\n#### Drei\n\n- a")
    tags = [element.tag for element in html.fragment_fromstring(made, create_parent="div")]
    assert tags == ["h2", "p", "h2", "h3", "ul"]


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<h2 onclick=alert(1)>x</h2>",
        "[klick](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        "# <img src=x onerror=alert(1)>",
    ],
)
def test_a_written_page_holds_no_elements_links_or_pictures(attack: str) -> None:
    for element in html.fragment_fromstring(texts.page_markup(attack), create_parent="div").iter():
        assert element.tag in HARMLESS | {"h2", "h3"}
        assert not element.attrib


@given(
    st.lists(
        st.sampled_from(
            [
                "**Neu**",
                "Neu",
                "- Sitz",
                "---",
                "\n",
                "\n\n",
                " ",
                "**",
                "*",
                "a.",
                "1. Ha",
                "- ",
                "&amp;",
                "<b>",
                "A & B",
                "<",
            ]
        )
        | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=5),
        max_size=12,
    ).map("".join)
)
def test_a_text_said_quickly_is_the_text_the_page_shows(text: str) -> None:
    assert texts.said(text) == texts.plain(texts.dealer_markup(text) or "")
