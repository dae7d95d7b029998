"""A4: 2,000 listings with 20 photos each for one dealer: every admin page under 300 ms, its statements counted.

The town of the walls' tests (one of everything a route may name) stands on the small world; North Cars then gets the
stock. Every page that is read by a link is opened with few cars and with all of them, by the owner and by the
operator; then 2,000 prices are looked at, changed and taken back.
"""

import statistics
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import event, select

from storefront.core import clock, config
from storefront.core.acts import perform
from storefront.core.changes import insert_many
from storefront.core.db import db
from storefront.core.ids import new_id, new_public_id
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_small_world
from storefront.domain.accounts.models import AuditEntry, Role
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.actions import Offer, listing_values
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState, PriceChange, PriceReason
from storefront.domain.vehicles.models import Vehicle
from tests.conftest import SECRET
from tests.integration.admin_desk import Desk, desk_of, open_admin
from tests.integration.admin_matrix import Town, build_town, is_unsafe, path_of, rules
from tests.integration.admin_routes import ROUTES
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof
from tools.prove.small_world import bound

CARS, PHOTOS, FEW = 2000, 20, 150
MOST_MS = 300.0
MOST_STATEMENTS = 40
"""Of a page; an act on 2,000 cars reads and writes them in slices of a few hundred."""
MOST_OF_A_DRAFT = 70
"""Of the theme studio, which draws pages of the site: each reads what its publication reads."""
MOST_OF_AN_ACT_MS = 6000.0
ROUNDS = 3
MODELS = (("Volkswagen", "Golf"), ("BMW", "320d"), ("Audi", "A4"), ("Opel", "Astra"), ("Škoda", "Octavia"))
PRICES = {"act": "price", "all": "1", "direction": "down", "step": "percent", "by": "3", "rounding": "ten"}


def prove(proof: Proof, *, quick: bool) -> None:
    """Measure every page with few cars and with many, then acts on all of them."""
    cars = 300 if quick else CARS
    with fresh_instance() as folder:
        settings = config.load({}, marketplace_instance=folder, secret_key=SECRET)
        with bound(settings), everywhere():
            world = found_small_world(clock.now(), settings=settings, cars=6)
            with acting(world.tenant_id):
                town = build_town(world.load())
                _stock(world.north_id, FEW)
            app = open_admin(settings)
            before = _walked(app, town)
            with acting(world.tenant_id):
                _stock(world.north_id, cars - FEW)
            after = _walked(app, town)
            _judge(proof, before, after, cars)
            _acts(proof, app, town, cars)


Walk = dict[str, tuple[float, int]]
"""Page and who reads it → milliseconds of processor, statements."""


def _walked(app: Flask, town: Town) -> Walk:
    found: Walk = {}
    for role in (Role.DEALER_OWNER, Role.SYSTEM_ADMIN):
        desk = desk_of(app, town.people[role])
        for rule in rules(app):
            who = ROUTES[rule.endpoint].who
            if is_unsafe(rule) or None in who or role not in who:
                continue
            path = path_of(app, rule, town.mine)
            wanted = ROUTES[rule.endpoint].answers
            answers = (200,) if wanted == (303,) else wanted
            found[f"{path} ({role.name.lower()})"] = _cost(_reading(desk, path, answers))
        for query in ("?q=golf&sort=price", "?state=few_photos", "?state=old", "?page=5", "?make=bmw&sort=dearest"):
            path = f"/admin/listings/{query}"
            found[f"{path} ({role.name.lower()})"] = _cost(_reading(desk, path, (200,)))
    return found


def _reading(desk: Desk, path: str, answers: Collection[int]) -> Callable[[], None]:
    def read() -> None:
        answer = desk.get(path)
        answer.close()
        if answer.status_code not in answers:
            raise AssertionError(f"{path} answered {answer.status_code}")

    return read


def _cost(use: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, int]:
    """Use a page a few times: median of processor milliseconds, statements of the last time."""
    use()
    spent, statements = [], 0
    for _ in range(rounds):
        with _counted() as seen:
            began = time.process_time()
            use()
            spent.append(1000 * (time.process_time() - began))
        statements = len(seen)
    return statistics.median(spent), statements


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _judge(proof: Proof, before: Walk, after: Walk, cars: int) -> None:
    slow = {page: ms for page, (ms, _) in after.items() if ms >= MOST_MS}
    most_of = {page: MOST_OF_A_DRAFT if "/studio/" in page else MOST_STATEMENTS for page in after}
    many = {page: n for page, (_, n) in after.items() if n > most_of[page]}
    grown = {page: (before[page][1], n) for page, (_, n) in after.items() if n > before[page][1]}
    worst = max(after, key=lambda page: after[page][0])
    most = max(after, key=lambda page: after[page][1])
    proof.hold(
        f"{len(after)} pages over {cars} cars with {PHOTOS} photos, the slowest {after[worst][0]:.0f} ms ({worst})",
        not slow,
        f"slow: {', '.join(f'{page} {ms:.0f} ms' for page, ms in sorted(slow.items(), key=lambda one: -one[1])[:8])}",
    )
    proof.hold(f"at most {after[most][1]} statements ({most})", not many, f"many statements: {many}")
    proof.hold(f"none asks more than with {FEW} cars", not grown, f"more statements than with {FEW} cars: {grown}")


