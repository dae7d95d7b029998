"""Sample contexts for every page of a theme, ordinary ones and the worst of BRIEF §11, for previews and tests.

`site(kind, lang)` and `pages(kind, lang)` are all that is needed from outside; the names of the pages are stable.
"""

from dataclasses import replace

from markupsafe import Markup

from storefront.pages import contexts as c
from tests.unit.themes.sample_parts import (
    ENERGY,
    GREEK_DEALER,
    LONG_DEALER,
    LONG_VERSION,
    NBSP,
    SHOTS,
    at,
    bare_contact,
    card,
    cards,
    contact,
    either,
    euros,
    frame,
    inquiry,
    label,
    picture,
    search_form,
    site,
)

__all__ = ["pages", "site"]


def pages(kind: str = "dealer", lang: str = "de") -> dict[str, c.Page]:
    """Make every sample page a site of this kind can have, by a stable name."""
    own = dealer_home(lang) if kind == "dealer" else market_pages(lang)
    return {
        **own,
        **list_pages(kind, lang),
        **vehicle_pages(kind, lang),
        **service_pages(kind, lang),
        **search_pages(kind, lang),
    }


# -- front pages ------------------------------------------------------------------------------------------------------


def dealer_home(lang: str) -> dict[str, c.Page]:
    """Make a dealer's front page: full, and with an empty lot."""
    full = c.HomePage(
        **frame(lang, either(lang, "Junge Gebrauchte in Hamburg", "Nearly new cars in Hamburg"), "/"),
        heading=either(lang, "Junge Gebrauchte, ehrlich beschrieben.", "Nearly new cars, honestly described."),
        lead=either(
            lang,
            "Rund 310 geprüfte Fahrzeuge in Hamburg. Mit Gutachten, Garantie und einem Preis, der stehen bleibt.",
            "Around 310 checked cars in Hamburg. With a report, a warranty and a price that stays.",
        ),
        cover=card(0, lang),
        trust=(
            c.Fact(either(lang, "gegründet, zweite Generation", "founded, second generation"), "1987"),
            c.Fact(
                either(lang, "Prüfung vor jedem Verkauf", "checked before every sale"),
                either(lang, "127 Punkte", "127 points"),
            ),
            c.Fact(
                either(lang, "Gebrauchtwagen\u00adgarantie möglich", "used-car warranty available"),
                either(lang, "24 Monate", "24 months"),
            ),
            c.Fact(either(lang, "Inzahlungnahme am selben Tag", "part exchange the same day"), "1\u00a0h"),
        ),
        arrivals=cards(6, lang, "dealer"),
        bodies=tuple(
            c.Link(at(lang, f"/search/?body={code}"), text, count=count)
            for code, text, count in (
                ("estate", either(lang, "Kombi", "Estate"), "116"),
                ("saloon", either(lang, "Limousine", "Saloon"), "85"),
                ("coupe", "Coupé", "48"),
                ("suv", "SUV", "42"),
                ("van", either(lang, "Transporter", "Van"), "8"),
            )
        ),
        makes=makes(lang),
        search=search_form(lang),
        total="310",
    )
    empty = replace(full, cover=None, trust=(), arrivals=(), bodies=(), makes=(), total="0", heading=LONG_DEALER)
    return {"home": full, "home-empty": empty}


def makes(lang: str) -> tuple[c.Link, ...]:
    """Make links to make pages with counts."""
    known = (
        ("audi", "Audi", "44"),
        ("bmw", "BMW", "49"),
        ("land-rover", "Land Rover", "8"),
        ("mercedes-benz", "Mercedes-Benz", "71"),
        ("skoda", "Škoda", "6"),
        ("volkswagen", "Volkswagen", "104"),
    )
    return tuple(c.Link(at(lang, f"/{slug}/"), text, count=count) for slug, text, count in known)


