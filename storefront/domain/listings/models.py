"""Listings: the offer of a vehicle, its price history, its photos, and where it stands in the lists (SPEC 34-47)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storefront.core.changes import Key, Tracked
from storefront.core.db import Model
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.money import Money
from storefront.core.tenancy import DealerOwned, DealerShared, Owned
from storefront.core.types import Code, UtcDateTime
from storefront.domain.dealers.models import Dealer, DealerText
from storefront.domain.vehicles.models import Vehicle, stock_heap

BUCKET = 24
"""Cars on one page of a list."""


class ListingStatus(IntEnum):
    """SPEC 35."""

    ACTIVE = 1
    PENDING = 2
    SOLD = 3
    WITHDRAWN = 4


class ListingType(IntEnum):
    """SPEC 36."""

    SALE = 1
    CONSIGNMENT = 2


class PriceReason(IntEnum):
    """Why a price changed (SPEC 38)."""

    MARKET_ADJUSTMENT = 1
    PROMOTION = 2
    NEGOTIATION = 3


class PhotoKind(IntEnum):
    """What a photo shows (SPEC 44)."""

    EXTERIOR = 1
    INTERIOR = 2
    ENGINE = 3
    DETAIL = 4


class PhotoState(IntEnum):
    """How far a photo is: its address is known, its file is here, or it could not be had."""

    QUEUED = 1
    READY = 2
    FAILED = 3


SHARD = 2
"""Letters of its public id by which a car is known to the map of its neighbours (`seo/sitemap.py`)."""


def _listing_members(values: Mapping[str, Any]) -> list[Key]:
    owner, status, letters = f"dealer:{values['dealer_id'].hex}", f"status-{int(values['status'])}", values["public_id"]
    neighbours = [("cars", f"{scope}/{letters[:SHARD]}", status) for scope in ("market", owner)]
    return [("listings", owner, status), *neighbours]


class Listing(Model, DealerOwned):
    """The offer of one vehicle by its dealer."""

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("dealer_id", "source", "source_id"),
        Index("ix_listings_status_price_dealer", "status", "price_cents", "dealer_id"),
        Index("ix_listings_tenant_status_price", "tenant_id", "status", "price_cents"),
        Index("ix_listings_dealer_status", "dealer_id", "status"),
        Index("ix_listings_tenant_id_public_id", "tenant_id", "public_id"),
        Index("ix_listings_publish_at", "publish_at"),
        CheckConstraint("price_cents IS NULL OR price_cents > 0", name="price"),
    )
    __tracked__ = Tracked(
        kind="listing",
        key="id",
        aspects={
            "status": ("status", "sold_at", "withdrawn_at"),
            "card": ("status", "price_cents", "currency", "vat", "listed_at", "slug", "public_id"),
            "featured": ("featured",),
            "price": ("price_cents", "currency", "vat", "vat_rate", "negotiable"),
            "text": ("description", "text_id"),
            "seo": ("seo_title", "seo_description", "seo_keywords"),
            "place": ("postal_code", "city", "country", "latitude", "longitude"),
            "detail": ("stock_number", "listing_type", "significant_at"),
            "address": ("slug", "public_id"),
        },
        heap=stock_heap,
        silent=(
            "id",
            "tenant_id",
            "dealer_id",
            "vehicle_id",
            "source",
            "source_id",
            "publish_at",
            "view_count",
            "inquiry_count",
            "created_at",
            "updated_at",
        ),
        members=_listing_members,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicles.id"), index=True)
    source: Mapped[str] = mapped_column(String(40), default="manual")
    """`manual`, or the format of the import it came by."""
    source_id: Mapped[str] = mapped_column(String(200))
    """The export's own key; the public id for manual ones."""
    stock_number: Mapped[str] = mapped_column(String(60))
    """ASCII without white space (SEO.md §2 sku)."""
    slug: Mapped[str] = mapped_column(String(120))
    """`bmw-320d-m-sport`; the address is `/vehicles/<slug>-<public id>/`."""
    status: Mapped[ListingStatus] = mapped_column(Code(ListingStatus), default=ListingStatus.ACTIVE)
    listing_type: Mapped[ListingType] = mapped_column(Code(ListingType), default=ListingType.SALE)
    price_cents: Mapped[int | None]
    """None: price on request."""
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    vat: Mapped[str | None] = mapped_column(String(20))
    """`standard`, `margin`, or unknown."""
    vat_rate: Mapped[int | None]
    """Rate in tenths of a percent (190 is 19 %) with `standard`."""
    negotiable: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")
    """Safe Markdown."""
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("dealer_texts.id"))
    featured: Mapped[bool] = mapped_column(default=False)
    seo_title: Mapped[str | None] = mapped_column(String(255))
    seo_description: Mapped[str | None] = mapped_column(Text)
    seo_keywords: Mapped[str | None] = mapped_column(String(500))
    postal_code: Mapped[str | None] = mapped_column(String(12))
    """The car's own place; None takes the dealer's (SPEC decisions)."""
    city: Mapped[str | None] = mapped_column(String(180))
    """Name of the place of that code where it is known (`whereabouts.py`); None takes the dealer's."""
    country: Mapped[str | None] = mapped_column(String(2))
    """Of that place; None with an unknown one."""
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    view_count: Mapped[int] = mapped_column(default=0)
    inquiry_count: Mapped[int] = mapped_column(default=0)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a pending offer goes live by itself (`scheduling.py`); None: when somebody says so."""
    listed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sold_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    significant_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Last change a visitor would notice: content, price, status, photos (SEO.md §11 lastmod)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    vehicle: Mapped[Vehicle] = relationship(lazy="raise_on_sql")
    dealer: Mapped[Dealer] = relationship(lazy="raise_on_sql")
    text: Mapped[DealerText | None] = relationship(lazy="raise_on_sql")
    photos: Mapped[list["Photo"]] = relationship(
        back_populates="listing", order_by="Photo.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )

    @property
    def price(self) -> Money | None:
        """Give the price, None on request."""
        return None if self.price_cents is None else Money(self.price_cents, self.currency)

    def set_price(self, cents: int, now: datetime) -> None:
        """Change the price; the caller writes the history row (`actions.change_price`).

        Raises:
            DomainError: not positive (SPEC 37).
        """
        if cents <= 0:
            raise DomainError("Price must be positive", field="price")
        self.price_cents = cents
        self.touch(now)

    def mark_sold(self, now: datetime) -> None:
        """Set Sold with its date (SPEC 41).

        Raises:
            DomainError: when it is sold or withdrawn already.
        """
        if self.status is ListingStatus.SOLD:
            raise DomainError("This vehicle is already sold", code="conflict")
        if self.status is ListingStatus.WITHDRAWN:
            raise DomainError("This listing is withdrawn; list the vehicle again first", code="conflict")
        self.status = ListingStatus.SOLD
        self.sold_at = now
        self.touch(now)

    def withdraw(self, now: datetime) -> None:
        """Take the offer back; a sold one stays sold."""
        if self.status in (ListingStatus.ACTIVE, ListingStatus.PENDING):
            self.status = ListingStatus.WITHDRAWN
            self.publish_at = None
            self.withdrawn_at = now
            self.touch(now)

    def go_live(self, moment: datetime) -> None:
        """Offer a pending car: it counts as listed from that moment on.

        Raises:
            DomainError: it is not pending.
        """
        if self.status is not ListingStatus.PENDING:
            raise DomainError("Only an offer that waits can go live", code="conflict")
        self.status = ListingStatus.ACTIVE
        self.publish_at = None
        self.listed_at = moment
        self.touch(moment)

    def relist(self, now: datetime) -> None:
        """Offer a withdrawn car again."""
        if self.status is ListingStatus.WITHDRAWN:
            self.status = ListingStatus.ACTIVE
            self.withdrawn_at = None
            self.touch(now)

    def touch(self, now: datetime) -> None:
        """Note a change that a visitor notices."""
        self.significant_at = now
        self.updated_at = now


class PriceChange(Model, DealerOwned):
    """One line of the append-only price history (SPEC 38); the first has no old price."""

    __tablename__ = "price_changes"
    __table_args__ = (Index("ix_price_changes_listing_id_at", "listing_id", "at"),)
    __tracked__ = Tracked(
        kind="listing",
        key="listing_id",
        aspects={"price": ("old_cents", "new_cents", "currency", "at")},
        heap=stock_heap,
        silent=("id", "tenant_id", "dealer_id", "listing_id", "reason", "notes", "actor"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id"))
    old_cents: Mapped[int | None]
    new_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    reason: Mapped[PriceReason] = mapped_column(Code(PriceReason))
    notes: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(255))
    """`user:<id>`, `import:<format>`, `command`."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def _covers(session: Session, listing_ids: Collection[UUID]) -> dict[UUID, tuple[Any, ...]]:
    """Give what cards show of the photos of some cars: the first one, and how many there are."""
    shown = (Photo.kind, Photo.content_hash, Photo.width, Photo.height, Photo.focus_x, Photo.focus_y)
    found: dict[UUID, tuple[Any, ...]] = {}
    several = list(listing_ids)
    for start in range(0, len(several), 500):
        reading = Photo.first_of_each(several[start : start + 500], Photo.listing_id, *shown)
        found.update((row[0], tuple(row[1:])) for row in session.execute(reading))
    return found


