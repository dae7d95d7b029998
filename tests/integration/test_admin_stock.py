"""The stock in the admin: found, chosen, changed many at a time, edited one by one, and every act taken back."""

import io
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import event, func, select

from admin import stock
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.money import Money
from storefront.domain.accounts.models import AuditEntry, Role
from storefront.domain.listings import tours
from storefront.domain.listings.album import of_listing
from storefront.domain.listings.inventory import record_of
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoKind, PriceChange
from storefront.domain.vehicles.models import Vehicle
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.admin_desk import Desk, desk_of, person
from tests.integration.admin_stock_ready import photo_file


@pytest.fixture
def desk(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the owner of North Cars at her desk, in German."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW, name="Jette Brandt"))


@pytest.fixture
def operator(app: Flask, world: SimpleNamespace) -> Desk:
    """Give one of the operator's people, in English."""
    return desk_of(app, person(Role.SYSTEM_ADMIN, None, NOW, name="Olga Ortmann", language="en"))


def _text(content: bytes, path: str = "//main") -> str:
    return " ".join(" ".join(html.fromstring(content).xpath(f"{path}//text()")).split())


def _fresh(model: Any, key: Any) -> Any:
    db.session.expire_all()
    return db.session.get(model, key)


def _undo(desk: Desk, content: bytes) -> Any:
    """Press the button of the toast."""
    form = html.fromstring(content).xpath("//div[@id='toasts']//form/@action")
    assert len(form) == 1
    return desk.post(form[0], follow_redirects=True)


def _cars(world: SimpleNamespace, *prices: int) -> list[Listing]:
    return [perform(factories.make_listing, world.north, price=Money(price * 100)).unwrap() for price in prices]


def _entries() -> int:
    return db.session.scalar(select(func.count(AuditEntry.id))) or 0


PRICE = {"act": "price", "direction": "down", "step": "percent", "by": "5", "rounding": "ten", "reason": "promotion"}


# -- the table --


def test_the_stock_is_found_by_words_vin_make_and_state(desk: Desk, world: SimpleNamespace) -> None:
    car = perform(
        factories.make_listing, world.north, make="Saab", model="9-5", version="Aero", vin="YS3ED58P533012345"
    ).unwrap()
    for query in ("q=aero", "q=ys3ed58p533", f"q={car.stock_number}", "make=saab"):
        table = _text(desk.get(f"/admin/listings/?{query}").data, "//table")
        assert "Saab 9-5" in table, query
        assert "Golf" not in table, query
    assert "Saab" in _text(desk.get("/admin/listings/?state=no_photos&q=saab").data, "//table")
    assert "<table" not in desk.get("/admin/listings/?state=sold&q=saab").text
    assert desk.get("/admin/listings/?state=anything").status_code == 404
    assert desk.get("/admin/listings/?sort=anything").status_code == 404


def test_the_stock_is_ordered_as_asked(desk: Desk, world: SimpleNamespace) -> None:
    _cars(world, 1_111, 99_999)
    for sort, first in (("price", "1.111"), ("dearest", "99.999")):
        page = html.fromstring(desk.get(f"/admin/listings/?q=golf&sort={sort}").data)
        assert first in page.xpath("string(//tbody/tr[1])"), sort


def test_a_filter_is_kept_used_and_forgotten_by_its_owner_only(app: Flask, desk: Desk, world: SimpleNamespace) -> None:
    page = desk.post(
        "/admin/stock/filters", {"name": "Alte Golfs", "state": "old", "q": "golf & co"}, follow_redirects=True
    )
    chip = html.fromstring(page.data).xpath("//span[@class='kept']/a")[0]
    assert chip.text == "Alte Golfs"
    assert chip.get("href") == "/admin/listings/?state=old&q=golf+%26+co"
    assert desk.get(chip.get("href")).status_code == 200
    drop = html.fromstring(page.data).xpath("//span[@class='kept']/form/@action")[0]
    colleague = desk_of(app, person(Role.SALES_PERSON, world.north.id, NOW))
    assert "Alte Golfs" not in colleague.get("/admin/listings/").text
    assert colleague.post(drop).status_code == 404
    assert "Alte Golfs" not in _text(desk.post(drop, follow_redirects=True).data, "//nav[contains(@class,'chips')]")


def test_the_statements_of_a_page_do_not_grow_with_the_stock(desk: Desk, world: SimpleNamespace) -> None:
    def count(path: str) -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        assert desk.get(path).status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    few = count("/admin/listings/?sort=oldest")
    _cars(world, *range(5_000, 5_040))
    assert count("/admin/listings/?sort=oldest") <= few


# -- many at once --


def test_many_prices_change_after_a_look_and_come_back_with_one_press(desk: Desk, world: SimpleNamespace) -> None:
    cars = _cars(world, 20_000, 10_000, 7_777)
    chosen = ",".join(car.id.hex for car in cars)
    before = _entries()
    look = desk.post("/admin/stock/preview", {**PRICE, "car": chosen})
    assert look.status_code == 200
    shown = _text(look.data)
    assert "19.000 €" in shown
    assert "7.390 €" in shown
    assert "3 Preise ändern sich." in shown
    assert _entries() == before, "a look changes nothing"
    page = desk.post("/admin/stock/", {**PRICE, "car": chosen, "notes": "Herbst"}, follow_redirects=True)
    assert "3 Preise geändert" in _text(page.data)
    assert _entries() == before + 1, "one act, one entry, however many cars"
    assert [_fresh(Listing, car.id).price_cents for car in cars] == [19_000_00, 9_500_00, 7_390_00]
    line = db.session.scalars(select(PriceChange).where(PriceChange.listing_id == cars[0].id)).all()[-1]
    assert (line.old_cents, line.new_cents, line.notes) == (20_000_00, 19_000_00, "Herbst")
    back = _undo(desk, page.data)
    assert "Zurückgenommen" in _text(back.data)
    assert [_fresh(Listing, car.id).price_cents for car in cars] == [20_000_00, 10_000_00, 7_777_00]


def test_taking_prices_back_leaves_those_alone_that_changed_since(desk: Desk, world: SimpleNamespace) -> None:
    first, second = _cars(world, 20_000, 10_000)
    page = desk.post("/admin/stock/", {**PRICE, "car": f"{first.id},{second.id}"}, follow_redirects=True)
    desk.post(f"/admin/listings/{first.id}/prices", {"price": "18.500", "reason": "negotiation"})
    _undo(desk, page.data)
    assert _fresh(Listing, first.id).price_cents == 18_500_00
    assert _fresh(Listing, second.id).price_cents == 10_000_00


def test_all_cars_of_a_filter_are_chosen_without_naming_them(desk: Desk, world: SimpleNamespace) -> None:
    _cars(world, *([12_000] * 25))
    page = desk.post("/admin/stock/preview", {**PRICE, "all": "1", "q": "1.5 TSI Life"})
    assert "Preise ändern sich" in _text(page.data)
    assert len(html.fromstring(page.data).xpath("//input[@name='car']/@value")[0].split(",")) > 25


def test_the_look_says_for_each_car_what_the_30_day_rule_allows(desk: Desk, world: SimpleNamespace) -> None:
    long_ago = clock.now() - timedelta(days=60)
    old = perform(factories.make_listing, world.north, price=Money(20_000_00), now=long_ago).unwrap()
    new = perform(factories.make_listing, world.north, price=Money(20_000_00), now=clock.now()).unwrap()
    page = html.fromstring(desk.post("/admin/stock/preview", {**PRICE, "car": f"{old.id},{new.id}"}).data)
    rows = {
        row.xpath(".//a/@href")[0].split("/")[-2]: " ".join(row.text_content().split())
        for row in page.xpath("//tbody/tr")
    }
    assert "darf „vorher 20.000 €“ sagen" in rows[str(old.id)]
    assert "ohne Werbung damit" in rows[str(new.id)]
    assert "1 davon darf als Senkung gezeigt werden." in " ".join(page.text_content().split())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"by": "0"}, "by"), ({"by": "51"}, "by"), ({"by": "viel"}, "by"), ({"step": "amount", "by": "-5"}, "by")],
)
def test_a_change_that_cannot_be_is_refused_at_its_field(
    desk: Desk, world: SimpleNamespace, wrong: dict[str, str], field: str
) -> None:
    answer = desk.post("/admin/stock/", {**PRICE, **wrong, "car": str(world.golf.id)})
    assert answer.status_code == 422
    assert html.fromstring(answer.data).xpath(f"//*[@id='{field}-error']")


