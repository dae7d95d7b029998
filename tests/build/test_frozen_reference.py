"""The stock Frozen-Flask freezer over a site's application writes the bytes our own rendering gives (issue F7)."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.stores.models import Store
from storefront.pages.app import create_site_app, freezer
from storefront.pages.catalogue import pages_of
from storefront.pages.loading import load
from storefront.pages.rendering import file_of, render
from storefront.pages.sites import open_site
from tests.conftest import TODAY


@pytest.mark.parametrize("name", ["north_store", "market_store"])
@pytest.mark.filterwarnings("ignore::flask_frozen.MimetypeMismatchWarning")
def test_the_stock_freezer_writes_the_same_bytes(
    world: SimpleNamespace, database: Settings, tmp_path: Path, name: str
) -> None:
    with db.snapshot():
        store = db.session.get_one(Store, getattr(world, name).id)
        app = create_site_app(store, TODAY, database)
        frozen = freezer(app, str(tmp_path / "frozen"))
        addresses = frozen.freeze()
        view = open_site(store, as_of=TODAY, settings=database)
        refs = pages_of(view)
        ours = {file_of(loaded.ref.path): render(view, loaded) for loaded in load(view, refs)}

    root = tmp_path / "frozen"
    theirs = {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    assert theirs == ours
    assert set(addresses) == {ref.path for ref in refs}
