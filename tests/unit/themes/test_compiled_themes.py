"""Every template of every theme is compiled, says what Jinja says, and knows what it used."""

from functools import cache

import pytest

import themes
from storefront.pages.contexts import TEMPLATES
from tests.unit.themes import samples
from tests.unit.themes.test_theme_pages import CASES, kinds
from themes.check import notices
from themes.ingredients import Log


@cache
def look(theme: str, lang: str, compiles: bool) -> themes.Look:
    """Make the look of a theme with no setting changed."""
    loaded = themes.load(theme)
    chosen = themes.resolve(loaded, {})
    return themes.Look(loaded, chosen, lang, themes.bundle(loaded, chosen), compiles=compiles)


@pytest.mark.parametrize(("theme", "kind", "lang", "name"), CASES)
def test_a_page_has_the_same_bytes_whether_it_is_compiled_or_rendered_by_jinja(
    theme: str, kind: str, lang: str, name: str
) -> None:
    page, site = samples.pages(kind, lang)[name], samples.site(kind, lang)
    ours, theirs = (
        themes.render(look(theme, lang, compiles), site, page, TEMPLATES[type(page)]) for compiles in (True, False)
    )
    assert ours == theirs


@pytest.mark.parametrize("theme", themes.available())
def test_every_page_of_ours_can_be_compiled(theme: str) -> None:
    assert notices(theme) == []


def test_a_theme_with_a_template_that_cannot_be_compiled_says_so_and_is_rendered_by_jinja(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theme = themes.theme.Theme(themes.theme.ROOT / "classic")
    monkeypatch.setattr("themes.check.load", lambda _name: theme)
    environment = theme.environment()
    loader = environment.loader
    assert loader is not None
    real = loader.get_source

    def get_source(env: object, name: str) -> object:
        source, path, current = real(environment, name)
        macro = "{% macro shout(text) %}{{ text }}!{% endmacro %}{{ shout(page.heading) }}"
        return (source.replace("{{ page.heading }}", macro) if name == "pages/text.html" else source), path, current

    monkeypatch.setattr(loader, "get_source", get_source)
    [notice] = notices("classic")
    assert notice.startswith("pages/text.html is rendered by Jinja")
    assert "pages/text.html, line 4: Macro" in notice
    chosen = themes.resolve(theme, {})
    drawn = themes.Look(theme, chosen, "de", themes.bundle(theme, chosen))
    page = samples.pages("dealer", "de")["text"]
    assert f"{page.heading}!" in themes.render(drawn, samples.site("dealer", "de"), page, "pages/text.html")
    assert {"part:pages/text.html", "part:layout.html", "part:parts/head.html"} <= drawn.log.names


# -- ingredients ------------------------------------------------------------------------------------------------------


def used(theme: str, kind: str, name: str, lang: str = "de") -> set[str]:
    """Give the ingredients a sample page is made of."""
    made = look(theme, lang, True)
    page = samples.pages(kind, lang)[name]
    with made.log.into(set()) as names:
        themes.render(made, samples.site(kind, lang), page, TEMPLATES[type(page)])
    return names


@pytest.mark.parametrize(("theme", "kind"), kinds())
def test_a_page_is_made_of_known_ingredients_of_its_own_language(theme: str, kind: str) -> None:
    known = look(theme, "de", True).ingredients()
    for name in samples.pages(kind, "de"):
        found = used(theme, kind, name)
        assert found <= known.keys()
        assert {"part:layout.html", "part:parts/head.html", "asset:css/site.css", "word:de:skip"} <= found


def test_a_page_uses_what_it_shows_and_nothing_else() -> None:
    sold, offered = used("classic", "dealer", "vehicle-sold"), used("classic", "dealer", "vehicle")
    assert {"word:de:state.sold_title", "part:parts/sold_mark.html"} <= sold - offered
    assert {"word:de:form.name", "part:parts/inquiry_form.html", "part:parts/price_block.html"} <= offered - sold
    assert "asset:css/kept.css" in used("classic", "dealer", "favourites") - offered
    assert "setting:home_sections" in used("classic", "dealer", "home") - offered


def test_a_card_that_is_kept_tells_every_page_what_it_is_made_of() -> None:
    first, again = used("classic", "dealer", "list"), used("classic", "dealer", "list")
    assert first == again
    assert "part:parts/card.html" in first


def test_a_word_a_part_a_setting_and_a_file_change_their_own_digest_alone() -> None:
    theme = themes.load("classic")
    plain, bold = (themes.resolve(theme, values) for values in ({}, {"accent": "#0b4f8a"}))
    before, after = (
        themes.Look(theme, chosen, "de", themes.bundle(theme, chosen)).ingredients() for chosen in (plain, bold)
    )
    assert {name for name in before if before[name] != after[name]} == {"setting:accent", "asset:css/site.css"}


def test_a_setting_is_noted_when_it_is_read() -> None:
    log = Log()
    theme = themes.load("classic")
    chosen = themes.resolve(theme, {})
    drawn = themes.Look(theme, chosen, "de", themes.bundle(theme, chosen), log=log)
    log.names = set()
    assert drawn.settings.values["accent"]
    assert log.names == {"setting:accent"}
