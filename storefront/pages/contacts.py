"""How a dealer or the operator is reached: address, phone, opening hours, who answers and how fast."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

import phonenumbers

from seo.schema_org import Seller
from storefront.domain.dealers import countries
from storefront.domain.dealers.models import Dealer
from themes.ingredients import made_by_field, whole

from .contexts import Contact, Hours, Place
from .formats import Formats
from .ingredients import EMAIL, PERSON
from .siteview import Face, SiteView

MAPS = "https://www.openstreetmap.org"


def dealer_contact(view: SiteView, face: Face, dealer: Dealer) -> Contact:
    """Give how to reach a dealer; made once per dealer and language."""
    key = (dealer.id, face.lang, True)
    if key not in view.kept.contacts:
        view.kept.contacts[key] = _contact(view, face, dealer, email=True)
    return view.kept.contacts[key]


def car_contact(view: SiteView, face: Face, dealer: Dealer) -> Contact:
    """Give how to reach a dealer for a car's page, which shows all of it: what it was made with is noted at once.

    Without the e-mail address: thousands of pages with it would be there for collectors of addresses alone, a car's
    page has a form.
    """
    key = (dealer.id, face.lang, False)
    if key not in view.kept.contacts:
        view.kept.contacts[key] = _contact(view, face, dealer, email=False)
    return whole(view.kept.contacts[key])


def _contact(view: SiteView, face: Face, dealer: Dealer, *, email: bool) -> Contact:
    def address() -> str | None:
        if dealer is view.dealer:
            view.log.names.add(EMAIL)
        return dealer.email

    def person() -> Dealer:
        if dealer is view.dealer:  # the shell of its own site holds all of it: each page notes what it shows
            view.log.names.add(PERSON)
        return dealer

    def answer_time() -> str | None:
        minutes = person().answer_minutes
        return None if minutes is None else face.formats.duration(minutes)

    fields: dict[str, object] = {
        "name": dealer.legal_name or dealer.name,
        "place": _place(dealer),
        "phone": grouped_phone(dealer.phone, dealer.country, home=face is view.default),
        "phone_href": f"tel:{dealer.phone}" if dealer.phone else None,
        "email": address if email else None,
        "hours": lambda: opening_hours(dealer.opening_hours, face),
        "person": lambda: person().person,
        "answer_time": answer_time,
        "time_zone": dealer.time_zone,
    }
    return made_by_field(Contact, view.log, fields)


def operator_contact(view: SiteView, face: Face) -> Contact:
    """Give how to reach the operator, from the legal notice."""
    legal = view.tenant.legal
    name = str(legal.get("name") or view.tenant.name)
    street, town = (
        str(legal.get("street") or ""),
        _town(str(legal.get("postal_code") or ""), str(legal.get("city") or "")),
    )
    phone = str(legal["phone"]) if legal.get("phone") else None
    return Contact(
        name=name,
        place=Place(name, street, town, _search_link(street, town)) if town else None,
        phone=grouped_phone(phone, view.tenant.country, home=face is view.default),
        phone_href=f"tel:{_e164(phone, view.tenant.country)}" if phone else None,
        email=str(legal["email"]) if legal.get("email") else None,
        hours=(),
        person=None,
        answer_time=None,
        time_zone=view.tenant.time_zone,
    )


def opening_hours(hours: Mapping[str, Any], face: Face) -> tuple[Hours, ...]:
    """Group consecutive days with the same hours; days without an entry are closed, no entries at all say nothing."""
    if not any(hours.values()):
        return ()
    lines: list[tuple[list[int], list[str]]] = []
    for day in range(1, 8):
        spans = list(hours.get(str(day)) or ())
        if lines and lines[-1][1] == spans:
            lines[-1][0].append(day)
        else:
            lines.append(([day], spans))
    return tuple(_line(days, spans, face.formats) for days, spans in lines)


@lru_cache(maxsize=4096)
def grouped_phone(phone: str | None, country: str, *, home: bool) -> str | None:
    """Group a number (E.164, or as written in `country`) for reading.

    Args:
        phone: the number.
        country: where the dealer is, ISO 3166-1.
        home: True writes it as inside the country, False with the country code.
    """
    if not phone:
        return None
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return phone
    domestic = home and phonenumbers.region_code_for_number(number) == country
    style = phonenumbers.PhoneNumberFormat.NATIONAL if domestic else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def seller(view: SiteView, dealer: Dealer) -> Seller:
    """Give a dealer as structured data names it on this site: at its own root, or at its profile on the marketplace."""
    if dealer.id not in view.kept.sellers:
        view.kept.sellers[dealer.id] = view.log.apart(lambda: _seller(view, dealer))
    made, used = view.kept.sellers[dealer.id]
    view.log.names |= used
    return made


def _seller(view: SiteView, dealer: Dealer) -> Seller:
    url = view.absolute(view.default.urls.dealer(dealer.slug) if view.is_marketplace else "/")
    return Seller(
        id=f"{url}#dealer",
        name=dealer.name,
        url=url,
        street=dealer.street,
        postal_code=dealer.postal_code,
        city=dealer.city,
        country=dealer.country,
        telephone=grouped_phone(dealer.phone, dealer.country, home=False),
        latitude=dealer.latitude,
        longitude=dealer.longitude,
        hours=_spans(dealer.opening_hours),
        price_range=_price_range(view),
    )


def _price_range(view: SiteView) -> str | None:
    """Give what the dealer's cars cost, in its own words (`seo.price_range`): search engines take under 100 signs."""
    said = view.config.get("seo.price_range")
    return said.strip()[:99] if isinstance(said, str) and said.strip() and not view.is_marketplace else None


def legal_lines(face: Face, facts: Mapping[str, str], country: str) -> list[tuple[str, str]]:
    """Give the rows of a legal notice: label and value, in the order and by the names of the country (SEO.md §18).

    Args:
        face: language of the page; labels are the country's own where it has some in it, else the theme's.
        facts: what is known (`dealers.legal`), by the names of `countries.FIELDS`.
        country: ISO 3166-1.
    """
    wanted = countries.rules(country)
    return [
        (
            wanted.label(name, face.lang) or face.t(f"pages.legal.{name}"),
            (grouped_phone(text, country, home=False) or text) if name == "phone" else text,
        )
        for name, text in facts.items()
    ]


def _place(dealer: Dealer) -> Place | None:
    town = _town(dealer.postal_code, dealer.city)
    if not town:
        return None
    if dealer.latitude is not None and dealer.longitude is not None:
        route = f"{MAPS}/directions?to={dealer.latitude:.6f}%2C{dealer.longitude:.6f}"
    else:
        route = _search_link(dealer.street, town)
    return Place(dealer.legal_name or dealer.name, dealer.street, town, route)


def _search_link(street: str, town: str) -> str:
    return f"{MAPS}/search?query={quote_plus(', '.join(part for part in (street, town) if part))}"


def _town(postal_code: str, city: str) -> str:
    return f"{postal_code} {city}".strip()


def _line(days: Sequence[int], spans: Sequence[str], formats: Formats) -> Hours:
    times = formats.spans(spans) if spans else formats.t("pages.hours.closed")
    return Hours(formats.weekdays(days), times, " ".join(map(str, days)), " ".join(spans))


def _spans(hours: Mapping[str, Any]) -> dict[str, list[str]]:
    return {day: list(spans) for day, spans in sorted(hours.items()) if spans}


def _e164(phone: str | None, country: str) -> str:
    try:
        number = phonenumbers.parse(phone or "", country)
    except phonenumbers.NumberParseException:
        return phone or ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