def test_no_price_falls_to_nothing_and_sold_cars_keep_theirs(desk: Desk, world: SimpleNamespace) -> None:
    cheap, sold = _cars(world, 400, 9_000)
    desk.post(f"/admin/listings/{sold.id}/sale")
    amount = {**PRICE, "step": "amount", "by": "500", "car": f"{cheap.id},{sold.id},{world.golf.id}"}
    shown = _text(desk.post("/admin/stock/preview", amount).data)
    assert "wäre 0 oder weniger" in shown
    assert "verkauft, bleibt" in shown
    golf = _fresh(Listing, world.golf.id).price_cents
    assert desk.post("/admin/stock/", amount).status_code == 303
    assert [_fresh(Listing, car.id).price_cents for car in (cheap, sold)] == [400_00, 9_000_00]
    assert _fresh(Listing, world.golf.id).price_cents == golf - 500_00


def test_many_cars_are_withdrawn_and_offered_again(desk: Desk, world: SimpleNamespace) -> None:
    cars = _cars(world, 5_000, 6_000)
    chosen = ",".join(str(car.id) for car in cars)
    gone = desk.post("/admin/stock/", {"act": "withdraw", "car": chosen}, follow_redirects=True)
    assert "2 Fahrzeuge sind zurückgezogen." in _text(gone.data)
    assert {_fresh(Listing, car.id).status for car in cars} == {ListingStatus.WITHDRAWN}
    _undo(desk, gone.data)
    assert {_fresh(Listing, car.id).status for car in cars} == {ListingStatus.ACTIVE}
    desk.post("/admin/stock/", {"act": "withdraw", "car": chosen})
    assert desk.post("/admin/stock/", {"act": "publish", "car": chosen}).status_code == 303
    assert {_fresh(Listing, car.id).status for car in cars} == {ListingStatus.ACTIVE}


