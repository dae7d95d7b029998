"""The database: engine, base class of all tables, and the session everybody shares (`db.session`).

The session belongs to the tenancy scope that is open (core/tenancy.py): another scope, another session, so that
`session.get` can never answer from another tenant's memory. Nothing in here knows Flask; doors, workers, builder and
tests bind it alike.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from threading import get_ident
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, Engine, MetaData, Table, create_engine, event, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import NullPool

from .errors import ConfigurationError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Model(DeclarativeBase):
    """Base of all tables; names of constraints follow one convention so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, list[Any]: JSON}  # noqa: RUF012


class Database:
    """The engine and one session per thread and tenancy scope."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._factory: sessionmaker[Session] = sessionmaker(expire_on_commit=False, autoflush=True)
        self._sessions: dict[tuple[int, int], Session] = {}

    @property
    def engine(self) -> Engine:
        """Give the bound engine; unbound is a configuration error."""
        if self._engine is None:
            raise ConfigurationError("no database is bound: call db.bind(url) first")
        return self._engine

    def bind(self, url: str, *, pooled: bool = True) -> Engine:
        """Connect to a database by its address and forget the former one.

        Args:
            url: SQLAlchemy address; `sqlite:///…` or `postgresql://…`.
            pooled: False for processes that fork, which must not share sockets.
        """
        self.unbind()
        options: dict[str, Any] = {"json_deserializer": _read_json} | ({} if pooled else {"poolclass": NullPool})
        engine = create_engine(url, hide_parameters=True, **options)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_pragmas)
        self._engine = engine
        self._factory.configure(bind=engine)
        return engine

    def unbind(self) -> None:
        """Close all sessions and connections of this process."""
        for key in list(self._sessions):
            self._sessions.pop(key).close()
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def after_fork(self) -> None:
        """Call in a forked child: drops what the parent's sessions and pool hold without touching their sockets."""
        self._sessions.clear()
        if self._engine is not None:
            self._engine.dispose(close=False)

    @property
    def session(self) -> Session:
        """Give the session of this thread and tenancy scope, made on first use."""
        from .tenancy import scope_token

        key = (get_ident(), scope_token())
        session = self._sessions.get(key)
        if session is None:
            self.engine  # noqa: B018 - an unbound database must say so here
            session = self._sessions[key] = self._factory()
        return session

    def close_session(self, token: int) -> None:
        """Roll back what was not committed in a scope of this thread and give the connection back."""
        session = self._sessions.pop((get_ident(), token), None)
        if session is not None:
            session.close()

    @contextmanager
    def snapshot(self, exported: str | None = None) -> Iterator[Session]:
        """Read a whole build from one moment of the database: SQLite's WAL snapshot, PostgreSQL's repeatable read.

        Args:
            exported: the name of another process's snapshot to take part in (`exported_snapshot`).
        """
        session = self.session
        session.rollback()
        if self.engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN")
        elif exported is None:
            session.connection(execution_options=_ONE_MOMENT)
        else:
            # The first statement of a transaction that takes part in a snapshot must name it, so who is acting (the
            # scope's `after_begin`) is told after it.
            session.info["snapshot"] = exported
            session.connection(execution_options=_ONE_MOMENT)
        try:
            yield session
        finally:
            session.rollback()

    @contextmanager
    def scratch(self) -> Iterator[Session]:
        """Open one moment of the database in which temporary tables can be made (`rehearsal.py`); nothing stays."""
        session = self.session
        session.rollback()
        if self.engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN")
        else:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            yield session
        finally:
            session.rollback()

    def gather_statistics(self) -> None:
        """Let SQLite look at its indexes, in the open transaction; PostgreSQL does so by itself.

        Without statistics it takes the index of all rows of the tenant for the best one, even where ids are given: then
        each read costs as much as there are rows.
        """
        if self.engine.dialect.name == "sqlite":
            connection = self.session.connection()
            connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
            connection.exec_driver_sql("ANALYZE")

    def has_statistics(self) -> bool:
        """Ask whether the database knows how its indexes are made up."""
        if self.engine.dialect.name != "sqlite":
            return True
        found = self.session.connection().exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        return found.first() is not None

    def insert_rows(
        self, table: Table, same: Mapping[str, Any], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Put rows into a table in the open transaction: for tens of thousands that nothing tracks and no scope stamps.

        SQLite gets them as they are: making a mapping of each costs more than writing it.

        Args:
            table: where to.
            same: columns with what they hold in every row.
            names: of the other columns.
            rows: a value for each of these.
        """
        if not rows:
            return
        connection, dialect = self.session.connection(), self.engine.dialect
        if not dialect.positional:
            connection.execute(insert(table), [{**same, **dict(zip(names, row, strict=True))} for row in rows])
            return
        given = [*same, *names]
        works = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in given]
        head = tuple(value if work is None else work(value) for value, work in zip(same.values(), works, strict=False))
        todo = [(at, work) for at, work in enumerate(works[len(same) :]) if work]
        todo = [(at, work) for at, work in todo if any(row[at] is not None for row in rows)]
        values = [(*head, *(_worked(row, todo) if todo else row)) for row in rows]
        statement: Any = insert(table).compile(dialect=dialect, column_keys=given)
        if statement.positiontup != given:
            values = list(map(itemgetter(*map(given.index, statement.positiontup)), values))
        connection.exec_driver_sql(str(statement), values)

    def exported_snapshot(self) -> str | None:
        """Give the name under which another process can take part in the snapshot that is open; None on SQLite."""
        if self.engine.dialect.name == "sqlite":
            return None
        return self.session.scalar(select(func.pg_export_snapshot()))


db = Database()


def _read_json(written: str | bytes) -> Any:
    """Read a JSON column; what the fast reader refuses (half a surrogate pair, `NaN`) the patient one takes."""
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return json.loads(written)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _worked(row: tuple[Any, ...], todo: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    """Write some values of a row as the database knows them."""
    values = list(row)
    for at, work in todo:
        values[at] = work(values[at])
    return tuple(values)


def uuid_text(value: UUID) -> str:
    """Write an id as the 32 hex digits both databases sort alike."""
    return value.hex
