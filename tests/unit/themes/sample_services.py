"""Sample pages about the dealer: who they are, requests, questions, rich text; ordinary ones and the worst."""

from dataclasses import replace

from markupsafe import Markup

from storefront.pages import contexts as c
from tests.unit.themes.sample_parts import (
    GREEK_DEALER,
    LONG_DEALER,
    NBSP,
    at,
    bare_contact,
    contact,
    either,
    frame,
    inquiry,
    picture,
)

ARABIC_NAME = "عبد الرحمن بن محمد الأندلسي"
LONG_NAME = "Maximiliane-Alexandra Freifrau von Schwarzenberg-Hohenlohe-Langenbg"
"""67 letters, as a form of ours takes them."""


def team(lang: str) -> tuple[c.Person, ...]:
    """Make a team of four who can be reached in different ways."""
    return (
        c.Person(
            "Jette Brandt",
            "JB",
            either(lang, "Verkauf", "Sales"),
            "040 66969-123",
            "tel:+494066969123",
            "brandt@north-cars.example",
            "Deutsch, English",
        ),
        c.Person("Paweł Wójcik", "PW", either(lang, "Werkstatt", "Workshop"), languages="Deutsch, Polski"),
        c.Person(
            "Emine Öztürk-Schnabel", "EÖ", either(lang, "Finanzierung", "Financing"), "040 66969-125", "tel:+4940"
        ),
        c.Person("Thore Petersen", "TP"),
    )


def worst_team(lang: str) -> tuple[c.Person, ...]:
    """Make a team with the longest and the strangest names."""
    role = either(lang, "Gebrauchtwagen\u00adaufbereitungs\u00adbeauftragte", "Head of used-car reconditioning")
    mail = "maximiliane-alexandra.von-schwarzenberg-hohenlohe@autohaus-brinkmann-und-soehne.example"
    return (
        c.Person(LONG_NAME, "MF", role, "+49 4408 92 83 74-1055", "tel:+494408", mail, "Deutsch, English, Ελληνικά"),
        c.Person("Ελένη Παπαδοπούλου", "ΕΠ", either(lang, "Verkauf", "Sales")),
        c.Person(ARABIC_NAME, "ع", either(lang, "Verkauf", "Sales"), languages="العربية"),
    )


def reviews(lang: str) -> c.Reviews:
    """Make reviews, one of them without words."""
    return c.Reviews(
        average=either(lang, "4,8", "4.8"),
        stars=5,
        count=either(lang, "37 Bewertungen", "37 reviews"),
        note=either(
            lang,
            "Bewerten kann nur, wer hier ein Fahrzeug gekauft hat: wir prüfen den Kaufvertrag.",
            "Only people who bought a car here can review: we check the contract.",
        ),
        items=(
            c.Review(
                "Thomas K.",
                either(lang, "Februar 2018", "February 2018"),
                5,
                either(
                    lang,
                    "Der Wagen stand aufgetankt bereit, die kleine Schramme war ehrlich auf den Fotos.",
                    "The car was ready with a full tank, and the little scratch had been shown in the photos.",
                ),
                "Mercedes-Benz C 220 d",
            ),
            c.Review("Anna-Lena S.", either(lang, "Januar 2018", "January 2018"), 4, None, "Audi A4 Avant"),
            c.Review("M.", either(lang, "Dezember 2017", "December 2017"), 1, "Donaudampfschifffahrtsgesellschaft" * 4),
        ),
    )


def price_line(lang: str) -> c.PriceLine:
    """Make the step line of a car that became cheaper once."""
    return c.PriceLine(
        path="M0 8H220V72H300",
        first=c.Fact(either(lang, "seit 02.02.2018", "since 2 Feb 2018"), either(lang, f"35.200{NBSP}€", "€35,200")),
        last=c.Fact(either(lang, "seit 12.03.2018", "since 12 Mar 2018"), either(lang, f"34.500{NBSP}€", "€34,500")),
        text=either(
            lang,
            "Preis: 35.200 € seit 02.02.2018, 34.500 € seit 12.03.2018.",
            "Price: €35,200 since 2 Feb 2018, €34,500 since 12 Mar 2018.",
        ),
    )