def tiles(lang: str) -> tuple[c.DealerTile, ...]:
    """Make dealers of the directory, among them the long and the Greek name."""
    names = (("North Cars", "Hamburg", "44"), (LONG_DEALER, "Oldenburg (Oldb)", "1.904"), (GREEK_DEALER, "Köln", "1"))
    return tuple(
        c.DealerTile(
            at(lang, f"/dealers/d{index}/"),
            name,
            name[0],
            town,
            either(lang, f"{count} Fahrzeuge", f"{count} cars"),
            either(lang, "Junge Gebrauchte aus erster Hand.", "Nearly new, one owner.") if index == 0 else None,
        )
        for index, (name, town, count) in enumerate(names)
    )


def market_pages(lang: str) -> dict[str, c.Page]:
    """Make what only the marketplace has: its front page, the directory, a dealer's profile full and bare."""
    home = c.MarketHomePage(
        **frame(lang, either(lang, "Gebrauchtwagen vom Händler", "Used cars from dealers"), "/"),
        heading=either(lang, "Das richtige Auto, vom Händler um die Ecke.", "The right car, from a dealer near you."),
        sub=either(
            lang,
            "12.480 Autos von 214 Händlern. Alle mit Fotos und Preis.",
            "12,480 cars from 214 dealers. All with photos and price.",
        ),
        search=search_form(lang),
        quick=tuple(
            c.Link(at(lang, f"/search/?q={text}"), text)
            for text in (
                either(lang, "Kombi bis 20.000\u00a0€", "Estate up to €20,000"),
                either(lang, "Elektro", "Electric"),
                "SUV",
                "Automatik",
            )
        ),
        arrivals=cards(10, lang, "marketplace"),
        makes=makes(lang),
        dealers=tiles(lang),
        join=c.Link(at(lang, "/join/"), either(lang, "Als Händler mitmachen", "Join as a dealer")),
    )
    directory = c.DealersPage(
        **frame(lang, either(lang, "Händler", "Dealers"), "/dealers/"),
        heading=either(lang, "214 Händler", "214 dealers"),
        intro=either(lang, "Alle geprüft, alle gewerblich.", "All checked, all traders."),
        dealers=tiles(lang),
    )
    profile = c.DealerPage(
        **frame(lang, "North Cars", "/dealers/north-cars/", (either(lang, "Händler", "Dealers"), "/dealers/")),
        name="North Cars",
        initial="N",
        text=Markup(either(lang, "<p>Seit 1987 in Hamburg.</p>", "<p>In Hamburg since 1987.</p>")),
        badge=either(lang, "gewerblicher Händler", "trader"),
        figures=(
            c.Fact(either(lang, "Fahrzeuge", "cars"), "44"),
            c.Fact(either(lang, "dabei seit", "member since"), "2018"),
        ),
        contact=contact(lang),
        cards=cards(9, lang, "marketplace"),
        total=either(lang, "44 Fahrzeuge", "44 cars"),
        makes=makes(lang)[:3],
        inquiry=inquiry(lang, listing=""),
    )
    bare = replace(
        profile,
        name=GREEK_DEALER,
        initial=GREEK_DEALER[0],
        text=None,
        figures=(),
        contact=bare_contact(GREEK_DEALER),
        cards=(),
        total=either(lang, "0 Fahrzeuge", "0 cars"),
        makes=(),
    )
    return {"home": home, "dealers": directory, "dealer": profile, "dealer-bare": bare}


# -- lists ------------------------------------------------------------------------------------------------------------


