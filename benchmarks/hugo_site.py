"""Baseline: the same pages as a Hugo site, with the Hugo of the development tools and layouts of our own in `hugo/`.

    python -m benchmarks.hugo_site CATALOGUE SITE

writes the site's content (that is preparation, not timed); the build itself is `hugo -s SITE -d OUT`. Parts and cards
go through `partialCached`, so Hugo too renders each once.
"""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import pages
from .shelf import Car, Shelf

SOURCE = Path(__file__).parent / "hugo"


def prepare(catalogue: Path, site: Path) -> None:
    """Write layouts, data and one content file a page; Hugo's front matter may be JSON."""
    shutil.copytree(SOURCE, site, dirs_exist_ok=True)
    shelf = Shelf(catalogue)
    _data(site / "data", shelf)
    _content(site / "content", shelf)


def _data(folder: Path, shelf: Shelf) -> None:
    _write(folder / "market.json", asdict(shelf.market))
    _write(folder / "shops.json", {shop.slug: asdict(shop) for shop in shelf.shops.values()})
    _write(folder / "cards.json", {str(car["id"]): car for car in shelf.cars})
    _write(folder / "makes.json", [asdict(link) for link in shelf.front().links])
    _write(folder / "models.json", {make: [asdict(link) for link in shelf.make(make).links] for make in shelf.makes})
    _write(folder / "maps.json", shelf.maps().urls)


def _content(folder: Path, shelf: Shelf) -> None:
    _write(folder / "_index.md", {"title": "Used cars"})
    for make, models in shelf.makes.items():
        _write(folder / "makes" / _term(make) / "_index.md", _titled(make, pages.make_url(make)))
        for model in models:
            name = f"{make} {model}"
            _write(folder / "models" / _term(name) / "_index.md", _titled(name, pages.model_url(make, model)))
    for dealer in shelf.dealers:
        shelf_of, lot = folder / dealer.slug, {"lot": dealer.slug}
        home = {"title": "Welcome", "type": "dealer", "url": dealer.url, "outputs": ["html", "map"]}
        stock = {"title": "All cars", "type": "stock", "url": f"{dealer.url}stock/"}
        _write(shelf_of / "_index.md", home | lot)
        _write(shelf_of / "stock" / "_index.md", stock | lot)
        for car in shelf.stock[dealer.id]:
            _write(shelf_of / "stock" / f"{car['id']}.md", _front_matter(car) | lot)


def _front_matter(car: Car) -> dict[str, Any]:
    return {
        "title": car["title"], "type": "car", "url": car["url"], "weight": car["id"], "makes": [car["make"]],
        "models": [f"{car['make']} {car['model']}"], "car": car | {"make_url": pages.make_url(car["make"])},
    }  # fmt: skip


def _titled(name: str, url: str) -> dict[str, str]:
    return {"title": f"Used {name}", "name": name, "url": url}


def _term(name: str) -> str:
    """Give the folder under which Hugo looks for the page of a taxonomy's term."""
    return name.lower().replace(" ", "-")


def _write(file: Path, data: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
