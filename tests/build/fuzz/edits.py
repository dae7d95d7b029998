"""All kinds of edits a business makes: each a function of the ground and its dice that says in words what it did.

None means that there was nothing to edit that way. Edits of themes are in `faces.py`.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.core.money import Money
from storefront.core.places import Place
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import CanonicalPolicy, Dealer, DealerStatus, Plan
from storefront.domain.dealers.team import Member
from storefront.domain.listings import actions as listings
from storefront.domain.listings import photos, tours
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoState, PriceReason, VirtualTour
from storefront.domain.stores import actions as stores
from storefront.domain.stores.models import Store, StorePage
from storefront.domain.valuation import queries as valuations
from storefront.domain.vehicles.models import Vehicle
from storefront.domain.vehicles.vocabulary import BODIES, COLOURS, FEATURES, FUELS, TRANSMISSIONS
from tests.factories import make_listing, make_valuation

from .dice import Dice
from .ground import Ground

Edit = Callable[[Ground, Dice], str | None]
ACTOR = "test"
FEWEST, MOST = 6, 60
"""Cars on offer below which none leaves, and above which none comes, so that worlds neither empty nor grow."""
CITIES = (("Bremen", "28195", 53.08, 8.8), ("Lübeck", "23552", 53.87, 10.69), ("Wien", "1010", 48.21, 16.37))
MAKES = (("Dacia", "Duster"), ("Škoda", "Octavia"), ("Volkswagen", "Golf"), ("BMW", "X1"), ("Fuel", "Body"))


# -- cars -------------------------------------------------------------------------------------------------------------


def price(ground: Ground, dice: Dice) -> str | None:
    """Change a price, up or down."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    if listing is None or listing.price_cents is None:
        return None
    cents = max(100, listing.price_cents * dice.number(70, 125) // 100)
    reason = dice.one(list(PriceReason))
    listings.change_price(listing, cents, reason=reason, now=ground.now, actor=ACTOR)
    return f"{listing.slug} costs {cents / 100:.2f}, {reason.name}"


def price_on_request(ground: Ground, dice: Dice) -> str | None:
    """Take a price away."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    if listing is None:
        return None
    listing.price_cents = None
    listing.touch(ground.now)
    return f"{listing.slug} on request"


def valued(ground: Ground, dice: Dice) -> str | None:
    """Value a car, or take the valuation of one away."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    if listing is None or listing.price_cents is None:
        return None
    row = valuations.rows_of([listing.id]).get(listing.id)
    if row is not None and dice.chance(0.3):
        db.session.delete(row)
        return f"{listing.slug} is worth nobody knows what"
    made = make_valuation(listing, listing.price_cents * dice.number(80, 120) // 100, day=ground.today)
    return f"{listing.slug} is worth {made.market_cents / 100:.2f}, {made.label}"


def text(ground: Ground, dice: Dice) -> str | None:
    """Write another description."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    return _update(ground, listing, {"description": dice.words(40)})


def search_words(ground: Ground, dice: Dice) -> str | None:
    """Write what search engines are told."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    return _update(ground, listing, {dice.one(("seo_title", "seo_description", "seo_keywords")): dice.words(6)})


def presented(ground: Ground, dice: Dice) -> str | None:
    """Feature a car, change its tax or stock number."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    if listing is None:
        return None
    values: list[dict[str, Any]] = [
        {"featured": not listing.featured},
        {"vat": "margin", "vat_rate": None},
        {"vat": "standard", "vat_rate": 190},
        {"negotiable": not listing.negotiable},
        {"stock_number": f"N{dice.number(1, 99999)}"},
    ]
    return _update(ground, listing, dice.one(values))


def sold(ground: Ground, dice: Dice) -> str | None:
    """Sell a car."""
    listing = _listing(dice, ListingStatus.ACTIVE) if _on_offer() > FEWEST else None
    return None if listing is None else listings.mark_sold(listing, now=ground.now, actor=ACTOR).slug


def withdrawn(ground: Ground, dice: Dice) -> str | None:
    """Take an offer back."""
    listing = _listing(dice, ListingStatus.ACTIVE) if _on_offer() > FEWEST else None
    return None if listing is None else listings.withdraw(listing, now=ground.now, actor=ACTOR).slug


def relisted(ground: Ground, dice: Dice) -> str | None:
    """Offer a withdrawn car again."""
    listing = _listing(dice, ListingStatus.WITHDRAWN)
    dealer = None if listing is None else db.session.get_one(Dealer, listing.dealer_id)
    if listing is None or dealer is None or not dealer.is_active:
        return None
    return listings.relist(listing, dealer, now=ground.now, actor=ACTOR).slug


def arrived(ground: Ground, dice: Dice) -> str | None:
    """Offer a new car, with photos of another one."""
    return _arrived(ground, dice, dice.one(MAKES), dice.one(BODIES), dice.one(FUELS), 1)


def three_arrived(ground: Ground, dice: Dice) -> str | None:
    """Offer three cars of one make: a list of their own."""
    return _arrived(ground, dice, dice.one(MAKES), dice.one(BODIES), dice.one(FUELS), 3)


def _arrived(ground: Ground, dice: Dice, car: tuple[str, str], body: str, fuel: str, number: int) -> str | None:
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers() if dealer.is_active)
    if dealer is None or _on_offer() + number > MOST:
        return None
    for counted in range(number):
        listing = make_listing(
            dealer,
            price=Money(dice.number(2_000, 90_000) * 100),
            now=ground.now,
            make=car[0],
            model=car[1],
            body=body,
            fuel=fuel,
            mileage_km=dice.number(0, 200_000),
        )
        listing.public_id = f"fzz{ground.edits:05d}{counted:05d}"
        db.session.flush()
        _photograph(ground, listing, dice)
    return f"{number} {car[0]} {car[1]} at {dealer.slug}"


def _photograph(ground: Ground, listing: Listing, dice: Dice) -> None:
    known = db.session.scalars(select(Photo).where(Photo.state == PhotoState.READY)).all()
    for position in range(dice.number(0, 3)):
        model = dice.pick((f"{position} {photo.content_hash}", photo) for photo in known)
        if model is not None:
            columns = {column.key: getattr(model, column.key) for column in Photo.__table__.columns}
            columns |= {"id": new_id(), "listing_id": listing.id, "dealer_id": listing.dealer_id}
            columns |= {"position": position, "primary": position == 0, "created_at": ground.now}
            db.session.add(Photo(**columns))


FACTS: tuple[Callable[[Dice], dict[str, Any]], ...] = (
    lambda dice: dict(zip(("make", "model"), dice.one(MAKES), strict=True)),
    lambda dice: {"model": dice.one(("Polo", "Golf", "Up & Go", "page-2"))},
    lambda dice: {"version": dice.words(3)},
    lambda dice: {"body": dice.one((*BODIES, None))},
    lambda dice: {"fuel": dice.one((*FUELS, None))},
    lambda dice: {"mileage_km": dice.number(0, 300_000)},
    lambda dice: {"colour": dice.one(COLOURS), "metallic": dice.chance(0.5)},
    lambda dice: {"transmission": dice.one(TRANSMISSIONS), "gears": dice.number(4, 9)},
    lambda dice: {"damaged": dice.chance(0.5), "accident_free": dice.chance(0.5)},
    lambda dice: {"vin": f"WVWZZZ1KZAW{dice.number(0, 999_999):06d}"},
    lambda dice: {"features": dice.some(FEATURES[::9])},
    lambda dice: {"co2_g_km": dice.number(0, 250), "consumption_combined": dice.number(10, 120)},
    lambda dice: {"first_registered": date(2020, 1, 1) + timedelta(days=dice.number(0, 2000))},
    lambda dice: {"previous_owners": dice.number(0, 4), "doors": dice.number(2, 5)},
    lambda dice: {"power_kw": dice.number(40, 400)},
)


def facts(ground: Ground, dice: Dice) -> str | None:
    """Change what a car is."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    return None if listing is None else _facts(ground, listing, dice.one(FACTS)(dice))


def facts_of_the_sold(ground: Ground, dice: Dice) -> str | None:
    """Correct what a sold car was."""
    listing = _listing(dice, ListingStatus.SOLD)
    return None if listing is None else _facts(ground, listing, dice.one(FACTS)(dice))


def _facts(ground: Ground, listing: Listing, values: dict[str, Any]) -> str:
    vehicle = db.session.get_one(Vehicle, listing.vehicle_id)
    listings.update_vehicle(listing, vehicle, values, now=ground.now, actor=ACTOR)
    return f"{listing.slug}: {values}"


def stands_elsewhere(ground: Ground, dice: Dice) -> str | None:
    """Move a car to another postal code."""
    city, code, latitude, longitude = dice.one(CITIES)
    if db.session.scalars(select(Place.id).where(Place.code == code)).first() is None:
        db.session.add(Place(country="DE", code=code, name=city, latitude=latitude, longitude=longitude))
        db.session.flush()
    return _update(ground, _listing(dice, ListingStatus.ACTIVE), {"postal_code": dice.one((code, None))})


def counted(ground: Ground, dice: Dice) -> str | None:
    """Count visitors, which no page shows."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    if listing is None:
        return None
    listing.view_count += dice.number(1, 99)
    return listing.slug


# -- photos -----------------------------------------------------------------------------------------------------------


def photo_order(ground: Ground, dice: Dice) -> str | None:
    """Put a car's photos in another order."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    own = [] if listing is None else _photos(listing)
    for place, photo in enumerate(dice.some(own, len(own))):
        photo.position, photo.primary = place, place == 0
    return listing.slug if listing is not None and len(own) > 1 else None


def photo_gone(ground: Ground, dice: Dice) -> str | None:
    """Lose a photo, wherever it is shown."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    own = [] if listing is None else _photos(listing)
    photo = dice.pick((photo.content_hash or "", photo) for photo in own)
    if photo is None or not photo.content_hash:
        return None
    return f"{photos.fail_unreadable([photo.content_hash], 'broken')} photos"


def photo_focused(ground: Ground, dice: Dice) -> str | None:
    """Let the crops of a photo look elsewhere; two places only, for each is decoded."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    photo = dice.pick((photo.content_hash or "", photo) for photo in ([] if listing is None else _photos(listing)))
    if photo is None:
        return None
    x, y = dice.one(((30, 60), (70, 40), (None, None)))
    photos.set_focus(photo.id, x, y, now=ground.now, actor=ACTOR)
    return f"{x} {y}"


def toured(ground: Ground, dice: Dice) -> str | None:
    """Show a tour of a car, hide it, or take it away."""
    listing = _listing(dice, ListingStatus.ACTIVE)
    if listing is None:
        return None
    own = db.session.scalars(select(VirtualTour).where(VirtualTour.listing_id == listing.id)).all()
    if not own:
        tours.add_tour(listing, tours.elsewhere("https://tours.example.org/1"), now=ground.now, actor=ACTOR)
    elif dice.chance(0.5):
        tours.remove_tour(own[0], now=ground.now, actor=ACTOR)
    else:
        tours.set_active(own[0], not own[0].active, now=ground.now, actor=ACTOR)
    return listing.slug


# -- dealers ----------------------------------------------------------------------------------------------------------


def dealer_told(ground: Ground, dice: Dice) -> str | None:
    """Change what a dealer says of itself."""
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers())
    if dealer is None:
        return None
    city, code, latitude, longitude = dice.one(CITIES)
    values: list[dict[str, Any]] = [
        {"name": f"Autohaus {dice.words(2)}"[:60]},
        {"city": city, "postal_code": code, "latitude": latitude, "longitude": longitude},
        {"street": f"Weg {dice.number(1, 99)}"},
        {"phone": f"0421 {dice.number(1_000_000, 9_999_999)}"},
        {"email": f"post{dice.number(1, 99)}@dealer.example"},
        {"person": dice.one(("Jette Brandt", "Malte Öz", None)), "answer_minutes": dice.one((None, 30, 120))},
        {"opening_hours": {str(day): ["09:00-18:00"] for day in dice.some(range(1, 8))}},
        {"about": {lang: dice.words(30) for lang in dice.some(("de", "en"))}},
        {"trust": {"de": [[str(dice.number(1, 99)), dice.words(2)[:40]]]}},
        {"vat_id": f"DE{dice.number(100_000_000, 999_999_999)}"},
        {"legal": {"represented_by": dice.words(2), "register": f"HRB {dice.number(1, 9999)}"}},
    ]
    chosen = dice.one(values)
    dealers.update_dealer(dealer, chosen, now=ground.now, actor=ACTOR)
    ground.placing.add(dealer.id)
    return f"{dealer.slug}: {chosen}"


def team(ground: Ground, dice: Dice) -> str | None:
    """Say who works for a dealer."""
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers())
    people = [
        Member(name, consent=True, languages=("de",)) for name in dice.some(("Jette Brandt", "Malte Öz", "Ada L."))
    ]
    return None if dealer is None else dealers.set_team(dealer, people, now=ground.now, actor=ACTOR).slug