def list_pages(kind: str, lang: str) -> dict[str, c.Page]:
    """Make lists of cars: the front, an older bucket, a make, and an empty lot."""
    cars = either(lang, "Fahrzeuge", "Cars")
    older = c.Pager(
        newer=None,
        older=at(lang, "/vehicles/page-3/"),
        front=None,
        buckets=tuple(c.Link(at(lang, f"/vehicles/page-{page}/"), str(page)) for page in (3, 2, 1)),
    )
    front = c.ListPage(
        **frame(lang, cars, "/vehicles/"),
        list_kind="all",
        heading=either(lang, "Alle Fahrzeuge", "All cars"),
        intro=either(
            lang, "Alle sofort verfügbar, wenn nicht anders angegeben.", "All available now unless stated otherwise."
        ),
        cards=cards(10, lang, kind),
        pager=older,
        narrower=makes(lang),
        search=search_form(lang),
        sold=(
            c.Link(
                at(lang, "/vehicles/polo-2/"), either(lang, "Polo · Verkauft am 12. März", "Polo · Sold on 12 March")
            ),
        ),
    )
    bucket = replace(
        front,
        sold=(),
        cards=cards(7, lang, kind),
        narrower=(),
        search=None,
        pager=c.Pager(
            at(lang, "/vehicles/page-3/"),
            at(lang, "/vehicles/page-1/"),
            at(lang, "/vehicles/"),
            label=either(lang, "Seite 2", "Page 2"),
        ),
        **frame(lang, either(lang, "Seite 2", "Page 2"), "/vehicles/page-2/", (cars, "/vehicles/")),
    )
    make = replace(
        front,
        list_kind="make",
        heading="Mercedes-Benz",
        cards=(card(1, lang, kind=kind), card(0, lang, kind=kind, mark="reserved")),
        narrower=(c.Link(at(lang, "/mercedes-benz/e-klasse/"), "E-Klasse", count="12"),),
        search=None,
        pager=c.Pager(None, None, None),
        **frame(lang, "Mercedes-Benz", "/mercedes-benz/", (cars, "/vehicles/")),
    )
    empty = replace(front, cards=(), narrower=(), pager=c.Pager(None, None, None))
    return {"list": front, "list-older": bucket, "list-make": make, "list-empty": empty}


# -- one car ----------------------------------------------------------------------------------------------------------


def vehicle_pages(kind: str, lang: str) -> dict[str, c.Page]:
    """Make car pages: ordinary, new and dear with 40 photos, one photo, nothing known, reserved, sold."""
    full = vehicle(kind, lang)
    shots = full.pictures[:5]
    forty = replace(
        full,
        title="Ferrari 812 Superfast",
        version=LONG_VERSION,
        energy_label=ENERGY[lang],
        pictures=(
            *shots,
            picture("suv-blue-1-front_three_quarter", either(lang, "Hochformat", "Portrait"), portrait=True),
            *(shots * 7)[:34],
        ),
        price=c.PriceBlock(euros(lang, 269000), None, full.price.vat, full.price.net, None, euros(lang, 269000)),
        features=tuple(
            c.FeatureGroup(group.name, group.items * 4, str(4 * len(group.items))) for group in full.features
        ),
    )
    one = replace(full, pictures=shots[:1], history=(), features=full.features[:1], dealer=contact(lang, LONG_DEALER))
    request = either(lang, "Preis auf Anfrage", "Price on request")
    bare = replace(
        full,
        title="Volkswagen Crafter",
        version=None,
        price=c.PriceBlock(None, None, None, None, None, request),
        pictures=(),
        body="van",
        strip=full.strip[1:2],
        description=None,
        general_text=None,
        specs=(),
        features=(),
        consumption=None,
        history=(),
        dealer=bare_contact(GREEK_DEALER),
        similar=(),
        similar_link=None,
    )
    sold = replace(
        full,
        state="sold",
        sold_on=either(lang, "Verkauft am 12. März", "Sold on 12 March"),
        pictures=shots[:1],
        price=c.PriceBlock(None, None, None, None, None, ""),
        inquiry=None,
        history=(),
    )
    return {
        "vehicle": full,
        "vehicle-forty": forty,
        "vehicle-one": one,
        "vehicle-bare": bare,
        "vehicle-reserved": replace(full, state="reserved"),
        "vehicle-sold": sold,
        "vehicle-electric": electric(full, lang),
    }


