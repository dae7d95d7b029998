"""Any text given for any kind of setting is refused, or yields exactly the CSS it stands for (SECURITY C2; proof T3).

The expectation is written here a second time, by hand, and does not ask the code that is tried.
"""

import re
from typing import Any

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

import themes
from themes import properties
from themes.errors import SettingsError
from themes.settings import Choice, Group, Setting, SettingsSchema, ThemeSettings, resolve

GROUNDS = {"light": "#ffffff", "dark": "#101314"}
CHOICES = (Choice("#d9f24f", "Lime"), Choice("12px", "Twelve"), Choice("none", "None"))
SHAPES = tuple(Choice(name, name) for name in ("square", "soft", "round"))
SCHEMES = tuple(Choice(name, name) for name in ("auto", "light", "dark"))
EVERY = (
    Setting("paint", "colour", "", "#123456", "css:--paint"),
    Setting("accent", "colour", "", "#0b5a42", "accent:light"),
    Setting("night", "colour", "", "", "accent:dark"),
    Setting("tone", "choice", "", "none", "css:--tone", choices=CHOICES),
    Setting("width", "range", "", 4, "css:--width", min=-2, max=64, unit="px"),
    Setting("shape", "choice", "", "soft", "radius", choices=SHAPES),
    Setting("scheme", "choice", "", "auto", "scheme", choices=SCHEMES),
    Setting("line", "text", "", "", "page:heading"),
    Setting("story", "longtext", "", "", "template"),
    Setting("words", "text", "", {}, "page:lead", translated=True),
    Setting("shown", "yesno", "", True, "template"),
    Setting("parts", "order", "", ("none",), "template", choices=CHOICES),
    Setting("cover", "image", "", "", "template"),
    Setting("face", "font", "", "", "template"),
    Setting("way", "link", "", "", "template"),
)
SCHEMA = SettingsSchema((Group("All", EVERY),), GROUNDS)
RADII = {
    "square": {"--r1": "0", "--r2": "0", "--r3": "0"},
    "soft": {},
    "round": {"--r1": "6px", "--r2": "12px", "--r3": "22px"},
}
FAMILY = {"--act", "--act-2", "--on-act", "--soft"}
HEX = re.compile(r"#[0-9a-f]{6}")
PIECES = [
    *(
        "#",
        "#fff",
        "#B00020",
        "#12345",
        "#1234567",
        "#ggg",
        "url(//evil.invalid/x)",
        "url('",
        "@import 'x'",
        "</style>",
    ),
    *(
        "<script>",
        "expression(1)",
        ";",
        "}",
        "{",
        ":",
        "/*",
        "*/",
        "\\",
        "\\00",
        "\n",
        "\0",
        "\u2028",
        "'",
        '"',
        "!important",
    ),
    *(
        "var(--act)",
        "calc(1px)",
        "attr(x)",
        "-",
        "-1",
        "12",
        "012",
        "+3",
        "1e3",
        "９",
        "0x1f",
        "px",
        "%",
        "auto",
        "dark",
    ),
    *(
        "none",
        "12px",
        "soft",
        "round",
        "square",
        "{{7*7}}",
        "${7*7}",
        "{% for %}",
        "javascript:alert(1)",
        "data:text/html,x",
    ),
    *(
        "https://example.com/",
        "/x",
        "//x",
        "mailto:a@b.c",
        "img/a.svg",
        "fonts/a.woff2",
        "../a.png",
        "a.png",
        " ",
        "\t",
        "İ",
    ),
]
TOKENS = st.one_of(
    st.text(max_size=24),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join),
    st.from_regex(r"\A\s?#[0-9a-fA-F]{3,6}\s?\Z"),
    st.from_regex(r"\A-?[0-9]{1,3}[a-z;}]{0,2}\Z"),
)


def parsed(css: str) -> list[tuple[str, str, str]]:
    """Give every declaration of a sheet with the prelude of its rules; anything broken fails."""
    found: list[tuple[str, str, str]] = []

    def walk(nodes: list[Any], where: str) -> None:
        for node in nodes:
            assert node.type != "error", node.message
            if node.type == "declaration":
                assert not node.important
                found.append((where, node.name, tinycss2.serialize(node.value).strip()))
                continue
            prelude = f"{getattr(node, 'at_keyword', '')} {tinycss2.serialize(node.prelude)}"
            prelude = " ".join(prelude.split())
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=False, skip_whitespace=True)
            walk(inner, f"{where}/{prelude}" if where else prelude)

    walk(tinycss2.parse_stylesheet(css, skip_comments=False, skip_whitespace=True), "")
    return found


