"""An HTML page taken apart the way a browser or crawler reads it; the rules of the check ask it questions.

It is parsed once and walked once. What hardly any page has (a style of its own, a struck price, an id twice) is first
looked for in its bytes, in a way that finds too much rather than too little, and only then in its elements.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import orjson
from lxml import etree

_SPACES = re.compile(r"\s+")
_NO_FILE = ("data:", "mailto:", "tel:", "sms:", "whatsapp:")
_UNSEEN = ("script", "style", "template", "noscript")
_LINKED_RELS = frozenset(
    {"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload", "alternate", "mask-icon"}
)
_LOADING = ("img", "source", "script", "video", "audio", "iframe", "track", "embed", "input")
_WALKED = ("title", "h1", "meta", "link", "a", "area", "form", "use", "style", *_LOADING)
_BODY = b"<body"
_BEFORE_ATTRIBUTE = b" \t\r\n\f\"'/"
_HANDLER, _STYLE = re.compile(rb"on[a-z]+\s*="), re.compile(rb"style\s*=")
_ID = re.compile(rb"""id\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_WAS = re.compile(rb"was")
_STRUCK = (b"<s>", b"<s ", b"<del", b"<strike")
_IDS = etree.XPath("//@id", smart_strings=False)
_NAMES = etree.XPath("//a/@name", smart_strings=False)
_SET_INLINE = etree.XPath("//@style | //@*[starts-with(name(), 'on')]")
_MARKS = etree.XPath("//*[contains(concat(' ', normalize-space(@class), ' '), ' was ')] | //s | //del | //strike")
_TEXT = etree.XPath("string(.)", smart_strings=False)
_TEXTS = etree.XPath(".//text()", smart_strings=False)
_MAIN = etree.XPath("//main")
_HIDDEN = etree.XPath(".//*[@hidden]")


class NotHtml(ValueError):
    """A file that is served as a page and is none."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a page points to."""

    rule: str
    """`link` for what a visitor follows, `asset` for what the browser loads."""
    said: str
    """As it stands in the page."""


@dataclass(slots=True)
class Parts:
    """What one walk over a page collects."""

    titles: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    metas: list[tuple[str | None, str | None, str]] = field(default_factory=list)
    """(name, property, content)"""
    canonicals: list[str] = field(default_factory=list)
    alternates: list[tuple[str, str]] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    """What a visitor follows, as it stands there, each once."""
    assets: dict[str, None] = field(default_factory=dict)
    """What the browser loads."""
    images: list[tuple[str | None, list[str]]] = field(default_factory=list)
    """Pictures that lack something: their source, and what."""
    scripts: list[str] = field(default_factory=list)
    """JSON-LD."""
    inline: list[str] = field(default_factory=list)
    """Scripts and styles that stand in the page itself."""
    actions: list[str] = field(default_factory=list)
    """Where forms go."""


