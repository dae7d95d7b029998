"""Rules of the gate about sitemaps: what a release changes in them, against what it changes in pages (SEO.md §11).

Only maps that changed are read, and of them only the addresses that came or left are followed up: what was right before
and is not touched stays right.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from .built import ReleaseSite
from .documents import Document, NotHtml, split
from .link_rules import Network, address_of
from .manifest import file_of
from .site_rules import Problem, fits, not_well_formed, read_map, why_unmapped

_FOLDER = "sitemaps"


@dataclass(slots=True)
class _Maps:
    """What changed maps say: address → map, for all they name, and for what they named before and do not any more."""

    named: dict[str, str] = field(default_factory=dict)
    came: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)


def maps_follow_the_pages(
    site: ReleaseSite,
    changed: Iterable[str],
    gone: Iterable[str],
    spoilt: frozenset[str],
    mapped: Mapping[str, str | None],
    network: Network,
) -> Iterator[Problem]:
    """A page that has to be in a map is in one as soon as it is served, and no map names another.

    Args:
        site: the release.
        changed: paths of files that are new or other than in the live release.
        gone: addresses that are no more.
        spoilt: addresses of pages that could not be drawn, about which maps may say what they like.
        mapped: changed pages by address, each with why it stands in no map, None for one that has to.
        network: the release in place of the live one.
    """
    found = _Maps()
    for path in sorted(changed):
        if path.endswith(".xml"):
            yield from _read(site, path, found)
    for path in _maps_that_go(site):
        found.left.update(dict.fromkeys(_named_before(site, path), path))
    origin = site.label.origin
    free = {f"{origin}{address}" for address in spoilt}
    for url, path in found.came.items():
        if url not in free:
            yield from _came(origin, url, path, mapped, network)
    for address in sorted(gone):
        if _was_mapped(site, address) and f"{origin}{address}" not in found.left:
            yield Problem(address, "sitemap", "is no more, but a map still names it")
    yield from _of_pages(site, mapped, found)
    for url in found.left.keys() - found.named.keys() - free:
        at, address, _ = split(url)
        if at == origin and address not in mapped and _must_be_mapped(network.page(origin, address)):
            yield Problem(address, "sitemap-missing", "an indexable page that no sitemap names any more")


def _of_pages(site: ReleaseSite, mapped: Mapping[str, str | None], found: _Maps) -> Iterator[Problem]:
    """Ask of each changed page whether a map names it, and whether one should."""
    for address, why in mapped.items():
        url = f"{site.label.origin}{address}"
        is_named = url in found.named or (url not in found.left and _was_mapped(site, address))
        if why is None and not is_named:
            yield Problem(address, "sitemap-missing", "an indexable page that no sitemap names")
        elif why is not None and is_named and url not in found.came:
            yield Problem(address, "sitemap", f"a map names it, but it {why}")


def _read(site: ReleaseSite, path: str, found: _Maps) -> Iterator[Problem]:
    content = site.read(path)
    try:
        kind, locations = read_map(content)
    except etree.XMLSyntaxError as error:
        yield not_well_formed(path, error)
        return
    yield from fits(path, content, locations)
    if kind == "sitemapindex":
        for url in locations:
            at, target, _ = split(url)
            if at != site.label.origin or not site.has(target[1:]):
                yield Problem(f"/{path}", "sitemap", f"{url!r} is not there")
    if kind != "urlset":
        return
    before = set(_named_before(site, path))
    for url in locations:
        if url in found.named:
            yield Problem(split(url)[1], "sitemap", f"in {found.named[url]} and {path}")
        found.named[url] = path
        if url not in before:
            found.came[url] = path
    found.left.update(dict.fromkeys(before.difference(locations), path))


def _maps_that_go(site: ReleaseSite) -> list[str]:
    if not site.delta.is_whole:
        return sorted(path for path in site.delta.drop if path.endswith(".xml"))
    served = () if site.live is None else (site.live / _FOLDER).glob("*.xml")
    return sorted(path for file in served if not site.has(path := f"{_FOLDER}/{file.name}"))


def _came(origin: str, url: str, path: str, mapped: Mapping[str, str | None], network: Network) -> Iterator[Problem]:
    at, address, _ = split(url)
    if address in mapped and at == origin:
        why = mapped[address]
    else:
        page = network.page(origin, address) if at == origin else None
        why = "is not there" if page is None else why_unmapped(page.head)
    if why is not None:
        yield Problem(f"/{path}", "sitemap", f"{url!r} {why}")


def _named_before(site: ReleaseSite, path: str) -> list[str]:
    """Give what a map names in the live release."""
    content = site.read_live(path)
    if content is None:
        return []
    try:
        kind, locations = read_map(content)
    except etree.XMLSyntaxError:
        return []
    return locations if kind == "urlset" else []


def _was_mapped(site: ReleaseSite, address: str) -> bool:
    """Ask whether a page of the live release had to be in a map."""
    path = file_of(address)
    if address_of(path) is None:
        return False
    content = site.read_live(path)
    return content is not None and _must_be_mapped(Document(address, site.label.origin, content))


def _must_be_mapped(page: Document | None) -> bool:
    try:
        return page is not None and why_unmapped(page.head) is None
    except NotHtml:
        return False