def expected(name: str, text: str) -> dict[str, str] | None:
    """Say by hand what a text means for a setting: declarations on `:root`; None where it must be refused."""
    hexes = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", text.strip().lower())
    colour = None
    if hexes:
        digits = hexes[1]
        colour = "#" + (digits if len(digits) == 6 else "".join(one * 2 for one in digits))
    if name == "paint":
        return None if colour is None else ({} if colour == "#123456" else {"--paint": colour})
    if name in ("accent", "night"):
        if name == "night" and text == "":
            return {}
        if colour is None or _ratio(colour, GROUNDS["light" if name == "accent" else "dark"]) < 4.5:
            return None
        return {} if colour == "#0b5a42" and name == "accent" else {"--act": colour}
    if name == "tone":
        return {"#d9f24f": {"--tone": "#d9f24f"}, "12px": {"--tone": "12px"}, "none": {}}.get(text)
    if name == "width":
        number = int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None
        return None if number is None or not -2 <= number <= 64 else ({} if number == 4 else {"--width": f"{number}px"})
    if name == "shape":
        return RADII.get(text)
    return {"auto": {}, "light": {"color-scheme": "light"}, "dark": {"color-scheme": "dark"}}.get(text)


def _ratio(one: str, other: str) -> float:
    """Reckon the contrast of two colours as WCAG 2.2 words it."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def judge(setting: Setting, text: str) -> str:
    """Try one text for one setting; what is wrong fails.

    Returns:
        `refused`, or `taken`.
    """
    value: object = {"de": text} if setting.translated else text
    try:
        settings: ThemeSettings | None = resolve(SCHEMA, {setting.id: value}, strict=True)
    except SettingsError:
        settings = None
    looks = setting.use.startswith(("css:", "accent:")) or setting.use in ("radius", "scheme")
    if looks:
        wanted = expected(setting.id, text)
        assert (settings is None) == (wanted is None), (setting.id, text)
    if settings is None:
        # A build goes on without it: exactly the theme as drawn.
        assert properties.style(SCHEMA, resolve(SCHEMA, {setting.id: value})) == "", (setting.id, text)
        return "refused"
    css = properties.style(SCHEMA, settings)
    if not looks:
        assert css == "", (setting.id, text)
        return "taken"
    check_css(setting, css, expected(setting.id, text) or {})
    return "taken"


def check_css(setting: Setting, css: str, wanted: dict[str, str]) -> None:
    """Hold a layer to the declarations that are expected, and to nothing else."""
    found = parsed(css)
    root = {name: value for where, name, value in found if where == "layer settings/:root"}
    dark = {name: value for where, name, value in found if where == f"layer settings/media {properties.DARK}/:root"}
    html = {name: value for where, name, value in found if where == "layer settings/html"}
    assert len(found) == len(root) + len(dark) + len(html), css
    if "--act" in wanted:
        light_first = setting.id == "accent"
        assert set(dark) == FAMILY
        assert set(root) == (FAMILY if light_first else set())
        assert (root if light_first else dark)["--act"] == wanted["--act"]
        assert all(HEX.fullmatch(value) for value in (*root.values(), *dark.values())), css
        assert html == {}
        return
    assert {**root, **html} == wanted, css
    assert dark == {}


@pytest.mark.parametrize("setting", EVERY, ids=[setting.id for setting in EVERY])
@given(text=TOKENS)
def test_any_text_is_refused_or_yields_exactly_its_css(setting: Setting, text: str) -> None:
    judge(setting, text)


@pytest.mark.parametrize("setting", EVERY, ids=[setting.id for setting in EVERY])
def test_every_piece_of_css_alone_is_refused_or_yields_exactly_its_css(setting: Setting) -> None:
    for piece in PIECES:
        judge(setting, piece)


@pytest.mark.parametrize("name", [name for name in themes.available() if name != "base"])
@given(text=TOKENS)
def test_no_text_adds_a_rule_to_the_sheet_of_any_theme(name: str, text: str) -> None:
    theme = themes.load(name)
    for setting in theme.settings:
        value: object = {"de": text} if setting.translated else text
        css = properties.style(theme.settings, themes.resolve(theme, {setting.id: value}))
        assert not re.search(r"url\(|@import|expression|<|\\|!|/\*", css), (setting.id, text)
        for _, prop, _ in parsed(css):
            assert prop.startswith("--") or prop == "color-scheme"
