"""The shell all pages of a site share."""

from dataclasses import dataclass

from .pieces import Contact, Link, SearchForm


@dataclass(frozen=True, slots=True)
class Logo:
    """The mark the owner of a site brought; without one a theme writes the name."""

    src: str
    width: int
    height: int
    """Pixels of the file, twice what is shown at the most."""
    is_wide: bool
    """It holds the name; beside a square one the name is written."""
    is_light: bool
    """It is made for dark grounds."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of one site in one language share; depends on store, theme and words only, never on stock."""

    kind: str
    """`dealer` or `marketplace`."""
    host: str
    origin: str
    """`https://north-cars.example`, no slash."""
    name: str
    tagline: str | None
    initial: str
    """First letter for the mark."""
    lang: str
    dir: str
    """`ltr` or `rtl`."""
    home: str
    """`/` or `/en/`."""
    vehicles: str
    """Address of the stock list."""
    search: str
    """Address of the static search page."""
    live: str
    """Where `/-/` is answered: empty for the same host, else an absolute origin."""
    nav: tuple[Link, ...]
    footer_stock: tuple[Link, ...]
    footer_service: tuple[Link, ...]
    footer_legal: tuple[Link, ...]
    languages: tuple[Link, ...]
    """Home pages of the other languages; a page's own alternates are in `page.languages`."""
    contact: Contact | None
    """The dealer's; None on the marketplace."""
    rss: str
    manifest: str
    theme_colour: str
    """For `<meta name="theme-color">`."""
    search_form: SearchForm
    """Empty form for the bar; makes left out."""
    views_beacon: str
    """Address that counts a view (SPEC 39)."""
    privacy: str | None = None
    """Address of the privacy notice, linked under every form."""
    favourites: str = "/favourites/"
    """Address of the page of kept cars; the list itself stays in the browser."""
    compare: str = "/compare/"
    """Address of the comparison."""
    about: str | None = None
    """Address of the page about the dealer, where there is one."""
    test_drive: str | None = None
    """Dealer sites: where one asks for a test drive."""
    trade_in: str | None = None
    """Dealer sites: where one offers one's car."""
    faq: str | None = None
    """Address of questions and answers, where there are some."""
    logo: Logo | None = None
