"""Bringing a dealer's stock in line with a file of it: one act, all or nothing (docs/importing.md; issue, item 5)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import insert_many, take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.dealers.models import Dealer, DealerText
from storefront.domain.vehicles.models import Vehicle

from . import meaning, placement
from .acceptance import Acceptance
from .actions import vehicle_slug
from .events import StockImported, VehiclePriceUpdated
from .import_rows import Rows
from .meaning import GONE, PHOTOS, VEHICLE_FIELDS
from .models import Listing, ListingSource, ListingStatus, Photo, PriceChange
from .stock import ImportReport, Notice, Refused, StockItem, StockRecord

MANY = 1000
"""New cars from which on the database looks at its indexes anew; a few change nothing of how they are made up."""
BATCH = 500
"""Cars compared and written at a time; what they were read into is let go after each batch."""


def import_stock(
    dealer: Dealer,
    items: Iterable[StockItem],
    *,
    format: str,  # noqa: A002 - the report's word
    full_sync: bool = False,
    dry_run: bool = False,
    photos: bool = True,
    today: date,
    now: datetime,
    progress: Callable[[int], None] = lambda read: None,
    actor: str | None = None,
) -> ImportReport:
    """Create, change and (with `full_sync`) withdraw a dealer's cars after a file of its stock.

    A car is known by its key in the export (SPEC 34). Only fields of which the export now says something else are
    written, so that a second import of the same file changes nothing and edits made by hand stand. Cars that came by
    hand or from another format are never touched; a sold car stays sold.

    Args:
        dealer: whose stock it is; must be active (SPEC 19).
        items: what a reader of `storefront.feeds` yields.
        format: the format's name; the same file in another format would be other cars.
        full_sync: the file is the whole stock: imported cars it does not name are withdrawn.
        dry_run: compare and report, write nothing.
        photos: take the addresses of pictures too; an import without leaves those of before as they are.
        today: the business date, for the rule on years.
        now: aware UTC.
        progress: called with the number of rows read so far.
        actor: who does it, for history and audit; `import:<format>` if not given.

    Returns:
        The report; read = created + updated + unchanged + refused.

    Raises:
        DomainError: the dealer is not active; or `full_sync` with a file that offers nothing would empty the stock.
        FeedError: from the reader; nothing is changed then.
    """
    dealer.require_active()
    run = _Run(dealer, format, dry_run, photos, now, actor or f"import:{format}")
    for batch in _batches(items, run.report, Acceptance(today), progress):
        run.bring(batch)
    if full_sync:
        run.withdraw_missing()
    run.finish()
    if run.report.created >= MANY and not dry_run:
        db.gather_statistics()
    return run.report


def known_texts(dealer: Dealer) -> list[str]:
    """Give the texts that a dealer is known to repeat, for `feeds.read(known_boilerplate=...)`."""
    return list(db.session.scalars(select(DealerText.body).where(DealerText.dealer_id == dealer.id)))


def _batches(
    items: Iterable[StockItem], report: ImportReport, acceptance: Acceptance, progress: Callable[[int], None]
) -> Iterator[list[StockRecord]]:
    """Sort out refusals and notices, and give the accepted cars in batches."""
    batch: list[StockRecord] = []
    for item in items:
        if isinstance(item, Notice):
            report.warnings.append(item)
            continue
        report.read += 1
        refusal = item if isinstance(item, Refused) else acceptance.refusal(item)
        if refusal is not None:
            report.refused.append(refusal)
        elif isinstance(item, StockRecord):
            batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
            progress(report.read)
    yield batch
    progress(report.read)


@dataclass
class _Known:
    """A car that an earlier import brought."""

    listing: Listing
    vehicle: Vehicle
    source: ListingSource


@dataclass
class _Run:
    """One import while it goes on."""

    dealer: Dealer
    format: str
    dry_run: bool
    photos: bool
    now: datetime
    actor: str
    report: ImportReport = field(init=False)
    _seen: set[str] = field(default_factory=set)
    _changed: list[UUID] = field(default_factory=list)
    _to_place: list[tuple[datetime, UUID]] = field(default_factory=list)
    _with_photos: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.report = ImportReport(self.format)
        self._rows = Rows(self.dealer, self.format, self.now, self.actor)

    def bring(self, batch: list[StockRecord]) -> None:
        """Compare a batch with what is there, and write the difference."""
        known = self._known([record.source_id for record in batch])
        self._seen.update(record.source_id for record in batch)
        self._create([record for record in batch if record.source_id not in known])
        for record in batch:
            if record.source_id in known:
                self._compare(known[record.source_id], record)
        self._let_go(known)

    def withdraw_missing(self) -> None:
        """Take back the imported offers that the file does not name."""
        offered = select(Listing.id, Listing.source_id).where(
            Listing.dealer_id == self.dealer.id,
            Listing.source == self.format,
            Listing.status.in_((ListingStatus.ACTIVE, ListingStatus.PENDING)),
        )
        missing = [row.id for row in db.session.execute(offered) if row.source_id not in self._seen]
        if missing and not self._seen:
            raise DomainError(f"The file offers no car at all, so all {len(missing)} would go; withdraw them by hand.")
        cut = next((notice for notice in self.report.warnings if notice.cut_off), None)
        if cut is not None:
            self.report.warnings.append(Notice(cut.row, None, "file", "The file is cut off, so no car was withdrawn."))
            return
        self.report.withdrawn = len(missing)
        if self.dry_run:
            return
        for start in range(0, len(missing), BATCH):
            self._withdraw(missing[start : start + BATCH])

    def finish(self) -> None:
        """Put cars into the lists, newest last, and tell the rest of the house once."""
        if self.dry_run:
            return
        placement.place(listing_id for _, listing_id in sorted(self._to_place, key=lambda pair: pair[0]))
        if self._changed:
            emit(StockImported(self.dealer.id, self._changed, self._with_photos), at=self.now)
        report = self.report
        counts = {name: getattr(report, name) for name in ("read", "created", "updated", "unchanged", "withdrawn")}
        audit.record(
            self.actor,
            "import_stock",
            "dealer",
            self.dealer.id,
            now=self.now,
            after={**counts, "refused": len(report.refused)},
            dealer_id=self.dealer.id,
        )

    # What is there

    def _known(self, source_ids: list[str]) -> dict[str, _Known]:
        rows = db.session.execute(
            select(Listing, Vehicle, ListingSource)
            .join(Vehicle, Vehicle.id == Listing.vehicle_id)
            .join(ListingSource, ListingSource.listing_id == Listing.id)
            .where(
                Listing.dealer_id == self.dealer.id,
                Listing.source == self.format,
                Listing.source_id.in_(source_ids),
            )
        )
        return {listing.source_id: _Known(listing, vehicle, source) for listing, vehicle, source in rows}

    def _let_go(self, known: dict[str, _Known]) -> None:
        db.session.flush()
        for car in known.values():
            for row in (car.listing, car.vehicle, car.source):
                db.session.expunge(row)

    # New cars

    def _create(self, records: list[StockRecord]) -> None:
        self.report.created += len(records)
        if self.dry_run or not records:
            return
        vehicles, listings, sources, photos = [], [], [], []
        for record in records:
            vehicle = self._rows.new_vehicle(record)
            listing = self._rows.new_listing(record, vehicle)
            vehicles.append(vehicle)
            listings.append(listing)
            sources.append(self._rows.source_values(listing["id"], record, self._said(record, {})))
            urls = record.photo_urls if self.photos else ()
            photos += self._rows.photo_values(listing["id"], enumerate(urls))
            self._note_new(listing, bool(urls))
        insert_many(Vehicle, vehicles)
        insert_many(Listing, listings)
        insert_many(PriceChange, [self._rows.price_values(row["id"], None, row) for row in listings])
        insert_many(ListingSource, sources)
        insert_many(Photo, photos)

    def _note_new(self, listing: dict[str, Any], has_photos: bool) -> None:
        self._changed.append(listing["id"])
        self._to_place.append((listing["listed_at"], listing["id"]))
        if has_photos:
            self._with_photos.append(listing["id"])

    # Cars that are there

    def _compare(self, car: _Known, record: StockRecord) -> None:
        said = self._said(record, car.source.meaning)
        changed = meaning.changed_fields(car.source.meaning, said)
        back = car.listing.status is ListingStatus.WITHDRAWN and bool(car.source.meaning.get(GONE))
        if car.listing.status is ListingStatus.SOLD or not (changed or back):
            self.report.unchanged += 1
            return
        self.report.updated += 1
        for name in [*changed, *(["status"] if back else [])]:
            self.report.changed_fields[name] = self.report.changed_fields.get(name, 0) + 1
        if not self.dry_run:
            self._change(car, record, changed, back)
            car.source.meaning = said
            car.source.raw = dict(record.raw)
            car.source.seen_at = self.now

    def _said(self, record: StockRecord, before: dict[str, Any]) -> dict[str, Any]:
        """Give what the record means; without photos it says about them what was said before."""
        said = meaning.meaning_of(record)
        if not self.photos:
            said.pop(PHOTOS, None)
            said |= {PHOTOS: before[PHOTOS]} if PHOTOS in before else {}
        return said

    def _change(self, car: _Known, record: StockRecord, changed: list[str], back: bool) -> None:
        listing, vehicle = car.listing, car.vehicle
        old_cents, currency = listing.price_cents, listing.currency
        if "first_registered" in changed:
            changed = [*changed, "year"]
        self._set(vehicle, self._rows.vehicle_values(record, [name for name in changed if name in VEHICLE_FIELDS]))
        self._set(listing, self._rows.offer_values(record, changed, listing))
        if {"make", "model", "version"} & set(changed):
            listing.slug = vehicle_slug(vehicle)
        if PHOTOS in changed:
            self._change_photos(listing.id, record)
        if back:
            listing.relist(self.now)
        if back or placement.DECIDES & set(changed):
            self._to_place.append((self.now, listing.id))
        is_priced_anew = (listing.price_cents, listing.currency) != (old_cents, currency)
        if listing.price_cents is not None and (back or is_priced_anew):
            new = {"price_cents": listing.price_cents, "currency": listing.currency}
            insert_many(PriceChange, [self._rows.price_values(listing.id, None if back else old_cents, new)])
        if listing.price_cents is not None and is_priced_anew:
            emit(VehiclePriceUpdated(listing.id, old_cents, listing.price_cents), at=self.now)
        vehicle.updated_at = self.now
        listing.touch(self.now)
        self._changed.append(listing.id)

    def _set(self, row: Vehicle | Listing, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)

    def _change_photos(self, listing_id: UUID, record: StockRecord) -> None:
        """Bring the imported photos in line: what stays keeps its file, uploaded ones stay behind them."""
        photos = db.session.scalars(select(Photo).where(Photo.listing_id == listing_id).order_by(Photo.position)).all()
        wanted = {url: place for place, url in enumerate(record.photo_urls)}
        kept: set[str] = set()
        behind = len(wanted)
        for photo in photos:
            url = photo.source_url
            if url is None:
                photo.position, photo.primary = behind, behind == 0
                behind += 1
            elif url in wanted and url not in kept:
                kept.add(url)
                photo.position, photo.primary = wanted[url], wanted[url] == 0
            else:
                db.session.delete(photo)
        new = [(place, url) for url, place in wanted.items() if url not in kept]
        db.session.flush()
        insert_many(Photo, self._rows.photo_values(listing_id, new))
        if new:
            self._with_photos.append(listing_id)

    # Cars that are gone

    def _withdraw(self, listing_ids: list[UUID]) -> None:
        take_turn()  # a car sold at this moment must be seen as sold
        rows = db.session.execute(
            select(Listing, ListingSource)
            .join(ListingSource, ListingSource.listing_id == Listing.id)
            .where(Listing.id.in_(listing_ids))
        ).all()
        for listing, source in rows:
            listing.withdraw(self.now)
            source.meaning = {**source.meaning, GONE: True}
            self._changed.append(listing.id)
        placement.place(listing_ids)
        for listing, source in rows:
            db.session.expunge(listing)
            db.session.expunge(source)
