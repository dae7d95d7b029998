"""What a dealer may set, and that nothing a dealer stores can become CSS of its own (SECURITY C1, C2)."""

import re

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

import themes
from themes import colour
from themes.check import roles_of
from themes.properties import _family

CLASSIC = themes.load("classic")
ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=30),
        st.sampled_from(["#123", "red;}", "url(x)", "*/@import 'x'", "</style>"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=4,
)
ALLOWED = {"--act", "--act-2", "--on-act", "--soft", "--r1", "--r2", "--r3", "color-scheme"}


def layer(stored: dict[str, object]) -> str:
    """Give the layer of the style sheet that these settings make."""
    sheet = themes.bundle(CLASSIC, themes.resolve(CLASSIC, stored))
    css = sheet.files[sheet.urls["css/site.css"]].decode()
    _, mark, own = css.partition("@layer settings{")
    return mark + own


def declarations(css: str) -> list[tuple[str, str]]:
    """Give every declaration of a sheet, however deep; a broken rule fails."""
    found: list[tuple[str, str]] = []

    def walk(nodes: list[tinycss2.ast.Node]) -> None:
        for node in nodes:
            assert node.type != "error", node.message
            if node.type == "declaration":
                found.append((node.name, tinycss2.serialize(node.value)))
            elif node.content is not None:
                walk(tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True))

    walk(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))
    return found


def test_a_dealer_who_sets_nothing_gets_the_theme_as_drawn() -> None:
    assert layer({}) == ""


def test_an_accent_brings_its_family_in_both_schemes() -> None:
    css = layer({"accent": "#8a1538"})
    values = declarations(css)
    assert [name for name, _ in values] == ["--act", "--act-2", "--on-act", "--soft"] * 2
    light, dark = values[0][1], values[4][1]
    assert light == "#8a1538"
    assert colour.contrast(dark, CLASSIC.grounds["dark"]) >= 4.5
    assert colour.contrast(values[6][1], dark) >= 4.5


def test_a_dealer_may_choose_the_dark_accent_too() -> None:
    assert ("--act", "#ffb0c8") in declarations(layer({"accent": "#8a1538", "accent_dark": "#ffb0c8"}))


@pytest.mark.parametrize(("scheme", "media"), [("dark", "@media all"), ("light", "@media not all")])
def test_a_fixed_scheme_needs_no_second_copy_of_the_colours(scheme: str, media: str) -> None:
    made = themes.bundle(CLASSIC, themes.resolve(CLASSIC, {"scheme": scheme}))
    css = made.files[made.urls["css/site.css"]].decode()
    assert "prefers-color-scheme" not in css
    assert media in css
    assert f"color-scheme:{scheme}" in css
    usual = themes.bundle(CLASSIC, themes.resolve(CLASSIC, {}))
    assert len(css) < len(usual.files[usual.urls["css/site.css"]]) + 80


def test_texts_are_kept_by_language_and_may_be_missing() -> None:
    found = themes.resolve(CLASSIC, {"heading": {"de": "Autos mit Ruhe"}}, strict=True)
    assert found.text("heading", "de") == "Autos mit Ruhe"
    assert found.text("heading", "en") == ""


def test_sections_come_in_the_dealers_order_and_hidden_ones_are_left_out() -> None:
    assert themes.resolve(CLASSIC, {"home_sections": ["visit", "arrivals"]}).home_sections == ("visit", "arrivals")


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("accent", "green", "#0b5a42"),
        ("accent", "#9fd8c0", "4.5:1"),
        ("accent", "#123;}body{display:none", "#0b5a42"),
        ("accent_dark", "#1a1a1a", "4.5:1"),
        ("corners", "spiky", "square, soft, round"),
        ("scheme", 1, "auto, light, dark"),
        ("heading", "Nur ein Text", "per language"),
        ("heading", {"de": "x" * 81}, "80"),
        ("heading", {"deutsch": "x"}, "two letters"),
        ("home_sections", ["trust", "trust"], "once"),
        ("home_sections", ["banner"], "trust"),
        ("colour_of_the_sky", "#fff", "no such setting"),
    ],
)
def test_a_refused_value_says_what_is_allowed_and_never_stops_a_build(name: str, value: object, part: str) -> None:
    with pytest.raises(themes.SettingsError) as refused:
        themes.resolve(CLASSIC, {name: value}, strict=True)
    assert list(refused.value.problems) == [name]
    assert part in refused.value.problems[name]
    assert themes.resolve(CLASSIC, {name: value}) == themes.resolve(CLASSIC, {})


@given(stored=st.dictionaries(st.sampled_from([setting.id for setting in CLASSIC.settings]), ANYTHING, max_size=4))
def test_no_stored_value_becomes_more_than_the_expected_declarations(stored: dict[str, object]) -> None:
    found = declarations(layer(stored))
    assert {name for name, _ in found} <= ALLOWED
    for name, value in found:
        assert re.fullmatch(r"#[0-9a-f]{6}|[0-9]+(?:px)?|light|dark", value), (name, value)


@given(accent=st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_accent_is_readable_or_refused(accent: str) -> None:
    try:
        chosen = themes.resolve(CLASSIC, {"accent": accent}, strict=True)
    except themes.SettingsError:
        assert colour.contrast(accent, "#ffffff") < 4.5
        return
    values = declarations(layer({"accent": str(chosen.accent)}))
    for index in range(0, len(values), 4):
        act, _, on_act, _ = (value for _, value in values[index : index + 4])
        assert colour.contrast(on_act, act) >= 4.5


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"), st.sampled_from(["#ffffff", "#0b0c0c"]))
def test_text_on_a_button_is_readable_whatever_colour_a_dealer_likes(accent: str, ground: str) -> None:
    family = dict(line.split(":") for line in _family(accent, ground, soft=0.1))
    assert colour.contrast(family["--on-act"], family["--act"]) >= 4.5
    assert colour.contrast(family["--on-act"], family["--act-2"]) >= 4.5


@pytest.mark.parametrize("name", themes.available())
def test_the_roles_of_every_theme_reach_the_contrast_of_the_design_brief(name: str) -> None:
    theme = themes.load(name)
    for scheme in ("light", "dark"):
        roles = roles_of(theme, scheme)
        assert colour.contrast(roles["ink"], roles["bg"]) >= 15
        assert colour.contrast(roles["muted"], roles["bg"]) >= 5.8
        assert colour.contrast(roles["edge"], roles["bg"]) >= 3.25
        assert colour.contrast(roles["focus"], roles["bg"]) >= 5


def test_the_figures_of_classic_are_those_the_design_brief_states() -> None:
    light, dark = roles_of(CLASSIC, "light"), roles_of(CLASSIC, "dark")
    assert round(colour.contrast(light["ink"], light["bg"]), 1) == 17.9
    assert round(colour.contrast(light["act"], light["on-act"]), 1) == 8.2
    assert round(colour.contrast(dark["act"], dark["on-act"]), 1) == 9.3
    assert round(colour.contrast(dark["muted"], dark["bg"]), 1) == 8.2
