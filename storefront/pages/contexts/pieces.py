"""Pieces that pages are made of: links, pictures, prices, cards, forms, people."""

from dataclasses import dataclass, field

from markupsafe import Markup


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
    srcset: str = ""
    """JPEG in all widths, for the `<img>` itself; the better formats are in `sources`."""
    focus: str = ""
    """Classes that say where crops look, when the dealer chose it: `fx-30 fy-60` (css/focus.css)."""


@dataclass(frozen=True, slots=True)
class PriceLabel:
    """How the price compares: `code` very_good, good, fair, high, very_high and its words; bars filled 5 to 1."""

    code: str
    text: str
    filled: int


@dataclass(frozen=True, slots=True)
class LabelStep:
    """A price label with the bounds it stands for: `mehr als 10 % unter dem Marktwert`."""

    label: PriceLabel
    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """The one mark a card's photo may carry: `code` new, reserved, sold, ad."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction the law lets us announce (SEO.md §4, BRIEF §5); there is none without its reference price.

    Raises:
        ValueError: there is no reference price, or the sentence does not name it.
    """

    text: str
    """`Am 12.03. von 35.200 € gesenkt. 35.200 € war der niedrigste Preis der 30 Tage davor.`"""
    reference: str
    """The lowest price of the 30 days before: `35.200 €`."""

    def __post_init__(self) -> None:
        if not self.reference or self.reference not in self.text:
            raise ValueError("a reduction is announced together with its reference price (SEO.md §4)")


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
    """Code for the line drawing when there is no photo: one of img/lines.svg."""
    dealer: str | None
    """Marketplace only: `North Cars, Hamburg`."""
    new_until: str | None = None
    """Marketplace and dealer lists alike: ISO date on which the `new` flag ends, for the record; not shown."""
    place: str | None = None
    """Where the car stands when that is not the dealer's own address: `Lübeck`."""
    distance: str | None = None
    """Of a hit near a place: `12 km`."""
    snippet: Markup | None = None
    """Of a hit: the part of the description that was searched for, its words in `<mark>`; its title has marks, too."""


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
class SocialCard:
    """What is drawn on the picture of a shared link: everything it shows and nothing else, never the price."""

    title: str
    text: str | None
    """A smaller line below the title: version, town."""
    name: str
    """Who offers it: the dealer, or the marketplace."""
    initial: str
    """Letter of the small mark."""
    accent: str
    """Colour of the mark, `#rrggbb`."""
    ground: str
    """Colour of the panel, `#rrggbb`."""
    body: str | None = None
    """Line drawing where there is no photo."""
    photo: str | None = None
    """Name of the photo's picture set (`pictures.set_name`)."""
    focus: tuple[int, int] = (50, 55)
    """Where the photo's crop looks, in percent."""


