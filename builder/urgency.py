"""Which sites somebody waits for: those that show what was changed by hand a moment ago.

An import, a night's new price labels or a new theme make hundreds of sites stale at once, and a dealer who changes one
price meanwhile does not wait until all are published: the sites that show his car go first (SPEC 159).
"""

from uuid import UUID

from sqlalchemy import func, or_, select

from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.domain.listings.events import OF_A_CAR, VehiclePhotoAdded
from storefront.domain.listings.models import Listing
from storefront.domain.stores.events import StoreChanged, StoreCustomDomainSet, StoreThemeUpdated
from storefront.domain.stores.models import Store, StoreKind

_OF_STORES = (StoreThemeUpdated, StoreCustomDomainSet, StoreChanged)
BY_HAND = (*(event for event in OF_A_CAR if event is not VehiclePhotoAdded), *_OF_STORES)
"""Events of one thing that somebody changed and looks for; photos that were added have a listener of their own."""
_RECENT = 500
"""So many of an installation's newest events are looked through; what is older was published long ago or waits on."""
_NEWEST = 50


def sites_waited_for() -> set[UUID]:
    """Give the sites of the open tenant that show what was changed by hand most recently: its dealers', and its own."""
    newest = select(func.max(OutboxEvent.id)).scalar_subquery()
    names = [event.__name__ for event in (*OF_A_CAR, *_OF_STORES)]
    payloads = db.session.scalars(
        select(OutboxEvent.payload)
        .where(OutboxEvent.id > newest - _RECENT, OutboxEvent.name.in_(names))
        .order_by(OutboxEvent.id.desc())
        .limit(_NEWEST)
    ).all()
    cars = {UUID(said["listing_id"]) for said in payloads if "listing_id" in said}
    found = {UUID(said["store_id"]) for said in payloads if "store_id" in said}
    if cars:
        dealers = select(Listing.dealer_id).where(Listing.id.in_(cars))
        shows = or_(Store.dealer_id.in_(dealers), Store.kind == StoreKind.MARKETPLACE)
        found.update(db.session.scalars(select(Store.id).where(shows)))
    return found
