"""Dealers who join by themselves: asking with an address, proving that it is one's own, and how far one has come.

An unknown address and one that logs in already leave the same row and the same answer; only the letters differ
(SECURITY B3).
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model, db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.outbox import emit
from storefront.core.tenancy import DealerOwned, Owned
from storefront.core.types import Code, UtcDateTime
from storefront.domain.accounts import audit
from storefront.domain.accounts.actions import token_hash

from .events import RegistrationAsked
from .models import PLAN_FEE_CENTS, Dealer, Plan, Subscription, SubscriptionStatus

VALID = timedelta(hours=24)
"""How long the link in the letter is good."""
KEPT = timedelta(days=7)
"""How long a registration is kept, used or not: names and addresses of people who never joined are not ours to keep."""
MOST_AT_ONCE = 5_000
"""Registrations deleted in one transaction."""
STEPS = ("plan", "company", "look", "stock", "preview", "publish")
"""What there is to do between joining and a public site, in the order it is offered in."""
DONE, SKIPPED = "done", "skipped"


class Registration(Model, Owned):
    """Somebody asked to join with an address; the link in the letter proves that it is hers."""

    __tablename__ = "registrations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(255))
    """Lower case."""
    person: Mapped[str] = mapped_column(String(255))
    firm: Mapped[str] = mapped_column(String(255))
    country: Mapped[str] = mapped_column(String(2))
    plan: Mapped[Plan] = mapped_column(Code(Plan))
    language: Mapped[str] = mapped_column(String(5))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Made when the letter is written; None before that and for an address that logs in already."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_open(self, now: datetime) -> bool:
        """Ask whether the link still opens anything."""
        return self.used_at is None and now - self.created_at <= VALID


class Onboarding(Model, DealerOwned):
    """How far a dealer has come; what rows tell by themselves is not repeated here."""

    __tablename__ = "onboardings"
    __table_args__ = (UniqueConstraint("dealer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    steps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Step → `done` or `skipped`."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def ask_to_join(said: Mapping[str, str], plan: Plan, *, language: str, now: datetime) -> Registration:
    """Note that somebody wants to join; a letter follows by itself.

    Args:
        said: `email`, `person`, `firm`, `country`, checked for their shape.
        plan: the one wanted.
        language: of the letter.
        now: aware UTC.
    """
    row = Registration(
        email=said["email"].strip().lower(),
        person=said["person"],
        firm=said["firm"],
        country=said["country"],
        plan=plan,
        language=language,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    # Names and addresses stay out of the trail, which is never deleted (SECURITY D11).
    audit.record("visitor", "ask_to_join", "registration", row.id, now=now, after={"plan": int(plan)})
    emit(RegistrationAsked(row.id))
    return row


def give_token(row: Registration) -> str:
    """Make the secret of the link, for the letter alone; the row keeps its hash."""
    token = secrets.token_urlsafe(32)
    row.token_hash = token_hash(token)
    return token


def registration_of(token: str, *, now: datetime) -> Registration | None:
    """Find the registration a link belongs to; None when it is unknown, used or too old."""
    found = db.session.scalars(select(Registration).where(Registration.token_hash == token_hash(token))).first()
    return found if found is not None and found.is_open(now) else None


def tenants_with_old(now: datetime) -> list[UUID]:
    """Give the tenants with registrations to forget; act everywhere()."""
    wanted = select(Registration.tenant_id).where(Registration.created_at < now - KEPT).distinct()
    return sorted(db.session.scalars(wanted))


def forget_old(*, now: datetime) -> list[UUID]:
    """Delete the registrations of the open scope that are old, and give their ids."""
    old = select(Registration.id).where(Registration.created_at < now - KEPT).limit(MOST_AT_ONCE)
    gone = list(db.session.scalars(old))
    if gone:
        statement = delete(Registration).where(Registration.id.in_(gone))
        db.session.execute(statement.execution_options(synchronize_session=False))
    return gone


def begin_onboarding(dealer: Dealer, plan: Plan, *, now: datetime) -> Onboarding:
    """Set a dealer to the beginning: the plan it wants starts, and costs, when its site is published.

    Part of the act of joining, which tells the trail of it.
    """
    running = subscription_of(dealer.id)
    if running is not None:
        _want(running, plan)
    row = Onboarding(dealer_id=dealer.id, steps={}, started_at=now)
    db.session.add(row)
    return row


def onboarding_of(dealer_id: UUID) -> Onboarding | None:
    """Give how far a dealer has come; None for one that the operator registered."""
    return db.session.scalars(select(Onboarding).where(Onboarding.dealer_id == dealer_id)).first()


def is_setting_up(dealer_id: UUID) -> bool:
    """Ask whether a dealer joined by itself and has not published yet."""
    waiting = select(Onboarding.id).where(Onboarding.dealer_id == dealer_id, Onboarding.published_at.is_(None))
    return db.session.scalars(waiting).first() is not None


def subscription_of(dealer_id: UUID) -> Subscription | None:
    """Give the subscription of a dealer that has not ended."""
    running = select(Subscription).where(Subscription.dealer_id == dealer_id, Subscription.ends_on.is_(None))
    return db.session.scalars(running).first()


def choose_plan(dealer: Dealer, row: Onboarding, plan: Plan, *, now: datetime, actor: str) -> None:
    """Choose the plan that begins with the first publication (SPEC 2, 3).

    Raises:
        DomainError: the site is public already; the operator changes running plans.
    """
    running = subscription_of(dealer.id)
    if row.published_at is not None or running is None:
        raise DomainError("Your plan is running already; the operator changes it", code="conflict")
    before = {"plan": int(running.tier)}
    _want(running, plan)
    _note(row, "plan", DONE)
    audit.record(
        actor,
        "choose_plan",
        "dealer",
        dealer.id,
        now=now,
        before=before,
        after={"plan": int(plan)},
        dealer_id=dealer.id,
    )


def mark_step(row: Onboarding, step: str, state: str, *, now: datetime, actor: str) -> None:
    """Note that a step is done or left out.

    Raises:
        DomainError: there is no such step.
    """
    if step not in STEPS or state not in (DONE, SKIPPED):
        raise DomainError("There is no such step", code="not_found")
    _note(row, step, state)
    after = {step: state}
    audit.record(actor, "mark_step", "onboarding", row.id, now=now, after=after, dealer_id=row.dealer_id)


def begin_plan(dealer: Dealer, row: Onboarding, *, now: datetime, today: date) -> None:
    """Let the chosen plan begin today; part of the act of publishing, which tells the trail of it."""
    running = subscription_of(dealer.id)
    if running is not None and running.status is SubscriptionStatus.CHOSEN:
        running.status, running.starts_on = SubscriptionStatus.ACTIVE, today
        dealer.plan, dealer.updated_at = running.tier, now
    row.published_at = now
    _note(row, "publish", DONE)


def _want(running: Subscription, plan: Plan) -> None:
    running.tier, running.fee_cents, running.status = plan, PLAN_FEE_CENTS[plan], SubscriptionStatus.CHOSEN


def _note(row: Onboarding, step: str, state: str) -> None:
    row.steps = {**row.steps, step: state}
