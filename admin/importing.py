"""Imports on screen: what a dropped file is, how its cars will look, and the work a worker does on it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from storefront import feeds
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import import_runs
from storefront.domain.listings.acceptance import Acceptance
from storefront.domain.listings.import_actions import note_failure, note_report
from storefront.domain.listings.import_files import ImportFiles, import_files
from storefront.domain.listings.import_runs import ImportMapping, ImportRun, ImportState
from storefront.domain.listings.importing import import_stock, known_texts
from storefront.domain.listings.stock import Notice, Refused, StockItem, StockRecord
from storefront.feeds import mapped_csv
from storefront.feeds.layout import Layout, layout_of
from storefront.feeds.source import DEFAULT_LIMITS, head_of
from storefront.feeds.table import rows

SHOWN = 20
"""Cars a preview shows."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Look:
    """One row of a file as it would be offered, or why it is not, and what was remarked about it."""

    row: int
    car: StockRecord | None
    refused: Refused | None
    remarks: tuple[Notice, ...]


def known_format(path: Path) -> str | None:
    """Tell a file's format; None for a table whose columns have to be mapped.

    Raises:
        FeedError: it is neither.
    """
    try:
        return feeds.detect(path)
    except feeds.FeedError:
        if head_of(path, 64).lstrip().startswith((b"<", b"{", b"[")):
            raise
    layout_of(path)
    return None


def layout(run: ImportRun, dealer: Dealer, settings: Settings, source: dict[str, Any] | None = None) -> Layout:
    """Give how a run's file is written, as a mapping says or by guess.

    Raises:
        FeedError: it is no table.
    """
    said = source or {}
    return layout_of(
        import_files(settings).path(run.id),
        encoding=str(said.get("encoding", "")),
        delimiter=str(said.get("delimiter", "")),
        titled=said.get("header"),
        country=dealer.country,
    )


def looks(path: Path, scheme: mapped_csv.Scheme, today: date) -> list[Look]:
    """Read the first cars of a file by a mapping.

    Raises:
        FeedError: the file cannot be read so.
    """
    acceptance, remarks, shown = Acceptance(today), list[Notice](), list[Look]()
    for item in islice(_until_broken(path, scheme), 50 * SHOWN):
        if isinstance(item, Notice):
            remarks.append(item)
            continue
        refused = item if isinstance(item, Refused) else acceptance.refusal(item)
        car = item if isinstance(item, StockRecord) else None
        shown.append(Look(item.row, car, refused, tuple(remarks)))
        remarks = []
        if len(shown) == SHOWN:
            break
    return shown


def _until_broken(path: Path, scheme: mapped_csv.Scheme) -> Iterator[StockItem]:
    items, any_read = feeds.read(path, mapping=scheme)[1], False
    while True:
        try:
            item = next(items, None)
        except feeds.FeedError:
            if any_read:
                return
            raise
        if item is None:
            return
        any_read = True
        yield item


def carry_out(run_id: UUID, *, settings: Settings, now: datetime) -> None:
    """Check or import a file, as its run says; one that is over already is left alone.

    Args:
        run_id: of the open tenant.
        settings: of the installation.
        now: aware UTC.
    """
    run = import_runs.run(run_id)
    if run is None or not run.is_at_work:
        return
    files = import_files(settings)
    files.note_progress(run_id, 0)
    try:
        result = perform(_bring, run_id, files, now=now)
    except feeds.FeedError as error:
        said = str(error).replace(run_id.hex, "").strip() or str(error)
        perform(_give_up, run_id, said, now=now).unwrap()
        return
    if result.error is not None:
        perform(_give_up, run_id, result.message, now=now).unwrap()


