"""Every write of what pages show leaves its line in the ledger, in the same transaction (architecture: the ledger)."""

import ast
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, inspect, select, update
from sqlalchemy.exc import IntegrityError

from storefront.core.acts import perform
from storefront.core.changes import Change, Tracked, insert_many, mark
from storefront.core.db import Model, db
from storefront.core.errors import DomainError
from storefront.core.money import euros
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.actions import set_plan, set_status
from storefront.domain.dealers.models import DealerStatus, Plan
from storefront.domain.listings import placement
from storefront.domain.listings.actions import change_price, mark_sold, update_listing, update_vehicle, withdraw
from storefront.domain.listings.models import ListEntry, Listing, Photo, PhotoState, PriceReason
from storefront.domain.stores.actions import configure, set_theme
from storefront.domain.vehicles.models import Vehicle
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_tenant

LATER = NOW + timedelta(hours=1)


def tracked_models() -> list[type]:
    from storefront.migrations.models import whole_metadata

    whole_metadata()
    found = [mapper.class_ for mapper in Model.registry.mappers if hasattr(mapper.class_, "__tracked__")]
    return sorted(found, key=lambda model: model.__tablename__)


@pytest.mark.parametrize("model", tracked_models(), ids=lambda model: model.__tablename__)
def test_every_column_of_a_tracked_table_is_in_an_aspect_or_named_as_silent(model):
    tracked: Tracked = model.__tracked__
    columns = {attribute.key for attribute in inspect(model).column_attrs}
    spoken = {name for names in tracked.aspects.values() for name in names}
    assert spoken | set(tracked.silent) == columns
    assert not spoken & set(tracked.silent)


def since(before: int) -> set[tuple[str, str, str]]:
    rows = db.session.execute(select(Change.kind, Change.key, Change.aspect).where(Change.id > before)).all()
    return {tuple(row) for row in rows}


def test_a_price_change_says_price_and_card_of_that_listing_and_nothing_of_others(world):
    before = mark()
    perform(change_price, world.golf, 19_990_00, reason=PriceReason.PROMOTION, now=LATER, actor="test").unwrap()
    changed = since(before)
    assert {key for _, key, _ in changed} <= {world.golf.id.hex, f"dealer:{world.north.id.hex}"}
    assert {aspect for kind, _, aspect in changed if kind == "listing"} == {"card", "price", "detail"}


def test_the_same_price_again_leaves_no_line(world):
    before = mark()
    perform(
        change_price, world.golf, world.golf.price_cents, reason=PriceReason.PROMOTION, now=LATER, actor="t"
    ).unwrap()
    assert since(before) == set()


def test_a_sale_names_the_lists_the_car_leaves(world):
    before = mark()
    perform(mark_sold, world.golf, now=LATER, actor="test").unwrap()
    lists = {key for kind, key, _ in since(before) if kind == "list"}
    own = f"dealer:{world.north.id.hex}"
    names = ("all", "make:volkswagen", "model:volkswagen/golf", "body:hatchback", "fuel:petrol")
    families = ("make", "model:volkswagen", "body", "fuel")
    assert lists == {
        *(f"{scope}/{name}" for scope in (own, "market") for name in (*names, *families)),
        *("market/city:hamburg", "market/city"),
    }


def test_a_new_make_name_leaves_the_old_list_and_enters_the_new_one(world):
    before = mark()
    vehicle = db.session.get_one(Vehicle, world.golf.vehicle_id)
    perform(update_vehicle, world.golf, vehicle, {"make": "Audi", "model": "A3"}, now=LATER, actor="test").unwrap()
    lists = {key for kind, key, _ in since(before) if kind == "list"}
    assert {"market/make:volkswagen", "market/make:audi", "market/model:audi/a3"} <= lists
    assert "market/all" not in lists


def test_photos_text_theme_settings_and_plan_speak_too(world):
    def one_photo_moves() -> None:
        photo = db.session.scalars(select(Photo).where(Photo.listing_id == world.golf.id, Photo.position == 1)).one()
        photo.position = 9

    before = mark()
    perform(one_photo_moves)
    perform(update_listing, world.golf, {"description": "Neu beschrieben."}, now=LATER, actor="test").unwrap()
    perform(set_theme, world.north_store, "classic", {"accent": "#123456"}, now=LATER, actor="test").unwrap()
    perform(configure, world.north_store, "feeds.google", True, now=LATER, actor="test").unwrap()
    perform(set_plan, world.south, Plan.INDIVIDUAL, now=LATER, today=TODAY, actor="test", reason="asked").unwrap()
    changed = since(before)
    golf, store = world.golf.id.hex, world.north_store.id.hex
    assert {("listing", golf, "photos"), ("listing", golf, "text")} <= changed
    assert {("store", store, "theme"), ("store", store, "settings")} <= changed
    assert ("dealer", world.south.id.hex, "market") in changed


