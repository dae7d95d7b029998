"""The check finds every kind of fault a visitor or a search engine could meet: one seeded fault a rule."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builder import built as built_module
from builder.check import NoSuchSite, check_site, check_sites
from storefront.core import config
from storefront.core.config import Settings
from storefront.demo.world import SmallWorld
from tests.conftest import SECRET

HOST = "north-cars.localhost"


@pytest.fixture
def copy(tmp_path: Path, prepared_world: tuple[Path, SmallWorld]) -> Settings:
    """Give an installation that has nothing but the built sites; a fault replaces a file, it never writes into one."""
    settings = config.load({}, marketplace_instance=tmp_path, secret_key=SECRET)
    for host in built_module.built_sites(config.load({}, marketplace_instance=prepared_world[0])):
        source = prepared_world[0] / "sites" / host
        shutil.copytree(source / "current", settings.sites / host / "current", copy_function=os.link)
        shutil.copy(source / "site.json", settings.sites / host / "site.json")
    return settings


def golf(root: Path) -> Path:
    """Find the page of the Golf."""
    return next(root.glob("vehicles/volkswagen-golf-*/index.html"))


def polo(root: Path) -> Path:
    """Find the page of the sold Polo."""
    return next(root.glob("vehicles/volkswagen-polo-*/index.html"))


def swap(file: Path, pattern: str, by: str, count: int = 1) -> None:
    """Change a file; the change must really change it. Its compressed copies are not looked at by the rules."""
    before = file.read_text("utf-8")
    after, number = re.subn(pattern, by, before, count=count, flags=re.DOTALL)
    assert number
    assert after != before
    file.unlink()
    file.write_text(after, "utf-8")


FAULTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "no title": ("title", lambda root: swap(golf(root), "<title>.*?</title>", "")),
    "two titles": ("title", lambda root: swap(golf(root), "</title>", "</title><title>Two</title>")),
    "no heading": ("h1", lambda root: swap(golf(root), "<h1.*?</h1>", "")),
    "two headings": ("h1", lambda root: swap(golf(root), "</h1>", "</h1><h1>Two</h1>")),
    "no description": ("description", lambda root: swap(golf(root), "<meta [^>]*?name=.?description.*?>", "")),
    "no language": ("lang", lambda root: swap(golf(root), "<html[^>]*>", "<html>")),
    "no canonical": ("canonical", lambda root: swap(golf(root), "<link [^>]*?rel=.?canonical.*?>", "")),
    "canonical elsewhere": (
        "canonical",
        lambda root: swap(
            golf(root), r"(rel=.?canonical.? href=.?)http://north-cars.localhost:8000", r"\1https://x.example"
        ),
    ),
    "canonical to a page that is not there": (
        "canonical",
        lambda root: swap(
            golf(root),
            r"(rel=.?canonical.? href=.?http://north-cars.localhost:8000)/vehicles/[^\s>\"]*",
            r"\1/no/",
        ),
    ),
    "an id twice": ("id-unique", lambda root: swap(golf(root), "<main", "<p id=x></p><p id=x></p><main")),
    "a picture without a box": ("image", lambda root: swap(golf(root), r"(<img[^>]*?) width=\S+", r"\1")),
    "a picture without words": ("image", lambda root: swap(golf(root), '(<img[^>]*?) alt=("[^"]*"|[^ >]+)', r"\1")),
    "inline style": ("inline", lambda root: swap(golf(root), "<main", "<main style=color:red")),
    "inline script": ("inline", lambda root: swap(golf(root), "</body>", "<script>alert(1)</script></body>")),
    "inline handler": ("inline", lambda root: swap(golf(root), "<main", "<main onclick=x()")),
    "a style element": ("inline", lambda root: swap(golf(root), "</head>", "<style>a{}</style></head>")),
    "broken link": ("link", lambda root: swap(golf(root), "</main>", '<a href="/vehicles/none/">x</a></main>')),
    "link without its slash": ("link", lambda root: swap(golf(root), "</main>", '<a href="/vehicles">x</a></main>')),
    "broken picture": ("asset", lambda root: next(root.glob("i/*-720.webp")).unlink()),
    "broken style sheet": ("asset", lambda root: next(root.glob("a/site.*.css")).unlink()),
    "broken script": ("asset", lambda root: next(root.glob("a/site.*.js")).unlink()),
    "no icon": ("asset", lambda root: (root / "favicon.ico").unlink()),
    "fragment to nothing": ("fragment", lambda root: swap(golf(root), "</main>", '<a href="#none">x</a></main>')),
    "fragment of another page": (
        "fragment",
        lambda root: swap(golf(root), "</main>", '<a href="/contact/#none">x</a></main>'),
    ),
    "version that does not answer": ("hreflang", lambda root: swap(golf(root), "<link [^>]*?hreflang=.?en.*?>", "")),
    "no default version": ("hreflang", lambda root: swap(golf(root), "<link [^>]*?hreflang=.?x-default.*?>", "")),
    "a reduction without its reference price": (
        "reduction",
        lambda root: swap(golf(root), "</h1>", "</h1><p class=was>Vorher 29.990 €, jetzt gesenkt.</p>"),
    ),
    "a struck price": ("reduction", lambda root: swap(golf(root), "</h1>", "</h1><p><s>29.990 €</s></p>")),
    "a reference price that is stated but not shown": (
        "reduction",
        lambda root: swap(
            golf(root),
            r'"price":"(\d+\.\d\d)","priceCurrency":"EUR"',
            r'"priceSpecification":[{"@type":"UnitPriceSpecification","price":"\1","priceCurrency":"EUR"},'
            r'{"@type":"UnitPriceSpecification","price":"99990.00","priceCurrency":"EUR",'
            r'"priceType":"https://schema.org/StrikethroughPrice"}]',
        ),
    ),
    "JSON-LD that is no JSON": ("json-ld", lambda root: swap(golf(root), r'\{"@context"', '{"@context')),
    "another price in JSON-LD": ("json-ld-price", lambda root: swap(golf(root), r'"price":"\d+', '"price":"12345')),
    "another mileage in JSON-LD": (
        "json-ld-mileage",
        lambda root: swap(golf(root), r'("mileageFromOdometer":\{[^}]*?"value":)\d+', r"\g<1>987654"),
    ),
    "sold, but one can ask for it": (
        "json-ld-availability",
        lambda root: swap(golf(root), "(InStock|InStoreOnly)", "SoldOut"),
    ),
    "for sale, but nobody can ask": (
        "json-ld-availability",
        lambda root: swap(polo(root), "SoldOut", "InStock"),
    ),
    "no robots": ("robots", lambda root: (root / "robots.txt").unlink()),
    "robots without a map": ("robots", lambda root: swap(root / "robots.txt", "Sitemap:.*", "")),
    "robots with a map that is not there": (
        "robots",
        lambda root: swap(root / "robots.txt", r"sitemap\.xml", "map.xml"),
    ),
    "a map that is no XML": ("sitemap", lambda root: swap(root / "sitemap.xml", "</sitemapindex>", "")),
    "a map with a page that is not there": (
        "sitemap",
        lambda root: swap(root / "sitemaps/vehicles.xml", "(<loc>[^<]*?)/vehicles/", r"\1/none/"),
    ),
    "a map with a page that may not be indexed": (
        "sitemap",
        lambda root: swap(golf(root), "index,follow", "noindex,follow"),
    ),
    "a page no map names": (
        "sitemap-missing",
        lambda root: swap(root / "sitemaps/vehicles.xml", "<url>.*?</url>", "", count=1),
    ),
    "a page too heavy": (
        "weight-html",
        lambda root: swap(golf(root), "</main>", f"<p>{' '.join(str(n * 7919) for n in range(20000))}</p></main>"),
    ),
    "another dealer's host": (
        "foreign-host",
        lambda root: swap(golf(root), "</main>", "<p>south-motors.localhost</p></main>"),
    ),
    "two pages with one title": (
        "title-unique",
        lambda root: swap(root / "contact/index.html", "<title>.*?</title>", title_of(root / "index.html")),
    ),
    "a page nobody links to": ("orphan", lambda root: orphaned(root)),
}


def title_of(file: Path) -> str:
    """Give the title element of a page."""
    found = re.search("<title>.*?</title>", file.read_text("utf-8"))
    assert found
    return found[0]


def orphaned(root: Path) -> None:
    """Put a page beside the others that no page links to."""
    address = "/vehicles/nobody/"
    text = golf(root).read_text("utf-8")
    own = re.search(r"/vehicles/volkswagen-golf-[^/]*/", text)
    assert own
    (root / "vehicles/nobody").mkdir()
    (root / "vehicles/nobody/index.html").write_text(text.replace(own[0], address), "utf-8")


def drop_copies(root: Path) -> None:
    """Remove compressed copies, which would be those of the page before the fault."""
    for ending in ("*.br", "*.gz"):
        for file in root.rglob(ending):
            file.unlink()


@pytest.mark.parametrize("fault", FAULTS)
def test_the_check_finds(copy: Settings, fault: str) -> None:
    rule, spoil = FAULTS[fault]
    root = copy.sites / HOST / "current"
    drop_copies(root)
    spoil(root)
    found = {problem.rule for problem in check_site(copy, HOST)}
    assert rule in found


def test_nothing_is_wrong_with_the_demo_world(copy: Settings) -> None:
    report = check_sites(copy)
    assert [(host.host, host.problems) for host in report.hosts if host.problems] == []
    assert report.is_clean
    assert [host.pages > 20 for host in report.hosts] == [True, True, True]


def test_the_report_is_the_documented_one(copy: Settings) -> None:
    golf_page = golf(copy.sites / HOST / "current")
    swap(golf_page, "<title>.*?</title>", "")
    said = check_sites(copy, [HOST]).as_dict()
    assert list(said) == ["hosts"]
    host = said["hosts"][0]
    assert list(host) == ["host", "pages", "problems"]
    address = f"/vehicles/{golf_page.parent.name}/"
    assert {"page": address, "rule": "title", "detail": "0 instead of one"} in host["problems"]


def test_a_host_that_was_not_built_is_said_so(copy: Settings) -> None:
    with pytest.raises(NoSuchSite, match=r"nowhere\.localhost was not built yet"):
        check_site(copy, "nowhere.localhost")
