"""What a theme's templates get to see: `page`, one dataclass per kind of page, and `site`, the shell all pages share.

Everything arrives ready: prices, dates and links are strings in the page's language, texts that may carry markup are
`Markup`. A template loops and asks, it never calculates (STYLE.md §5). Lists are tuples, a missing value is `None` or
an empty tuple, never an empty string to print. All links are root-relative unless the field says "absolute".
"""

from dataclasses import dataclass, field

from markupsafe import Markup

# -- pieces -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; `current` marks the section the visitor is in."""

    href: str
    text: str
    current: bool = False
    count: str | None = None
    """A ready number to show beside the text (`1.904`), or None."""
    lang: str | None = None
    """Language of the target when it differs from the page's."""


@dataclass(frozen=True, slots=True)
class Source:
    """One `<source>` of a picture: a MIME type and its `srcset` (`/i/….webp 320w, …`)."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph in all the widths we made of it; the template adds `sizes`, `loading` and `fetchpriority`."""

    src: str
    """Fallback JPEG (800 wide)."""
    width: int
    """Pixels of `src`, for the reserved box."""
    height: int
    alt: str
    sources: tuple[Source, ...]
    large: str
    """The biggest file, what a click opens."""
    thumb: str
    """150×150 JPEG (SPEC 43)."""
    portrait: bool = False
    """Taller than wide: `contain` in the gallery, cropped from the lower third in cards (BRIEF §7)."""
    kind: str = "exterior"
    """exterior, interior, engine, detail (SPEC 44)."""
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class PriceLabel:
    """How the price compares: `code` great, good, fair, high and the words for it; bars filled 5, 4, 3, 2."""

    code: str
    text: str
    filled: int


@dataclass(frozen=True, slots=True)
class Flag:
    """The one mark a card's photo may carry: `code` new, reserved, sold, ad."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value, both ready (`Kilometer`, `11.000 km`)."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """A car in a list, tile, row or rail. Rendered once per car, language and theme, and reused (PERFORMANCE.md A2)."""

    id: str
    """Public id."""
    href: str
    title: str
    """Make and model."""
    version: str | None
    facts: tuple[str, ...]
    """`EZ 01/2017`, `11.000 km`, `140 kW`, `Diesel`, `Automatik`; unknown ones are left out."""
    energy: str | None
    """The WLTP line a new car must show (SEO.md §18), else None."""
    price: str | None
    """None: price on request."""
    price_label: PriceLabel | None
    vat: str | None
    flag: Flag | None
    picture: Picture | None
    photo_count: int
    body: str
    """Code for the line drawing when there is no photo: img/lines/<body>.svg."""
    dealer: str | None
    """Marketplace only: `North Cars, Hamburg`."""
    new_until: str | None = None
    """Marketplace and dealer lists alike: ISO date on which the `new` flag ends, for the record; not shown."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path; the last has no link."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Alternate:
    """One `<link rel="alternate" hreflang>`: language or `x-default`, absolute address."""

    hreflang: str
    href: str


@dataclass(frozen=True, slots=True)
class SocialImage:
    """The picture a shared link shows, 1200×630 JPEG, absolute address."""

    url: str
    alt: str
    width: int = 1200
    height: int = 630


