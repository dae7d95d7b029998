"""Rules about what pages point to: links, pictures, fragments, canonical, language versions (SEO.md §6, §9, §19)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .built import NOT_FOUND, BuiltSite
from .documents import Document, Reference, split
from .manifest import BadPath, file_of
from .page_rules import Finding

LIVE = "/-/"
"""Addresses under it are answered by the live layer, not by a file."""
_VERSIONS = re.compile(rb"<link[^>]*hreflang[^>]*>")
_PLAIN = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9_][A-Za-z0-9._-]*)?")
"""A root-relative address that is the name of a file as it stands: no query, fragment, escape or way up."""


@dataclass
class Network:
    """The sites of an installation, for rules that look across hosts; pages are parsed once and kept."""

    sites: Mapping[str, BuiltSite]
    """By origin."""
    elsewhere: frozenset[str] = frozenset()
    """Origins that are ours too but not looked into: the gate takes what they have on trust."""
    keep: int = 1000
    _pages: dict[tuple[str, str], Document | None] = field(default_factory=dict)
    _verdicts: dict[str, dict[tuple[str, str], tuple[Finding, ...]]] = field(default_factory=dict)

    def page(self, origin: str, path: str) -> Document | None:
        """Give the page that answers a path on a host of ours, None when there is none."""
        key = (origin, path)
        if key not in self._pages:
            if len(self._pages) >= self.keep:
                self._pages.clear()
            self._pages[key] = self._read(origin, path)
        return self._pages[key]

    def verdicts(self, origin: str) -> dict[tuple[str, str], tuple[Finding, ...]]:
        """Give what was found of root-relative references, by rule and words: judged once for all pages of a host."""
        return self._verdicts.setdefault(origin, {})

    def has(self, origin: str, path: str) -> bool:
        """Ask whether a file answers a path; always true on hosts that are not ours to know."""
        site = self.sites.get(origin)
        if site is None:
            return True
        file = _file(path)
        return file is not None and site.has(file)

    def knows(self, origin: str) -> bool:
        """Ask whether a host is one of ours whose files are known."""
        return origin in self.sites

    def _read(self, origin: str, path: str) -> Document | None:
        site, file = self.sites.get(origin), _file(path)
        if site is None or file is None or not file.endswith(".html") or not site.has(file):
            return None
        return Document(path, origin, site.read(file))


def _file(path: str) -> str | None:
    try:
        return file_of(path)
    except BadPath:
        return None


def targets_exist(page: Document, network: Network) -> Iterator[Finding]:
    """Everything the page points to on hosts of ours is there, with the fragment it names."""
    verdicts = network.verdicts(page.origin)
    for rule, known in (("link", page.parts.links), ("asset", page.parts.assets)):
        for said in known:
            if said[0] == "/" and said[:2] != "//":
                found = verdicts.get((rule, said))
                if found is None:
                    found = verdicts[rule, said] = _of_root(page.origin, rule, said, network)
                yield from found
            elif said[0] == "#":
                if len(said) > 1 and not page.has_anchor(said[1:]):
                    yield "fragment", f"{said!r}: there is no such id"
            else:
                yield from _target(page.absolute(said), Reference(rule, said), network)


def _of_root(origin: str, rule: str, said: str, network: Network) -> tuple[Finding, ...]:
    """Judge a root-relative reference; the plain ones, which nearly all are, without taking them apart."""
    if _PLAIN.fullmatch(said) and not said.startswith(LIVE) and network.knows(origin) and network.has(origin, said):
        return ()
    return tuple(_target(origin + said, Reference(rule, said), network))


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
    if target is not None and not target.has_anchor(fragment):
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
    elif not target.head.is_self_canonical or not target.head.is_indexable:
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
        elif other is not page and set(other.head.alternates) != set(page.alternates):
            yield "hreflang", f"{href!r} does not name this page back"
        elif lang not in ("x-default", other.head.lang):
            yield "hreflang", f"{href!r} is in {other.head.lang}, not {lang}"


def former_versions_let_go(page: Document, before: bytes | None, network: Network) -> Iterator[Finding]:
    """A page that a version left does not go on naming it: asked of those that stay as they are (SEO.md §9).

    Args:
        page: a page that changed.
        before: the same as it is served now.
        network: the release in place of the live one.
    """
    if before is None or _VERSIONS.findall(before) == _VERSIONS.findall(page.content):
        return
    for lang, href in sorted(set(Document(page.address, page.origin, before).head.alternates) - set(page.alternates)):
        origin, path, _ = split(href)
        other = network.page(origin, path) if network.knows(origin) and path != page.address else None
        if other is not None and any(said == page.url for _, said in other.head.alternates):
            yield "hreflang", f"{href!r} names this page, which does not name it as {lang} any more"


def address_of(path: str) -> str | None:
    """Give the address of an HTML file of a tree, None for one that is no page of its own."""
    if not path.endswith(".html") or path.rpartition("/")[2] == NOT_FOUND:
        return None
    return "/" + path.removesuffix("index.html")
