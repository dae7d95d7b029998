"""Sample contexts for every page of a theme, ordinary ones and the worst of BRIEF §11, for previews and tests.

`site(kind, lang)` and `pages(kind, lang)` are all that is needed from outside; the names of the pages are stable.
"""

from dataclasses import replace

from markupsafe import Markup

from storefront.pages import contexts as c
from tests.unit.themes.sample_parts import (
    GREEK_DEALER,
    LONG_DEALER,
    as_hit,
    at,
    bare_contact,
    card,
    cards,
    contact,
    either,
    found_form,
    frame,
    inquiry,
    label_steps,
    search_form,
    site,
)
from tests.unit.themes.sample_services import (
    about_pages,
    alert,
    faq_page,
    kept_pages,
    request_pages,
    reviews,
    rich_page,
    team,
    worst_team,
)
from tests.unit.themes.sample_vehicles import vehicle_pages

__all__ = ["pages", "site"]


def pages(kind: str = "dealer", lang: str = "de") -> dict[str, c.Page]:
    """Make every sample page a site of this kind can have, by a stable name."""
    own = dealer_home(lang) if kind == "dealer" else market_pages(lang)
    return {
        **own,
        **list_pages(kind, lang),
        **vehicle_pages(kind, lang),
        **service_pages(kind, lang),
        **(dealer_pages(lang) if kind == "dealer" else {}),
        **kept_pages(lang),
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
        team=team(lang),
    )
    empty = replace(
        full,
        cover=None,
        trust=(),
        arrivals=(),
        bodies=(),
        makes=(),
        total="0",
        heading=LONG_DEALER,
        team=worst_team(lang),
    )
    return {"home": full, "home-empty": empty}


def dealer_pages(lang: str) -> dict[str, c.Page]:
    """Make what a dealer's site has beside its stock."""
    return {**about_pages(lang), **request_pages(lang), "faq": faq_page(lang)}


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
            c.Link(at(lang, "/-/search?body=estate"), text)
            for text in (
                either(lang, "Kombi bis 20.000\u00a0€", "Estate up to €20,000"),
                either(lang, "Elektro", "Electric"),
                "SUV",
                "Automatik",
            )
        ),
        best_priced=tuple(
            replace(card, price_label=c.PriceLabel("very_good", either(lang, "Sehr guter Preis", "Very good price"), 5))
            for card in cards(4, lang, "marketplace")
        ),
        best_priced_href=at(lang, "/-/search?label=very_good"),
        arrivals=cards(10, lang, "marketplace"),
        makes=makes(lang),
        dealers=tiles(lang),
        join=c.Link(at(lang, "/join/"), either(lang, "Als Händler mitmachen", "Join as a dealer")),
        judging=label_steps(lang),
        judging_link=c.Link(at(lang, "/prices/"), either(lang, "So bewerten wir Preise", "How we judge prices")),
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
        team=team(lang)[:2],
        reviews=reviews(lang),
    )
    worst = replace(
        profile, name=LONG_DEALER, initial="A", contact=contact(lang, LONG_DEALER), team=worst_team(lang), cards=()
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
        team=(),
        reviews=None,
    )
    return {
        "home": home,
        "dealers": directory,
        "dealer": profile,
        "dealer-worst": worst,
        "dealer-bare": bare,
    }


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
        groups=groups(kind, lang),
        sold=(
            c.Link(
                at(lang, "/vehicles/polo-2/"), either(lang, "Polo · Verkauft am 12. März", "Polo · Sold on 12 March")
            ),
        ),
    )
    bucket = replace(
        front,
        sold=(),
        groups=(),
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
        groups=(),
        sold=(),
        pager=c.Pager(None, None, None),
        **frame(lang, "Mercedes-Benz", "/mercedes-benz/", (cars, "/vehicles/")),
    )
    estates = either(lang, "Kombis", "Estates")
    body = replace(
        make,
        list_kind="body",
        heading=estates,
        cards=cards(24, lang, kind),
        narrower=makes(lang),
        pager=older,
        **frame(lang, estates, "/vehicles/body/estate/", (cars, "/vehicles/")),
    )
    empty = replace(front, cards=(), narrower=(), groups=(), sold=(), pager=c.Pager(None, None, None))
    return {"list": front, "list-older": bucket, "list-make": make, "list-body": body, "list-empty": empty}


