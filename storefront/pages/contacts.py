"""How a dealer or the operator is reached: address, phone, opening hours, who answers and how fast."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

import phonenumbers

from seo.schema_org import Seller
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer

from .contexts import Contact, Hours, Place
from .formats import Formats
from .siteview import Face, SiteView

MAPS = "https://www.openstreetmap.org"


def dealer_contact(view: SiteView, face: Face, dealer: Dealer) -> Contact:
    """Give how to reach a dealer; made once per dealer and language."""
    key = (dealer.id, face.lang)
    if key not in view.kept.contacts:
        view.kept.contacts[key] = _contact(view, face, dealer)
    return view.kept.contacts[key]


def _contact(view: SiteView, face: Face, dealer: Dealer) -> Contact:
    return Contact(
        name=dealer.legal_name or dealer.name,
        place=_place(dealer),
        phone=grouped_phone(dealer.phone, dealer.country, home=face is view.default),
        phone_href=f"tel:{dealer.phone}" if dealer.phone else None,
        email=dealer.email,
        hours=opening_hours(dealer.opening_hours, face),
        person=dealer.person,
        answer_time=None if dealer.answer_minutes is None else face.formats.duration(dealer.answer_minutes),
        time_zone=dealer.time_zone,
    )


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
    )


def legal_lines(face: Face, legal: Mapping[str, Any], known: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Give the rows of a legal notice that are known: label and value (SEO.md §18, § 5 DDG)."""
    extra = [
        (key, str(legal[key]) if legal.get(key) else None) for key in ("represented_by", "register_court", "register")
    ]
    extra += [("vat_id", str(legal["vat_id"]) if legal.get("vat_id") else None)] if "vat_id" not in dict(known) else []
    extra += [("authority", str(legal["authority"]) if legal.get("authority") else None)]
    return [(face.t(f"pages.legal.{key}"), text) for key, text in [*known, *extra] if text]


def tenant_lines(view: SiteView, tenant: Tenant) -> list[tuple[str, str | None]]:
    """Give name and address of the operator for its legal notice."""
    legal = tenant.legal
    town = _town(str(legal.get("postal_code") or ""), str(legal.get("city") or ""))
    return [
        ("provider", str(legal.get("name") or tenant.name)),
        ("form", str(legal["form"]) if legal.get("form") else None),
        ("address", ", ".join(part for part in (str(legal.get("street") or ""), town) if part)),
        ("phone", grouped_phone(str(legal.get("phone") or ""), tenant.country, home=False)),
        ("email", str(legal.get("email") or "")),
    ]


def dealer_lines(dealer: Dealer) -> list[tuple[str, str | None]]:
    """Give name and address of a dealer for its legal notice."""
    town = _town(dealer.postal_code, dealer.city)
    return [
        ("provider", dealer.legal_name or dealer.name),
        ("address", ", ".join(part for part in (dealer.street, town) if part)),
        ("phone", grouped_phone(dealer.phone, dealer.country, home=False)),
        ("email", dealer.email),
        ("vat_id", dealer.vat_id),
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