def questions(ground: Ground, dice: Dice) -> str | None:
    """Say what a dealer answers."""
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers())
    asked = {lang: [(f"{dice.words(3)}?", dice.words(9))] for lang in dice.some(("de", "en"))}
    return None if dealer is None else dealers.set_faq(dealer, asked, now=ground.now, actor=ACTOR).slug


def suspended(ground: Ground, dice: Dice) -> str | None:
    """Suspend a dealer, while another one is active."""
    active = [dealer for dealer in _dealers() if dealer.is_active]
    dealer = dice.pick((dealer.slug, dealer) for dealer in active) if len(active) > 1 else None
    return None if dealer is None else _status(ground, dealer, DealerStatus.SUSPENDED)


def reopened(ground: Ground, dice: Dice) -> str | None:
    """Let a suspended dealer back."""
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers() if not dealer.is_active)
    return None if dealer is None else _status(ground, dealer, DealerStatus.ACTIVE)


def _status(ground: Ground, dealer: Dealer, status: DealerStatus) -> str:
    dealers.set_status(dealer, status, now=ground.now, actor=ACTOR, reason="test")
    ground.placing.add(dealer.id)
    return f"{dealer.slug} {status.name}"


def plan(ground: Ground, dice: Dice) -> str | None:
    """Change a dealer's plan: it leaves the marketplace or comes to it."""
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers())
    if dealer is None:
        return None
    wanted = Plan.INDIVIDUAL if dealer.plan is Plan.PREMIUM else Plan.PREMIUM
    dealers.set_plan(dealer, wanted, now=ground.now, today=ground.today, actor=ACTOR, reason="test")
    ground.placing.add(dealer.id)
    return f"{dealer.slug} {wanted.name}"


