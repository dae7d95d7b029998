"""Buyers: the people who ask (SPEC 61)."""

from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
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
