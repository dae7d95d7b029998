"""What is forgotten of imports: files nobody imported, and later those that were, with what was told of them.

The trail keeps who brought and imported what; mappings stay for the dealer's next file.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select

from storefront.core.db import db

from .import_files import ImportFiles
from .import_runs import ImportRun, ImportState

UNUSED_KEPT = timedelta(days=14)
"""A file that was never imported: mapped, checked, refused or just dropped."""
IMPORTED_KEPT = timedelta(days=90)
"""One that was, so that the refused rows can still be fetched and mended."""
MOST_AT_ONCE = 500


def tenants_with_old(now: datetime) -> list[UUID]:
    """Give the tenants with something to forget; act everywhere()."""
    return sorted(db.session.scalars(select(ImportRun.tenant_id).where(_is_old(now)).distinct()))


def forget_old(files: ImportFiles, *, now: datetime) -> Sequence[UUID]:
    """Delete the old imports of the open scope with their files, and give their ids.

    Args:
        files: of the installation.
        now: aware UTC.
    """
    gone = list(db.session.scalars(select(ImportRun.id).where(_is_old(now)).limit(MOST_AT_ONCE)))
    if gone:
        statement = delete(ImportRun).where(ImportRun.id.in_(gone))
        db.session.execute(statement.execution_options(synchronize_session=False))
    for run_id in gone:
        files.remove(run_id)  # before the commit: a row without its file is asked again, a file without its row never
    return gone


def _is_old(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that an import may go; one that is at work stays, however long its worker takes."""
    resting = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
    return or_(
        ImportRun.state.in_(resting) & (ImportRun.created_at < now - UNUSED_KEPT),
        (ImportRun.state == ImportState.DONE) & (ImportRun.created_at < now - IMPORTED_KEPT),
    )