def _acts(proof: Proof, app: Flask, town: Town, cars: int) -> None:
    """Look at all prices, change them, and take that back; each is one entry of the trail."""
    desk = desk_of(app, town.people[Role.DEALER_OWNER])
    form = {**PRICES, "reason": "promotion", "state": "active"}
    look, statements = _cost(lambda: desk.post("/admin/stock/preview", form), 1)
    proof.hold(
        f"a look at {cars} new prices {look:.0f} ms, {statements} statements", look < 3 * MOST_MS, f"look {look:.0f} ms"
    )
    tenant, entries = town.tenant_id, _entries(town.tenant_id)
    spent = _once(lambda: _expect_303(desk, "/admin/stock/", form))
    proof.hold(f"{cars} prices changed in {spent:.0f} ms", spent < MOST_OF_AN_ACT_MS, f"{cars} prices {spent:.0f} ms")
    with acting(tenant):
        last = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "reprice_many")).one()
        entry_id, changed = last.id, len(last.after)
    proof.hold(
        f"{changed} in one entry", changed >= cars - 10 and _entries(tenant) == entries + 1, f"{changed} changed"
    )
    spent = _once(lambda: _expect_303(desk, f"/admin/listings/undo/{entry_id}", {}))
    proof.hold(f"taken back in {spent:.0f} ms", spent < MOST_OF_AN_ACT_MS, f"taken back in {spent:.0f} ms")


def _expect_303(desk: Desk, path: str, form: dict[str, str]) -> None:
    answer = desk.post(path, form)
    if answer.status_code != 303:
        raise AssertionError(f"{path} answered {answer.status_code}")


def _once(use: Callable[[], object]) -> float:
    began = time.process_time()
    use()
    return 1000 * (time.process_time() - began)


def _entries(tenant_id: UUID) -> int:
    with acting(tenant_id):
        return len(db.session.scalars(select(AuditEntry.id)).all())


def _stock(dealer_id: UUID, cars: int) -> None:
    """Give a dealer so many cars, each with photos and two prices."""

    def write() -> None:
        dealer = db.session.get_one(Dealer, dealer_id)
        for start in range(0, cars, 250):
            _write(dealer, min(250, cars - start))

    perform(write).unwrap()


def _write(dealer: Dealer, cars: int) -> None:
    now = clock.now()
    vehicles, listings, prices, photos = [], [], [], []
    for number in range(cars):
        make, model = MODELS[number % len(MODELS)]
        listed = now - timedelta(days=number % 150, minutes=number)
        car = _vehicle(dealer, make, model, number, now)
        offer = Offer(9_000_00 + 10_00 * number, vat="margin", description="Gepflegt. " * 30)
        row = {"id": new_id(), **listing_values(dealer, Vehicle(**car), offer, now), "listed_at": listed}
        row |= {"public_id": (public := new_public_id()), "source_id": public}
        vehicles.append(car)
        listings.append(row)
        prices += _prices(row, listed)
        photos += _photos(row, now)
    insert_many(Vehicle, vehicles)
    insert_many(Listing, listings)
    insert_many(PriceChange, prices)
    insert_many(Photo, photos)


def _vehicle(dealer: Dealer, make: str, model: str, number: int, now: object) -> dict[str, object]:
    return {
        "id": new_id(),
        "dealer_id": dealer.id,
        "make": make,
        "make_slug": make.lower().replace("š", "s"),
        "model": model,
        "model_slug": model.lower(),
        "version": f"2.0 TDI Line {number % 7}",
        "year": 2018 + number % 7,
        "body": "estate",
        "fuel": "diesel",
        "transmission": "automatic",
        "power_kw": 110,
        "mileage_km": 1_000 * (number % 180),
        "features": ["abs", "esp", "navigation", "carplay", "cruise_control", "heated_seats"],
        "created_at": now,
        "updated_at": now,
    }


def _prices(row: dict[str, object], listed: object) -> list[dict[str, object]]:
    own = {"dealer_id": row["dealer_id"], "listing_id": row["id"], "currency": "EUR", "actor": "command"}
    own |= {"reason": PriceReason.MARKET_ADJUSTMENT, "notes": None}
    was: int = row["price_cents"] + 500_00  # type: ignore[operator]
    return [
        {**own, "id": new_id(), "old_cents": None, "new_cents": was, "at": listed},
        {**own, "id": new_id(), "old_cents": was, "new_cents": row["price_cents"], "at": listed},
    ]


def _photos(row: dict[str, object], now: object) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(),
            "dealer_id": row["dealer_id"],
            "listing_id": row["id"],
            "position": place,
            "primary": place == 0,
            "kind": PhotoKind.INTERIOR if place > 12 else PhotoKind.EXTERIOR,
            "state": PhotoState.READY,
            "content_hash": f"{row['id'].hex}{place:032x}",  # type: ignore[attr-defined]
            "width": 1600,
            "height": 1200,
            "created_at": now,
        }
        for place in range(PHOTOS)
    ]
