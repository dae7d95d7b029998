"""Previews: an unpublished state of a site on a host of its own, `<token>.preview.<base host>`.

Nobody can guess the token (160 bits), search engines are told to stay out, nothing is kept by caches, and it ends by
itself. This is the domain side, for commands and the theme studio: rows and events. The pages are drawn by a worker
(`previewing.py`) with the same code as a publish, so that they are the same bytes.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

import themes
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.stores.models import Store

from .events import PreviewEnded, PreviewWanted
from .models import Preview

TOKEN_BYTES = 20
DAYS = 7
"""How long a preview stands unless somebody says otherwise."""
MOST_DAYS = 60
MOST_AT_ONCE = 20
"""Previews of one site that stand at the same time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a preview shows that is not published.

    Args:
        theme: another theme; None for the site's own.
        settings: other values for the theme's settings; None for the site's own.
        as_of: business date; None for today.
        with_pending: also cars that wait to be offered, scheduled or not.
    """

    theme: str | None = None
    settings: Mapping[str, Any] | None = None
    as_of: date | None = None
    with_pending: bool = False


def open_preview(
    store: Store, plan: Plan, *, settings: Settings, now: datetime, actor: str, days: int = DAYS
) -> Preview:
    """Open a preview of a site; a worker builds it.

    The site may be held, switched off, or its dealer not active yet: it is shown as if it were published.

    Args:
        store: whose.
        plan: what it shows.
        settings: of the installation.
        now: aware UTC.
        actor: who opens it.
        days: how long it stands.

    Raises:
        DomainError: no such theme, values it does not take, too many previews, or too many days.
    """
    if not 1 <= days <= MOST_DAYS:
        raise DomainError(f"A preview stands for 1 to {MOST_DAYS} days", field="days")
    _require_fitting(store, plan)
    if sum(one.store_id == store.id for one in previews(now)) >= MOST_AT_ONCE:
        raise DomainError(f"{MOST_AT_ONCE} previews of this site stand already: end one first", code="conflict")
    made = Preview(
        store_id=store.id,
        tenant_id=store.tenant_id,
        dealer_id=store.dealer_id,
        host=f"{secrets.token_hex(TOKEN_BYTES)}.preview.{settings.base_host}",
        theme=plan.theme,
        theme_settings=None if plan.settings is None else dict(plan.settings),
        as_of=plan.as_of,
        with_pending=plan.with_pending,
        created_at=now,
        created_by=actor,
        expires_at=now + timedelta(days=days),
        pages=0,
    )
    db.session.add(made)
    db.session.flush()
    after = {"theme": plan.theme, "days": days, "with_pending": plan.with_pending}
    audit.record(actor, "open_preview", "store", store.id, now=now, after=after, dealer_id=store.dealer_id)
    emit(PreviewWanted(made.id))
    return made


def end_preview(preview: Preview, *, now: datetime, actor: str) -> None:
    """End a preview; its address answers no more."""
    emit(PreviewEnded(preview.host))
    audit.record(actor, "end_preview", "store", preview.store_id, now=now, after={}, dealer_id=preview.dealer_id)
    db.session.delete(preview)


def end_expired(*, now: datetime) -> list[str]:
    """End the previews of the open scope whose time is over.

    Returns:
        Their hosts.
    """
    over = db.session.scalars(select(Preview).where(Preview.expires_at <= now)).all()
    for preview in over:
        end_preview(preview, now=now, actor="schedule")
    return [preview.host for preview in over]


def previews(now: datetime) -> Sequence[Preview]:
    """Give the previews of the open scope that stand, newest first."""
    reading = select(Preview).where(Preview.expires_at > now)
    return db.session.scalars(reading.order_by(Preview.created_at.desc(), Preview.id)).all()


def tenants_with_expired(now: datetime) -> list[UUID]:
    """Name the tenants with previews whose time is over; act everywhere()."""
    return list(db.session.scalars(select(Preview.tenant_id).where(Preview.expires_at <= now).distinct()))


def preview_of(wanted: str, now: datetime) -> Preview:
    """Find a preview by its host or the beginning of its token, at least six letters.

    Raises:
        NotFound: none of the open scope, or several.
    """
    found = [one for one in previews(now) if one.host == wanted or (len(wanted) >= 6 and one.host.startswith(wanted))]
    if len(found) != 1:
        raise NotFound(f"There is no preview {wanted[:60]!r}")
    return found[0]


def _require_fitting(store: Store, plan: Plan) -> None:
    try:
        theme = themes.load(plan.theme or store.theme)
        if plan.settings is not None:
            themes.resolve(theme, plan.settings, strict=True)
    except (themes.ThemeError, themes.SettingsError) as error:
        raise DomainError(str(error), field="theme") from error
