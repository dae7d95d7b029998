"""What the operator's pages read: plans, featured cars, queues, builds; counted and cut in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, or_, select

from admin import queries
from admin.queries import ListingLine, Page
from builder.models import SiteRelease, SiteState
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.queue import QUEUES
from storefront.core.tasks import Task, is_open
from storefront.domain.dealers.models import Dealer, DealerStatus, Plan, Subscription
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.stores.models import Store, StoreKind
from storefront.domain.vehicles.models import Vehicle
from storefront.notices.models import Letter

FOUND = 20
STUCK = timedelta(minutes=30)
"""A build that says nothing for so long has died."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan, who is on it and what that brings a month."""

    plan: Plan
    dealers: int
    cents: int


@dataclass(frozen=True, slots=True)
class QueueLine:
    """How a queue stands."""

    name: str
    waiting: int
    at_work: int
    again: int
    """Tasks that failed and wait for their next try."""
    dead: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site with what is at work on it and what was built last."""

    store: Store
    dealer: Dealer | None
    last: SiteRelease | None
    running: SiteRelease | None
    usual_seconds: int | None
    """How long its last build took."""
    held: bool


def plans() -> list[PlanLine]:
    """Count the dealers of each plan, and what their running subscriptions come to a month (SPEC 1-3, 6)."""
    dealers = select(Dealer.plan, func.count(Dealer.id)).where(Dealer.status == DealerStatus.ACTIVE)
    counts = {row[0]: row[1] for row in db.session.execute(dealers.group_by(Dealer.plan))}
    fees = select(Subscription.tier, func.sum(Subscription.fee_cents)).join(Dealer, Dealer.id == Subscription.dealer_id)
    running = fees.where(Subscription.ends_on.is_(None), Dealer.status == DealerStatus.ACTIVE)
    sums = {row[0]: int(row[1] or 0) for row in db.session.execute(running.group_by(Subscription.tier))}
    return [PlanLine(plan, counts.get(plan, 0), sums.get(plan, 0)) for plan in Plan]


def own_rates(limit: int = 50) -> Sequence[Dealer]:
    """Give the dealers with a commission rate of their own (SPEC 5)."""
    wanted = select(Dealer).where(Dealer.commission_rate.is_not(None)).order_by(func.lower(Dealer.name))
    return db.session.scalars(wanted.limit(limit)).all()


def subscriptions(dealer_id: UUID) -> Sequence[Subscription]:
    """Give what a dealer was and is subscribed to, newest first (SPEC 6)."""
    wanted = select(Subscription).where(Subscription.dealer_id == dealer_id)
    return db.session.scalars(wanted.order_by(Subscription.starts_on.desc(), Subscription.id.desc())).all()


def featured(page: int) -> Page:
    """Give a page of featured cars, newest first."""
    condition = (Listing.featured.is_(True), Listing.status == ListingStatus.ACTIVE)
    total = db.session.scalar(select(func.count(Listing.id)).where(*condition)) or 0
    ids = select(Listing.id).where(*condition).order_by(Listing.listed_at.desc(), Listing.id)
    found = db.session.scalars(ids.limit(queries.PAGE_SIZE).offset((page - 1) * queries.PAGE_SIZE)).all()
    return Page(tuple(queries.listing_lines(found)), total, page)


def to_feature(text: str) -> list[ListingLine]:
    """Give active cars that are not featured and whose names hold every word."""
    wanted = (
        select(Listing.id)
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .where(Listing.featured.is_(False), Listing.status == ListingStatus.ACTIVE)
    )
    for word in text.lower().split()[:8]:
        columns = (Vehicle.make, Vehicle.model, Vehicle.version, Listing.stock_number, Dealer.name)
        wanted = wanted.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)))
    return queries.listing_lines(db.session.scalars(wanted.order_by(Listing.listed_at.desc()).limit(FOUND)).all())


def queues() -> list[QueueLine]:
    """Count the tasks of the tenant, by queue."""
    waits = Task.leased_until.is_(None) & Task.not_before.is_(None) & Task.dead_at.is_(None)
    sums = (
        func.sum(case((waits, 1), else_=0)),
        func.sum(case((Task.leased_until.is_not(None) & Task.dead_at.is_(None), 1), else_=0)),
        func.sum(case((Task.not_before.is_not(None) & Task.dead_at.is_(None), 1), else_=0)),
        func.sum(case((Task.dead_at.is_not(None), 1), else_=0)),
        func.min(case((waits, func.coalesce(OutboxEvent.at, Task.ring_at)))),
    )
    counted = select(Task.queue, *sums).outerjoin(OutboxEvent, OutboxEvent.id == Task.event_id)
    counted = counted.where(Task.done_at.is_(None)).group_by(Task.queue)
    found = {row[0]: row for row in db.session.execute(counted)}
    lines = []
    for name in QUEUES:
        row = found.get(name)
        counts = [int(value or 0) for value in row[1:5]] if row is not None else [0, 0, 0, 0]
        lines.append(QueueLine(name, *counts, None if row is None else row[5]))
    return lines


def events_waiting() -> int:
    """Count the events nobody has heard of yet."""
    return db.session.scalar(select(func.count(OutboxEvent.id)).where(OutboxEvent.relayed_at.is_(None))) or 0


def tasks_at_work(now: datetime, limit: int = 20) -> Sequence[Task]:
    """Give what workers are at, longest first."""
    wanted = select(Task).where(*is_open(), Task.leased_until > now).order_by(Task.started_at)
    return db.session.scalars(wanted.limit(limit)).all()


def dead_tasks(page: int) -> Page:
    """Give a page of tasks that were given up, newest first (SECURITY E7)."""
    dead = Task.dead_at.is_not(None)
    total = db.session.scalar(select(func.count(Task.id)).where(dead)) or 0
    wanted = select(Task).where(dead).order_by(Task.dead_at.desc(), Task.id)
    rows = db.session.scalars(wanted.limit(queries.PAGE_SIZE).offset((page - 1) * queries.PAGE_SIZE)).all()
    return Page(tuple(rows), total, page)


def task(number: int) -> Task | None:
    """Find a task of the tenant."""
    return db.session.scalars(select(Task).where(Task.id == number)).first() if number < 2**63 else None


def letters_refused(limit: int = 20) -> Sequence[Letter]:
    """Give letters that were not taken, newest first."""
    wanted = select(Letter).where(Letter.sent_at.is_(None), Letter.failure.is_not(None))
    return db.session.scalars(wanted.order_by(Letter.created_at.desc()).limit(limit)).all()


def letter(letter_id: UUID) -> Letter | None:
    """Find a letter of the scope."""
    return db.session.scalars(select(Letter).where(Letter.id == letter_id)).first()


def site_lines(page: int, now: datetime) -> Page:
    """Give a page of sites, those with a failed last build first."""
    total = db.session.scalar(select(func.count(Store.id))) or 0
    newest = (
        select(SiteRelease.store_id, func.max(SiteRelease.started_at).label("at"))
        .group_by(SiteRelease.store_id)
        .subquery()
    )
    failed = case((SiteRelease.finished_at.is_(None) & SiteRelease.failure.is_not(None), 0), else_=1)
    wanted = (
        select(Store, Dealer, SiteRelease, SiteState.held_at)
        .outerjoin(Dealer, Dealer.id == Store.dealer_id)
        .outerjoin(newest, newest.c.store_id == Store.id)
        .outerjoin(SiteRelease, (SiteRelease.store_id == Store.id) & (SiteRelease.started_at == newest.c.at))
        .outerjoin(SiteState, SiteState.store_id == Store.id)
        .order_by(failed, Store.kind.desc(), Store.host)
    )
    rows = db.session.execute(wanted.limit(queries.PAGE_SIZE).offset((page - 1) * queries.PAGE_SIZE)).all()
    usual = _usual([row[0].id for row in rows])
    lines = []
    for store, dealer, last, held_at in rows:
        at_work = last is not None and is_running(last, now)
        lines.append(SiteLine(store, dealer, last, last if at_work else None, usual.get(store.id), held_at is not None))
    return Page(tuple(lines), total, page)


def is_running(release: SiteRelease, now: datetime) -> bool:
    """Ask whether a build is at work: neither finished nor failed, and not silent for too long."""
    return release.finished_at is None and release.failure is None and now - release.started_at < STUCK


def running_builds(now: datetime, limit: int = 5) -> list[tuple[SiteRelease, Store]]:
    """Give the builds that are at work, newest first."""
    wanted = (
        select(SiteRelease, Store)
        .join(Store, Store.id == SiteRelease.store_id)
        .where(SiteRelease.finished_at.is_(None), SiteRelease.failure.is_(None), SiteRelease.started_at > now - STUCK)
        .order_by(SiteRelease.started_at.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted.limit(limit))]


def last_finished() -> tuple[SiteRelease, Store] | None:
    """Give the build of the scope that ended last, well or badly."""
    wanted = (
        select(SiteRelease, Store)
        .join(Store, Store.id == SiteRelease.store_id)
        .where(or_(SiteRelease.finished_at.is_not(None), SiteRelease.failure.is_not(None)))
        .order_by(func.coalesce(SiteRelease.finished_at, SiteRelease.started_at).desc())
    )
    row = db.session.execute(wanted.limit(1)).first()
    return None if row is None else (row[0], row[1])


def failed_sites() -> int:
    """Count the sites whose last build failed."""
    newest = (
        select(SiteRelease.store_id, func.max(SiteRelease.started_at).label("at"))
        .group_by(SiteRelease.store_id)
        .subquery()
    )
    same = (SiteRelease.store_id == newest.c.store_id) & (SiteRelease.started_at == newest.c.at)
    counted = select(func.count(SiteRelease.id)).join(newest, same)
    return db.session.scalar(counted.where(SiteRelease.finished_at.is_(None), SiteRelease.failure.is_not(None))) or 0


def dead_count() -> int:
    """Count the tasks that were given up."""
    return db.session.scalar(select(func.count(Task.id)).where(Task.dead_at.is_not(None))) or 0


def marketplace() -> Store | None:
    """Give the marketplace's own site."""
    wanted = select(Store).where(Store.kind == StoreKind.MARKETPLACE).order_by(Store.created_at)
    return db.session.scalars(wanted.limit(1)).first()


def said_by(reason: str) -> str:
    """Write why a site is held with the person's name instead of her id."""
    actor, _, rest = reason.partition(": ")
    name = queries.names_of([actor]).get(actor, actor)
    return f"{name}: {rest}" if rest else name


def _usual(store_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Give how many seconds the newest finished build of each site took."""
    newest = (
        select(SiteRelease.store_id, func.max(SiteRelease.started_at).label("at"))
        .where(SiteRelease.store_id.in_(store_ids), SiteRelease.finished_at.is_not(None))
        .group_by(SiteRelease.store_id)
        .subquery()
    )
    same = (SiteRelease.store_id == newest.c.store_id) & (SiteRelease.started_at == newest.c.at)
    found = {}
    for release in db.session.scalars(select(SiteRelease).join(newest, same)):
        if release.finished_at is not None:
            found[release.store_id] = max(1, int((release.finished_at - release.started_at).total_seconds()))
    return found
