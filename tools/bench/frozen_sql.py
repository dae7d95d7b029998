"""Baseline: a Flask application as one writes it first, each view with its own SQLAlchemy queries, frozen by the stock
Frozen-Flask.

    python -m tools.bench.frozen_sql CATALOGUE OUT
"""

import sys
import warnings
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template
from flask_frozen import Freezer, MissingURLGeneratorWarning
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, ForeignKey, Select, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tools.bench.catalogue import PAGE, addresses, read, slug
from tools.bench.pages import TEMPLATES, Context, car_context, dress, list_context, shop_of


class Base(DeclarativeBase):
    """Tables of the bench's own database."""


db = SQLAlchemy(model_class=Base)
bp = Blueprint("bench", __name__)


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
    make: Mapped[str]
    model: Mapped[str]
    trim: Mapped[str]
    year: Mapped[int]
    registered: Mapped[str]
    price: Mapped[int]
    mileage: Mapped[int]
    fuel: Mapped[str]
    transmission: Mapped[str]
    body: Mapped[str]
    doors: Mapped[int]
    seats: Mapped[int]
    colour: Mapped[str]
    power: Mapped[int]
    displacement: Mapped[int]
    co2: Mapped[int]
    title: Mapped[str]
    url: Mapped[str]
    description: Mapped[str]
    photos: Mapped[list[str]] = mapped_column(JSON)
    features: Mapped[list[str]] = mapped_column(JSON)
    related: Mapped[list[int]] = mapped_column(JSON)
    updated: Mapped[str]


COLUMNS = [column.name for column in DealerRow.__table__.columns]
_market: list[Context] = []


def _counts(*where: Any) -> list[tuple[str, int]]:
    query = select(CarRow.make, func.count()).where(*where).group_by(CarRow.make).order_by(CarRow.make)
    return [(make, count) for make, count in db.session.execute(query)]


def _shop(dealer: DealerRow) -> Context:
    shop = {column: getattr(dealer, column) for column in COLUMNS}
    return shop | {"makes": shop_of(None, _counts(CarRow.dealer_id == dealer.id))["makes"]}


def _market_shop() -> Context:
    # Kept, as any sensible first version does: every page of the marketplace shows the same navigation.
    if not _market:
        _market.append(shop_of(None, _counts()))
    return _market[0]


def _dealer(name: str) -> DealerRow:
    return db.session.scalar(select(DealerRow).filter_by(slug=name)) or abort(404)


def _cars(*where: Any) -> Select[CarRow]:
    return select(CarRow).where(*where).order_by(CarRow.id)


def _total(*where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(CarRow).where(*where)) or 0


def _some(query: Select[CarRow], limit: int = PAGE, offset: int = 0) -> list[CarRow]:
    return list(db.session.scalars(query.limit(limit).offset(offset)))


@bp.get("/")
def market() -> str:
    """The marketplace's home."""
    shop = _market_shop()
    links = [{"name": make["name"], "url": f"/makes/{make['slug']}/", "count": make["count"]} for make in shop["makes"]]
    return render_template("cars.html", **list_context(shop, "Used cars", "/", _some(_cars()), _total(), links=links))


@bp.get("/makes/<name>/")
def one_make(name: str) -> str:
    """All cars of a make."""
    makes = db.session.scalars(select(CarRow.make).distinct())
    make = next((make for make in makes if slug(make) == name), None) or abort(404)
    path, mine = f"/makes/{name}/", CarRow.make == make
    query = select(CarRow.model, func.count()).where(mine).group_by(CarRow.model).order_by(CarRow.model)
    links = [
        {"name": model, "url": f"{path}{slug(model)}/", "count": count} for model, count in db.session.execute(query)
    ]
    context = list_context(_market_shop(), f"Used {make}", path, _some(_cars(mine)), _total(mine), links=links)
    return render_template("cars.html", **context)


@bp.get("/makes/<name>/<model_name>/")
def one_model(name: str, model_name: str) -> str:
    """All cars of a model."""
    pairs = db.session.execute(select(CarRow.make, CarRow.model).distinct())
    found = ((make, model) for make, model in pairs if (slug(make), slug(model)) == (name, model_name))
    make, model = next(found, None) or abort(404)
    mine = (CarRow.make == make, CarRow.model == model)
    title, path = f"Used {make} {model}", f"/makes/{name}/{model_name}/"
    context = list_context(_market_shop(), title, path, _some(_cars(*mine)), _total(*mine))
    return render_template("cars.html", **context)


@bp.get("/sitemap.xml", defaults={"lot": ""})
@bp.get("/<lot>/sitemap.xml")
def sitemap(lot: str) -> Response:
    """A sitemap of all cars, or of one dealer's."""
    mine = [CarRow.dealer_id == _dealer(lot).id] if lot else []
    cars = list(db.session.scalars(_cars(*mine)))
    return Response(render_template("sitemap.xml", cars=cars), mimetype="application/xml")


@bp.get("/<lot>/")
def home(lot: str) -> str:
    """A dealer's home."""
    dealer = _dealer(lot)
    mine = CarRow.dealer_id == dealer.id
    context = list_context(_shop(dealer), "Welcome", dealer.url, _some(_cars(mine), 12), _total(mine))
    return render_template("cars.html", **context)


@bp.get("/<lot>/stock/", defaults={"page": 1})
@bp.get("/<lot>/stock/page/<int:page>/")
def stock(lot: str, page: int) -> str:
    """A page of a dealer's stock."""
    dealer = _dealer(lot)
    mine, first = CarRow.dealer_id == dealer.id, f"{dealer.url}stock/"
    total = _total(mine)
    context = list_context(
        _shop(dealer), "All cars", first if page == 1 else f"{first}page/{page}/",
        _some(_cars(mine), PAGE, (page - 1) * PAGE), total, page=page, first=first, pages=-(-total // PAGE),
    )  # fmt: skip
    return render_template("cars.html", **context)


@bp.get("/<lot>/cars/<name>/")
def one_car(lot: str, name: str) -> str:
    """A car's page."""
    car = db.session.get(CarRow, int(name.rpartition("-")[2])) or abort(404)
    others = {other.id: other for other in db.session.scalars(select(CarRow).where(CarRow.id.in_(car.related)))}
    return render_template("car.html", **car_context(_shop(car.dealer), car, [others[one] for one in car.related]))


def create_app(catalogue: Path, out: Path) -> Flask:
    """Make the application over the catalogue's SQLite file."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(
        FREEZER_DESTINATION=str(out.resolve()),
        FREEZER_REMOVE_EXTRA_FILES=False,
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{(catalogue / 'catalogue.sqlite3').resolve()}",
    )
    dress(app.jinja_env)
    db.init_app(app)
    app.register_blueprint(bp)
    return app


def build(catalogue: Path, out: Path) -> int:
    """Freeze the application into `out` and return the number of pages."""
    # The addresses come from one generator, not one an endpoint, which Frozen-Flask takes for an oversight.
    warnings.simplefilter("ignore", MissingURLGeneratorWarning)
    freezer = Freezer(
        create_app(catalogue, out), with_no_argument_rules=False, with_static_files=False, log_url_for=False
    )
    freezer.register_generator(lambda: addresses(read(catalogue)))
    return len(freezer.freeze())


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])), "pages")
