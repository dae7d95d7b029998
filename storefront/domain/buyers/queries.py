"""Reads of buyers and of what they want to hear of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from storefront.core.db import db

from .models import Alert, Buyer, PriceWatch, Purpose, Reason, SavedSearch, SearchKey, SearchWord, Wish, WishToken
from .wishes import hash_of

CHUNK = 500
"""Ids in one statement."""


class Told(NamedTuple):
    """What somebody was told of a car, or is about to be."""

    wish_id: UUID
    reason: Reason
    cents: int | None


class Due(NamedTuple):
    """A wish that something may be told of."""

    wish_id: UUID
    dealer_id: UUID | None
    created_at: datetime
    watched_cents: int | None
    """Of a watched price."""


def buyer_of(dealer_id: UUID, email: str) -> Buyer | None:
    """Find the buyer a dealer knows by this address, whatever its case; dealers never share people."""
    wanted = email.strip().lower()
    if not wanted:
        return None
    found = select(Buyer).where(Buyer.dealer_id == dealer_id, Buyer.email == wanted).order_by(Buyer.created_at).limit(1)
    return db.session.scalars(found).first()


def caller_of(dealer_id: UUID, phone: str, name: tuple[str, str]) -> Buyer | None:
    """Find the buyer a dealer knows by number and name alone; a number may ring for a whole household.

    Args:
        dealer_id: the dealer who was called.
        phone: E.164.
        name: first and last name.
    """
    first, last = name
    is_one = (Buyer.email == "", Buyer.phone == phone, Buyer.first_name == first, Buyer.last_name == last)
    found = select(Buyer).where(Buyer.dealer_id == dealer_id, *is_one).order_by(Buyer.created_at).limit(1)
    return db.session.scalars(found).first()


def wish_of(token: str, purpose: Purpose) -> Wish | None:
    """Find the wish a letter's token is good for; whose it is nobody needs to know before, so act everywhere()."""
    wanted = (
        select(Wish)
        .join(WishToken, WishToken.wish_id == Wish.id)
        .where(WishToken.token_hash == hash_of(token), WishToken.purpose == purpose)
    )
    return db.session.scalars(wanted).first()


def has_wishes() -> bool:
    """Ask whether anybody in the open scope wants to hear of cars."""
    wanted = select(Wish.id).where(Wish.confirmed_at.is_not(None), Wish.unsubscribed_at.is_(None)).limit(1)
    return db.session.scalar(wanted) is not None


def looked_up_words(owner: str, start: str) -> Sequence[str]:
    """Give the keys of words that searches of a site stand under.

    Args:
        owner: `market`, or the dealer's id in hex digits.
        start: what such a key begins with after the owner.
    """
    first = f"{owner}|{start}"
    if db.engine.dialect.name == "sqlite":  # compares bytes, and seeks in the primary key
        is_one = and_(SearchWord.key >= first, SearchWord.key < first[:-1] + chr(ord(first[-1]) + 1))
    else:  # what lies between two texts hangs on the database's language there
        is_one = SearchWord.key.startswith(first, autoescape=True)
    return db.session.scalars(select(SearchWord.key).where(is_one)).all()


def looked_up(
    keys: Sequence[str], values: Mapping[str, tuple[int, int]], box: tuple[float, float, float, float]
) -> list[tuple[UUID, str]]:
    """Give the searches that stand under one of these keys and whose bounds hold a car, each once a key: its id, and
    what is still to be asked of the car, empty when nothing is. Thousands are possible; rows are handed on as they are.

    Args:
        keys: of the car.
        values: column of `SearchKey` without `_low` → what the low bound must not exceed, what the high one must reach.
        box: the same for south, north, west and east.
    """
    low_high = [
        condition
        for name, (most, least) in values.items()
        for condition in (getattr(SearchKey, f"{name}_low") <= most, getattr(SearchKey, f"{name}_high") >= least)
    ]
    south, north, west, east = box
    inside = (SearchKey.south <= south, SearchKey.north >= north, SearchKey.west <= west, SearchKey.east >= east)
    found: list[Any] = []
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        wanted = select(SearchKey.wish_id, SearchKey.rest).where(SearchKey.key.in_(chunk), *low_high, *inside)
        found += db.session.execute(wanted).all()
    return found


def active_among(wish_ids: Collection[UUID]) -> dict[UUID, Due]:
    """Give those of these searches that letters may be written for."""
    found: dict[UUID, Due] = {}
    ids = list(wish_ids)
    columns = (Wish.id, Wish.dealer_id, Wish.created_at)
    for start in range(0, len(ids), CHUNK):
        wanted = select(*columns).where(Wish.id.in_(ids[start : start + CHUNK]), *_is_active())
        found |= {row.id: Due(row.id, row.dealer_id, row.created_at, None) for row in db.session.execute(wanted)}
    return found


def watches_of(listing_id: UUID) -> list[Due]:
    """Give the active watches of a car's price."""
    wanted = select(PriceWatch.id, PriceWatch.dealer_id, PriceWatch.created_at, PriceWatch.watched_cents).where(
        PriceWatch.listing_id == listing_id, *_is_active()
    )
    return [Due(*row) for row in db.session.execute(wanted)]


def told_of(listing_id: UUID) -> list[Told]:
    """Give what anybody was told of a car or is about to be."""
    wanted = select(Alert.wish_id, Alert.reason, Alert.cents).where(Alert.listing_id == listing_id)
    return [Told(*row) for row in db.session.execute(wanted)]


def keyed_otherwise(rules: str, limit: int = 500) -> Sequence[SavedSearch]:
    """Give confirmed searches whose keys were made by other rules."""
    wanted = select(SavedSearch).where(_is_keyed_otherwise(rules), *_is_active()).limit(limit)
    return db.session.scalars(wanted).all()


def tenants_keyed_otherwise(rules: str) -> list[UUID]:
    """Give the tenants with such searches; act everywhere()."""
    return list(db.session.scalars(select(SavedSearch.tenant_id).where(_is_keyed_otherwise(rules)).distinct()))


def tenants_with_due(now: datetime) -> list[UUID]:
    """Give the tenants with alerts that may be told; act everywhere()."""
    return list(db.session.scalars(select(Alert.tenant_id).where(*_is_due(now)).distinct()))


def due_alerts(now: datetime, limit: int) -> Sequence[Alert]:
    """Give alerts that may be told, those of one wish together, the oldest first.

    Their wishes are held until the transaction ends, those that somebody else holds are left to him: who tells decides
    by all alerts of a wish how many letters there are. (SQLite has one writer, who looks again when he was not it.)
    """
    first = select(Alert.wish_id).where(*_is_due(now)).order_by(Alert.due_at).limit(limit)
    some = set(db.session.scalars(first))
    held = select(Wish.id).where(Wish.id.in_(some)).order_by(Wish.id).with_for_update(skip_locked=True)
    wishes = list(db.session.scalars(held)) if some else []
    wanted = select(Alert).where(Alert.wish_id.in_(wishes), *_is_due(now)).order_by(Alert.found_at, Alert.id)
    return db.session.scalars(wanted).all() if wishes else []


def _is_keyed_otherwise(rules: str) -> ColumnElement[bool]:
    # Two ranges instead of "unlike": those an index finds.
    return or_(SavedSearch.keyed_by < rules, SavedSearch.keyed_by > rules)


def _is_active() -> tuple[ColumnElement[bool], ...]:
    return Wish.confirmed_at.is_not(None), Wish.unsubscribed_at.is_(None)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Alert.told_at.is_(None), Alert.due_at <= now
