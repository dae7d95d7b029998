"""The way back: an earlier release is served again, nothing is published over it, and search and status stay true."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from builder import holding, releases_cli
from builder.holding import roll_back
from builder.models import SiteRelease, SiteState
from builder.releases import site_folder
from builder.sites import key_of
from storefront.core import config
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import PriceReason
from storefront.domain.stores import actions as stores
from tests.build.conftest import Installation
from tests.conftest import NOW, SECRET, TODAY
from tests.factories import make_listing

NORTH = "north-cars.localhost"


def cheaper(built: Installation, cents: int) -> None:
    golf, reason = built.world.golf, PriceReason.PROMOTION
    perform(listings.change_price, golf, cents, reason=reason, now=NOW, actor="test").unwrap()
    built.publish(built.world.north_store)


def back(built: Installation, to: str | None = None) -> holding.Rollback:
    key = key_of(built.world.north_store)
    return roll_back(key, to, settings=built.settings, today=TODAY, actor="test")


def html(built: Installation) -> dict[str, bytes]:
    return {path: page for path, page in built.pages(NORTH).items() if path != "status.json"}


def test_the_release_before_is_served_again_under_a_new_number(built: Installation) -> None:
    first = html(built)
    cheaper(built, 18_990_00)
    second = html(built)
    done = back(built)
    assert html(built) == first
    assert (done.left, done.of, done.release) == ("00000002", "00000001", "00000003")
    differing = {path for path in first if first[path] != second[path]}
    assert {page.lstrip("/") + ("index.html" if page.endswith("/") else "") for page in done.differences.changed} == (
        differing
    )
    assert (done.differences.added, done.differences.removed) == ((), ())
    assert site_folder(built.settings, NORTH).live_name() == "00000003"


def test_going_back_again_goes_one_further(built: Installation) -> None:
    first = html(built)
    cheaper(built, 18_990_00)
    second = html(built)
    cheaper(built, 17_990_00)
    assert back(built).of == "00000002"
    assert html(built) == second
    assert back(built).of == "00000001"
    assert html(built) == first
    with pytest.raises(DomainError, match="keeps no release before 00000001"):
        back(built)
    assert back(built, "3").of == "00000003"


def test_cars_that_came_since_lose_their_pages_and_the_difference_says_so(built: Installation) -> None:
    car = perform(make_listing, built.world.north).unwrap()
    built.publish(built.world.north_store)
    assert any(car.public_id in path for path in built.pages(NORTH))
    done = back(built)
    assert not any(car.public_id in path for path in built.pages(NORTH))
    assert any(car.public_id in page for page in done.differences.removed)
    assert back(built, "2").differences.added == done.differences.removed


def test_a_held_site_is_published_by_nobody_until_somebody_resumes(built: Installation) -> None:
    first = html(built)
    cheaper(built, 18_990_00)
    back(built)
    report = built.build()
    assert report.held == [NORTH]
    with pytest.raises(DomainError, match="held"):
        built.publish(built.world.north_store)
    assert html(built) == first
    store = built.world.north_store
    assert perform(holding.resume, store.id, now=NOW, actor="test").unwrap()
    assert not perform(holding.resume, store.id, now=NOW, actor="test").unwrap()
    built.publish(store)
    reference = built.drawn_afresh(store)
    assert {path: page for path, page in html(built).items() if path in reference} == {
        path: page for path, page in reference.items() if path != "status.json"
    }


def test_hold_and_resume_stand_in_the_trail_with_their_reason(built: Installation) -> None:
    cheaper(built, 18_990_00)
    back(built)
    held = holding.hold_of(built.world.north_store.id)
    assert held is not None
    assert held.by == "test: from 00000002 back to 00000001"
    perform(holding.resume, built.world.north_store.id, now=NOW, actor="test").unwrap()
    trail = select(AuditEntry).where(AuditEntry.actor == "test").order_by(AuditEntry.dealer_id, AuditEntry.number)
    acts = [entry.action for entry in db.session.scalars(trail)]
    assert acts[-2:] == ["hold_site", "resume_site"]
    assert holding.hold_of(built.world.north_store.id) is None


def test_the_status_file_is_not_taken_back(built: Installation) -> None:
    before = built.files(NORTH).get("status.json")
    perform(listings.mark_sold, built.world.golf, now=NOW + timedelta(hours=1), actor="test").unwrap()
    built.publish(built.world.north_store)
    newest = built.files(NORTH).get("status.json")
    back(built)
    assert built.files(NORTH).get("status.json") == newest
    assert newest is not None
    assert newest != before


def test_styles_of_the_release_that_was_left_linger_for_pages_that_are_open(built: Installation) -> None:
    perform(stores.set_theme, built.world.north_store, "classic", {"accent": "#0b4f8a"}, now=NOW, actor="test")
    built.publish(built.world.north_store)
    newer = {path for path in built.files(NORTH) if path.startswith("a/")}
    back(built)
    assert newer <= {path for path in built.files(NORTH) if path.startswith("a/")}


def test_a_release_that_is_not_kept_is_named_and_nothing_changes(built: Installation) -> None:
    before = html(built)
    with pytest.raises(NotFound, match="keeps no release 77; kept: 00000001"):
        back(built, "77")
    assert html(built) == before
    assert holding.hold_of(built.world.north_store.id) is None


def test_a_way_back_the_disk_refuses_leaves_what_is_served_and_says_why(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheaper(built, 18_990_00)
    before = html(built)

    def refuse(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("builder.disk.point", refuse)
    with pytest.raises(OSError, match="No space"):
        back(built)
    assert html(built) == before
    row = db.session.scalars(select(SiteRelease).order_by(SiteRelease.name.desc())).first()
    assert row is not None
    assert "No space" in (row.failure or "")
    state = db.session.scalars(select(SiteState).where(SiteState.store_id == built.world.north_store.id)).one()
    assert state.leased_by is None


def run(built: Installation, *words: str) -> str:
    """Give a command to this installation."""
    obj = {"settings": config.load({}, marketplace_instance=built.settings.instance, secret_key=SECRET)}
    known = {command.name: command for command in releases_cli.commands}
    result = CliRunner().invoke(known[words[0]], list(words[1:]), obj=obj, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_list_go_back_and_resume(built: Installation, tmp_path: Path) -> None:
    cheaper(built, 18_990_00)
    assert "00000002  served" in run(built, "releases", NORTH)
    told = run(built, "rollback", NORTH, "--json", str(tmp_path / "r.json"))
    assert "00000003 serves the content of 00000001" in told
    assert f"marketplace publish {NORTH} --resume" in told
    said = json.loads((tmp_path / "r.json").read_text())
    assert (said["left"], said["content_of"], said["release"]) == ("00000002", "00000001", "00000003")
    assert said["changed"]
    listed = run(built, "releases", NORTH)
    assert "the content of 00000001" in listed
    assert "held since" in listed
    with pytest.raises(DomainError, match="--resume publishes it again"):
        run(built, "publish", NORTH, "--as-of", TODAY.isoformat())
    run(built, "publish", NORTH, "--resume", "--as-of", TODAY.isoformat())
    run(built, "releases", NORTH, "--json", str(tmp_path / "l.json"))
    said = json.loads((tmp_path / "l.json").read_text())
    assert said["held"] is None
    assert [one["release"] for one in said["releases"]] == ["00000004", "00000003", "00000002", "00000001"]
    assert said["releases"][0]["served"]
    assert said["releases"][1]["content_of"] == "00000001"


def test_cleaning_by_hand_leaves_a_site_as_it_is(built: Installation) -> None:
    before = built.files(NORTH)
    assert "0 files removed" in run(built, "clean")
    assert built.files(NORTH) == before
