"""Reads that are asked again and again, their SQL made once: what a search costs is mostly asking, not reading.

The session looks a statement up and limits it to the open scope each time it is asked, which costs several times what
SQLite needs to find twenty rows by id. A `Prepared` is put into SQL once with the limits in it, as parameters that are
filled from the scope that is open when it is asked; on PostgreSQL the same transaction holds the same roles and row
policies as any other. Nothing of the session is written out before, so it is for those who only read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Dialect, Select, Uuid, bindparam

from .db import db
from .tenancy import Scope, limits, limits_of, scope

Ids = Sequence[BindParameter[UUID]]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as a driver takes it."""

    sql: str
    order: Sequence[str] | None
    """Names of the parameters in order, where the driver knows them by their place only."""
    fixed: Mapping[str, Any]
    """Parameters that are the same every time, as the driver takes them."""
    id_: Callable[[UUID], Any]
    """Writes an id as the driver takes it."""
    columns: Sequence[tuple[int, Callable[[Any], Any]]]
    """Columns whose values are read otherwise than the driver gives them."""


class Prepared:
    """A SELECT of mapped columns by ids."""

    def __init__(self, make: Callable[[Ids], Select[Any]], sizes: Sequence[int]) -> None:
        """Take a statement, to be put into SQL when it is first asked.

        Args:
            make: gives the statement for some ids; it names each of them, and no value that changes.
            sizes: numbers of ids it is made for, in order; fewer are asked for by naming one several times, more in
                several questions.
        """
        self._make, self._sizes = make, tuple(sizes)
        self._ready: dict[tuple[Dialect, int, bool, bool], _Ready] = {}

    def rows(self, ids: Sequence[UUID]) -> Iterator[list[Any]]:
        """Read the rows of some ids, within the scope that is open; in no order, one that is not there is left out.

        Raises:
            TenancyError: no scope is open.
            ValueError: a row holds what its column cannot mean.
        """
        for start in range(0, len(ids), self._sizes[-1]):
            yield from self._rows(ids[start : start + self._sizes[-1]], scope())

    def _rows(self, ids: Sequence[UUID], current: Scope) -> Iterator[list[Any]]:
        size = next(size for size in self._sizes if size >= len(ids))
        ready = self._made(size, current)
        given = {**ready.fixed, **{name: ready.id_(owner) for name, owner in limits_of(current).items()}}
        named = [ready.id_(id_) for id_ in ids]
        named += named[-1:] * (size - len(named))
        given |= zip(_names(size), named, strict=True)
        asked = given if ready.order is None else tuple([given[name] for name in ready.order])
        for row in db.session.connection().exec_driver_sql(ready.sql, asked):
            values = list(row)
            for at, read in ready.columns:
                values[at] = read(values[at])
            yield values

    def _made(self, size: int, current: Scope) -> _Ready:
        key = (db.engine.dialect, size, current.tenant is not None, current.dealer is not None)
        ready = self._ready.get(key)
        if ready is None:
            self._ready = {known: made for known, made in self._ready.items() if known[0] is key[0]}
            ready = self._ready[key] = _put(self._make, key[0], size, current)
        return ready


def _put(make: Callable[[Ids], Select[Any]], dialect: Dialect, size: int, current: Scope) -> _Ready:
    """Put a statement into the SQL of a dialect."""
    ids = [bindparam(name, type_=Uuid()) for name in _names(size)]
    statement = make(ids).options(*limits(current))
    compiled: Any = statement.compile(dialect=dialect)
    changing = {*_names(size), *limits_of(current)}
    write = {name: _writer(bound.type, dialect) for name, bound in compiled.binds.items()}
    readers = [
        (at, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for at, column in enumerate(statement.selected_columns)
    ]
    return _Ready(
        sql=str(compiled),
        order=compiled.positiontup if compiled.positional else None,
        fixed={name: write[name](value) for name, value in compiled.params.items() if name not in changing},
        id_=_writer(Uuid(), dialect),
        columns=[(at, read) for at, read in readers if read is not None],
    )


def _writer(kind: Any, dialect: Dialect) -> Callable[[Any], Any]:
    return kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _names(size: int) -> list[str]:
    return [f"id_{number}" for number in range(size)]
