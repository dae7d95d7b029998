"""One writer of an index at a time, on one machine and among machines that share a database (SPEC 58)."""

from pathlib import Path

import pytest

from search.errors import IndexBusy
from search.locks import alone
from storefront.core.config import Settings
from storefront.core.db import db


def test_a_writer_waits_for_the_other_and_comes_after_it(either_database: Settings, tmp_path: Path) -> None:
    lock = tmp_path / "vehicles-0a1b2c3d.lock"
    with alone(lock, 0), pytest.raises(IndexBusy, match="vehicles-0a1b2c3d"), alone(lock, 0.1):
        pass
    with alone(lock, 0):
        pass


def test_machines_that_share_a_postgresql_have_one_writer_among_them(either_database: Settings, tmp_path: Path) -> None:
    here, there = (tmp_path / name / "vehicles-0a1b2c3d.lock" for name in ("here", "there"))
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite is on one machine")
    with alone(here, 0), pytest.raises(IndexBusy), alone(there, 0.1):
        pass
    with alone(there, 0), alone(tmp_path / "another.lock", 0):
        pass


def test_a_writer_that_fails_leaves_the_way_free(either_database: Settings, tmp_path: Path) -> None:
    lock = tmp_path / "vehicles-0a1b2c3d.lock"
    with pytest.raises(OSError, match="power"), alone(lock, 0):
        raise OSError("power cut")
    with alone(lock, 0):
        pass
