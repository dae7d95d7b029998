"""What one does with an import on screen: bring a file, map its columns, check it, import it, drop it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.dealers.models import Dealer

from .events import ImportWanted
from .import_runs import MOST_TOLD, ImportMapping, ImportRun, ImportState, runs
from .stock import ImportReport

MOST_AT_WORK = 2
"""Files of one dealer that are read at the same time (SECURITY A6)."""


def bring_file(
    dealer: Dealer,
    run_id: UUID,
    file_name: str,
    size: int,
    *,
    format: str | None,  # noqa: A002 - the report's word
    mapping: ImportMapping | None,
    rows: int,
    now: datetime,
    actor: str,
) -> ImportRun:
    """Note a stock file that somebody dropped; one whose layout is known is checked at once.

    Args:
        dealer: whose stock; must be active (SPEC 19).
        run_id: the import's id, under which the file lies already.
        file_name: as the dealer calls it.
        size: in bytes.
        format: a known format; None for a layout that has to be mapped.
        mapping: the one kept for such files, where there is one.
        rows: how many rows it has, about, to show how far a worker is.
        now: aware UTC.
        actor: who brings it.

    Raises:
        DomainError: the dealer is not active, or two of its files are being read already.
    """
    dealer.require_active()
    if sum(other.is_at_work for other in runs()) >= MOST_AT_WORK:
        raise DomainError("Two files are being read already; wait until one is done", code="conflict")
    run = ImportRun(
        id=run_id,
        dealer_id=dealer.id,
        file_name=file_name[-255:],
        size=size,
        format=format if mapping is None else mapping.format,
        mapping_id=None if mapping is None else mapping.id,
        state=ImportState.UPLOADED,
        counts={"rows": rows},
        refused=[],
        remarks=[],
        actor=actor,
        created_at=now,
    )
    db.session.add(run)
    db.session.flush()
    if run.format is not None:
        _begin(run, ImportState.CHECKING)
    _told(run, "bring_file", {"size": size, "format": run.format}, now, actor)
    return run


def keep_mapping(
    run: ImportRun,
    known: ImportMapping | None,
    source: Mapping[str, Any],
    columns: Sequence[str],
    *,
    name: str,
    now: datetime,
    actor: str,
) -> ImportMapping:
    """Keep how a file's columns become ours, for this file and the dealer's next, and have every row checked.

    Args:
        run: the import.
        known: the mapping to mend; None makes one.
        source: the parts of a mapping file, already read without a fault.
        columns: the file's.
        name: for people.
        now: aware UTC.
        actor: who maps.

    Raises:
        DomainError: the import is at work or over.
    """
    _require_open(run)
    mapping = known
    if mapping is None:
        mapping = ImportMapping(dealer_id=run.dealer_id, name=name[:120], created_at=now)
        db.session.add(mapping)
    mapping.source, mapping.columns, mapping.updated_at = dict(source), list(columns), now
    db.session.flush()
    run.mapping_id, run.format = mapping.id, mapping.format
    _begin(run, ImportState.CHECKING)
    _told(run, "map_columns", {"columns": len(source.get("columns", {}))}, now, actor)
    return mapping


def check_file(run: ImportRun, *, now: datetime, actor: str) -> ImportRun:
    """Have every row of a file read and compared; nothing is written.

    Raises:
        DomainError: nobody said how to read it, or the import is at work or over.
    """
    _require_open(run)
    if run.format is None:
        raise DomainError("Say first which column is which")
    _begin(run, ImportState.CHECKING)
    _told(run, "check_import", {}, now, actor)
    return run


def start_import(run: ImportRun, *, whole_stock: bool, now: datetime, actor: str) -> ImportRun:
    """Have a checked file imported by a worker.

    Args:
        run: the import.
        whole_stock: cars of earlier files of this layout that this one does not name are withdrawn.
        now: aware UTC.
        actor: who starts it.

    Raises:
        DomainError: it was not checked, or no row can be offered.
    """
    if not run.may_import:
        raise DomainError("Only a file that was checked and offers a car can be imported", code="conflict")
    run.whole_stock = whole_stock
    _begin(run, ImportState.IMPORTING)
    _told(run, "start_import", {"whole_stock": whole_stock}, now, actor)
    return run


def drop_file(run: ImportRun, *, now: datetime, actor: str) -> None:
    """Forget a file that is not to be imported.

    Raises:
        DomainError: a worker has it.
    """
    if run.is_at_work:
        raise DomainError("A worker has this file just now; wait until it is done", code="conflict")
    _told(run, "drop_file", {}, now, actor)
    db.session.delete(run)


def note_report(run: ImportRun, report: ImportReport, *, now: datetime) -> None:
    """Note what came of a check or an import; the act itself is in the trail already."""
    told = report.as_dict()
    names = ("read", "created", "updated", "unchanged", "withdrawn")
    run.counts = {name: told[name] for name in names} | {
        "refused": len(report.refused),
        "warnings": len(report.warnings),
        "rows": report.read,
    }
    run.refused, run.remarks = told["refused"][:MOST_TOLD], told["warnings"][:MOST_TOLD]
    is_check = run.state is ImportState.CHECKING
    run.state, run.finished_at = ImportState.CHECKED if is_check else ImportState.DONE, now


def note_failure(run: ImportRun, why: str, *, now: datetime) -> None:
    """Note why a file as a whole cannot be read; its mapping can be mended and the file checked again."""
    run.state, run.failure, run.finished_at = ImportState.FAILED, why[:1000], now


def _require_open(run: ImportRun) -> None:
    if run.is_at_work or run.state is ImportState.DONE:
        raise DomainError("This file is being read or was imported already", code="conflict")


def _begin(run: ImportRun, state: ImportState) -> None:
    run.state, run.failure, run.finished_at = state, None, None
    emit(ImportWanted(run.id))


def _told(run: ImportRun, act: str, after: dict[str, Any], now: datetime, actor: str) -> None:
    audit.record(actor, act, "import", run.id, now=now, after=after, dealer_id=run.dealer_id)
