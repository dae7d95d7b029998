"""Every address a site answers, in one place (docs/addresses.md). All are root-relative; HTML addresses end in `/`."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

ROBOTS = "/robots.txt"
SITEMAP = "/sitemap.xml"
MANIFEST = "/site.webmanifest"
STATUS = "/status.json"
INDEX = "/s/index.json"
"""Head of the static index (`search.static_index`)."""
SEARCH_ANSWER = "/-/search"
INQUIRIES = "/-/inquiries"
VIEWS = "/-/views"
ALERTS = "/-/alerts"
PRICE_ALERTS = "/-/alerts/price"
TEXTS = ("legal", "privacy", "accessibility")
"""Text pages of every site."""
REQUESTS = {"test_drive": "test-drive", "trade_in": "trade-in"}
"""Request pages of a dealer's site: kind → address."""
KEPT = ("favourites", "compare")
"""Pages the script fills from the browser's memory."""
FEEDS = {"google": "google.tsv", "meta": "meta.csv", "csv": "stock.csv", "xml": "stock.xml", "json": "stock.json"}
"""Feeds for other platforms, under an address nobody can guess: format → file (SEO.md §§13-14)."""
NARROW = ("body", "fuel", "in")
"""First steps under `/vehicles/` that no make may take: lists by body, fuel and city."""
_TAKEN = re.compile(rf"(?:make-)*(?:{'|'.join(NARROW)}|page-[0-9]+)")
_PAGE = re.compile(r"(?:x-)*page-[0-9]+")
PRICES = "prices"
"""The text that says how prices are judged."""
MARKET_TEXTS = ("how-we-rank", PRICES, "join")
"""Text pages of the marketplace beside them."""


def qr(public_id: str) -> str:
    """Give the address of the picture that holds a car's address."""
    return f"/q/{public_id}.svg"


def feed(token: str, kind: str) -> str:
    """Give the address of a feed out.

    Args:
        token: the store's own, unguessable.
        kind: a key of `FEEDS`.
    """
    return f"/feeds/{token}/{FEEDS[kind]}"


def index_cars(bits: int, shard: str) -> str:
    """Give the address of a shard of cars of the static index.

    Args:
        bits: into how many shards the cars are divided, as a power of two.
        shard: its name, empty for the only one.
    """
    return f"/s/cars-{bits}-{shard or 0}.json"


def index_cards(bits: int, shard: str) -> str:
    """Give the address of a shard of cards of the static index (see `index_cars`)."""
    return f"/s/cards-{bits}-{shard or 0}.json"


def sitemap(name: str) -> str:
    """Give the address of one map of the index."""
    return f"/sitemaps/{name}.xml"


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one language; `prefix` is empty for the site's default one, else `/en`."""

    prefix: str = ""

    @property
    def home(self) -> str:
        """The front page."""
        return f"{self.prefix}/"

    def vehicles(self, page: int | None = None) -> str:
        """The stock list, or an older page of it (1 is the oldest)."""
        return self._paged(f"{self.prefix}/vehicles/", page)

    def make(self, make: str, page: int | None = None) -> str:
        """The cars of a make; one called like a first step of other lists (`in`, `page-2`) is written `make-in`."""
        return self._paged(f"{self.prefix}/vehicles/{_make_step(make)}/", page)

    def model(self, make: str, model: str, page: int | None = None) -> str:
        """The cars of a model."""
        return self._paged(f"{self.prefix}/vehicles/{_make_step(make)}/{_name_step(model)}/", page)

    def listing(self, list_key: str, page: int | None = None) -> str:
        """The page of a stored list: `all`, `make:bmw`, `model:bmw/320d`, `body:estate`, `fuel:diesel`, `city:hamburg`.

        A city abroad stands below its country: `city:at/wien` at `/vehicles/in/at/wien/`.

        Raises:
            ValueError: a list that has no pages.
        """
        kind, _, name = list_key.partition(":")
        if kind == "all":
            return self.vehicles(page)
        if kind == "make":
            return self.make(name, page)
        if kind == "model":
            make, _, model = name.partition("/")
            return self.model(make, model, page)
        if kind in ("body", "fuel"):
            return self._paged(f"{self.prefix}/vehicles/{kind}/{name}/", page)
        if kind == "city":
            return self._paged(f"{self.prefix}/vehicles/in/{'/'.join(map(_name_step, name.split('/')))}/", page)
        raise ValueError(f"the list {list_key} has no pages")

    def vehicle(self, slug: str, public_id: str) -> str:
        """A car; the public id decides, the slug is for people."""
        return f"{self.prefix}/vehicles/{slug}-{public_id}/"

    @property
    def dealers(self) -> str:
        """The marketplace's directory."""
        return f"{self.prefix}/dealers/"

    def dealer(self, slug: str) -> str:
        """A dealer's profile on the marketplace."""
        return f"{self.prefix}/dealers/{slug}/"

    @property
    def search(self) -> str:
        """The static search page."""
        return f"{self.prefix}/search/"

    @property
    def contact(self) -> str:
        """How to reach the dealer or the operator."""
        return f"{self.prefix}/contact/"

    @property
    def about(self) -> str:
        """Who the dealer is."""
        return f"{self.prefix}/about/"

    @property
    def faq(self) -> str:
        """Questions and answers."""
        return f"{self.prefix}/faq/"

    def request(self, kind: str) -> str:
        """Ask for something: `test_drive`, `trade_in`."""
        return f"{self.prefix}/{REQUESTS[kind]}/"

    def kept(self, kind: str) -> str:
        """What the browser keeps: `favourites`, `compare`."""
        return f"{self.prefix}/{kind}/"

    def info(self, slug: str) -> str:
        """A page the dealer or the operator wrote."""
        return f"{self.prefix}/info/{slug}/"

    def text(self, name: str) -> str:
        """A text page: `legal`, `privacy`, `accessibility`, `how-we-rank`, `prices`, `join`."""
        return f"{self.prefix}/{name}/"

    @property
    def rss(self) -> str:
        """The feed of the newest cars."""
        return f"{self.prefix}/rss.xml"

    @property
    def not_found(self) -> str:
        """The page a host answers unknown addresses with; itself it answers 200."""
        return f"{self.prefix}/404.html"

    def _paged(self, front: str, page: int | None) -> str:
        return front if page is None else f"{front}page-{page}/"


def _make_step(make: str) -> str:
    """Keep a make off the addresses of other lists; no two makes get the same step."""
    return f"make-{make}" if _TAKEN.fullmatch(make) else make


def _name_step(name: str) -> str:
    """Keep a name off the older pages of the list above it (`page-2`); no two names get the same step."""
    return f"x-{name}" if _PAGE.fullmatch(name) else name


def search_answer(live: str, lang: str, **query: str | int) -> str:
    """Give the address the live layer answers a search at.

    Args:
        live: its origin, empty for the same host.
        lang: language of the answer.
        query: `q`, `make`, `price_max` …
    """
    return f"{live}{SEARCH_ANSWER}?{urlencode({'lang': lang, **query})}"
