"""What the admin's pages read, in the visitor's scope; counted, narrowed and cut in the database (SPEC 33, 74)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from builder.images import Pictures
from builder.models import SiteRelease
from storefront.core.db import db
from storefront.domain.accounts.models import RoleGrant, User
from storefront.domain.dealers.models import Dealer, Subscription
from storefront.domain.leads.models import Lead, LeadStatus
from storefront.domain.listings import queries as listings
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoState, PriceChange
from storefront.domain.stores.models import Store
from storefront.domain.vehicles.models import Vehicle
from storefront.pages.pictures import HASH_DIGITS

PAGE_SIZE = 20
OLD = timedelta(days=90)
"""SPEC 120: what stands longer is slow-moving."""
AGES = (30, 60, 90)
"""Bounds in days of the age bar."""
STATES = ("all", "active", "pending", "sold", "withdrawn", "no_photos", "old")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    lines: tuple[Any, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Give the number of pages, at least 1."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class ListingLine:
    """A listing with what the list shows beside it."""

    listing: Listing
    vehicle: Vehicle
    dealer: Dealer
    photos: int
    former_cents: int | None
    """The price before the current one."""
    thumb: str | None = None
    """Name of the thumbnail when it is made."""


@dataclass(frozen=True, slots=True)
class DealerLine:
    """A dealer with its sites and figures."""

    dealer: Dealer
    stores: tuple[Store, ...]
    active: int
    new_leads: int


@dataclass(frozen=True, slots=True)
class Stock:
    """How a stock stands: cars by age, and what they lack."""

    active: int
    ages: tuple[int, int, int, int]
    no_photos: int
    few_photos: int
    no_co2: int
    sold: int
    """Since the month began."""


# -- figures --


def menu_counts() -> dict[str, int]:
    """Count what the menu shows: new leads, active listings."""
    leads = select(func.count(Lead.id)).where(Lead.status == LeadStatus.NEW)
    active = select(func.count(Listing.id)).where(Listing.status == ListingStatus.ACTIVE)
    return {"leads": db.session.scalar(leads) or 0, "listings": db.session.scalar(active) or 0}


def stock(now: datetime, month_start: datetime) -> Stock:
    """Measure the stock.

    Args:
        now: aware UTC; ages are counted to it.
        month_start: since when sales are counted, aware UTC.
    """
    bounds = [now - timedelta(days=days + 1) for days in AGES]
    young, middle, older = (Listing.listed_at > bound for bound in bounds)
    active = Listing.status == ListingStatus.ACTIVE
    photos = _photo_count()
    sums = [
        func.count(Listing.id),
        _sum(young),
        _sum(~young & middle),
        _sum(~middle & older),
        _sum(~older),
        _sum(photos == 0),
        _sum((photos > 0) & (photos < 8)),
        _sum(Vehicle.co2_g_km.is_(None) & (func.coalesce(Vehicle.fuel, "") != "electric")),
    ]
    row = db.session.execute(select(*sums).join(Vehicle, Vehicle.id == Listing.vehicle_id).where(active)).one()
    found = [int(value or 0) for value in row]
    sold = select(func.count(Listing.id)).where(Listing.status == ListingStatus.SOLD, Listing.sold_at >= month_start)
    ages = (found[1], found[2], found[3], found[4])
    return Stock(found[0], ages, found[5], found[6], found[7], db.session.scalar(sold) or 0)


def oldest_new_lead() -> datetime | None:
    """Give since when the longest waiting lead waits."""
    return db.session.scalar(select(func.min(Lead.created_at)).where(Lead.status == LeadStatus.NEW))


def first_without_photos(now: datetime) -> ListingLine | None:
    """Give the active car that has stood longest without a photo."""
    return _first(_narrowed(_lines(), "no_photos", now))


def first_old(now: datetime) -> ListingLine | None:
    """Give the active car that has stood longest, when that is too long."""
    return _first(_narrowed(_lines(), "old", now))


# -- listings --


def page_of_listings(
    state: str, text: str, dealer_id: UUID | None, page: int, now: datetime, pictures: Pictures
) -> Page:
    """Give a page of listings, newest first.

    Args:
        state: of STATES.
        text: words that make, model, version or stock number must hold, each.
        dealer_id: one dealer's; None for all in scope.
        page: from 1.
        now: aware UTC.
        pictures: where thumbnails are.
    """
    counted = select(func.count(Listing.id)).join(Vehicle, Vehicle.id == Listing.vehicle_id)
    total = db.session.scalar(_narrowed(counted, state, now, text, dealer_id)) or 0
    found = _narrowed(_lines(), state, now, text, dealer_id).order_by(Listing.listed_at.desc(), Listing.id)
    rows = db.session.execute(_cut(found, page)).all()
    thumbs = _thumbs([row[0].id for row in rows], pictures)
    former = _former([row[0] for row in rows])
    lines = tuple(_line(row, former.get(row[0].id), thumbs.get(row[0].id)) for row in rows)
    return Page(lines, total, page)


def listing_counts(dealer_id: UUID | None, now: datetime) -> dict[str, int]:
    """Count the listings of each state of STATES."""
    photos = _photo_count()
    active = Listing.status == ListingStatus.ACTIVE
    sums = [
        func.count(Listing.id),
        _sum(active),
        _sum(Listing.status == ListingStatus.PENDING),
        _sum(Listing.status == ListingStatus.SOLD),
        _sum(Listing.status == ListingStatus.WITHDRAWN),
        _sum(active & (photos == 0)),
        _sum(active & (Listing.listed_at < now - OLD)),
    ]
    counted = select(*sums)
    if dealer_id is not None:
        counted = counted.where(Listing.dealer_id == dealer_id)
    row = db.session.execute(counted).one()
    return {state: int(value or 0) for state, value in zip(STATES, row, strict=True)}


def listing(listing_id: UUID) -> ListingLine | None:
    """Find a listing of the scope with its car and dealer."""
    row = db.session.execute(_lines().where(Listing.id == listing_id)).first()
    return None if row is None else _line(row)


def prices(listing_id: UUID) -> list[PriceChange]:
    """Give a listing's price history, newest first (SPEC 38)."""
    wanted = select(PriceChange).where(PriceChange.listing_id == listing_id)
    return list(db.session.scalars(wanted.order_by(PriceChange.at.desc(), PriceChange.id)))


