"""Two walls: a row belongs to a tenant (an operator's marketplace), and inside it often to a dealer (SPEC 9, 10).

`with acting(tenant, dealer):` opens a scope; inside it every read, update and delete of an owned table is limited to
it, every new row is stamped with it. Without a scope owned tables cannot be touched at all; work across tenants says
`everywhere()` aloud. On PostgreSQL row-level security holds the same line a second time (SECURITY A2): each transaction
drops to the role `marketplace_app` and carries the scope in `app.tenant` and `app.dealer`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Uuid, bindparam, event, text
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption

from .db import db
from .ids import new_id

APP_ROLE = "marketplace_app"
"""The PostgreSQL role the application acts as; neither owner nor superuser."""


_TENANT, _DEALER = "scope_tenant", "scope_dealer"
"""Names of the owners in a statement that is made for any scope."""


class TenancyError(Exception):
    """A programming error: an owned table was touched without a scope, or a row of another owner was written."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is acting. `tenant` None means everywhere; `dealer` None means all dealers of the tenant."""

    tenant: UUID | None
    dealer: UUID | None
    token: int


_current: ContextVar[Scope | None] = ContextVar("tenancy_scope", default=None)
_tokens = count(1)


def scope() -> Scope:
    """Give the open scope.

    Raises:
        TenancyError: when none is open.
    """
    current = _current.get()
    if current is None:
        raise TenancyError("no tenant is chosen: open a scope with acting(tenant) or everywhere()")
    return current


def scope_token() -> int:
    """Give the number of the open scope, 0 without one; sessions are kept by it."""
    current = _current.get()
    return 0 if current is None else current.token


@contextmanager
def acting(tenant: UUID, dealer: UUID | None = None) -> Iterator[Scope]:
    """Act for a tenant, or for one dealer of it; uncommitted work is rolled back at the end."""
    yield from _opened(Scope(tenant, dealer, next(_tokens)))


@contextmanager
def everywhere() -> Iterator[Scope]:
    """Act across tenants: sweeps, host look-up, migrations of data. New rows must name their tenant."""
    yield from _opened(Scope(None, None, next(_tokens)))


def _opened(opened: Scope) -> Iterator[Scope]:
    reset = _current.set(opened)
    try:
        yield opened
    finally:
        db.close_session(opened.token)
        _current.reset(reset)


class TenantItself:
    """The tenant's own row: a scope sees only itself."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Owned:
    """A row of a tenant."""

    @declared_attr
    def tenant_id(cls) -> Mapped[UUID]:  # noqa: N805 - declared on the class
        """The tenant it belongs to."""
        return mapped_column(ForeignKey("tenants.id"), index=True)


class DealerOwned(Owned):
    """A row of one dealer of a tenant; a dealer's scope sees only its own."""

    @declared_attr
    def dealer_id(cls) -> Mapped[UUID]:  # noqa: N805
        """The dealer it belongs to."""
        return mapped_column(ForeignKey("dealers.id"), index=True)


class DealerItself(Owned):
    """The dealer's own row: a dealer's scope sees only itself."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class DealerShared(Owned):
    """A row of a tenant that may belong to a dealer; a dealer's scope sees only its own."""

    @declared_attr
    def dealer_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """The dealer it belongs to, or None for the operator's own."""
        return mapped_column(ForeignKey("dealers.id"), index=True)