def groups(kind: str, lang: str) -> tuple[c.LinkGroup, ...]:
    """Make the lists by body and fuel, and on the marketplace by city."""

    def group(heading: str, base: str, *links: tuple[str, str, str]) -> c.LinkGroup:
        return c.LinkGroup(
            heading, tuple(c.Link(at(lang, f"{base}{slug}/"), text, count=count) for slug, text, count in links)
        )

    bodies = (
        ("estate", either(lang, "Kombi", "Estate"), "116"),
        ("suv", "SUV", "42"),
        ("van", either(lang, "Transporter", "Van"), "8"),
    )
    fuels = (("diesel", "Diesel", "141"), ("electric", either(lang, "Elektro", "Electric"), "9"))
    cities = (("hamburg", "Hamburg", "1.204"), ("oldenburg", "Oldenburg (Oldb)", "88"))
    made = (
        group(either(lang, "Nach Bauform", "By body type"), "/vehicles/body/", *bodies),
        group(either(lang, "Nach Kraftstoff", "By fuel"), "/vehicles/fuel/", *fuels),
    )
    return (*made, group(either(lang, "Nach Ort", "By town"), "/vehicles/in/", *cities)) if kind != "dealer" else made


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
        team=worst_team(lang),
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
    return {
        "contact": reach,
        "text": text,
        "text-rich": rich_page(lang),
        "answer": thanks,
        "answer-errors": errors,
        "gone": gone,
    }


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
        blank=replace(
            card(0, lang, kind=kind), picture=None, photo_count=0, energy="-", distance="-", snippet=Markup("-")
        ),
    )
    target = at(lang, "/-/search?make=bmw")
    found = found_form(lang, market=kind == "marketplace")
    hits = replace(
        static,
        form=found,
        heading=either(lang, "187 Fahrzeuge", "187 cars"),
        intro=either(lang, "Automatik, ab 2016.", "Automatic, from 2016."),
        chips=(
            c.Link(target, either(lang, "Automatik", "Automatic")),
            c.Link(target, either(lang, "Mehrwertsteuer ausweisbar", "VAT shown separately")),
        ),
        clear=at(lang, "/-/search"),
        cards=(as_hit(cards(10, lang, kind)[0], lang), *cards(10, lang, kind)[1:]),
        pager=c.Pager(None, at(lang, "/-/search?page=2"), None, label=None),
        correction=c.Link(target, "golf kombi"),
        suggested=(
            c.Link(target, "Diesel", count="92"),
            c.Link(target, either(lang, "Limousine", "Saloon"), count="41"),
        ),
        ranking=c.Link(at(lang, "/ranking/"), either(lang, "So sortieren wir", "How we rank")),
        fallback=(),
        live=True,
        alert=alert(lang),
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
        correction=None,
        suggested=(),
        ways=(
            c.Link(target, either(lang, "Im Umkreis von 100 km: 3 Fahrzeuge", "Within 100 km: 3 cars")),
            c.Link(target, either(lang, "Ohne „Kombi“: 14 Fahrzeuge", "Without “estate”: 14 cars")),
        ),
    )
    away = replace(
        static,
        live=True,
        down=True,
        empty=either(
            lang,
            "Die Suche antwortet gerade nicht. Alle Fahrzeuge finden Sie nach Marke sortiert hier.",
            "Search is not answering right now. Browse all cars by make here.",
        ),
    )
    return {"search": static, "search-hits": hits, "search-none": none, "search-away": away}
