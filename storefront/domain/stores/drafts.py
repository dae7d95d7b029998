"""The draft of a site's look: changed step by step, each step a row that can be taken back (SPEC 24).

Nobody sees a draft but who works on it; publishing it is `builder.studio.publishing`, which knows what themes take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from storefront.core.changes import take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.accounts import audit

from .looks import Look, look_of
from .models import Step, Store, StoreDraft, StoreRevision

MOST_STEPS = 300
"""Changes of a site that are kept; older ones can no longer be taken back."""
MOST_PUBLISHED = 30
"""Publications of a site that are kept."""
TYPING = timedelta(minutes=1)
"""Texts that are typed on within this time are one change to take back."""
_SAID = 200
"""Letters of a text that the trail keeps."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a site's draft stands."""

    published: Look
    look: Look
    """The published look with what is drafted."""
    differs: Mapping[str, Any]
    """What is drafted, by key; None where there shall be no value."""
    undo: StoreRevision | None
    """What undo would take back."""
    redo: StoreRevision | None
    publish_at: datetime | None
    publish_by: str | None


def standing(store: Store) -> Standing:
    """Say how the draft of a site of the open scope stands; where there is none it is as published."""
    published, draft = look_of(store), _draft(store.id)
    if draft is None:
        return Standing(published, published, {}, None, None, None, None)
    undo, redo = _revision(store.id, draft.head), _newest_child(store.id, draft.head)
    differs = _differing(published, draft.differs)
    look = _with(published, differs)
    return Standing(published, look, differs, undo, redo, draft.publish_at, draft.publish_by)


def change(
    store: Store,
    values: Mapping[str, Any],
    *,
    now: datetime,
    actor: str,
    step: Step = Step.CHANGED,
    is_typing: bool = False,
) -> StoreRevision | None:
    """Change a site's draft; what is published stays.

    Args:
        store: whose.
        values: key of a look → value, None for none; the caller has checked them.
        now: aware UTC.
        actor: who does it.
        step: what it is in the history.
        is_typing: texts somebody types: what follows a change of the same texts takes its place among the steps.

    Returns:
        The revision, None when nothing is otherwise.
    """
    draft, before = _own_draft(store, now, actor), standing(store).look
    changes = [[key, before.get(key), value] for key, value in values.items() if before.get(key) != value]
    if not changes:
        return None
    _tell(store, _ACTS[step], changes, now, actor)
    last = _revision(store.id, draft.head) if is_typing else None
    if last is not None and _is_typed_on(last, changes, now, actor):
        first = {key: value for key, value, _ in last.changes}
        draft.head, changes = last.parent, [[key, first[key], after] for key, _, after in changes]
    made = _append(store, draft, step, changes, now=now, actor=actor)
    _hold(store, draft, {key: after for key, _, after in changes}, now)
    return made


def _is_typed_on(last: StoreRevision, changes: Sequence[Any], now: datetime, actor: str) -> bool:
    """Ask whether changes go on with what a revision began: the same texts, the same person, a moment ago."""
    same = sorted(key for key, _, _ in last.changes) == sorted(key for key, _, _ in changes)
    return same and last.step is Step.CHANGED and last.actor == actor and now - last.at < TYPING


def undo(store: Store, *, now: datetime, actor: str) -> StoreRevision:
    """Take the last change back; it can be done again.

    Raises:
        DomainError: there is nothing to take back.
    """
    draft, found = _own_draft(store, now, actor), standing(store).undo
    if found is None:
        raise DomainError("There is nothing to take back", code="conflict")
    _hold(store, draft, {key: before for key, before, _ in found.changes}, now)
    draft.head = found.parent
    _tell(store, "undo_look", [[key, after, before] for key, before, after in found.changes], now, actor)
    return found


