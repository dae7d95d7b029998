"""What one does with wishes to be written to: make one, confirm it, end it, forget it (SPEC 66, 107; SECURITY D11).

Whoever asks learns nothing about the address: a wish that is there already is asked for once more, an address that has
too many keeps those it has.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from storefront.core.changes import insert_many, take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.outbox import emit

from .events import ConfirmationWanted, PriceWatched, SearchSaved, WishEnded
from .models import Alert, PriceWatch, Purpose, SavedSearch, SearchKey, SearchWord, Wish, WishToken

MOST = 50
"""Wishes of one address with one operator; nobody reads letters about more."""
MOST_ASKED = 20
"""How often a wish may be asked for before its address is left alone."""
UNCONFIRMED = timedelta(days=7)
"""How long an address may stay that nobody confirmed."""
ENDED = timedelta(days=30)
"""How long the empty row of an ended wish answers a second click."""
GIVEN_UP = timedelta(days=7)
"""How long an alert waits for its car's page to be served."""
W = TypeVar("W", bound=Wish)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who wants letters, and on which site the wish was made."""

    store_id: UUID
    dealer_id: UUID | None
    """Of the site; None on the marketplace."""
    email: str
    """As the door checked it."""
    language: str


def save_search(
    reader: Reader, name: str, criteria: dict[str, Any], address: str, *, now: datetime
) -> SavedSearch | None:
    """Take down a search somebody wants to hear of; it counts once the address is confirmed (SPEC 66).

    Args:
        reader: who, where.
        name: what it is called in letters.
        criteria: the query in its canonical form (`search.matching.criteria_of`).
        address: the same as parameters of the search page.
        now: aware UTC.

    Returns:
        The search, new or known; None when the address has as many wishes as it may.
    """
    wish = SavedSearch(name=name[:200], criteria=criteria, address=address[:2000])
    return _asked(wish, reader, json.dumps(criteria, sort_keys=True), now)


def watch_price(reader: Reader, listing_id: UUID, cents: int | None, *, now: datetime) -> PriceWatch | None:
    """Take down a car whose price somebody wants to hear of; it counts once the address is confirmed.

    Args:
        reader: who, where.
        listing_id: the car.
        cents: what it costs now, in minor units; None on request.
        now: aware UTC.

    Returns:
        The watch, new or known; None when the address has as many wishes as it may.
    """
    return _asked(PriceWatch(listing_id=listing_id, watched_cents=cents), reader, listing_id.hex, now)


def new_token(wish: Wish, purpose: Purpose, *, now: datetime) -> str:
    """Give a token for a letter to its reader; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    kept = WishToken(token_hash=hash_of(token), wish_id=wish.id, purpose=purpose, created_at=now)
    kept.tenant_id, kept.dealer_id = wish.tenant_id, wish.dealer_id
    db.session.add(kept)
    return token


def hash_of(token: str) -> str:
    """Give what a token is kept as."""
    return hashlib.sha256(token.encode()).hexdigest()


def confirm(wish: Wish, keys: Sequence[Mapping[str, Any]], *, now: datetime) -> Wish:
    """Let letters be written: the owner of the address said so. Confirming twice is once.

    Args:
        wish: the wish.
        keys: of a search, the columns of its rows in `SearchKey` (`search.alerts.key_rows`).
        now: aware UTC.

    Raises:
        DomainError: it was ended meanwhile, or asked for too long ago.
    """
    if wish.unsubscribed_at is not None:
        raise DomainError("This was ended; save it anew", code="gone")
    if wish.confirmed_at is not None:
        return wish
    if wish.created_at < now - UNCONFIRMED:
        raise DomainError("This was not confirmed in time; save it anew", code="gone")
    wish.confirmed_at = now
    if isinstance(wish, SavedSearch):
        keep_keys(wish, keys)
        emit(SearchSaved(wish.id), at=now)
    else:
        emit(PriceWatched(wish.id), at=now)
    return wish


def keep_keys(search: SavedSearch, keys: Sequence[Mapping[str, Any]]) -> None:
    """Put what a search is looked up by in place of what was there; none of an ended one.

    Args:
        search: a confirmed search; `keyed_by` is the caller's to set.
        keys: columns of `SearchKey` without owner and search, and `word`, whether the key is a word's.
    """
    db.session.flush()
    _keep_words()
    _drop_keys(search.id)
    owner = {"tenant_id": search.tenant_id, "dealer_id": search.dealer_id}
    rows = [{name: value for name, value in key.items() if name != "word"} for key in keys]
    insert_many(SearchKey, [{**row, **owner, "wish_id": search.id} for row in rows])
    words = {key["key"] for key in keys if key["word"]}
    known = set(db.session.scalars(select(SearchWord.key).where(SearchWord.key.in_(words)))) if words else set()
    insert_many(SearchWord, [{"key": word, **owner} for word in sorted(words - known)])