def tours(lang: str) -> tuple[c.Tour, ...]:
    """Make one virtual tour of every kind."""
    poster = picture("saloon-white-1-front_three_quarter", either(lang, "Standbild", "Still"))
    frames = tuple(f"/i/saloon-white-{shot}-720.webp" for shot in ("1-front_three_quarter", "2-side", "3-rear"))
    return (
        c.Tour("spin", either(lang, "Rundum außen", "All round"), poster, frames=frames),
        c.Tour("panorama", either(lang, "Innenraum", "Inside"), poster, "/i/saloon-white-4-interior-1080.webp"),
        c.Tour("video", either(lang, "Kaltstart", "Cold start"), poster, "/m/film.mp4", "video/mp4"),
        c.Tour(
            "external", either(lang, "Rundgang", "Tour"), None, "https://tours.example/bmw", provider="tours.example"
        ),
    )


def about_pages(lang: str) -> dict[str, c.Page]:
    """Make the page about a dealer: full, the worst, and with hardly anything."""
    name = either(lang, "Über uns", "About us")
    full = c.AboutPage(
        **frame(lang, name, "/about/"),
        heading=either(lang, "Drei Hallen, neun Leute, eine Haltung", "Three halls, nine people, one view"),
        lead=either(lang, "Familienbetrieb seit 1987, in zweiter Generation.", "A family firm since 1987."),
        body=Markup(
            either(
                lang,
                "<p>Wir verkaufen junge Gebrauchte, die wir selbst fahren würden. Jeder Wagen steht erst drei Tage in "
                "unserer Werkstatt, bevor er auf den Hof kommt.</p><h2>Was wir prüfen</h2><ul><li>Motor und Getriebe"
                "</li><li>Bremsen und Fahrwerk</li><li>Lack, Schicht für Schicht</li></ul>",
                "<p>We sell nearly new cars we would drive ourselves. Every car spends three days in our workshop "
                "before it comes to the yard.</p><h2>What we check</h2><ul><li>Engine and gearbox</li><li>Brakes and "
                "suspension</li><li>Paint, layer by layer</li></ul>",
            )
        ),
        trust=(
            c.Fact(either(lang, "gegründet, zweite Generation", "founded, second generation"), "1987"),
            c.Fact(either(lang, "Fahrzeuge auf dem Hof", "cars in the yard"), "310"),
            c.Fact(either(lang, "Gebrauchtwagen\u00adgarantie möglich", "warranty available"), f"24{NBSP}M."),
        ),
        team=team(lang),
        contact=contact(lang),
        reviews=reviews(lang),
    )
    worst = replace(full, heading=LONG_DEALER, team=worst_team(lang), contact=contact(lang, LONG_DEALER))
    bare = replace(
        full, heading=GREEK_DEALER, lead=None, trust=(), team=team(lang)[3:], contact=bare_contact("G"), reviews=None
    )
    return {"about": full, "about-worst": worst, "about-bare": bare}