def redo(store: Store, *, now: datetime, actor: str) -> StoreRevision:
    """Do again what was taken back last.

    Raises:
        DomainError: nothing was taken back.
    """
    draft, found = _own_draft(store, now, actor), standing(store).redo
    if found is None:
        raise DomainError("There is nothing to do again", code="conflict")
    _hold(store, draft, {key: after for key, _, after in found.changes}, now)
    draft.head = found.number
    _tell(store, "redo_look", found.changes, now, actor)
    return found


def discard(store: Store, *, now: datetime, actor: str) -> StoreRevision:
    """Give the whole draft up: the look is as published again. Undo brings it back.

    Raises:
        DomainError: nothing is drafted.
    """
    found = standing(store)
    back = {key: found.published.get(key) for key in found.differs}
    made = change(store, back, now=now, actor=actor, step=Step.DISCARDED)
    if made is None:
        raise DomainError("Nothing is waiting to be published", code="conflict")
    return made


def plan(store: Store, at: datetime | None, *, now: datetime, actor: str) -> None:
    """Have the draft published by itself at a moment, or at none.

    Raises:
        DomainError: the moment is past, or nothing is drafted; `field` is `at`.
    """
    draft = _own_draft(store, now, actor)
    if at is not None and at <= now:
        raise DomainError("That moment is past", field="at")
    if at is not None and not standing(store).differs:
        raise DomainError("Nothing is waiting to be published", code="conflict", field="at")
    before = {"at": None if draft.publish_at is None else draft.publish_at.isoformat()}
    draft.publish_at, draft.publish_by = at, None if at is None else actor
    after = {"at": None if at is None else at.isoformat()}
    audit.record(actor, "plan_look", "store", store.id, now=now, before=before, after=after, dealer_id=store.dealer_id)


def note_published(store: Store, before: Look, *, now: datetime, actor: str) -> StoreRevision:
    """Note that a site's rows now say another look; part of the act that made them so.

    Args:
        store: whose; its rows are changed and flushed.
        before: the look that was published.
        now: aware UTC.
        actor: who did it.
    """
    draft, look = _own_draft(store, now, actor), look_of(store)
    keys = sorted(look.keys() | before.keys())
    changes = [[key, before.get(key), look.get(key)] for key in keys if before.get(key) != look.get(key)]
    made = _append(store, draft, Step.PUBLISHED, changes, now=now, actor=actor, look=look, is_step=False)
    draft.differs = {key: value for key, value in draft.differs.items() if look.get(key) != value}
    draft.publish_at = draft.publish_by = None
    _forget_old(store.id)
    return made


def publications(store_id: UUID) -> Sequence[StoreRevision]:
    """Give the publications of a site that are kept, newest first."""
    return _history(store_id, MOST_PUBLISHED, only=Step.PUBLISHED)


def history(store_id: UUID, limit: int = 40) -> Sequence[StoreRevision]:
    """Give the latest revisions of a site's draft, newest first."""
    return _history(store_id, limit)


def revision(store_id: UUID, number: int) -> StoreRevision | None:
    """Give a revision of a site by its number."""
    return _revision(store_id, number)


def stores_due(now: datetime) -> Sequence[UUID]:
    """Name the stores of the open scope whose draft is to be published by now."""
    reading = select(StoreDraft.store_id).where(StoreDraft.publish_at <= now)
    return db.session.scalars(reading.order_by(StoreDraft.publish_at, StoreDraft.store_id)).all()


def tenants_with_due(now: datetime) -> list[UUID]:
    """Name the tenants with drafts whose time has come; act everywhere()."""
    return list(db.session.scalars(select(StoreDraft.tenant_id).where(StoreDraft.publish_at <= now).distinct()))


_ACTS = {
    Step.CHANGED: "change_look",
    Step.BACK: "set_back_look",
    Step.DISCARDED: "discard_look",
    Step.COPIED: "copy_look",
}
"""What the trail calls them."""


def _draft(store_id: UUID) -> StoreDraft | None:
    return db.session.scalars(select(StoreDraft).where(StoreDraft.store_id == store_id)).first()


