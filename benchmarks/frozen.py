"""Baseline: a small Flask application with a view for each kind of page, frozen by the stock Frozen-Flask.

python -m benchmarks.frozen memory CATALOGUE OUT     over lists in memory
python -m benchmarks.frozen sql CATALOGUE OUT        each view with its own queries through Flask-SQLAlchemy
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, abort, current_app, render_template
from flask_frozen import Freezer

from . import jinja, pages
from .catalogue import slug
from .pages import Shop, pages_of
from .shelf import Shelf

bp = Blueprint("cars", __name__)


class Source(Protocol):
    """Where the views get their pages from: each gives the frame and the context, or None for a 404."""

    def dealers(self) -> list[tuple[str, int]]:
        """Give each dealer's slug and how many cars it has."""
        ...

    def addresses(self, dealer: str) -> list[str]:
        """Give the addresses of a dealer's cars."""
        ...

    def makes(self) -> list[tuple[str, str]]:
        """Give every make and model."""
        ...

    def car(self, dealer: str, number: int) -> tuple[Shop, pages.CarPage] | None:
        """Give a car's page."""
        ...

    def stock(self, dealer: str, number: int) -> tuple[Shop, pages.ListPage] | None:
        """Give a page of a dealer's stock."""
        ...

    def home(self, dealer: str) -> tuple[Shop, pages.ListPage] | None:
        """Give a dealer's home."""
        ...

    def places(self, dealer: str) -> pages.MapPage | None:
        """Give a dealer's site map."""
        ...

    def front(self) -> tuple[Shop, pages.ListPage]:
        """Give the marketplace's front page."""
        ...

    def make(self, make: str) -> tuple[Shop, pages.ListPage] | None:
        """Give a make's page."""
        ...

    def model(self, make: str, model: str) -> tuple[Shop, pages.ListPage] | None:
        """Give a model's page."""
        ...

    def maps(self) -> pages.MapsPage:
        """Give the map of maps."""
        ...


class MemorySource:
    """Pages from a catalogue in memory."""

    def __init__(self, shelf: Shelf) -> None:
        """Note makes and models by the slugs of their addresses."""
        self.shelf = shelf
        self._makes = {slug(make): make for make in shelf.makes}
        self._models = {(slug(make), slug(model)): (make, model) for make, model in self.makes()}

    def dealers(self) -> list[tuple[str, int]]:
        return [(dealer.slug, len(self.shelf.stock[dealer.id])) for dealer in self.shelf.dealers]

    def addresses(self, dealer: str) -> list[str]:
        return [car["url"] for car in self.shelf.stock[self.shelf.by_slug[dealer].id]]

    def makes(self) -> list[tuple[str, str]]:
        return [(make, model) for make, models in self.shelf.makes.items() for model in models]

    def car(self, dealer: str, number: int) -> tuple[Shop, pages.CarPage] | None:
        car = self.shelf.by_id.get(number)
        return None if car is None else (self.shelf.shops[car["dealer_id"]], self.shelf.car(car))

    def stock(self, dealer: str, number: int) -> tuple[Shop, pages.ListPage] | None:
        found = self.shelf.by_slug.get(dealer)
        return None if found is None else (self.shelf.shops[found.id], self.shelf.stock_page(found, number))

    def home(self, dealer: str) -> tuple[Shop, pages.ListPage] | None:
        found = self.shelf.by_slug.get(dealer)
        return None if found is None else (self.shelf.shops[found.id], self.shelf.home(found))

    def places(self, dealer: str) -> pages.MapPage | None:
        found = self.shelf.by_slug.get(dealer)
        return None if found is None else self.shelf.places(found)

    def front(self) -> tuple[Shop, pages.ListPage]:
        return self.shelf.market, self.shelf.front()

    def make(self, make: str) -> tuple[Shop, pages.ListPage] | None:
        name = self._makes.get(make)
        return None if name is None else (self.shelf.market, self.shelf.make(name))

    def model(self, make: str, model: str) -> tuple[Shop, pages.ListPage] | None:
        names = self._models.get((make, model))
        return None if names is None else (self.shelf.market, self.shelf.model(*names))

    def maps(self) -> pages.MapsPage:
        return self.shelf.maps()


