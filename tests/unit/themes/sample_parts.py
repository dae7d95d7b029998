"""The pieces sample pages are put together from: cars, cards, forms, a dealer, the shell of a site.

Pictures point at `/i/<name>-<width>.<type>`; tools/preview_theme.py makes those files from the demo's drawings.
"""

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from storefront.pages import contexts as c

NBSP = "\u00a0"
LONG_DEALER = "Autohaus Brinkmann & Söhne Inh. K.-H. Brinkmann e. K."
GREEK_DEALER = "Αυτοκίνητα Παπαδόπουλος"
LONG_VERSION = "3.0 V6 TDI quattro tiptronic S line · Matrix-LED · Luftfahrwerk·AHK"
WIDTHS = (320, 480, 720, 1080)

# Drawing, title, version, first registration, km, kW, fuel, gearbox, price in euros, label, VAT is shown
CARS = (
    (
        "saloon-white",
        "BMW 320d",
        "M Sport · 18-Zoll · Schaltwippen",
        "01/2017",
        11000,
        140,
        "d",
        "a",
        34500,
        "good",
        True,
    ),
    (
        "estate-navy",
        "Mercedes-Benz E 220 d T‑Modell",
        "AMG Line Premium · Panorama · 20-Zoll · Night-Paket",
        "05/2017",
        9500,
        143,
        "d",
        "a",
        47500,
        "very_good",
        True,
    ),
    (
        "coupe-red",
        "Audi A5 Coupé",
        "3.0 V6 TDI quattro S tronic S line · Virtual Cockpit",
        "02/2017",
        10800,
        160,
        "d",
        "a",
        49300,
        "good",
        True,
    ),
    ("suv-white", "Volvo XC90", "D4 Geartronic R-Design", "09/2017", 5000, 140, "d", "a", 58500, "fair", False),
    (
        None,
        "Volkswagen Passat Variant",
        "2.0 TDI DSG Highline · ACC · Virtual Cockpit",
        "04/2017",
        20000,
        140,
        "d",
        "a",
        32800,
        "good",
        True,
    ),
    (
        "hatchback-red",
        "Volkswagen Golf GTI Clubsport",
        "2.0 TSI DSG 5-türig · ACC · Panorama",
        "03/2017",
        26600,
        195,
        "p",
        "a",
        34500,
        "fair",
        True,
    ),
    ("coupe-yellow", "Ferrari 812 Superfast", LONG_VERSION, "02/2018", 1000, 588, "p", "a", 269000, None, True),
    ("city-orange", "Škoda Citigo", "1.0 MPI Fun", "06/2014", 78500, 44, "p", "m", 5990, "high", False),
    (
        "suv-blue",
        "Hyundai Kona Elektro",
        "Trend · Wärmepumpe",
        "11/2021",
        31200,
        150,
        "e",
        "a",
        24900,
        "very_good",
        True,
    ),
    ("van-white", "Volkswagen Crafter", None, None, 166773, None, "d", "m", None, None, False),
)
FUELS = {"de": {"d": "Diesel", "p": "Benzin", "e": "Elektro"}, "en": {"d": "Diesel", "p": "Petrol", "e": "Electric"}}
GEARS = {"de": {"a": "Automatik", "m": "Schaltgetriebe"}, "en": {"a": "Automatic", "m": "Manual"}}
LABELS = {
    "de": {
        "very_good": "Sehr guter Preis",
        "good": "Guter Preis",
        "fair": "Fairer Preis",
        "high": "Gehobener Preis",
        "very_high": "Hoher Preis",
    },
    "en": {
        "very_good": "Very good price",
        "good": "Good price",
        "fair": "Fair price",
        "high": "Higher price",
        "very_high": "High price",
    },
}
FILLED = {"very_good": 5, "good": 4, "fair": 3, "high": 2, "very_high": 1}
FLAGS = {
    "de": {"new": "Neu eingetroffen", "reserved": "Reserviert", "sold": "Verkauft", "ad": "Anzeige"},
    "en": {"new": "Just in", "reserved": "Reserved", "sold": "Sold", "ad": "Ad"},
}
ENERGY = {
    "de": "Verbrauch komb. (WLTP) 13,8\u00a0l/100\u00a0km · CO₂ komb. 340\u00a0g/km · CO₂-Klasse\u00a0G",
    "en": "Combined (WLTP) 13.8\u00a0l/100\u00a0km · CO₂ 340\u00a0g/km · CO₂ class\u00a0G",
}
SHOTS = ("1-front_three_quarter", "2-side", "3-rear", "4-interior", "5-wheel_detail")


