"""Where a car stands when that is not its dealer's address: the place of its own postal code (SPEC decisions)."""

from typing import Any

from storefront.core.places import place_of


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
