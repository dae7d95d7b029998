"""Views of cars: counted in batches, once, and no reason to build anything again (SPEC 39, SPEC decisions)."""

from types import SimpleNamespace

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisDown
from sqlalchemy import func, select

from storefront.core import queue, runtime
from storefront.core.changes import Change
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.domain.listings.models import Listing
from storefront.live import views
from storefront.live.views import flush_views
from tests.integration.live import NORTH, SOUTH, Visitor, live_app

PATH = "/-/views"


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str) -> Flask:
    """Give the live layer on the named world."""
    return live_app(database, redis_url)


def seen(listing: Listing) -> int:
    """Give the stored views of a car."""
    return db.session.scalar(select(Listing.view_count).where(Listing.id == listing.id)) or 0


def test_views_are_written_in_one_batch(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    for _ in range(3):
        assert visitor.post(PATH, {"listing": world.golf.public_id}, Origin=f"http://{NORTH}:8000").status_code == 204
    visitor.post(PATH, {"listing": world.polo.public_id})
    assert seen(world.golf) == 0
    assert flush_views() == 4
    assert (seen(world.golf), seen(world.polo)) == (3, 1)
    assert flush_views() == 0
    assert db.session.scalar(select(func.count()).where(OutboxEvent.name == "VehicleViewed")) == 1


def test_a_beacon_of_plain_text_counts_as_well(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app).post(PATH, world.golf.public_id, Content_Type="text/plain;charset=UTF-8")
    assert flush_views() == 1


def test_views_make_no_page_stale(world: SimpleNamespace, app: Flask) -> None:
    before = db.session.scalar(select(func.count(Change.id)))
    Visitor(app).post(PATH, {"listing": world.golf.public_id})
    flush_views()
    assert seen(world.golf) == 1
    assert db.session.scalar(select(func.count(Change.id))) == before


@pytest.mark.parametrize("agent", ["Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.1", "", "SomeSpider"])
def test_robots_do_not_count(world: SimpleNamespace, app: Flask, agent: str) -> None:
    assert Visitor(app).post(PATH, {"listing": world.golf.public_id}, User_Agent=agent).status_code == 204
    assert flush_views() == 0


def test_a_page_that_was_only_fetched_ahead_does_not_count(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app).post(PATH, {"listing": world.golf.public_id}, Sec_Purpose="prefetch;prerender")
    assert flush_views() == 0


def test_what_is_no_car_counts_nowhere(world: SimpleNamespace, app: Flask) -> None:
    for listing in ("", "../../etc", "x" * 1000, "0" * 13):
        assert Visitor(app).post(PATH, {"listing": listing}).status_code == 204
    flush_views()
    assert db.session.scalar(select(func.sum(Listing.view_count))) == 0
    assert Visitor(app).post(PATH, {"listing": "x" * 5000}).status_code == 413


def test_a_dealers_page_counts_no_other_dealers_cars(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app, SOUTH).post(PATH, {"listing": world.golf.public_id})
    flush_views()
    assert seen(world.golf) == 0


def test_another_sites_beacon_is_refused(world: SimpleNamespace, app: Flask) -> None:
    refused = Visitor(app).post(PATH, {"listing": world.golf.public_id}, Origin="https://evil.example")
    assert refused.status_code == 403


def test_a_batch_left_over_before_it_was_written_is_counted_later(
    world: SimpleNamespace, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    Visitor(app).post(PATH, {"listing": world.golf.public_id})
    with monkeypatch.context() as crash:
        crash.setattr(views, "perform", crashing)
        with pytest.raises(SystemError):
            flush_views()
    Visitor(app).post(PATH, {"listing": world.golf.public_id})
    assert flush_views() == 2
    assert seen(world.golf) == 2


def test_a_batch_left_over_after_it_was_written_is_not_counted_twice(
    world: SimpleNamespace, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    Visitor(app).post(PATH, {"listing": world.golf.public_id})
    client = queue.connection(runtime.settings())
    with monkeypatch.context() as crash:
        crash.setattr(type(client), "delete", crashing)
        with pytest.raises(SystemError):
            flush_views()
    assert seen(world.golf) == 1
    assert flush_views() == 0
    assert seen(world.golf) == 1
    assert client.keys("views:*") == []


def crashing(*_arguments: object, **_named: object) -> None:
    """Stand where the power went."""
    raise SystemError("power cut")


def test_without_redis_pages_do_not_notice(world: SimpleNamespace, database: Settings, tmp_path: object) -> None:
    app = live_app(database, f"unix://{tmp_path}/nobody.sock")
    assert Visitor(app).post(PATH, {"listing": world.golf.public_id}).status_code == 204
    with pytest.raises(RedisDown):
        flush_views()
