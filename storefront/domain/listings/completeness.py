"""How complete an offer is: what buyers ask for, weighed, and what is still missing (BRIEF, admin editor)."""

from collections.abc import Collection
from dataclasses import dataclass

from storefront.domain.vehicles.models import Vehicle

from .models import PhotoKind

MANY_PHOTOS, SOME_PHOTOS = 12, 6
LONG_TEXT = 200
MANY_FEATURES = 8
WEIGHTS = {
    "photos": 14,
    "more_photos": 8,
    "interior_photos": 6,
    "price": 10,
    "text": 8,
    "features": 8,
    "first_registered": 7,
    "mileage_km": 7,
    "power_kw": 5,
    "fuel": 4,
    "transmission": 4,
    "body": 3,
    "colour": 3,
    "doors": 2,
    "vin": 3,
    "previous_owners": 3,
    "inspection_until": 3,
    "consumption": 2,
}
"""What counts how much; all together 100."""


@dataclass(frozen=True, slots=True)
class Score:
    """How complete an offer is."""

    points: int
    """0 to 100."""
    missing: tuple[tuple[str, int], ...]
    """What is missing (codes of WEIGHTS) with what it would add, most first."""


def score(car: Vehicle, price_cents: int | None, description: str, photos: Collection[PhotoKind]) -> Score:
    """Weigh an offer.

    Args:
        car: what is known of it.
        price_cents: None on request.
        description: its text.
        photos: kinds of the photos that can be shown.
    """
    new = car.condition == "new"
    has = {
        "photos": len(photos) >= SOME_PHOTOS,
        "more_photos": len(photos) >= MANY_PHOTOS,
        "interior_photos": PhotoKind.INTERIOR in photos,
        "price": price_cents is not None,
        "text": len(description) >= LONG_TEXT,
        "features": len(car.features) + len(car.features_other) >= MANY_FEATURES,
        "first_registered": car.first_registered is not None or new,
        "mileage_km": car.mileage_km is not None,
        "power_kw": car.power_kw is not None,
        "fuel": car.fuel is not None,
        "transmission": car.transmission is not None,
        "body": car.body is not None,
        "colour": car.colour is not None,
        "doors": car.doors is not None,
        "vin": car.vin is not None,
        "previous_owners": car.previous_owners is not None or new,
        "inspection_until": car.inspection_until is not None or new,
        "consumption": car.consumption_combined is not None or car.consumption_electric is not None,
    }
    missing = sorted(((name, WEIGHTS[name]) for name, is_there in has.items() if not is_there), key=lambda one: -one[1])
    return Score(100 - sum(points for _, points in missing), tuple(missing))
