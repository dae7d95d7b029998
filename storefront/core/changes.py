"""The ledger of changes: every write of a row that pages show leaves a line here, in the same transaction.

A table takes part by declaring `__tracked__`. Its columns are grouped into aspects (card, detail, price, photos …); a
write records (kind, key, aspect) for each aspect it touched and, for rows that make up lists, the membership keys taken
from the values before **and** after it, so that a list that gains or loses a row is known by its name. Pages record
what they read in the same words (`Reads`), and a page is stale when the two meet. Columns that no page shows (counters,
bookkeeping) are named in `silent`; a rule test wants every column in one of the two.

This is the one place that writes the ledger: for rows of the session while it flushes, for bulk statements while they
execute, for bulk inserts through `insert_many`. Raw SQL outside migrations is refused by a rule test.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String, event, false, func, insert, inspect, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.orm.attributes import History

from . import clock
from .db import Model, db
from .tenancy import DealerOwned, DealerShared, Owned, scope
from .types import UtcDateTime

REHEARSAL = "rehearsal"
"""Key of `Session.info`: what this session writes is seen by nobody else and leaves no line (`rehearsal.py`)."""
Key = tuple[str, str, str]
"""(kind, key, aspect): what a page read, what a change touched."""
Chosen = Callable[[Session, Collection[Any]], Mapping[Any, Any]]
"""Gives what is shown of each of some keys, read from the database."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """How a table takes part in the ledger.

    Args:
        kind: the word for it (`listing`, `dealer`); several tables may share one.
        key: column whose value names the thing (`id`, or `listing_id` for its photos).
        aspects: aspect → columns that belong to it; a column may be in several.
        silent: columns whose change no page shows.
        members: gives the membership keys of a row from its column values, for lists it stands in.
        arrivals: gives keys that are noted only when a row comes, for who does not mind that others leave.
        heap: gives the one key under which a whole heap of rows is watched (all cars of a dealer): noted with every
            change of a row that pages show, so that a page made of thousands of rows reads one key instead of each.
        chosen: for an aspect that shows one of several rows (the cover among a car's photos): gives by key what is
            shown now. Unless a row came, the aspect is noted only where that is another after the change than before.
        outcome: for an aspect whose columns matter only by what they come to (status and plan: is the dealer on the
            marketplace?): gives that from a row's column values; noted only where it comes to something else.
    """

    kind: str
    key: str
    aspects: Mapping[str, tuple[str, ...]]
    silent: tuple[str, ...] = ()
    members: Callable[[Mapping[str, Any]], Iterable[Key]] | None = None
    arrivals: Callable[[Mapping[str, Any]], Iterable[Key]] | None = None
    heap: Callable[[Mapping[str, Any]], Key] | None = None
    chosen: Mapping[str, "Chosen"] = field(default_factory=dict)
    outcome: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)

    def touched(self, columns: Iterable[str]) -> list[str]:
        """Give the aspects that the changed columns belong to."""
        changed = set(columns)
        return [aspect for aspect, names in self.aspects.items() if changed.intersection(names)]


class Change(Model, Owned):
    """A line of the ledger; `id` grows with every change and is what a build notes as its mark."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_tenant_id_id", "tenant_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    aspect: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(slots=True)
class Reads:
    """What a page read while its context was made: a set of (kind, key, aspect) with a short way to add to it."""

    keys: set[Key] = field(default_factory=set)

    def add(self, kind: str, key: UUID | str, *aspects: str) -> None:
        """Record aspects of a thing; the key of a row is its id."""
        name = key.hex if isinstance(key, UUID) else key
        self.keys.update((kind, name, aspect) for aspect in aspects)

    def include(self, other: "Reads") -> None:
        """Take over what a fragment read that was made before (a cached card)."""
        self.keys |= other.keys


def key_text(value: Any) -> str:
    """Write a key the way the ledger holds it."""
    return value.hex if isinstance(value, UUID) else str(value)


def mark(session: Session | None = None) -> int:
    """Give the number of the newest change the open scope sees: what a build notes before it reads."""
    found = (session or db.session).scalar(select(Change.id).order_by(Change.id.desc()).limit(1))
    return found or 0


def take_turn() -> None:
    """Let no other transaction of the open tenant write what pages show until this one commits.

    Call it before a read that decides what is written next, such as the last number of a chain or the next position of
    a list: PostgreSQL then shows what the others wrote, and SQLite's one writer is this one.
    """
    connection = db.session.connection()
    if db.session.info.get(REHEARSAL):
        return
    if connection.dialect.name != "postgresql":
        connection.execute(update(Change).where(false()).values(aspect=""))
    elif (tenant := scope().tenant) is not None:
        _take_turns(db.session, {tenant})


def insert_many(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of an owned table at once, stamped and recorded like single ones.

    Args:
        model: the mapped class.
        rows: column values; owner columns are filled from the open scope where missing.
    """
    if not rows:
        return
    stamped = [_stamped(model, row) for row in rows]
    tracked: Tracked | None = getattr(model, "__tracked__", None)
    if tracked is not None:
        _take_turns(db.session, {_owner(row) for row in stamped})
    db.session.execute(insert(model).execution_options(stamped=True), stamped)
    if tracked is not None:
        _record(db.session, [entry for row in stamped for entry in _came(tracked, row)])


def _stamped(model: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row)
    if issubclass(model, Owned):
        current = scope()
        if current.tenant is not None:
            values.setdefault("tenant_id", current.tenant)
        if issubclass(model, (DealerOwned, DealerShared)) and current.dealer is not None:
            values.setdefault("dealer_id", current.dealer)
    for column in inspect(model).columns:
        if column.key not in values and column.default is not None:
            default = column.default.arg
            values[column.key] = default(None) if callable(default) else default
    return values


Entry = tuple[UUID, Key]
Shown = dict[tuple[Chosen, str, str], dict[Any, Any]]
"""By what chooses, kind and aspect: what was shown of each key before a change, None for nothing."""


def _owner(values: Mapping[str, Any]) -> UUID:
    """Give the tenant a row's change belongs to; the tenant's own row is its own."""
    owner: UUID = values["tenant_id"] if "tenant_id" in values else values["id"]
    return owner


def _whole(tracked: Tracked, values: Mapping[str, Any]) -> list[Entry]:
    """Give the lines of a row that came or went: all its aspects and all its memberships."""
    tenant, key = _owner(values), key_text(values[tracked.key])
    entries = [(tenant, (tracked.kind, key, aspect)) for aspect in tracked.aspects]
    return entries + _heap(tracked, values) + _members(tracked, values)


def _came(tracked: Tracked, values: Mapping[str, Any]) -> list[Entry]:
    """Give the lines of a row that is new."""
    return _whole(tracked, values) + _arrivals(tracked, values)


def _arrivals(tracked: Tracked, values: Mapping[str, Any]) -> list[Entry]:
    return [] if tracked.arrivals is None else [(_owner(values), key) for key in tracked.arrivals(values)]


def _heap(tracked: Tracked, *states: Mapping[str, Any]) -> list[Entry]:
    """Give the heaps a row lay on and lies on."""
    return [] if tracked.heap is None else [(_owner(values), tracked.heap(values)) for values in states]


def _members(tracked: Tracked, values: Mapping[str, Any]) -> list[Entry]:
    if tracked.members is None:
        return []
    return [(_owner(values), member) for member in tracked.members(values)]


def _record(session: Session, entries: Iterable[Entry]) -> None:
    unique = list(dict.fromkeys(entries))
    if not unique or session.info.get(REHEARSAL):
        return
    at = clock.now()
    lines = [{"tenant_id": t, "kind": k, "key": key, "aspect": aspect, "at": at} for t, (k, key, aspect) in unique]
    session.connection().execute(insert(Change), lines)


def _take_turns(session: Session, tenants: Iterable[UUID]) -> None:
    """Let one transaction of a tenant write the ledger at a time, until it commits.

    PostgreSQL gives out numbers before their rows are visible; without this a build could note a mark beyond a line
    that commits later, and never see it. Taken before the first row is touched, so that two transactions never hold
    what the other waits for. SQLite has one writer anyway.
    """
    if session.info.get(REHEARSAL) or session.connection().dialect.name != "postgresql":
        return
    for tenant in sorted(tenants):
        session.connection().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"changes {tenant}", 0))))


@event.listens_for(Session, "before_flush")
def _note(session: Session, _context: Any, _instances: Any) -> None:
    """Collect what this flush will change, while the values before are still known."""
    # Always fresh: what a flush that failed had collected did not happen.
    entries: list[Entry] = []
    shown: Shown = {}
    session.info["changes"] = entries, shown
    tracked_rows = [row for row in (*session.new, *session.dirty, *session.deleted) if hasattr(row, "__tracked__")]
    owners = {row.tenant_id if isinstance(row, Owned) else row.id for row in tracked_rows}
    _take_turns(session, owners - {None})
    for row in session.dirty:
        if (tracked := getattr(row, "__tracked__", None)) is not None:
            before, after, changed = _change(row)
            entries += _difference(tracked, before, after, changed)
            _look(session, tracked, changed, (before, after), shown)
    for row in session.deleted:
        if (tracked := getattr(row, "__tracked__", None)) is not None:
            values = _values(row)
            entries += _whole(tracked, values)
            _look(session, tracked, values, (values,), shown)


@event.listens_for(Session, "after_flush")
def _write(session: Session, _context: Any) -> None:
    noted, shown = session.info.pop("changes", ([], {}))
    entries: list[Entry] = _decided(session, noted, shown)
    for row in session.new:
        if (tracked := getattr(row, "__tracked__", None)) is not None:
            entries += _came(tracked, _values(row))
    _record(session, entries)


def _values(row: Any) -> dict[str, Any]:
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


def _change(row: Any) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Give the values of a row before and after, and the names of the columns that differ."""
    state = inspect(row)
    after = _values(row)
    before = dict(after)
    changed = []
    for name in after:
        history: History = state.attrs[name].history
        if history.has_changes():
            changed.append(name)
            before[name] = history.deleted[0] if history.deleted else None
    return before, after, changed


def _look(
    session: Session, tracked: Tracked, changed: Iterable[str], states: Iterable[Mapping[str, Any]], shown: Shown
) -> None:
    """Read what is shown of the keys of rows about to change, once each, in the aspects that are a choice of rows."""
    if not tracked.chosen or session.info.get(REHEARSAL):
        return
    aspects, keys = tracked.touched(changed), {values[tracked.key] for values in states}
    for aspect in tracked.chosen.keys() & aspects:
        chosen = tracked.chosen[aspect]
        seen = shown.setdefault((chosen, tracked.kind, aspect), {})
        if missing := keys - seen.keys():
            found = chosen(session, missing)
            seen.update((key, found.get(key)) for key in missing)


def _decided(session: Session, entries: list[Entry], shown: Shown) -> list[Entry]:
    """Leave out the lines of aspects that show the very same row as before."""
    same: set[Key] = set()
    for (chosen, kind, aspect), before in shown.items():
        after = chosen(session, before.keys())
        same.update((kind, key_text(key), aspect) for key, was in before.items() if after.get(key) == was)
    return [entry for entry in entries if entry[1] not in same] if same else entries


def _difference(
    tracked: Tracked, before: Mapping[str, Any], after: Mapping[str, Any], changed: Iterable[str]
) -> list[Entry]:
    aspects = [
        aspect
        for aspect in tracked.touched(changed)
        if (outcome := tracked.outcome.get(aspect)) is None or outcome(before) != outcome(after)
    ]
    keys = dict.fromkeys(key_text(values[tracked.key]) for values in (before, after))
    entries = [(_owner(after), (tracked.kind, key, aspect)) for key in keys for aspect in aspects]
    if aspects:
        entries += _heap(tracked, before, after)
    left, joined = _members(tracked, before), _members(tracked, after)
    known = _arrivals(tracked, before)
    entries += [entry for entry in _arrivals(tracked, after) if entry not in known]
    return entries + [entry for entry in left + joined if (entry in left) != (entry in joined)]


@event.listens_for(Session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> Any:
    """Record an UPDATE or DELETE statement over many rows: read them before, compare them after."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return None
    model = state.bind_mapper.class_
    tracked: Tracked | None = getattr(model, "__tracked__", None)
    if tracked is None or state.execution_options.get("recorded"):
        return None
    session = state.session
    statement: Any = state.statement
    take_turn()
    columns = [getattr(model, attribute.key) for attribute in inspect(model).column_attrs]
    reading = select(*columns).with_for_update()
    if statement.whereclause is not None:
        reading = reading.where(statement.whereclause)
    before: dict[Any, dict[str, Any]] = {row["id"]: dict(row) for row in session.execute(reading).mappings()}
    if scope().tenant is None:
        _take_turns(session, {_owner(row) for row in before.values()})
    shown: Shown = {}
    _look(session, tracked, before[next(iter(before))] if before else (), before.values(), shown)
    result = state.invoke_statement(execution_options={"recorded": True})
    entries: list[Entry] = []
    if state.is_delete:
        for gone in before.values():
            entries += _whole(tracked, gone)
    else:
        for chunk in _chunks(list(before), 500):
            for row in session.execute(select(*columns).where(model.id.in_(chunk))).mappings():
                after: dict[str, Any] = dict(row)
                old = before[after["id"]]
                entries += _difference(tracked, old, after, [name for name in after if after[name] != old[name]])
    _record(session, _decided(session, entries, shown))
    return result


def _chunks(ids: list[Any], size: int) -> Iterable[list[Any]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