def vehicle(kind: str, lang: str) -> c.VehiclePage:
    """Make the page of the BMW the mockups show."""
    kinds = ("exterior", "exterior", "exterior", "interior", "detail")
    return c.VehiclePage(
        **frame(
            lang,
            "BMW 320d",
            "/vehicles/bmw-k700xq/",
            (either(lang, "Fahrzeuge", "Cars"), "/vehicles/"),
            ("BMW", "/bmw/"),
            vehicle=True,
        ),
        id="k700xq",
        state="active",
        title="BMW 320d",
        version="M Sport · 18-Zoll · Schaltwippen",
        sold_on=None,
        price=c.PriceBlock(
            euros(lang, 34500),
            label(lang, "good"),
            either(lang, "MwSt. ausweisbar (19\u00a0%)", "VAT shown separately (19%)"),
            either(lang, "netto 28.991,60\u00a0€", "€28,991.60 net"),
            either(
                lang,
                "Am 12.03. von 35.200\u00a0€ gesenkt. 35.200\u00a0€ war der niedrigste Preis der 30\u00a0Tage davor.",
                "Reduced from €35,200 on 12 Mar. €35,200 was the lowest price of the 30 days before.",
            ),
            euros(lang, 34500),
        ),
        pictures=tuple(
            picture(f"saloon-{'white' if index < 3 else 'silver'}-{shot}", f"BMW 320d, {index + 1}", kind=kinds[index])
            for index, shot in enumerate((SHOTS[0], SHOTS[1], "2-side", "4-rear", "5-interior"))
        )
        * 2,
        body="saloon",
        strip=strip(lang),
        description=Markup(
            either(
                lang,
                "<p>Sportlicher 320d, <strong>scheckheftgepflegt</strong>.</p><ul><li>Sportsitze</li><li>LED</li></ul>",
                "<p>Sporty 320d, <strong>full service history</strong>.</p><ul><li>Sport seats</li><li>LED</li></ul>",
            )
        ),
        general_text=Markup(
            either(
                lang,
                "<p>Überführung und Zulassung auf Wunsch, nicht im Preis enthalten.</p>",
                "<p>Delivery and registration on request, not included.</p>",
            )
        ),
        specs=specs(lang),
        features=features(lang),
        consumption=consumption(lang),
        history=(
            c.Fact(either(lang, "seit 02.02.2018", "since 2 Feb 2018"), euros(lang, 35200)),
            c.Fact(either(lang, "seit 12.03.2018", "since 12 Mar 2018"), euros(lang, 34500)),
        ),
        dealer=contact(lang),
        dealer_link=c.Link(at(lang, "/dealers/north-cars/"), "North Cars") if kind == "marketplace" else None,
        inquiry=inquiry(lang),
        similar=cards(4, lang, kind),
        similar_link=c.Link(at(lang, "/bmw/"), either(lang, "Alle BMW ansehen", "See all BMW")),
        share_text="BMW 320d",
        energy_label=None,
    )


def strip(lang: str) -> tuple[c.Fact, ...]:
    """Make the six facts under the price."""
    labels = either(
        lang,
        "Erstzulassung Kilometer Leistung Kraftstoff Getriebe Vorbesitzer",
        "First\u00a0registered Mileage Power Fuel Gearbox Previous\u00a0owners",
    ).split(" ")
    values = (
        "01/2017",
        either(lang, "11.000\u00a0km", "11,000\u00a0km"),
        either(lang, "140\u00a0kW (190\u00a0PS)", "140\u00a0kW (190\u00a0hp)"),
        "Diesel",
        either(lang, "Automatik, 8\u2011Gang", "Automatic, 8\u2011speed"),
        "1",
    )
    return tuple(c.Fact(name, value) for name, value in zip(labels, values, strict=True))


