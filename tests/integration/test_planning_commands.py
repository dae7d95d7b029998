"""`marketplace previews` and `marketplace schedule`: what a person types and reads."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import wsgi  # noqa: TID251 - the command as people call it
from builder import preview
from builder.models import SiteState
from builder.preview import Plan
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from tests.conftest import NOW, SECRET
from tests.factories import make_listing


@pytest.fixture
def run(world: SimpleNamespace, database: Settings, monkeypatch: pytest.MonkeyPatch):
    """Give a function that runs a command on the world's installation."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(database.instance))
    monkeypatch.setenv("SECRET_KEY", SECRET)

    def command(*words: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(wsgi.marketplace, words)
        assert (result.exit_code != 0) is fails, result.output
        return result

    return command


def test_cars_are_planned_shown_and_cancelled_on_the_marketplaces_clocks(run, world: SimpleNamespace) -> None:
    later = NOW.replace(day=28)
    car = perform(make_listing, world.north, offer={"publish_at": later}).unwrap().public_id
    assert f"Saturday 28 November 2026, 10:00 in Europe/Berlin (2026-11-28 09:00 UTC)  {car}" in run("schedule").output
    planned = run("schedule", "car", car, "--at", "2026-12-01 08:00")
    assert "Tuesday 1 December 2026, 08:00 in Europe/Berlin (2026-12-01 07:00 UTC)" in planned.output
    assert "is no time" in run("schedule", "car", car, "--at", "soon", fails=True).output
    run("schedule", "cancel", car)
    assert "Nothing is planned" in run("schedule").output
    assert "not scheduled" in run("schedule", "cancel", car, fails=True).output


def test_a_site_is_planned_with_publish_and_stays_held_when_that_is_cancelled(run, world: SimpleNamespace) -> None:
    store = world.north_store

    def built() -> None:
        state = SiteState(store_id=store.id, tenant_id=store.tenant_id, dealer_id=store.dealer_id, mark=0, fence=1)
        state.release = "00000001"
        db.session.add(state)

    perform(built).unwrap()
    said = run("publish", "north-cars.localhost", "--at", "2026-12-01 08:00").output
    assert "is held from now on and published on Tuesday 1 December 2026, 08:00" in said
    line = next(line for line in run("schedule").output.splitlines() if "site north-cars.localhost" in line)
    number = line.split("UTC)")[1].split()[0]
    assert "is held" in run("publish", "north-cars.localhost", fails=True).output
    run("schedule", "cancel", number)
    assert "Nothing is planned" in run("schedule").output
    assert (
        "--at publishes later"
        in run("publish", "north-cars.localhost", "--at", "2026-12-01 08:00", "--resume", fails=True).output
    )


def test_previews_are_listed_and_ended(run, world: SimpleNamespace, database: Settings) -> None:
    made = perform(preview.open_preview, world.north_store, Plan(), settings=database, now=NOW, actor="Ada").unwrap()
    host = made.host
    listed = run("previews").output
    assert f"http://{host}:8000/  north-cars.localhost  being built  until Wednesday 2 December 2026" in listed
    run("previews", "end", host[:10])
    assert run("previews").output == ""
    assert "no preview" in run("previews", "end", host[:10], fails=True).output
