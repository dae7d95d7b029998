"""How a publication gets on: waiting, drawing, served, or why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from builder import holding, progress, queries
from builder.models import SiteRelease
from builder.progress import Drawing
from storefront.core.changes import Change
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import pages_written

SILENT = timedelta(minutes=30)
"""A build that has not ended by then is not at work any more."""


class Stage(StrEnum):
    """What becomes of what was published."""

    OFF = "off"
    """The site is switched off, or its dealer is not active."""
    HELD = "held"
    """Nothing is published there until somebody resumes."""
    WAITING = "waiting"
    BUILDING = "building"
    FAILED = "failed"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Going:
    """How a site stands towards what its rows say."""

    stage: Stage
    at: datetime | None = None
    """Since when it is served or held; when the build at work began or failed."""
    drawing: Drawing | None = None
    reason: str = ""
    seconds: int = 0
    """How long the last build took."""

    @property
    def is_moving(self) -> bool:
        """Ask whether it will be otherwise in a moment."""
        return self.stage in (Stage.WAITING, Stage.BUILDING)


def going(store: Store, *, settings: Settings, now: datetime) -> Going:
    """Say how a site of the open scope gets on with publishing what its rows say.

    Args:
        store: the site.
        settings: of the installation.
        now: aware UTC.
    """
    dealer = None if store.dealer_id is None else db.session.get_one(Dealer, store.dealer_id)
    if not store.active or (dealer is not None and not dealer.is_active):
        return Going(Stage.OFF)
    if (held := holding.hold_of(store.id)) is not None:
        return Going(Stage.HELD, held.at, reason=held.by)
    last = _last_build(store)
    if last is not None and last.finished_at is None and not last.failure and now - last.started_at < SILENT:
        return Going(Stage.BUILDING, last.started_at, progress.of_site(settings, store.id))
    if not _is_behind(store):
        at, seconds = _served(last)
        return Going(Stage.LIVE, at, seconds=seconds)
    if last is not None and last.failure and last.finished_at is None and last.started_at >= store.updated_at:
        return Going(Stage.FAILED, last.started_at, reason=last.failure)
    return Going(Stage.WAITING)


def _last_build(store: Store) -> SiteRelease | None:
    reading = select(SiteRelease).where(SiteRelease.store_id == store.id).order_by(SiteRelease.started_at.desc())
    return db.session.scalars(reading.limit(1).execution_options(populate_existing=True)).first()


def _is_behind(store: Store) -> bool:
    """Ask whether the ledger knows of a change of the store's own rows that what is served does not show."""
    stand = queries.standing(store.id)
    if stand is None or stand.release is None:
        return True
    keys = [store.id.hex, f"store:{store.id.hex}", *(page.id.hex for page in pages_written(store.id))]
    newer = select(Change.id).where(Change.id > stand.mark, Change.key.in_(keys))
    return db.session.scalars(newer.limit(1)).first() is not None


def _served(last: SiteRelease | None) -> tuple[datetime | None, int]:
    if last is None or last.finished_at is None:
        return None, 0
    return last.finished_at, round((last.finished_at - last.started_at).total_seconds())
