"""An HTML page taken apart the way a browser or crawler reads it; the rules of the check ask it questions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import orjson
from lxml import html
from lxml.html import HtmlElement

_SPACES = re.compile(r"\s+")
_NO_FILE = ("data:", "mailto:", "tel:", "sms:", "whatsapp:")
_UNSEEN = ("script", "style", "template", "noscript")
_LINKED_RELS = {
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "manifest",
    "preload",
    "modulepreload",
    "alternate",
    "mask-icon",
}


_FOLLOWED = ("//a/@href", "//area/@href", "//form/@action")
_LOADED = ("//@src", "//@poster", "//a/@data-full", "//use/@href", "//meta[@property='og:image']/@content")


class NotHtml(ValueError):
    """A file that is served as a page and is none."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a page points to."""

    rule: str
    """`link` for what a visitor follows, `asset` for what the browser loads."""
    said: str
    """As it stands in the page."""


@dataclass
class Document:
    """One page of a built site."""

    address: str
    """`/vehicles/`"""
    origin: str
    content: bytes

    @cached_property
    def tree(self) -> HtmlElement:
        """Give the parsed page.

        Raises:
            NotHtml: nothing in it.
        """
        parser = html.HTMLParser(encoding="utf-8")
        try:
            parsed: HtmlElement = html.document_fromstring(self.content, parser=parser)
        except (ValueError, html.etree.ParserError) as error:
            raise NotHtml(f"no HTML: {error}") from error
        return parsed

    @property
    def url(self) -> str:
        """Give the absolute address."""
        return self.origin + self.address

    @cached_property
    def lang(self) -> str:
        """Give the language it declares."""
        return self.tree.get("lang") or ""

    @cached_property
    def titles(self) -> list[str]:
        """Give the texts of its title elements (those of the head, not of drawings)."""
        return [_text(element) for element in self.tree.xpath("/html/head/title")]

    @cached_property
    def headings(self) -> list[str]:
        """Give the texts of its first-level headings."""
        return [_text(element) for element in self.tree.xpath("//h1")]

    @cached_property
    def descriptions(self) -> list[str]:
        """Give its meta descriptions."""
        return self.meta("description")

    @cached_property
    def canonicals(self) -> list[str]:
        """Give its canonical addresses."""
        return [link.get("href") or "" for link in self.tree.xpath("//link[@rel='canonical']")]

    @cached_property
    def is_indexable(self) -> bool:
        """Ask whether its robots meta lets it be indexed."""
        return not any("noindex" in said.lower() for said in self.meta("robots"))

    @property
    def is_self_canonical(self) -> bool:
        """Ask whether it names itself as the one address of its content."""
        return self.canonicals == [self.url]

    @cached_property
    def alternates(self) -> list[tuple[str, str]]:
        """Give its language versions: (hreflang, absolute address)."""
        links = self.tree.xpath("/html/head/link[@rel='alternate'][@hreflang]")
        return [(link.get("hreflang") or "", link.get("href") or "") for link in links]

    @cached_property
    def ids(self) -> list[str]:
        """Give all ids, in order, double ones twice."""
        return [str(value) for value in self.tree.xpath("//@id")]

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Give what a fragment may name."""
        return frozenset(self.ids) | frozenset(str(value) for value in self.tree.xpath("//a/@name"))

    def meta(self, name: str) -> list[str]:
        """Give the contents of the meta elements of a name or property."""
        return [
            element.get("content") or ""
            for element in self.tree.iter("meta")
            if name in (element.get("name"), element.get("property"))
        ]

    @cached_property
    def data(self) -> list[dict[str, Any]]:
        """Give the nodes of its JSON-LD graphs.

        Raises:
            ValueError: a block that is no JSON, or no graph of objects.
        """
        nodes: list[dict[str, Any]] = []
        for script in self.tree.xpath("//script[@type='application/ld+json']"):
            said = orjson.loads(script.text or "")
            found = said.get("@graph", [said]) if isinstance(said, dict) else said
            if not isinstance(found, list) or not all(isinstance(node, dict) for node in found):
                raise ValueError("JSON-LD is no graph of objects")
            nodes += found
        return nodes

    @cached_property
    def is_sold(self) -> bool:
        """Ask whether it offers a car that is sold."""
        try:
            offers = [node.get("offers") for node in self.data]
        except ValueError:
            return False
        return any(isinstance(offer, dict) and "SoldOut" in str(offer.get("availability")) for offer in offers)

    @cached_property
    def main_text(self) -> str:
        """Give what a visitor reads in the main part, spaces folded."""
        mains = self.tree.xpath("//main") or [self.tree]
        return _SPACES.sub(" ", " ".join(_visible(mains[0])))

    @cached_property
    def references(self) -> list[Reference]:
        """Give everything the page points to, each once, in order."""
        found = ((rule, said.strip()) for rule, said in self._said())
        return [Reference(rule, said) for rule, said in dict.fromkeys(found) if said and not said.startswith(_NO_FILE)]

    def absolute(self, said: str) -> str:
        """Give the absolute address of a reference of this page."""
        return urljoin(self.url, said)

    def _said(self) -> Iterator[tuple[str, str]]:
        """Give what the page points to: by XPath, which asks a thousand elements in one go."""
        for path in _FOLLOWED:
            yield from (("link", str(value)) for value in self.tree.xpath(path))
        for path in _LOADED:
            yield from (("asset", str(value)) for value in self.tree.xpath(path))
        for value in self.tree.xpath("//@srcset | //@imagesrcset"):
            candidates = (candidate.split() for candidate in str(value).split(","))
            yield from (("asset", candidate[0]) for candidate in candidates if candidate)
        for link in self.tree.xpath("//link[@rel][@href][not(@hreflang)]"):
            if _LINKED_RELS & set((link.get("rel") or "").split()):
                yield "asset", link.get("href") or ""


def _text(element: HtmlElement) -> str:
    return _SPACES.sub(" ", element.text_content()).strip()


def _visible(element: HtmlElement) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or "hidden" in element.attrib:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _visible(child)
        if child.tail:
            yield child.tail


def split(url: str) -> tuple[str, str, str]:
    """Take an absolute address apart: origin, path with percent signs undone, fragment; the query is dropped."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", unquote(parts.path) or "/", parts.fragment
