"""What one does with dealers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import phonenumbers
from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.ids import new_public_id
from storefront.core.outbox import emit
from storefront.domain.accounts import audit

from .events import DealerChanged, DealerCommissionRateUpdated, DealerRegistered
from .models import PLAN_FEE_CENTS, Dealer, DealerStatus, Plan, Subscription
from .team import MOST_PEOPLE, Member, faq_rows, team_row

RATE_BOUNDS = (Decimal("0.01"), Decimal("0.05"))
"""SPEC 5."""


@dataclass(frozen=True, slots=True)
class DealerData:
    """What a dealer tells of itself when it registers (SPEC 18)."""

    name: str
    slug: str
    licence: str
    plan: Plan = Plan.INDIVIDUAL
    legal_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "DE"
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    email: str | None = None


def register_dealer(data: DealerData, *, now: datetime, today: date, actor: str = "command") -> Dealer:
    """Register a dealer with its subscription (SPEC 6, 18).

    Args:
        data: name, licence, address, contact, plan.
        now: aware UTC.
        today: the business date the subscription starts on.
        actor: who does it.

    Raises:
        DomainError: the slug or licence is taken, or a field is missing or malformed.
    """
    dealer = new_dealer(data, now=now, today=today)
    audit.record(
        actor, "register_dealer", "dealer", dealer.id, now=now, after={"plan": int(data.plan)}, dealer_id=dealer.id
    )
    return dealer


def new_dealer(data: DealerData, *, now: datetime, today: date) -> Dealer:
    """Register a dealer as part of another act, which tells the trail of it; as `register_dealer`."""
    _check(data)
    values = {name: getattr(data, name) for name in data.__dataclass_fields__}
    values["phone"] = e164(data.phone, data.country)
    dealer = Dealer(**values, public_id=new_public_id(), created_at=now, updated_at=now)
    dealer.legal_name = data.legal_name or data.name
    db.session.add(dealer)
    db.session.flush()
    db.session.add(
        Subscription(dealer_id=dealer.id, tier=data.plan, fee_cents=PLAN_FEE_CENTS[data.plan], starts_on=today)
    )
    emit(DealerRegistered(dealer.id))
    return dealer


def _check(data: DealerData) -> None:
    if not data.name.strip():
        raise DomainError("A dealer needs a name", field="name")
    if len(data.name) > 255:
        raise DomainError("A name has at most 255 characters", field="name")
    if not data.licence.strip() or len(data.licence) > 100:
        raise DomainError("A business licence has 1 to 100 characters", field="licence")
    if (
        not data.slug
        or data.slug.strip("-") != data.slug
        or not all(c.isascii() and (c.isalnum() or c == "-") for c in data.slug)
    ):
        raise DomainError("The short name may hold a-z, 0-9 and hyphens inside", field="slug")
    if data.slug != data.slug.lower() or len(data.slug) > 63:
        raise DomainError("The short name is lower case and at most 63 characters", field="slug")
    for field, column in (("slug", Dealer.slug), ("licence", Dealer.licence)):
        if db.session.scalars(select(Dealer.id).where(column == getattr(data, field))).first() is not None:
            raise DomainError(f"Another dealer has the {field} {getattr(data, field)!r}", field=field, code="conflict")


def e164(phone: str | None, country: str) -> str | None:
    """Write a telephone number as E.164.

    Raises:
        DomainError: it cannot be a number of that country.
    """
    if not phone:
        return None
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException as error:
        raise DomainError("Write the telephone number with its area code, like 040 66969-123", field="phone") from error
    if not phonenumbers.is_possible_number(number):
        raise DomainError("This telephone number has too few or too many digits", field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


EDITABLE = frozenset(
    {
        "name",
        "legal_name",
        "street",
        "postal_code",
        "city",
        "country",
        "latitude",
        "longitude",
        "phone",
        "email",
        "person",
        "answer_minutes",
        "opening_hours",
        "about",
        "trust",
        "vat_id",
        "legal",
    }
)


def update_dealer(dealer: Dealer, values: dict[str, Any], *, now: datetime, actor: str) -> Dealer:
    """Change what a dealer may change of itself; only allow-listed fields (SECURITY A4).

    Raises:
        DomainError: a field that is not editable, or a malformed number.
    """
    foreign = set(values) - EDITABLE
    if foreign:
        raise DomainError(f"Not editable: {', '.join(sorted(foreign))}", code="forbidden")
    if "phone" in values:
        values = {**values, "phone": e164(values["phone"], values.get("country", dealer.country))}
    before = {name: getattr(dealer, name) for name in values if getattr(dealer, name) != values[name]}
    for name, value in values.items():
        setattr(dealer, name, value)
    if before:
        dealer.updated_at = now
        changed = {name: values[name] for name in before}
        audit.record(
            actor, "update_dealer", "dealer", dealer.id, now=now, before=before, after=changed, dealer_id=dealer.id
        )
        emit(DealerChanged(dealer.id))
    return dealer


def set_team(dealer: Dealer, members: Sequence[Member], *, now: datetime, actor: str) -> Dealer:
    """Say who works for a dealer, in the order people are shown in; an empty list shows nobody.

    Args:
        dealer: whose team.
        members: everybody, each with consent.
        now: aware UTC.
        actor: who says so.

    Raises:
        DomainError: too many people, or one of them is not fit to be shown (`team.team_row`).
    """
    if len(members) > MOST_PEOPLE:
        raise DomainError(f"There is room for {MOST_PEOPLE} people", field="team")
    rows = [team_row(member, e164(member.phone, dealer.country)) for member in members]
    if rows != dealer.team:
        # Names stay out of the trail, which is never deleted (SECURITY D11).
        before, after = {"people": len(dealer.team)}, {"people": len(rows)}
        dealer.team = rows
        _told(dealer, "set_team", before, after, now, actor)
    return dealer


def set_faq(dealer: Dealer, asked: Mapping[str, Sequence[tuple[str, str]]], *, now: datetime, actor: str) -> Dealer:
    """Say what a dealer answers to common questions; a language without questions has no such page.

    Args:
        dealer: whose answers.
        asked: language → pairs of question and answer (safe Markdown), in order; it replaces what was there.
        now: aware UTC.
        actor: who says so.

    Raises:
        DomainError: one of them is not fit to be shown (`team.faq_rows`).
    """
    rows = faq_rows(asked)
    if rows != dealer.faq:
        before, after = _counts(dealer.faq), _counts(rows)
        dealer.faq = rows
        _told(dealer, "set_faq", before, after, now, actor)
    return dealer


def _counts(faq: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {lang: len(rows) for lang, rows in faq.items()}


def _told(dealer: Dealer, act: str, before: dict[str, Any], after: dict[str, Any], now: datetime, actor: str) -> None:
    dealer.updated_at = now
    audit.record(actor, act, "dealer", dealer.id, now=now, before=before, after=after, dealer_id=dealer.id)
    emit(DealerChanged(dealer.id))


def set_status(dealer: Dealer, status: DealerStatus, *, now: datetime, actor: str, reason: str) -> Dealer:
    """Suspend, close or reopen a dealer (SPEC 19); its cars leave or enter the sites by the event that follows."""
    if dealer.status is not status:
        before = {"status": int(dealer.status)}
        dealer.status = status
        _changed(dealer, "set_status", before, {"status": int(status)}, now, actor, reason)
    return dealer


def set_plan(dealer: Dealer, plan: Plan, *, now: datetime, today: date, actor: str, reason: str) -> Dealer:
    """Change a dealer's plan; the running subscription ends today and another begins (SPEC 2, 3, 6)."""
    if dealer.plan is not plan:
        for running in db.session.scalars(
            select(Subscription).where(Subscription.dealer_id == dealer.id, Subscription.ends_on.is_(None))
        ):
            running.ends_on = today
        db.session.add(Subscription(dealer_id=dealer.id, tier=plan, fee_cents=PLAN_FEE_CENTS[plan], starts_on=today))
        before = {"plan": int(dealer.plan)}
        dealer.plan = plan
        _changed(dealer, "set_plan", before, {"plan": int(plan)}, now, actor, reason)
    return dealer


