"""A moment of the database in which some tables can be written without anybody ever seeing it: what if.

Temporary tables with the names of the real ones stand before them for one transaction, filled with the rows of the open
tenant: both databases look there first. Actions and reads work on them as on the real ones, nobody waits for them, the
ledger stays silent, and at the end all of it is gone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Table, insert, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from .changes import REHEARSAL
from .db import db
from .tenancy import TenancyError, acting, scope


@contextmanager
def rehearsal(*models: type[Any]) -> Iterator[Session]:
    """Open a moment of the database in which the rows of these tables may be changed for show.

    Args:
        models: mapped classes of owned tables; nothing else may be written in it.

    Raises:
        TenancyError: no tenant acts.
    """
    current = scope()
    if current.tenant is None:
        raise TenancyError("a rehearsal is one tenant's")
    with acting(current.tenant, current.dealer), db.scratch() as session:  # a session of its own: no row is mixed up
        session.info[REHEARSAL] = True
        for model in models:
            _stand_in(session.connection(), inspect(model).local_table, current.tenant)
        yield session


def _stand_in(connection: Connection, real: Table, tenant: UUID) -> None:
    """Put a temporary table before a real one, with the tenant's rows and the same indexes, but no foreign keys."""
    columns = [Column(one.name, one.type, primary_key=one.primary_key, nullable=one.nullable) for one in real.columns]
    temporary = Table(real.name, MetaData(), *columns, prefixes=["TEMPORARY"])
    source = Table(
        real.name,
        MetaData(),
        *(Column(one.name, one.type) for one in real.columns),
        schema=connection.dialect.default_schema_name,
    )
    reading = select(*source.columns).where(source.columns["tenant_id"] == tenant)
    connection.execute(CreateTable(temporary))
    connection.execute(insert(temporary).from_select([one.name for one in columns], reading, include_defaults=False))
    for index in real.indexes:
        names = [column.name for column in index.columns]
        connection.execute(CreateIndex(Index(index.name, *(temporary.columns[name] for name in names))))