def canonical(ground: Ground, dice: Dice) -> str | None:
    """Choose where a dealer's cars have their one address."""
    dealer = dice.pick((dealer.slug, dealer) for dealer in _dealers())
    if dealer is None:
        return None
    mine = dealer.canonical_policy is CanonicalPolicy.DEALER
    dealer.canonical_policy = CanonicalPolicy.MARKETPLACE if mine else CanonicalPolicy.DEALER
    return f"{dealer.slug} {dealer.canonical_policy}"


def placed(ground: Ground, dice: Dice) -> str | None:
    """Let the job run that brings cars into the lists of their dealer's plan, status and place."""
    if not ground.placing:
        return None
    for dealer in _dealers():
        if dealer.id in ground.placing:
            listings.place_dealer(dealer)
    ground.placing.clear()
    return "placed"


# -- stores -----------------------------------------------------------------------------------------------------------


def page_written(ground: Ground, dice: Dice) -> str | None:
    """Write a page, or write it anew."""
    store = _store(dice)
    langs = [lang for lang in store.languages if dice.chance(0.7)] or store.languages[:1]
    slug = dice.one(("garantie", "finanzierung"))
    titles = {lang: f"{slug.title()} {dice.one(('', 'neu', 'plus'))}".strip() for lang in langs}
    bodies = {lang: dice.words(30) for lang in langs}
    stores.write_page(
        store, stores.Written(slug, titles, bodies, in_menu=dice.chance(0.5)), now=ground.now, actor=ACTOR
    )
    return f"{store.host} {slug} {langs}"


