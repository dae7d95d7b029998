"""The life of an index on every engine: changes in few commits, rebuilds, verification, a new day (SPEC 11, 31, 58)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import update

import wsgi  # noqa: TID251 - the command as people call it
from search import following, jobs, meili, meili_access, verify
from search.documents import all_documents, documents_of
from search.errors import SearchUnavailable
from search.index import Index, Progress, open_index
from search.query import Facet, Query
from storefront.core import changes, config
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.dealers.actions import update_dealer
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.actions import change_price, mark_sold
from storefront.domain.listings.models import Listing, PriceReason
from storefront.domain.valuation.models import Valuation
from tests.conftest import NOW, SECRET
from tests.engines import MASTER_KEY, UNHURRIED
from tests.factories import make_listing
from tests.integration.live import drain
from tests.servers.meili import Server

pytestmark = pytest.mark.parametrize("settings", ["embedded", "protocol"], indirect=True)


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Give the settings of an installation with the embedded engine, or with a server."""
    common = {"marketplace_instance": tmp_path / "instance", "secret_key": SECRET, "redis_url": redis_url}
    if request.param == "embedded":
        yield config.load({}, **common)
        return
    monkeypatch.setattr(meili, "SEARCH_SECONDS", UNHURRIED)
    monkeypatch.setattr(meili_access, "KEY_SECONDS", UNHURRIED)
    with Server(MASTER_KEY) as server:
        yield config.load({}, meilisearch_url=server.url, meilisearch_key=MASTER_KEY, **common)


@pytest.fixture
def index(world: SimpleNamespace, database: Settings) -> Index:
    """Give the named world's index, filled."""
    opened = open_index(world.tenant.id, database)
    following.rebuild(opened)
    return opened