def extras(lang: str, kind: str, *, errors: bool = False) -> tuple[c.ExtraField, ...]:
    """Make the fields only a test drive or a part exchange asks for."""
    if kind == "test_drive":
        times = (("", "egal", "any"), ("am", "vormittags", "morning"), ("pm", "nachmittags", "afternoon"))
        return (
            c.ExtraField("day", either(lang, "Wunschtag", "Preferred day"), "date"),
            c.ExtraField(
                "time",
                either(lang, "Tageszeit", "Time of day"),
                "select",
                options=tuple(c.Option(code, either(lang, de, en)) for code, de, en in times),
            ),
        )
    wrong = c.FormField(
        "elftausend", either(lang, "Bitte nur Ziffern, zum Beispiel 85000.", "Please use digits only, like 85000.")
    )
    return (
        c.ExtraField("trade_make", either(lang, "Marke", "Make"), "text", required=True, most=60),
        c.ExtraField("trade_model", either(lang, "Modell", "Model"), "text", required=True, most=60),
        c.ExtraField("trade_year", either(lang, "Erstzulassung", "First registered"), "number", most=7),
        c.ExtraField(
            "trade_mileage",
            either(lang, "Kilometerstand", "Mileage"),
            "number",
            wrong if errors else c.FormField(),
            unit="km",
            most=7,
            help=either(lang, "Steht im Tacho, ungefähr genügt.", "As on the dashboard, roughly will do."),
        ),
        c.ExtraField("trade_state", either(lang, "Zustand und Besonderheiten", "Condition"), "longtext", most=500),
    )


def request_pages(lang: str) -> dict[str, c.Page]:
    """Make both requests, and what comes back when a field is wrong."""
    kinds = (c.Option("test_drive", either(lang, "Probefahrt", "Test drive"), True),)
    drive = c.RequestPage(
        **frame(lang, either(lang, "Probefahrt", "Test drive"), "/test-drive/"),
        kind="test_drive",
        heading=either(lang, "Probefahrt vereinbaren", "Book a test drive"),
        lead=either(
            lang,
            "Sagen Sie uns, wann es passt. Der Wagen steht dann warm vor der Tür.",
            "Tell us when it suits you. The car will be waiting at the door.",
        ),
        steps=(
            either(lang, "Wir rufen zurück und machen einen Termin.", "We call back and fix a time."),
            either(lang, "Sie bringen Führerschein und Ausweis mit.", "You bring your licence and an id."),
            either(lang, f"Sie fahren, etwa 30{NBSP}Minuten, ohne Kosten.", f"You drive, about 30{NBSP}minutes, free."),
        ),
        form=replace(inquiry(lang, listing=""), kinds=kinds, extra=extras(lang, "test_drive")),
        contact=contact(lang),
    )
    trade = replace(
        drive,
        kind="trade_in",
        heading=either(lang, "Inzahlungnahme anfragen", "Offer your car"),
        form=replace(drive.form, kinds=(c.Option("trade_in", "trade-in", True),), extra=extras(lang, "trade_in")),
        contact=contact(lang, LONG_DEALER),
        **frame(lang, either(lang, "Inzahlungnahme", "Part exchange"), "/trade-in/"),
    )
    errors = c.AnswerPage(
        **frame(lang, either(lang, "Noch nicht gesendet", "Not sent yet"), "/-/inquiries/", indexed=False),
        heading=either(lang, "Noch nicht gesendet", "Not sent yet"),
        text=either(lang, "Ihr Text ist noch da.", "Your text is still here."),
        inquiry=replace(
            inquiry(lang, listing="", errors=True),
            kinds=trade.form.kinds,
            extra=extras(lang, "trade_in", errors=True),
        ),
        back=c.Link(at(lang, "/trade-in/"), either(lang, "Zurück", "Back")),
    )
    asked = c.AnswerPage(
        **frame(lang, either(lang, "Adresse bestätigen", "Confirm your address"), "/-/alerts/", indexed=False),
        heading=either(lang, "Adresse bestätigen", "Confirm your address"),
        text=either(lang, "Möchten Sie eine E-Mail, sobald ein Fahrzeug passt?", "Do you want an e-mail?"),
        inquiry=None,
        back=c.Link(at(lang, "/"), either(lang, "Zurück", "Back")),
        act=c.Act("/-/alerts/confirm/0123456789abcdef", either(lang, "Ja, schreiben Sie mir", "Yes, write to me")),
    )
    wrong = c.FormField("erika@", either(lang, "Der Teil nach dem @ fehlt.", "The part after the @ is missing."))
    mended = replace(asked, act=None, alert=replace(alert(lang), email=wrong))
    answers = {"answer-request": errors, "answer-act": asked, "answer-alert": mended}
    return {"request-test-drive": drive, "request-trade-in": trade, **answers}