def test_the_operator_puts_cars_first_dealers_do_not(desk: Desk, operator: Desk, world: SimpleNamespace) -> None:
    cars = _cars(world, 5_000, 6_000)
    chosen = ",".join(str(car.id) for car in cars)
    assert desk.post("/admin/stock/", {"act": "feature", "car": chosen}).status_code == 403
    page = operator.post("/admin/stock/", {"act": "feature", "car": chosen}, follow_redirects=True)
    assert all(_fresh(Listing, car.id).featured for car in cars)
    _undo(operator, page.data)
    assert not any(_fresh(Listing, car.id).featured for car in cars)
    assert operator.post("/admin/stock/", {"act": "unfeature", "car": chosen}).status_code == 409


def test_cars_of_others_cannot_be_chosen_and_nothing_chosen_says_so(desk: Desk, world: SimpleNamespace) -> None:
    theirs = perform(factories.make_listing, world.south).unwrap()
    page = desk.post("/admin/stock/preview", {**PRICE, "car": f"{theirs.id},nonsense,"}, follow_redirects=True)
    assert "Kein Fahrzeug gewählt" in _text(page.data)
    assert desk.post("/admin/stock/", {"act": "withdraw", "car": str(theirs.id)}).status_code == 409
    assert _fresh(Listing, theirs.id).status is ListingStatus.ACTIVE
    assert desk.post("/admin/stock/preview", {"act": "sell", "car": str(theirs.id)}).status_code == 404


def test_an_act_is_taken_back_by_who_did_it_within_the_hour_and_once(
    app: Flask, desk: Desk, world: SimpleNamespace
) -> None:
    page = desk.post(
        f"/admin/listings/{world.golf.id}/prices", {"price": "20.000", "reason": "promotion"}, follow_redirects=True
    )
    address = html.fromstring(page.data).xpath("//div[@id='toasts']//form/@action")[0]
    colleague = desk_of(app, person(Role.SALES_PERSON, world.north.id, NOW))
    assert "nicht mehr zurücknehmen" in _text(colleague.post(address, follow_redirects=True).data)
    assert _fresh(Listing, world.golf.id).price_cents == 20_000_00
    assert "Zurückgenommen" in _text(desk.post(address, follow_redirects=True).data)
    assert _fresh(Listing, world.golf.id).price_cents != 20_000_00
    assert "inzwischen geändert" in _text(desk.post(address, follow_redirects=True).data)


