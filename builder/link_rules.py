"""Rules about what pages point to: links, pictures, fragments, canonical, language versions (SEO.md §6, §9, §19)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .built import NOT_FOUND, BuiltSite
from .documents import Document, Reference, split
from .manifest import BadPath, file_of
from .page_rules import Finding

LIVE = "/-/"
"""Addresses under it are answered by the live layer, not by a file."""


@dataclass
class Network:
    """The sites of an installation, for rules that look across hosts; pages are parsed once and kept."""

    sites: Mapping[str, BuiltSite]
    """By origin."""
    elsewhere: frozenset[str] = frozenset()
    """Origins that are ours too but not looked into: the gate takes what they have on trust."""
    keep: int = 4000
    _pages: dict[tuple[str, str], Document | None] = field(default_factory=dict)
    _verdicts: dict[tuple[str, Reference], tuple[Finding, ...]] = field(default_factory=dict)

    def page(self, origin: str, path: str) -> Document | None:
        """Give the page that answers a path on a host of ours, None when there is none."""
        key = (origin, path)
        if key not in self._pages:
            if len(self._pages) >= self.keep:
                self._pages.clear()
            self._pages[key] = self._read(origin, path)
        return self._pages[key]

    def verdict(self, origin: str, reference: Reference) -> tuple[Finding, ...]:
        """Judge a root-relative reference: once for all pages of a host, which share most of theirs."""
        key = (origin, reference)
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = tuple(_target(origin + reference.said, reference, self))
        return found

    def has(self, origin: str, path: str) -> bool:
        """Ask whether a file answers a path; always true on hosts that are not ours to know."""
        site = self.sites.get(origin)
        return site is None or _file(path) in site.paths

    def knows(self, origin: str) -> bool:
        """Ask whether a host is one of ours whose files are known."""
        return origin in self.sites

    def _read(self, origin: str, path: str) -> Document | None:
        site, file = self.sites.get(origin), _file(path)
        if site is None or file is None or not file.endswith(".html") or file not in site.paths:
            return None
        return Document(path, origin, site.read(file))


def _file(path: str) -> str | None:
    try:
        return file_of(path)
    except BadPath:
        return None


def targets_exist(page: Document, network: Network) -> Iterator[Finding]:
    """Everything the page points to on hosts of ours is there, with the fragment it names."""
    for reference in page.references:
        if reference.said.startswith("/") and not reference.said.startswith("//"):
            yield from network.verdict(page.origin, reference)
        elif reference.said.startswith("#"):
            if len(reference.said) > 1 and reference.said[1:] not in page.anchors | {"top"}:
                yield "fragment", f"{reference.said!r}: there is no such id"
        else:
            yield from _target(page.absolute(reference.said), reference, network)


def _target(url: str, reference: Reference, network: Network) -> Iterator[Finding]:
    try:
        origin, path, fragment = split(url)
    except ValueError:
        yield reference.rule, f"not an address: {reference.said!r}"
        return
    if not network.knows(origin) or path.startswith(LIVE):
        return
    if not network.has(origin, path):
        if reference.rule == "link" and not path.endswith("/") and network.has(origin, f"{path}/"):
            yield "link", f"{reference.said!r} lacks its last slash"
        else:
            yield reference.rule, f"{reference.said!r} leads nowhere"
        return
    target = network.page(origin, path) if fragment and fragment != "top" else None
    if target is not None and fragment not in target.anchors:
        yield "fragment", f"{reference.said!r}: there is no such id"


def canonical_leads_home(page: Document, network: Network) -> Iterator[Finding]:
    """The canonical is the page itself, or a page of ours that is its own canonical and may be indexed (SEO.md §6)."""
    if len(page.canonicals) != 1 or page.is_self_canonical:
        return
    said = page.canonicals[0]
    try:
        origin, path, fragment = split(said)
    except ValueError:
        yield "canonical", f"not an address: {said!r}"
        return
    if origin in network.elsewhere:
        return
    if not network.knows(origin):
        yield "canonical", f"{said!r} is on no host of ours"
        return
    target = network.page(origin, path)
    if target is None or fragment:
        yield "canonical", f"{said!r} leads nowhere"
    elif not target.is_self_canonical or not target.is_indexable:
        yield "canonical", f"{said!r} is not its own canonical"


def versions_name_each_other(page: Document, network: Network) -> Iterator[Finding]:
    """The hreflang set names the page itself, has a default, and every version names it back (SEO.md §9)."""
    if not page.alternates:
        return
    languages = [lang for lang, _ in page.alternates]
    doubled = {lang for lang in languages if languages.count(lang) > 1}
    if doubled:
        yield "hreflang", f"{', '.join(sorted(doubled))} twice"
    if (page.lang, page.url) not in page.alternates:
        yield "hreflang", f"the page does not name itself as {page.lang}"
    if "x-default" not in languages:
        yield "hreflang", "no x-default"
    for lang, href in page.alternates:
        origin, path, _ = split(href)
        other = network.page(origin, path) if network.knows(origin) else None
        if other is None:
            yield "hreflang", f"{lang} leads nowhere: {href!r}"
        elif set(other.alternates) != set(page.alternates):
            yield "hreflang", f"{href!r} does not name this page back"
        elif lang not in ("x-default", other.lang):
            yield "hreflang", f"{href!r} is in {other.lang}, not {lang}"


def address_of(path: str) -> str | None:
    """Give the address of an HTML file of a tree, None for one that is no page of its own."""
    if not path.endswith(".html") or path.rpartition("/")[2] == NOT_FOUND:
        return None
    return "/" + path.removesuffix("index.html")
