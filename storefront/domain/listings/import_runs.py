"""Imports on screen: a file somebody dropped, how it is read, how far it is, what came of it; mappings kept."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model, db
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerOwned
from storefront.core.types import Code, UtcDateTime

MOST_TOLD = 5000
"""Refused rows, and remarks, that a run keeps word for word; its counts are of all."""


class ImportState(IntEnum):
    """How far an import is."""

    UPLOADED = 1
    """The file is here; an unknown layout waits for its mapping."""
    CHECKING = 2
    """Every row is being read, nothing is written."""
    CHECKED = 3
    """What an import would do is known, row by row."""
    IMPORTING = 4
    DONE = 5
    FAILED = 6


class ImportMapping(Model, DealerOwned):
    """How the columns of a dealer's own export become ours, kept for its next file."""

    __tablename__ = "import_mappings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    columns: Mapped[list[Any]]
    """The columns of the file it was made for, in order: a file with the same ones is read by it."""
    source: Mapped[dict[str, Any]]
    """The parts of a mapping file (docs/importing.md)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def format(self) -> str:
        """Give the name its cars are known under: it stays when the mapping is mended."""
        return f"mapped-{self.id.hex[:12]}"


class ImportRun(Model, DealerOwned):
    """One file and what became of it."""

    __tablename__ = "import_runs"
    __table_args__ = (Index("ix_import_runs_dealer_id_created_at", "dealer_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(255))
    """As the dealer calls it; never a path of ours."""
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    format: Mapped[str | None] = mapped_column(String(40))
    """A known format; None until the columns are mapped."""
    mapping_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_mappings.id", ondelete="SET NULL"))
    state: Mapped[ImportState] = mapped_column(Code(ImportState), default=ImportState.UPLOADED)
    whole_stock: Mapped[bool] = mapped_column(default=False)
    """Cars of earlier files that this one does not name are withdrawn."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`read created updated unchanged withdrawn refused warnings`, of the check or of the import."""
    refused: Mapped[list[Any]] = mapped_column(default=list)
    """`{"row", "id", "field", "reason"}`, the first `MOST_TOLD`."""
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    """`{"row", "id", "field", "message"}`, likewise."""
    failure: Mapped[str | None] = mapped_column(Text)
    """Why the file as a whole cannot be imported."""
    actor: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_at_work(self) -> bool:
        """Ask whether a worker has it or will have it soon."""
        return self.state in (ImportState.CHECKING, ImportState.IMPORTING)

    @property
    def may_import(self) -> bool:
        """Ask whether it was checked and offers a car."""
        return self.state is ImportState.CHECKED and self.counts.get("read", 0) > self.counts.get("refused", 0)


def runs(limit: int = 20) -> Sequence[ImportRun]:
    """Give the newest imports of the open scope."""
    newest = select(ImportRun).order_by(ImportRun.created_at.desc(), ImportRun.id)
    return db.session.scalars(newest.limit(limit)).all()


def run(run_id: UUID) -> ImportRun | None:
    """Give an import of the open scope; None when there is none."""
    return db.session.scalars(select(ImportRun).where(ImportRun.id == run_id)).first()


def mappings() -> Sequence[ImportMapping]:
    """Give the mappings of the open scope, the newest first."""
    return db.session.scalars(select(ImportMapping).order_by(ImportMapping.updated_at.desc(), ImportMapping.id)).all()


def mapping_for(columns: Sequence[str]) -> ImportMapping | None:
    """Find the mapping made for a file with these columns."""
    return next((known for known in mappings() if known.columns == list(columns)), None)
