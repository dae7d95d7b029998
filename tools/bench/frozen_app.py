"""Baseline: the stock Frozen-Flask over our own application, on the instance of `tools.bench.ours`.

    python -m tools.bench.frozen_app INSTANCE

It writes the same pages as our build, one request each, below INSTANCE/frozen.
"""

import sys
from pathlib import Path

from sqlalchemy import select

from storefront.core import config, runtime
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.stores.models import Store
from storefront.pages.app import create_site_app, freezer
from tools.bench.ours import HOST, TODAY


def build(instance: Path) -> int:
    """Freeze the marketplace's application and return the number of pages."""
    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    with everywhere():
        tenant_id, store_id = db.session.execute(select(Store.tenant_id, Store.id).where(Store.host == HOST)).one()
    with acting(tenant_id), db.snapshot() as session:
        app = create_site_app(session.get_one(Store, store_id), TODAY, settings)
        return len(freezer(app, str(instance / "frozen")).freeze())


if __name__ == "__main__":
    print(build(Path(sys.argv[1])), "pages")
