"""What happens to the catalogue in the product's database: it is taken in, a price changes, a car is sold or comes."""

import random
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.changes import insert_many
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import found_tenant
from storefront.domain.stores.actions import create_store

from .catalogue import SIMILAR, Car, Catalogue, Dealer, one_car, read
from .ours import HOST
from .tables import BenchCar, BenchDealer, BenchModel

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def load(folder: Path, instance: Path) -> None:
    """Found an installation and take a catalogue in."""
    from storefront.migrations import runner

    runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    runner.upgrade(db.engine)
    BenchModel.metadata.create_all(db.engine)
    with everywhere():
        tenant = perform(found_tenant, "bench", "Cars of Europe", now=NOW, languages=("en",)).unwrap()
        tenant_id = tenant.id
    with acting(tenant_id):
        words = ["en"]
        perform(create_store, "Cars of Europe", HOST, dealer_id=None, theme="market", languages=words, now=NOW).unwrap()
        perform(take_in, read(folder)).unwrap()
    db.unbind()


def take_in(catalogue: Catalogue) -> None:
    """Take in all dealers and their cars."""
    insert_many(BenchDealer, [asdict(dealer) for dealer in catalogue.dealers])
    positions: dict[int, int] = {}
    rows = []
    for car in catalogue.cars:
        positions[car.dealer_id] = positions.get(car.dealer_id, 0) + 1
        rows.append(_row(car, positions[car.dealer_id]))
    insert_many(BenchCar, rows)


def change_price(number: int, by: int, updated: str) -> None:
    """Change a car's price.

    Args:
        number: which car.
        by: whole euros.
        updated: ISO date, which its dealer's site map shows.
    """
    car = db.session.get_one(BenchCar, number)
    car.price += by
    car.updated = updated


def sell(number: int) -> None:
    """Sell a car: its page goes, lists lose it, and cars that showed it as similar show another one."""
    car = db.session.get_one(BenchCar, number)
    car.available = False
    db.session.flush()
    near = _near(car.body, car.price, 4 * SIMILAR)
    showing = select(BenchCar).where(BenchCar.available, BenchCar.similar.like(f"%{number}%"))
    for other in db.session.scalars(showing):
        similar: list[int] = orjson.loads(other.similar)
        if number in similar:
            instead = [one for one in near if one not in (*similar, other.id)][:1]
            place = similar.index(number)
            other.similar = _json([*similar[:place], *instead, *similar[place + 1 :]])


def add(dealer_id: int, number: int) -> None:
    """Take one more car into a dealer's stock.

    Args:
        dealer_id: whose.
        number: its id.
    """
    row = db.session.get_one(BenchDealer, dealer_id)
    dealer = Dealer(**{name: getattr(row, name) for name in Dealer.__dataclass_fields__})
    made = one_car(random.Random(number), dealer, number)
    car = replace(made, similar=_near(made.body, made.price, SIMILAR))
    last = db.session.scalars(
        select(BenchCar.position).where(BenchCar.dealer_id == dealer_id).order_by(BenchCar.position.desc()).limit(1)
    ).one()
    db.session.add(BenchCar(**_row(car, last + 1)))


def _near(body: str, price: int, limit: int) -> list[int]:
    """Give the cars of a body next in price."""
    reading = select(BenchCar.id, BenchCar.price).where(BenchCar.available, BenchCar.body == body)
    found = sorted((abs(other - price), number) for number, other in db.session.execute(reading))
    return [number for _, number in found[:limit]]


def _row(car: Car, position: int) -> dict[str, Any]:
    values = asdict(car)
    lists = {name: _json(values[name]) for name in ("photos", "features", "similar")}
    return {**values, **lists, "position": position, "available": True}


def _json(value: list[Any]) -> str:
    return orjson.dumps(value).decode()
