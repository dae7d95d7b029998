"""Where a car stands when that is not its dealer's address: the place of its own postal code (SPEC decisions)."""

import re
from collections.abc import Iterable
from typing import Any

from babel import Locale
from sqlalchemy import select

from storefront.core.db import db
from storefront.core.places import Found, countries, find_place, is_elsewhere, place_of
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer, DealerStatus

_BEFORE = re.compile(r"\s*([A-Za-z]{2})[- ]\s*(\d.*)")
_BEHIND = re.compile(r"([^,()]+)[,(]([^,()]+)\)?\s*")
"""A country before a postal code, and behind a place."""


def whereabouts(country: str, code: str | None) -> dict[str, Any]:
    """Give the columns of a listing that follow from its own postal code.

    Args:
        country: where the code is from, ISO 3166-1; the dealer's if nobody says.
        code: the postal code; None or an unknown one leaves the car at its dealer's.

    Returns:
        `city`, `country`, and `latitude` and `longitude` in degrees; all None when unknown.
    """
    found = place_of(country, code)
    if found is None:
        return dict.fromkeys(("city", "country", "latitude", "longitude"))
    return {"city": found[0], "country": country.upper(), "latitude": found[1], "longitude": found[2]}


def asked_for(home: str, text: str, languages: Iterable[str] = ()) -> Found | None:
    """Find the place somebody looks for cars round: from the postal codes that were loaded, else where a dealer is.

    The site's own country is meant first, then those where dealers are, then every other that is known. Who means
    another one says so: `1010 AT`, `CH-1700`, `Wien, Österreich`.

    Args:
        home: ISO 3166-1, where a place is looked for first.
        text: a postal code or the name of a city, as people type it.
        languages: in which a country may be named.
    """
    known = _countries(home)
    country, place = _country_said(text, known, languages)
    for one in (country,) if country else known:
        found = find_place(one, place) or _of_dealers(one, place)
        if found is not None:
            return found._replace(is_ambiguous=is_elsewhere(found))
    return None


def _countries(home: str) -> tuple[str, ...]:
    """Give the countries to look in, in order: the site's own, those of the open scope's dealers, all others."""
    reading = select(Dealer.country).where(Dealer.status == DealerStatus.ACTIVE).distinct().order_by(Dealer.country)
    return tuple(dict.fromkeys((home.upper(), *db.session.scalars(reading), *countries())))


def _country_said(text: str, known: Iterable[str], languages: Iterable[str]) -> tuple[str | None, str]:
    """Take the country off a place: `CH-1700`, `Wien, AT`, `Wien (Österreich)`; None where none is said."""
    before, behind = _BEFORE.fullmatch(text), _BEHIND.fullmatch(text)
    if before is not None and before[1].upper() in known:
        return before[1].upper(), before[2]
    if behind is None:
        return None, text
    said = slug(behind[2], fallback="")
    for country in known:
        names = (Locale.parse(language).territories.get(country, "") for language in languages)
        if said in (country.lower(), *(slug(name) for name in names if name)):
            return country, behind[1]
    return None, text


def _of_dealers(country: str, text: str) -> Found | None:
    """Find a place by the addresses of the open scope's dealers: an installation may have no postal codes loaded."""
    reading = select(Dealer.city, Dealer.postal_code, Dealer.latitude, Dealer.longitude).where(
        Dealer.status == DealerStatus.ACTIVE,
        Dealer.country == country.upper(),
        Dealer.latitude.is_not(None),
        Dealer.longitude.is_not(None),
    )
    words = text.replace(",", " ").split()
    code, name = words[0] if words and words[0].isdigit() else "", slug(text, fallback="")
    rows = [
        row
        for row in db.session.execute(reading.order_by(Dealer.id))
        if (row.postal_code == code if code else bool(name) and slug(row.city, fallback="") == name)
    ]
    if not rows:
        return None
    latitude = sum(row.latitude or 0.0 for row in rows) / len(rows)
    longitude = sum(row.longitude or 0.0 for row in rows) / len(rows)
    return Found(rows[0].city, latitude, longitude, code, country.upper())
