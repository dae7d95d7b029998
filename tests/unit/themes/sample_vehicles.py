"""Sample car pages: the ordinary one, and all that can be missing, too long or too much."""

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
    cards,
    comparison,
    contact,
    either,
    euros,
    frame,
    inquiry,
    label,
    picture,
)
from tests.unit.themes.sample_services import LONG_NAME, alert, price_line, reviews, tours


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
        by_kind=True,
        price=c.PriceBlock(euros(lang, 269000), None, full.price.vat, full.price.net, None, euros(lang, 269000)),
        comparison=None,
        features=tuple(
            c.FeatureGroup(group.name, group.items * 4, str(4 * len(group.items))) for group in full.features
        ),
    )
    worst = replace(
        full,
        title=LONG_NAME,
        version=f"{LONG_VERSION} · {LONG_VERSION[:50]}",
        description=Markup(
            f"<p>{(LONG_VERSION + ' ') * 29}</p><ul>{'<li>Anhängerkupplung, schwenkbar</li>' * 60}</ul>"
        ),
        dealer=contact(lang, LONG_DEALER),
        strip=(c.Fact("Fahrzeugidentifizierungsnummer", "WVWZZZ1KZAW000000"), *full.strip[1:]),
        specs=(*full.specs, c.Spec("Donaudampfschifffahrtsgesellschaftskapitän", "WVWZZZ1KZAW" * 8)),
        general_text=Markup("<p>" + "x" * 300 + "</p>"),
        reviews=reviews(lang),
        tours=tours(lang)[2:],
    )
    one = replace(
        full,
        pictures=shots[:1],
        history=(),
        price_line=None,
        features=full.features[:1],
        dealer=contact(lang, LONG_DEALER),
    )
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
        price_line=None,
        tours=(),
        qr=None,
        test_drive=None,
        trade_in=None,
        reviews=None,
    )
    sold = replace(
        full,
        state="sold",
        comparison=None,
        sold_on=either(lang, "Verkauft am 12. März", "Sold on 12 March"),
        pictures=shots[:1],
        price=c.PriceBlock(None, None, None, None, None, ""),
        inquiry=None,
        alert=None,
        alert_link=c.Link("/-/search?make=bmw#alert", either(lang, "Neue Treffer per E-Mail", "New matches by e-mail")),
        history=(),
        price_line=None,
        tours=(),
        qr=None,
        test_drive=None,
        trade_in=None,
        reviews=None,
    )
    return {
        "vehicle": full,
        "vehicle-forty": forty,
        "vehicle-worst": worst,
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
            c.Reduction(
                either(
                    lang,
                    "Am 12.03. von 35.200\u00a0€ gesenkt. 35.200\u00a0€ war der niedrigste der 30\u00a0Tage davor.",
                    "Reduced from €35,200 on 12 Mar. €35,200 was the lowest price of the 30 days before.",
                ),
                euros(lang, 35200),
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
        tours=tours(lang),
        price_line=price_line(lang),
        qr="/q/k700xq.svg",
        test_drive=c.Link(at(lang, "/test-drive/"), either(lang, "Probefahrt vereinbaren", "Book a test drive"))
        if kind == "dealer"
        else None,
        trade_in=c.Link(at(lang, "/trade-in/"), either(lang, "Inzahlungnahme anfragen", "Offer your car"))
        if kind == "dealer"
        else None,
        reviews=reviews(lang),
        alert=alert(lang, "price"),
        comparison=comparison(lang),
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
    used = c.Consumption(rows, "A", f"0{NBSP}g/km", either(lang, "Nach WLTP.", "To WLTP."), ladder("A"))
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


def ladder(letter: str) -> tuple[c.Step, ...]:
    """Make the seven rungs with the car's own marked."""
    return tuple(c.Step(rung, rung == letter) for rung in "ABCDEFG")


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
        ladder("D"),
    )