def _changed(
    dealer: Dealer, act: str, before: dict[str, Any], after: dict[str, Any], now: datetime, actor: str, reason: str
) -> None:
    dealer.updated_at = now
    audit.record(
        actor, act, "dealer", dealer.id, now=now, before=before, after=after, reason=reason, dealer_id=dealer.id
    )
    emit(DealerChanged(dealer.id))


def update_commission_rate(dealer: Dealer, rate: Decimal, *, now: datetime, actor: str, reason: str) -> Dealer:
    """Set a dealer's own commission rate (SPEC 5).

    Args:
        dealer: whose.
        rate: 0.01 to 0.05 inclusive, at most 4 decimals.
        now: aware UTC.
        actor: who changed it.
        reason: why; required.

    Raises:
        DomainError: outside the bounds, or no reason.
    """
    if not RATE_BOUNDS[0] <= rate <= RATE_BOUNDS[1]:
        raise DomainError("The commission rate must be between 1% and 5%", field="rate")
    if not reason.strip():
        raise DomainError("Say why the rate changes", field="reason")
    old = dealer.commission_rate
    dealer.commission_rate = rate.quantize(Decimal("0.0001"))
    before, after = (
        {"commission_rate": None if old is None else str(old)},
        {"commission_rate": str(dealer.commission_rate)},
    )
    audit.record(
        actor,
        "commission_rate",
        "dealer",
        dealer.id,
        now=now,
        before=before,
        after=after,
        reason=reason,
        dealer_id=dealer.id,
    )
    emit(DealerCommissionRateUpdated(dealer.id, before["commission_rate"], str(dealer.commission_rate)))
    return dealer


def dealer_by_slug(slug: str) -> Dealer:
    """Find a dealer of the open scope.

    Raises:
        NotFound: there is none, with the way to add one.
    """
    found = db.session.scalars(select(Dealer).where(Dealer.slug == slug)).first()
    if found is None:
        raise NotFound(
            f"There is no dealer {slug!r}; add it with: marketplace dealer add {slug} --name NAME --plan premium"
        )
    return found