def either(lang: str, de: str, en: str) -> str:
    """Give the text of the language."""
    return de if lang == "de" else en


def at(lang: str, path: str) -> str:
    """Give the address of a path in a language: German is the default and lives at the root."""
    return path if lang == "de" else f"/en{path}"


def number(lang: str, value: int) -> str:
    """Group thousands as the language does."""
    return f"{value:,}".replace(",", "." if lang == "de" else ",")


def euros(lang: str, value: int) -> str:
    """Give a price as the language writes it."""
    return either(lang, f"{number(lang, value)}{NBSP}€", f"€{number(lang, value)}")


# -- pieces -----------------------------------------------------------------------------------------------------------


def picture(name: str, alt: str, *, portrait: bool = False, kind: str = "exterior") -> c.Picture:
    """Make a picture with a WebP source in four widths."""
    srcset = ", ".join(f"/i/{name}-{width}.webp {width}w" for width in WIDTHS)
    size = (600, 800) if portrait else (800, 600)
    return c.Picture(
        src=f"/i/{name}-800.jpg",
        width=size[0],
        height=size[1],
        alt=alt,
        sources=(c.Source("image/webp", srcset),),
        large=f"/i/{name}-1080.webp",
        thumb=f"/i/{name}-150.jpg",
        portrait=portrait,
        kind=kind,
    )


def label(lang: str, code: str | None) -> c.PriceLabel | None:
    """Make a price label, or None where there is none."""
    return c.PriceLabel(code, LABELS[lang][code], FILLED[code]) if code else None


def label_steps(lang: str) -> tuple[c.LabelStep, ...]:
    """Make all price labels with their bounds."""
    bound = either(lang, "mehr als 4 bis 10\u00a0% unter dem Marktwert", "more than 4 and up to 10% below market value")
    return tuple(c.LabelStep(c.PriceLabel(code, LABELS[lang][code], FILLED[code]), bound) for code in FILLED)


def comparison(lang: str) -> c.PriceComparison:
    """Make a price comparison with everything one can hold."""
    rows = {
        either(lang, "Mittlerer Preis vergleichbarer Fahrzeuge", "Middle price of comparable cars"): 36000,
        either(lang, "Getriebe, Kraftstoff, Bauart", "Gearbox, fuel, body type"): 900,
        either(lang, "Marktwert", "Market value"): 36900,
    }
    return c.PriceComparison(
        c.PriceLabel("good", LABELS[lang]["good"], FILLED["good"]),
        either(lang, "Der Preis liegt 6,5\u00a0% unter dem Marktwert.", "The price is 6.5% below the market value."),
        tuple(c.Spec(name, euros(lang, amount)) for name, amount in rows.items()),
        (either(lang, "Verglichen mit 40 Fahrzeugen.", "Compared with 40 cars."),) * 3,
        c.Link(at(lang, "/prices/"), either(lang, "So bewerten wir Preise", "How we judge prices")),
    )


def flag(lang: str, code: str | None) -> c.Flag | None:
    """Make the mark of a card's photo."""
    return c.Flag(code, FLAGS[lang][code]) if code else None


def vat(lang: str, shown: bool) -> str:
    """Give the VAT note of a card."""
    return (
        either(lang, "MwSt. ausweisbar", "VAT shown separately")
        if shown
        else either(lang, "Differenzbesteuert (§\u00a025a\u00a0UStG)", "Margin scheme (§\u00a025a\u00a0UStG)")
    )


def slug(index: int) -> str:
    """Give the public id of a sample car."""
    return f"k7{index:02d}xq"