def electric(page: c.VehiclePage, lang: str) -> c.VehiclePage:
    """Make an electric car: range and battery replace gearbox and owners, CO₂ class A."""
    cells = (
        *page.strip[:4],
        c.Fact(either(lang, "Reichweite", "Range"), f"484{NBSP}km"),
        c.Fact(either(lang, "Batterie", "Battery"), f"64{NBSP}kWh"),
    )
    rows = (
        c.Spec(
            either(lang, "Stromverbrauch kombiniert", "Combined consumption"),
            either(lang, "14,7\u00a0kWh/100\u00a0km", "14.7\u00a0kWh/100\u00a0km"),
        ),
    )
    used = c.Consumption(rows, "A", f"0{NBSP}g/km", either(lang, "Nach WLTP.", "To WLTP."))
    return replace(
        page, title="Hyundai Kona Elektro", strip=cells, consumption=used, pictures=page.pictures[:4], general_text=None
    )


def specs(lang: str) -> tuple[c.Spec, ...]:
    """Make the table of data, with the widest German words."""
    rows = (
        ("Fahrzeugart", "Gebrauchtfahrzeug", "Type", "Used car"),
        ("Karosserie", "Limousine, 4\u00a0Türen, 5\u00a0Sitze", "Body", "Saloon, 4\u00a0doors, 5\u00a0seats"),
        ("Hubraum", "1.995\u00a0cm³", "Displacement", "1,995\u00a0cm³"),
        ("Umweltplakette und Schadstoff\u00adklasse", "Euro 6 (grüne Plakette)", "Emission class", "Euro 6"),
        ("Mehrwertsteuer ausweisbar", "ja", "VAT shown separately", "yes"),
        ("Fahrzeugnummer", "NC-339720853", "Stock number", "NC-339720853"),
    )
    return tuple(c.Spec(de, ja) if lang == "de" else c.Spec(en, yes) for de, ja, en, yes in rows)


def features(lang: str) -> tuple[c.FeatureGroup, ...]:
    """Make the groups of equipment."""
    safety = (
        "Sportfahrwerk",
        "Tempomat",
        "LED-Scheinwerfer, adaptiv",
        "Berganfahrassistent",
        "Reifendruckkontrollsystem",
        "Isofix",
    )
    comfort = ("Klimaautomatik", "Sitzheizung", "Schlüsselloser Zugang")
    return (
        c.FeatureGroup(either(lang, "Sicherheit und Umwelt", "Safety and environment"), safety, "6"),
        c.FeatureGroup(either(lang, "Komfort", "Comfort"), comfort, "3"),
    )


def consumption(lang: str) -> c.Consumption:
    """Make the consumption block of a used car."""
    return c.Consumption(
        (
            c.Spec(
                either(lang, "Verbrauch kombiniert", "Combined consumption"),
                either(lang, "4,7\u00a0l/100\u00a0km", "4.7\u00a0l/100\u00a0km"),
            ),
            c.Spec(either(lang, "CO₂-Emissionen komb.", "CO₂ emissions"), f"125{NBSP}g/km"),
        ),
        "D",
        f"125{NBSP}g/km",
        either(
            lang,
            "Angaben zum Gebrauchtfahrzeug nach dem bei der Erstzulassung geltenden Messverfahren (NEFZ).",
            "Used-car values, measured by the method valid at first registration (NEDC).",
        ),
    )


# -- contact, texts, answers, search ----------------------------------------------------------------------------------


