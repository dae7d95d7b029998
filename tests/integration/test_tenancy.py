"""A row of another tenant or dealer is found by no query and written by no act, on both databases (SPEC 9, 10)."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from storefront.core.acts import perform
from storefront.core.changes import Change, insert_many
from storefront.core.config import Settings
from storefront.core.db import Model, db
from storefront.core.errors import ConfigurationError
from storefront.core.ids import new_id
from storefront.core.tenancy import (
    DealerItself,
    DealerOwned,
    DealerShared,
    Owned,
    TenancyError,
    TenantItself,
    acting,
    everywhere,
)
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import queries as listings
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState, PriceChange
from storefront.domain.stores.actions import create_store, set_custom_domain
from storefront.domain.stores.models import Store
from storefront.domain.valuation import queries as valuation
from storefront.domain.vehicles.models import Vehicle
from storefront.live import hit_rows
from storefront.migrations.security import create_role
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_tenant, make_valuation

on_postgresql = pytest.mark.parametrize(
    "either_database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
"""Row-level security, roles and settings of a session are PostgreSQL's; on SQLite the query layer is the wall."""


@pytest.fixture
def two(either_database: Settings) -> SimpleNamespace:
    """Two tenants; the first has two dealers; each dealer has one car."""
    ids = SimpleNamespace(settings=either_database)
    with everywhere():
        ids.ours = perform(make_tenant, "ours").unwrap().id
        ids.theirs = perform(make_tenant, "theirs").unwrap().id
    with acting(ids.ours):
        ids.north = perform(make_dealer, "north").unwrap().id
        ids.south = perform(make_dealer, "south").unwrap().id
        for name in ("north", "south"):
            listing = perform(make_listing, db.session.get(Dealer, getattr(ids, name))).unwrap()
            setattr(ids, f"{name}_car", listing.id)
    with acting(ids.theirs):
        ids.foreign = perform(make_dealer, "foreign").unwrap().id
        ids.foreign_car = perform(make_listing, db.session.get(Dealer, ids.foreign)).unwrap().id
    return ids


def seen() -> set[UUID]:
    return set(db.session.scalars(select(Listing.id)))


def test_a_tenant_sees_its_own_cars_and_nobody_elses(two):
    with acting(two.ours):
        assert seen() == {two.north_car, two.south_car}
    with acting(two.theirs):
        assert seen() == {two.foreign_car}
    with everywhere():
        assert len(seen()) == 3


def test_a_statement_that_is_made_once_is_held_by_the_scope_in_which_it_is_asked(two):
    cars = [two.north_car, two.south_car, two.foreign_car]
    for _ in range(2):
        with acting(two.ours):
            assert set(hit_rows.read(cars)) == {two.north_car, two.south_car}
        with acting(two.theirs):
            assert set(hit_rows.read(cars)) == {two.foreign_car}
        with acting(two.ours, two.north):
            assert set(hit_rows.read(cars)) == {two.north_car}
        with everywhere():
            assert set(hit_rows.read(cars)) == set(cars)
    with pytest.raises(TenancyError):
        hit_rows.read(cars)


def test_a_statement_that_is_made_once_shows_what_other_statements_show(two):
    with acting(two.ours):
        perform(_dress, two.north_car).unwrap()
        for number in (1, 2, 21, 130):
            cars = [two.south_car, two.north_car][: min(number, 2)] + [new_id() for _ in range(number - 2)]
            rows, covers, labels = listings.cards(cars), listings.covers(cars), valuation.labels(cars)
            found = hit_rows.read(cars)
            assert {car: row.card for car, row in found.items()} == rows
            assert {car: row.cover for car, row in found.items() if row.cover} == covers
            assert {car: row.label for car, row in found.items() if row.label} == labels
            for row in found.values():
                dealer = db.session.get(Dealer, row.card.dealer_id)
                seller = (dealer.name, dealer.city, dealer.country, dealer.is_active, dealer.on_marketplace)
                assert (*row.seller[:3], row.seller.is_active, row.seller.on_marketplace) == seller
                assert row.description == db.session.get(Listing, row.card.id).description
    assert covers
    assert labels