# -- a new car --


def test_a_new_car_is_a_draft_until_it_is_offered(desk: Desk, world: SimpleNamespace) -> None:
    form = {"make": "Škoda", "model": "Octavia", "first_registered": "3/2021", "mileage_km": "41.250", "fuel": "diesel"}
    form |= {
        "consumption_combined": "4,6",
        "price": "18.990",
        "vat": "standard",
        "condition": "used",
        "power_kw": "110",
    }
    page = desk.post("/admin/listings/", form, follow_redirects=True)
    assert "Entwurf gespeichert" in _text(page.data)
    listing = db.session.scalars(select(Listing).order_by(Listing.created_at.desc(), Listing.id.desc())).first()
    assert listing is not None
    car = db.session.get_one(Vehicle, listing.vehicle_id)
    assert (car.mileage_km, car.first_registered, car.consumption_combined, car.year) == (
        41_250,
        date(2021, 3, 1),
        46,
        2021,
    )
    assert (listing.status, listing.price_cents, listing.vat) == (ListingStatus.PENDING, 18_990_00, "standard")
    assert "Golf" not in _text(desk.get("/admin/listings/?state=draft").data, "//table")
    assert desk.post(f"/admin/listings/{listing.id}/publication").status_code == 303
    assert _fresh(Listing, listing.id).status is ListingStatus.ACTIVE
    assert desk.post(f"/admin/listings/{listing.id}/publication").status_code == 409
    desk.post(f"/admin/listings/{listing.id}/prices", {"price": "17.990", "reason": "promotion"})
    editor = html.fromstring(desk.get(f"/admin/listings/{listing.id}/").data)
    assert [" ".join(row.text_content().split()) for row in editor.xpath("//section[@id='price']//tr/td[3]")] == [
        "Aktion",
        "Angeboten",
        "Erster Preis",
    ]
    jumps = editor.xpath("//nav[@class='jumps']/a/@href")
    assert len(jumps) == len(set(jumps)) > 5
    assert all(editor.xpath(f"//section[@id='{jump[1:]}']") for jump in jumps)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("make", ""),
        ("mileage_km", "viele"),
        ("mileage_km", "-5"),
        ("mileage_km", "9999999999"),
        ("first_registered", "13/2021"),
        ("first_registered", "03/1700"),
        ("consumption_combined", "4,66"),
        ("fuel", "wood"),
        ("vin", "WVWZZZ1KZ6W00000"),
        ("vin", "WVWZZZ1KZ6W0O0001"),
        ("vin", "1HGCM82633A004353"),
        ("price", "viel"),
        ("model", "x" * 121),
    ],
)
def test_what_is_wrong_with_a_car_stands_at_its_field(
    desk: Desk, world: SimpleNamespace, name: str, typed: str
) -> None:
    before = db.session.scalar(select(func.count(Listing.id)))
    answer = desk.post("/admin/listings/", {"make": "Seat", "model": "Leon", name: typed})
    assert answer.status_code == 422
    assert html.fromstring(answer.data).xpath(f"//*[@id='{name}-error']")
    assert db.session.scalar(select(func.count(Listing.id))) == before


def test_a_vin_proposes_make_and_year(desk: Desk, world: SimpleNamespace) -> None:
    said = desk.get("/admin/listings/vin?vin=wvwzzz1kz6w000001").text
    assert "Hersteller Volkswagen" in said
    assert "2006" in said
    assert "Prüfziffer passt nicht" in desk.get("/admin/listings/vin?vin=1HGCM82633A004353").text


