"""Our build of the catalogue: the product's own publish path over the bench's tables.

    python -m benchmarks.ours load CATALOGUE INSTANCE     a new installation with the catalogue in it; not timed
    python -m benchmarks.ours build INSTANCE [JOBS [compress]]   what is timed: exec to exit

A build reads the database in one snapshot, records what each page depends on, writes contents, manifest and a tree, and
switches. Gate, compressed copies and the second tree are left out, because no baseline has them.
"""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.sites import Build, SiteKey

HOST = "cars.localhost"
TODAY = date(2026, 11, 2)


def build(instance: Path, jobs: int, compress: bool = False) -> "Build":
    """Publish the catalogue's site."""
    from builder.options import Options
    from builder.sites import publish
    from storefront.core import config, runtime

    from .catalogue_pages import open_catalogue

    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False, pooled=False)
    options = Options(gate=False, compress=compress, settle=False)
    return publish(site(HOST), as_of=TODAY, settings=settings, jobs=jobs, opener=open_catalogue, options=options)


def site(host: str) -> "SiteKey":
    """Give the site of a host as plain values."""
    from sqlalchemy import select

    from builder.sites import key_of
    from storefront.core.db import db
    from storefront.core.tenancy import everywhere
    from storefront.domain.stores.models import Store

    with everywhere():
        return key_of(db.session.scalars(select(Store).where(Store.host == host)).one())


def live_tree(instance: Path) -> Path:
    """Give the folder with the published files."""
    return (instance / "sites" / HOST / "current").resolve()


def main() -> None:
    """Run from the command line."""
    if sys.argv[1] == "load":
        from .stock import load

        load(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    instance, *words = sys.argv[2:]
    jobs = int(words[0]) if words else 2
    print(build(Path(instance), jobs, "compress" in words).pages, "pages")


if __name__ == "__main__":
    main()