def _dress(car: UUID) -> None:
    """Give a car a label and photos of which the second is its first."""
    listing = db.session.get_one(Listing, car)
    make_valuation(listing, 2_000_000)
    for place, primary in ((0, False), (1, True), (2, False)):
        made = Photo(listing_id=car, dealer_id=listing.dealer_id, position=place, primary=primary, created_at=NOW)
        made.state, made.content_hash = PhotoState.READY, f"{place}" * 64
        made.width, made.height, made.kind = 1600, 1200, PhotoKind.EXTERIOR
        db.session.add(made)


def test_a_dealer_sees_its_own_cars_and_no_colleagues(two):
    with acting(two.ours, two.north):
        assert seen() == {two.north_car}
        assert list(db.session.scalars(select(Dealer.id))) == [two.north]


def test_a_foreign_id_is_simply_not_found(two):
    with acting(two.ours):
        assert db.session.get(Listing, two.foreign_car) is None
        assert db.session.get(Dealer, two.foreign) is None
    with acting(two.ours, two.north):
        assert db.session.get(Listing, two.south_car) is None
        assert db.session.get(Dealer, two.south) is None


def test_joins_aliases_counts_and_subqueries_are_limited_too(two):
    other = aliased(Listing)
    with acting(two.ours):
        joined = select(Listing.id).join(Vehicle, Vehicle.id == Listing.vehicle_id)
        assert len(db.session.scalars(joined).all()) == 2
        assert db.session.scalar(select(func.count()).select_from(other)) == 2
        within = select(Dealer.id).where(Dealer.id.in_(select(Listing.dealer_id)))
        assert set(db.session.scalars(within)) == {two.north, two.south}


def test_without_a_tenant_owned_tables_cannot_be_touched(two):
    with pytest.raises(TenancyError, match="no tenant is chosen"):
        db.session.scalars(select(Listing))
    db.session.rollback()


def test_a_statement_over_many_rows_stops_at_the_wall(two):
    def everything_free() -> None:
        db.session.execute(update(Listing).values(price_cents=1))
        db.session.execute(delete(PriceChange))

    with acting(two.ours, two.north):
        perform(everything_free)
    with everywhere():
        prices = dict(db.session.execute(select(Listing.id, Listing.price_cents)).all())
        histories = set(db.session.scalars(select(PriceChange.listing_id)))
    assert [key for key, price in prices.items() if price == 1] == [two.north_car]
    assert histories == {two.south_car, two.foreign_car}


def test_a_row_of_another_owner_cannot_be_written(two):
    with acting(two.theirs):
        db.session.add(Tenant and _vehicle(tenant_id=two.ours, dealer_id=two.north))
        with pytest.raises(TenancyError, match="another tenant"):
            db.session.flush()
    with acting(two.ours, two.north):
        db.session.add(_vehicle(tenant_id=two.ours, dealer_id=two.south))
        with pytest.raises(TenancyError, match="another dealer"):
            db.session.flush()


def test_a_bulk_insert_that_bypasses_the_stamp_is_refused(two):
    from sqlalchemy import insert

    with acting(two.ours), pytest.raises(TenancyError, match="insert_many"):
        db.session.execute(insert(Vehicle), [{"make": "X"}])


def test_each_scope_has_its_own_memory(two):
    with acting(two.ours):
        ours = db.session
        db.session.get(Listing, two.north_car)
        with acting(two.theirs):
            assert db.session is not ours
            assert db.session.get(Listing, two.north_car) is None
        assert db.session is ours


def _vehicle(**values) -> Vehicle:
    from tests.conftest import NOW

    return Vehicle(make="BMW", make_slug="bmw", model="1er", model_slug="1er", created_at=NOW, updated_at=NOW, **values)


def owned_tables() -> list[type]:
    mixins = (Owned, DealerOwned, DealerShared, DealerItself, TenantItself)
    return [mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, mixins)]


@on_postgresql
def test_postgresql_holds_the_line_when_the_queries_forget_it(two):
    """The same reads with the ORM's filter switched off: row-level security alone holds (SECURITY A2)."""
    with acting(two.ours, two.north):
        connection = db.session.connection()
        assert connection.scalar(text("SELECT current_user")) == "marketplace_app"
        assert list(connection.scalars(text("SELECT id FROM listings"))) == [two.north_car]
        with pytest.raises(DBAPIError, match="row-level security"):
            connection.execute(
                text("INSERT INTO changes (tenant_id, kind, key, aspect, at) VALUES (:t, 'x', 'x', 'x', now())"),
                {"t": two.theirs},
            )


