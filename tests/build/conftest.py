"""The small world, built once a session; every test gets a copy of its own, by hard links."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from builder import developing
from builder.developing import Quality
from builder.runs import BuildReport, build_all
from builder.sites import Build, publish
from storefront.core import config, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld, found_small_world
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import pages_of
from storefront.pages.loading import load
from storefront.pages.rendering import render
from storefront.pages.sites import open_site
from tests.conftest import NOW, SECRET, TODAY

DATABASE = "marketplace.sqlite3"
HASTY = Quality(webp_method=0, avif_speed=10, avif_speed_large=10)
"""The world's photos are made again in every test process: nobody looks at them."""


@dataclass
class Installation:
    """An installation with the small world in it, and what tests do with it."""

    settings: Settings
    world: SimpleNamespace

    def build(self, as_of: date = TODAY, jobs: int = 1) -> BuildReport:
        """Build all sites."""
        return build_all(self.settings, as_of=as_of, jobs=jobs)

    def publish(self, store: Store, as_of: date = TODAY) -> Build:
        """Publish one site."""
        return publish(store, as_of=as_of, settings=self.settings)

    def served(self, host: str) -> Path:
        """Give the folder that is served for a host."""
        return self.settings.sites / host / "current"

    def files(self, host: str) -> dict[str, bytes]:
        """Read every file that is served for a host."""
        return read_tree(self.served(host))

    def pages(self, host: str) -> dict[str, bytes]:
        """Read what is served for a host but theme files, pictures and compressed copies."""
        others = ("a/", "i/", "m/", "favicon.ico")
        files = {path: content for path, content in self.files(host).items() if not path.startswith(others)}
        return {path: content for path, content in files.items() if not path.endswith((".br", ".gz"))}

    def drawn_afresh(self, store: Store, as_of: date = TODAY) -> dict[str, bytes]:
        """Draw every page of a site now, without the builder, as the reference."""
        with acting(self.world.tenant.id), db.snapshot():
            view = open_site(db.session.get_one(Store, store.id), as_of=as_of, settings=self.settings)
            return {_file(page.ref.path): render(view, page) for page in load(view, pages_of(view))}


def read_tree(root: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def _file(address: str) -> str:
    return address[1:] + ("index.html" if address.endswith("/") else "")


@pytest.fixture(scope="session")
def prepared_world(tmp_path_factory: pytest.TempPathFactory, prepared_sqlite: Path) -> tuple[Path, SmallWorld]:
    """Found the small world and build it; gives the installation's folder, which nobody writes to any more."""
    settings = config.load({}, marketplace_instance=tmp_path_factory.mktemp("prepared-world"), secret_key=SECRET)
    shutil.copy(prepared_sqlite, settings.instance / DATABASE)
    runtime.start(settings, bell=False, pooled=False)
    with everywhere():
        ids = found_small_world(NOW, settings=settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(developing, "QUICK", HASTY)
        report = build_all(settings, as_of=TODAY)
    db.unbind()
    runtime._settings.clear()
    assert not [build.failure for build in report.hosts if build.failure]
    return settings.instance, ids


def _copied(source: Path, settings: Settings, *folders: str) -> None:
    for folder in folders:
        shutil.copytree(source / folder, settings.instance / folder, copy_function=os.link, symlinks=True)


def _bound(settings: Settings, ids: SmallWorld) -> Iterator[Installation]:
    runtime.start(settings, bell=False, pooled=False)
    with acting(ids.tenant_id):
        yield Installation(settings, ids.load())
    db.unbind()
    runtime._settings.clear()


@pytest.fixture
def built(settings: Settings, prepared_world: tuple[Path, SmallWorld]) -> Iterator[Installation]:
    """Give an installation whose sites are built."""
    source, ids = prepared_world
    settings.instance.mkdir(parents=True)
    shutil.copy(source / DATABASE, settings.instance / DATABASE)
    _copied(source, settings, "photos", "derivatives", "store", "sites")
    yield from _bound(settings, ids)


@pytest.fixture
def installation(
    settings: Settings, prepared_sqlite: Path, prepared_world: tuple[Path, SmallWorld]
) -> Iterator[Installation]:
    """Give an installation with the small world and its pictures, not built yet."""
    settings.instance.mkdir(parents=True)
    shutil.copy(prepared_sqlite, settings.instance / DATABASE)
    _copied(prepared_world[0], settings, "photos", "derivatives")
    runtime.start(settings, bell=False, pooled=False)
    with everywhere():
        ids = found_small_world(NOW, settings=settings)
    yield from _bound(settings, ids)
