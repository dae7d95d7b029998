"""The pages, one class a kind."""

from dataclasses import dataclass

from markupsafe import Markup

from .pieces import (
    Act,
    AlertForm,
    Card,
    Contact,
    Crumb,
    Fact,
    Head,
    InquiryForm,
    LabelStep,
    Link,
    LinkGroup,
    Pager,
    Person,
    Picture,
    PriceLabel,
    PriceLine,
    Question,
    Reduction,
    Reviews,
    SearchForm,
    Step,
    Tour,
)


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
    """By body type with counts; body pages (≥ 3 cars), else a search result."""
    makes: tuple[Link, ...]
    """Make pages with counts (≥ 3 cars)."""
    search: SearchForm
    total: str
    """`310`"""
    team: tuple[Person, ...] = ()
    """The dealer's people, named with their consent."""


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
    judging: tuple[LabelStep, ...] = ()
    """The price labels with their bounds, the best first."""
    judging_link: Link | None = None
    """How prices are judged."""
    best_priced: tuple[Card, ...] = ()
    """The newest cars at very good prices, 3 to 8 of them or none."""
    best_priced_href: str = ""
    """The search for all of them."""


@dataclass(frozen=True, slots=True)
class ListPage(Page):
    """`pages/list.html`: all cars, a make, a make and model, on either kind of site; one bucket of stored positions."""

    list_kind: str
    """`all`, `make`, `model`, `body`, `fuel`, `city`."""
    heading: str
    intro: str
    cards: tuple[Card, ...]
    pager: Pager
    narrower: tuple[Link, ...]
    """Make pages under `all`, model pages under a make; front page only."""
    search: SearchForm | None
    """Front page only; without makes by body, fuel and city."""
    groups: tuple[LinkGroup, ...] = ()
    """Front page of all cars: lists by body, fuel and, on the marketplace, city; of a body or fuel: its siblings."""
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
    ladder: tuple[Step, ...] = ()
    """Classes A to G with the car's own marked, where the class is known."""
    new: bool = False
    """The car counts as new (SEO.md §18): the block is a duty, not a service."""


@dataclass(frozen=True, slots=True)
class PriceComparison:
    """How the price compares with the market value, and how that was found (SPEC 54, 92)."""

    label: PriceLabel
    verdict: str
    """`Der Preis liegt 6,3 % unter dem Marktwert.`"""
    rows: tuple[Spec, ...]
    """Median of the comparables, what it was adjusted for, market value, price: all the label follows from."""
    notes: tuple[str, ...]
    """Comparables, day, bounds: ready sentences."""
    how: Link | None
    """How prices are judged; on the marketplace."""


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
    reduction: Reduction | None
    """Only where the price history allows it."""
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
    tours: tuple[Tour, ...] = ()
    price_line: PriceLine | None = None
    """Beside `history`, under the same condition."""
    qr: str | None = None
    """Path of an SVG with the page's address, for the windscreen and for paper."""
    test_drive: Link | None = None
    """Dealer sites: the page to ask for a test drive of this car."""
    trade_in: Link | None = None
    """Dealer sites: the page to offer one's own car for this one."""
    reviews: Reviews | None = None
    by_kind: bool = False
    """The photos are many and show more than one kind: seen all at once they stand under their kinds."""
    alert: AlertForm | None = None
    """To be written to when the price falls; None for a car without a price, or sold."""
    alert_link: Link | None = None
    """Of a sold car: to letters about others of its model."""
    comparison: PriceComparison | None = None
    """Only where the car could be compared."""


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
    team: tuple[Person, ...] = ()
    reviews: Reviews | None = None


@dataclass(frozen=True, slots=True)
class ContactPage(Page):
    """`pages/contact.html`: address, hours, way, form."""

    heading: str
    lead: str
    contact: Contact
    inquiry: InquiryForm | None
    team: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class AboutPage(Page):
    """`pages/about.html`: who the dealer is: text, figures, team, hours, reviews."""

    heading: str
    lead: str | None
    body: Markup | None
    trust: tuple[Fact, ...]
    """As on the front page."""
    team: tuple[Person, ...]
    contact: Contact
    reviews: Reviews | None = None


@dataclass(frozen=True, slots=True)
class RequestPage(Page):
    """`pages/request.html`: ask for a test drive, or offer one's own car; script fills in the car one came from."""

    kind: str
    """`test_drive` or `trade_in`."""
    heading: str
    lead: str
    steps: tuple[str, ...]
    """What happens next, in order."""
    form: InquiryForm
    contact: Contact


@dataclass(frozen=True, slots=True)
class FaqPage(Page):
    """`pages/faq.html`: questions and answers."""

    heading: str
    lead: str | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class KeptPage(Page):
    """`pages/kept.html`: the favourites or the comparison; the script fills it from the browser's own memory."""

    kind: str
    """`favourites` or `compare`."""
    heading: str
    lead: str
    empty: str
    """What stands there while nothing is kept."""
    without_script: str
    """What stands there without script, with the way to the stock."""


@dataclass(frozen=True, slots=True)
class TextPage(Page):
    """`pages/text.html`: imprint, privacy, accessibility, how we rank, prices, join, and pages a dealer wrote."""

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
    down: bool = False
    """The engine did not answer: scripts look for cars in the files of the site."""
    correction: Link | None = None
    """The text as it may have been meant, with the search for it."""
    suggested: tuple[Link, ...] = ()
    """Filters that split the hits, with counts (SPEC 55)."""
    ways: tuple[Link, ...] = ()
    """Where little or nothing was found: what to loosen, and how many cars there are then."""
    blank: Card | None = None
    """A card without a car, for scripts that draw what they find themselves."""
    alert: AlertForm | None = None
    """To be written to about new cars of this search."""


@dataclass(frozen=True, slots=True)
class AnswerPage(Page):
    """`pages/answer.html`: what a form answers without script: thanks, or the form again with errors."""

    heading: str
    text: str
    inquiry: InquiryForm | None
    back: Link
    reference: str | None = None
    alert: AlertForm | None = None
    """The form that came back, of a saved search or a watched price."""
    act: Act | None = None
    """What the page asks to be done by a button: confirm an address, end letters."""


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
    AboutPage: "pages/about.html",
    RequestPage: "pages/request.html",
    FaqPage: "pages/faq.html",
    KeptPage: "pages/kept.html",
    TextPage: "pages/text.html",
    SearchPage: "pages/search.html",
    AnswerPage: "pages/answer.html",
    GonePage: "pages/gone.html",
}
"""Which template of a theme draws which page."""
