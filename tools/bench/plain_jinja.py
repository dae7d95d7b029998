"""Baseline: templates compiled once, a loop over the pages, each written to its file.

python -m tools.bench.plain_jinja CATALOGUE OUT
"""

import sys
from pathlib import Path

from tools.bench.catalogue import read
from tools.bench.pages import Pages, environment


def build(catalogue: Path, out: Path) -> int:
    """Write all pages below `out` and return how many."""
    jinja = environment()
    templates = {name: jinja.get_template(name) for name in ("car.html", "cars.html", "sitemap.xml")}
    count = 0
    for path, template, context in Pages(read(catalogue)).all():
        file = out / f"{path.lstrip('/')}{'index.html' if path.endswith('/') else ''}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(templates[template].render(context), encoding="utf-8")
        count += 1
    return count


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])), "pages")
