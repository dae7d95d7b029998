"""Baseline: the same pages as a Hugo site, with Hugo 0.168 of the development tools and layouts of our own in `hugo/`.

    python -m tools.bench.hugo_site CATALOGUE SITE

writes the site's content (that is preparation, not timed); the build itself is `hugo -s SITE -d OUT`.
"""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.bench.catalogue import Car, Catalogue, read, slug
from tools.bench.pages import Pages

SOURCE = Path(__file__).parent / "hugo"


def prepare(catalogue: Path, site: Path) -> None:
    """Write layouts, data and one content file a page; Hugo's front matter may be JSON."""
    shutil.copytree(SOURCE, site, dirs_exist_ok=True)
    stock = read(catalogue)
    pages = Pages(stock)
    data = site / "data"
    data.mkdir(exist_ok=True)
    _write(data / "market.json", pages.market | {"makes": _linked(pages.market["makes"])})
    _write(data / "shops.json", {shop["slug"]: shop for shop in pages.shops.values()})
    _write(data / "cards.json", {str(car.id): asdict(car) | {"photo": car.photos[0]} for car in stock.cars})
    _write(data / "models.json", {make: _models(make, models) for make, models in pages.makes.items()})
    _content(site / "content", stock, pages)


def _linked(makes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [make | {"url": f"/makes/{make['slug']}/"} for make in makes]


def _models(make: str, models: dict[str, list[Car]]) -> list[dict[str, Any]]:
    path = f"/makes/{slug(make)}/"
    return [{"name": name, "url": f"{path}{slug(name)}/", "count": len(cars)} for name, cars in sorted(models.items())]


def _content(folder: Path, stock: Catalogue, pages: Pages) -> None:
    _write(folder / "_index.md", {"title": "Used cars"})
    for make, models in pages.makes.items():
        _write(folder / "makes" / _term(make) / "_index.md", _titled(make, f"/makes/{slug(make)}/"))
        for model in models:
            name, address = f"{make} {model}", f"/makes/{slug(make)}/{slug(model)}/"
            _write(folder / "models" / _term(name) / "_index.md", _titled(name, address))
    for dealer in stock.dealers:
        shelf, page = folder / dealer.slug, {"lot": dealer.slug}
        home = {"title": "Welcome", "type": "dealer", "url": dealer.url, "outputs": ["html", "map"]}
        _write(shelf / "_index.md", home | page)
        _write(
            shelf / "stock" / "_index.md", {"title": "All cars", "type": "stock", "url": f"{dealer.url}stock/"} | page
        )
        for car in pages.stock[dealer.id]:
            front = {
                "title": car.title, "type": "car", "url": car.url, "weight": car.id, "makes": [car.make],
                "models": [f"{car.make} {car.model}"], "car": asdict(car) | {"make_slug": slug(car.make)},
            }  # fmt: skip
            _write(shelf / "stock" / f"{car.id}.md", front | page)


def _titled(name: str, url: str) -> dict[str, str]:
    return {"title": f"Used {name}", "name": name, "url": url}


def _term(name: str) -> str:
    """The folder under which Hugo looks for the page of a taxonomy's term."""
    return name.lower().replace(" ", "-")


def _write(file: Path, data: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