def test_a_copy_has_the_offer_but_not_what_makes_the_car_itself(desk: Desk, world: SimpleNamespace) -> None:
    page = desk.post(f"/admin/listings/{world.golf.id}/duplicate", follow_redirects=True)
    assert "dupliziert" in _text(page.data)
    copy = db.session.scalars(select(Listing).order_by(Listing.created_at.desc(), Listing.id.desc())).first()
    assert copy is not None
    assert (copy.status, copy.price_cents) == (ListingStatus.PENDING, world.golf.price_cents)
    car, first = db.session.get_one(Vehicle, copy.vehicle_id), db.session.get_one(Vehicle, world.golf.vehicle_id)
    assert (car.title, car.features, car.vin, car.mileage_km) == (first.title, first.features, None, None)
    assert of_listing(copy.id) == []


def test_the_operator_says_whose_new_car_it_is(operator: Desk, world: SimpleNamespace) -> None:
    form = {"make": "Seat", "model": "Leon"}
    assert operator.post("/admin/listings/", form).status_code == 422
    assert operator.post("/admin/listings/", {**form, "dealer": str(world.south.id)}).status_code == 303
    assert operator.post("/admin/listings/", {**form, "dealer": "nonsense"}).status_code == 404


# -- one car --


def test_data_equipment_and_search_words_are_saved_and_taken_back(desk: Desk, world: SimpleNamespace) -> None:
    path, vehicle = f"/admin/listings/{world.golf.id}", world.golf.vehicle_id
    before = db.session.get_one(Vehicle, vehicle)
    kept = (before.mileage_km, before.first_registered, list(before.features))
    page = desk.post(
        f"{path}/data", {"make": "Volkswagen", "model": "Golf", "mileage_km": "44 000", "first_registered": "04/2022"},
        follow_redirects=True,
    )  # fmt: skip
    assert _fresh(Vehicle, vehicle).mileage_km == 44_000
    _undo(desk, page.data)
    changed = _fresh(Vehicle, vehicle)
    assert (changed.mileage_km, changed.first_registered) == kept[:2]
    page = desk.post(
        f"{path}/equipment", {"feature": "abs", "other": "Fahrradträger\n\nFahrradträger"}, follow_redirects=True
    )
    assert _fresh(Vehicle, vehicle).features == ["abs"]
    assert _fresh(Vehicle, vehicle).features_other == ["Fahrradträger"]
    _undo(desk, page.data)
    assert _fresh(Vehicle, vehicle).features == kept[2]
    page = desk.post(f"{path}/seo", {"seo_title": "Golf <b>Life</b>"}, follow_redirects=True)
    assert "Golf &lt;b&gt;Life&lt;/b&gt;" in page.text
    _undo(desk, page.data)
    assert _fresh(Listing, world.golf.id).seo_title is None
    assert desk.post(f"{path}/seo", {"seo_title": "x" * 256}).status_code == 422


def test_terms_follow_the_country_and_are_checked(desk: Desk, world: SimpleNamespace) -> None:
    path = f"/admin/listings/{world.golf.id}/terms"
    assert desk.post(path, {"vat": "standard", "stock_number": "NC-9", "postal_code": "20457"}).status_code == 303
    golf = _fresh(Listing, world.golf.id)
    assert (golf.vat, golf.vat_rate, golf.stock_number, golf.postal_code) == ("standard", 190, "NC-9", "20457")
    for wrong in ({"stock_number": ""}, {"stock_number": "N C"}, {"vat": "none"}, {"postal_code": "!"}):
        assert desk.post(path, {"stock_number": "NC-9", **wrong}).status_code == 422, wrong


def test_a_reserved_car_stays_on_offer_and_is_released(desk: Desk, world: SimpleNamespace) -> None:
    path = f"/admin/listings/{world.golf.id}"
    until = (clock.business_date(clock.now()) + timedelta(days=3)).isoformat()
    page = desk.post(f"{path}/reservation", {"until": until, "reserved_for": "Familie Kern"}, follow_redirects=True)
    assert "Familie Kern" in _text(page.data)
    assert "Reserviert" in _text(desk.get("/admin/listings/?state=reserved").data, "//tbody")
    assert _fresh(Listing, world.golf.id).status is ListingStatus.ACTIVE
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "keep_inventory")).one()
    assert "Kern" not in str((entry.before, entry.after)), "the trail keeps no buyer's name"
    assert desk.post(f"{path}/release").status_code == 303
    assert "<tbody" not in desk.get("/admin/listings/?state=reserved").text
    assert desk.post(f"{path}/release").status_code == 409
    assert desk.post(f"{path}/reservation", {"until": "2020-01-01"}).status_code == 422
    assert desk.post(f"{path}/reservation", {"until": "morgen"}).status_code == 422


