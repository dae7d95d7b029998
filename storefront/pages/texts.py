"""Foreign and own texts as safe markup: Markdown without raw HTML, then an allow-list (SECURITY B7)."""

import re
from functools import cache, lru_cache

import nh3
from lxml import html
from markdown_it import MarkdownIt
from markupsafe import Markup

_ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "hr"}
_PAGE_ALLOWED = _ALLOWED | {"h2", "h3"}
_OWN_ALLOWED = _ALLOWED | {"h2", "h3", "a"}
_SPACE = re.compile(r"\s+")
_RULE = re.compile(r"^-{3,}$", re.MULTILINE)
_BOLD = re.compile(r"(?<![^\s])\*\*(\w(?:[^*_\n]*\w)?)\*\*(?![^\s])")
_ITEM = re.compile(r"^- (?=\w)", re.MULTILINE)
_INTRICATE = re.compile(r"[*_\\`\x00-\x09\x0b-\x1f]|&[#\w]|^ *(?:[-+>]|\d+[.)])|^ ", re.MULTILINE)
"""What may mean more than letters: such a text is read as Markdown. `<` never does, since tags are not let through."""
_BEFORE_MARK = re.compile(r" (?=[.,;:!?)])")


@lru_cache(maxsize=2048)
def dealer_markup(text: str) -> Markup | None:
    """Turn a dealer's text (safe Markdown) into markup: paragraphs, bold, italics, lists, rules; nothing else.

    Returns:
        The markup, None for a text that says nothing.
    """
    if not text.strip():
        return None
    clean = nh3.clean(_markdown().render(text), tags=_ALLOWED, attributes={}, link_rel=None).strip()
    return Markup(clean) if plain(clean) else None  # noqa: S704 - through the allow-list


@lru_cache(maxsize=512)
def page_markup(text: str) -> Markup:
    """Turn the text of a page somebody wrote (safe Markdown) into markup: as `dealer_markup`, and headings.

    The page's own title is its first heading, so `#` and `##` become second ones, deeper ones third.
    """
    markdown = _page_markdown()
    tokens = markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2" if token.tag in ("h1", "h2") else "h3"
    made = markdown.renderer.render(tokens, markdown.options, {})
    return Markup(nh3.clean(made, tags=_PAGE_ALLOWED, attributes={}, link_rel=None).strip())  # noqa: S704 - allow-list


@lru_cache(maxsize=512)
def own_markup(text: str) -> Markup:
    """Turn one of our own texts (from the words, with values filled in) into markup; headings and links too."""
    clean = nh3.clean(_own_markdown().render(text), tags=_OWN_ALLOWED, attributes={"a": {"href"}}, link_rel="noopener")
    return Markup(clean.strip())  # noqa: S704 - through the allow-list


@lru_cache(maxsize=2048)
def plain(markup: str) -> str:
    """Give the text of some markup as a page shows it: white space evened out, none before punctuation."""
    if not markup.strip():
        return ""
    root = html.fragment_fromstring(markup, create_parent="div")
    text = " ".join(str(piece) for piece in root.itertext())
    return _BEFORE_MARK.sub("", _SPACE.sub(" ", text).strip())


def said(text: str) -> str:
    """Give a dealer's text as its page shows it, without markup: `plain(dealer_markup(text))`, twenty times as fast for
    texts that have nothing but paragraphs, bold words, lists and rules, as most have. Feeds read ten thousand of them.
    """
    simple = _RULE.sub("", text) if "---" in text else text
    simple = _BOLD.sub(r" \1 ", simple) if "**" in simple else simple
    simple = _ITEM.sub("", simple) if "- " in simple else simple
    if _INTRICATE.search(simple):
        return plain(dealer_markup(text) or "")
    return _BEFORE_MARK.sub("", " ".join(simple.split()))


def escaped(text: str) -> str:
    """Make a value harmless inside one of our own Markdown texts."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>~-])", r"\\\1", text)


def start(text: str, most: int) -> str:
    """Give the beginning of a plain text, cut between words, so that it can be found in the whole."""
    if len(text) <= most:
        return text
    head = text[:most]
    return head[: head.rfind(" ")] if " " in head else head


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True})
    made.disable(
        ["link", "image", "autolink", "code", "fence", "heading", "lheading", "html_block", "reference", "backticks"]
    )
    return made


@cache
def _page_markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True})
    made.disable(["link", "image", "autolink", "code", "fence", "html_block", "reference", "backticks"])
    return made


@cache
def _own_markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
