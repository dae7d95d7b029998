"""What the next publish would do is said before it does it, and it does no more than that (SPEC 142)."""

import json

import pytest
from click.testing import CliRunner

from builder import planning, planning_cli
from builder.planning import SitePlan
from storefront.core import config
from storefront.core.acts import perform
from storefront.core.errors import NotFound
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import PriceReason
from storefront.domain.stores import actions as stores
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY

NORTH = "north-cars.localhost"


def planned(built: Installation, host: str = NORTH) -> SitePlan:
    """Ask what the next publish of a site would do."""
    (found,) = planning.plan(built.settings, as_of=TODAY, hosts=[host])
    return found


def cheaper(built: Installation) -> None:
    """Lower the price of the Golf."""
    change = {"reason": PriceReason.PROMOTION, "now": NOW, "actor": "test"}
    perform(listings.change_price, built.world.golf, 1_234_00, **change).unwrap()


def test_nothing_is_planned_when_nothing_changed(built: Installation) -> None:
    assert planned(built).as_dict() == {"host": NORTH, "draw": 0, "add": 0, "remove": 0, "whole": None, "changes": []}


def test_a_price_is_planned_with_its_reason_and_drawn_as_planned(built: Installation) -> None:
    cheaper(built)
    plan = planned(built)
    golf = built.world.golf
    own = next(change for change in plan.changes if change.address == f"/vehicles/{golf.slug}-{golf.public_id}/")
    assert own.act == "draw"
    assert f"car {golf.slug}-{golf.public_id} (price)" in own.why
    assert all(change.why for change in plan.changes)
    build = built.publish(built.world.north_store)
    assert (build.rendered, build.removed) == (plan.count("draw") + plan.count("add"), plan.count("remove"))
    assert planned(built).changes == []


def test_pages_that_vanish_are_planned_to_be_removed(built: Installation) -> None:
    golf = built.world.golf
    perform(listings.withdraw, golf, now=NOW, actor="test").unwrap()
    plan = planned(built)
    removed = {change.address for change in plan.changes if change.act == "remove"}
    assert {f"/vehicles/{golf.slug}-{golf.public_id}/", f"/q/{golf.public_id}.svg"} <= removed
    assert built.publish(built.world.north_store).removed == len(removed)


def test_a_site_that_was_never_built_is_drawn_as_a_whole_and_says_why(installation: Installation) -> None:
    plan = planned(installation)
    assert plan.whole == "nothing is served yet"
    assert plan.count("add") > 20
    assert {change.why for change in plan.changes} == {("nothing is served yet",)}


def test_a_changed_setting_of_the_theme_is_named_as_the_reason(built: Installation) -> None:
    perform(stores.set_theme, built.world.north_store, "classic", {"accent": "#0b4f8a"}, now=NOW, actor="test").unwrap()
    plan = planned(built)
    assert plan.changes
    reasons = {reason for change in plan.changes for reason in change.why} | {plan.whole}
    assert any(
        reason and ("setting:accent" in reason or "asset:" in reason or "shares" in reason) for reason in reasons
    )


def test_planning_an_unknown_host_is_refused(built: Installation) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.example"):
        planning.plan(built.settings, as_of=TODAY, hosts=["nowhere.example"])


def test_what_a_page_depends_on_is_told_in_words(built: Installation) -> None:
    golf = built.world.golf
    found = planning.why(built.settings, f"http://{NORTH}/vehicles/{golf.slug}-{golf.public_id}/", as_of=TODAY)
    assert found.kind == "vehicle"
    assert found.release == "00000001"
    assert {"price", "photos"} <= set(found.reads[f"car {golf.slug}-{golf.public_id}"])
    assert "code" in found.ingredients
    assert f"store {built.world.north_store.host}" in found.shared


def test_a_page_that_is_not_there_depends_on_nothing(built: Installation) -> None:
    with pytest.raises(NotFound, match="has no page /nothing/"):
        planning.why(built.settings, f"{NORTH}/nothing/", as_of=TODAY)
    with pytest.raises(NotFound, match="No site of that host"):
        planning.why(built.settings, "https://nowhere.example/", as_of=TODAY)


def test_the_commands_say_it_on_the_console_and_as_json(built: Installation) -> None:
    settings = config.load({}, marketplace_instance=built.settings.instance, secret_key=built.settings.secret_key)
    console, obj = CliRunner(), {"settings": settings, "tenant": None}
    cheaper(built)
    said = console.invoke(planning_cli.plan, [NORTH], obj=obj)
    assert said.exit_code == 0, said.output
    assert f"{NORTH}: this change alters " in said.output
    told = console.invoke(planning_cli.plan, ["--json"], obj=obj)
    assert {host["host"] for host in json.loads(told.output)["hosts"]} >= {NORTH, "localhost"}
    why = console.invoke(planning_cli.why, [f"http://{NORTH}/"], obj=obj)
    assert "reads like every page" in why.output
