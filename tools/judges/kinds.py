"""Which kind of page an address is (docs/addresses.md), so that a judge can look at some of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.judges.trees import VEHICLE, Site

LANGUAGE = re.compile(r"^/([a-z]{2}(?:-[A-Z]{2})?)(?=/)")
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(shape))
    for kind, shape in (
        ("home", r"/"),
        ("list", r"/vehicles/"),
        ("older", r"/vehicles/(?:.+/)?page-\d+/"),
        ("body", r"/vehicles/body/[^/]+/"),
        ("fuel", r"/vehicles/fuel/[^/]+/"),
        ("city", r"/vehicles/in/[^/]+/"),
        ("make", r"/vehicles/[^/]+/"),
        ("model", r"/vehicles/[^/]+/[^/]+/"),
        ("dealers", r"/dealers/"),
        ("dealer", r"/dealers/[^/]+/"),
        ("info", r"/info/[^/]+/"),
        ("404", r"/404\.html"),
        ("text", r"/(?:legal|privacy|accessibility|how-we-rank|prices|join)/"),
        ("own", r"/(?P<name>[a-z-]+)/"),
    )
)
"""In this order; `own` takes its name from the address (`contact`, `about`, `test-drive` …)."""
SOLD = b"https://schema.org/SoldOut"


def kind_of(path: str) -> str:
    """Name the kind of page behind a path of a host; `other` for an address nobody knows."""
    plain = LANGUAGE.sub("", path, count=1)
    if VEHICLE.match(plain):
        return "vehicle"
    for kind, shape in SHAPES:
        if found := shape.fullmatch(plain):
            return found.groupdict().get("name") or kind
    return "other"


def language_of(path: str) -> str:
    """Give the language prefix of a path, empty for the site's default language."""
    found = LANGUAGE.match(path)
    return found[1] if found else ""


@dataclass(frozen=True)
class Chosen:
    """One page to look at."""

    kind: str
    lang: str
    path: str


def some_of_each(site: Site, each: int = 1, languages: int = 9) -> list[Chosen]:
    """Give up to `each` pages of every kind in up to `languages` languages, the default language first.

    Cars come in three kinds: `vehicle` (those with the most to show), `bare` (the least) and `sold`.
    """
    chosen: dict[tuple[str, str], list[str]] = {}
    for path in site.pages:
        chosen.setdefault((language_of(path), kind_of(path)), []).append(path)
    for lang, kind in list(chosen):
        if kind == "vehicle":
            chosen |= {(lang, name): paths for name, paths in _cars(site, chosen.pop((lang, kind))).items()}
    spoken = sorted({lang for lang, _ in chosen})[:languages]
    return [
        Chosen(kind, lang, path)
        for (lang, kind), paths in sorted(chosen.items())
        if lang in spoken
        for path in paths[:each]
    ]


def _cars(site: Site, paths: list[str]) -> dict[str, list[str]]:
    """Part the cars of one language: sold ones, and the others with the biggest page first or last."""
    sold = [path for path in paths if SOLD in site.pages[path].read_bytes()]
    offered = sorted(set(paths) - set(sold), key=lambda path: (-site.pages[path].stat().st_size, path))
    half = (len(offered) + 1) // 2
    parts = {"vehicle": offered[:half], "bare": offered[: half - 1 : -1], "sold": sold}
    return {kind: found for kind, found in parts.items() if found}


def one_of_each(site: Site) -> Iterator[tuple[str, str]]:
    """Give (kind, path) of one page of every kind in the site's default language."""
    for chosen in some_of_each(site, languages=1):
        yield chosen.kind, chosen.path