def alert(lang: str, kind: str = "search") -> c.AlertForm:
    """Make the form of somebody who wants to be written to."""
    wanted = (("listing", "k700xq"),) if kind == "price" else (("q", "touring"), ("make", "bmw"), ("make", "audi"))
    return c.AlertForm("/-/alerts", kind, lang, "north-cars.example", wanted)


def faq_page(lang: str) -> c.FaqPage:
    """Make questions, one with a very long word in it."""
    asked = (
        ("zahlung", "Wie kann ich bezahlen?", "How can I pay?", "Per Überweisung oder bar bis 10.000 €."),
        ("lieferung", "Liefern Sie auch nach Hause?", "Do you deliver?", "Ja, bundesweit, ab 190 €."),
        (
            "garantie",
            "Was deckt die Gebrauchtwagen\u00adgarantie\u00adverlängerung ab, und wie lange gilt sie nach Übergabe?",
            "What does the warranty cover, and for how long after handover?",
            "Motor, Getriebe, Elektronik: 24 Monate.",
        ),
    )
    return c.FaqPage(
        **frame(lang, either(lang, "Fragen und Antworten", "Questions and answers"), "/faq/"),
        heading=either(lang, "Fragen und Antworten", "Questions and answers"),
        lead=either(lang, "Was Käufer uns am häufigsten fragen.", "What buyers ask most."),
        questions=tuple(
            c.Question(anchor, either(lang, de, en), Markup(f"<p>{answer}</p><ul><li>EC</li></ul>"))
            for anchor, de, en, answer in asked
        ),
    )


RICH = (
    "<p>Ein Absatz mit <strong>Nachdruck</strong>, <em>Betonung</em> und einem <a href='/contact/'>Verweis</a>.</p>"
    "<h2>Kosten im Überblick</h2><table><thead><tr><th>Leistung</th><th>Dauer</th><th>Preis</th></tr></thead><tbody>"
    "<tr><td>Hauptuntersuchung mit Abgasuntersuchung</td><td>1 Stunde</td><td>149,00 €</td></tr>"
    "<tr><td>Fahrzeugaufbereitung</td><td>1 Tag</td><td>289,00 €</td></tr></tbody></table>"
    "<h3>So läuft es</h3><ol><li>Termin</li><li>Annahme<ul><li>mit Probefahrt</li><li>ohne</li></ul></li></ol>"
    "<blockquote><p>Das Auto war sauberer als am ersten Tag.</p></blockquote><hr>"
    "<p>Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung"
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz</p><dl><dt>Adresse</dt><dd>Hamburg</dd></dl>"
)


def rich_page(lang: str) -> c.TextPage:
    """Make a page a dealer wrote, with everything the editor lets through."""
    return c.TextPage(
        **frame(lang, either(lang, "Werkstatt", "Workshop"), "/info/werkstatt/"),
        heading=either(lang, "Werkstatt und Aufbereitung", "Workshop"),
        lead=either(lang, "Was wir reparieren, und was es kostet.", "What we mend, and what it costs."),
        body=Markup(RICH),
    )


def kept_pages(lang: str) -> dict[str, c.Page]:
    """Make the two pages the script fills."""
    names = {"favourites": ("Merkliste", "Favourites"), "compare": ("Vergleich", "Compare")}
    return {
        kind: c.KeptPage(
            **frame(lang, either(lang, de, en), f"/{kind}/", indexed=False),
            kind=kind,
            heading=either(lang, de, en),
            lead=either(lang, "Nur in diesem Browser gespeichert.", "Stored in this browser only."),
            empty=either(lang, "Noch nichts gemerkt.", "Nothing kept yet."),
            without_script=either(lang, "Dafür braucht es JavaScript.", "This needs JavaScript."),
        )
        for kind, (de, en) in names.items()
    }
