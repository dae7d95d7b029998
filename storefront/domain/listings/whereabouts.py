"""Where a car stands when that is not its dealer's address: the place of its own postal code (SPEC decisions)."""

from typing import Any

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.places import Found, find_place, place_of
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer, DealerStatus


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


def asked_for(country: str, text: str) -> Found | None:
    """Find the place somebody looks for cars round: from the postal codes that were loaded, else where a dealer is.

    Args:
        country: ISO 3166-1, two letters.
        text: a postal code or the name of a city, as people type it.
    """
    return find_place(country, text) or _of_dealers(country, text)


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
    return Found(rows[0].city, latitude, longitude, code)
