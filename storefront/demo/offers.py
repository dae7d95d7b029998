"""A car of the demo goes on offer: the vehicle, its price history, its photos, its tours, its end."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image

from storefront.core.db import db
from storefront.core.ids import public_id_of
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.actions import Offer, change_price, create_listing, mark_sold
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState, PriceReason
from storefront.domain.listings.photo_store import PhotoStore
from storefront.domain.vehicles.models import Vehicle
from storefront.domain.vehicles.vocabulary import in_order

from . import pool, tours
from .dealers import ACTOR, DemoDealer
from .stock import DemoCar

_KINDS = {
    "exterior": PhotoKind.EXTERIOR,
    "interior": PhotoKind.INTERIOR,
    "engine": PhotoKind.ENGINE,
    "detail": PhotoKind.DETAIL,
}
_FOCUS = {"front_three_quarter": (45, 62), "side": (50, 62), "interior": (38, 55)}
"""Where crops look, in percent: at the nose, the sill, the wheel."""
_PIECES = 7
"""Close-ups cut from each picture of a car that shows forty."""
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))


def offer(
    dealer: Dealer, known: DemoDealer, car: DemoCar, name: str, number: int, now: datetime, store: PhotoStore
) -> Listing:
    """Put a car on offer as it came in, day by day, until now.

    Args:
        dealer: whose.
        known: what the demo knows of the dealer.
        car: what it is.
        name: unique in the world; ids come from it.
        number: its place in the dealer's stock, from 0.
        now: when the world is founded, aware UTC.
        store: where photos are kept.
    """
    since = now - car.age_on_lot
    listing = create_listing(dealer, _vehicle(dealer, car, name, since), _said(dealer, known, car, name, number),
                             now=since, actor=ACTOR)  # fmt: skip
    _photograph(listing, car, number, since, store)
    for kind in car.tours:
        tours.add(listing, kind, store, now=since)
    for days, cents in car.history[1:]:
        change_price(listing, cents, reason=PriceReason.MARKET_ADJUSTMENT, now=now - timedelta(days=days), actor=ACTOR)
    if car.sold is not None:
        mark_sold(listing, now=now - car.sold, actor=ACTOR)
    return listing


def _said(dealer: Dealer, known: DemoDealer, car: DemoCar, name: str, number: int) -> Offer:
    away = known.elsewhere if known.elsewhere and number % known.elsewhere.every == known.elsewhere.every - 1 else None
    return Offer(
        price_cents=car.history[0][1] if car.history else None,
        vat=car.vat,
        vat_rate=190 if car.vat == "standard" else None,
        description=car.description,
        featured=car.featured,
        stock_number=f"{''.join(word[0] for word in dealer.name.split()[:2]).upper()}-{1000 + number}".replace("&", ""),
        postal_code=None if away is None else away.postal_code,
        extra={"id": uuid_of(name), "public_id": public_id(name)},
    )


def _vehicle(dealer: Dealer, car: DemoCar, name: str, since: datetime) -> Vehicle:
    values = {**car.vehicle, "features": list(in_order(car.vehicle["features"]))}
    vehicle = Vehicle(
        id=uuid_of(f"vehicle {name}"),
        dealer_id=dealer.id,
        vin=vin(name),
        make_slug=slug(values["make"]),
        model_slug=slug(values["model"]),
        acquired_on=since.date() - timedelta(days=6),
        created_at=since,
        updated_at=since,
        **values,
    )
    db.session.add(vehicle)
    db.session.flush()
    return vehicle


def _photograph(listing: Listing, car: DemoCar, number: int, since: datetime, store: PhotoStore) -> None:
    """Give a car the pictures of its look; every eleventh car made by number is new and has none yet."""
    if car.shots == "none" or (car.look is None and number % 11 == 7):
        return
    looks = [pool.look_of(car.look)] if car.look else pool.everyday(car.body, car.colour)
    look = looks[number % len(looks)]
    for position, (view, kind, content, width, height) in enumerate(_pictures(look, car.shots)):
        focus_x, focus_y = _FOCUS.get(view, (None, None))
        db.session.add(
            Photo(
                id=uuid_of(f"photo {listing.id} {position}"),
                dealer_id=listing.dealer_id,
                listing_id=listing.id,
                position=position,
                primary=position == 0,
                kind=_KINDS[kind],
                state=PhotoState.READY,
                content_hash=store.put(content),
                width=width,
                height=height,
                focus_x=focus_x,
                focus_y=focus_y,
                caption=_CAPTIONS.get(view) if car.look else None,
                created_at=since,
            )
        )


def _pictures(look: pool.Look, shots: str) -> Iterator[tuple[str, str, bytes, int, int]]:
    """Give view, kind, file and size of a car's photos: those of the pool, and close-ups cut from them for forty."""
    for shot in look.shots[: 1 if shots == "one" else None]:
        yield shot.view, shot.kind, shot.content(), shot.width, shot.height
    if shots == "forty":
        left = 40 - len(look.shots)
        for shot in look.shots:
            for piece in range(min(_PIECES, left)):
                yield f"{shot.view} piece", "interior" if shot.kind == "interior" else "detail", *_cut(shot, piece)
            left -= min(_PIECES, left)


def _cut(shot: pool.Shot, piece: int) -> tuple[bytes, int, int]:
    """Cut a close-up of half the width from the lower two thirds of a picture."""
    width, height = shot.width // 2, shot.height // 2
    left = (shot.width - width) * (piece % 4) // 3
    top = (shot.height - height) * (3 + 2 * (piece // 4)) // 7
    out = io.BytesIO()
    with Image.open(io.BytesIO(shot.content())) as picture:
        picture.convert("RGB").crop((left, top, left + width, top + height)).save(out, "WEBP", quality=80, method=2)
    return out.getvalue(), width, height


def vin(name: str) -> str:
    """Give an invented vehicle identification number of 17 signs with its check digit (ISO 3779)."""
    serial = int.from_bytes(sha256(f"vin {name}".encode()).digest()[:8], "big") % 1_000_000
    blank = f"DEMAUT000T0{serial:06d}"
    total = sum(
        weight * (int(sign) if sign.isdigit() else _VIN_VALUES[sign])
        for weight, sign in zip(_VIN_WEIGHTS, blank, strict=True)
    )
    check = total % 11
    return f"{blank[:8]}{'X' if check == 10 else check}{blank[9:]}"


def uuid_of(name: str) -> UUID:
    """Give the id of a named thing of the demo, the same every time."""
    return uuid5(NAMESPACE_URL, f"https://marketplace-auto.example/demo/{name}")


def public_id(name: str) -> str:
    """Give the public id of a named thing of the demo, the same every time."""
    return public_id_of(int.from_bytes(sha256(f"demo {name}".encode()).digest()[:9], "big"))


_CAPTIONS = {
    "front_three_quarter": "Abends um sieben, Halle 2",
    "rear": "Alle Leuchten geprüft",
    "interior": "Innenraum, so wie er kam",
    "wheel_detail": "Felge vorn links, ohne Bordsteinspuren",
}
