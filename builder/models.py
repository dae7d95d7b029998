"""What the builder remembers of each site: its state, its releases, and what each page read (docs/building.md)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerShared, Owned
from storefront.core.types import UtcDateTime

_Big = BigInteger().with_variant(Integer, "sqlite")


class SiteState(Model, DealerShared):
    """How a site stands: which ledger mark its live release reflects, as of which day, and who is building it."""

    __tablename__ = "site_states"

    id: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=True)
    """Small, because every row of `page_reads` carries it."""
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), unique=True)
    mark: Mapped[int] = mapped_column(_Big, default=0)
    """`changes.id` up to which the live release is current."""
    as_of: Mapped[date | None]
    look_digest: Mapped[str] = mapped_column(String(64), default="")
    """Digest of everything a page is drawn with besides rows: templates, words, code, settings (`recipe.py`)."""
    release: Mapped[str | None] = mapped_column(String(40))
    fence: Mapped[int] = mapped_column(_Big, default=0)
    """Grows with every build; an older builder cannot switch (SECURITY E4)."""
    leased_by: Mapped[str | None] = mapped_column(String(120))
    """Machine whose builder holds the site; on that machine a file lock says whether it still lives."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SiteRelease(Model, DealerShared):
    """One build of a site, successful or not, for the admin to show."""

    __tablename__ = "site_releases"
    __table_args__ = (UniqueConstraint("store_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pages: Mapped[int] = mapped_column(default=0)
    rendered: Mapped[int] = mapped_column(default=0)
    reused: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(Text)


class PageRead(Model, Owned):
    """One thing a page of a site read: what makes the page stale when it changes.

    Page and thing are 64-bit hashes (`reads.py`), so that the half million rows of a big marketplace stay small and
    quick to write. Two things that share a hash make a page stale too often, never too seldom; the words behind a
    hash are had by loading the page's context again.
    """

    __tablename__ = "page_reads"
    __table_args__ = (
        Index("ix_page_reads_thing", "thing", "site", "page"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    """Declared here without the index that every other owned table has."""
    site: Mapped[int] = mapped_column(
        _Big, ForeignKey("site_states.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    page: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    thing: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