@dataclass(frozen=True, slots=True)
class Head:
    """All that goes into `<head>` (SEO.md §10); `themes/base/templates/parts/head.html` prints it whole."""

    title: str
    description: str
    canonical: str | None
    """Absolute; None only on 404 and answer pages."""
    robots: str
    og_type: str
    """`product` on vehicle pages, else `website`."""
    og_locale: str
    alternates: tuple[Alternate, ...] = ()
    image: SocialImage | None = None
    price_amount: str | None = None
    price_currency: str | None = None
    json_ld: Markup | None = None
    """The serialised graph, escaped for a script element, or None."""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a list goes on. Buckets have stable numbers, the newest is the front (docs/addresses.md)."""

    newer: str | None
    older: str | None
    front: str | None
    """The first page of the list, None on itself."""
    buckets: tuple[Link, ...] = ()
    """Front page only: a link to every further page, newest first."""
    label: str | None = None
    """`Seite 3`; None on the front page."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice in a select or a list of ticks."""

    value: str
    text: str
    selected: bool = False
    disabled: bool = False
    count: str | None = None


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The GET form every site has; works without script (SPEC 48). Field names are the query's: q make price_max …"""

    action: str
    """`/-/search` (or `/en/-/search`… see docs/addresses.md), absolute where the live layer lives elsewhere."""
    lang: str
    q: str = ""
    makes: tuple[Option, ...] = ()
    prices_max: tuple[Option, ...] = ()
    prices_min: tuple[Option, ...] = ()
    years_min: tuple[Option, ...] = ()
    years_max: tuple[Option, ...] = ()
    mileages_max: tuple[Option, ...] = ()
    sorts: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """A line of the opening hours: `Montag–Freitag`, `9:00–18:00` or `geschlossen`."""

    days: str
    times: str
    weekdays: str
    """ISO weekdays the line covers, `1 2 3 4 5`, for the script that marks today."""
    spans: str = ""
    """Machine form of the times, `09:00-18:00` (several separated by a blank), empty when closed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the dealer is; `route` is a plain link to a map service, opened only by a click."""

    name: str
    street: str
    town: str
    """`22111 Hamburg`"""
    route: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a dealer."""

    name: str
    """Legal name."""
    place: Place | None
    phone: str | None
    """Grouped for reading: `040 66969-123`."""
    phone_href: str | None
    """`tel:+494066969123`"""
    email: str | None
    hours: tuple[Hours, ...]
    person: str | None
    """Who answers: `Jette Brandt`."""
    answer_time: str | None
    """Ready words (`innerhalb von 2 Stunden`), or None."""
    time_zone: str = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class FormField:
    """State of one field when a form comes back: what was typed, and the sentence that says how to mend it."""

    value: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class InquiryForm:
    """The inquiry form of a page; static pages carry it empty, the answer page with values and errors."""

    action: str
    """`/-/inquiries`, absolute where the live layer lives elsewhere."""
    lang: str
    site: str
    """Host of the site the page belongs to, sent along for the case that the live layer lives elsewhere."""
    listing: str
    """Public id, empty for a general question to the dealer."""
    dealer: str
    """Slug of the dealer who gets it."""
    dealer_name: str
    kinds: tuple[Option, ...]
    name: FormField = field(default_factory=FormField)
    email: FormField = field(default_factory=FormField)
    phone: FormField = field(default_factory=FormField)
    message: FormField = field(default_factory=FormField)
    contact_method: tuple[Option, ...] = ()
    error: str | None = None
    """A sentence above the form when it came back."""
    phone_href: str | None = None
    phone_text: str | None = None


# -- the shell --------------------------------------------------------------------------------------------------------


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


# -- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """What every page has."""

    path: str
    """Root-relative address, ends in `/`."""
    head: Head
    languages: tuple[Link, ...]
    """The same page in the other languages."""
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True, slots=True)
class HomePage(Page):
    """`pages/home.html`, a dealer's front page."""

    heading: str
    lead: str
    cover: Card | None
    """The car on the cover: the newest featured one with a photo, else the newest with a photo."""
    trust: tuple[Fact, ...]
    """Up to four figures: value first, then what it says."""
    arrivals: tuple[Card, ...]
    """The six newest."""
    bodies: tuple[Link, ...]
    """By body type with counts; leads to a search result."""
    makes: tuple[Link, ...]
    """Make pages with counts (≥ 3 cars)."""
    search: SearchForm
    total: str
    """`310`"""


@dataclass(frozen=True, slots=True)
class DealerTile:
    """A dealer in the marketplace's directory."""

    href: str
    name: str
    initial: str
    town: str
    cars: str
    """`44 Fahrzeuge`"""
    text: str | None


@dataclass(frozen=True, slots=True)
class MarketHomePage(Page):
    """`pages/home.html` of the marketplace theme."""

    heading: str
    sub: str
    """`12.480 Autos von 214 Händlern. …`"""
    search: SearchForm
    quick: tuple[Link, ...]
    arrivals: tuple[Card, ...]
    """Cars just in, up to 10."""
    makes: tuple[Link, ...]
    dealers: tuple[DealerTile, ...]
    """Up to six."""
    join: Link