def test_a_plan_that_moves_no_car_says_nothing_to_the_marketplace(world):
    def aspects_of(act, *args, **named):
        before = mark()
        perform(act, world.south, *args, now=LATER, actor="test", reason="asked", **named).unwrap()
        return {aspect for kind, key, aspect in since(before) if (kind, key) == ("dealer", world.south.id.hex)}

    assert aspects_of(set_plan, Plan.INDIVIDUAL, today=TODAY) == {"market"}
    assert aspects_of(set_status, DealerStatus.SUSPENDED) == {"visible"}, "it had left the marketplace before"
    assert aspects_of(set_plan, Plan.PREMIUM, today=TODAY) == set(), "nobody sees a suspended dealer's plan"
    assert aspects_of(set_status, DealerStatus.ACTIVE) == {"visible", "market"}


def photos_of(world):
    return db.session.scalars(select(Photo).where(Photo.listing_id == world.golf.id).order_by(Photo.position)).all()


def spoken_of_photos(world, edit):
    """Give the aspects of the car that an edit of its photos speaks of; it is given the photos, first one first."""
    for number, photo in enumerate(photos_of(world)):
        photo.state, photo.content_hash, photo.width, photo.height = PhotoState.READY, f"{number:064x}", 800, 600
        photo.primary = number == 0
    db.session.commit()
    before = mark()
    perform(lambda: edit(*photos_of(world)))
    return {aspect for kind, key, aspect in since(before) if (kind, key) == ("listing", world.golf.id.hex)}


def test_a_photo_that_is_not_on_the_card_moves_without_a_word_about_the_cover(world):
    def further_back(first, second, *others):
        second.position = 9

    assert spoken_of_photos(world, further_back) == {"photos"}


def test_another_first_photo_is_another_cover(world):
    def swap(first, second, *others):
        first.primary, second.primary = False, True
        first.position, second.position = second.position, first.position

    assert "cover" in spoken_of_photos(world, swap)


def test_the_focus_of_the_first_photo_is_on_the_card_that_of_the_second_is_not(world):
    def look_at(number):
        def focus(*photos):
            photos[number].focus_x = 30

        return focus

    assert "cover" in spoken_of_photos(world, look_at(0))
    assert spoken_of_photos(world, look_at(1)) == {"photos"}


def test_a_photo_less_is_told_on_the_card_for_it_counts_them(world):
    assert "cover" in spoken_of_photos(world, lambda first, second, *others: db.session.delete(second))


def test_a_statement_over_many_photos_speaks_of_the_cover_only_where_it_is_another_one(world):
    def update_all(condition, **values):
        return lambda *photos: db.session.execute(
            update(Photo).where(Photo.listing_id == world.golf.id, condition).values(**values)
        )

    assert spoken_of_photos(world, update_all(Photo.position > 0, focus_y=80)) == {"photos"}
    assert "cover" in spoken_of_photos(world, update_all(Photo.position == 0, focus_y=80))


def test_counters_are_silent(world):
    before = mark()

    def count() -> None:
        world.golf.view_count += 1
        db.session.execute(update(Listing).values(view_count=Listing.view_count + 5))

    perform(count)
    assert since(before) == set()


def test_bulk_statements_are_recorded_row_by_row_with_what_really_changed(world):
    ids = list(db.session.scalars(select(Listing.id).where(Listing.dealer_id == world.north.id)))
    before = mark()
    perform(lambda: db.session.execute(update(Listing).where(Listing.id.in_(ids)).values(price_cents=9_990_00)))
    assert {key for kind, key, aspect in since(before) if aspect == "price"} == {key.hex for key in ids}
    before = mark()
    perform(lambda: db.session.execute(update(Listing).where(Listing.id.in_(ids)).values(price_cents=9_990_00)))
    assert since(before) == set()
    before = mark()
    perform(lambda: db.session.execute(delete(Photo).where(Photo.listing_id == world.golf.id)))
    assert ("listing", world.golf.id.hex, "photos") in since(before)


def test_a_refused_act_leaves_no_line(world):
    before = mark()
    refused = perform(change_price, world.golf, 0, reason=PriceReason.PROMOTION, now=LATER, actor="test")
    assert not refused
    assert refused.message == "Price must be positive"
    assert since(before) == set()


def test_the_mark_grows_even_when_the_newest_lines_are_gone(world):
    before = mark()
    perform(lambda: db.session.execute(delete(Change).where(Change.id == before)))
    perform(change_price, world.golf, 18_000_00, reason=PriceReason.PROMOTION, now=LATER, actor="test").unwrap()
    assert mark() > before
    assert all(
        number > before
        for number in db.session.scalars(
            select(Change.id)
            .where(Change.key == world.golf.id.hex, Change.aspect == "price")
            .order_by(Change.id.desc())
            .limit(1)
        )
    )


def test_positions_grow_and_gaps_stay(world):
    def positions(scope: str, name: str) -> list[int]:
        reading = select(ListEntry.position).where(ListEntry.scope == scope, ListEntry.list_key == name)
        return sorted(db.session.scalars(reading))

    own = placement.dealer_scope(world.north.id)
    held = positions(own, "all")
    perform(mark_sold, world.golf, now=LATER, actor="test").unwrap()
    left = positions(own, "all")
    assert set(left) < set(held)
    new = perform(make_listing, world.north).unwrap()
    assert positions(own, "all") == [*left, max(held) + 1]
    perform(withdraw, new, now=LATER, actor="test").unwrap()
    assert positions(own, "all") == left


