"""Jobs of the builder: publish what is stale, a task for each site; fetch photos; previews; tidy up at night."""

import logging
from uuid import UUID

from sqlalchemy import select

from storefront.adapters.fetch import PUBLIC, FetchError, Rules, fetch
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import commits_itself, emit, one_waits
from storefront.core.runtime import settings
from storefront.domain.accounts.models import Tenant
from storefront.domain.listings import photos
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.stores.models import Store

from . import afterlife, holding, images, improving, previewing, runs, tidying, urgency
from .events import PicturesWanted, SitesStale
from .images import Original
from .options import HURRIED
from .progress import Progress
from .sites import key_of

log = logging.getLogger(__name__)


@one_waits
@commits_itself
def publish_stale() -> None:
    """Find the stale sites of the tenant that acts and ask for each to be published, then go home.

    A site that only owes pages has a task of its own for them (`publish_rest`), which no change need wait for.
    """
    tenant = db.session.scalars(select(Tenant)).one()
    today, tenant_id = runs.today(tenant), tenant.id
    db.session.rollback()
    stale = runs.stale_sites(tenant_id, settings(), as_of=today, owed=False)
    if stale:
        first = urgency.sites_waited_for()
        db.session.rollback()
        waited_for = [site.store_id.hex for site in stale if site.store_id in first]
        perform(emit, SitesStale([site.store_id.hex for site in stale], waited_for)).unwrap()
    else:
        runs.retire_strangers(settings())


@one_waits
@commits_itself
def publish_site(store_id: str) -> None:
    """Publish one site of the tenant that acts; what changed until this moment is in it."""
    try:
        told = Progress(settings(), UUID(store_id))
        runs.publish_one(UUID(store_id), settings(), options=HURRIED, reporter=told)
    finally:
        _ask_for_better_pictures()


@one_waits
@commits_itself
def publish_rest(store_id: str) -> None:
    """Publish what a hurried publish of a site left out."""
    runs.publish_one(UUID(store_id), settings())


@commits_itself
def roll_back(store_id: str, release: str, actor: str) -> None:
    """Serve an earlier release of a site again and hold the site; one that serves it already is left alone."""
    store = db.session.scalars(select(Store).where(Store.id == UUID(store_id))).first()
    if store is None:
        return
    kept = {one.release: one for one in holding.kept_of(store, settings())}
    wanted = kept.get(release)
    if wanted is None or any(
        one.is_served and (one.of or one.release) == (wanted.of or release) for one in kept.values()
    ):
        return
    today = runs.today(db.session.scalars(select(Tenant)).one())
    site = key_of(store)
    db.session.rollback()
    holding.roll_back(site, release, settings=settings(), today=today, actor=actor)


@commits_itself
def build_preview(preview_id: str) -> None:
    """Build a preview that somebody opened."""
    previewing.build(UUID(preview_id), settings())


@commits_itself
def remove_preview(host: str) -> None:
    """Take the files of a preview away."""
    previewing.remove(settings(), host)


@one_waits
@commits_itself
def forget_old_work() -> None:
    """Forget events and tasks that were done long ago."""
    log.info("old work forgotten", extra={"rows": tidying.forget_old_work(clock.now())})


@one_waits
@commits_itself
def collect_garbage() -> None:
    """Remove contents that no release refers to any more, and what hosts said that led to a site for long enough."""
    log.info("contents removed", extra={"files": tidying.collect_garbage(settings(), clock.now())})
    afterlife.forget_hosts(settings(), now=clock.now())


@one_waits
def forget_old_moves() -> None:
    """Forget addresses of the tenant that acts which moved so long ago that nobody asks for them."""
    today = runs.today(db.session.scalars(select(Tenant)).one())
    log.info("old moves forgotten", extra={"rows": tidying.forget_old_moves(today=today, now=clock.now())})


def warm_up(settings: Settings) -> None:
    """Load what every publish needs, before a worker forks: themes, words, templates."""
    runs.warm_up(settings)


@one_waits
@commits_itself
def improve_pictures() -> None:
    """Make the best encodings of pictures that are served, for seconds; the next publish of their sites takes them."""
    if improving.improve(settings()):
        _ask_for_better_pictures()


def _ask_for_better_pictures() -> None:
    if improving.slips(settings()).waiting():
        perform(emit, PicturesWanted())


@commits_itself
def fetch_photos(listing_id: str) -> None:
    """Fetch the queued photos of a listing, each in a transaction of its own, then tell the house."""
    take_queued(UUID(listing_id))


def take_queued(listing_id: UUID, *, rules: Rules = PUBLIC) -> int:
    """Fetch the queued photos of a listing of the open scope; what cannot be had is a warning on the photo.

    Args:
        listing_id: whose photos.
        rules: how far a fetch may go.

    Returns:
        How many were taken in.
    """
    waiting = [(photo.id, photo.source_url or "") for photo in photos.queued(listing_id)]
    db.session.rollback()
    taken = sum(_take(photo_id, url, rules) for photo_id, url in waiting)
    if waiting:
        perform(photos.photos_ready, listing_id, now=clock.now())
    return taken


def _take(photo_id: UUID, url: str, rules: Rules) -> bool:
    """Fetch one photo, decode it once so that no page ever shows a broken one, and take it in."""
    try:
        content = fetch(url, rules=rules).content
        _decode(content)
        perform(photos.take_photo, photo_id, content, store=photo_store(settings()), now=clock.now()).unwrap()
    except (FetchError, DomainError) as refusal:
        log.warning("photo not taken", extra={"photo": str(photo_id), "reason": refusal.message})
        perform(photos.give_up_photo, photo_id, refusal.message)
        return False
    return True


def _decode(content: bytes) -> None:
    """Make the pictures of a photo now: the next publish finds them ready.

    Raises:
        BadPhoto: it breaks a rule, or cannot be decoded.
    """
    found = photos.facts(content)
    content_hash = photo_store(settings()).put(content)
    original = Original(content_hash, found.width, found.height)
    for reason in images.pictures(settings()).make([original]).values():
        raise photos.BadPhoto(reason)
    improving.slips(settings()).want([original])