def _bring(run_id: UUID, files: ImportFiles, *, now: datetime) -> None:
    """Read the file and note what came of it, in one transaction with what it changes."""
    run = _found(run_id)
    dealer = db.session.get_one(Dealer, run.dealer_id)
    is_check = run.state is ImportState.CHECKING
    today = clock.business_date(now, db.session.get_one(Tenant, run.tenant_id).time_zone)
    report = import_stock(
        dealer,
        _items(run, dealer, files),
        format=run.format or "",
        full_sync=run.whole_stock and not is_check,
        dry_run=is_check,
        today=today,
        now=now,
        progress=lambda read: files.note_progress(run_id, read),
        actor=run.actor,
    )
    note_report(run, report, now=now)


def _items(run: ImportRun, dealer: Dealer, files: ImportFiles) -> Iterator[StockItem]:
    path, mapping = files.path(run.id), _mapping(run)
    if mapping is None:
        return feeds.read(path, run.format, known_boilerplate=known_texts(dealer))[1]
    return feeds.read(path, mapping=scheme(mapping, path))[1]


def scheme(mapping: ImportMapping, path: Path) -> mapped_csv.Scheme:
    """Give a kept mapping as a file is read by it.

    A spreadsheet writes the same table now as UTF-8, now in an old encoding, now with commas, now with semicolons: what
    can be told of the file itself is taken from there, and a person's choice between old encodings stands.

    Raises:
        FeedError: it names columns that we do not have any more.
    """
    source = {**mapping.source, "name": mapping.format}
    found = layout_of(path, titled=source.get("header"))
    if list(found.columns) == mapping.columns:
        source["delimiter"] = found.delimiter
        if "utf-8-sig" in (found.encoding, source.get("encoding")):
            source["encoding"] = found.encoding
    return mapped_csv.scheme_of(source, mapping.name)


def _mapping(run: ImportRun) -> ImportMapping | None:
    return None if run.mapping_id is None else db.session.get(ImportMapping, run.mapping_id)


def _found(run_id: UUID) -> ImportRun:
    found = import_runs.run(run_id)
    if found is None:
        raise LookupError(f"no import {run_id}")
    return found


def _give_up(run_id: UUID, why: str, *, now: datetime) -> None:
    note_failure(_found(run_id), why, now=now)


def refused_csv(run: ImportRun, said: dict[str, str], settings: Settings, reason: Any) -> str:
    """Write the refused rows as CSV: why, then the row as it came, so that it can be mended and dropped again.

    Args:
        run: the import.
        said: heading of the columns we add: `row`, `field`, `reason`.
        settings: of the installation.
        reason: writes a reason in the reader's language.
    """
    wrong = {int(one["row"]): one for one in run.refused}
    names, cells = _as_they_came(run, set(wrong), settings)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([said["row"], said["field"], said["reason"], *map(harmless, names)])
    for number, one in sorted(wrong.items()):
        came = cells.get(number, [str(one.get("id") or "")])
        writer.writerow([number, one["field"], harmless(reason(one["reason"])), *map(harmless, came)])
    return "\ufeff" + text.getvalue()


def _as_they_came(run: ImportRun, wanted: set[int], settings: Settings) -> tuple[list[str], dict[int, list[str]]]:
    """Give the columns of a CSV and the cells of these rows; of other formats nothing but their key."""
    mapping, path = _mapping(run), import_files(settings).path(run.id)
    if mapping is None and run.format != "csv":
        return ["id"], {}
    try:
        plan = scheme(mapping, path) if mapping is not None else None
        if plan is not None:
            found = rows(path, DEFAULT_LIMITS, encoding=plan.encoding, delimiter=plan.delimiter, titled=plan.titled)
        else:
            found = rows(path, DEFAULT_LIMITS, encoding="utf-8-sig", delimiter=layout_of(path).delimiter)
        kept = {row.line: row.cells for row in found if row.line in wanted}
    except feeds.FeedError:
        return ["id"], {}
    names = list(next(iter(kept.values()), {}))
    return names, {line: [row[name] for name in names] for line, row in kept.items()}


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula (SECURITY C8)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