class Photo(Model, DealerOwned):
    """A photo of a listing (SPEC 44); its file lies in the upload store under its content hash."""

    __tablename__ = "photos"
    __table_args__ = (
        Index("ix_photos_listing_id_position", "listing_id", "position"),
        CheckConstraint("focus_x IS NULL OR focus_x BETWEEN 0 AND 100", name="focus_x"),
        CheckConstraint("focus_y IS NULL OR focus_y BETWEEN 0 AND 100", name="focus_y"),
    )
    __tracked__ = Tracked(
        kind="listing",
        key="listing_id",
        aspects={
            "photos": (
                "position",
                "primary",
                "caption",
                "kind",
                "state",
                "content_hash",
                "width",
                "height",
                "focus_x",
                "focus_y",
            ),
            "cover": (
                *("position", "primary", "kind", "state", "content_hash"),
                *("width", "height", "focus_x", "focus_y"),
            ),
        },
        chosen={"cover": _covers},
        heap=stock_heap,
        silent=("id", "tenant_id", "dealer_id", "listing_id", "source_url", "failure", "attempts", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    position: Mapped[int]
    """Display order from 0."""
    primary: Mapped[bool] = mapped_column(default=False)
    caption: Mapped[str | None] = mapped_column(String(255))
    kind: Mapped[PhotoKind] = mapped_column(Code(PhotoKind), default=PhotoKind.EXTERIOR)
    state: Mapped[PhotoState] = mapped_column(Code(PhotoState), default=PhotoState.QUEUED)
    source_url: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """sha256 of the original file: where it lies (`photo_store.py`) and what its derivatives are kept by."""
    width: Mapped[int | None]
    """Pixels, upright."""
    height: Mapped[int | None]
    focus_x: Mapped[int | None]
    """Where crops look, in percent of the upright width from the left; None takes the default (BRIEF §7)."""
    focus_y: Mapped[int | None]
    """The same from the top."""
    failure: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    listing: Mapped[Listing] = relationship(back_populates="photos", lazy="raise_on_sql")

    @staticmethod
    def is_here() -> ColumnElement[bool]:
        """Say in SQL that a photo can be shown."""
        known = Photo.content_hash.is_not(None) & Photo.width.is_not(None) & Photo.height.is_not(None)
        return (Photo.state == PhotoState.READY) & known

    @staticmethod
    def first_of_each(
        listing_ids: Collection[UUID] | Collection[BindParameter[UUID]] | BindParameter[Any], *columns: Any
    ) -> Select[Any]:
        """Read the cover of each of some cars: these columns of it, its place (1), and the number of its photos.

        The primary photo, else the first in display order; equal places are settled by content.
        """
        order = (Photo.primary.desc(), Photo.position, Photo.content_hash)
        place = func.row_number().over(partition_by=Photo.listing_id, order_by=order).label("place")
        count = func.count().over(partition_by=Photo.listing_id).label("count")
        ranked = select(*columns, place, count).where(Photo.listing_id.in_(listing_ids), Photo.is_here()).subquery()
        return select(ranked).where(ranked.c.place == 1)


class TourKind(IntEnum):
    """SPEC 46."""

    PHOTOS_360 = 1
    VIDEO = 2
    INTERACTIVE = 3


class VirtualTour(Model, DealerOwned):
    """A virtual tour of a listing (SPEC 46)."""

    __tablename__ = "virtual_tours"
    __table_args__ = (Index("ix_virtual_tours_listing_id_position", "listing_id", "position"),)
    __tracked__ = Tracked(
        kind="listing",
        key="listing_id",
        aspects={"tours": ("kind", "title", "data", "provider", "external_id", "active", "position")},
        silent=("id", "tenant_id", "dealer_id", "listing_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[TourKind] = mapped_column(Code(TourKind))
    title: Mapped[str | None] = mapped_column(String(255))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the kind needs (`listings/tours.py`): hashes of kept files, sizes, an address."""
    provider: Mapped[str | None] = mapped_column(String(40))
    """Who shows it: None is our own page."""
    external_id: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListingSource(Model, DealerOwned):
    """What the last import said of a car: raw words for the admin, and its meaning for the next comparison."""

    __tablename__ = "listing_sources"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), unique=True)
    format: Mapped[str] = mapped_column(String(40))
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    meaning: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Field → canonical value, as imported; a person's later edit of a field wins until the export changes it."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


def _entry_members(values: Mapping[str, Any]) -> list[Key]:
    """Give what an entry counts in: its list, its bucket, and its list's family; and that the car stands there."""
    scope, list_key = values["scope"], values["list_key"]
    name = f"{scope}/{list_key}"
    bucket = values["position"] // BUCKET
    members = [("list", name, "count"), ("list", name, f"bucket-{bucket}"), ("placed", values["listing_id"].hex, scope)]
    if (family := family_of(list_key)) != list_key:
        members.append(("list", f"{scope}/{family}", "count"))
    return members


def _entry_arrivals(values: Mapping[str, Any]) -> list[Key]:
    return [("list", f"{values['scope']}/{values['list_key']}", "joins")]


def family_of(list_key: str) -> str:
    """Give the family a list counts in, for pages that show all lists of a kind: `make`, `model:bmw`, `body`."""
    kind, _, name = list_key.partition(":")
    return f"model:{name.partition('/')[0]}" if kind == "model" else kind


class ListEntry(Model, DealerOwned):
    """Where an active car stands in a list: positions only grow, newest highest, gaps stay, so that a page of a list
    (24 positions, a bucket) changes only when one of its own cars does.
    """

    __tablename__ = "list_entries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scope", "list_key", "position"),
        UniqueConstraint("listing_id", "scope", "list_key"),
        Index("ix_list_entries_scope", "tenant_id", "scope", "list_key", "position"),
    )
    __tracked__ = Tracked(
        kind="list_entry",
        key="id",
        aspects={},
        silent=("id", "tenant_id", "dealer_id", "listing_id", "scope", "list_key", "position"),
        members=_entry_members,
        arrivals=_entry_arrivals,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(60))
    """`market`, or `dealer:<32 hex digits>`."""
    list_key: Mapped[str] = mapped_column(String(220))
    """`all`, `make:bmw`, `model:bmw/3er`, `body:estate`, `fuel:diesel`; on the marketplace `city:hamburg`."""
    position: Mapped[int]


def _cursor_members(values: Mapping[str, Any]) -> list[Key]:
    """Give the family in which a list is named: while a car stands in it, however many do."""
    family = family_of(values["list_key"])
    if family == values["list_key"] or not any(values["filled"] or b""):
        return []
    return [("list", f"{values['scope']}/{family}", "names")]


class ListCursor(Model, Owned):
    """The next free position of a list; kept apart so that a removed top position is not given twice."""

    __tablename__ = "list_cursors"
    __table_args__ = (UniqueConstraint("tenant_id", "scope", "list_key"),)
    __tracked__ = Tracked(
        kind="list_cursor",
        key="id",
        aspects={},
        silent=("id", "tenant_id", "scope", "list_key", "next_position", "filled"),
        members=_cursor_members,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    scope: Mapped[str] = mapped_column(String(60))
    list_key: Mapped[str] = mapped_column(String(220))
    next_position: Mapped[int] = mapped_column(default=0)
    filled: Mapped[bytes | None]
    """How many cars stand in each bucket, a byte a bucket, the oldest first: the shape of a list in one row."""


class StockFilter(Model, DealerShared):
    """A way somebody likes to see the stock, under a name of their own."""

    __tablename__ = "stock_filters"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    """The address's own words: `state=old&sort=price`."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
