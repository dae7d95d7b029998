"""Rules about a site as a whole: sitemaps, robots, styles, weights, other dealers' hosts (SEO.md §§11, 16, 19)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import orjson
from lxml import etree

from .built import BuiltSite
from .documents import Document, split
from .link_rules import Network, address_of
from .manifest import file_of

MAX_URLS = 50_000
MAX_BYTES = 52_428_800
WEIGHTS = {".html": 20_000, ".css": 12_000, ".js": 25_000}
"""Bytes of one file over the wire, compressed (SEO.md §16)."""
MOST_LOST, FEW_LOST = 0.10, 10
"""Share of pages that may vanish unexplained, and how many always may (SECURITY E3)."""
MAX_ROBOTS = 500 * 1024
_NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
_HOST = re.compile(rb"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+")
_HREF = re.compile(rb"""href=["']?(/[^"'\s>#?]*)""")
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a built site."""

    page: str
    """Address of the page or file."""
    rule: str
    detail: str


def weights_fit(site: BuiltSite, paths: Iterable[str]) -> Iterator[Problem]:
    """No page, style sheet or script is heavier than its budget."""
    for path in paths:
        for ending, most in WEIGHTS.items():
            if path.endswith(ending) and site.weight(path) > most:
                yield Problem(f"/{path}", f"weight-{ending[1:]}", f"{site.weight(path)} bytes, at most {most}")


def no_foreign_host(site: BuiltSite, paths: Iterable[str], foreign: frozenset[bytes]) -> Iterator[Problem]:
    """A dealer's tree names no other dealer's host (issue F3).

    Args:
        site: the dealer's site.
        paths: files to look through.
        foreign: the other dealers' hosts.
    """
    if not foreign:
        return
    for path in paths:
        if path.endswith((".html", ".xml", ".txt", ".json", ".webmanifest")):
            named = {host for host in _HOST.findall(site.read(path).lower()) if host in foreign}
            for host in sorted(named):
                yield Problem(f"/{path}", "foreign-host", f"names {host.decode()}")


def no_link_to_the_gone(site: BuiltSite, neighbours: Iterable[str], gone: frozenset[str]) -> Iterator[Problem]:
    """Pages that stay as they are do not link to pages that are no more.

    Args:
        site: a release.
        neighbours: addresses of pages of it that linked there.
        gone: addresses that vanish with it.
    """
    for address in sorted(neighbours) if gone else ():
        path = file_of(address)
        if path.endswith(".html") and site.has(path):
            for said in sorted({said.decode() for said in _HREF.findall(site.read(path))} & gone):
                yield Problem(address, "link", f"{said!r} leads nowhere any more")


def pages_are_accounted_for(site: BuiltSite, gone: int, unexplained: int) -> Iterator[Problem]:
    """Not many pages vanish that no change accounts for; a drop that is explained never stops a publish (SECURITY E3).

    Args:
        site: a release.
        gone: how many pages vanish with it.
        unexplained: how many of them nothing that changed had to do with.
    """
    if unexplained <= FEW_LOST:
        return
    before = gone + sum(path.endswith(".html") for path in site.paths)
    if unexplained > MOST_LOST * before:
        yield Problem("/", "page-loss", f"{unexplained} of {before} pages would vanish although nothing explains it")


def titles_are_unique(pages: Iterable[Document]) -> Iterator[Problem]:
    """No two indexable pages of a site share title or description (SEO.md §10)."""
    for rule, of in (("title-unique", "titles"), ("description-unique", "descriptions")):
        first: dict[tuple[str, str], str] = {}
        for page in pages:
            texts = getattr(page, of)
            if len(texts) == 1 and page.is_indexable and page.is_self_canonical:
                other = first.setdefault((page.lang, texts[0]), page.address)
                if other != page.address:
                    yield Problem(page.address, rule, f"{texts[0]!r}, like {other}")


def pages_are_found(pages: Iterable[Document], origin: str) -> Iterator[Problem]:
    """Every indexable page is reached by links from the front page (SEO.md §19.4: no orphan).

    A sold car has left the lists; its page waits for those who still have its address (SEO.md §3).
    """
    by_address = {page.address: page for page in pages}
    reached, todo = set[str](), ["/"]
    while todo:
        address = todo.pop()
        page = by_address.get(address)
        if page is None or address in reached:
            continue
        reached.add(address)
        links = (page.absolute(reference.said) for reference in page.references if reference.rule == "link")
        todo += [path for at, path, _ in map(split, links) if at == origin]
        todo += [path for at, path, _ in (split(href) for _, href in page.alternates) if at == origin]
    for address, page in by_address.items():
        if address not in reached and page.is_indexable and page.is_self_canonical and not page.is_sold:
            yield Problem(address, "orphan", "no link leads here from the front page")


def styles_find_their_files(site: BuiltSite, paths: Iterable[str], origin: str, network: Network) -> Iterator[Problem]:
    """What style sheets and the manifest load is there."""
    for path in paths:
        if path.endswith(".css"):
            said = _CSS_URL.findall(site.read(path).decode())
        elif path.endswith(".webmanifest"):
            said = _manifest_files(site.read(path))
        else:
            continue
        for url in said:
            if not url.startswith(("data:", "#")):
                at, target, _ = split(urljoin(f"{origin}/{path}", url))
                if not network.has(at, target):
                    yield Problem(f"/{path}", "asset", f"{url!r} leads nowhere")


def _manifest_files(content: bytes) -> list[str]:
    said = orjson.loads(content)
    return [*(icon["src"] for icon in said.get("icons", ())), *([said["start_url"]] if "start_url" in said else [])]


def robots_name_the_map(site: BuiltSite, origin: str) -> Iterator[Problem]:
    """robots.txt is there, small, and names a sitemap of this host that exists (SEO.md §11)."""
    if not site.has("robots.txt"):
        yield Problem("/robots.txt", "robots", "missing")
        return
    content = site.read("robots.txt")
    if len(content) > MAX_ROBOTS:
        yield Problem("/robots.txt", "robots", f"{len(content)} bytes")
    named = re.findall(r"(?im)^sitemap:\s*(\S+)", content.decode("utf-8", "replace"))
    if not named:
        yield Problem("/robots.txt", "robots", "names no sitemap")
    for url in named:
        at, path, _ = split(url)
        if at != origin or not site.has(path[1:]):
            yield Problem("/robots.txt", "robots", f"names {url!r}, which is not there")


def maps_tell_the_truth(site: BuiltSite, origin: str, network: Network) -> Iterator[Problem]:
    """Sitemaps are well-formed and in their limits; every address is a page here, its own canonical, indexable, and
    every such page is in one (SEO.md §11).
    """
    mapped: dict[str, list[str]] = defaultdict(list)
    for path in sorted(path for path in site.paths if path.endswith(".xml")):
        content = site.read(path)
        try:
            kind, locations = read_map(content)
        except etree.XMLSyntaxError as error:
            yield not_well_formed(path, error)
            continue
        yield from fits(path, content, locations)
        for url in locations:
            at, target, _ = split(url)
            if at != origin or not network.has(at, target):
                yield Problem(f"/{path}", "sitemap", f"{url!r} is not there")
            elif kind == "urlset":
                mapped[target].append(path)
                yield from _mapped(path, url, network.page(at, target))
    yield from _unmapped(site, origin, network, mapped)


def read_map(content: bytes) -> tuple[str, list[str]]:
    """Read a map: `urlset` with the addresses of pages, `sitemapindex` with those of maps; other XML names none.

    Raises:
        etree.XMLSyntaxError: not well-formed.
    """
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    kind = str(etree.QName(root).localname)
    if kind not in ("urlset", "sitemapindex"):
        return kind, []
    return kind, [(loc.text or "").strip() for loc in root.iterfind("s:*/s:loc", _NS)]


def not_well_formed(path: str, error: etree.XMLSyntaxError) -> Problem:
    """Say what is wrong with a file that is no XML."""
    return Problem(f"/{path}", "sitemap" if "sitemap" in path else "xml", f"not well-formed: {error.msg}")


def fits(path: str, content: bytes, locations: Sequence[str]) -> Iterator[Problem]:
    """A map is within its limits (SEO.md §11)."""
    if len(locations) > MAX_URLS or len(content) > MAX_BYTES:
        yield Problem(f"/{path}", "sitemap", f"{len(locations)} addresses, {len(content)} bytes")


def _mapped(path: str, url: str, page: Document | None) -> Iterator[Problem]:
    why = None if page is None else why_unmapped(page)
    if page is None:
        yield Problem(f"/{path}", "sitemap", f"{url!r} is no page")
    elif why is not None:
        yield Problem(f"/{path}", "sitemap", f"{url!r} {why}")


def why_unmapped(page: Document) -> str | None:
    """Say why a page stands in no map; None for one that has to."""
    if not page.is_self_canonical:
        return "is not its own canonical"
    return None if page.is_indexable else "is not to be indexed"


def _unmapped(site: BuiltSite, origin: str, network: Network, mapped: dict[str, list[str]]) -> Iterator[Problem]:
    for path in sorted(site.paths):
        address = address_of(path)
        if address is None:
            continue
        page = network.page(origin, address)
        if page is not None and page.is_self_canonical and page.is_indexable and address not in mapped:
            yield Problem(address, "sitemap-missing", "an indexable page that no sitemap names")
        if len(mapped.get(address, ())) > 1:
            yield Problem(address, "sitemap", f"in {' and '.join(mapped[address])}")