def service_pages(kind: str, lang: str) -> dict[str, c.Page]:
    """Make contact, a legal text, the two answers of a form and the page that is gone."""
    home = c.Link(at(lang, "/vehicles/"), either(lang, "Zurück zu den Fahrzeugen", "Back to the cars"))
    reach = c.ContactPage(
        **frame(lang, either(lang, "Kontakt & Anfahrt", "Contact & directions"), "/contact/"),
        heading=either(lang, "Kontakt & Anfahrt", "Contact & directions"),
        lead=either(lang, "Der Kaffee ist an.", "The coffee is on."),
        contact=contact(lang, LONG_DEALER),
        inquiry=inquiry(lang, listing=""),
    )
    text = c.TextPage(
        **frame(lang, either(lang, "Impressum", "Legal notice"), "/imprint/"),
        heading=either(lang, "Impressum", "Legal notice"),
        lead=None,
        body=Markup("<h2>§ 5 DDG</h2><p>North Cars GmbH</p><ul><li>HRB 12345</li></ul>"),
        facts=(
            c.Spec(either(lang, "Vertreten durch", "Represented by"), "Jette Brandt"),
            c.Spec(either(lang, "USt-IdNr.", "VAT id"), "DE123456789"),
        ),
    )
    thanks = c.AnswerPage(
        **frame(lang, either(lang, "Anfrage gesendet", "Inquiry sent"), "/-/inquiries/", indexed=False),
        heading=either(lang, "Danke, Ihre Anfrage ist bei North Cars.", "Thank you, North Cars has your inquiry."),
        text=either(lang, "Antwort meist innerhalb von 2\u00a0Stunden.", "They usually answer within 2 hours."),
        inquiry=None,
        back=home,
        reference="4F2A",
    )
    errors = replace(
        thanks,
        heading=either(lang, "Noch nicht gesendet", "Not sent yet"),
        text=either(lang, "Ihr Text ist noch da.", "Your text is still here."),
        inquiry=inquiry(lang, errors=True),
        reference=None,
    )
    gone = c.GonePage(
        **frame(lang, either(lang, "Nicht mehr da", "No longer here"), "/404/", indexed=False),
        status=404,
        heading=either(lang, "Dieses Fahrzeug ist nicht mehr im Bestand.", "This car is no longer in stock."),
        text=either(lang, "Ähnliche finden Sie hier.", "Similar ones are here."),
        search=search_form(lang),
        makes=makes(lang),
    )
    return {"contact": reach, "text": text, "answer": thanks, "answer-errors": errors, "gone": gone}


def search_pages(kind: str, lang: str) -> dict[str, c.Page]:
    """Make the search page: static, with hits, without hits, and when search does not answer."""
    static = c.SearchPage(
        **frame(lang, either(lang, "Suche", "Search"), "/search/"),
        heading=either(lang, "Fahrzeug suchen", "Search cars"),
        intro=None,
        form=search_form(lang),
        chips=(),
        clear=None,
        cards=(),
        pager=c.Pager(None, None, None),
        ranking=None,
        empty=None,
        fallback=makes(lang),
        live=False,
    )
    target = at(lang, "/-/search?make=bmw")
    hits = replace(
        static,
        heading=either(lang, "187 Fahrzeuge", "187 cars"),
        intro=either(lang, "Automatik, ab 2016.", "Automatic, from 2016."),
        chips=(
            c.Link(target, either(lang, "Automatik", "Automatic")),
            c.Link(target, either(lang, "Mehrwertsteuer ausweisbar", "VAT shown separately")),
        ),
        clear=at(lang, "/-/search"),
        cards=cards(10, lang, kind),
        pager=c.Pager(None, at(lang, "/-/search?page=2"), None, label=None),
        ranking=c.Link(at(lang, "/ranking/"), either(lang, "So sortieren wir", "How we rank")),
        fallback=(),
        live=True,
    )
    none = replace(
        hits,
        heading=either(lang, "0 Fahrzeuge", "0 cars"),
        intro=None,
        cards=(),
        pager=c.Pager(None, None, None),
        empty=either(
            lang,
            "Kein Fahrzeug passt auf alle Filter. Ohne „Kombi“ wären es 14.",
            "No car matches every filter. Without “estate” there are 14.",
        ),
    )
    away = replace(
        static,
        live=True,
        empty=either(
            lang,
            "Die Suche antwortet gerade nicht. Alle Fahrzeuge finden Sie nach Marke sortiert hier.",
            "Search is not answering right now. Browse all cars by make here.",
        ),
    )
    return {"search": static, "search-hits": hits, "search-none": none, "search-away": away}