@on_postgresql
def test_every_owned_table_has_the_second_wall(two):
    with db.engine.connect() as connection:
        walls = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        guarded = set(connection.scalars(text(walls)))
    assert {cls.__tablename__ for cls in owned_tables()} <= guarded


@on_postgresql
def test_a_pooled_connection_forgets_the_former_tenant_even_after_an_error(two):
    engine = db.bind(two.settings.database, pooled=True)
    with acting(two.ours), pytest.raises(DBAPIError):
        db.session.connection().execute(text("SELECT 1/0"))
    with acting(two.theirs):
        assert list(db.session.connection().scalars(text("SELECT id FROM listings"))) == [two.foreign_car]
    assert engine.pool.checkedin() == 1, "it was one and the same connection"


def test_bulk_inserts_are_stamped_and_recorded(two):
    from tests.conftest import NOW

    row = {"make": "BMW", "make_slug": "bmw", "model": "1er", "model_slug": "1er", "created_at": NOW, "updated_at": NOW}
    with acting(two.ours, two.north):
        perform(insert_many, Vehicle, [row])
        vehicle = db.session.scalars(select(Vehicle).where(Vehicle.model == "1er")).one()
        assert (vehicle.tenant_id, vehicle.dealer_id) == (two.ours, two.north)
        aspects = select(Change.aspect).where(Change.kind == "vehicle", Change.key == vehicle.id.hex)
        assert set(db.session.scalars(aspects)) == {"name", "card", "energy", "detail"}


def test_an_update_by_a_list_of_keys_is_refused_because_no_scope_holds_it(two):
    with acting(two.ours, two.north):
        with pytest.raises(TenancyError, match="list of keys"):
            db.session.execute(update(Dealer), [{"id": two.south, "name": "Stolen"}])
        db.session.rollback()


def test_an_update_gives_no_row_to_another_dealer_or_tenant(two):
    with acting(two.ours, two.north):
        for values in ({"dealer_id": two.south}, {"tenant_id": two.theirs}):
            with pytest.raises(TenancyError, match="somebody else"):
                db.session.execute(update(Listing).where(Listing.id == two.north_car).values(values))
    with acting(two.ours), pytest.raises(TenancyError, match="somebody else"):
        db.session.execute(update(Listing).values({Listing.tenant_id: two.theirs}))


def test_a_host_is_taken_whosever_it_is(two):
    def open_site(host: str) -> Store:
        return create_store("A site", host, dealer_id=None, theme="classic", languages=["de"], now=NOW)

    with acting(two.theirs):
        perform(open_site, "theirs.example").unwrap()
    with acting(two.ours):
        assert "is taken" in perform(open_site, "theirs.example").message
        ours = perform(open_site, "ours.example").unwrap()
        assert "is taken" in perform(set_custom_domain, ours, "theirs.example", now=NOW, actor="test").message


@on_postgresql
def test_a_database_user_without_the_right_to_make_roles_is_told_what_a_superuser_has_to_do(two):
    with db.engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(text("CREATE ROLE clerk NOLOGIN"))
        connection.execute(text("GRANT CREATE, USAGE ON SCHEMA public TO clerk WITH GRANT OPTION"))
        connection.execute(text("SET LOCAL ROLE clerk"))
        with pytest.raises(ConfigurationError, match="GRANT marketplace_app TO clerk"):
            create_role()
        connection.execute(text("RESET ROLE"))
        connection.execute(text("GRANT marketplace_app TO clerk"))
        connection.execute(text("SET LOCAL ROLE clerk"))
        create_role()
        connection.rollback()


@on_postgresql
def test_a_database_user_with_the_right_to_make_roles_makes_the_one_the_application_works_as(two):
    with db.engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(text("ALTER ROLE marketplace_app RENAME TO another_app"))
        connection.execute(text("CREATE ROLE clerk NOLOGIN CREATEROLE"))
        connection.execute(text("GRANT CREATE, USAGE ON SCHEMA public TO clerk WITH GRANT OPTION"))
        connection.execute(text("SET SESSION AUTHORIZATION clerk"))
        create_role()
        connection.execute(text("SET LOCAL ROLE marketplace_app"))
        connection.rollback()