def page_moved(ground: Ground, dice: Dice) -> str | None:
    """Take a page away, or put the pages in another order."""
    page = dice.pick((page.slug, page) for page in db.session.scalars(select(StorePage)))
    if page is None:
        return None
    store = db.session.get_one(Store, page.store_id)
    if dice.chance(0.5):
        stores.remove_page(store, page.slug, now=ground.now, actor=ACTOR)
        return f"{store.host} {page.slug} gone"
    stores.order_pages(store, [page.slug], now=ground.now, actor=ACTOR)
    return f"{store.host} {page.slug} first"


def switched(ground: Ground, dice: Dice) -> str | None:
    """Switch a dealer's site off, or on again."""
    hidden = [store for store in _stores() if not store.active]
    store = hidden[0] if hidden else dice.pick((s.host, s) for s in _stores() if not s.is_marketplace)
    if store is None:
        return None
    stores.switch(store, not store.active, now=ground.now, actor=ACTOR)
    return f"{store.host} {'on' if store.active else 'off'}"


def languages(ground: Ground, dice: Dice) -> str | None:
    """Let a site speak other languages, or another one first."""
    store = _store(dice)
    pages = db.session.scalars(select(StorePage).where(StorePage.store_id == store.id)).all()
    store.languages = dice.one([["de", "en"], ["en", "de"], ["de"]] if not pages else [["de", "en"], ["en", "de"]])
    return f"{store.host} {store.languages}"


CONFIG: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("ai_crawlers", (True, False)),
    ("seo.price_range", ("€€", "€€€", None)),
    ("seo.strict_noindex", (True, False)),
    ("seo.publish_vin", (True, False)),
    ("seo.vehicle_title", ("{make} {model} kaufen", None)),
    ("seo.vehicle_description", ("{make} {model} bei {dealer}", None)),
    ("something.else", (1, 2, 3)),
)


