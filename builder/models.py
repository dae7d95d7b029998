"""What the builder remembers of each site: its state, its releases, its files and who read what (docs/building.md)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerShared, Owned
from storefront.core.types import UtcDateTime
from storefront.domain.accounts.models import Tenant

_Big = BigInteger().with_variant(Integer, "sqlite")


class SiteState(Model, DealerShared):
    """How a site stands: which ledger mark its live release reflects, as of which day, and who is building it."""

    __tablename__ = "site_states"

    id: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=True)
    """Small, because every row of `site_files` and `site_reads` carries it."""
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), unique=True)
    mark: Mapped[int] = mapped_column(_Big, default=0)
    """`changes.id` up to which the live release is current."""
    as_of: Mapped[date | None]
    look_digest: Mapped[str] = mapped_column(String(64), default="")
    """Hash of the content that lists what pages are made of besides rows, and in which sets (`ingredients.py`)."""
    recipe: Mapped[str] = mapped_column(String(64), default="")
    """Digest of all templates, words and code at the last build (`recipe.py`): equal, and nothing of them changed."""
    owed: Mapped[bytes | None]
    """Numbers of pages that are stale and were left to a later publish (feeds), packed; None for none."""
    release: Mapped[str | None] = mapped_column(String(40))
    fence: Mapped[int] = mapped_column(_Big, default=0)
    """Grows with every build; an older builder cannot switch (SECURITY E4)."""
    leased_by: Mapped[str | None] = mapped_column(String(120))
    """Machine whose builder holds the site; on that machine a file lock says whether it still lives."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing is published by itself: somebody rolled the site back (`holding.py`)."""
    held_by: Mapped[str | None] = mapped_column(String(200))


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


class SiteFile(Model, Owned):
    """A file of the live release, or a whole set of pictures: what it holds, which page it is, what that read.

    A publish reads and writes only the rows of pages concerned; files that belong together (a car's pages in all
    languages) are found by `about`.
    """

    __tablename__ = "site_files"
    __table_args__ = (
        Index("ix_site_files_about", "site", "about"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey(Tenant.id))
    """Declared here without the index that every other owned table has."""
    site: Mapped[int] = mapped_column(
        _Big, ForeignKey("site_states.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Of the file on its site, from 1; a full build numbers anew."""
    about: Mapped[int] = mapped_column(BigInteger)
    """Number of (kind, key) of a page, of the path of another file, of the name of a set (`reads.py`)."""
    path: Mapped[str] = mapped_column(String(600))
    """Inside the tree; of a set of pictures its name alone."""
    hash: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    encodings: Mapped[str] = mapped_column(String(20), default="")
    """Compressed copies, with blanks between."""
    lang: Mapped[str | None] = mapped_column(String(16))
    kind: Mapped[str | None] = mapped_column(String(16))
    """Of a page; None for another file."""
    key: Mapped[str | None] = mapped_column(String(220))
    bucket: Mapped[int | None]
    gone: Mapped[date | None]
    """Since when nothing refers to it any more; it is served for 30 days on (SEO.md §15)."""
    photos: Mapped[str | None] = mapped_column(Text)
    """What the page shows, with blanks between: sets of pictures by name, cards and films by path."""
    members: Mapped[bytes | None]
    """Of a set of pictures: its files, as JSON."""
    ingredients: Mapped[int | None] = mapped_column(BigInteger)
    """Number of the set of words, parts, settings and files the page was made with."""
    things: Mapped[bytes | None]
    """What the page read, packed (`reads.py`); the links it makes and the pictures it shows are things, too."""


Index(
    "ix_site_files_gone",
    SiteFile.site,
    SiteFile.gone,
    sqlite_where=SiteFile.gone.is_not(None),
)
# On PostgreSQL it is partial, too (the migration says so); to say it here would load that driver in every process.


class SiteReads(Model, Owned):
    """Which pages of a site read a thing, and which aspects of it.

    A thing is the 64-bit hash of a kind and a key. Two that share a hash make a page stale too often, never too seldom;
    the words behind a hash are had by loading the page's context again.
    """

    __tablename__ = "site_reads"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    site: Mapped[int] = mapped_column(
        _Big, ForeignKey("site_states.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    thing: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chunk: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """-1; what very many pages read is kept in several rows: page number // 1,024."""
    pages: Mapped[bytes]
    """64-bit numbers, sorted: the page's number in the upper half, aspects in the lower (`postings.py`)."""


class SiteMove(Model, DealerShared):
    """An address a site once had: where it went, or that it is gone for good (SEO.md §§3, 7; `afterlife.py`)."""

    __tablename__ = "site_moves"
    __table_args__ = (
        Index("ix_site_moves_build", "store_id", "build"),
        Index("ix_site_moves_since", "store_id", "since"),
        Index("ix_site_moves_target", "store_id", "target"),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(600), primary_key=True)
    target: Mapped[str | None] = mapped_column(String(900))
    """Root-relative or absolute; None: gone."""
    since: Mapped[date]
    """The business day on which it happened."""
    build: Mapped[int] = mapped_column(_Big)
    """Fencing number of the build that noted it last."""


class Preview(Model, DealerShared):
    """An unpublished state of a site, to be looked at on a host of its own that nobody can guess (`preview.py`)."""

    __tablename__ = "previews"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), index=True)
    host: Mapped[str] = mapped_column(String(253), unique=True)
    theme: Mapped[str | None] = mapped_column(String(40))
    """Another theme than the site's; None for its own."""
    theme_settings: Mapped[dict[str, Any] | None]
    """Other values for the theme's settings; None for the site's own."""
    as_of: Mapped[date | None]
    """The business date it is drawn for; None for the day it is built on."""
    with_pending: Mapped[bool] = mapped_column(default=False)
    """With cars that are not offered yet."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    built_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pages: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(Text)


class Schedule(Model, DealerShared):
    """A moment at which a held site is to be published again (`scheduling.py`)."""

    __tablename__ = "schedules"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(255))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