def thumb(listing_id: UUID, pictures: Pictures) -> str | None:
    """Name the thumbnail of a listing's cover, None when there is none yet."""
    return _thumbs([listing_id], pictures).get(listing_id)


# -- dealers and sites --


def page_of_dealers(text: str, page: int) -> Page:
    """Give a page of dealers by name."""
    wanted = select(Dealer)
    for word in text.lower().split():
        wanted = wanted.where(
            or_(func.lower(Dealer.name).contains(word, autoescape=True), Dealer.slug.contains(word, autoescape=True))
        )
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    dealers = db.session.scalars(_cut(wanted.order_by(func.lower(Dealer.name), Dealer.id), page)).all()
    return Page(tuple(_dealer_lines(dealers)), total, page)


def dealer(dealer_id: UUID) -> DealerLine | None:
    """Find a dealer of the scope with its sites and figures."""
    found = db.session.scalars(select(Dealer).where(Dealer.id == dealer_id)).first()
    return None if found is None else _dealer_lines([found])[0]


def subscription(dealer_id: UUID) -> Subscription | None:
    """Give a dealer's running subscription (SPEC 6)."""
    wanted = select(Subscription).where(Subscription.dealer_id == dealer_id, Subscription.ends_on.is_(None))
    return db.session.scalars(wanted.order_by(Subscription.starts_on.desc())).first()


def people(dealer_id: UUID) -> list[User]:
    """Give everybody with a role at a dealer, by name."""
    grants = select(RoleGrant.user_id).where(RoleGrant.dealer_id == dealer_id)
    return list(db.session.scalars(select(User).where(User.id.in_(grants)).order_by(User.name)))


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Give the names of people behind actors (`user:<id>`) of the trail, those of the tenant that are known."""
    ids = {UUID(actor.removeprefix("user:")) for actor in actors if actor.startswith("user:")}
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"user:{row.id}": row.name for row in rows}


def dealer_choices() -> list[tuple[UUID, str]]:
    """Name the dealers of the scope, for a choice."""
    rows = db.session.execute(select(Dealer.id, Dealer.name).order_by(func.lower(Dealer.name)))
    return [(row.id, row.name) for row in rows]


def page_of_stores(page: int) -> Page:
    """Give a page of sites: the marketplace, then the dealers' by host; each with its last release."""
    total = db.session.scalar(select(func.count(Store.id))) or 0
    wanted = select(Store, Dealer).outerjoin(Dealer, Dealer.id == Store.dealer_id)
    rows = db.session.execute(_cut(wanted.order_by(Store.kind.desc(), Store.host), page)).all()
    releases = _last_releases([site.id for site, _ in rows])
    return Page(tuple((site, owner, releases.get(site.id)) for site, owner in rows), total, page)


