"""What a page is called and what comes out of drawing it: as much of a page as a builder knows, whoever draws it.

Apart from everything that makes pages, so that a build of other pages than the product's does not load the product's.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from storefront.core.changes import Reads

if TYPE_CHECKING:
    from .contexts import SocialCard


class PageKind(StrEnum):
    """What a page is; decides who loads it."""

    HOME = "home"
    LIST = "list"
    VEHICLE = "vehicle"
    DEALERS = "dealers"
    DEALER = "dealer"
    CONTACT = "contact"
    TEXT = "text"
    ABOUT = "about"
    REQUEST = "request"
    FAQ = "faq"
    INFO = "info"
    KEPT = "kept"
    SEARCH = "search"
    GONE = "gone"
    RSS = "rss"
    FEED = "feed"
    QR = "qr"
    STATUS = "status"
    ROBOTS = "robots"
    INDEXNOW = "indexnow"
    MANIFEST = "manifest"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap_index"
    INDEX = "index"
    INDEX_CARS = "index_cars"
    INDEX_CARDS = "index_cards"


@dataclass(frozen=True, slots=True)
class PageRef:
    """One address of a site and what it shows.

    Args:
        path: root-relative address; HTML addresses end in `/` or are `404.html`.
        lang: page language.
        kind: what it is.
        key: which one: a car's, dealer's or own page's id in hex, a list key, the name of a text, a request, a sitemap.
        bucket: of a list, None for its front.
    """

    path: str
    lang: str
    kind: PageKind
    key: str = ""
    bucket: int | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished page and everything it was made of."""

    ref: PageRef
    content: bytes
    reads: Reads
    """What it read of the database."""
    used: frozenset[str]
    """Which words, parts, settings and files it was made with, by the names of `SiteView.ingredients`; pages that used
    the same have the same object. Words that differ from car to car stand in `reads` (`ingredients.keys_of`)."""
    card: "SocialCard | None" = None
    """The picture it is shared with, where it names one that we draw."""
    shown: tuple[str, ...] | None = None
    """The picture sets, cards and films it names, where the source knows; None: they are looked for in the content."""