def _source() -> Source:
    source: Source = current_app.extensions["cars"]
    return source


def _shown(template: str, found: tuple[Shop, Any] | None) -> str:
    shop, page = found or abort(404)
    return render_template(template, site=shop, page=page, theme=current_app.extensions["theme"])


def _map(template: str, page: Any) -> Response:
    return Response(render_template(template, page=page or abort(404)), mimetype="application/xml")


@bp.get("/")
def front() -> str:
    """Show the marketplace's front page."""
    return _shown("cars.html", _source().front())


@bp.get("/makes/<make>/")
def one_make(make: str) -> str:
    """Show a make."""
    return _shown("cars.html", _source().make(make))


@bp.get("/makes/<make>/<model>/")
def one_model(make: str, model: str) -> str:
    """Show a model."""
    return _shown("cars.html", _source().model(make, model))


@bp.get("/sitemap.xml")
def maps() -> Response:
    """Show the map of maps."""
    return _map("maps.xml", _source().maps())


@bp.get("/<dealer>/")
def home(dealer: str) -> str:
    """Show a dealer's home."""
    return _shown("cars.html", _source().home(dealer))


@bp.get("/<dealer>/sitemap.xml")
def places(dealer: str) -> Response:
    """Show a dealer's site map."""
    return _map("map.xml", _source().places(dealer))


@bp.get("/<dealer>/stock/", defaults={"number": 1})
@bp.get("/<dealer>/stock/page/<int:number>/")
def stock(dealer: str, number: int) -> str:
    """Show a page of a dealer's stock."""
    return _shown("cars.html", _source().stock(dealer, number))


@bp.get("/<dealer>/cars/<name>/")
def car(dealer: str, name: str) -> str:
    """Show a car; its number stands at the end of its name."""
    return _shown("car.html", _source().car(dealer, int(name.rpartition("-")[2])))


def create_app(out: Path) -> Flask:
    """Make the application, without its source."""
    app = Flask(__name__, template_folder=str(pages.TEMPLATES), static_folder=None)
    app.config.update(FREEZER_DESTINATION=str(out.resolve()), FREEZER_REMOVE_EXTRA_FILES=False)
    app.extensions["theme"] = jinja.plain(jinja.dressed(app.jinja_env))
    app.register_blueprint(bp)
    return app


def freeze(app: Flask, source: Source) -> int:
    """Freeze every page of the application.

    Returns:
        How many.
    """
    app.extensions["cars"] = source
    freezer = Freezer(app, with_no_argument_rules=False, with_static_files=False, log_url_for=False)

    def addresses() -> Iterator[tuple[str, dict[str, Any]]]:
        with app.app_context():
            yield from _addresses(source)

    freezer.register_generator(addresses)
    return len(freezer.freeze())


def _addresses(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "cars.front", {}
    yield "cars.maps", {}
    models = source.makes()
    yield from (("cars.one_make", {"make": make}) for make in sorted({slug(make) for make, _ in models}))
    yield from (("cars.one_model", {"make": slug(make), "model": slug(model)}) for make, model in models)
    for dealer, cars in source.dealers():
        yield "cars.home", {"dealer": dealer}
        yield "cars.places", {"dealer": dealer}
        yield from (("cars.stock", {"dealer": dealer, "number": one}) for one in range(1, pages_of(cars) + 1))
        names = (address.split("/")[-2] for address in source.addresses(dealer))
        yield from (("cars.car", {"dealer": dealer, "name": name}) for name in names)


def main() -> None:
    """Run from the command line."""
    kind, catalogue, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    app = create_app(out)
    if kind == "sql":
        from .frozen_sql import SqlSource

        print(freeze(app, SqlSource(app, catalogue)), "pages")
    else:
        print(freeze(app, MemorySource(Shelf(catalogue))), "pages")


if __name__ == "__main__":
    main()
