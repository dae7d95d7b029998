"""Letters to people: written once, by a key that says what for, and sent once (SECURITY E7)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerShared
from storefront.core.types import UtcDateTime


class Letter(Model, DealerShared):
    """A message to somebody. `key` names its occasion, so that a repeated job writes no second one."""

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("tenant_id", "key"), Index("ix_letters_open", "sent_at", "next_try_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(120))
    """`inquiry:<id>:dealer`"""
    template: Mapped[str] = mapped_column(String(60))
    to_address: Mapped[str] = mapped_column(String(255))
    reply_to: Mapped[str | None] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(5), default="de")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(500))
    unsubscribe_url: Mapped[str | None] = mapped_column(String(500))
    """Where its reader ends such letters by one click (RFC 8058)."""