def card(index: int, lang: str = "de", *, kind: str = "dealer", mark: str | None = None) -> c.Card:
    """Make the card of car number `index` of CARS."""
    drawing, title, version, registered, mileage, power, fuel, gear, price, code, shown = CARS[index % len(CARS)]
    facts = (
        either(lang, f"EZ{NBSP}{registered}", registered) if registered else None,
        f"{number(lang, mileage)}{NBSP}km",
        f"{power}{NBSP}kW" if power else None,
        FUELS[lang][fuel],
        GEARS[lang][gear],
    )
    return c.Card(
        id=slug(index),
        href=at(lang, f"/vehicles/{title.split()[0].lower().replace('š', 's')}-{slug(index)}/"),
        title=title,
        version=version,
        facts=tuple(fact for fact in facts if fact),
        energy=ENERGY[lang] if mileage <= 1000 else None,
        price=euros(lang, price) if price else None,
        price_label=label(lang, code),
        vat=vat(lang, shown) if price else None,
        flag=flag(lang, mark or ("new" if index % 10 in (4, 7) else None)),
        picture=picture(f"{drawing}-{SHOTS[0]}", either(lang, f"{title}, schräg vorn", f"{title}, front"))
        if drawing
        else None,
        photo_count=5 + index * 3 if drawing else 0,
        body=drawing.split("-")[0] if drawing else "estate",
        dealer=(LONG_DEALER if index % 3 == 2 else f"North Cars{NBSP}· Hamburg") if kind == "marketplace" else None,
        place="Lübeck" if kind == "dealer" and index == 3 else None,
    )


def cards(count: int, lang: str, kind: str) -> tuple[c.Card, ...]:
    """Make `count` cards, every car of CARS in turn."""
    return tuple(card(index, lang, kind=kind) for index in range(count))


def options(*texts: str, selected: int = 0, counts: bool = False) -> tuple[c.Option, ...]:
    """Make the options of a select: the first stands for any value."""
    return tuple(
        c.Option(
            "" if index == 0 else text.replace("\u00a0", "").strip("€ km").replace(".", ""), text, index == selected
        )
        for index, text in enumerate(texts)
    )


def search_form(lang: str, *, bare: bool = False) -> c.SearchForm:
    """Make the search form; `bare` is the one of the bar, without makes."""
    anything, makes = either(lang, "Beliebig", "Any"), either(lang, "Alle Marken", "All makes")
    prices = options(anything, *(euros(lang, value) for value in (10000, 20000, 35000, 60000)))
    return c.SearchForm(
        action=at(lang, "/-/search"),
        lang=lang,
        makes=()
        if bare
        else (
            c.Option("", makes, True),
            c.Option("audi", "Audi", count="44"),
            c.Option("bmw", "BMW", count="49"),
            c.Option("mercedes-benz", "Mercedes-Benz", count="71"),
            c.Option("skoda", "Škoda", count="6"),
            c.Option("volkswagen", "Volkswagen", count="0", disabled=True),
        ),
        prices_max=prices,
        prices_min=prices,
        years_min=options(anything, "2020", "2016", "2012"),
        years_max=options(anything, "2024", "2020", "2016"),
        mileages_max=options(anything, *(f"{number(lang, value)}{NBSP}km" for value in (20000, 50000, 100000))),
        sorts=(
            c.Option("", either(lang, "Neueste zuerst", "Newest first"), True),
            c.Option("price", either(lang, "Preis aufsteigend", "Price, low to high")),
            c.Option("-price", either(lang, "Preis absteigend", "Price, high to low")),
            c.Option("mileage", either(lang, "Kilometer aufsteigend", "Mileage, low to high")),
        ),
    )


def found_form(lang: str, *, market: bool) -> c.SearchForm:
    """Make the form beside results: every group with counts, some of it chosen."""
    anything = either(lang, "Beliebig", "Any")
    prices = options(anything, *(euros(lang, value) for value in (10000, 20000, 35000, 60000)))
    names = ("Mercedes-Benz", "BMW", "Audi", "Land Rover", "Volkswagen", "Škoda", "Opel", "Ford", "Peugeot", "Renault")
    ticks = tuple(
        c.Option(name.lower().replace(" ", "-"), name, selected=place == 1, count=str(71 - 5 * place))
        for place, name in enumerate(names)
    )
    groups = (
        c.FilterGroup("make", "ticks", either(lang, "Marke", "Make"), ticks[:6], ticks[6:], "4 …", chosen=1, open=True),
        c.FilterGroup(
            "label",
            "ticks",
            either(lang, "Preisbewertung", "Price rating"),
            (
                c.Option("very_good", either(lang, "Sehr guter Preis", "Very good price"), count="18"),
                c.Option("fair", either(lang, "Fairer Preis", "Fair price"), count="91"),
            ),
            open=True,
        ),
        c.FilterGroup(
            "price",
            "range",
            either(lang, "Preis", "Price"),
            low=prices,
            high=prices,
            note=either(lang, "Im Angebot: 4.990 € bis 58.500 €", "On offer: €4,990 to €58,500"),
            open=True,
        ),
        c.FilterGroup(
            "fuel",
            "ticks",
            either(lang, "Kraftstoff", "Fuel"),
            (
                c.Option("diesel", "Diesel", True, count="90"),
                c.Option("lpg", either(lang, "Autogas", "LPG"), count="2"),
            ),
            chosen=1,
        ),
    )
    near = (c.FilterGroup("place", "place", either(lang, "Ort und Umkreis", "Place and radius"), chosen=1, open=True),)
    return replace(
        search_form(lang),
        makes=(),
        q="golf",
        place="22111 Hamburg" if market else "",
        radii=options("", f"10{NBSP}km", f"50{NBSP}km")[1:] if market else (),
        groups=(*near, *groups) if market else groups,
        reset=at(lang, "/-/search"),
        submit=either(lang, "187 Fahrzeuge anzeigen", "Show 187 cars"),
    )