@event.listens_for(Session, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    """Limit a statement to the open scope (a read that forgets its tenant cannot exist, SPEC 10)."""
    current = _current.get()
    if current is None:
        if _owned(state):
            scope()
        return
    if state.is_insert:
        if not state.execution_options.get("stamped") and _owned(state):
            raise TenancyError("bulk inserts go through core.changes.insert_many, which stamps and records them")
        return
    if current.tenant is None or state.is_column_load:
        return
    if state.is_update and _owned(state):
        _refuse_escape(state, current)
    state.statement = state.statement.options(*_criteria(current.tenant, current.dealer))


def _owned(state: ORMExecuteState) -> bool:
    """Ask whether a statement touches rows that have an owner."""
    return any(issubclass(mapper.class_, (Owned, TenantItself)) for mapper in state.all_mappers)


def limits(current: Scope) -> tuple[ExecutableOption, ...]:
    """Give what limits a statement to scopes of a kind, as parameters that `limits_of` fills (`prepared.py`)."""
    if current.tenant is None:
        return ()
    # SQLAlchemy remembers of a lambda whether it closes over a value or a parameter: those of `_criteria` are others.
    tenant: Any = bindparam(_TENANT, type_=Uuid())
    of_tenant = (
        with_loader_criteria(Owned, lambda cls: cls.tenant_id == tenant, include_aliases=True),
        with_loader_criteria(TenantItself, lambda cls: cls.id == tenant, include_aliases=True),
    )
    if current.dealer is None:
        return of_tenant
    dealer: Any = bindparam(_DEALER, type_=Uuid())
    return (
        *of_tenant,
        with_loader_criteria(DealerOwned, lambda cls: cls.dealer_id == dealer, include_aliases=True),
        with_loader_criteria(DealerShared, lambda cls: cls.dealer_id == dealer, include_aliases=True),
        with_loader_criteria(DealerItself, lambda cls: cls.id == dealer, include_aliases=True),
    )


def limits_of(current: Scope) -> dict[str, UUID]:
    """Give the parameters of `limits` with their values in a scope."""
    owners = {_TENANT: current.tenant, _DEALER: current.dealer if current.tenant is not None else None}
    return {name: owner for name, owner in owners.items() if owner is not None}


@lru_cache(maxsize=1024)
def _criteria(tenant: UUID, dealer: UUID | None) -> tuple[ExecutableOption, ...]:
    """Give what limits a statement to a scope; made once, because making it costs as much as reading a row."""
    of_tenant = (
        with_loader_criteria(Owned, lambda cls: cls.tenant_id == tenant, include_aliases=True),
        with_loader_criteria(TenantItself, lambda cls: cls.id == tenant, include_aliases=True),
    )
    if dealer is None:
        return of_tenant
    return (
        *of_tenant,
        with_loader_criteria(DealerOwned, lambda cls: cls.dealer_id == dealer, include_aliases=True),
        with_loader_criteria(DealerShared, lambda cls: cls.dealer_id == dealer, include_aliases=True),
        with_loader_criteria(DealerItself, lambda cls: cls.id == dealer, include_aliases=True),
    )


def _refuse_escape(state: ORMExecuteState, current: Scope) -> None:
    """Refuse the two UPDATEs that the criteria of a scope do not hold: by a list of keys, and of the owner itself.

    Raises:
        TenancyError: for either.
    """
    if isinstance(state.parameters, (list, tuple)):
        raise TenancyError(
            "an UPDATE by a list of keys is held by no scope: change the rows, or say which with where()"
        )
    statement: Any = state.statement
    owners = {"tenant_id"} if current.dealer is None else {"tenant_id", "dealer_id"}
    named = {str(getattr(column, "key", column)) for column in statement._values or ()}
    if owners & (named | set(state.parameters or ())):
        raise TenancyError("an UPDATE must not give rows of this scope to somebody else")


def stamp(row: Any) -> None:
    """Give a new row the open scope's owner, or refuse one that names another.

    Raises:
        TenancyError: another tenant's or dealer's row, or none named while acting everywhere.
    """
    current = scope()
    if current.tenant is not None and row.tenant_id is None:
        row.tenant_id = current.tenant
    if isinstance(row, (DealerOwned, DealerShared)) and current.dealer is not None and row.dealer_id is None:
        row.dealer_id = current.dealer
    check_owner(row)


def check_owner(row: Any) -> None:
    """Refuse to write a row outside the open scope.

    Raises:
        TenancyError: when it belongs to somebody else.
    """
    current = scope()
    if row.tenant_id is None:
        raise TenancyError(f"{type(row).__name__} needs a tenant")
    if current.tenant is not None and row.tenant_id != current.tenant:
        raise TenancyError(f"{type(row).__name__} belongs to another tenant")
    if current.dealer is None:
        return
    foreign = isinstance(row, (DealerOwned, DealerShared)) and row.dealer_id != current.dealer
    if foreign or (isinstance(row, DealerItself) and row.id != current.dealer):
        raise TenancyError(f"{type(row).__name__} belongs to another dealer")


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.new:
        if isinstance(row, Owned):
            stamp(row)
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, Owned):
            check_owner(row)


@event.listens_for(Session, "after_begin")
def _tell_database(session: Session, _transaction: SessionTransaction, connection: Any) -> None:
    """Tell PostgreSQL who is acting, for this transaction only: the second wall (SECURITY A2)."""
    if connection.dialect.name != "postgresql":
        return
    if (exported := session.info.pop("snapshot", None)) is not None:
        connection.execute(text(f"SET TRANSACTION SNAPSHOT '{_name_of_snapshot(exported)}'"))
    current = _current.get()
    tenant = "" if current is None else ("*" if current.tenant is None else str(current.tenant))
    dealer = "" if current is None or current.dealer is None else str(current.dealer)
    connection.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
    connection.execute(
        text("SELECT set_config('app.tenant', :tenant, true), set_config('app.dealer', :dealer, true)"),
        {"tenant": tenant, "dealer": dealer},
    )


def _name_of_snapshot(name: str) -> str:
    """Refuse anything but the name of an exported snapshot: it cannot be bound as a parameter.

    Raises:
        ValueError: it is none.
    """
    if not all(letter in "0123456789ABCDEF-" for letter in name):
        raise ValueError(f"not a snapshot: {name[:40]!r}")
    return name
