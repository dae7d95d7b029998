"""Foreign texts become safe Markdown (SECURITY B7)."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from storefront.feeds.text import blocks, clean, plain
from tests.shared_data import shared

PIECES = st.lists(
    st.sampled_from(
        [
            "\\\\",
            "**",
            "*",
            "****",
            "{{{----}}}",
            "{{{*}}}",
            "{{{x}}}",
            "&amp;",
            "&",
            "amp;",
            "lt;",
            "&lt;",
            "&#60;",
            "&#92;",
            "<",
            ">",
            "b",
            "<b>",
            "</b>",
            "<br>",
            "<script>",
            "</script>",
            "<li>",
            "- ",
            "#",
            " ",
            "\n",
            "---",
            "--",
            "abc",
            "A",
            "1",
            "_",
            "`",
            "[",
            "]",
            "(",
            ")",
            "~~",
            "•",
            "+",
            ".",
            ":",
            "\u200b",
            "·",
            "×",
            "1. ",
            "\\",
            "|",
            "!",
            "=",
        ]
    ),
    max_size=30,
).map("".join)


def test_double_backslashes_break_lines_and_three_lines_are_a_list() -> None:
    assert clean(r"Klima\\Navi\\Sitzheizung") == "- Klima\n- Navi\n- Sitzheizung"


def test_two_lines_are_two_paragraphs() -> None:
    assert clean(r"Erste Hand\\Nichtraucher") == "Erste Hand\n\nNichtraucher"


def test_a_bold_line_heads_its_list() -> None:
    assert clean(r"**ALLESTIMENTO**\\ABS\\ESP\\Navi") == "**ALLESTIMENTO**\n\n- ABS\n- ESP\n- Navi"


def test_runs_of_rules_collapse_and_none_stands_at_an_edge() -> None:
    assert clean(r"{{{----}}}{{{----}}}\\a\\{{{----}}}{{{----}}}-\\---\\b\\{{{----}}}") == "a\n\n---\n\nb"


def test_portal_bullets_become_items_also_inside_bold() -> None:
    assert clean(r"{{{*}}} PATTO DI RIACQUISTO\\ **{{{*}}} CONSEGNA **") == "- PATTO DI RIACQUISTO\n- **CONSEGNA**"


def test_bold_that_closes_and_opens_again_at_once_is_one() -> None:
    assert clean("**CONSEGNA  IN **** 15 GG. +/-**") == "**CONSEGNA IN 15 GG. +/-**"


def test_bold_that_never_closes_is_no_bold() -> None:
    assert clean("**Top Zustand") == "Top Zustand"


@pytest.mark.parametrize(
    "written", ["Start &amp; Stop", "Start &amp;amp; Stop", "Start &amp;amp;amp; Stop", "Start & Stop"]
)
def test_entities_are_resolved_however_often_they_were_escaped(written: str) -> None:
    assert clean(written) == "Start & Stop"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>ok",
        "&lt;script&gt;alert(1)&lt;/script&gt;ok",
        "&amp;lt;img src=x onerror=alert(1)&amp;gt;ok",
        "<scr<b>ipt>alert(1)</script>ok",
        "<img src=x onerror=alert(1)//ok",
        "[ok](javascript:alert(1))",
        "![ok](http://example.com/x.png)",
        "<svg/onload=alert(1)>ok",
        "ok <a href='javascript:alert(1)'>x</a>",
        "&#x3C;iframe src=//example.com&#x3E;ok",
        "ok\n```\n<b>\n```",
        "ok <!-- <b> -->",
    ],
)
def test_hostile_text_renders_without_any_element_of_its_own(hostile: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(clean(hostile))
    names = {element.tag for element in etree.fromstring(f"<x>{html}</x>").iter()}
    assert names <= {"x", "p", "ul", "li", "strong", "hr", "ol"}
    assert "ok" in html


@given(PIECES | st.text(max_size=80))
@settings(max_examples=250, deadline=None)
def test_cleaning_twice_is_cleaning_once_and_html_never_comes_out(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not {"<", ">", "`", "[", "]", "\\", "_"} & set(once)


@given(PIECES | st.text(max_size=80))
@settings(max_examples=120, deadline=None)
def test_clean_text_is_paragraphs_bold_rules_and_lists_for_a_markdown_reader(text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(clean(text))
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or []}
    blocks_of = {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "hr",
        "text",
        "softbreak",
        "strong_open",
        "strong_close",
    }
    lists = {f"{kind}_{end}" for kind in ("bullet_list", "ordered_list", "list_item") for end in ("open", "close")}
    assert kinds <= blocks_of | lists


@given(PIECES | st.text(max_size=80))
@settings(max_examples=120, deadline=None)
def test_a_plain_word_has_no_markup_and_one_line(text: str) -> None:
    word = plain(text)
    assert not {"<", ">", "\n"} & set(word)
    assert plain(word) == word


def test_text_without_letters_is_nothing() -> None:
    assert blocks(r"** ** \\ . \\ !") == ()


def test_hostile_nesting_ends() -> None:
    assert "<" not in clean("&" + "amp;" * 10_000 + "lt;b&gt;" + "<script>" * 2_000 + "&#38;#38;" * 500)


def test_real_texts_keep_their_words_and_stay_as_they_are_when_cleaned_again() -> None:
    with gzip.open(shared("data/feeds/autoscout24-stx3/2018-03-10.xml.gz")) as file:
        notes = [note.text or "" for note in etree.parse(file).iter("notes")]
    assert len(notes) == 324
    for note in notes:
        once = clean(note)
        assert clean(once) == once
        assert "{{{" not in once
        assert "&amp;" not in once
        assert sum(map(str.isalpha, once)) >= sum(map(str.isalpha, note.replace("&amp;", "&")))