@contextmanager
def counting(index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """Note how many documents and deletions each commit of the index brings."""
    commits: list[tuple[int, int]] = []
    whole = index.apply

    def noted(documents: Any, deletions: Any, progress: Progress | None = None) -> None:
        some, gone = list(documents), list(deletions)
        commits.append((len(some), len(gone)))
        whole(some, gone, progress)

    with monkeypatch.context() as patch:
        patch.setattr(index, "apply", noted)
        yield commits


def held(index: Index) -> dict[UUID, int]:
    """Give what the index says it holds."""
    return dict(index.ids())


def truth() -> dict[UUID, int]:
    """Give what it should hold."""
    return {document.id: document.stamp() for document in all_documents()}


def reprice(listing_id: UUID, cents: int) -> None:
    """Give a car another price."""
    perform(
        change_price, db.session.get_one(Listing, listing_id), cents, reason=PriceReason.PROMOTION, now=NOW, actor="x"
    ).unwrap()


def test_what_an_index_says_it_holds_is_what_the_database_offers(index: Index) -> None:
    assert held(index) == truth()
    assert held(index)


def test_many_changes_at_once_are_one_commit(
    index: Index, world: SimpleNamespace, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = db.session.get_one(Dealer, world.north.id)
    drain(redis_url)
    for number in range(30):
        perform(make_listing, north, model=f"Modell{number}").unwrap()
    reprice(world.golf.id, 1_00)
    with counting(index, monkeypatch) as commits:
        drain(redis_url)
    assert commits == [(31, 31)]
    assert held(index) == truth()
    assert index.search(Query("modell17", dealer_id=north.id)).total == 1


def test_a_change_that_no_event_tells_of_is_followed_with_the_next_one(index: Index, world: SimpleNamespace) -> None:
    db.session.execute(update(Listing).where(Listing.id == world.golf.id).values(description="Ein Unikat"))
    db.session.commit()
    following.follow(index)
    assert index.search(Query("unikat", dealer_id=world.north.id)).ids == (world.golf.id,)


def test_a_dealers_new_name_brings_all_its_cars_in_line_and_nobody_elses(
    index: Index, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = db.session.get_one(Dealer, world.north.id)
    own = sum(document.dealer_id == north.id for document in all_documents())
    perform(update_dealer, north, {"name": "Zwiebelturm Automobile"}, now=NOW, actor="x").unwrap()
    with counting(index, monkeypatch) as commits:
        following.follow(index)
    assert [documents for documents, _ in commits] == [own]
    assert held(index) == truth()


def test_what_concerns_no_document_costs_no_commit(
    index: Index, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = db.session.get_one(Dealer, world.north.id)
    perform(update_dealer, north, {"phone": "040 66969124"}, now=NOW, actor="x").unwrap()
    with counting(index, monkeypatch) as commits:
        assert following.follow(index) == 0
    assert commits == []


def test_following_twice_or_in_vain_changes_nothing(
    index: Index, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reprice(world.golf.id, 1_00)
    assert following.follow(index) == 1
    before = index.progress()
    assert following.follow(index) == 0
    assert index.progress() == before == Progress(changes.mark(), before.day)


def test_a_follower_that_dies_before_its_commit_loses_nothing(
    index: Index, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reprice(world.golf.id, 1_00)
    with monkeypatch.context() as patch:
        patch.setattr(index, "apply", _dies)
        with pytest.raises(OSError, match="power"):
            following.follow(index)
    following.follow(index)
    assert held(index) == truth()


def _dies(*_: Any) -> None:
    raise OSError("power cut")


def test_an_index_of_another_database_is_made_anew(index: Index, world: SimpleNamespace) -> None:
    with index.exclusive():
        index.apply((), list(held(index)), Progress(changes.mark() + 1000, ""))
    following.follow(index)
    assert held(index) == truth()
    assert index.progress().change == changes.mark()


def test_verify_names_what_is_missing_stale_and_surplus_and_repair_puts_it_right(
    index: Index, world: SimpleNamespace
) -> None:
    golf, other = (next(documents_of([key])) for key in (world.golf.id, _another(world)))
    stranger = replace(golf, id=UUID(int=77))
    with index.exclusive():
        index.apply([replace(golf, price_cents=1), stranger], [other.id])
    found = verify.compare(index)
    assert (found.missing, found.stale, found.surplus) == ((other.id,), (golf.id,), (stranger.id,))
    assert verify.compare(index) == found
    assert verify.repair(index) == replace(found, aged=0)
    assert verify.compare(index).is_true
    assert held(index) == truth()


def _another(world: SimpleNamespace) -> UUID:
    return next(document.id for document in all_documents() if document.id != world.golf.id)


def test_what_is_on_its_way_into_the_index_is_no_difference(index: Index, world: SimpleNamespace) -> None:
    perform(mark_sold, db.session.get_one(Listing, world.golf.id), now=NOW, actor="x").unwrap()
    reprice(_another(world), 1_00)
    perform(make_listing, db.session.get_one(Dealer, world.north.id)).unwrap()
    assert verify.compare(index).is_true
    following.follow(index)
    assert verify.compare(index).is_true


def test_a_new_day_writes_the_cars_whose_quality_it_moved_and_no_others(
    index: Index, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify.repair(index)
    with counting(index, monkeypatch) as commits:
        jobs.renew()
    assert sum(documents for documents, _ in commits) == 0
    before = {document.id: document.quality for document in all_documents()}
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        verify.repair(index)
    with time_machine.travel(NOW + timedelta(days=407), tick=False):
        old = verify.repair(index)
        after = {document.id: document.quality for document in all_documents()}
    assert old.aged == 0
    assert any(before[key] != after[key] for key in before)
    assert before.keys() == after.keys()


def test_a_label_that_runs_out_overnight_is_no_fault_and_leaves_with_the_new_day(
    index: Index, world: SimpleNamespace
) -> None:
    golf, own = db.session.get_one(Listing, world.golf.id), world.north.id
    day = date.fromisoformat(index.progress().day)
    worth = {"estimated_cents": 1, "market_cents": 1, "trade_in_cents": 1, "retail_cents": 1, "facts": "x"}
    db.session.add(
        Valuation(
            listing_id=golf.id, dealer_id=own, price_cents=golf.price_cents, label="good", valued_at=NOW,
            valued_on=day, expires_on=day, **worth,
        )
    )  # fmt: skip
    db.session.commit()
    following.follow(index)
    good = Query(chosen=((Facet.LABEL, ("good",)),), dealer_id=own)
    assert index.search(good).ids == (golf.id,)
    with time_machine.travel(datetime.combine(day + timedelta(days=1), time(9), UTC), tick=False):
        assert verify.compare(index).is_true
        found = verify.repair(index)
        assert found.is_true
        assert found.aged >= 1
        assert index.search(good).total == 0


def test_quality_of_another_day_is_that_of_a_document_made_on_it(index: Index) -> None:
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        later = {document.id: document.quality for document in all_documents()}
    for document in all_documents():
        assert document.quality_on((NOW + timedelta(days=9)).date()) == later[document.id]


def test_an_outage_is_raised_and_what_was_to_be_done_is_done_after_it(
    index: Index, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reprice(world.golf.id, 1_00)
    with monkeypatch.context() as patch:
        patch.setattr(index, "progress", _unavailable)
        with pytest.raises(SearchUnavailable):
            jobs.follow()
    jobs.follow()
    assert held(index) == truth()


def _unavailable() -> Progress:
    raise SearchUnavailable("no answer in time")


# -- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def run(world: SimpleNamespace, database: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give a function that runs a command on this installation."""
    for name in ("meilisearch_url", "meilisearch_key"):
        monkeypatch.setenv(name.upper(), getattr(database, name))
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(database.instance))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    return lambda *words: CliRunner().invoke(wsgi.marketplace, words)


def test_the_commands_rebuild_verify_and_repair(
    index: Index, world: SimpleNamespace, run: Callable[..., Result]
) -> None:
    number, golf = len(truth()), world.golf.id
    built = run("search", "rebuild")
    assert (built.exit_code, f"{number} cars can be found" in built.stdout) == (0, True), built.output
    assert run("search", "verify").exit_code == 0
    with index.exclusive():
        index.apply((), [golf])
    wrong = run("search", "verify")
    assert wrong.exit_code == 1
    assert f"missing: 1 ({golf})" in wrong.stdout
    assert "--repair" in wrong.stdout
    mended = run("search", "verify", "--repair", "--json", "-")
    assert mended.exit_code == 0
    assert json.loads(mended.stdout)["indexes"][0]["missing"] == [str(golf)]
    assert run("search", "verify").exit_code == 0


def test_verify_says_how_to_make_an_index_that_is_not_there(run: Callable[..., Result]) -> None:
    result = run("search", "verify")
    assert result.exit_code == 1
    assert "run `marketplace search rebuild`" in result.output


def test_keys_are_told_where_there_is_a_server(run: Callable[..., Result], database: Settings) -> None:
    result = run("search", "keys")
    if database.meilisearch_url:
        told = dict(line.split("=", 1) for line in result.stdout.splitlines())
        assert told.keys() == {"MEILISEARCH_KEY", "MEILISEARCH_SEARCH_KEY"}
        assert MASTER_KEY not in result.output
        config.load(told, meilisearch_url=database.meilisearch_url)
    else:
        assert (result.exit_code, "MEILISEARCH_URL is not set" in result.output) == (1, True)
