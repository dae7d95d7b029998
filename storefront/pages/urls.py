"""Every address a site answers, in one place (docs/addresses.md). All are root-relative; HTML addresses end in `/`."""

from dataclasses import dataclass
from urllib.parse import urlencode

ROBOTS = "/robots.txt"
SITEMAP = "/sitemap.xml"
MANIFEST = "/site.webmanifest"
SEARCH_ANSWER = "/-/search"
INQUIRIES = "/-/inquiries"
VIEWS = "/-/views"
TEXTS = ("legal", "privacy", "accessibility")
"""Text pages of every site."""
MARKET_TEXTS = ("how-we-rank", "prices", "join")
"""Text pages of the marketplace beside them."""


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
        """The cars of a make."""
        return self._paged(f"{self.prefix}/vehicles/{make}/", page)

    def model(self, make: str, model: str, page: int | None = None) -> str:
        """The cars of a model."""
        return self._paged(f"{self.prefix}/vehicles/{make}/{model}/", page)

    def listing(self, list_key: str, page: int | None = None) -> str:
        """The page of a stored list: `all`, `make:bmw`, `model:bmw/320d`.

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


def search_answer(live: str, lang: str, **query: str | int) -> str:
    """Give the address the live layer answers a search at.

    Args:
        live: its origin, empty for the same host.
        lang: language of the answer.
        query: `q`, `make`, `price_max` …
    """
    return f"{live}{SEARCH_ANSWER}?{urlencode({'lang': lang, **query})}"
