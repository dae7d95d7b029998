"""Buyers: the people who ask (SPEC 61), and what they have themselves written to about (SPEC 66, 107).

Nothing is sent to an address before its owner confirmed it by a letter (double opt-in), and what is not confirmed is
forgotten. Whoever ends a wish is forgotten at once: the row stays for a while without address and wish, so that
a second click on the same link has an answer. Links carry random tokens; only their hashes are kept.
"""

from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerShared
from storefront.core.types import Code, UtcDateTime


class BuyerSource(IntEnum):
    """Where a buyer first wrote from (SPEC 61)."""

    MARKETPLACE = 1
    DEALER_SITE = 2


class Buyer(Model, DealerShared):
    """Somebody who asked a dealer something; belongs to the dealer who was asked: dealers never share people."""

    __tablename__ = "buyers"
    __table_args__ = (Index("ix_buyers_tenant_id_email", "tenant_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(255))
    """In lower case; empty where somebody called or came in and left a phone number alone."""
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="de")
    address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Budget, brands, features (SPEC 61)."""
    source: Mapped[BuyerSource] = mapped_column(Code(BuyerSource))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def name(self) -> str:
        """Give the whole name."""
        return f"{self.first_name} {self.last_name}".strip()


class WishKind(IntEnum):
    """What somebody wants to hear of."""

    SEARCH = 1
    PRICE = 2


class Purpose(IntEnum):
    """What the token of a link is good for."""

    CONFIRM = 1
    UNSUBSCRIBE = 2


class Reason(IntEnum):
    """Why somebody is told of a car."""

    NEW = 1
    """It is offered since the search was saved."""
    CHEAPER = 2
    """Its price fell: below what was told before, or into the search."""


class Wish(Model, DealerShared):
    """A wish to be written to, made on one site; a dealer's site is that dealer's business alone."""

    __tablename__ = "wishes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "fold_key"),
        Index("ix_wishes_confirmed_at_created_at", "confirmed_at", "created_at"),
        Index("ix_wishes_unsubscribed_at", "unsubscribed_at"),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[WishKind] = mapped_column(Code(WishKind))
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), index=True)
    """The site it was made on; links lead there."""
    email: Mapped[str | None] = mapped_column(String(254))
    """Lower case; None once it is ended."""
    language: Mapped[str] = mapped_column(String(5), default="de")
    fold_key: Mapped[str | None] = mapped_column(String(64))
    """Hash of site, address and wish: the same wish twice is one. None once it is ended."""
    asked: Mapped[int] = mapped_column(default=1)
    """How often it was asked for; each time gets a letter of its own to confirm it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last letter about a car was written."""
    digested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last letter about several cars at once was written."""

    @property
    def is_active(self) -> bool:
        """Ask whether letters may be written: confirmed, and not ended."""
        return self.confirmed_at is not None and self.unsubscribed_at is None

    def end(self, now: datetime) -> None:
        """End it and forget whose it was and what was wished for."""
        self.unsubscribed_at = self.unsubscribed_at or now
        self.email = self.fold_key = None


class SavedSearch(Wish):
    """A search somebody wants to hear of (SPEC 66)."""

    __mapper_args__ = {"polymorphic_identity": WishKind.SEARCH}  # noqa: RUF012

    name: Mapped[str | None] = mapped_column(String(200))
    """What it is called in letters, `BMW, bis 20.000 €`."""
    criteria: Mapped[dict[str, Any] | None]
    """The query in its canonical form (`search.matching.criteria_of`)."""
    address: Mapped[str | None] = mapped_column(String(2000))
    """The same as parameters of the search page, `make=bmw&price_max=20000`, for the link back to it."""
    keyed_by: Mapped[str | None] = mapped_column(String(16), index=True)
    """Which rules its keys were made by; other rules, new keys."""

    def end(self, now: datetime) -> None:
        """End it (see `Wish.end`)."""
        Wish.end(self, now)
        self.name = self.criteria = self.address = self.keyed_by = None


class PriceWatch(Wish):
    """A car whose price somebody watches, usually a favourite."""

    __mapper_args__ = {"polymorphic_identity": WishKind.PRICE}  # noqa: RUF012

    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    watched_cents: Mapped[int | None]
    """What it cost when it was first watched; None: price on request."""

    def end(self, now: datetime) -> None:
        """End it (see `Wish.end`)."""
        Wish.end(self, now)
        self.listing_id = self.watched_cents = None


class WishToken(Model, DealerShared):
    """A token that a letter carries, by its hash; a letter has its own, so that no key has to be kept for them."""

    __tablename__ = "wish_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    wish_id: Mapped[UUID] = mapped_column(ForeignKey("wishes.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(Code(Purpose))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SearchKey(Model, DealerShared):
    """A confirmed search as the reverse matching looks it up: a term that each of its cars has, and its bounds.

    A car knows its own terms and reads only the rows that stand under them, those whose bounds hold it. A search that
    may be met in several ways (any of two makes) has a row for each. `OPEN_*` stands for a bound that is not asked for.
    """

    __tablename__ = "search_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    """Part of the key, and without an index of its own: SQLite would take that one, and read every row there is."""
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    """Whose site and term: `market|model:bmw/320d`, `<dealer hex>|body:estate` (`search.matching.keys_of`)."""
    wish_id: Mapped[UUID] = mapped_column(ForeignKey("wishes.id", ondelete="CASCADE"), primary_key=True, index=True)
    price_low: Mapped[int] = mapped_column(BigInteger)
    price_high: Mapped[int] = mapped_column(BigInteger)
    year_low: Mapped[int] = mapped_column(BigInteger)
    year_high: Mapped[int] = mapped_column(BigInteger)
    mileage_low: Mapped[int] = mapped_column(BigInteger)
    mileage_high: Mapped[int] = mapped_column(BigInteger)
    power_low: Mapped[int] = mapped_column(BigInteger)
    power_high: Mapped[int] = mapped_column(BigInteger)
    south: Mapped[float] = mapped_column(Float)
    """The box round its circle, in degrees."""
    north: Mapped[float] = mapped_column(Float)
    west: Mapped[float] = mapped_column(Float)
    east: Mapped[float] = mapped_column(Float)
    rest: Mapped[str] = mapped_column(Text)
    """What the term and the bounds do not say, as canonical JSON; empty where they say it all."""


class SearchWord(Model, DealerShared):
    """A word that searches are looked up by: which of them a car meets is found among these few, not among all."""

    __tablename__ = "search_words"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    """As in `SearchKey`."""


class Alert(Model, DealerShared):
    """That somebody is to be told, or was told, of a car: at most once for each search, car and reason or price.

    It is due when the match is found, and told when its letter is written, which waits until the car's page is served.
    It is also the metric of SPEC 108: kind of the wish, car, time.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("wish_id", "listing_id", "reason", "at_cents"),
        Index("ix_alerts_listing_id", "listing_id"),
        Index("ix_alerts_told_at_due_at", "told_at", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wish_id: Mapped[UUID] = mapped_column(ForeignKey("wishes.id", ondelete="CASCADE"))
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    reason: Mapped[Reason] = mapped_column(Code(Reason))
    at_cents: Mapped[int] = mapped_column(default=0)
    """The price it is told for the sake of; 0 with a new car, which is told once whatever it costs."""
    cents: Mapped[int | None]
    """What the car cost when it was found; None: price on request."""
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it may be told; moved on while the car's page is not served yet, and when a day has had its letters."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its letter was written, or it was given up because the car had gone or the wish had."""
    letter_id: Mapped[UUID | None]
    """Which letter told it; several cars may share one. None with an alert that was given up."""
