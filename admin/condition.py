"""What can be found out about the parts of an installation, each within a second or two (SECURITY E6, E10)."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from search.errors import SearchUnavailable
from search.index import open_index
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.queue import redis_url
from storefront.core.tasks import Task, is_open
from storefront.migrations import runner
from storefront.notices.models import Letter

LATE = timedelta(minutes=10)
"""A task that could have been begun this long ago says that no worker works."""
LITTLE, NO_ROOM = 0.10, 0.03
"""Parts of the disk that are free, below which it is said, and is bad."""
PATIENCE = 1.0


class Grade(StrEnum):
    """How a part stands."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the installation: what it is, how it stands, a key of the words with its values."""

    name: str
    grade: Grade
    said: str
    values: dict[str, Any] = field(default_factory=dict)


def look(settings: Settings, tenant_id: UUID, *, now: datetime) -> list[Part]:
    """Look at every part; one that does not answer spoils no other.

    Args:
        settings: of the installation.
        tenant_id: whose search index.
        now: aware UTC.
    """
    return [
        _database(settings),
        _work(now),
        _queue(settings),
        _search(settings, tenant_id),
        _mail(settings, now),
        _disk(settings),
        _certificates(settings),
    ]


def worst(parts: Sequence[Part]) -> Grade:
    """Give the worst grade; what is unknown is not bad."""
    grades = {part.grade for part in parts}
    return next((grade for grade in (Grade.BAD, Grade.WARN) if grade in grades), Grade.GOOD)


def _database(settings: Settings) -> Part:
    kind = "PostgreSQL" if settings.database.startswith("postgres") else "SQLite"
    try:
        with db.engine.connect() as connection:
            connection.execute(select(literal(1)))
        at, head = runner.current(db.engine), runner.head()
    except SQLAlchemyError:
        return Part("database", Grade.BAD, "down", {"kind": kind})
    if at != head:
        return Part("database", Grade.BAD, "pending", {"kind": kind, "at": at or "–", "head": head or "–"})
    return Part("database", Grade.GOOD, "up", {"kind": kind, "at": at or "–"})


def _work(now: datetime) -> Part:
    """Ask whether somebody does what is to be done: the oldest task that could be begun says it."""
    begun = (*is_open(), Task.leased_until.is_(None), Task.not_before.is_(None))
    # A task is rung anew every minute: since when it waits, its event knows.
    since = func.coalesce(OutboxEvent.at, Task.ring_at)
    first = select(func.min(since)).select_from(Task).outerjoin(OutboxEvent, OutboxEvent.id == Task.event_id)
    oldest = db.session.scalar(first.where(*begun))
    waiting = db.session.scalar(select(func.count(Task.id)).where(*begun)) or 0
    if oldest is not None and now - oldest > LATE:
        return Part("work", Grade.BAD, "late", {"n": waiting, "minutes": int((now - oldest).total_seconds() // 60)})
    return Part("work", Grade.GOOD, "up", {"n": waiting})


def _queue(settings: Settings) -> Part:
    kind = "external" if settings.redis_url else "embedded"
    server = Redis.from_url(redis_url(settings), socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    try:
        server.ping()
        used = server.info("memory").get("used_memory_human", "–")
    except (RedisError, OSError):
        return Part("queue", Grade.BAD, f"down_{kind}")
    finally:
        server.close()
    return Part("queue", Grade.GOOD, f"up_{kind}", {"memory": used})


def _search(settings: Settings, tenant_id: UUID) -> Part:
    kind = "Meilisearch" if settings.meilisearch_url else "tantivy"
    try:
        stamp = open_index(tenant_id, settings).stamp()
    except (SearchUnavailable, OSError, ValueError):
        return Part("search", Grade.WARN, "down", {"kind": kind})
    return Part("search", Grade.GOOD, "up" if stamp else "empty", {"kind": kind})


def _mail(settings: Settings, now: datetime) -> Part:
    refused = select(func.count(Letter.id)).where(Letter.sent_at.is_(None), Letter.failure.is_not(None))
    failed = db.session.scalar(refused) or 0
    last = db.session.scalar(select(func.max(Letter.sent_at)))
    said = "smtp" if settings.smtp_url else "folder"
    if failed:
        return Part("mail", Grade.WARN, "refused", {"n": failed})
    return Part("mail", Grade.GOOD if settings.smtp_url else Grade.WARN, said, {"last": last or ""})


def _disk(settings: Settings) -> Part:
    try:
        found = shutil.disk_usage(settings.instance)
    except OSError:
        return Part("disk", Grade.UNKNOWN, "unknown")
    free = found.free / found.total
    grade = Grade.BAD if free < NO_ROOM else Grade.WARN if free < LITTLE else Grade.GOOD
    values = {"free": f"{found.free / 1e9:.1f}", "total": f"{found.total / 1e9:.0f}"}
    return Part("disk", grade, "free", values)


def _certificates(settings: Settings) -> Part:
    """Say that the proxy in front keeps certificates and that their dates are not seen from here."""
    if settings.site_scheme != "https":
        return Part("certificates", Grade.WARN, "none")
    return Part("certificates", Grade.UNKNOWN, "unknown")
