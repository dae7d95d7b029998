"""A theme is a folder: what is found in it, what comes from its parents, and what the check says about a wrong one."""

from pathlib import Path

import brotli
import pytest

import themes
from themes.assets import minified
from themes.check import check
from themes.errors import ThemeError
from themes.theme import Theme

NAMES = themes.available()
SETTING = """
[[group]]
name = "A"
[[group.setting]]
id = "x"
kind = "text"
label = "X"
default = ""
use = "template"
"""


def test_the_themes_of_the_product_are_there() -> None:
    assert {"base", "classic"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_check_finds_nothing_wrong(name: str) -> None:
    assert check(name) == []


def test_an_unknown_theme_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(ThemeError, match="classic"):
        themes.load("../classic")


def test_a_template_left_out_comes_from_the_parent_and_the_parents_own_stays_in_reach() -> None:
    environment = themes.load("classic").environment()
    assert environment.get_template("parts/card.html").filename == str(
        themes.load("base").chain[0] / "templates/parts/card.html"
    )
    own = environment.loader.get_source(environment, "pages/home.html")[0]  # type: ignore[union-attr]
    parents = environment.loader.get_source(environment, "base/pages/home.html")[0]  # type: ignore[union-attr]
    assert own != parents


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
def test_plural_forms_follow_the_rules_of_the_language(lang: str) -> None:
    t = themes.load("classic").words(lang)
    assert t("photos.count", n=1) == {"de": "1 Foto", "en": "1 photo"}[lang]
    assert t("photos.count", n=24) == {"de": "24 Fotos", "en": "24 photos"}[lang]


def test_codes_of_cars_have_words() -> None:
    t = themes.load("classic").words("de")
    assert t("body.estate") == "Kombi"
    assert t("fuel.other") == "Andere"
    assert t("feature.abs") == "ABS"


@pytest.mark.parametrize(("key", "values"), [("act.fly", {}), ("photos.count", {}), ("act.call_number", {})])
def test_a_missing_word_or_value_names_theme_language_and_key(key: str, values: dict[str, object]) -> None:
    with pytest.raises(ThemeError) as error:
        themes.load("classic").words("en")(key, **values)
    assert all(part in str(error.value) for part in ("classic", "en", key))


def test_every_word_of_the_vehicle_vocabulary_is_there_in_both_languages() -> None:
    from storefront.domain.vehicles import vocabulary

    for lang in ("de", "en"):
        t = themes.load("base").words(lang)
        codes = [f"body.{code}" for code in vocabulary.BODIES] + [f"fuel.{code}" for code in vocabulary.FUELS]
        codes += [f"transmission.{code}" for code in vocabulary.TRANSMISSIONS] + [
            f"drive.{code}" for code in vocabulary.DRIVES
        ]
        codes += [f"colour.{code}" for code in vocabulary.COLOURS]
        assert [code for code in codes if not t.has(code)] == []


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
class TestTheBundle:
    def test_is_the_same_every_time(self, name: str) -> None:
        theme = themes.load(name)
        one, two = (themes.bundle(theme, themes.resolve(theme, {})) for _ in range(2))
        assert one == two

    def test_names_every_file_after_its_content(self, name: str) -> None:
        theme = themes.load(name)
        made = themes.bundle(theme, themes.resolve(theme, {}))
        assert set(made.urls.values()) == set(made.files)
        for path in made.files:
            assert path.startswith("/a/")
            assert len(path.split(".")[-2]) == 16

    def test_points_only_to_files_it_holds(self, name: str) -> None:
        theme = themes.load(name)
        made = themes.bundle(theme, themes.resolve(theme, {}))
        css = made.files[made.urls["css/site.css"]].decode()
        addresses = [
            part.split(")")[0] for part in css.split("url(")[1:] if not part.startswith(('"data:', "'data:", "data:"))
        ]
        assert addresses
        assert [address for address in addresses if address not in made.files] == []

    def test_stays_light(self, name: str) -> None:
        theme = themes.load(name)
        made = themes.bundle(theme, themes.resolve(theme, {}))
        assert len(brotli.compress(made.files[made.urls["css/site.css"]])) <= 12 * 1024
        assert len(made.files[made.urls["js/site.js"]]) <= 10 * 1024
        assert len(brotli.compress(made.files[made.urls["js/site.js"]])) <= 4 * 1024


def test_another_setting_gives_another_address_of_the_style_sheet_only() -> None:
    theme = themes.load("classic")
    usual, red = (themes.bundle(theme, themes.resolve(theme, stored)) for stored in ({}, {"accent": "#8a1538"}))
    assert usual.digest != red.digest
    assert {name for name in usual.urls if usual.urls[name] != red.urls[name]} == {"css/site.css"}


@pytest.mark.parametrize(
    ("css", "small"),
    [
        ("a { color : red ; }", "a{color :red}"),
        ('a::before { content: "  /* x */ ; } "; }', 'a::before{content:"  /* x */ ; } "}'),
        ("a /* b */ > c,\n d {}", "a > c,d{}"),
        (
            "@media (min-width: 40em) { a:hover { b: calc(1px + 2px) } }",
            "@media (min-width:40em){a:hover{b:calc(1px + 2px)}}",
        ),
    ],
)
def test_a_style_sheet_loses_only_what_means_nothing(css: str, small: str) -> None:
    assert minified(css) == small


# -- a theme with mistakes --------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a theme that extends base, to be spoilt by a test, and let `load` find it."""
    base = themes.load("base").chain[0]
    (tmp_path / "base").symlink_to(base)
    own = tmp_path / "harbour"
    (own / "templates" / "parts").mkdir(parents=True)
    (own / "words").mkdir()
    (own / "assets" / "css").mkdir(parents=True)
    (own / "theme.toml").write_text(
        'name = "Harbour"\nextends = "base"\nkinds = ["dealer"]\nstyles = ["css/own.css"]\n'
    )
    (own / "assets" / "css" / "own.css").write_text("@layer theme { .x { color: var(--act); } }")
    monkeypatch.setattr("themes.check.load", lambda name: Theme(tmp_path / name, root=tmp_path))
    return own


def test_a_theme_does_without_sheets_of_its_parents_and_serves_them_nowhere(folder: Path) -> None:
    manifest = folder / "theme.toml"
    manifest.write_text(manifest.read_text() + 'without = ["css/cards.css"]\n')
    theme = Theme(folder, root=folder.parent)
    made = themes.bundle(theme, themes.resolve(theme, {}))
    sheet = made.files[made.urls["css/site.css"]].decode()
    assert ".x{" in sheet
    assert ".card{" not in sheet
    assert "css/cards.css" not in made.urls


def test_a_copied_folder_with_nothing_but_a_name_is_a_theme(folder: Path) -> None:
    assert check("harbour") == []


@pytest.mark.parametrize(
    ("path", "content", "part"),
    [
        ("templates/parts/card.html", "{# x #}<p style='color:red'>{{ card.title }}</p>", "inline style"),
        ("templates/parts/card.html", "{# x #}<p onclick='x()'>{{ card.title }}</p>", "event handler"),
        ("templates/parts/card.html", "{# x #}{{ card.title | safe }}", "escaping"),
        ("templates/parts/card.html", "{# x #}{% if card %}", "does not compile"),
        ("templates/parts/card.html", "{# x #}{{ t('no.such.word') }}", "no.such.word"),
        ("templates/parts/card.html", "{# x #}{{ t('act.call_number') }}", "without number"),
        ("templates/parts/card.html", "<p>{{ card.title }}</p>", "note of what it takes"),
        ("templates/parts/card.html", "{# x #}{{ theme.settings.mood }}", '"mood"'),
        ("templates/parts/card.html", "{# x #}<script>alert(1)</script>", "inline script"),
        ("templates/parts/card.html", '{# x #}<img src="https://cdn.example/x.png">', "third party"),
        ("words/de.toml", 'extra = "Mehr"', '"extra"'),
        ("words/de.toml", "broken = ", "TOML"),
        ("assets/css/own.css", "@layer theme { :root { --muted: #aaaaaa; } }", "--muted on --bg"),
        ("assets/css/own.css", "@layer theme { :root { --bg: #fffff0; } }", "light ground"),
        ("assets/css/own.css", "@layer theme { .x { background: url(../img/gone.svg); } }", "img/gone.svg"),
        ("assets/css/own.css", "@layer theme { .x { color red } }", "own.css"),
        (
            "settings.toml",
            SETTING,
            "no template reads",
        ),
        (
            "settings.toml",
            SETTING.replace("text", "mood"),
            "kind mood",
        ),
        ("theme.toml", 'extends = "nowhere"', "nowhere"),
        ("theme.toml", 'extends = "harbour"', "extends itself"),
        ("theme.toml", 'extends = "base"\nwithout = ["css/gone.css"]', "css/gone.css"),
    ],
)
def test_a_mistake_is_named(folder: Path, path: str, content: str, part: str) -> None:
    (folder / path).write_text(content)
    assert any(part in problem for problem in check("harbour")), check("harbour")
