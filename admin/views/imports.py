"""Imports on screen: drop a file, map its columns, have it checked, import it, read what was refused."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

from admin import importing
from admin.access import dealer_of, needs, office, visitor
from admin.entrance import takes
from admin.forms.imports import LISTS, MAIN, REST, SEPARATORS, SIGNS, UNITS, MappingForm, written_as
from admin.pages import pen, render
from admin.reasons import reason, unknown_word
from storefront import feeds
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.domain.accounts.models import Permission
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import import_actions as actions
from storefront.domain.listings import import_runs
from storefront.domain.listings.import_files import MOST_BYTES, import_files
from storefront.domain.listings.import_runs import ImportMapping, ImportRun, ImportState
from storefront.feeds import mapped_csv
from storefront.feeds.guessing import DATE_FORMATS, guess
from storefront.feeds.layout import ENCODINGS, readable

bp = Blueprint("imports", __name__, url_prefix="/imports")
MANAGE = Permission.MANAGE_VEHICLE_LISTINGS
TOLD = 20
"""Refused rows and remarks a page shows; the rest is in the file to be had."""
EXAMPLE = datetime(2021, 3, 21, 14, 30, tzinfo=UTC)
"""How a notation of dates is shown: this moment written in it."""
SAMPLES = 3
"""Values of a column that are shown beside it."""


@bp.get("/")
@needs(MANAGE)
def index() -> Response:
    """Show where to drop a file, and the imports so far."""
    return _index()


@bp.post("/")
@needs(MANAGE)
@takes(MOST_BYTES)
def create() -> Response:
    """Take a stock file; what it is decides what comes next."""
    dealer, file = _dealer(), request.files.get("file")
    if file is None or not file.filename:
        return _index(pen().t("imports.no_file"), 422)
    run_id, files = new_id(), import_files(office().settings)
    try:
        content = readable(file.read())
        files.put(run_id, content)
        format_name = importing.known_format(files.path(run_id))
        mapping = None if format_name else _kept(run_id, dealer)
    except feeds.FeedError as error:
        files.remove(run_id)
        return _index(reason(pen(), str(error).replace(run_id.hex, file.filename)), 422)
    result = perform(
        actions.bring_file,
        dealer,
        run_id,
        file.filename.replace("\\", "/").rpartition("/")[2],
        len(content),
        format=format_name,
        mapping=mapping,
        rows=max(0, content.count(b"\n") - 1) if content[:1] not in (b"<", b"{") else 0,
        now=clock.now(),
        actor=visitor().actor,
    )
    if not result:
        files.remove(run_id)
        return _index(pen().refusal(result.error), 422)  # type: ignore[arg-type]
    return _to(run_id)


@bp.get("/<uuid:run_id>/")
@needs(MANAGE)
def show(run_id: UUID) -> Response:
    """Show how far an import is and what came of it; one without a mapping leads to it."""
    run = _run(run_id)
    if run.state is ImportState.UPLOADED and run.format is None:
        return make_response(redirect(url_for("admin.imports.mapping", run_id=run_id), 303))
    return _page(run)


@bp.get("/<uuid:run_id>/mapping")
@needs(MANAGE)
def mapping(run_id: UUID) -> Response:
    """Show which column becomes what, and how the first cars will look by it; nothing is kept."""
    run = _run(run_id)
    return _mapping_page(run, request.args)


@bp.post("/<uuid:run_id>/mapping")
@needs(MANAGE)
def keep(run_id: UUID) -> Response:
    """Keep a mapping for this file and the dealer's next, and have every row checked."""
    run = _run(run_id)
    form = _form(run, request.form)
    if form is None or not form.check():
        return _mapping_page(run, request.form, 422)
    scheme, fault = _scheme(form)
    if scheme is None:
        form.errors[""] = reason(pen(), fault)
        return _mapping_page(run, request.form, 422)
    known = None if run.mapping_id is None else db.session.get(ImportMapping, run.mapping_id)
    result = perform(
        actions.keep_mapping,
        run,
        known,
        form.source,
        form.layout.columns,
        name=form.raw["name"] or run.file_name,
        now=clock.now(),
        actor=visitor().actor,
    )
    if not result:
        return _page(_run(run_id), pen().refusal(result.error), 409)  # type: ignore[arg-type]
    return _to(run_id)


@bp.post("/<uuid:run_id>/check")
@needs(MANAGE)
def check(run_id: UUID) -> Response:
    """Have every row of a file checked again."""
    result = perform(actions.check_file, _run(run_id), now=clock.now(), actor=visitor().actor)
    return _to(run_id) if result else _page(_run(run_id), pen().refusal(result.error), 409)  # type: ignore[arg-type]


@bp.post("/<uuid:run_id>/import")
@needs(MANAGE)
def start(run_id: UUID) -> Response:
    """Import a checked file."""
    whole = request.form.get("whole_stock") == "yes"
    result = perform(actions.start_import, _run(run_id), whole_stock=whole, now=clock.now(), actor=visitor().actor)
    return _to(run_id) if result else _page(_run(run_id), pen().refusal(result.error), 409)  # type: ignore[arg-type]


@bp.post("/<uuid:run_id>/drop")
@needs(MANAGE)
def drop(run_id: UUID) -> Response:
    """Forget a file."""
    result = perform(actions.drop_file, _run(run_id), now=clock.now(), actor=visitor().actor)
    if not result:
        return _page(_run(run_id), pen().refusal(result.error), 409)  # type: ignore[arg-type]
    import_files(office().settings).remove(run_id)
    flash(pen().t("imports.dropped"))
    return make_response(redirect(url_for("admin.imports.index"), 303))


