"""The ground edits are made on: an installation with a small world, a copy of the themes, and its own day."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import create_engine

import themes.theme
from builder import developing
from builder.developing import Quality
from builder.runs import build_all
from storefront.core import config, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.demo.world import found_small_world
from storefront.migrations import runner

SECRET = "a key for tests only, long enough to be taken"
START = date(2026, 11, 25)
_DATABASE = "marketplace.sqlite3"
_HASTY = Quality(webp_method=0, avif_speed=10, avif_speed_large=10)
_THEMES = themes.theme.ROOT


@dataclass
class Ground:
    """An installation whose sites are built, on the business date `today`."""

    settings: Settings
    tenant_id: UUID
    themes: Path
    """The copy of the themes that sites are drawn with; edits of words, parts and styles go there."""
    today: date = START
    edits: int = 0
    """How many were made; each has a minute of its own."""
    placing: set[UUID] = field(default_factory=set)
    """Dealers whose cars are still to be placed again: a job does that, at its own time."""

    @property
    def now(self) -> datetime:
        """The moment of the next edit."""
        return datetime.combine(self.today, time(9), UTC) + timedelta(minutes=self.edits)


@dataclass(frozen=True)
class Prepared:
    """A built installation that nobody writes to any more; grounds are copies of it."""

    folder: Path
    tenant_id: UUID


def prepare(folder: Path, cars: int, pictures: Path | None = None) -> Prepared:
    """Found the small world in a new folder and build it.

    Args:
        folder: new or empty.
        cars: of each of the two dealers.
        pictures: derivatives that were made of these photos before.
    """
    settings = _settings(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if pictures is not None:
        shutil.copytree(pictures, folder / "derivatives", copy_function=os.link)
    engine = create_engine(f"sqlite:///{folder / _DATABASE}")
    runner.upgrade(engine)
    engine.dispose()
    with _bound(settings, _THEMES), patch.object(developing, "QUICK", _HASTY):
        with everywhere():
            tenant_id = found_small_world(_first_moment(), settings=settings, cars=cars).tenant_id
        report = build_all(settings, as_of=START)
        failed = [f"{build.host}: {build.failure}" for build in report.hosts if build.failure]
    if failed:
        raise RuntimeError("; ".join(failed))
    return Prepared(folder, tenant_id)


@contextmanager
def ground(prepared: Prepared, folder: Path) -> Iterator[Ground]:
    """Give a copy of an installation to make edits on; the process is bound to it meanwhile.

    Args:
        prepared: what is copied, by hard links where files are never written to.
        folder: new; it is removed afterwards.
    """
    copy(prepared, folder, "store", "sites")
    shutil.copytree(_THEMES, folder / "themes", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    settings = _settings(folder)
    try:
        with _bound(settings, folder / "themes"), patch.object(developing, "QUICK", _HASTY):
            yield Ground(settings, prepared.tenant_id, folder / "themes")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy(prepared: Prepared, folder: Path, *also: str) -> None:
    """Copy an installation's database, photos and pictures; what is never written to by hard links.

    Args:
        prepared: the installation.
        folder: new.
        also: more folders of it.
    """
    folder.mkdir(parents=True)
    for name in ("photos", "derivatives", "films", *also):
        if (prepared.folder / name).exists():
            shutil.copytree(prepared.folder / name, folder / name, copy_function=os.link, symlinks=True)
    shutil.copy(prepared.folder / _DATABASE, folder / _DATABASE)


_KEPT = type(cache(lambda: None))
"""What `functools` makes of a function whose answers are kept."""


def forget_files() -> None:
    """Forget what this process keeps of theme files and code: the next build reads them like a new process."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("themes", "builder") or name.startswith("storefront.pages"):
            for value in list(vars(module).values()):
                if isinstance(value, _KEPT):
                    value.cache_clear()


def _settings(folder: Path) -> Settings:
    return config.load({}, marketplace_instance=folder, secret_key=SECRET)


def _first_moment() -> datetime:
    return datetime.combine(START, time(8), UTC)


@contextmanager
def _bound(settings: Settings, root: Path) -> Iterator[None]:
    runtime.start(settings, bell=False, pooled=False)
    forget_files()
    try:
        with patch.object(themes.theme, "ROOT", root):
            yield
    finally:
        forget_files()
        db.unbind()
        runtime._settings.clear()
