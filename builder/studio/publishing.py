"""Publishing a draft, at once or by the clock, and publishing an earlier look again (SPEC 24).

The rows of the store are changed in one act; which pages that alters is found by what they were made of, and a worker
draws them, as after any other change. Cars, prices and dealers are today's also after a way back.
"""

from datetime import datetime
from uuid import UUID

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.events import StoreChanged, StoreThemeUpdated
from storefront.domain.stores.looks import Look
from storefront.domain.stores.models import Step, Store, StoreRevision

from .fitting import fitting


def publish(store: Store, *, now: datetime, actor: str) -> StoreRevision:
    """Publish the draft of a site.

    Args:
        store: whose.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: nothing is drafted, or its theme is no more.
    """
    stand = drafts.standing(store)
    if not stand.differs:
        raise DomainError("Nothing is waiting to be published", code="conflict")
    return _serve(store, stand.look, "publish_look", now, actor)


def publish_due(*, now: datetime) -> list[UUID]:
    """Publish the drafts of the open scope whose moment has come, each once, however late.

    Args:
        now: aware UTC.

    Returns:
        The stores.
    """
    due = drafts.stores_due(now)
    for store_id in due:
        store = db.session.get_one(Store, store_id)
        stand = drafts.standing(store)
        actor = f"schedule of {stand.publish_by}"
        if stand.differs:
            _serve(store, stand.look, "publish_look", now, actor)
        else:
            drafts.plan(store, None, now=now, actor=actor)
    return list(due)


def bring_back(store: Store, number: int, *, now: datetime, actor: str) -> StoreRevision:
    """Publish an earlier look again; what is drafted stays drafted.

    Args:
        store: whose.
        number: of the revision that published it.
        now: aware UTC.
        actor: who does it.

    Raises:
        NotFound: no such publication is kept.
        DomainError: it is the look that is published.
    """
    look = look_of_publication(store, number)
    if look == looks.look_of(store):
        raise DomainError("This look is published already", code="conflict")
    return _serve(store, look, "bring_back_look", now, actor)


def look_of_publication(store: Store, number: int) -> Look:
    """Give the look that a revision published.

    Raises:
        NotFound: no such publication is kept.
    """
    found = drafts.revision(store.id, number)
    if found is None or found.step is not Step.PUBLISHED or found.look is None:
        raise NotFound("This look is no longer kept")
    return found.look


def _serve(store: Store, look: Look, act: str, now: datetime, actor: str) -> StoreRevision:
    before = looks.look_of(store)
    looks.put(store, look, fitting(look), now=now)
    made = drafts.note_published(store, before, now=now, actor=actor)
    changed = {"changes": [key for key, _, _ in made.changes], "revision": made.number}
    audit.record(actor, act, "store", store.id, now=now, after=changed, dealer_id=store.dealer_id)
    emit(StoreThemeUpdated(store.id))
    emit(StoreChanged(store.id))
    return made