@dataclass(frozen=True, slots=True)
class ListPage(Page):
    """`pages/list.html`: all cars, a make, a make and model, on either kind of site; one bucket of stored positions."""

    list_kind: str
    """`all`, `make`, `model`."""
    heading: str
    intro: str
    cards: tuple[Card, ...]
    pager: Pager
    narrower: tuple[Link, ...]
    """Make pages under `all`, model pages under a make; front page only."""
    search: SearchForm | None
    """Front page only."""
    sold: tuple[Link, ...] = ()
    """Front page of all cars: cars sold in the last 14 days, latest first; their pages are still there (SEO.md §3)."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A row of the data table."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """One group of equipment; the first is open."""

    name: str
    items: tuple[str, ...]
    count: str


@dataclass(frozen=True, slots=True)
class Consumption:
    """The consumption block (BRIEF §5 CO₂ block): rows, the class if known, the sentence on how it was measured."""

    rows: tuple[Spec, ...]
    co2_class: str | None
    co2_text: str | None
    """`125 g/km`"""
    note: str


@dataclass(frozen=True, slots=True)
class PriceBlock:
    """The price and what must stand beside it (SEO.md §4, BRIEF §5)."""

    price: str | None
    """None: price on request."""
    label: PriceLabel | None
    vat: str | None
    """`MwSt. ausweisbar (19 %)`"""
    net: str | None
    """`netto 28.991,60 €`, never with the margin scheme."""
    reduction: str | None
    """The lawful sentence, or None."""
    short: str
    """For the dock: the price, or `Preis auf Anfrage`."""


@dataclass(frozen=True, slots=True)
class VehiclePage(Page):
    """`pages/vehicle.html`: one car. `state` active, reserved or sold; a sold page stays 14 days (SEO.md §3)."""

    id: str
    state: str
    title: str
    version: str | None
    sold_on: str | None
    """`Verkauft am 12. März`"""
    price: PriceBlock
    pictures: tuple[Picture, ...]
    body: str
    strip: tuple[Fact, ...]
    """At most six cells."""
    description: Markup | None
    general_text: Markup | None
    """What the dealer says in every car, stored once (SPEC-issue import)."""
    specs: tuple[Spec, ...]
    features: tuple[FeatureGroup, ...]
    consumption: Consumption | None
    history: tuple[Fact, ...]
    """Dated prices, oldest first; empty when there was one only."""
    dealer: Contact
    dealer_link: Link | None
    """Marketplace: the dealer's profile; dealer site: None."""
    inquiry: InquiryForm | None
    """None once sold."""
    similar: tuple[Card, ...]
    similar_link: Link | None
    share_text: str
    energy_label: str | None
    """The line a new car must show (SEO.md §18)."""


@dataclass(frozen=True, slots=True)
class DealersPage(Page):
    """`pages/dealers.html`: the marketplace's directory."""

    heading: str
    intro: str
    dealers: tuple[DealerTile, ...]


@dataclass(frozen=True, slots=True)
class DealerPage(Page):
    """`pages/dealer.html`: a dealer's profile on the marketplace."""

    name: str
    initial: str
    text: Markup | None
    badge: str
    """`gewerblicher Händler`"""
    figures: tuple[Fact, ...]
    contact: Contact
    cards: tuple[Card, ...]
    """The newest 24."""
    total: str
    makes: tuple[Link, ...]
    inquiry: InquiryForm


@dataclass(frozen=True, slots=True)
class ContactPage(Page):
    """`pages/contact.html`: address, hours, way, form."""

    heading: str
    lead: str
    contact: Contact
    inquiry: InquiryForm | None


@dataclass(frozen=True, slots=True)
class TextPage(Page):
    """`pages/text.html`: imprint, privacy, accessibility, how we rank, prices, join: a heading and safe markup."""

    heading: str
    lead: str | None
    body: Markup
    facts: tuple[Spec, ...] = ()
    """Rows of the legal notice."""


@dataclass(frozen=True, slots=True)
class SearchPage(Page):
    """`pages/search.html`: the static search page, and what `/-/search` answers with, rendered by the same template."""

    heading: str
    intro: str | None
    form: SearchForm
    chips: tuple[Link, ...]
    """Active filters; each link removes its own."""
    clear: str | None
    cards: tuple[Card, ...]
    pager: Pager
    ranking: Link | None
    empty: str | None
    """The sentence for no hits or for a search that does not answer."""
    fallback: tuple[Link, ...]
    """Static lists by make, for when search is away."""
    live: bool
    """False: the static page, nothing was searched yet."""


@dataclass(frozen=True, slots=True)
class AnswerPage(Page):
    """`pages/answer.html`: what a form answers without script: thanks, or the form again with errors."""

    heading: str
    text: str
    inquiry: InquiryForm | None
    back: Link
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class GonePage(Page):
    """`pages/gone.html`: 404 and 410; a sentence, a search, the makes."""

    status: int
    heading: str
    text: str
    search: SearchForm
    makes: tuple[Link, ...]


TEMPLATES: dict[type[Page], str] = {
    HomePage: "pages/home.html",
    MarketHomePage: "pages/home.html",
    ListPage: "pages/list.html",
    VehiclePage: "pages/vehicle.html",
    DealersPage: "pages/dealers.html",
    DealerPage: "pages/dealer.html",
    ContactPage: "pages/contact.html",
    TextPage: "pages/text.html",
    SearchPage: "pages/search.html",
    AnswerPage: "pages/answer.html",
    GonePage: "pages/gone.html",
}
"""Which template of a theme draws which page."""
