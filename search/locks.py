"""One writer of an index at a time: on this machine by a lock file, among machines that share a PostgreSQL by it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.errors import ConfigurationError

from .errors import IndexBusy

PAUSE = 0.05
"""Seconds between two tries."""


@contextmanager
def alone(path: Path, seconds: float, *, on_database: bool = True) -> Iterator[None]:
    """Be the only one inside, of all who name the same file on one machine, or the same name on one database.

    Args:
        path: of the lock file; its folder is made.
        seconds: how long to wait for the others.
        on_database: False for what lies on this machine and nowhere else.

    Raises:
        IndexBusy: another one is still inside.
    """
    until = time.monotonic() + seconds
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _locked(handle):
            _wait(until, path.name)
        with _alone_in_database(path.name, until) if on_database else nullcontext():
            yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _alone_in_database(name: str, until: float) -> Iterator[None]:
    """Hold a lock of the transaction of a connection of its own: it ends with the connection, whatever happens."""
    try:
        engine = db.engine
    except ConfigurationError:
        yield
        return
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect() as connection:
        while not connection.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"search {name}", 0)))):
            _wait(until, name)
        yield


def _wait(until: float, name: str) -> None:
    if time.monotonic() >= until:
        raise IndexBusy(f"another writer holds {name}")
    time.sleep(PAUSE)
