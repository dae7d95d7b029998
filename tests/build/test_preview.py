"""Previews show what a publish would make, to the byte, and change nothing that is there."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from builder import jobs, preview, previewing
from builder.models import Preview, SiteRelease
from builder.preview import Plan
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.changes import mark
from storefront.core.db import db
from storefront.domain.dealers.actions import set_status
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings import scheduling as offers
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.stores.actions import set_theme, switch
from storefront.domain.stores.models import Store
from tests.build.conftest import Installation, read_tree
from tests.conftest import NOW, TODAY
from tests.factories import make_listing

NORTH = "north-cars.localhost"
LATER = NOW + timedelta(hours=3)
SHOWN = re.compile(rb"/((?:i|a|m)/[A-Za-z0-9._-]+\.[a-z0-9]+)")


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock stand at the world's moment."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def shown(built: Installation, store: Store, plan: Plan | None = None, as_of: date = TODAY) -> dict[str, bytes]:
    """Open a preview, build it, and give its files."""
    wanted = replace(plan or Plan(), as_of=as_of)
    made = perform(preview.open_preview, store, wanted, settings=built.settings, now=NOW, actor="test").unwrap()
    jobs.build_preview(str(made.id))
    db.session.expire_all()
    assert db.session.get_one(Preview, made.id).built_at is not None
    return read_tree(folder(built, made))


def folder(built: Installation, made: Preview) -> Path:
    return previewing.folder_of(built.settings, made.host) / "current"


def pages(files: dict[str, bytes]) -> dict[str, bytes]:
    others = ("a/", "i/", "m/", "favicon.ico")
    return {
        path: content
        for path, content in files.items()
        if not path.startswith(others) and not path.endswith((".br", ".gz"))
    }


def test_a_preview_of_what_is_published_is_what_is_served(built: Installation) -> None:
    found = shown(built, built.world.north_store)
    assert pages(found) == built.pages(NORTH)
    named = {path.decode() for content in pages(found).values() for path in SHOWN.findall(content)}
    assert {path for path in named if not path.startswith("a/") and path not in found} == set()
    assert any(path.startswith("i/") for path in found)
    assert b'href="http://north-cars.localhost:8000/' in found["index.html"]
    assert not any(b".preview." in content for content in pages(found).values())


def test_a_preview_in_another_theme_is_what_its_publish_makes(built: Installation) -> None:
    store = built.world.north_store
    before = built.files(NORTH)
    theme = "noir"
    found = shown(built, store, Plan(theme=theme, settings={}))
    assert built.files(NORTH) == before
    assert pages(found) != built.pages(NORTH)
    perform(set_theme, store, theme, {}, now=NOW, actor="test").unwrap()
    built.publish(store)
    assert pages(found) == built.pages(NORTH)


def test_a_preview_with_waiting_cars_is_what_the_publish_after_their_time_makes(built: Installation) -> None:
    store = built.world.north_store
    car = perform(make_listing, built.world.north, offer={"publish_at": LATER}).unwrap()
    word = car.public_id.encode()
    without = shown(built, store)
    assert not any(word in content for content in pages(without).values())
    found = shown(built, store, Plan(with_pending=True))
    assert any(word in content for content in pages(found).values())
    db.session.expire_all()
    assert db.session.get_one(Listing, car.id).status is ListingStatus.PENDING
    perform(offers.offer_due, now=LATER).unwrap()
    built.publish(store)
    assert pages(found) == built.pages(NORTH)


def test_a_preview_of_a_day_to_come_shows_the_cars_planned_until_then(built: Installation) -> None:
    car = perform(make_listing, built.world.north, offer={"publish_at": NOW + timedelta(days=2)}).unwrap()
    word = car.public_id.encode()
    for days, is_there in ((1, False), (2, True)):
        found = shown(built, built.world.north_store, as_of=TODAY + timedelta(days=days))
        assert any(word in content for content in pages(found).values()) is is_there


def test_a_site_that_is_switched_off_is_shown_as_if_it_were_on(built: Installation) -> None:
    store = built.world.north_store
    published = built.pages(NORTH)
    perform(switch, store, False, now=NOW, actor="test").unwrap()
    assert pages(shown(built, store)) == published
    assert not store.active


def test_a_dealer_who_is_not_active_yet_is_shown_as_the_publish_after_it_makes(built: Installation) -> None:
    store, north = built.world.north_store, db.session.get_one(Dealer, built.world.north.id)
    perform(set_status, north, DealerStatus.INACTIVE, now=NOW, actor="test", reason="new").unwrap()
    found = shown(built, store)
    assert any(path.startswith("vehicles/") and path.count("/") > 1 for path in found)
    perform(set_status, north, DealerStatus.ACTIVE, now=NOW, actor="test", reason="begins").unwrap()
    built.publish(store)
    assert pages(found) == built.pages(NORTH)


def test_a_preview_leaves_no_trace_but_itself(built: Installation) -> None:
    def state() -> list[Any]:
        counted = (select(func.count()).select_from(SiteRelease), select(func.count()).select_from(Listing))
        return [mark(), *(db.session.scalar(one) for one in counted)]

    before, sites = state(), sorted(path.name for path in built.settings.sites.iterdir())
    shown(built, built.world.market_store, Plan(with_pending=True))
    assert state() == before
    assert sorted(path.name for path in built.settings.sites.iterdir()) == sites


def test_a_preview_that_was_ended_before_it_was_built_is_not_built(built: Installation) -> None:
    made = perform(
        preview.open_preview, built.world.north_store, Plan(), settings=built.settings, now=NOW, actor="test"
    ).unwrap()
    number, place = str(made.id), folder(built, made)
    perform(preview.end_preview, made, now=NOW, actor="test").unwrap()
    jobs.build_preview(number)
    assert not place.exists()


def test_a_preview_that_cannot_be_drawn_says_why(built: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("a broken template")

    made = perform(
        preview.open_preview, built.world.north_store, Plan(), settings=built.settings, now=NOW, actor="test"
    ).unwrap()
    monkeypatch.setattr(previewing, "open_pages", broken)
    with pytest.raises(RuntimeError, match="broken template"):
        jobs.build_preview(str(made.id))
    db.session.expire_all()
    assert "a broken template" in (db.session.get_one(Preview, made.id).failure or "")
