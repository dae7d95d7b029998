"""The feed of the newest cars: RSS 2.0, newest 100 (SEO.md §14)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

NEWEST = 100
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One car: `link` is its canonical absolute address and its identity."""

    title: str
    link: str
    description: str
    published: datetime


def feed(*, title: str, link: str, itself: str, description: str, language: str, items: Sequence[Item]) -> bytes:
    """Write the feed.

    Args:
        title: name of the channel.
        link: absolute address of the stock list.
        itself: absolute address of the feed.
        description: one sentence.
        language: `de`.
        items: newest first; at most 100 are written.
    """
    rss = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": _ATOM})
    channel = etree.SubElement(rss, "channel")
    for name, text in (("title", title), ("link", link), ("description", description), ("language", language)):
        _add(channel, name, text)
    etree.SubElement(channel, f"{{{_ATOM}}}link", {"href": itself, "rel": "self", "type": "application/rss+xml"})
    for item in items[:NEWEST]:
        node = etree.SubElement(channel, "item")
        _add(node, "title", item.title)
        _add(node, "link", item.link)
        _add(node, "guid", item.link, isPermaLink="true")
        _add(node, "pubDate", format_datetime(item.published.astimezone(UTC)))
        _add(node, "description", item.description)
    return etree.tostring(rss, xml_declaration=True, encoding="UTF-8") + b"\n"


def _add(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    node = etree.SubElement(parent, name, attributes)
    node.text = _NOT_XML.sub("", text)