def configured(ground: Ground, dice: Dice) -> str | None:
    """Set a value of a store's configuration."""
    store, (key, values) = _store(dice), dice.one(CONFIG)
    value = dice.one(values)
    stores.configure(store, key, value, now=ground.now, actor=ACTOR)
    return f"{store.host} {key}={value!r}"


def feeds(ground: Ground, dice: Dice) -> str | None:
    """Give a site feeds, other addresses for them, or none."""
    store = _store(dice)
    if store.feed_token and dice.chance(0.5):
        stores.drop_feed_token(store, now=ground.now, actor=ACTOR)
        return f"{store.host} without feeds"
    stores.renew_feed_token(store, now=ground.now, actor=ACTOR)
    return f"{store.host} with feeds"


def domain(ground: Ground, dice: Dice) -> str | None:
    """Give a dealer's site a domain of its own, or take it away."""
    store = dice.pick((store.host, store) for store in _stores() if not store.is_marketplace)
    if store is None:
        return None
    wanted = None if store.custom_domain else f"{store.host.partition('.')[0]}-{dice.number(1, 9)}.example"
    stores.set_custom_domain(store, wanted, now=ground.now, actor=ACTOR)
    return f"{store.host} → {wanted}"


def store_named(ground: Ground, dice: Dice) -> str | None:
    """Name a site."""
    store = _store(dice)
    store.name = f"{dice.words(2)} {dice.number(1, 99)}"[:50]
    return f"{store.host} {store.name}"


def operator_told(ground: Ground, dice: Dice) -> str | None:
    """Change the operator's name or legal notice."""
    tenant = db.session.scalars(select(Tenant)).one()
    if dice.chance(0.3):
        tenant.name = f"Marketplace {dice.number(1, 99)}"
        return tenant.name
    tenant.legal = {**tenant.legal, "represented_by": dice.words(2), "phone": f"+4940{dice.number(100_000, 999_999)}"}
    return "legal notice"


def days_passed(ground: Ground, dice: Dice) -> str | None:
    """Let days pass."""
    ground.today += timedelta(days=dice.number(1, 40) if dice.chance(0.5) else dice.number(1, 4))
    return ground.today.isoformat()


# -- who there is -----------------------------------------------------------------------------------------------------


def _update(ground: Ground, listing: Listing | None, values: dict[str, Any]) -> str | None:
    if listing is None:
        return None
    listings.update_listing(listing, values, now=ground.now, actor=ACTOR)
    return f"{listing.slug}: {values}"


def _listing(dice: Dice, status: ListingStatus) -> Listing | None:
    found = db.session.scalars(select(Listing).where(Listing.status == status))
    return dice.pick((listing.public_id, listing) for listing in found)


def _on_offer() -> int:
    return len(db.session.scalars(select(Listing.id).where(Listing.status == ListingStatus.ACTIVE)).all())


def _photos(listing: Listing) -> list[Photo]:
    ready = (Photo.listing_id == listing.id, Photo.state == PhotoState.READY)
    return list(db.session.scalars(select(Photo).where(*ready).order_by(Photo.position)))


def _dealers() -> list[Dealer]:
    return list(db.session.scalars(select(Dealer).order_by(Dealer.slug)))


def _stores() -> Iterator[Store]:
    yield from db.session.scalars(select(Store).order_by(Store.host))


def _store(dice: Dice) -> Store:
    store = dice.pick((store.host, store) for store in _stores())
    assert store is not None
    return store


__all__ = ["EDITS", "Edit"]
EDITS: tuple[tuple[Edit, int], ...] = (
    (price, 8), (price_on_request, 1), (text, 3), (search_words, 2), (presented, 3), (sold, 5), (withdrawn, 3),
    (relisted, 3), (arrived, 6), (three_arrived, 2), (facts, 8), (facts_of_the_sold, 1), (stands_elsewhere, 3),
    (counted, 1), (photo_order, 4), (photo_gone, 2), (photo_focused, 1), (toured, 1), (dealer_told, 6), (team, 2),
    (questions, 2), (suspended, 2), (reopened, 3), (plan, 2), (canonical, 1), (placed, 6), (page_written, 3),
    (page_moved, 2), (switched, 2), (languages, 2), (configured, 3), (feeds, 2), (domain, 1), (store_named, 1),
    (operator_told, 1), (days_passed, 8), (valued, 6),
)  # fmt: skip
"""Every kind with its weight."""