def _own_draft(store: Store, now: datetime, actor: str) -> StoreDraft:
    """Give a site's draft to be written; the first one remembers the look that is published, as a way back."""
    take_turn()
    draft = _draft(store.id)
    if draft is None:
        given = {"store_id": store.id, "dealer_id": store.dealer_id}
        draft = StoreDraft(**given, differs={}, head=0, updated_at=now)
        first = StoreRevision(**given, number=1, step=Step.PUBLISHED, look=look_of(store), actor=actor, at=now)
        db.session.add_all([draft, first])
        db.session.flush()
    return draft


def _append(
    store: Store,
    draft: StoreDraft,
    step: Step,
    changes: list[Any],
    *,
    now: datetime,
    actor: str,
    look: Look | None = None,
    is_step: bool = True,
) -> StoreRevision:
    """Write a revision; a publication is not among the steps that undo walks along."""
    newest = db.session.scalar(select(func.max(StoreRevision.number)).where(StoreRevision.store_id == store.id)) or 0
    made = StoreRevision(
        store_id=store.id,
        dealer_id=store.dealer_id,
        number=newest + 1,
        parent=draft.head if is_step else -1,
        step=step,
        changes=changes,
        look=None if look is None else dict(look),
        actor=actor,
        at=now,
    )
    db.session.add(made)
    if is_step:
        draft.head = made.number
    db.session.flush()
    return made


def _hold(store: Store, draft: StoreDraft, values: Mapping[str, Any], now: datetime) -> None:
    """Have the draft say these values; what equals what is published is no difference."""
    draft.differs = _differing(look_of(store), {**draft.differs, **values})
    draft.updated_at = now
    if not draft.differs:
        draft.publish_at = draft.publish_by = None
    db.session.flush()


def _differing(published: Look, differs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in differs.items() if published.get(key) != value}


def _with(published: Look, differs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**published, **differs}.items() if value is not None}


def _revision(store_id: UUID, number: int) -> StoreRevision | None:
    wanted = (StoreRevision.store_id == store_id, StoreRevision.number == number)
    return db.session.scalars(select(StoreRevision).where(*wanted)).first()


def _newest_child(store_id: UUID, number: int) -> StoreRevision | None:
    wanted = (StoreRevision.store_id == store_id, StoreRevision.parent == number, StoreRevision.step != Step.PUBLISHED)
    return db.session.scalars(select(StoreRevision).where(*wanted).order_by(StoreRevision.number.desc())).first()


def _history(store_id: UUID, limit: int, only: Step | None = None) -> Sequence[StoreRevision]:
    reading = select(StoreRevision).where(StoreRevision.store_id == store_id)
    if only is not None:
        reading = reading.where(StoreRevision.step == only)
    return db.session.scalars(reading.order_by(StoreRevision.number.desc()).limit(limit)).all()


def _forget_old(store_id: UUID) -> None:
    for is_published, most in ((True, MOST_PUBLISHED), (False, MOST_STEPS)):
        kind = (StoreRevision.step == Step.PUBLISHED) if is_published else (StoreRevision.step != Step.PUBLISHED)
        mine = (StoreRevision.store_id == store_id, kind)
        newest = select(StoreRevision.number).where(*mine).order_by(StoreRevision.number.desc()).offset(most - 1)
        oldest = db.session.scalars(newest.limit(1)).first()
        if oldest is not None:
            db.session.execute(delete(StoreRevision).where(*mine, StoreRevision.number < oldest))


def _tell(store: Store, act: str, changes: Sequence[Any], now: datetime, actor: str) -> None:
    """Write the trail's entry; of long texts their beginning."""
    before = {key: _short(value) for key, value, _ in changes}
    after = {key: _short(value) for key, _, value in changes}
    audit.record(actor, act, "store", store.id, now=now, before=before, after=after, dealer_id=store.dealer_id)


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_SAID]
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    return value
