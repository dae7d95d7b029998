"""What is tidied up at night: done work, old addresses, contents nobody refers to. Each may be done twice or late."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete

from seo.redirects import KEPT_DAYS
from storefront.core import outbox, tasks
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.stores import hosts
from storefront.domain.stores.models import StoreHost

from . import releases
from .models import SiteMove

WORK_KEPT = timedelta(days=30)
"""How long tasks that are done can be looked up."""


def forget_old_work(now: datetime) -> int:
    """Forget events and tasks that were done long ago, of all tenants.

    Returns:
        How many rows.
    """
    before, rows = now - WORK_KEPT, 0
    while (forgotten := tasks.forget(before) + outbox.forget(before)) > 0:
        rows += forgotten
    return rows


def forget_old_moves(*, today: date, now: datetime) -> int:
    """Forget addresses and hosts of the open tenant that were left so long ago that nobody asks for them (SEO.md §7).

    Args:
        today: the business date.
        now: aware UTC.

    Returns:
        How many rows.
    """
    doomed = (
        delete(SiteMove).where(SiteMove.since < today - timedelta(days=KEPT_DAYS)),
        delete(StoreHost).where(StoreHost.left_at < now - hosts.KEPT),
    )
    return sum(
        db.session.execute(one.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
        for one in doomed
    )


def collect_garbage(settings: Settings, now: datetime) -> int:
    """Remove what dead builders left, old releases, and contents nothing refers to; previews hold links of their own.

    Returns:
        How many files of the content store.
    """
    return releases.clean_up(settings, now.timestamp())
