"""A further language is one file a theme: the whole site is built in it, with its numbers, its direction, its links."""

import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from babel import Locale
from babel.dates import get_month_names

import themes
from builder.runs import BuildReport
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.stores.models import Store
from storefront.pages.sites import open_site
from tests.build.conftest import Installation
from tests.conftest import TODAY
from themes.check import check
from tools.judges import pseudo

ADDED = pseudo.LANGUAGES
N = "\u00a0"
PLACES = re.compile(r"\{\w+\}")


@pytest.fixture
def themes_with_more(tmp_path: Path) -> Iterator[Path]:
    """Copy the themes, and put one file of words a theme and language beside those there are."""
    before = themes.theme.ROOT
    root = pseudo.copied(tmp_path / "themes")
    pseudo.write(root)
    yield root
    themes.theme.ROOT = before
    themes.load.cache_clear()


def built_in_five(installation: Installation) -> BuildReport:
    """Have the sites speak German, English and the languages nobody translated, North Cars in Noir; build them."""
    perform(_speak).unwrap()
    return installation.build()


def _speak() -> None:
    for store in db.session.query(Store):
        store.languages = ["de", "en", *ADDED]
        store.theme = "noir" if store.host.startswith("north") else store.theme


def text_of(page: bytes) -> str:
    """Give what a page says, without its scripts."""
    document = lxml.html.document_fromstring(page.decode())
    return " ".join(document.xpath("//body//text()[not(ancestor::script)]"))


def test_one_file_a_theme_makes_a_language(themes_with_more: Path, installation: Installation) -> None:
    assert {file.parents[1].name for file in themes_with_more.rglob("pl.toml")} >= {"base", "noir", "market"}
    assert {themes.load(name).languages() for name in ("classic", "noir", "market")} == {
        tuple(sorted(("de", "en", *ADDED)))
    }
    report = built_in_five(installation)
    assert [build.failure for build in report.hosts if build.failure] == []
    for store in db.session.query(Store):
        pages = installation.pages(store.host)
        german = {path for path in pages if path.endswith(".html") and not re.match(r"[a-z]{2}/", path)}
        for lang in ("en", *ADDED):
            translated = {path.removeprefix(f"{lang}/") for path in pages if path.startswith(f"{lang}/")}
            assert german <= translated | {"404.html"}, f"{store.host} has pages that are not there in {lang}"
        _says_what_it_is(pages)
        _no_english_left(pages, store.theme)
    _writes_values_as_the_language_does(installation.pages("north-cars.localhost"))


def _says_what_it_is(pages: dict[str, bytes]) -> None:
    for lang in ADDED:
        document = lxml.html.document_fromstring(pages[f"{lang}/index.html"].decode())
        assert document.get("lang") == lang
        assert document.get("dir") == ("rtl" if lang == "ar" else "ltr")
        named = set(document.xpath("//link[@rel='alternate']/@hreflang"))
        assert named == {"de", "en", *ADDED, "x-default"}


def _no_english_left(pages: dict[str, bytes], theme: str) -> None:
    """No text of the English words that is long enough to be told apart stands on a page in another language."""
    english = themes.load(theme).words("en")
    texts = [entry for entry in map(english.entry, english) if isinstance(entry, str)]
    telling = {text for text in texts if len(text) > 14 and " " in text and not PLACES.search(text)}
    for path, page in pages.items():
        if path.startswith(tuple(f"{lang}/" for lang in ADDED)) and path.endswith(".html"):
            said = text_of(page)
            assert not [text for text in telling if text in said], path


def _writes_values_as_the_language_does(pages: dict[str, bytes]) -> None:
    golf = next(path for path in pages if path.startswith("pl/vehicles/volkswagen-golf"))
    polish, greek, arabic = (text_of(pages[golf.replace("pl/", f"{lang}/", 1)]) for lang in ("pl", "el", "ar"))
    assert f"22{N}990{N}€" in polish
    assert re.search(rf"\d\d{N}\d\d\d{N}km", polish)
    assert f"22.990{N}€" in greek
    assert re.search(r"22,990\s*€", arabic)
    sold = next(path for path in pages if path.startswith("pl/vehicles/volkswagen-polo"))
    assert get_month_names("wide", context="format", locale=Locale("pl"))[11] in text_of(pages[sold])


def test_a_theme_that_lacks_the_file_does_not_speak_the_language(
    themes_with_more: Path, installation: Installation
) -> None:
    (themes_with_more / "noir/words/pl.toml").unlink()
    themes.load.cache_clear()
    assert "pl" not in themes.load("noir").languages()
    assert "pl" in themes.load("classic").languages()
    perform(_speak).unwrap()
    for host, spoken in (("north-cars", ["de", "en", "ar", "el"]), ("south-motors", ["de", "en", *ADDED])):
        store = db.session.query(Store).filter(Store.host.startswith(host)).one()
        assert set(open_site(store, as_of=TODAY, settings=installation.settings).faces) == set(spoken)


def test_the_check_of_a_theme_holds_a_further_language_to_the_same(themes_with_more: Path) -> None:
    assert check("classic") == []
    file = themes_with_more / "base/words/pl.toml"
    words = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r'^few = ".*"\n', "", words, count=1, flags=re.MULTILINE), encoding="utf-8")
    themes.load.cache_clear()
    (missing,) = check("classic")
    assert "no form for few in pl" in missing
    file.write_text(re.sub(r"^skip = .*\n", "", words, count=1, flags=re.MULTILINE), encoding="utf-8")
    themes.load.cache_clear()
    assert any('"skip"' in said and "pl" in said for said in check("classic"))
