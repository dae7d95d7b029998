"""The source of the frozen baseline that asks the database: one query or a few in each view, through the ORM."""

from operator import attrgetter
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, ForeignKey, Select, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from . import pages
from .catalogue import HOME, PAGE, slug
from .pages import STRUCTURED, Link, Shop

_structured = attrgetter(*STRUCTURED)


class Base(DeclarativeBase):
    """Tables of the bench's own database."""


db = SQLAlchemy(model_class=Base)


class DealerRow(Base):
    """A dealer."""

    __tablename__ = "dealer"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    city: Mapped[str]
    street: Mapped[str]
    phone: Mapped[str]
    colour: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    url: Mapped[str]


class CarRow(Base):
    """A car."""

    __tablename__ = "car"
    id: Mapped[int] = mapped_column(primary_key=True)
    dealer_id: Mapped[int] = mapped_column(ForeignKey("dealer.id"))
    dealer: Mapped[DealerRow] = relationship()
    stock_number: Mapped[str]
    vin: Mapped[str]
    make: Mapped[str]
    model: Mapped[str]
    trim: Mapped[str]
    year: Mapped[int]
    registered: Mapped[str]
    price: Mapped[int]
    mileage: Mapped[int]
    fuel: Mapped[str]
    transmission: Mapped[str]
    drive: Mapped[str]
    body: Mapped[str]
    doors: Mapped[int]
    seats: Mapped[int]
    colour: Mapped[str]
    interior: Mapped[str]
    power: Mapped[int]
    displacement: Mapped[int]
    co2: Mapped[int]
    consumption: Mapped[float]
    condition: Mapped[str]
    title: Mapped[str]
    url: Mapped[str]
    description: Mapped[str]
    photo: Mapped[str]
    photos: Mapped[list[str]] = mapped_column(JSON)
    features: Mapped[list[str]] = mapped_column(JSON)
    similar: Mapped[list[int]] = mapped_column(JSON)
    updated: Mapped[str]


class SqlSource:
    """Pages from the database."""

    def __init__(self, app: Flask, catalogue: Path) -> None:
        """Connect, and note makes and models by the slugs of their addresses."""
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{(catalogue / 'catalogue.sqlite3').resolve()}"
        db.init_app(app)
        with app.app_context():
            pairs = db.session.execute(select(CarRow.make, CarRow.model).distinct()).all()
        self._market = pages.market()
        self._models = {(slug(make), slug(model)): (make, model) for make, model in pairs}

    def dealers(self) -> list[tuple[str, int]]:
        query = select(DealerRow.slug, func.count()).join(CarRow.dealer).group_by(DealerRow.id).order_by(DealerRow.id)
        return [(slug, count) for slug, count in db.session.execute(query)]

    def addresses(self, dealer: str) -> list[str]:
        return list(db.session.scalars(select(CarRow.url).join(CarRow.dealer).where(DealerRow.slug == dealer)))

    def makes(self) -> list[tuple[str, str]]:
        return list(self._models.values())

    def car(self, dealer: str, number: int) -> tuple[Shop, pages.CarPage] | None:
        car = db.session.get(CarRow, number)
        if car is None:
            return None
        shop = pages.shop_of(car.dealer)
        found = {other.id: other for other in db.session.scalars(select(CarRow).where(CarRow.id.in_(car.similar)))}
        jsonld = pages.structured(shop, _structured(car), car.photos)
        similar, url = [found[other] for other in car.similar], pages.make_url(car.make)
        return shop, pages.CarPage(car.title, car.url, car, car.photos, car.features, url, jsonld, similar)

    def stock(self, dealer: str, number: int) -> tuple[Shop, pages.ListPage] | None:
        row = _dealer(dealer)
        if row is None:
            return None
        mine, shop = CarRow.dealer_id == row.id, pages.shop_of(row)
        cars = _some(_ordered(mine), offset=(number - 1) * PAGE)
        return shop, pages.stock_page(shop, cars, number, pages.pages_of(_total(mine)))

    def home(self, dealer: str) -> tuple[Shop, pages.ListPage] | None:
        row = _dealer(dealer)
        if row is None:
            return None
        mine, shop = CarRow.dealer_id == row.id, pages.shop_of(row)
        return shop, pages.home_page(shop, _some(_ordered(mine), HOME), _total(mine))

    def places(self, dealer: str) -> pages.MapPage | None:
        row = _dealer(dealer)
        return None if row is None else pages.MapPage(_all(_ordered(CarRow.dealer_id == row.id)))

    def front(self) -> tuple[Shop, pages.ListPage]:
        query = select(CarRow.make, func.count()).group_by(CarRow.make).order_by(CarRow.make)
        links = [Link(make, pages.make_url(make), count) for make, count in db.session.execute(query)]
        return self._market, pages.front_page(_some(_ordered()), _total(), links)

    def make(self, make: str) -> tuple[Shop, pages.ListPage] | None:
        name = next((name for slugs, (name, _) in self._models.items() if slugs[0] == make), None)
        if name is None:
            return None
        mine = CarRow.make == name
        query = select(CarRow.model, func.count()).where(mine).group_by(CarRow.model).order_by(CarRow.model)
        links = [Link(model, pages.model_url(name, model), count) for model, count in db.session.execute(query)]
        return self._market, pages.make_page(name, _some(_ordered(mine)), _total(mine), links)

    def model(self, make: str, model: str) -> tuple[Shop, pages.ListPage] | None:
        names = self._models.get((make, model))
        if names is None:
            return None
        mine = (CarRow.make == names[0], CarRow.model == names[1])
        return self._market, pages.model_page(*names, _some(_ordered(*mine)), _total(*mine))

    def maps(self) -> pages.MapsPage:
        urls = db.session.scalars(select(DealerRow.url).order_by(DealerRow.id))
        return pages.MapsPage([pages.map_url(url) for url in urls])


def _dealer(name: str) -> DealerRow | None:
    return db.session.scalar(select(DealerRow).filter_by(slug=name))


def _ordered(*where: Any) -> Select[Any]:
    return select(CarRow).where(*where).order_by(CarRow.id)


def _total(*where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(CarRow).where(*where)) or 0


def _some(query: Select[Any], limit: int = PAGE, offset: int = 0) -> list[CarRow]:
    return list(db.session.scalars(query.limit(limit).offset(offset)))


def _all(query: Select[Any]) -> list[CarRow]:
    return list(db.session.scalars(query))
