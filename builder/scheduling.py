"""Publishing at a time: a site is held until then, and what changed meanwhile goes live together (issue, item 5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import select

from storefront.core import clock
from storefront.core.changes import take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.domain.accounts import audit
from storefront.domain.stores.models import Store

from . import holding
from .models import Schedule

_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M")


def plan_publish(store: Store, at: datetime, *, now: datetime, actor: str) -> Schedule:
    """Publish a held site at a time; one that is not held is from now on.

    Args:
        store: the site; it was built before.
        at: when, aware UTC, in the future.
        now: aware UTC.
        actor: who plans it.

    Raises:
        DomainError: the moment is past, the site was never built, or a time is set already.
    """
    if at <= now:
        raise DomainError("That moment is past", field="at")
    if any(one.store_id == store.id for one in planned()):
        raise DomainError(f"{store.public_host} has its time already; cancel that one first", code="conflict")
    if holding.hold_of(store.id) is None:
        holding.hold(store.id, reason=f"{actor}: to be published at {at:%Y-%m-%d %H:%M} UTC", now=now, actor=actor)
    made = Schedule(
        store_id=store.id, tenant_id=store.tenant_id, dealer_id=store.dealer_id, at=at, created_at=now, created_by=actor
    )
    db.session.add(made)
    db.session.flush()
    after = {"at": at.isoformat()}
    audit.record(actor, "plan_publish", "store", store.id, now=now, after=after, dealer_id=store.dealer_id)
    return made


def cancel(schedule: Schedule, *, now: datetime, actor: str) -> None:
    """Take a time back; the site stays held.

    Raises:
        DomainError: it is past, or was cancelled.
    """
    if schedule.done_at is not None or schedule.cancelled_at is not None:
        raise DomainError("That is done already", code="conflict")
    schedule.cancelled_at = now
    before = {"at": schedule.at.isoformat()}
    audit.record(
        actor, "cancel_publish", "store", schedule.store_id, now=now, before=before, dealer_id=schedule.dealer_id
    )


def planned() -> Sequence[Schedule]:
    """Give what is planned in the open scope, the next first."""
    reading = select(Schedule).where(Schedule.done_at.is_(None), Schedule.cancelled_at.is_(None))
    return db.session.scalars(reading.order_by(Schedule.at, Schedule.id)).all()


def schedule_of(wanted: str) -> Schedule:
    """Find a plan by the beginning of its id.

    Raises:
        NotFound: none of the open scope, or several.
    """
    found = [one for one in planned() if wanted and str(one.id).startswith(wanted)]
    if len(found) != 1:
        raise NotFound(f"There is no plan {wanted[:40]!r}")
    return found[0]


def tenants_with_due(now: datetime) -> list[UUID]:
    """Name the tenants with plans whose time has come; act everywhere()."""
    reading = select(Schedule.tenant_id).where(
        Schedule.at <= now, Schedule.done_at.is_(None), Schedule.cancelled_at.is_(None)
    )
    return list(db.session.scalars(reading.distinct()))


def publish_due(*, now: datetime) -> list[UUID]:
    """Resume every site of the open scope whose time has come, each once, however late.

    A site that somebody resumed before is left alone.

    Args:
        now: aware UTC.

    Returns:
        The stores.
    """
    take_turn()
    due = db.session.scalars(
        select(Schedule)
        .where(Schedule.at <= now, Schedule.done_at.is_(None), Schedule.cancelled_at.is_(None))
        .order_by(Schedule.at, Schedule.id)
        .execution_options(populate_existing=True)
    ).all()
    for schedule in due:
        schedule.done_at = now
        holding.resume(schedule.store_id, now=now, actor=f"schedule of {schedule.created_by}")
    return [schedule.store_id for schedule in due]


def moment(said: str, time_zone: str) -> datetime:
    """Read a time as a person writes it, `2026-12-01 08:00`, on the clocks of the tenant.

    Args:
        said: date and time.
        time_zone: of the tenant, IANA.

    Raises:
        DomainError: it cannot be read, the clocks skip that hour, or it is centuries away.
    """
    for form in _FORMATS:
        try:
            local = datetime.strptime(said.strip(), form)  # noqa: DTZ007 - its zone is added below
        except ValueError:
            continue
        try:
            return clock.from_local(local, time_zone)
        except ValueError as error:
            why = str(error)
            raise DomainError(why[:1].upper() + why[1:], field="at") from error
    raise DomainError(f"{said[:40]!r} is no time: write 2026-12-01 08:00", field="at")


def in_words(at: datetime, time_zone: str) -> str:
    """Say a moment on the clocks of the tenant and in UTC."""
    local = at.astimezone(ZoneInfo(time_zone))
    said = format_datetime(local, "EEEE d MMMM y, HH:mm", locale="en")
    return f"{said} in {time_zone} ({at.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M} UTC)"
