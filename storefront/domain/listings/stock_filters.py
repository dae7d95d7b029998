"""Ways somebody likes to see the stock: kept under a name, used by a click."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.accounts import audit

from .models import StockFilter

MOST = 12


def of_user(user_id: UUID, dealer_id: UUID | None) -> list[StockFilter]:
    """Give somebody's filters at a desk, by name."""
    wanted = select(StockFilter).where(StockFilter.user_id == user_id, StockFilter.dealer_id == dealer_id)
    return list(db.session.scalars(wanted.order_by(func.lower(StockFilter.name), StockFilter.id)))


def by_id(filter_id: UUID, user_id: UUID) -> StockFilter | None:
    """Find one of somebody's own filters."""
    wanted = select(StockFilter).where(StockFilter.id == filter_id, StockFilter.user_id == user_id)
    return db.session.scalars(wanted).first()


def save(user_id: UUID, dealer_id: UUID | None, name: str, query: str, *, now: datetime, actor: str) -> StockFilter:
    """Keep a filter; one of that name is replaced.

    Args:
        user_id: whose.
        dealer_id: at which desk; None for the operator's.
        name: 1 to 60 letters.
        query: the address's own words, at most 500 letters.
        now: aware UTC.
        actor: who.

    Raises:
        DomainError: no name, too long, or twelve already.
    """
    if not name:
        raise DomainError("Give the filter a name", field="name")
    if len(name) > 60 or len(query) > 500:
        raise DomainError("At most 60 characters, please", field="name")
    found = db.session.scalars(
        select(StockFilter).where(StockFilter.user_id == user_id, StockFilter.name == name)
    ).first()
    if found is None:
        if len(of_user(user_id, dealer_id)) >= MOST:
            raise DomainError(f"At most {MOST} filters; delete one first", field="name")
        found = StockFilter(user_id=user_id, dealer_id=dealer_id, name=name, query=query, created_at=now)
        db.session.add(found)
    found.query = query
    db.session.flush()
    audit.record(actor, "save_filter", "stock_filter", found.id, now=now, after={"query": query}, dealer_id=dealer_id)
    return found


def delete(found: StockFilter, *, now: datetime, actor: str) -> None:
    """Forget a filter."""
    before = {"query": found.query}
    db.session.delete(found)
    audit.record(actor, "delete_filter", "stock_filter", found.id, now=now, before=before, dealer_id=found.dealer_id)