def as_hit(shown: c.Card, lang: str) -> c.Card:
    """Give a card as a search shows it: how far away, and what matched."""
    return replace(
        shown,
        title=Markup("<mark>{}</mark>").format(shown.title),
        distance=f"12{NBSP}km",
        snippet=Markup(
            either(lang, "… <mark>Kombi</mark> aus erster Hand …", "… an <mark>estate</mark> of one owner …")
        ),
    )


def contact(lang: str = "de", name: str = "North Cars GmbH") -> c.Contact:
    """Make the contact of a dealer with all there is to know."""
    days = either(lang, "Montag–Freitag Samstag Sonntag", "Monday–Friday Saturday Sunday").split()
    return c.Contact(
        name=name,
        place=c.Place(name, "Rennbahnstraße 48", "22111 Hamburg", "https://www.openstreetmap.org/search?query=Hamburg"),
        phone="040 66969-123",
        phone_href="tel:+494066969123",
        email="verkauf@north-cars.example",
        hours=(
            c.Hours(days[0], "9:00–18:00", "1 2 3 4 5", "09:00-18:00"),
            c.Hours(days[1], "10:00–14:00", "6", "10:00-14:00"),
            c.Hours(days[2], either(lang, "geschlossen", "closed"), "7"),
        ),
        person="Jette Brandt",
        answer_time=either(lang, f"innerhalb von 2{NBSP}Stunden", f"within 2{NBSP}hours"),
    )


def bare_contact(name: str) -> c.Contact:
    """Make the contact of a dealer who told us a name only."""
    return c.Contact(name, None, None, None, None, (), None, None)


def inquiry(lang: str, *, listing: str = slug(0), errors: bool = False) -> c.InquiryForm:
    """Make an inquiry form, empty as on a static page or sent back with errors."""
    kinds = either(
        lang, "Allgemein Probefahrt Finanzierung Inzahlungnahme", "General Test-drive Financing Part-exchange"
    )
    form = c.InquiryForm(
        action="/-/inquiries",
        lang=lang,
        site="north-cars.example",
        listing=listing,
        dealer="north-cars",
        dealer_name="North Cars",
        kinds=tuple(
            c.Option(code, text, code == "general")
            for code, text in zip(("general", "test_drive", "financing", "trade_in"), kinds.split(), strict=True)
        ),
        contact_method=(
            c.Option("email", either(lang, "E-Mail", "E-mail"), True),
            c.Option("phone", either(lang, "Telefon", "Phone")),
        ),
        phone_href="tel:+494066969123",
        phone_text="040 66969-123",
    )
    if not errors:
        return form
    return replace(
        form,
        name=c.FormField(
            "",
            either(
                lang,
                "Bitte geben Sie Ihren Namen ein, damit der Händler Sie ansprechen kann.",
                "Please enter your name so the dealer can address you.",
            ),
        ),
        email=c.FormField(
            "thomas.oeztuerk@",
            either(
                lang,
                "In der Adresse fehlt der Teil nach dem @. Beispiel: name@beispiel.de",
                "The part after the @ is missing. Example: name@example.com",
            ),
        ),
        message=c.FormField(either(lang, "Passt Ihnen Samstagvormittag?", "Would Saturday morning suit you?")),
        error=either(lang, "Zwei Angaben fehlen noch.", "Two things are missing."),
    )