def test_a_reservation_ends_with_the_dealers_day_not_with_that_of_utc(desk: Desk, world: SimpleNamespace) -> None:
    last = clock.business_date(clock.now()) + timedelta(days=3)
    assert desk.post(f"/admin/listings/{world.golf.id}/reservation", {"until": last.isoformat()}).status_code == 303
    evening = datetime.combine(last, time(21, 30), UTC)
    night = evening + timedelta(hours=2)
    for moment, held in ((evening, 1), (night, 0)):
        day = clock.business_date(moment)
        assert moment.date() == last, "the day of UTC is the last one both times"
        assert stock.counts(world.north.id, moment, day)["reserved"] == held
        assert len(stock.ids_of(stock.Wanted(state="reserved"), moment, day, 5)) == held


def test_the_yards_record_counts_days_from_the_purchase(desk: Desk, world: SimpleNamespace) -> None:
    path = f"/admin/listings/{world.golf.id}"
    bought = (clock.business_date(clock.now()) - timedelta(days=47)).isoformat()
    form = {"acquired_on": bought, "acquisition_price": "17.500", "condition_rating": "8", "location": "Halle 2"}
    page = desk.post(f"{path}/inventory", form, follow_redirects=True)
    assert "47 Tage auf dem Hof" in _text(page.data)
    record = record_of(world.golf.vehicle_id)
    assert record is not None
    assert record.location == "Halle 2"
    assert _fresh(Vehicle, world.golf.vehicle_id).condition_rating == 8
    _undo(desk, page.data)
    assert _fresh(Vehicle, world.golf.vehicle_id).acquisition_price_cents != 17_500_00
    for name, typed in (("acquired_on", "2999-01-01"), ("acquired_on", "x"), ("condition_rating", "11")):
        answer = desk.post(f"{path}/inventory", {name: typed})
        assert answer.status_code == 422
        assert html.fromstring(answer.data).xpath(f"//*[@id='{name}-error']"), typed


def test_a_draft_is_planned_and_the_plan_taken_back(desk: Desk, world: SimpleNamespace) -> None:
    desk.post(f"/admin/listings/{world.golf.id}/duplicate")
    copy = db.session.scalars(select(Listing).where(Listing.status == ListingStatus.PENDING)).one()
    path = f"/admin/listings/{copy.id}/schedule"
    assert desk.post(path, {"at": "2099-03-12T09:00"}).status_code == 303
    planned = _fresh(Listing, copy.id).publish_at
    assert (planned.year, planned.hour) == (2099, 8), "nine in the morning in Germany"
    assert "12.03.2099, 9:00" in _text(desk.get(f"/admin/listings/{copy.id}/").data)
    assert desk.post(f"{path}/removal").status_code == 303
    assert _fresh(Listing, copy.id).publish_at is None
    assert desk.post(path, {"at": "2001-01-01T00:00"}).status_code == 422
    for typed in ("bald", "", "0001-01-01T00:00", "9999-12-31T23:59"):
        assert desk.post(path, {"at": typed}).status_code == 422, typed


def test_sold_by_mistake_is_put_right(desk: Desk, world: SimpleNamespace) -> None:
    page = desk.post(f"/admin/listings/{world.golf.id}/sale", follow_redirects=True)
    prices = db.session.scalar(select(func.count(PriceChange.id)).where(PriceChange.listing_id == world.golf.id))
    _undo(desk, page.data)
    golf = _fresh(Listing, world.golf.id)
    assert (golf.status, golf.sold_at) == (ListingStatus.ACTIVE, None)
    after = db.session.scalar(select(func.count(PriceChange.id)).where(PriceChange.listing_id == world.golf.id))
    assert after == prices, "the 30 days of a reduction go on being counted"