@dataclass(frozen=True, slots=True)
class SocialImage:
    """The picture a shared link shows, 1200×630 JPEG, absolute address."""

    url: str
    alt: str
    width: int = 1200
    height: int = 630
    card: SocialCard | None = None
    """What the builder draws on it; None for a picture that is made elsewhere."""


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
    keywords: str | None = None
    """Of a car's page (SPEC 40, 99)."""


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
class FilterGroup:
    """A group of the filter beside results: ticks of a facet, two bounds of a range, or a place with a radius."""

    code: str
    """Name of the parameter: `make`, `body` …; of a range without its end: `price`; `place`."""
    kind: str
    """`ticks`, `range`, `place`."""
    label: str
    options: tuple[Option, ...] = ()
    """Ticks that stand open: the chosen ones and those with most cars."""
    more: tuple[Option, ...] = ()
    """Ticks that are folded away."""
    more_text: str | None = None
    """`Alle 16 anzeigen`."""
    low: tuple[Option, ...] = ()
    high: tuple[Option, ...] = ()
    note: str | None = None
    """What there is: `4.990–58.500 €`."""
    chosen: int = 0
    """Filters of the group that are in force."""
    open: bool = False


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
    place: str = ""
    """Postal code or city, as typed."""
    radii: tuple[Option, ...] = ()
    """Kilometres around it; none on a site whose cars stand in one place."""
    groups: tuple[FilterGroup, ...] = ()
    """Beside results: the whole filter with counts, in place of makes, prices, years and mileages."""
    reset: str | None = None
    """The search without any filter, beside results."""
    submit: str | None = None
    """What the button says beside results: `187 Fahrzeuge anzeigen`."""


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
class ExtraField:
    """A field that only some inquiries have: the day of a test drive, the mileage of the car to be taken in."""

    name: str
    """Name in the form, `trade_mileage`."""
    label: str
    kind: str
    """`text`, `number`, `date`, `select` or `longtext`."""
    field: FormField = field(default_factory=FormField)
    help: str | None = None
    options: tuple[Option, ...] = ()
    """Of a select."""
    required: bool = False
    """Optional ones say so (BRIEF §5); required ones carry no star."""
    most: int | None = None
    """Letters at most, of texts."""
    autocomplete: str | None = None
    unit: str | None = None
    """Shown behind the control: `km`."""


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
    extra: tuple[ExtraField, ...] = ()
    """Fields of this kind of request, above the message."""
    message_required: bool = True
    """False where the fields above say enough: the message is then marked as optional."""


@dataclass(frozen=True, slots=True)
class AlertForm:
    """The form of somebody who wants to be written to: about a search, or about the price of a car."""

    action: str
    """`/-/alerts` or `/-/alerts/price`, absolute where the live layer lives elsewhere."""
    kind: str
    """`search` or `price`."""
    lang: str
    site: str
    """Host of the site, sent along for the case that the live layer lives elsewhere."""
    wanted: tuple[tuple[str, str], ...]
    """Hidden fields that say what: parameters of the search, or the car's public id as `listing`."""
    email: FormField = field(default_factory=FormField)
    error: str | None = None
    """A sentence above the form when it came back."""


@dataclass(frozen=True, slots=True)
class Act:
    """One button that does what its page says; nothing is done by opening the page."""

    action: str
    text: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links under a heading: `Nach Karosserie` and the lists below it."""

    heading: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Tour:
    """A virtual tour (SPEC 46); a link or a film without script, something to turn with it."""

    kind: str
    """`spin` (frames round the car), `panorama` (one picture all round), `video`, `external` (a plain link)."""
    title: str
    poster: Picture | None = None
    src: str | None = None
    """Of a panorama or film: its file, root-relative; of an external one: its absolute https address."""
    type: str | None = None
    """MIME type of a film."""
    frames: tuple[str, ...] = ()
    """Of a spin: picture files in order, clockwise."""
    provider: str | None = None
    """Host an external tour leads to, named beside the link."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the dealer's team, named with their consent."""

    name: str
    initials: str
    role: str | None = None
    phone: str | None = None
    phone_href: str | None = None
    email: str | None = None
    languages: str | None = None
    """`Deutsch, English, Türkçe`"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question people ask and its answer."""

    id: str
    """Anchor on the page."""
    question: str
    answer: Markup


@dataclass(frozen=True, slots=True)
class Review:
    """What a buyer said after a sale (SPEC 67)."""

    author: str
    date: str
    stars: int
    """1 to 5."""
    text: str | None
    car: str | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """Reviews of real purchases; there is no such block without them (BRIEF §1.10)."""

    average: str
    """`4,8`"""
    stars: int
    """Filled ones, 0 to 5."""
    count: str
    """`37 Bewertungen`"""
    note: str
    """How we check them (SEO.md §18)."""
    items: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the CO₂ ladder; `current` is the car's."""

    letter: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The price over time as a step line, in a box of 300 × 80 units (BRIEF §6); its two ends are labelled."""

    path: str
    """`d` of an SVG path."""
    first: Fact
    """Date and price at the left end."""
    last: Fact
    """Date and price at the right end."""
    text: str
    """The same in words, for those who cannot see the line."""
