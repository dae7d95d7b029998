"""Publishing as a whole: faults stay out, single bad cars and photos are left out, two builders never mix."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from builder import actions, cli, jobs, queries, runs, sites, staleness
from builder.draft import BuildFailed
from builder.events import SitesStale
from builder.models import SiteFile, SiteReads, SiteRelease, SiteState
from builder.releases import site_folder
from builder.site_pages import SitePages
from builder.sites import GateClosed, key_of, publish
from storefront.core import config, tasks
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit, relay
from storefront.core.tasks import Task
from storefront.core.tenancy import acting
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, Photo, PhotoState, PriceReason
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.stores import actions as stores
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import PageKind, PageRef
from storefront.pages.rendering import Rendered, drawn
from tests.build.conftest import Installation, read_tree
from tests.conftest import NOW, TODAY
from tests.factories import make_listing

NORTH, SOUTH, MARKET = "north-cars.localhost", "south-motors.localhost", "localhost"
AFTER = [NORTH, SOUTH, MARKET]


def cheaper(world: SimpleNamespace, cents: int = 19_990_00) -> None:
    listings.change_price(world.golf, cents, reason=PriceReason.PROMOTION, now=NOW, actor="test")


def spoil(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Let the pages whose address has one of these words fail to render."""

    def failing(pages: SitePages, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        for page in drawn(pages.view, refs):
            if any(word in page.ref.path for word in words):
                raise ValueError("a value nobody expected")
            yield page

    monkeypatch.setattr(SitePages, "draw", failing)


def test_the_report_is_the_documented_one(installation: Installation) -> None:
    report = installation.build().as_dict()
    assert list(report) == ["hosts", "seconds"]
    assert sorted(host["host"] for host in report["hosts"]) == sorted(AFTER)
    for host in report["hosts"]:
        assert list(host) == ["host", "pages", "rendered", "reused", "removed", "seconds"]
        assert host["pages"] == host["rendered"] > 20
        assert (host["reused"], host["removed"]) == (0, 0)


def test_every_page_has_its_compressed_copies_and_its_pictures(built: Installation) -> None:
    files = built.files(NORTH)
    assert {"index.html.br", "index.html.gz", "favicon.ico", "robots.txt"} <= files.keys()
    assert [path for path in files if path.startswith("i/") and path.endswith("-720.webp")]


def test_the_state_of_a_site_is_recorded(built: Installation) -> None:
    stand = queries.standing(built.world.north_store.id)
    assert stand is not None
    assert (stand.as_of, stand.release) == (TODAY, "00000001")
    (release,) = queries.last_builds(built.world.north_store.id)
    assert (release.failure, release.pages, release.rendered) == (None, release.pages, release.pages)
    pages = select(func.count()).where(SiteFile.site == stand.number, SiteFile.kind.is_not(None))
    assert db.session.scalar(pages) == release.pages
    assert db.session.scalar(select(func.count()).select_from(SiteReads)) > 500


def test_one_car_that_cannot_be_drawn_is_left_out_and_said(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built.pages(NORTH)
    spoil(monkeypatch, built.world.golf.public_id)
    perform(cheaper, built.world).unwrap()
    build = built.publish(built.world.north_store)
    assert len(build.warnings) == 2
    assert all("a value nobody expected" in warning for warning in build.warnings)
    after = built.pages(NORTH)
    golf = next(path for path in after if built.world.golf.public_id in path)
    assert after[golf] == before[golf]
    assert after["vehicles/index.html"] != before["vehicles/index.html"]


def test_too_many_cars_that_cannot_be_drawn_stop_the_build(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built.files(NORTH)
    own = db.session.scalars(select(Listing).where(Listing.dealer_id == built.world.north.id).limit(3)).all()
    spoil(monkeypatch, *(listing.public_id for listing in own))
    for listing in own:
        perform(listings.update_listing, listing, {"description": "x"}, now=NOW, actor="test")
    with pytest.raises(BuildFailed, match="cars cannot be drawn"):
        built.publish(built.world.north_store)
    assert built.files(NORTH) == before
    assert "cannot be drawn" in (queries.last_builds(built.world.north_store.id, 1)[0].failure or "")


def test_any_other_page_that_cannot_be_drawn_stops_the_build(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, "/contact/")
    perform(stores.set_theme, built.world.north_store, "classic", {"accent": "#0b4f8a"}, now=NOW, actor="test")
    with pytest.raises(BuildFailed, match="/contact/ cannot be drawn: ValueError"):
        built.publish(built.world.north_store)


def test_a_photo_that_cannot_be_decoded_leaves_the_pages(built: Installation) -> None:
    bad = photo_store(built.settings).put(b"\xff\xd8\xff no picture at all")

    def swap_photo() -> None:
        photo = db.session.scalars(select(Photo).where(Photo.listing_id == built.world.golf.id, Photo.primary)).one()
        photo.content_hash = bad

    perform(swap_photo).unwrap()
    report = built.build()
    assert [build.failure for build in report.hosts] == [None, None, None]
    assert sum("cannot be read" in w or "damaged" in w for build in report.hosts for w in build.warnings) == 1
    db.session.expire_all()
    photo = db.session.scalars(select(Photo).where(Photo.content_hash == bad)).one()
    assert photo.state is PhotoState.FAILED
    assert not any(bad[:20] in page.decode("utf-8", "replace") for page in built.pages(NORTH).values())


def test_a_fault_closes_the_gate_and_names_page_and_rule(built: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    before = built.files(NORTH)

    def faulty(pages: SitePages, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        for page in drawn(pages.view, refs):
            wrong = page.content.replace(b"</main>", b'<a href="/nowhere/">x</a></main>')
            yield replace(page, content=wrong) if "golf" in page.ref.path else page

    monkeypatch.setattr(SitePages, "draw", faulty)
    perform(cheaper, built.world).unwrap()
    with pytest.raises(GateClosed, match=r"/vehicles/volkswagen-golf.* link: '/nowhere/' leads nowhere"):
        built.publish(built.world.north_store)
    assert built.files(NORTH) == before
    monkeypatch.undo()
    assert built.publish(built.world.north_store).rendered > 0
    assert built.files(NORTH) != before


def test_a_page_wrongly_taken_over_is_drawn_when_it_links_to_a_page_that_is_gone(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(listings.withdraw, built.world.golf, now=NOW, actor="test").unwrap()
    monkeypatch.setattr(staleness, "_readers", lambda site, keys: set())
    build = built.publish(built.world.north_store)
    assert build.rendered == build.pages
    monkeypatch.undo()
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)


def test_files_of_older_pages_linger_for_thirty_days(built: Installation) -> None:
    from datetime import timedelta

    (old,) = built.served(NORTH).glob("a/site.*.css")
    perform(stores.set_theme, built.world.north_store, "classic", {"accent": "#0b4f8a"}, now=NOW, actor="test")
    built.build()
    assert (built.served(NORTH) / "a" / old.name).is_file()
    assert len(list(built.served(NORTH).glob("a/site.*.css"))) == 2
    built.build(as_of=TODAY + timedelta(days=30))
    assert (built.served(NORTH) / "a" / old.name).is_file()
    built.build(as_of=TODAY + timedelta(days=31))
    assert not (built.served(NORTH) / "a" / old.name).exists()


def test_a_site_that_is_switched_off_is_served_no_more(built: Installation) -> None:
    perform(stores.switch, built.world.north_store, False, now=NOW, actor="test").unwrap()
    assert built.build().retired == [NORTH]
    assert not built.served(NORTH).exists()
    assert built.served(SOUTH).exists()


def test_a_site_that_comes_back_goes_on_serving_what_copies_of_its_pages_load(built: Installation) -> None:
    (old,) = built.served(NORTH).glob("a/site.*.css")
    perform(stores.switch, built.world.north_store, False, now=NOW, actor="test").unwrap()
    built.build()
    perform(stores.set_theme, built.world.north_store, "classic", {"accent": "#0b4f8a"}, now=NOW, actor="test")
    perform(stores.switch, built.world.north_store, True, now=NOW, actor="test").unwrap()
    built.build()
    assert (built.served(NORTH) / "a" / old.name).is_file()
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)


def test_a_host_that_another_site_takes_over_serves_nothing_of_the_first(built: Installation) -> None:
    def moved(store: Store, domain: str | None) -> None:
        perform(stores.set_custom_domain, store, domain, now=NOW, actor="test").unwrap()
        assert not [build.failure for build in built.build().hosts if build.failure]

    def pictures(host: str) -> set[str]:
        return {path for path in built.files(host) if path.startswith("i/")}

    moved(built.world.north_store, "cars.example")
    of_north = pictures("cars.example") - pictures(SOUTH)
    moved(built.world.north_store, None)
    moved(built.world.south_store, "cars.example")
    assert of_north
    assert not of_north & pictures("cars.example")


def test_a_site_that_moves_to_its_own_domain_leaves_its_old_host(built: Installation) -> None:
    from builder.check import check_sites

    perform(stores.set_custom_domain, built.world.north_store, "cars.example", now=NOW, actor="test").unwrap()
    built.build()
    assert not built.served(NORTH).exists()
    assert b"//cars.example" in built.pages("cars.example")["index.html"]
    assert check_sites(built.settings).is_clean


def test_a_worker_leaves_the_old_host_as_well_and_comes_back_to_it(built: Installation) -> None:
    tenant_id = built.world.tenant.id
    for domain, served in (("cars.example", "cars.example"), (None, NORTH)):
        perform(stores.set_custom_domain, built.world.north_store, domain, now=NOW, actor="test").unwrap()
        runs.publish_stale(tenant_id, built.settings, as_of=TODAY)
        assert {host for host in (NORTH, "cars.example") if built.served(host).exists()} == {served}


def test_an_old_host_is_served_until_the_new_one_is(built: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(*_given: object, **_named: object) -> None:
        raise OSError("the disk is full")

    perform(stores.set_custom_domain, built.world.north_store, "cars.example", now=NOW, actor="test").unwrap()
    with monkeypatch.context() as broken:
        broken.setattr(runs, "publish", failed)
        assert built.build().retired == []
        with pytest.raises(BuildFailed, match="disk is full"):
            runs.publish_stale(built.world.tenant.id, built.settings, as_of=TODAY)
        assert built.served(NORTH).exists()
    built.build()
    assert not built.served(NORTH).exists()


def test_an_older_builder_cannot_switch(built: Installation) -> None:
    store_id = built.world.north_store.id
    older = perform(actions.take_turn, store_id, after=0, machine="here", now=NOW).unwrap()
    newer = perform(actions.take_turn, store_id, after=0, machine="here", now=NOW).unwrap()
    assert newer.fence == older.fence + 1
    assert not perform(actions.check_turn, older)
    assert perform(actions.check_turn, newer)


def test_a_site_another_machine_is_building_is_left_alone(built: Installation) -> None:
    from storefront.core import clock

    perform(actions.take_turn, built.world.north_store.id, after=0, machine="elsewhere", now=clock.now()).unwrap()
    with pytest.raises(DomainError, match="being built on elsewhere"):
        built.publish(built.world.north_store)


def test_a_folder_newer_than_the_database_is_published_over(built: Installation) -> None:
    """A database restored from yesterday knows fewer releases than the folder has."""

    def forget() -> None:
        state = db.session.scalars(select(SiteState).where(SiteState.store_id == built.world.north_store.id)).one()
        state.fence, state.release, state.mark = 0, None, 0
        for release in db.session.scalars(select(SiteRelease)):
            db.session.delete(release)

    perform(cheaper, built.world).unwrap()
    built.build()
    perform(forget).unwrap()
    perform(cheaper, built.world, 18_990_00).unwrap()
    build = built.publish(built.world.north_store)
    assert build.release == "00000003"
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)


def test_lost_files_are_made_again(built: Installation) -> None:
    import shutil

    before = built.files(NORTH)
    shutil.rmtree(built.settings.sites / NORTH)
    built.build()
    assert built.files(NORTH) == before


def test_several_processes_give_the_same_bytes(installation: Installation) -> None:
    installation.build(jobs=2)
    two = {host: installation.files(host) for host in AFTER}
    folder = installation.settings.instance
    (folder / "sites").rename(folder / "sites-of-two")
    (folder / "store").rename(folder / "store-of-two")
    installation.build(jobs=1)
    assert {host: installation.files(host) for host in AFTER} == two


def test_whole_sites_are_shared_out_when_there_are_many(built: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MANY", 1)
    perform(cheaper, built.world).unwrap()
    report = built.build(jobs=2)
    assert sorted(build.host for build in report.hosts) == sorted(AFTER)
    assert [build.failure for build in report.hosts] == [None, None, None]
    assert built.pages(MARKET) == built.drawn_afresh(built.world.market_store)


DIGEST = """
import sys
from datetime import date
from pathlib import Path
from builder.runs import build_all
from storefront.core import config, runtime
chosen = config.load({}, marketplace_instance=Path(sys.argv[1]), secret_key="k" * 40)
settings = runtime.start(chosen, bell=False, pooled=False)
report = build_all(settings, as_of=date.fromisoformat(sys.argv[2]), jobs=int(sys.argv[3]))
assert not [build.failure for build in report.hosts if build.failure], report
"""


def test_neither_hash_seed_nor_time_zone_nor_processes_change_a_byte(built: Installation, tmp_path: Path) -> None:
    import shutil

    db.session.rollback()
    db.engine.dispose()
    trees = []
    for number, (seed, zone, processes) in enumerate((("0", "UTC", "1"), ("4711", "Pacific/Auckland", "2"))):
        folder = tmp_path / f"other-{number}"
        for name in ("photos", "derivatives"):
            shutil.copytree(built.settings.instance / name, folder / name, copy_function=os.link)
        shutil.copy(built.settings.instance / "marketplace.sqlite3", folder)
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", DIGEST, str(folder), TODAY.isoformat(), processes]
        subprocess.run(command, check=True, env=environ, cwd=Path(__file__).parents[2])
        trees.append({host: read_tree(folder / "sites" / host / "current") for host in AFTER})
    assert trees[0] == trees[1]
    assert trees[0][NORTH] == built.files(NORTH)


def test_a_price_does_not_wait_until_a_whole_installation_is_published(built: Installation) -> None:
    import builder.listeners  # noqa: F401 - listens from here on

    world = built.world
    relay(NOW)
    perform(
        lambda: db.session.execute(update(Task).where(Task.done_at.is_(None)).values(done_at=NOW)),
    ).unwrap()
    behind = [world.south_store, world.north_store, world.market_store]
    perform(emit, SitesStale([store.id.hex for store in behind])).unwrap()
    relay(NOW)
    perform(cheaper, world).unwrap()
    relay(NOW)
    done = []
    while (number := tasks.take_next("publish", NOW, "worker")) is not None:
        task = db.session.get_one(Task, number)
        done.append((task.job.partition(":")[2], *task.arguments))
        tasks.carry_out(number, NOW)
        relay(NOW)
    first, soon, rest = done[0], done[1:3], done[3:]
    assert first == ("publish_stale",)
    assert soon == [("publish_site", store.id.hex) for store in behind[1:]]
    assert rest == [("publish_site", world.south_store.id.hex)]
    for host in (NORTH, MARKET):
        car = next(body for path, body in built.pages(host).items() if world.golf.slug in path and "/de/" not in path)
        assert "€19,990".encode() in car or b"19.990" in car


def test_a_change_is_published_by_the_job_that_hears_of_it(built: Installation) -> None:
    import builder.listeners  # noqa: F401 - listens from here on

    perform(cheaper, built.world).unwrap()
    relay(NOW)
    assert "builder.jobs:publish_stale" in db.session.scalars(select(Task.job)).all()
    tenant_id = built.world.tenant.id
    done = runs.publish_stale(tenant_id, built.settings, as_of=TODAY)
    assert sorted(build.host for build in done) == sorted([NORTH, MARKET])
    assert runs.publish_stale(tenant_id, built.settings, as_of=TODAY) == []
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)
    assert built.pages(MARKET) == built.drawn_afresh(built.world.market_store)


def test_the_job_works_in_the_scope_of_its_task(built: Installation) -> None:
    perform(make_listing, built.world.north).unwrap()
    with acting(built.world.tenant.id):
        jobs.publish_site(built.world.north_store.id.hex)
    assert runs.publish_stale(built.world.tenant.id, built.settings, as_of=TODAY) is not None
    stand = queries.standing(built.world.north_store.id)
    assert stand is not None
    assert stand.mark > 0


def test_a_site_nothing_touched_is_noted_as_current_without_a_build(built: Installation) -> None:
    before = queries.standing(built.world.south_store.id)
    perform(cheaper, built.world).unwrap()
    runs.publish_stale(built.world.tenant.id, built.settings, as_of=TODAY)
    db.session.expire_all()
    after = queries.standing(built.world.south_store.id)
    assert before is not None
    assert after is not None
    assert (after.release, after.fence) == (before.release, before.fence)
    assert after.mark > before.mark


def test_a_site_that_cannot_be_published_does_not_hold_up_the_others(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, "/dealers/")
    perform(cheaper, built.world).unwrap()
    with pytest.raises(BuildFailed, match="localhost: /dealers/"):
        runs.publish_stale(built.world.tenant.id, built.settings, as_of=TODAY)
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)


def test_no_page_names_the_host_of_another_dealer(built: Installation) -> None:
    assert not [path for path, content in built.pages(NORTH).items() if SOUTH.encode() in content]
    assert [path for path, content in built.pages(MARKET).items() if NORTH.encode() in content]


def test_a_plain_commit_while_a_page_is_drawn_does_not_reach_the_build(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    golf_id = built.world.golf.id

    def interrupted(pages: SitePages, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        if any(ref.kind is PageKind.HOME and ref.lang == "de" for ref in refs) and not done:
            done.append(1)
            with acting(built.world.tenant.id):
                other = db.session.get_one(Listing, golf_id)
                change = {"reason": PriceReason.PROMOTION, "now": NOW, "actor": "test"}
                perform(listings.change_price, other, 1_111_00, **change).unwrap()
        yield from drawn(pages.view, refs)

    done: list[int] = []
    monkeypatch.setattr(SitePages, "draw", interrupted)
    perform(cheaper, built.world).unwrap()
    built.publish(built.world.north_store)
    assert done
    assert not [path for path, page in built.pages(NORTH).items() if b"1.111" in page]
    built.publish(built.world.north_store)
    assert [path for path, page in built.pages(NORTH).items() if b"1.111" in page]
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)


@pytest.fixture
def command(built: Installation, monkeypatch: pytest.MonkeyPatch) -> tuple[CliRunner, dict[str, object]]:
    settings = config.load({}, marketplace_instance=built.settings.instance, secret_key=built.settings.secret_key)
    return CliRunner(), {"settings": settings, "tenant": None}


def test_the_commands_write_their_reports_and_tell_success_by_status(
    command: tuple[CliRunner, dict[str, object]], tmp_path: Path
) -> None:
    runner, found = command
    report = tmp_path / "report.json"
    built_now = runner.invoke(cli.build, ["--as-of", TODAY.isoformat(), "--json", str(report)], obj=found)
    assert built_now.exit_code == 0, built_now.output
    assert {host["rendered"] for host in json.loads(report.read_text())["hosts"]} == {0}
    checked = runner.invoke(cli.check, ["--host", NORTH, "--json", str(report)], obj=found)
    assert checked.exit_code == 0, checked.output
    assert json.loads(report.read_text())["hosts"][0]["problems"] == []


def test_the_check_command_fails_when_something_is_wrong(
    command: tuple[CliRunner, dict[str, object]], built: Installation
) -> None:
    runner, found = command
    (built.served(NORTH) / "contact/index.html").unlink()
    checked = runner.invoke(cli.check, ["--host", NORTH], obj=found)
    assert checked.exit_code == 1
    assert "link: '/contact/' leads nowhere" in checked.output


def test_an_unknown_host_is_said_so(command: tuple[CliRunner, dict[str, object]]) -> None:
    runner, found = command
    for which in (cli.build, cli.check):
        answer = runner.invoke(which, ["--host", "nowhere.example"], obj=found)
        assert answer.exit_code == 1
        assert "nowhere.example" in answer.output


def test_a_key_outlives_its_session(built: Installation) -> None:
    key = key_of(built.world.north_store)
    db.session.rollback()
    assert publish(key, as_of=TODAY, settings=built.settings).rendered == 0
    assert site_folder(built.settings, key.host).releases() == ["00000001"]
    assert sites.key_of(built.world.north_store) == key