def end(wish: Wish, *, now: datetime) -> Wish:
    """End a wish: no letter any more, address and wish are forgotten at once. Ending twice is once."""
    if wish.unsubscribed_at is None:
        wish.end(now)
        _drop_keys(wish.id)
        _run(delete(WishToken).where(WishToken.wish_id == wish.id, WishToken.purpose == Purpose.CONFIRM))
        _run(delete(Alert).where(Alert.wish_id == wish.id, Alert.told_at.is_(None)))
        emit(WishEnded(wish.id), at=now)
    return wish


def tenants_with_old(now: datetime) -> list[UUID]:
    """Give the tenants with something to forget; act everywhere()."""
    wishes = select(Wish.tenant_id).where(_is_old(now)).distinct()
    alerts = select(Alert.tenant_id).where(*_given_up(now)).distinct()
    return sorted({*db.session.scalars(wishes), *db.session.scalars(alerts)})


def forget_old(*, now: datetime) -> list[UUID]:
    """Forget what nobody confirmed within a week and what was ended a month ago; give up alerts nobody can be told.

    Args:
        now: aware UTC.

    Returns:
        The wishes that are gone.
    """
    gone = list(db.session.scalars(select(Wish.id).where(_is_old(now)).limit(1000)))
    if gone:
        _run(delete(Wish).where(Wish.id.in_(gone)))
    _run(update(Alert).where(*_given_up(now)).values(told_at=now))
    _keep_words()
    kept = select(SearchKey.key).where(SearchKey.tenant_id == SearchWord.tenant_id, SearchKey.key == SearchWord.key)
    _run(delete(SearchWord).where(~kept.exists()))
    return gone


def _asked(wish: W, reader: Reader, wanted: str, now: datetime) -> W | None:
    email = reader.email.strip().lower()
    fold_key = hashlib.sha256("\x1f".join([reader.store_id.hex, email, type(wish).__name__, wanted]).encode())
    known = db.session.scalars(select(type(wish)).where(Wish.fold_key == fold_key.hexdigest())).first()
    if known is None:
        if (db.session.scalar(select(func.count(Wish.id)).where(Wish.email == email)) or 0) >= MOST:
            return None
        known = wish
        known.id, known.email, known.fold_key = new_id(), email, fold_key.hexdigest()
        known.store_id, known.dealer_id = reader.store_id, reader.dealer_id
        known.language, known.created_at, known.asked = reader.language, now, 1
        db.session.add(known)
    elif known.asked >= MOST_ASKED:
        return known
    else:
        known.asked += 1
        if known.confirmed_at is None:
            _renew(known, wish, reader, now)
    db.session.flush()
    emit(ConfirmationWanted(known.id, known.asked), at=now)
    return known


def _renew(known: Wish, wish: Wish, reader: Reader, now: datetime) -> None:
    """Take what nobody confirmed yet as asked for now: its letter names a week, and the car costs what it costs now."""
    known.language, known.created_at = reader.language, now
    if isinstance(known, SavedSearch) and isinstance(wish, SavedSearch):
        known.name, known.address = wish.name, wish.address
    elif isinstance(known, PriceWatch) and isinstance(wish, PriceWatch):
        known.watched_cents = wish.watched_cents


def _keep_words() -> None:
    """Let nobody else add or drop words of searches until this is done: a word is there as long as a key under it."""
    take_turn()


def _drop_keys(wish_id: UUID) -> None:
    _run(delete(SearchKey).where(SearchKey.wish_id == wish_id))


def _is_old(now: datetime) -> Any:
    nobody = (Wish.confirmed_at.is_(None)) & (Wish.created_at < now - UNCONFIRMED)
    return or_(nobody, Wish.unsubscribed_at < now - ENDED)


def _given_up(now: datetime) -> tuple[Any, ...]:
    # An alert that waits is due again within hours, so that the index of what is due finds the old ones as well.
    return Alert.told_at.is_(None), Alert.due_at <= now, Alert.found_at < now - GIVEN_UP


def _run(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
