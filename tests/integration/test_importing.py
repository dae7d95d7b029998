"""A dealer's stock file brings the stock in line, all or nothing, and says what it did (issue, item 5; F2)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from storefront import feeds
from storefront.core.acts import perform
from storefront.core.changes import Change
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import Dealer, DealerStatus, DealerText
from storefront.domain.listings import importing
from storefront.domain.listings.importing import import_stock, known_texts
from storefront.domain.listings.models import ListEntry, Listing, ListingSource, ListingStatus, Photo, PriceChange
from storefront.domain.listings.stock import ImportReport, Notice, Refused, StockItem, StockRecord
from storefront.domain.vehicles.models import Vehicle
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_tenant
from tests.shared_data import shared

LATER = NOW + timedelta(days=3)


def founded() -> tuple[UUID, UUID]:
    with everywhere():
        tenant = perform(make_tenant).unwrap().id
    with acting(tenant):
        return tenant, perform(make_dealer, country="DE").unwrap().id


@pytest.fixture
def dealer(database: Settings) -> Iterator[Dealer]:
    """Give a dealer without cars, acting for its tenant."""
    tenant, dealer_id = founded()
    with acting(tenant):
        yield db.session.get_one(Dealer, dealer_id)


def car(source_id: str = "1", **said: Any) -> StockRecord:
    values: dict[str, Any] = {
        "row": int(source_id),
        "source_id": source_id,
        "make": "Volkswagen",
        "model": "Golf",
        "version": "1.5 TSI",
        "price_cents": 21_990_00,
        "year": 2021,
        "vat": "standard",
        "description": "Garagenwagen",
        "features": ("abs", "navigation"),
        "photo_urls": ("http://p.example/1.jpg", "http://p.example/2.jpg"),
    }
    return StockRecord(**{**values, **said})


def bring(dealer: Dealer, *items: StockItem, now: Any = NOW, **options: Any) -> ImportReport:
    return perform(import_stock, dealer, items, **{"format": "csv", "today": TODAY, "now": now, **options}).unwrap()


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    assert report.read == report.created + report.updated + report.unchanged + len(report.refused)
    return report.created, report.updated, report.unchanged, report.withdrawn, len(report.refused)


def listing_of(source_id: str) -> Listing:
    db.session.expire_all()
    return db.session.scalars(select(Listing).where(Listing.source_id == source_id)).one()


def mark() -> int:
    return db.session.scalar(select(func.max(Change.id))) or 0


def test_new_cars_are_listed_with_price_history_photos_and_places_in_the_lists(either_database: Settings) -> None:
    tenant, dealer_id = founded()
    with acting(tenant):
        report = bring(db.session.get_one(Dealer, dealer_id), car("1"), car("2", make="BMW", model="320"))
        assert counts(report) == (2, 0, 0, 0, 0)
        golf = listing_of("1")
        vehicle = db.session.get_one(Vehicle, golf.vehicle_id)
        assert (vehicle.make_slug, vehicle.model_slug, vehicle.features) == (
            "volkswagen",
            "golf",
            ["abs", "navigation"],
        )
        assert (golf.status, golf.price_cents, golf.vat_rate, golf.slug) == (
            ListingStatus.ACTIVE,
            2_199_000,
            190,
            golf.slug,
        )
        assert golf.slug.startswith("volkswagen-golf-1-5-tsi")
        (first,) = db.session.scalars(select(PriceChange).where(PriceChange.listing_id == golf.id))
        assert (first.old_cents, first.new_cents, first.actor) == (None, 2_199_000, "import:csv")
        photos = db.session.scalars(select(Photo).where(Photo.listing_id == golf.id).order_by(Photo.position)).all()
        assert [(photo.source_url, photo.primary) for photo in photos] == [
            ("http://p.example/1.jpg", True),
            ("http://p.example/2.jpg", False),
        ]
        keys = set(db.session.scalars(select(ListEntry.list_key).where(ListEntry.listing_id == golf.id)))
        assert keys == {"all", "make:volkswagen", "model:volkswagen/golf", "city:hamburg"}
        event = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "StockImported")).one()
        assert len(event.payload["listing_ids"]) == len(event.payload["photo_listing_ids"]) == 2


def test_the_same_file_again_changes_nothing_and_leaves_no_line_in_the_ledger(dealer: Dealer) -> None:
    bring(dealer, car("1"), car("2"))
    before = mark()
    events = db.session.scalar(select(func.count(OutboxEvent.id)))
    assert counts(bring(dealer, car("1"), car("2"), now=LATER, full_sync=True)) == (0, 0, 2, 0, 0)
    assert mark() == before
    assert db.session.scalar(select(func.count(OutboxEvent.id))) == events


def test_only_what_changed_is_written(dealer: Dealer) -> None:
    bring(dealer, car("1"))
    report = bring(dealer, car("1", price_cents=20_990_00, mileage_km=1000), now=LATER)
    assert (counts(report), report.changed_fields) == ((0, 1, 0, 0, 0), {"mileage_km": 1, "price_cents": 1})
    golf = listing_of("1")
    assert (golf.price_cents, golf.listed_at, golf.significant_at) == (2_099_000, NOW, LATER)
    history = db.session.scalars(
        select(PriceChange).where(PriceChange.listing_id == golf.id).order_by(PriceChange.at)
    ).all()
    assert [(line.old_cents, line.new_cents) for line in history] == [(None, 2_199_000), (2_199_000, 2_099_000)]
    assert db.session.scalar(select(func.count(OutboxEvent.id)).where(OutboxEvent.name == "VehiclePriceUpdated")) == 1


def test_what_a_person_changed_stands_until_the_export_says_something_new(dealer: Dealer) -> None:
    bring(dealer, car("1"))

    def edit() -> None:
        listing_of("1").description = "Von Hand"

    perform(edit)
    bring(dealer, car("1", price_cents=20_000_00), now=LATER)
    assert listing_of("1").description == "Von Hand"
    bring(dealer, car("1", price_cents=20_000_00, description="Neu vom Händler"), now=LATER)
    assert listing_of("1").description == "Neu vom Händler"


def test_vanished_cars_go_only_with_full_sync_and_come_back(dealer: Dealer) -> None:
    bring(dealer, car("1"), car("2"))
    assert counts(bring(dealer, car("1"))) == (0, 0, 1, 0, 0)
    assert listing_of("2").status is ListingStatus.ACTIVE
    assert counts(bring(dealer, car("1"), full_sync=True)) == (0, 0, 1, 1, 0)
    gone = listing_of("2")
    assert gone.status is ListingStatus.WITHDRAWN
    assert db.session.scalars(select(ListEntry).where(ListEntry.listing_id == gone.id)).all() == []
    report = bring(dealer, car("1"), car("2"), now=LATER, full_sync=True)
    assert (counts(report), report.changed_fields) == ((0, 1, 1, 0, 0), {"status": 1})
    back = listing_of("2")
    assert (back.status, back.withdrawn_at) == (ListingStatus.ACTIVE, None)
    assert len(db.session.scalars(select(ListEntry).where(ListEntry.listing_id == back.id)).all()) == 7
    assert counts(bring(dealer, car("1"), car("2"), full_sync=True)) == (0, 0, 2, 0, 0)


def test_a_car_that_a_person_withdrew_is_not_brought_back(dealer: Dealer) -> None:
    bring(dealer, car("1"))
    perform(lambda: listing_of("1").withdraw(NOW))
    assert counts(bring(dealer, car("1"), now=LATER)) == (0, 0, 1, 0, 0)
    assert listing_of("1").status is ListingStatus.WITHDRAWN


def test_a_sold_car_stays_sold(dealer: Dealer) -> None:
    bring(dealer, car("1"), car("2"))
    perform(lambda: listing_of("1").mark_sold(NOW))
    assert counts(bring(dealer, car("1", price_cents=1_000_00), car("2"), full_sync=True)) == (0, 0, 2, 0, 0)
    assert counts(bring(dealer, car("2"), full_sync=True)) == (0, 0, 1, 0, 0)
    sold = listing_of("1")
    assert (sold.status, sold.price_cents) == (ListingStatus.SOLD, 2_199_000)


def test_cars_of_other_origins_and_dealers_are_never_withdrawn(dealer: Dealer) -> None:
    other = perform(make_dealer, "other").unwrap()
    by_hand = perform(make_listing, dealer).unwrap().id
    bring(dealer, car("1"), format="stx3")
    bring(other, car("1"))
    bring(dealer, car("7"))
    assert counts(bring(dealer, car("8"), full_sync=True)) == (1, 0, 0, 1, 0)
    db.session.expire_all()
    withdrawn = db.session.scalars(select(Listing).where(Listing.status == ListingStatus.WITHDRAWN)).all()
    assert [listing.source_id for listing in withdrawn] == ["7"]
    assert db.session.get_one(Listing, by_hand).status is ListingStatus.ACTIVE


def test_photos_follow_the_export_and_keep_what_is_here(dealer: Dealer) -> None:
    bring(dealer, car("1"))
    golf = listing_of("1")
    second = db.session.scalars(select(Photo).where(Photo.listing_id == golf.id, Photo.position == 1)).one().id
    report = bring(dealer, car("1", photo_urls=("http://p.example/2.jpg", "http://p.example/3.jpg")), now=LATER)
    assert report.changed_fields == {"photo_urls": 1}
    db.session.expire_all()
    photos = db.session.scalars(select(Photo).where(Photo.listing_id == golf.id).order_by(Photo.position)).all()
    assert [(photo.source_url, photo.primary) for photo in photos] == [
        ("http://p.example/2.jpg", True),
        ("http://p.example/3.jpg", False),
    ]
    assert photos[0].id == second


def test_an_import_without_photos_leaves_them_for_the_next(dealer: Dealer) -> None:
    bring(dealer, car("1"), photos=False)
    assert db.session.scalar(select(func.count(Photo.id))) == 0
    assert counts(bring(dealer, car("1"), photos=False)) == (0, 0, 1, 0, 0)
    assert bring(dealer, car("1"), now=LATER).changed_fields == {"photo_urls": 1}
    assert counts(bring(dealer, car("1", photo_urls=()), photos=False)) == (0, 0, 1, 0, 0)
    assert db.session.scalar(select(func.count(Photo.id))) == 2


def test_a_dry_run_tells_everything_and_writes_nothing(dealer: Dealer) -> None:
    bring(dealer, car("1"), car("2"))
    before = mark()
    report = bring(dealer, car("1", price_cents=9_000_00), car("3", boilerplate="Immer"), full_sync=True, dry_run=True)
    assert counts(report) == (1, 1, 0, 1, 0)
    assert mark() == before
    assert db.session.scalar(select(func.count(Listing.id))) == 2
    assert db.session.scalar(select(func.count(DealerText.id))) == 0


def test_refusals_and_notices_are_reported_and_the_rest_is_taken(dealer: Dealer) -> None:
    report = bring(
        dealer,
        Notice(1, "1", "make", "was taken for"),
        car("1"),
        car("2", price_cents=0),
        Refused(3, None, "row", "damaged"),
        car("4", kind="motorcycle"),
        car("1", row=5),
    )
    assert counts(report) == (1, 0, 0, 0, 4)
    assert [(refused.row, refused.field) for refused in report.refused] == [
        (2, "price"),
        (3, "row"),
        (4, "kind"),
        (5, "id"),
    ]
    assert report.as_dict()["warnings"] == [{"row": 1, "id": "1", "field": "make", "message": "was taken for"}]


def test_a_file_that_breaks_in_the_middle_leaves_nothing_behind(dealer: Dealer) -> None:
    def broken() -> Iterator[StockItem]:
        for number in range(1, 700):
            yield car(str(number))
        raise feeds.FeedError("Line 700 is damaged.")

    with pytest.raises(feeds.FeedError):
        perform(import_stock, dealer, broken(), format="csv", today=TODAY, now=NOW)
    assert db.session.scalar(select(func.count(Listing.id))) == 0
    assert db.session.scalar(select(func.count(Vehicle.id))) == 0


def test_a_suspended_dealer_imports_nothing(dealer: Dealer) -> None:
    dealer.status = DealerStatus.SUSPENDED
    result = perform(import_stock, dealer, [car("1")], format="csv", today=TODAY, now=NOW)
    assert not result
    assert "not active" in result.message


def test_after_many_new_cars_the_database_knows_how_its_indexes_are_made_up(
    dealer: Dealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MANY", 3)
    bring(dealer, car("1"), car("2"))
    assert not db.has_statistics()
    bring(dealer, car("3"), car("4"), car("5"), dry_run=True)
    assert not db.has_statistics()
    bring(dealer, car("3"), car("4"), car("5"))
    assert db.has_statistics()


def test_a_repeated_text_is_kept_once(dealer: Dealer) -> None:
    bring(dealer, *(car(str(number), boilerplate="Wir sprechen Deutsch.") for number in range(1, 8)))
    assert known_texts(dealer) == ["Wir sprechen Deutsch."]
    assert len({listing_of(str(number)).text_id for number in range(1, 8)}) == 1


def test_progress_is_told_in_steps(dealer: Dealer) -> None:
    told: list[int] = []
    bring(dealer, *(car(str(number)) for number in range(1, 1101)), progress=told.append)
    assert told == [500, 1000, 1100]


def test_a_car_without_a_model_and_with_odd_numbers_is_taken(dealer: Dealer) -> None:
    bring(dealer, car("1", model="", version="", stock_number="Ä 12 b", postal_code="00000", country="DE"))
    golf = listing_of("1")
    vehicle = db.session.get_one(Vehicle, golf.vehicle_id)
    assert (vehicle.model_slug, golf.stock_number, golf.latitude) == ("other", "12b", None)


def real(dealer: Dealer, name: str, **options: Any) -> ImportReport:
    format_name, items = feeds.read(shared(name), known_boilerplate=known_texts(dealer))
    return bring(dealer, *items, format=format_name, **options)


def test_a_real_dealers_export_three_days_apart(dealer: Dealer) -> None:
    first, second = (f"data/feeds/autoscout24-stx3/2018-03-{day}.xml.gz" for day in (10, 12))
    report = real(dealer, first)
    assert (report.read, counts(report)) == (324, (323, 0, 0, 0, 1))
    assert report.refused[0].reason == "Not a car: the file calls it a motorcycle."
    assert counts(real(dealer, first)) == (0, 0, 323, 0, 1)
    report = real(dealer, second, full_sync=True, now=LATER)
    assert (report.read, counts(report)) == (310, (38, 30, 241, 52, 1))
    expected = {
        "price_cents": 29,
        "mileage_km": 10,
        "first_registered": 6,
        "version": 4,
        "photo_urls": 1,
        "description": 5,
    }
    assert {name: report.changed_fields[name] for name in expected} == expected
    before = mark()
    assert counts(real(dealer, second, full_sync=True, now=LATER)) == (0, 0, 309, 0, 1)
    assert mark() == before


def test_eighteen_thousand_real_ads_twice(dealer: Dealer) -> None:
    report = real(dealer, "data/listings/kleinanzeigen-autos.csv.gz")
    assert report.read == 18_705
    assert 850 <= len(report.refused) <= 1000
    assert all(refused.reason for refused in report.refused)
    created = report.created
    before = mark()
    assert counts(real(dealer, "data/listings/kleinanzeigen-autos.csv.gz", full_sync=True))[:4] == (0, 0, created, 0)
    assert mark() == before
    assert db.session.scalar(select(func.count(ListingSource.id))) == created


def test_a_file_that_offers_nothing_does_not_empty_the_shop(dealer: Dealer) -> None:
    bring(dealer, car("1"), car("2"))
    for nothing in ((), (car("1", price_cents=0),)):
        with pytest.raises(DomainError, match="all 2 would go"):
            bring(dealer, *nothing, now=LATER, full_sync=True)
    assert listing_of("1").status is listing_of("2").status is ListingStatus.ACTIVE


def test_a_file_cut_off_in_its_last_row_withdraws_nothing(dealer: Dealer) -> None:
    bring(dealer, car("1"), car("2"), car("3"))
    cut = Notice(2, "2", "row", "The file ends in the middle of this row.", cut_off=True)
    report = bring(dealer, car("1"), cut, car("2", price_cents=20_000_00), full_sync=True, now=LATER)
    assert counts(report) == (0, 1, 1, 0, 0)
    assert any("no car was withdrawn" in warning.message for warning in report.warnings)
    assert listing_of("3").status is ListingStatus.ACTIVE
