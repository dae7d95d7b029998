"""Baseline: templates compiled once, a loop over the pages, each written to its file.

python -m benchmarks.plain_jinja CATALOGUE OUT
"""

import sys
from pathlib import Path

from . import jinja
from .shelf import Shelf


def build(catalogue: Path, out: Path) -> int:
    """Write all pages below `out`.

    Returns:
        How many.
    """
    environment = jinja.environment()
    theme = jinja.plain(environment)
    templates = {name: environment.get_template(name) for name in ("car.html", "cars.html", "map.xml", "maps.xml")}
    count = 0
    for address, name, shop, page in Shelf(catalogue).all():
        file = out / f"{address[1:]}{'index.html' if address.endswith('/') else ''}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(templates[name].render(site=shop, page=page, theme=theme), encoding="utf-8")
        count += 1
    return count


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])), "pages")