def test_the_feeds_own_name_stands_beside_the_cleaned_one(desk: Desk, world: SimpleNamespace) -> None:
    from storefront.domain.listings.models import ListingSource

    def came() -> None:
        raw = {"version": '1.5 TSI LIFE* 18" /NAVI'}
        db.session.add(
            ListingSource(
                listing_id=world.golf.id, dealer_id=world.north.id, format="x", raw=raw, meaning={}, seen_at=NOW
            )
        )

    perform(came).unwrap()
    page = html.fromstring(desk.get(f"/admin/listings/{world.golf.id}/").data)
    assert page.xpath("//div[@class='from']/code/text()") == ['1.5 TSI LIFE* 18" /NAVI']
    assert desk.post(f"/admin/listings/{world.golf.id}/version", {"version": "1.5 TSI LIFE*"}).status_code == 303
    assert _fresh(Vehicle, world.golf.vehicle_id).version == "1.5 TSI LIFE*"


# -- photos and tours --


def _send(desk: Desk, listing_id: UUID, *files: bytes, **form: str) -> Any:
    photos = [(io.BytesIO(content), f"{number}.jpg") for number, content in enumerate(files)]
    data = {"csrf_token": desk.token(), "photos": photos, **form}
    path = f"/admin/listings/{listing_id}/photos/"
    return desk.client.post(path, data=data, base_url=f"http://{desk.host}", follow_redirects=True)


def _order(listing_id: UUID) -> list[UUID]:
    db.session.expire_all()
    return [photo.id for photo in of_listing(listing_id)]


@pytest.fixture
def bare(world: SimpleNamespace) -> Listing:
    """Give a car without photos."""
    return perform(factories.make_listing, world.north).unwrap()


def test_twelve_photos_arrive_in_one_form(desk: Desk, bare: Listing) -> None:
    files = [photo_file(640 + 10 * number, 480) for number in range(12)]
    page = _send(desk, bare.id, *files, kind="exterior")
    assert "Fotos hinzugefügt" in _text(page.data)
    photos = of_listing(bare.id)
    assert [photo.width for photo in photos] == [640 + 10 * number for number in range(12)]
    assert [photo.primary for photo in photos] == [True] + [False] * 11
    answer = desk.get(f"/admin/listings/{bare.id}/photos/{photos[0].id}/picture")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "public" not in answer.headers["Cache-Control"]
    answer.close()


def test_a_batch_that_is_sent_in_parts_has_one_cover(desk: Desk, bare: Listing) -> None:
    _send(desk, bare.id, photo_file(640), photo_file(650))
    _send(desk, bare.id, photo_file(660), more="1")
    assert [photo.width for photo in of_listing(bare.id)] == [640, 650, 660]
    _send(desk, bare.id, photo_file(670))
    assert of_listing(bare.id)[0].width == 670, "the first of a new batch is the cover (SPEC 44)"


def test_a_bad_photo_refuses_the_batch_in_words(desk: Desk, bare: Listing) -> None:
    answer = _send(desk, bare.id, photo_file(), b"<svg onload=alert(1)>")
    assert answer.status_code == 422
    assert "Foto 2: Nur JPEG, PNG und WebP. Diese Datei: SVG." in _text(answer.data)
    assert of_listing(bare.id) == []
    assert _send(desk, bare.id).status_code == 422


def test_photos_are_put_in_order_by_buttons_and_by_dragging(desk: Desk, bare: Listing) -> None:
    _send(desk, bare.id, *(photo_file(640 + number) for number in range(4)))
    a, b, c, d = _order(bare.id)
    path = f"/admin/listings/{bare.id}/photos"
    assert desk.post(f"{path}/{c}/forward").status_code == 303
    assert _order(bare.id) == [a, c, b, d]
    desk.post(f"{path}/{a}/back")
    assert _order(bare.id) == [c, a, b, d]
    desk.post(f"{path}/{d}/first")
    assert _order(bare.id) == [d, c, a, b]
    page = desk.post(f"{path}/order", {"order": f"{b.hex},{a.hex}"}, follow_redirects=True)
    assert _order(bare.id) == [b, a, d, c]
    assert of_listing(bare.id)[0].primary
    _undo(desk, page.data)
    assert _order(bare.id) == [d, c, a, b]
    for nonsense, status in ((f"{a},{a}", 409), (f"{a},{UUID(int=7)}", 409), ("x", 404)):
        assert desk.post(f"{path}/order", {"order": nonsense}).status_code == status