# -- the shell --------------------------------------------------------------------------------------------------------


def site(kind: str = "dealer", lang: str = "de", *, name: str | None = None) -> c.Site:
    """Make the shell of a dealer's site or of the marketplace."""
    dealer = kind == "dealer"
    other = either(lang, "en", "de")
    stock = c.Link(at(lang, "/vehicles/"), either(lang, "Fahrzeuge", "Cars"))
    rest = (
        (c.Link(at(lang, "/contact/"), either(lang, "Kontakt & Anfahrt", "Contact & directions")),)
        if dealer
        else (
            c.Link(at(lang, "/dealers/"), either(lang, "Händler", "Dealers")),
            c.Link(at(lang, "/join/"), either(lang, "Für Händler", "For dealers")),
        )
    )
    title = name or ("North Cars" if dealer else "Marketplace Auto")
    return c.Site(
        kind=kind,
        host="north-cars.example" if dealer else "marketplace.example",
        origin="https://north-cars.example" if dealer else "https://marketplace.example",
        name=title,
        tagline="Hamburg-Wandsbek" if dealer else None,
        initial=title[0],
        lang=lang,
        dir="ltr",
        home=at(lang, "/"),
        vehicles=at(lang, "/vehicles/"),
        search=at(lang, "/search/"),
        live="",
        nav=(stock, c.Link(at(lang, "/search/"), either(lang, "Suche", "Search")), *rest),
        footer_stock=(stock, c.Link(at(lang, "/search/"), either(lang, "Suche", "Search"))),
        footer_service=rest,
        footer_legal=(
            c.Link(at(lang, "/imprint/"), either(lang, "Impressum", "Legal notice")),
            c.Link(at(lang, "/privacy/"), either(lang, "Datenschutz", "Privacy")),
            c.Link(at(lang, "/accessibility/"), either(lang, "Barrierefreiheit", "Accessibility")),
        ),
        languages=(c.Link(at(other, "/"), either(other, "Deutsch", "English"), lang=other),),
        contact=contact(lang) if dealer else None,
        rss=at(lang, "/vehicles.rss"),
        manifest="/manifest.webmanifest",
        theme_colour="#0b5a42",
        search_form=search_form(lang, bare=True),
        views_beacon="/-/views",
        privacy=at(lang, "/privacy/"),
    )


def head(lang: str, title: str, path: str, *, vehicle: bool = False, indexed: bool = True) -> c.Head:
    """Make all that goes into `<head>`."""
    origin = "https://north-cars.example"
    return c.Head(
        title=f"{title} | North Cars Hamburg",
        description=either(
            lang,
            f"{title}: geprüfte Gebrauchtwagen mit Fotos, Preis und allen Daten, direkt beim Händler in Hamburg.",
            f"{title}: checked used cars with photos, price and all data, straight from the dealer in Hamburg.",
        ),
        canonical=f"{origin}{at(lang, path)}" if indexed else None,
        robots="index,follow,max-image-preview:large,max-snippet:-1" if indexed else "noindex,follow",
        og_type="product" if vehicle else "website",
        og_locale=either(lang, "de_DE", "en_GB"),
        alternates=(
            c.Alternate("de", f"{origin}{path}"),
            c.Alternate("en", f"{origin}/en{path}"),
            c.Alternate("x-default", f"{origin}{path}"),
        )
        if indexed
        else (),
        image=c.SocialImage(f"{origin}/i/social.jpg", title),
        price_amount="34500.00" if vehicle else None,
        price_currency="EUR" if vehicle else None,
        json_ld=Markup('{"@context":"https://schema.org","@graph":[]}') if indexed else None,
    )


def frame(
    lang: str, title: str, path: str, *crumbs: tuple[str, str], vehicle: bool = False, indexed: bool = True
) -> dict[str, Any]:
    """Give the fields every page has, as arguments for its class."""
    other = either(lang, "en", "de")
    steps = [
        c.Crumb(either(lang, "Start", "Home"), at(lang, "/")),
        *(c.Crumb(text, at(lang, href)) for text, href in crumbs),
    ]
    return {
        "path": at(lang, path),
        "head": head(lang, title, path, vehicle=vehicle, indexed=indexed),
        "languages": (c.Link(at(other, path), either(other, "Deutsch", "English"), lang=other),) if indexed else (),
        "crumbs": () if path == "/" else (*steps, c.Crumb(title)),
    }
