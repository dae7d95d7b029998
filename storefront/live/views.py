"""Views of cars (SPEC 39): a beacon adds to a counter in Redis, a job writes the counters to the database in batches.

No cookie, no address, nothing about the visitor is kept. Redis being away loses views and nothing else.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from flask import Blueprint, Response, request
from redis import Redis
from redis.exceptions import LockError, RedisError
from sqlalchemy import case, select, update

from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent, emit
from storefront.core.queue import connection
from storefront.core.runtime import settings
from storefront.core.tenancy import acting
from storefront.domain.listings.models import Listing

from .events import VehicleViewed
from .hosts import Place, place_of, require_own_origin

BODY_LIMIT = 2048
BATCH = 500
"""Listings in one UPDATE."""
RECENT = 1000
"""How far back a batch that was left over is looked for among those already counted."""
LOCK_SECONDS = 120
_PUBLIC_ID = re.compile(r"[0-9a-hj-km-np-tv-z]{13}")
_ROBOT = re.compile(
    r"bot\b|bot[/;]|crawl|spider|slurp|preview|monitor|python|curl|wget|scrap|lighthouse", re.IGNORECASE
)
_OPEN, _TAKEN, _LOCK = "views:open", "views:taken", "views:lock"
log = logging.getLogger(__name__)


def add_views(blueprint: Blueprint) -> None:
    """Give the live layer its counter of views."""
    blueprint.add_url_rule("/views", "views", create, methods=["POST"])


def create() -> Response:
    """Count a view; whatever comes of it, the page has nothing to wait for."""
    request.max_content_length = BODY_LIMIT
    listing = _listing()
    require_own_origin()
    place = place_of(site=request.args.get("site", ""))
    if _PUBLIC_ID.fullmatch(listing) and not _is_robot():
        _add(place, listing)
    return Response(status=204)


def _listing() -> str:
    """Give the public id of the car: a form's field, or the whole body as `sendBeacon` sends plain text."""
    if request.mimetype == "text/plain":
        return request.get_data(as_text=True).strip().removeprefix("listing=")
    return request.form.get("listing", "").strip()


def _is_robot() -> bool:
    agent = request.headers.get("User-Agent", "")
    looked_ahead = "prefetch" in request.headers.get("Sec-Purpose", "") or "prerender" in request.headers.get(
        "Purpose", ""
    )
    return not agent or looked_ahead or _ROBOT.search(agent) is not None


def _add(place: Place, listing: str) -> None:
    """Count within the site's walls: a dealer's page counts its dealer's cars only (SECURITY A3)."""
    name = f"{place.tenant_id.hex}:{'' if place.dealer_id is None else place.dealer_id.hex}"
    try:
        pipeline = connection(settings()).pipeline(transaction=False)
        pipeline.hincrby(f"views:{name}", listing, 1)
        pipeline.sadd(_OPEN, name)
        pipeline.execute()
    except RedisError as error:
        log.info("a view was not counted", extra={"error": type(error).__name__})


def flush_views() -> int:
    """Write the counters to the database; the scheduler calls it every minute or so.

    A counter is renamed before it is read, so that views arriving meanwhile start a new one; the batch's name is stored
    with its effect, so that a batch left over by a crash is counted once.

    Returns:
        How many views were written.
    """
    client = connection(settings())
    lock = client.lock(_LOCK, timeout=LOCK_SECONDS, blocking=False)
    if not lock.acquire():
        return 0
    try:
        left_over: int = sum(_write(client, batch, again=True) for batch in _texts(client.smembers(_TAKEN)))
        return left_over + sum(_take(client, name) for name in sorted(_texts(client.smembers(_OPEN))))
    finally:
        _release(lock)


def _take(client: Redis, name: str) -> int:
    batch = f"{name}:{uuid4().hex}"
    client.sadd(_TAKEN, batch)
    client.srem(_OPEN, name)
    if not client.exists(f"views:{name}"):
        client.srem(_TAKEN, batch)
        return 0
    client.renamenx(f"views:{name}", f"views:{batch}")
    return _write(client, batch, again=False)


def _write(client: Redis, batch: str, *, again: bool) -> int:
    tenant, dealer, _ = batch.split(":")
    counts = {_text(key): int(number) for key, number in client.hgetall(f"views:{batch}").items()}
    written = 0
    if counts:
        with acting(UUID(tenant), UUID(dealer) if dealer else None):
            if not (again and _is_written(batch)):
                written = perform(count_views, batch, counts).unwrap()
    client.delete(f"views:{batch}")
    client.srem(_TAKEN, batch)
    return written


def count_views(batch: str, counts: Mapping[str, int]) -> int:
    """Add views to listings of the open scope, one statement a batch; no page is stale after it (SPEC decisions).

    Args:
        batch: its name.
        counts: public id of a listing → views; unknown ids are strangers' inventions and count nowhere.

    Returns:
        How many views were given.
    """
    listings = sorted(counts)
    for start in range(0, len(listings), BATCH):
        chunk = {public_id: counts[public_id] for public_id in listings[start : start + BATCH]}
        db.session.execute(
            update(Listing)
            .where(Listing.public_id.in_(chunk))
            .values(view_count=Listing.view_count + case(chunk, value=Listing.public_id, else_=0))
            .execution_options(synchronize_session=False, recorded=True)
        )
    total = sum(counts.values())
    emit(VehicleViewed(batch, total))
    return total


def _is_written(batch: str) -> bool:
    name = VehicleViewed.__name__
    recent = select(OutboxEvent.payload).where(OutboxEvent.name == name).order_by(OutboxEvent.id.desc()).limit(RECENT)
    return any(payload.get("batch") == batch for payload in db.session.scalars(recent))


def _texts(names: Iterable[bytes | str]) -> list[str]:
    return [_text(name) for name in names]


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _release(lock: object) -> None:
    try:
        lock.release()  # type: ignore[attr-defined]
    except LockError:
        log.warning("counting took longer than its lock")