def test_a_photo_is_described_removed_and_comes_back_as_it_was(desk: Desk, bare: Listing) -> None:
    _send(desk, bare.id, photo_file(640), photo_file(650))
    first, second = _order(bare.id)
    path = f"/admin/listings/{bare.id}/photos/{first}"
    form = {"caption": "Von <vorn>", "kind": "interior", "focus_x": "30", "focus_y": "70"}
    page = desk.post(path, form, follow_redirects=True)
    assert "Von &lt;vorn&gt;" in page.text
    photo = _fresh(Photo, first)
    assert (photo.caption, photo.kind, photo.focus_x, photo.focus_y) == ("Von <vorn>", PhotoKind.INTERIOR, 30, 70)
    gone = desk.post(f"{path}/removal", follow_redirects=True)
    assert _order(bare.id) == [second]
    assert _fresh(Photo, second).primary, "the next one is the cover"
    _undo(desk, gone.data)
    back = _fresh(Photo, first)
    assert (back.caption, back.kind, back.focus_x, back.primary) == ("Von <vorn>", PhotoKind.INTERIOR, 30, True)
    assert _order(bare.id) == [first, second]
    assert desk.post(path, {"kind": "interior", "focus_x": "101", "focus_y": "5"}).status_code == 422
    assert desk.post(path, {"kind": "interior", "caption": "x" * 256}).status_code == 422


def test_a_photo_of_another_car_is_not_found_here(desk: Desk, bare: Listing, world: SimpleNamespace) -> None:
    _send(desk, bare.id, photo_file())
    (photo,) = _order(bare.id)
    for act in ("", "/first", "/forward", "/back", "/removal"):
        assert desk.post(f"/admin/listings/{world.golf.id}/photos/{photo}{act}").status_code == 404
    assert desk.get(f"/admin/listings/{world.golf.id}/photos/{photo}/picture").status_code == 404


def test_tours_are_added_hidden_removed_and_brought_back(desk: Desk, bare: Listing) -> None:
    path = f"/admin/listings/{bare.id}/tours/"
    assert (
        desk.post(
            path, {"form": "link", "address": "https://tours.example.com/1", "title": "Innenraum bei Nacht"}
        ).status_code
        == 303
    )
    (tour,) = tours.of_listings([bare.id])[bare.id]
    tour_id = tour.id
    assert desk.post(f"{path}{tour_id}/shown", {}).status_code == 303
    db.session.expire_all()
    assert tours.of_listings([bare.id]) == {}
    page = desk.post(f"{path}{tour_id}/removal", follow_redirects=True)
    assert "Innenraum bei Nacht" not in _text(page.data, "//section[@id='tours']")
    _undo(desk, page.data)
    assert "Innenraum bei Nacht" in _text(desk.get(f"/admin/listings/{bare.id}/").data, "//section[@id='tours']")
    for wrong in ({"form": "link", "address": "javascript:alert(1)"}, {"form": "film"}, {}):
        assert desk.post(path, wrong).status_code == 422, wrong


def test_a_form_with_files_of_somebody_who_is_not_logged_in_is_not_read(app: Flask, bare: Listing) -> None:
    nobody = desk_of(app, None)
    data = {"csrf_token": nobody.token(), "photos": [(io.BytesIO(bytes(300_000)), "a.jpg")]}
    path = f"/admin/listings/{bare.id}/photos/"
    assert nobody.client.post(path, data=data, base_url="http://localhost").status_code == 413


def test_the_editor_says_what_is_missing_and_what_it_is_worth(desk: Desk, world: SimpleNamespace) -> None:
    perform(factories.make_valuation, world.golf, 24_000_00, day=max(TODAY, clock.business_date(clock.now()))).unwrap()
    page = _text(desk.get(f"/admin/listings/{world.golf.id}/").data)
    assert "Marktwert 24.000 €" in page
    assert "Sehr gut unter 21.600 €" in page
    bare = perform(factories.make_listing, world.north, vin=None).unwrap()
    missing = _text(desk.get(f"/admin/listings/{bare.id}/").data, "//aside")
    for words in ("6 Fotos", "Innenraumfotos", "Beschreibung mit 200 Zeichen"):
        assert words in missing
