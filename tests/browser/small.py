"""The small world, North Cars in Classic and every further theme, South Motors in Noir, built and served once for the
tests that go through every kind of page."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.runs import build_all
from search.jobs import rebuild
from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_small_world
from storefront.domain.stores.actions import create_store
from storefront.domain.stores.models import Store
from storefront.migrations import runner
from tests.conftest import NOW, SECRET, TODAY
from tests.worn import DEALER
from tools.judges.layout import Stop
from tools.judges.serving import Server, serving
from tools.judges.trees import Site, built_sites
from tools.judges.visits import stops

CARS = 6


@dataclass(frozen=True)
class Small:
    """The served world."""

    server: Server
    instance: Path
    sites: list[Site]
    pages: list[Stop]
    """One page of every kind of every site, in the default language."""

    def site(self, theme: str) -> Site:
        """Give the site that wears a theme."""
        return next(site for site in self.sites if site.theme == theme)

    def address(self, theme: str, path: str = "/") -> str:
        """Give the whole address of a page."""
        return f"http://{self.site(theme).local_host}:{self.server.port}{path}"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Found, build and serve the small world; processes that test side by side share what the first one built."""
    instance = tmp_path_factory.mktemp("small") / "instance"
    shutil.copytree(_built_once(tmp_path_factory), instance, symlinks=True)
    with serving(instance) as server:
        sites = built_sites(instance)
        _warm(server, sites)
        yield Small(server, instance, sites, stops(sites, server, languages=1))


def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the built world, which nobody serves."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    built = shared / "small-built"
    with (shared / "small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            begun = shared / "small-begun"
            shutil.rmtree(begun, ignore_errors=True)
            _build(begun)
            begun.rename(built)
    return built


def _build(instance: Path) -> None:
    settings = config.load({}, marketplace_instance=instance, secret_key=SECRET)
    runtime.start(settings, bell=False, pooled=False)
    runner.upgrade(db.engine)
    with everywhere():
        world = found_small_world(NOW, settings=settings, cars=CARS)
    with acting(world.tenant_id):
        perform(_dress).unwrap()
    rebuild(world.tenant_id)
    report = build_all(settings, as_of=TODAY)
    db.unbind()
    runtime._settings.clear()
    failures = [build.failure for build in report.hosts if build.failure]
    assert failures == []


def _warm(server: Server, sites: list[Site]) -> None:
    """Ask each site's search until every process of the server has its index open: a cold one may take too long."""
    until = time.monotonic() + 120
    for site in sites:
        answered = 0
        while answered < 6 and time.monotonic() < until:
            fresh = f"/-/search?lang=de&price_max={1_000_000 + time.monotonic_ns() % 1_000_000}"
            answered = answered + 1 if server.get(site.local_host, fresh).status == 200 else 0


def _dress() -> None:
    stores = db.session.query(Store).all()
    for store in stores:
        store.theme = "noir" if store.host.startswith("south") else store.theme
    north = next(store for store in stores if store.theme == "classic")
    for theme in sorted(set(DEALER) - {store.theme for store in stores}):
        create_store(
            north.name,
            f"{theme}.{north.host.partition('.')[2]}",
            dealer_id=north.dealer_id,
            theme=theme,
            languages=north.languages,
            now=NOW,
        )