def own_host(dealer_id: UUID | None) -> str | None:
    """Give the host of a dealer's first site, or of the marketplace; None when it is switched off."""
    wanted = select(Store).where(Store.dealer_id == dealer_id, Store.active.is_(True)).order_by(Store.created_at)
    found = db.session.scalars(wanted.limit(1)).first()
    return None if found is None else found.public_host


def store(store_id: UUID) -> Store | None:
    """Find a site of the scope."""
    return db.session.scalars(select(Store).where(Store.id == store_id)).first()


# -- parts --


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(Listing, Vehicle, Dealer, _photo_count())
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
    )


def _line(row: Any, former_cents: int | None = None, thumb: str | None = None) -> ListingLine:
    return ListingLine(row[0], row[1], row[2], row[3], former_cents, thumb)


def _first(wanted: Select[*tuple[Any, ...]]) -> ListingLine | None:
    row = db.session.execute(wanted.order_by(Listing.listed_at, Listing.id).limit(1)).first()
    return None if row is None else _line(row)


def _narrowed(wanted: Any, state: str, now: datetime, text: str = "", dealer_id: UUID | None = None) -> Any:
    active = Listing.status == ListingStatus.ACTIVE
    conditions: dict[str, ColumnElement[bool]] = {
        "no_photos": active & ~exists().where(Photo.listing_id == Listing.id, Photo.state == PhotoState.READY),
        "old": active & (Listing.listed_at < now - OLD),
    }
    if state in conditions:
        wanted = wanted.where(conditions[state])
    elif state != "all":
        wanted = wanted.where(Listing.status == ListingStatus[state.upper()])
    if dealer_id is not None:
        wanted = wanted.where(Listing.dealer_id == dealer_id)
    for word in text.lower().split()[:8]:
        columns = (Vehicle.make, Vehicle.model, Vehicle.version, Listing.stock_number, Listing.public_id)
        wanted = wanted.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)))
    return wanted


def _cut(wanted: Any, page: int) -> Any:
    return wanted.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)


def _photo_count() -> Any:
    counted = select(func.count(Photo.id)).where(Photo.listing_id == Listing.id, Photo.state == PhotoState.READY)
    return counted.correlate(Listing).scalar_subquery()


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _former(several: Collection[Listing]) -> dict[UUID, int]:
    """Give the price before the present one, where it was higher: the list shows `was …`."""
    histories = listings.prices([one.id for one in several])
    former = {}
    for one in several:
        history = histories.get(one.id, [])
        if len(history) > 1 and one.price_cents is not None and history[-2].new_cents > one.price_cents:
            former[one.id] = history[-2].new_cents
    return former


def _thumbs(listing_ids: Collection[UUID], pictures: Pictures) -> dict[UUID, str]:
    found = {}
    for listing_id, cover in listings.covers(listing_ids).items():
        key = cover.photo.content_hash[:HASH_DIGITS]
        if pictures.ready(key) is not None:
            found[listing_id] = key
    return found


def _last_releases(store_ids: Collection[UUID]) -> dict[UUID, SiteRelease]:
    """Give the newest build of each site, failed ones too."""
    newest = (
        select(SiteRelease.store_id, func.max(SiteRelease.started_at).label("at"))
        .where(SiteRelease.store_id.in_(store_ids))
        .group_by(SiteRelease.store_id)
        .subquery()
    )
    same = (SiteRelease.store_id == newest.c.store_id) & (SiteRelease.started_at == newest.c.at)
    return {release.store_id: release for release in db.session.scalars(select(SiteRelease).join(newest, same))}


def _dealer_lines(dealers: Collection[Dealer]) -> list[DealerLine]:
    ids = [one.id for one in dealers]
    stores: dict[UUID, list[Store]] = {}
    for found in db.session.scalars(select(Store).where(Store.dealer_id.in_(ids)).order_by(Store.host)):
        stores.setdefault(found.dealer_id, []).append(found)  # type: ignore[arg-type]
    active = listings.counts(ids)
    counted = select(Lead.dealer_id, func.count(Lead.id)).where(Lead.dealer_id.in_(ids), Lead.status == LeadStatus.NEW)
    leads = {row[0]: row[1] for row in db.session.execute(counted.group_by(Lead.dealer_id))}
    return [
        DealerLine(one, tuple(stores.get(one.id, ())), active.get(one.id, 0), leads.get(one.id, 0)) for one in dealers
    ]
