"""What the pages of a site are made of besides rows: its theme in each language, its settings, our own code.

Names and digests are those of `themes.ingredients`; `code` stands for everything that has no name of its own.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash

import search
import storefront
from storefront.core.changes import Key, Reads
from storefront.core.config import Settings

if TYPE_CHECKING:
    from .siteview import SiteView

CODE = "code"
"""Our own Python, its tables and libraries, and the settings addresses are made of: every page uses it."""
LANGUAGES = "languages"
"""The languages a site is shown in: every page leads to its other versions."""
YEAR = "year"
"""The year it is: forms offer the last ones to choose from. Every site's search page waits for the next."""
EMAIL = "email"
"""The e-mail address of the dealer whose site it is: the shell holds it, few pages show it."""
PERSON = "person"
"""Who answers at the dealer of a site, and how fast: the shell of every page could say it, few pages do."""
SEARCH = "search"
"""The code of search and its words: only the static index is made with it."""
WORD = "word"
_OF_CARS = (
    *("body.", "colour.", "condition.", "drive.", "emission_class.", "emission_sticker.", "feature.", "feature_group."),
    *("fuel.", "interior_material.", "transmission.", "pages.alt.", "pages.certificate.", "pages.condition."),
    *("pages.consumption.", "pages.energy.", "pages.fact.", "pages.features_other", "pages.flag.", "pages.see_all"),
    *("pages.sold_on", "pages.unit.", "pages.vat.", "pages.describe.", "pages.price.", "pages.card."),
)
"""How the keys of words begin that one car's page says and another's does not."""
_PACKAGES = ("seo", "storefront/domain", "storefront/feeds", "storefront/pages", "themes")
_LIBRARIES = ("jinja2", "markupsafe", "babel", "markdown-it-py", "nh3", "lxml", "phonenumbers", "orjson", "segno")
_SHOWN = ("base_host", "site_scheme", "site_port", "live_origin", "indexnow")
"""Settings of the installation that addresses are made of."""


def of_site(view: "SiteView") -> dict[str, str]:
    """Give all ingredients of a site: name and digest."""
    from themes.ingredients import digest, digests  # with all of themes, which who only asks what changed does without

    found = {CODE: code_digest(view.settings), LANGUAGES: " ".join(view.faces), SEARCH: _search_sources()}
    found[YEAR] = str(view.as_of.year)
    found[EMAIL] = digest(None if view.dealer is None else view.dealer.email)
    found[PERSON] = digest(None if view.dealer is None else (view.dealer.person, view.dealer.answer_minutes))
    with view.log.into(set()):
        for face in view.faces.values():
            found |= face.look.ingredients()
        found |= digests("config", view.config.items())
    return found


def sorted_out(view: "SiteView", names: set[str], reads: Reads) -> frozenset[str]:
    """Give what a page used, without the words that differ from car to car: those it is noted to have read.

    So the sets of ingredients stay few (a page keeps the number of its set), and an edit of a rare word still finds the
    pages that say it: by `keys_of`.

    Args:
        view: the site.
        names: ingredients the page used.
        reads: of the page.

    Returns:
        A set; pages that used the same get the same object.
    """
    keys = _told_of_cars(view)
    told = names & view.kept.told_names
    reads.keys.update(map(keys.__getitem__, told))
    used = frozenset(names - told)
    return view.kept.used.setdefault(used, used)


def keys_of(names: Iterable[str]) -> list[Key]:
    """Give the words among ingredients as pages may have read them."""
    return [(WORD, name.removeprefix(f"{WORD}:"), "said") for name in names if name.startswith(f"{WORD}:")]


def _told_of_cars(view: "SiteView") -> dict[str, Key]:
    """Give the words that differ from car to car, in all languages of a site, with their keys."""
    if view.kept.told is None:
        names = [
            name
            for face in view.faces.values()
            for name in face.t.ingredients
            if name.removeprefix(f"{WORD}:{face.lang}:").startswith(_OF_CARS)
        ]
        view.kept.told = dict(zip(names, keys_of(names), strict=True))
        view.kept.told_names = frozenset(names)
    return view.kept.told


def code_digest(settings: Settings) -> str:
    """Give the digest of what every page of an installation is made with."""
    from themes.ingredients import digest

    shown = "\0".join(f"{name}={getattr(settings, name)}" for name in _SHOWN)
    return digest(f"{_sources()}\0{shown}")


@cache
def _search_sources() -> str:
    """Digest the code and words of search, and the Unicode they fold by, once a process."""
    read = xxhash.xxh3_128(unicodedata.unidata_version.encode())
    folder = Path(next(iter(search.__path__)))
    for file in sorted((*folder.glob("*.py"), *folder.glob("*.toml"))):
        read.update(file.name.encode())
        read.update(file.read_bytes())
    return read.hexdigest()


@cache
def _sources() -> str:
    """Digest our Python with its tables (makes, words of feeds) and the versions of libraries, once a process.

    What stands in the files of themes has names of its own. 400 files, 30 ms.
    """
    read = xxhash.xxh3_128()
    root = Path(next(iter(storefront.__path__))).parent
    for package in _PACKAGES:
        folder = root / package
        tables = () if package == "themes" else folder.rglob("*.toml")
        for file in sorted((*folder.rglob("*.py"), *tables)):
            read.update(file.relative_to(folder).as_posix().encode())
            read.update(file.read_bytes())
    for library in _LIBRARIES:
        read.update(f"{library}={version(library)}\n".encode())
    return read.hexdigest()
