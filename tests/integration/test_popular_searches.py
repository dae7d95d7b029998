"""Popular searches: counted, made in advance, shared by all processes, dropped when something changes (SPEC 60)."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from search import jobs
from storefront.core import runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.listings.actions import change_price, mark_sold
from storefront.domain.listings.models import Listing, PriceReason
from storefront.live.popular import Counts, most_wanted
from storefront.live.warming import Warming
from tests.conftest import NOW
from tests.integration.live import JSON, MARKET, NORTH, Visitor, drain, live_app

Drain = Callable[[], None]
GOLF = "/-/search?lang=de&q=golf"


@pytest.fixture
def follow(redis_url: str) -> Drain:
    """Give a function that does what follows from the acts so far."""
    return lambda: drain(redis_url)


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str) -> Flask:
    """Give the live layer on the named world, with its index."""
    made = live_app(database, redis_url)
    jobs.rebuild(world.tenant.id)
    return made


@pytest.fixture
def valkey(redis_url: str) -> Iterator[Any]:
    """Give a real, empty Valkey."""
    client = Redis.from_url(redis_url)
    yield client
    client.close()


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def kept(valkey: Any) -> int:
    """Give how many answers are kept for all."""
    return len(valkey.keys("found:*"))


def ids(app: Flask, host: str = NORTH) -> list[str]:
    """Search for a Golf as a script does."""
    return [item["id"] for item in Visitor(app, host).get(GOLF, **JSON).json["items"]]


def golf(world: SimpleNamespace) -> Listing:
    """Give the Golf in the open session."""
    return db.session.get_one(Listing, world.golf.id)


def test_what_is_searched_twice_is_kept_for_all_and_once_is_not(app: Flask, valkey: Any) -> None:
    first = Visitor(app).get(GOLF, **JSON)
    assert kept(valkey) == 0
    again = [Visitor(app).get(GOLF, **JSON) for _ in range(3)]
    assert kept(valkey) == 1
    assert {answer.headers["ETag"] for answer in again} == {first.headers["ETag"]}
    assert again[1].data == again[2].data


def test_page_and_json_sites_and_languages_are_kept_apart(app: Flask, valkey: Any) -> None:
    for host in (NORTH, MARKET):
        for lang in ("de", "en"):
            for headers in (JSON, {}):
                for _ in range(2):
                    Visitor(app, host).get(f"/-/search?lang={lang}&q=golf", **headers)
    assert kept(valkey) == 8


def test_a_sold_car_is_not_shown_from_what_was_kept(world: SimpleNamespace, app: Flask, follow: Drain) -> None:
    for _ in range(3):
        assert world.golf.public_id in ids(app)
    perform(mark_sold, golf(world), now=NOW, actor="test").unwrap()
    follow()
    app.extensions["marketplace.engines"]._stamps.clear()
    assert world.golf.public_id not in ids(app)


def test_a_new_price_is_shown_as_soon_as_it_is_found(world: SimpleNamespace, app: Flask, follow: Drain) -> None:
    for _ in range(3):
        ids(app)
    reason = PriceReason.PROMOTION
    perform(change_price, golf(world), 9_990_00, reason=reason, now=NOW, actor="test").unwrap()
    follow()
    app.extensions["marketplace.engines"]._stamps.clear()
    prices = {item["id"]: item["price_cents"] for item in Visitor(app).get(GOLF, **JSON).json["items"]}
    assert prices[world.golf.public_id] == 9_990_00


def test_a_browser_that_has_the_answer_is_told_that_it_still_holds(app: Flask) -> None:
    for headers in (JSON, {}):
        first = Visitor(app).get(GOLF, **headers)
        again = Visitor(app).get(GOLF, **headers, If_None_Match=first.headers["ETag"])
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
        other = Visitor(app).get(f"{GOLF}&price_max=1", **headers, If_None_Match=first.headers["ETag"])
        assert other.status_code == 200


def test_without_a_valkey_searching_goes_on(database: Settings, world: SimpleNamespace, app: Flask) -> None:
    alone = live_app(database, "redis://127.0.0.1:1/0")
    for _ in range(3):
        assert world.golf.public_id in ids(alone)


def test_the_most_wanted_searches_are_made_in_advance_and_not_counted(
    world: SimpleNamespace, app: Flask, valkey: Any
) -> None:
    counts = Counts(lambda: valkey, clock=(hand := Hand()))
    for _ in range(3):
        counts.add(NORTH, f"{GOLF}&page=1&size=24")
    hand.now += 3
    counts.add(MARKET, "/-/search?lang=de&q=once&page=1&size=24")
    warming = Warming(runtime.settings(), app)
    assert warming.warm() == 1
    assert kept(valkey) == 1
    before = valkey.zrange(f"searches:{NORTH}", 0, -1, withscores=True)
    assert warming.warm() == 1
    assert kept(valkey) == 1
    assert valkey.zrange(f"searches:{NORTH}", 0, -1, withscores=True)[0][1] < before[0][1]


def test_searches_are_counted_in_one_go_and_the_most_wanted_come_first(valkey: Any) -> None:
    hand = Hand()
    counts = Counts(lambda: valkey, clock=hand)
    for address, times in (("/-/search?q=golf", 5), ("/-/search?q=bmw", 3), ("/-/search?q=once", 1)):
        for _ in range(times):
            counts.add("north-cars.localhost", address)
    assert valkey.keys("searches*") == []
    hand.now += 3
    counts.add("north-cars.localhost", "/-/search?q=golf")
    host = "north-cars.localhost"
    assert most_wanted(valkey, 10) == [(host, "/-/search?q=golf"), (host, "/-/search?q=bmw")]


def test_what_nobody_searches_any_more_is_forgotten(valkey: Any) -> None:
    hand = Hand()
    counts = Counts(lambda: valkey, clock=hand)
    for _ in range(5):
        counts.add("localhost", "/-/search?q=golf")
    hand.now += 3
    counts.add("localhost", "/-/search?q=golf")
    for _ in range(40):
        most_wanted(valkey, 10)
    assert valkey.keys("searches*") == []