def test_a_dealer_that_turns_premium_brings_its_cars_to_the_marketplace(world):
    dealer = perform(make_dealer, "small one", Plan.INDIVIDUAL).unwrap()
    listing = perform(make_listing, dealer, price=euros(9000)).unwrap()
    scopes = select(ListEntry.scope).where(ListEntry.listing_id == listing.id).distinct()
    assert set(db.session.scalars(scopes)) == {placement.dealer_scope(dealer.id)}
    perform(set_plan, dealer, Plan.PREMIUM, now=LATER, today=TODAY, actor="test", reason="upgrade").unwrap()
    perform(placement.place_dealer, dealer.id).unwrap()
    assert set(db.session.scalars(scopes)) == {placement.dealer_scope(dealer.id), "market"}


def test_insert_many_refuses_rows_of_another_tenant_by_the_database(world):
    with acting(world.tenant.id, world.north.id):
        row = {"make": "X", "make_slug": "x", "model": "Y", "model_slug": "y", "created_at": NOW, "updated_at": NOW}
        perform(insert_many, Vehicle, [row])
        assert db.session.scalars(select(Vehicle).where(Vehicle.make == "X")).one().dealer_id == world.north.id


def test_a_domain_error_is_raised_inside_and_answered_outside(world):
    with pytest.raises(DomainError):
        perform(change_price, world.golf, -1, reason=PriceReason.PROMOTION, now=LATER, actor="test").unwrap()


def test_no_module_writes_around_the_ledger():
    """Raw statements and table objects bypass ledger and tenancy; only core and migrations may use them."""
    root = Path(__file__).resolve().parents[2]
    # A hundred thousand rows that no page shows, each stamped with the open tenant.
    remembered = {"builder/records.py", "builder/postings.py"}
    allowed = {"storefront/core", "storefront/migrations", *remembered}
    guilty = []
    for package in ("storefront", "admin", "builder", "search", "seo", "themes"):
        for path in (root / package).rglob("*.py"):
            name = path.relative_to(root).as_posix()
            if any(name.startswith(folder) for folder in allowed):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in (
                    "exec_driver_sql",
                    "__table__",
                    "bulk_save_objects",
                    "bulk_insert_mappings",
                    "bulk_update_mappings",
                ):
                    guilty.append(f"{name}:{node.lineno} {node.attr}")
                if (
                    isinstance(node, ast.ImportFrom)
                    and node.module == "sqlalchemy"
                    and any(alias.name == "text" for alias in node.names)
                ):
                    guilty.append(f"{name}:{node.lineno} text()")
    assert guilty == []


def test_what_a_failed_flush_had_collected_is_not_written_by_the_next(world):
    before = mark()
    taken = world.south.slug
    with pytest.raises(IntegrityError):
        perform(lambda: setattr(world.north, "slug", taken))
    perform(change_price, world.golf, 19_990_00, reason=PriceReason.PROMOTION, now=LATER, actor="test").unwrap()
    assert "dealer" not in {kind for kind, _, _ in since(before)}


@pytest.mark.postgres
def test_the_ledger_is_taken_before_a_row_so_that_an_import_and_a_person_never_wait_for_each_other(either_database):
    with everywhere():
        tenant_id = perform(make_tenant, "ours").unwrap().id
    with acting(tenant_id):
        listing = perform(make_listing, perform(make_dealer, "north").unwrap()).unwrap()
        said: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        perform(lambda: setattr(listing, "description", "new"))
        perform(lambda: db.session.execute(update(Listing).values(description="newer")))
    if db.engine.dialect.name == "postgresql":
        firsts = [next(i for i, text in enumerate(said) if word in text) for word in ("pg_advisory", "UPDATE listings")]
        assert firsts == sorted(firsts)
        lasts = [max(i for i, text in enumerate(said) if word in text) for word in ("FOR UPDATE", "pg_advisory")]
        assert lasts == sorted(lasts, reverse=True)


def test_a_car_that_is_being_sold_enters_no_list(either_database):
    with everywhere():
        tenant_id = perform(make_tenant, "ours").unwrap().id
    with acting(tenant_id):
        dealer = perform(make_dealer, "north", plan=Plan.INDIVIDUAL).unwrap()
        dealer_id, car = dealer.id, perform(make_listing, dealer).unwrap().id
        perform(set_plan, dealer, Plan.PREMIUM, now=LATER, today=TODAY, actor="test", reason="more").unwrap()
    sold, placing = threading.Event(), threading.Event()

    def sell() -> None:
        def act() -> None:
            mark_sold(db.session.get_one(Listing, car), now=LATER, actor="test")
            sold.set()
            placing.wait(5)
            time.sleep(0.3)

        with acting(tenant_id):
            perform(act)

    seller = threading.Thread(target=sell)
    seller.start()
    with acting(tenant_id):
        assert sold.wait(5)
        placing.set()
        perform(placement.place_dealer, dealer_id).unwrap()
        seller.join()
        assert db.session.scalars(select(ListEntry.list_key)).all() == []
