"""The same build on both databases: one snapshot, several processes, changes found by what pages read."""

import os
import shutil
from pathlib import Path

import pytest

from builder.runs import build_all, publish_stale
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld, found_small_world
from storefront.domain.listings.actions import change_price
from storefront.domain.listings.models import PriceReason
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.xdist_group("postgres")


def test_a_build_by_several_processes_and_a_change_after_it(
    either_database: Settings, prepared_world: tuple[Path, SmallWorld]
) -> None:
    for folder in ("photos", "derivatives"):
        shutil.copytree(prepared_world[0] / folder, either_database.instance / folder, copy_function=os.link)
    with everywhere():
        ids = found_small_world(NOW, settings=either_database)
    report = build_all(either_database, as_of=TODAY, jobs=2)
    assert [build.failure for build in report.hosts] == [None, None, None]
    with acting(ids.tenant_id):
        world = ids.load()
        price = {"reason": PriceReason.PROMOTION, "now": NOW, "actor": "test"}
        perform(change_price, world.golf, 12_345_00, **price).unwrap()
        done = {build.host: build for build in publish_stale(ids.tenant_id, either_database, as_of=TODAY)}
        assert sorted(done) == ["localhost", "north-cars.localhost"]
        assert 0 < done["north-cars.localhost"].rendered < done["north-cars.localhost"].pages / 2
        own = Installation(either_database, world)
        for store in (world.north_store, world.south_store, world.market_store):
            assert own.pages(store.public_host) == own.drawn_afresh(store)
