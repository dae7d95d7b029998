"""Issuing valuations: a stored row stands until its label is another one, it is a week old, or the car changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from storefront.core.changes import insert_many, take_turn
from storefront.core.db import db
from storefront.core.outbox import emit

from . import queries, stock
from .amounts import worth
from .events import VehicleValuationUpdated
from .labels import Label, is_held, label_of
from .market import Appraisal
from .models import VALID_DAYS, Valuation, ValuationSource
from .queries import Standing
from .stock import Appraised

STANDS_DAYS = 7
"""A valuation stands for so many days while label and car are the same."""


def value_listings(listing_ids: Sequence[UUID], *, now: datetime) -> list[UUID]:
    """Value some cars after they changed; what cannot be valued any more loses its valuation.

    Args:
        listing_ids: which.
        now: aware UTC.

    Returns:
        Those whose valuation is another one now, or gone.
    """
    day = queries.business_day(now)
    take_turn()
    found = list(stock.appraised_among(listing_ids, day))
    gone = set(listing_ids) - {one.offer.car.id for one in found}
    return issue(found, gone, day=day, now=now)


def issue(found: Sequence[Appraised], gone: Iterable[UUID], *, day: date, now: datetime) -> list[UUID]:
    """Store what cars are worth where that is news, and say so (SPEC 92).

    Args:
        found: cars as they were valued.
        gone: cars that are not offered any more, or cannot be compared.
        day: the business day of the valuation.
        now: aware UTC.

    Returns:
        The listings whose valuation is another one now, or gone.
    """
    take_turn()
    missing = list(gone)
    stands = queries.standing([*(one.offer.car.id for one in found), *missing])
    # Whoever valued a car since these were read knows better what it is now.
    newer = {listing_id for listing_id, row in stands.items() if row.valued_at > now}
    removed = [listing_id for listing_id in missing if listing_id in stands and listing_id not in newer]
    news: dict[UUID, dict[str, Any]] = {}
    for one in found:
        listing_id = one.offer.car.id
        row = stands.get(listing_id)
        if listing_id in newer:
            continue
        if (change := _change(one, row, day, now)) is not None:
            news[listing_id] = change
        elif row is not None and one.appraisal is None and _may_go(one, row, day):
            removed.append(listing_id)
    _write(news, [stands[listing_id].id for listing_id in removed])
    touched = sorted([*news, *removed])
    if touched:
        emit(VehicleValuationUpdated(touched), at=now)
    return touched


def _write(news: Mapping[UUID, dict[str, Any]], removed: Sequence[UUID]) -> None:
    rows = queries.rows_of(news)
    for listing_id, row in rows.items():
        for name, value in news[listing_id].items():
            setattr(row, name, value)
    db.session.flush()
    insert_many(Valuation, [change for listing_id, change in news.items() if listing_id not in rows])
    if removed:
        db.session.execute(delete(Valuation).where(Valuation.id.in_(removed)))


def _change(one: Appraised, row: Standing | None, day: date, now: datetime) -> dict[str, Any] | None:
    """Give the columns of a valuation that is to be issued; None while the one that stands is to stay."""
    if one.appraisal is None:
        return None
    same_car = row is not None and row.facts == one.offer.facts
    before = Label(row.label) if row is not None and same_car else None
    price = one.offer.car.price_cents
    label = label_of(price, one.appraisal.value_cents, before)
    if row is not None and same_car and label is before and not is_due(row.listing_id, row.valued_on, day):
        return None
    held = is_held(price, one.appraisal.value_cents, label)
    amounts = worth(one.appraisal.value_cents, one.offer.condition_rating)
    return {
        "listing_id": one.offer.car.id,
        "dealer_id": one.offer.dealer_id,
        "source": ValuationSource.MARKET_ANALYSIS,
        "currency": one.offer.currency,
        "estimated_cents": amounts.estimated_cents,
        "market_cents": amounts.market_cents,
        "trade_in_cents": amounts.trade_in_cents,
        "retail_cents": amounts.retail_cents,
        "condition_adjustment_cents": amounts.condition_cents,
        "mileage_adjustment_cents": _step(one.appraisal, "mileage"),
        "price_cents": price,
        "label": label.value,
        "inputs": _inputs(one, one.appraisal, held=held),
        "facts": one.offer.facts,
        "valued_at": now,
        "valued_on": day,
        "expires_on": day + timedelta(days=VALID_DAYS),
    }


def is_due(listing_id: UUID, valued_on: date, day: date) -> bool:
    """Ask whether a valuation has stood long enough: a week, and up to six days more by the car's id.

    So stock that was valued in one night is not issued, and drawn, in one night again.
    """
    return (day - valued_on).days >= STANDS_DAYS + listing_id.int % STANDS_DAYS


def _may_go(one: Appraised, row: Standing, day: date) -> bool:
    """Ask whether a valuation goes whose car cannot be valued now: when the car changed, else when it is due."""
    return row.facts != one.offer.facts or is_due(row.listing_id, row.valued_on, day)


def _step(appraisal: Appraisal, name: str) -> int:
    return next(step.cents for step in appraisal.steps if step.name == name)


def _inputs(one: Appraised, appraisal: Appraisal, *, held: bool) -> dict[str, Any]:
    car = one.offer.car
    return {
        "comparables": appraisal.comparables,
        "dealers": appraisal.dealers,
        "widened": one.widened,
        "median": appraisal.median_cents,
        "steps": {step.name: step.cents for step in appraisal.steps},
        "low": appraisal.low_cents,
        "high": appraisal.high_cents,
        "months": car.months,
        "mileage_km": car.mileage_km,
        "power_kw": car.power_kw,
        "held": held,
    }