@bp.get("/<uuid:run_id>/refused.csv")
@needs(MANAGE)
def refused(run_id: UUID) -> Response:
    """Give the refused rows with their reasons, as CSV to mend and drop again."""
    run, write = _run(run_id), pen()
    said = {name: write.t(f"imports.csv.{name}") for name in ("row", "field", "reason")}
    text = importing.refused_csv(run, said, office().settings, lambda told: reason(write, told))
    answer = make_response(text)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{write.t("imports.csv.name")}.csv"'
    return answer


# -- what the views share --


def _dealer() -> Dealer:
    """Give the dealer at the desk; the operator's people have no stock of their own."""
    return dealer_of(visitor()) or abort(404)


def _run(run_id: UUID) -> ImportRun:
    return import_runs.run(run_id) or abort(404)


def _to(run_id: UUID) -> Response:
    return make_response(redirect(url_for("admin.imports.show", run_id=run_id), 303))


def _kept(run_id: UUID, dealer: Dealer) -> ImportMapping | None:
    """Find the mapping the dealer made for files like this one; what its bytes are may differ from file to file."""
    found = importing.layout_of(import_files(office().settings).path(run_id), country=dealer.country)
    return import_runs.mapping_for(found.columns)


def _index(fault: str = "", status: int = 200) -> Response:
    dealer = dealer_of(visitor())
    page = render(
        "imports/index.html",
        fault=fault,
        runs=import_runs.runs(),
        may_drop=dealer is not None,
        most_megabytes=MOST_BYTES // 1_048_576,
        formats=feeds.FORMATS,
    )
    return make_response(page, status)


def _page(run: ImportRun, fault: str = "", status: int = 200) -> Response:
    write = pen()
    remarks = _grouped(run.remarks, "message")
    page = render(
        "imports/show.html",
        run=run,
        fault=fault,
        failure=reason(write, run.failure) if run.failure else "",
        progress=import_files(office().settings).progress(run.id),
        reason=lambda said: reason(write, said),
        refused=run.refused[:TOLD],
        reasons=_grouped(run.refused, "reason"),
        remarks=remarks[:TOLD],
        asks_words=run.mapping_id is not None and run.state is ImportState.CHECKED and bool(_told(run)),
        more_remarks=max(0, len(remarks) - TOLD),
        part=request.headers.get("HX-Request") == "true",
    )
    return make_response(page, status)


def _grouped(told: list[Any], name: str) -> list[tuple[str, str, int, list[int]]]:
    """Give each sentence once: field, words, how often, the first rows."""
    write = pen()
    found: dict[tuple[str, str], list[int]] = {}
    for one in told:
        found.setdefault((str(one["field"]), reason(write, str(one[name]))), []).append(int(one["row"]))
    lines = [(field, said, len(rows), rows[:5]) for (field, said), rows in found.items()]
    return sorted(lines, key=lambda line: -line[2])


def _form(run: ImportRun, typed: Any) -> MappingForm | None:
    """Give the form of a run's file: as kept, else as guessed, then as somebody answers; None for no table."""
    dealer = _owner_of(run)
    known = None if run.mapping_id is None else db.session.get(ImportMapping, run.mapping_id)
    said = written_as(typed) or (known.source if known is not None else {})
    try:
        found = importing.layout(run, dealer, office().settings, said)
    except feeds.FeedError:
        return None
    if known is not None and known.columns == list(found.columns):
        source = {**known.source, "name": known.name}
    else:
        source = guess(found, country=dealer.country, name=run.file_name)
    form = MappingForm(found, source, _told(run))
    form.take(typed)
    return form


def _told(run: ImportRun) -> list[tuple[str, str]]:
    """Give the words an earlier check of the whole file did not know."""
    found = ((str(one["field"]), unknown_word(str(one["message"]))) for one in run.remarks)
    return [(field, word) for field, word in found if word]


def _owner_of(run: ImportRun) -> Dealer:
    return db.session.get_one(Dealer, run.dealer_id)


def _scheme(form: MappingForm) -> tuple[mapped_csv.Scheme | None, str]:
    try:
        return mapped_csv.scheme_of(form.source, form.raw["name"]), ""
    except feeds.FeedError as error:
        return None, str(error)


def _mapping_page(run: ImportRun, typed: Any, status: int = 200) -> Response:
    if run.is_at_work or run.state is ImportState.DONE or run.format in feeds.FORMATS:
        return make_response(redirect(url_for("admin.imports.show", run_id=run.id), 303))
    form = _form(run, typed)
    if form is None:
        return _index(pen().t("imports.no_table"), 422)
    form.check()
    write, shown, fault = pen(), [], ""
    scheme, fault = _scheme(form)
    if scheme is not None:
        today = clock.business_date(clock.now(), visitor().tenant.time_zone)
        try:
            shown = importing.looks(import_files(office().settings).path(run.id), scheme, today)
        except feeds.FeedError as error:
            fault = reason(write, str(error))
    is_part = request.headers.get("HX-Request") == "true"
    page = render(
        "imports/preview.html" if is_part else "imports/mapping.html",
        run=run,
        form=form,
        typed=status != 200 or bool(typed),
        layout=form.layout,
        kind_of=lambda column: "colour" if column == "interior_colour" else column,
        samples={name: form.layout.samples(name, SAMPLES) for name in form.layout.columns},
        main=MAIN,
        rest=REST,
        units=UNITS,
        lists=LISTS,
        separators=SEPARATORS,
        signs=SIGNS,
        encodings=ENCODINGS,
        patterns={pattern: EXAMPLE.strftime(pattern) for pattern in DATE_FORMATS},
        looks=shown,
        fault=fault,
        reason=lambda told: reason(write, told),
    )
    return make_response(page, status)
