"""What the admin's pages read, in the visitor's scope; counted, narrowed and cut in the database (SPEC 33, 74)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select

from builder.images import Pictures
from builder.models import SiteRelease
from storefront.core.db import db
from storefront.domain.accounts.audit import person_of
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
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    lines: tuple[Any, ...]
    total: int
    number: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """Give the number of pages, at least 1."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class ListingLine:
    """A listing with what the list shows beside it."""

    listing: Listing
    vehicle: Vehicle
    dealer: Dealer
    photos: int


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
    sold_before: int
    """In the month before, up to the same moment of it."""


# -- figures --


def menu_counts() -> dict[str, int]:
    """Count what the menu shows: new leads, active listings."""
    leads = select(func.count(Lead.id)).where(Lead.status == LeadStatus.NEW)
    active = select(func.count(Listing.id)).where(Listing.status == ListingStatus.ACTIVE)
    return {"leads": db.session.scalar(leads) or 0, "listings": db.session.scalar(active) or 0}


def newest_lead() -> UUID | None:
    """Give the lead that came last, in any state; None without leads."""
    return db.session.scalars(select(Lead.id).order_by(Lead.created_at.desc(), Lead.id.desc()).limit(1)).first()


def stock(now: datetime, month_start: datetime, month_before: datetime) -> Stock:
    """Measure the stock.

    Args:
        now: aware UTC; ages are counted to it.
        month_start: since when sales are counted, aware.
        month_before: when the month before began, aware.
    """
    bounds = [now - timedelta(days=days + 1) for days in AGES]
    young, middle, older = (Listing.listed_at > bound for bound in bounds)
    active = Listing.status == ListingStatus.ACTIVE
    counted = _photo_counts().subquery()
    photos = func.coalesce(counted.c.photos, 0)
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
    reading = select(*sums).join(Vehicle, Vehicle.id == Listing.vehicle_id)
    reading = reading.outerjoin(counted, counted.c.listing_id == Listing.id)
    row = db.session.execute(reading.where(active)).one()
    found = [int(value or 0) for value in row]
    until = min(month_before + (now - month_start), month_start)
    spans = (Listing.sold_at >= month_start, (Listing.sold_at >= month_before) & (Listing.sold_at < until))
    selling = select(*(_sum(span) for span in spans)).where(
        Listing.status == ListingStatus.SOLD, Listing.sold_at >= month_before
    )
    sold, before = (int(value or 0) for value in db.session.execute(selling).one())
    ages = (found[1], found[2], found[3], found[4])
    return Stock(found[0], ages, found[5], found[6], found[7], sold, before)


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


def listing(listing_id: UUID) -> ListingLine | None:
    """Find a listing of the scope with its car and dealer."""
    return _first(_lines().where(Listing.id == listing_id))


def listing_lines(listing_ids: Iterable[UUID | None]) -> list[ListingLine]:
    """Give listings with their cars and dealers, in the order asked for; those not in scope are left out."""
    wanted = [listing_id for listing_id in listing_ids if listing_id is not None]
    if not wanted:
        return []
    lines = {line.listing.id: line for line in _read(_lines().where(Listing.id.in_(wanted)))}
    return [lines[listing_id] for listing_id in wanted if listing_id in lines]


def prices(listing_id: UUID) -> list[PriceChange]:
    """Give a listing's price history, newest first (SPEC 38)."""
    wanted = select(PriceChange).where(PriceChange.listing_id == listing_id)
    return list(db.session.scalars(wanted.order_by(PriceChange.at.desc(), PriceChange.id)))


def thumbs(listing_ids: Collection[UUID], pictures: Pictures) -> dict[UUID, str]:
    """Give the names of the small pictures of listings, of those that are made."""
    return _thumbs(listing_ids, pictures)


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
    people = {actor: found for actor in actors if (found := person_of(actor)) is not None}
    if not people:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(people.values()))))
    names = {row.id: row.name for row in rows}
    return {actor: names[found] for actor, found in people.items() if found in names}


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


def by_number(number: str, dealer_id: UUID) -> Listing | None:
    """Find a dealer's newest listing by its stock number or its public id."""
    wanted = select(Listing).where(Listing.dealer_id == dealer_id)
    wanted = wanted.where(or_(Listing.stock_number == number[:80], Listing.public_id == number[:80]))
    return db.session.scalars(wanted.order_by(Listing.listed_at.desc()).limit(1)).first()


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
        select(Listing, Vehicle, Dealer)
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
    )


def _first(wanted: Select[*tuple[Any, ...]]) -> ListingLine | None:
    return next(iter(_read(wanted.order_by(Listing.listed_at, Listing.id).limit(1))), None)


def _read(wanted: Select[*tuple[Any, ...]]) -> list[ListingLine]:
    """Read a few listings, and their photos' number in one statement more."""
    rows = db.session.execute(wanted).all()
    counting = _photo_counts().where(Photo.listing_id.in_([row[0].id for row in rows]))
    photos = {row[0]: row[1] for row in db.session.execute(counting)} if rows else {}
    return [ListingLine(row[0], row[1], row[2], photos.get(row[0].id, 0)) for row in rows]


def _narrowed(wanted: Any, state: str, now: datetime) -> Any:
    active = Listing.status == ListingStatus.ACTIVE
    # A list read once: asked car by car, SQLite may read all photos of the dealer each time.
    bare = Listing.id.not_in(select(Photo.listing_id).where(Photo.state == PhotoState.READY))
    return wanted.where(active & (bare if state == "no_photos" else Listing.listed_at < now - OLD))


def _cut(wanted: Any, page: int) -> Any:
    return wanted.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)


def _photo_counts() -> Select[*tuple[Any, ...]]:
    """Count the photos of cars that have one: all at once, since car by car SQLite may read them all each time."""
    reading = select(Photo.listing_id, func.count(Photo.id).label("photos"))
    return reading.where(Photo.state == PhotoState.READY).group_by(Photo.listing_id)


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


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