@dataclass
class Document:
    """One page of a built site."""

    address: str
    """`/vehicles/`"""
    origin: str
    content: bytes

    @cached_property
    def tree(self) -> etree._Element:
        """Give the parsed page.

        Raises:
            NotHtml: nothing in it.
        """
        parser = etree.HTMLParser(encoding="utf-8", collect_ids=False)
        try:
            parsed: etree._Element | None = etree.fromstring(self.content, parser=parser)
        except (ValueError, etree.XMLSyntaxError) as error:
            raise NotHtml(f"no HTML: {error}") from error
        if parsed is None:
            raise NotHtml("no HTML: nothing in it")
        return parsed

    @cached_property
    def parts(self) -> Parts:
        """Give what one walk over the page collects.

        Raises:
            NotHtml: nothing in it.
        """
        found = Parts()
        for element in self.tree.iter(*_WALKED):
            tag = element.tag
            if tag == "a":
                _followed(found, element.get("href"))
                _loaded(found, element.get("data-full"))
            elif tag in _LOADING:
                _file(found, element)
            else:
                _OTHERS[str(tag)](found, element)
        for known in (found.links, found.assets):
            for said in [said for said in known if not said or said.startswith(_NO_FILE)]:
                del known[said]
        return found

    @cached_property
    def head(self) -> "Document":
        """Give the page without its body, which is enough for what other pages ask of it and quick to parse.

        One that was parsed already is given whole.
        """
        if "tree" in self.__dict__:
            return self
        at = self.content.find(_BODY)
        return self if at < 0 else Document(self.address, self.origin, self.content[:at])

    @property
    def url(self) -> str:
        """Give the absolute address."""
        return self.origin + self.address

    @property
    def lang(self) -> str:
        """Give the language it declares."""
        return self.tree.get("lang") or ""

    @property
    def titles(self) -> list[str]:
        """Give the texts of its title elements (those of the head, not of drawings)."""
        return self.parts.titles

    @property
    def headings(self) -> list[str]:
        """Give the texts of its first-level headings."""
        return self.parts.headings

    @property
    def descriptions(self) -> list[str]:
        """Give its meta descriptions."""
        return self.meta("description")

    @property
    def canonicals(self) -> list[str]:
        """Give its canonical addresses."""
        return self.parts.canonicals

    @cached_property
    def is_indexable(self) -> bool:
        """Ask whether its robots meta lets it be indexed."""
        return not any("noindex" in said.lower() for said in self.meta("robots"))

    @property
    def is_self_canonical(self) -> bool:
        """Ask whether it names itself as the one address of its content."""
        return self.canonicals == [self.url]

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """Give its language versions: (hreflang, absolute address)."""
        return self.parts.alternates

    @cached_property
    def ids(self) -> list[str]:
        """Give all ids, in order, double ones twice."""
        return [str(value) for value in _strings(_IDS(self.tree))]

    @cached_property
    def said_ids(self) -> list[bytes]:
        """Give what stands where an id may stand, read from the bytes alone."""
        matches = (match for match in _ID.finditer(self.content) if _is_attribute(match, self.content))
        return [match[1] or match[2] or match[3] or b"" for match in matches]

    @property
    def doubled_ids(self) -> dict[str, int]:
        """Give the ids that stand there more than once, and how often."""
        if len(set(self.said_ids)) == len(self.said_ids):
            return {}
        return {name: times for name, times in Counter(self.ids).items() if times > 1}

    def has_anchor(self, name: str) -> bool:
        """Ask whether a fragment leads somewhere on the page."""
        return name == "top" or name.encode() in self.said_ids or name in self.anchors

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Give what a fragment may name."""
        return frozenset(self.ids) | frozenset(_strings(_NAMES(self.tree)))

    def meta(self, name: str) -> list[str]:
        """Give the contents of the meta elements of a name or property."""
        return [content for named, property_, content in self.parts.metas if name in (named, property_)]

    @cached_property
    def data(self) -> list[dict[str, Any]]:
        """Give the nodes of its JSON-LD graphs.

        Raises:
            ValueError: a block that is no JSON, or no graph of objects.
        """
        nodes: list[dict[str, Any]] = []
        for script in self.parts.scripts:
            said = orjson.loads(script)
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
        return _folded(" ".join(_visible(self._main)))

    @cached_property
    def all_text(self) -> str:
        """Give all text of the main part, whether a visitor reads it or not."""
        return " ".join(_strings(_TEXTS(self._main)))

    @cached_property
    def unseen_text(self) -> str:
        """Give the text of the main part that a visitor does not read."""
        hidden = [*_elements(_HIDDEN(self._main)), *self._main.iter(*_UNSEEN)]
        return " ".join(str(_TEXT(element)) for element in hidden)

    @cached_property
    def marks(self) -> list[str]:
        """Give the texts that are marked as a former price or struck out."""
        text = self.content
        may_be = any(_may_be_class(match.start(), text) for match in _WAS.finditer(text))
        if not may_be and not any(tag in text for tag in _STRUCK):
            return []
        return [_folded(str(_TEXT(element))) for element in _elements(_MARKS(self.tree))]

    @cached_property
    def inline(self) -> list[str]:
        """Give the scripts, styles and handlers that stand in the page itself, in words."""
        found = list(self.parts.inline)
        text = self.content.lower()
        if _attribute(_STYLE, text) or _attribute(_HANDLER, text):
            for value in _strings(_SET_INLINE(self.tree)):
                parent = value.getparent()  # type: ignore[attr-defined]
                found.append(f"<{parent.tag} {value.attrname}=…>")  # type: ignore[attr-defined]
        return found

    @property
    def references(self) -> list[Reference]:
        """Give everything the page points to, each once, in order."""
        links = [Reference("link", said) for said in self.parts.links]
        return links + [Reference("asset", said) for said in self.parts.assets]

    def absolute(self, said: str) -> str:
        """Give the absolute address of a reference of this page."""
        return urljoin(self.url, said)

    @cached_property
    def _main(self) -> etree._Element:
        return next(_elements(_MAIN(self.tree)), self.tree)


def _attribute(pattern: re.Pattern[bytes], content: bytes) -> bool:
    """Ask whether something stands where an attribute may begin; in a text it may look so, too."""
    return any(_is_attribute(match, content) for match in pattern.finditer(content))


def _is_attribute(match: re.Match[bytes], content: bytes) -> bool:
    at = match.start()
    return at > 0 and content[at - 1] in _BEFORE_ATTRIBUTE


def _may_be_class(at: int, content: bytes) -> bool:
    """Ask whether a word may be a class: a tag that has one is open there, not a text between two tags."""
    opened, closed = content.rfind(b"<", 0, at), content.rfind(b">", 0, at)
    begins, ends = content.find(b"<", at), content.find(b">", at)
    in_text = opened < closed and 0 <= begins < ends
    return not in_text and content.find(b"class", max(0, opened), at) >= 0


def _followed(parts: Parts, said: str | None) -> None:
    if said is not None:
        parts.links[said.strip()] = None


def _loaded(parts: Parts, said: str | None) -> None:
    if said is not None:
        parts.assets[said.strip()] = None


def _candidates(parts: Parts, said: str | None) -> None:
    for candidate in said.split(",") if said else ():
        words = candidate.split(None, 1)
        if words:
            parts.assets[words[0]] = None


def _file(parts: Parts, element: etree._Element) -> None:
    """Note what an element loads; of pictures and scripts, what they lack, too."""
    said = element.get("src")
    _loaded(parts, said)
    _candidates(parts, element.get("srcset"))
    if element.tag == "img":
        missing = [name for name in ("width", "height") if not (element.get(name) or "").isdecimal()]
        if element.get("alt") is None:
            missing.append("alt")
        if missing:
            parts.images.append((said, missing))
    elif element.tag == "video":
        _loaded(parts, element.get("poster"))
    elif element.tag == "script":
        if element.get("type") == "application/ld+json":
            parts.scripts.append(element.text or "")
        elif not said:
            parts.inline.append("a script without src")


def _title(parts: Parts, element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None and parent.tag == "head":
        parts.titles.append(_folded(str(_TEXT(element))))


def _heading(parts: Parts, element: etree._Element) -> None:
    parts.headings.append(_folded(str(_TEXT(element))))


def _meta(parts: Parts, element: etree._Element) -> None:
    content = element.get("content") or ""
    parts.metas.append((element.get("name"), element.get("property"), content))
    if element.get("property") == "og:image":
        _loaded(parts, content)


def _link(parts: Parts, element: etree._Element) -> None:
    rel, href, hreflang = element.get("rel") or "", element.get("href") or "", element.get("hreflang")
    if rel == "canonical":
        parts.canonicals.append(href)
    elif rel == "alternate" and hreflang is not None:
        parts.alternates.append((hreflang, href))
    elif hreflang is None and href and _LINKED_RELS.intersection(rel.split()):
        _loaded(parts, href)
    _candidates(parts, element.get("imagesrcset"))


def _area(parts: Parts, element: etree._Element) -> None:
    _followed(parts, element.get("href"))


def _form(parts: Parts, element: etree._Element) -> None:
    action = element.get("action")
    parts.actions.append(action or "")
    _followed(parts, action)


def _drawing(parts: Parts, element: etree._Element) -> None:
    _loaded(parts, element.get("href"))


def _sheet(parts: Parts, element: etree._Element) -> None:
    parts.inline.append("a style element")


_OTHERS = {
    "title": _title, "h1": _heading, "meta": _meta, "link": _link, "area": _area, "form": _form, "use": _drawing,
    "style": _sheet,
}  # fmt: skip


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _visible(element: etree._Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or "hidden" in element.attrib:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _visible(child)
        if child.tail:
            yield child.tail


def _elements(found: object) -> Iterator[etree._Element]:
    """Take the elements out of what an XPath gives."""
    return (one for one in found if isinstance(one, etree._Element)) if isinstance(found, list) else iter(())


def _strings(found: object) -> Iterator[str]:
    return (one for one in found if isinstance(one, str)) if isinstance(found, list) else iter(())


def split(url: str) -> tuple[str, str, str]:
    """Take an absolute address apart: origin, path with percent signs undone, fragment; the query is dropped."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", unquote(parts.path) or "/", parts.fragment
