"""What follows a publish: the CDN forgets, search engines are told, copies are compressed better; none holds it up."""

import gzip
import itertools
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import brotli
import orjson
import pytest
from sqlalchemy import select, update

import wsgi  # noqa: TID251 - the listeners of production
from builder import compress, compressing
from builder.delivery import announcing, changed, purging
from builder.delivery.announcing import announce
from builder.delivery.purging import purge
from builder.events import SiteServed
from seo import indexnow as keys
from storefront.adapters.indexnow import IndexNow, IndexNowDown, IndexNowRefused
from storefront.adapters.posting import Endpoint
from storefront.adapters.purge import PurgeDown, PurgeRefused
from storefront.core import clock, config, outbox, runtime, tasks
from storefront.core.acts import perform
from storefront.core.config import Settings, secret_key
from storefront.core.db import db
from storefront.core.outbox import emit
from storefront.core.tasks import Task
from storefront.core.tenancy import everywhere
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.loading import load
from storefront.pages.rendering import render
from storefront.pages.sites import open_site
from tests.conftest import SECRET, TODAY
from tests.integration.handmade import GOLF, HOST, STYLE, Site

MAKES = ("Audi A4 Avant", "BMW 320d", "Ford Focus", "Opel Corsa", "Skoda Octavia Combi", "VW Golf", "Volvo V60")
ORIGIN = "http://north-cars.example:8000"


def page(address: str, *, canonical: str | None = None, robots: str = "index,follow", text: str = "") -> bytes:
    """Make a page as search engines see it."""
    named = ORIGIN + address if canonical is None else canonical
    head = f'<title>t</title><link rel="canonical" href="{named}"><meta name="robots" content="{robots}">'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{text}</body></html>".encode()


class Noted:
    """A purger that notes what it is told, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.urls: list[list[str]] = []
        self.keys: list[list[str]] = []
        self.failure = failure

    def purge(self, urls: Any, keys: Any) -> int:
        if self.failure is not None:
            raise self.failure
        self.urls.append(list(urls))
        self.keys.append(list(keys))
        return 1


@pytest.fixture
def site(settings: Settings) -> Site:
    made = Site(settings)
    made.publish({"index.html": page("/"), GOLF: page("/vehicles/vw-golf-0123456789abc/"), STYLE: b"p{}"})
    return made


def test_a_cdn_forgets_exactly_what_changed_since_it_was_told(site: Site, settings: Settings) -> None:
    purge(HOST, settings, through=Noted())
    site.publish({GOLF: page("/vehicles/vw-golf-0123456789abc/", text="21,990"), "vehicles/index.html": b"all"})
    site.publish({"robots.txt": b"x"}, drop=(STYLE,))
    told = Noted()
    assert purge(HOST, settings, through=told) == 4
    assert told.urls == [
        [
            f"{ORIGIN}/a/site.0123456789abcdef.css",
            f"{ORIGIN}/robots.txt",
            f"{ORIGIN}/vehicles/",
            f"{ORIGIN}/vehicles/vw-golf-0123456789abc/",
        ]
    ]
    assert purge(HOST, settings, through=told) == 0
    assert len(told.urls) == 1, "nothing changed, so nobody is called"


def test_the_keys_of_a_purge_are_the_narrowest_that_cover_it(site: Site, settings: Settings) -> None:
    purge(HOST, settings, through=Noted())
    site.publish({GOLF: page("/", text="21,990"), "vehicles/bmw/page-2/index.html": b"all"})
    told = Noted()
    purge(HOST, settings, through=told)
    assert told.keys == [[f"host:{HOST}/car:0123456789abc", f"host:{HOST}/list:vehicles/bmw/"]]
    site.publish({GOLF: page("/"), "contact/index.html": b"c"})
    purge(HOST, settings, through=told)
    assert told.keys[1] == [f"host:{HOST}"], "a page without a key of its own needs its host's"


def test_the_first_purge_is_of_the_whole_host(site: Site, settings: Settings) -> None:
    told = Noted()
    assert purge(HOST, settings, through=told) == 3
    assert told.keys == [[f"host:{HOST}"]]


def test_a_file_that_only_lingers_is_not_purged(site: Site, settings: Settings) -> None:
    purge(HOST, settings, through=Noted())
    site.linger(STYLE, TODAY)
    assert purge(HOST, settings, through=Noted()) == 0


def test_what_a_cdn_did_not_take_is_with_the_next_list(site: Site, settings: Settings) -> None:
    purge(HOST, settings, through=Noted())
    site.publish({GOLF: page("/", text="21,990")})
    with pytest.raises(PurgeDown):
        purge(HOST, settings, through=Noted(PurgeDown("it answered 503")))
    site.publish({"robots.txt": b"x"})
    told = Noted()
    assert purge(HOST, settings, through=told) == 2


def test_a_refusal_of_a_cdn_is_written_down_and_ends_the_job(
    site: Site, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert purge(HOST, settings, through=Noted(PurgeRefused("it answered 403"))) == 0
    assert "refused" in caplog.text
    assert changed.told(site.folder, purging.WHOM) is None, "once the token is right, everything is purged"


def test_a_release_that_does_not_follow_by_deltas_is_compared(site: Site, settings: Settings) -> None:
    purge(HOST, settings, through=Noted())
    site.publish({GOLF: page("/", text="21,990")}, drop=(STYLE,), whole=True)
    told = Noted()
    assert purge(HOST, settings, through=told) == 2


def test_after_a_release_nobody_keeps_the_whole_host_is_purged(site: Site, settings: Settings) -> None:
    changed.note_told(site.folder, purging.WHOM, "00000000")
    told = Noted()
    assert purge(HOST, settings, through=told) == 3
    assert told.keys == [[f"host:{HOST}"]]


def test_a_host_that_is_no_longer_served_is_forgotten_whole(site: Site, settings: Settings) -> None:
    purge(HOST, settings, through=Noted())
    site.folder.retire()
    told = Noted()
    assert purge(HOST, settings, through=told) == 3
    assert told.keys == [[f"host:{HOST}"]]
    assert purge(HOST, settings, through=told) == 0


class Engine:
    """A real search engine's door on this machine."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.status = 200
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                engine.calls.append(orjson.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(engine.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/door"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def way(self) -> IndexNow:
        return IndexNow(Endpoint.at(self.url, "INDEXNOW_URL"))


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def test_search_engines_hear_of_pages_that_came_changed_and_went_and_of_no_other(
    site: Site, settings: Settings, engine: Engine
) -> None:
    announce(HOST, settings, through=engine.way)
    site.publish({"contact/index.html": page("/contact/"), "old/index.html": page("/old/")})
    announce(HOST, settings, through=engine.way)
    site.publish(
        {
            GOLF: page("/vehicles/vw-golf-0123456789abc/", text="21,990"),
            "vehicles/index.html": page("/vehicles/"),
            "search/index.html": page("/search/", robots="noindex,follow"),
            "copy/index.html": page("/copy/", canonical="http://market.example/copy/"),
            "404.html": page("/404.html"),
            "sitemap.xml": b"<urlset/>",
            STYLE: b"p{margin:0}",
        },
        drop=("old/index.html",),
    )
    assert announce(HOST, settings, through=engine.way) == 3
    key = keys.key_of(secret_key(settings), HOST)
    assert engine.calls[-1] == {
        "host": HOST,
        "key": key,
        "keyLocation": f"{ORIGIN}/{key}.txt",
        "urlList": [f"{ORIGIN}/old/", f"{ORIGIN}/vehicles/", f"{ORIGIN}/vehicles/vw-golf-0123456789abc/"],
    }
    assert announce(HOST, settings, through=engine.way) == 0
    assert len(engine.calls) == 3, "once for each change"


def test_a_page_that_is_no_longer_to_be_listed_is_told_of(site: Site, settings: Settings, engine: Engine) -> None:
    announce(HOST, settings, through=engine.way)
    site.publish({"index.html": page("/", robots="noindex")})
    assert announce(HOST, settings, through=engine.way) == 1
    site.publish({"index.html": page("/", robots="noindex", text="other")})
    assert announce(HOST, settings, through=engine.way) == 0


def test_what_search_engines_did_not_take_is_told_with_the_next_change(
    site: Site, settings: Settings, engine: Engine
) -> None:
    engine.status = 429
    with pytest.raises(IndexNowDown, match="429"):
        announce(HOST, settings, through=engine.way)
    engine.status = 202
    assert announce(HOST, settings, through=engine.way) == 2


def test_a_list_that_is_refused_is_not_told_again(site: Site, settings: Settings, engine: Engine) -> None:
    engine.status = 422
    announce(HOST, settings, through=engine.way)
    engine.status = 200
    assert announce(HOST, settings, through=engine.way) == 0
    assert len(engine.calls) == 1
    assert IndexNowRefused.__doc__


def test_a_host_that_is_not_served_is_not_spoken_of(site: Site, settings: Settings, engine: Engine) -> None:
    site.folder.retire()
    assert announce(HOST, settings, through=engine.way) == 0
    assert engine.calls == []


def test_keys_are_one_for_each_host_and_give_nothing_away() -> None:
    first, second = keys.key_of(SECRET, HOST), keys.key_of(SECRET, "south-motors.example")
    assert first != second
    assert first == keys.key_of(SECRET, HOST)
    assert keys.is_key_file(keys.address_of(first))
    assert len(first) == 32
    assert SECRET[:8] not in first


@pytest.mark.parametrize("switch", ["on", "off"])
def test_a_host_has_a_key_file_when_search_engines_are_told(world: Any, settings: Settings, switch: str) -> None:
    store = world.north_store
    view = open_site(store, as_of=TODAY, settings=replace(settings, indexnow=switch))
    found = [ref for ref in pages_of(view) if ref.kind is PageKind.INDEXNOW]
    if switch == "off":
        assert found == []
        return
    key = keys.key_of(secret_key(settings), store.public_host)
    assert [ref.path for ref in found] == [f"/{key}.txt"]
    [loaded] = load(view, found)
    assert render(view, loaded) == key.encode()


def text(words: int) -> bytes:
    """Make text as varied as a page of cars is."""
    chance = random.Random(words)
    said = (
        f"<li>{chance.choice(MAKES)} {chance.randrange(10**5)} km, {chance.randrange(1990, 2027)}" for _ in range(words)
    )
    return b"<!doctype html>" + "\n".join(said).encode()


def sizes(site: Site, path: str) -> dict[str, int]:
    tree = site.folder.current
    return {ending: (tree / f"{path}{ending}").stat().st_size for ending in ("", ".br", ".gz")}


def test_copies_are_made_better_under_the_same_content(site: Site, settings: Settings) -> None:
    content = text(600)
    site.publish({"vehicles/index.html": content})
    before, entry = sizes(site, "vehicles/index.html"), site.files["vehicles/index.html"]
    while compressing.improve_copies(HOST, settings):
        pass
    after = sizes(site, "vehicles/index.html")
    assert after[""] == before[""]
    assert after[".br"] < before[".br"]
    assert after[".gz"] <= before[".gz"]
    tree = site.folder.current
    assert brotli.decompress((tree / "vehicles/index.html.br").read_bytes()) == content
    assert gzip.decompress((tree / "vehicles/index.html.gz").read_bytes()) == content
    store = site.folder.store
    assert (tree / "vehicles/index.html.br").samefile(store.path(entry.hash, "br"))
    assert (tree / "vehicles/index.html").samefile(store.path(entry.hash))


def test_better_copies_stay_through_the_next_publish(site: Site, settings: Settings) -> None:
    site.publish({"vehicles/index.html": text(600)})
    quick = sizes(site, "vehicles/index.html")
    compressing.improve_copies(HOST, settings)
    for number in range(3):
        site.publish({"robots.txt": str(number).encode()})
        assert sizes(site, "vehicles/index.html")[".br"] < quick[".br"]


def test_both_trees_get_the_better_copy(site: Site, settings: Settings) -> None:
    site.publish({"vehicles/index.html": text(600)})
    site.publish({"robots.txt": b"1"})
    site.publish({"robots.txt": b"2"})
    compressing.improve_copies(HOST, settings)
    entry = site.files["vehicles/index.html"]
    best = site.folder.store.path(entry.hash, "br")
    assert (site.folder.root / "a/vehicles/index.html.br").samefile(best)
    assert (site.folder.root / "b/vehicles/index.html.br").samefile(best)


def test_a_page_that_changed_meanwhile_keeps_its_own_copy(site: Site, settings: Settings) -> None:
    site.publish({"vehicles/index.html": text(600)})
    old = site.files["vehicles/index.html"].hash
    new = text(500)
    site.publish({"vehicles/index.html": new})
    from builder.trees import Tree

    tree = Tree(site.folder.current.resolve(), site.folder.store)
    assert not tree.refresh_copy("vehicles/index.html", old, "br")
    assert brotli.decompress((tree.root / "vehicles/index.html.br").read_bytes()) == new


def test_a_run_that_has_no_time_left_is_continued(site: Site, settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(compressing, "BATCH", 2)
    site.publish({f"page-{n}/index.html": text(300 + n) for n in range(9)})
    quick = {n: sizes(site, f"page-{n}/index.html")[".br"] for n in range(9)}
    assert compressing.improve_copies(HOST, settings, seconds=0) is True
    runs = 1
    ticks = itertools.count()
    monkeypatch.setattr(compressing, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    while compressing.improve_copies(HOST, settings, seconds=2):
        runs += 1
    assert runs > 2
    assert all(sizes(site, f"page-{n}/index.html")[".br"] < quick[n] for n in range(9))


def test_a_site_that_is_just_being_built_is_left_alone(site: Site, settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(compressing, "PATIENCE", 0)
    site.publish({"vehicles/index.html": text(600)})
    before = sizes(site, "vehicles/index.html")
    with site.folder.locked():
        assert compressing.improve_copies(HOST, settings) is True
        assert sizes(site, "vehicles/index.html") == before
    assert compressing.improve_copies(HOST, settings) is False
    assert sizes(site, "vehicles/index.html")[".br"] < before[".br"]


def test_readers_meanwhile_find_one_copy_or_the_other_whole(site: Site, settings: Settings) -> None:
    content = text(900)
    site.publish({"vehicles/index.html": content})
    torn, stop = [], threading.Event()

    def read() -> None:
        path = site.folder.current / "vehicles/index.html.br"
        while not stop.is_set():
            if brotli.decompress(path.read_bytes()) != content:
                torn.append(path)

    reader = threading.Thread(target=read)
    reader.start()
    compressing.improve_copies(HOST, settings)
    stop.set()
    reader.join()
    assert torn == []


def test_the_best_copies_of_large_files_look_back_as_far_as_they_are_long() -> None:
    far = bytes(range(256)) * 300
    twice = far + b"between" * 12_000 + far[::-1]
    assert len(compress.compressed(twice, "br", best=True)) <= len(compress.compressed(twice, "br"))
    assert brotli.decompress(compress.compressed(twice, "br", best=True)) == twice


@pytest.fixture
def quiet_world(world: Any) -> Any:
    """Give the small world with nothing left to do."""

    def forget() -> None:
        db.session.execute(update(outbox.OutboxEvent).values(relayed_at=clock.now()))
        db.session.execute(update(Task).values(done_at=clock.now()))

    with everywhere():
        perform(forget).unwrap()
    return world


def test_a_publish_is_delivered_then_purged_and_announced_by_jobs(
    quiet_world, run_jobs: Callable[..., int], engine: Engine, tmp_path: Path
) -> None:
    chosen = replace(
        runtime.settings(),
        deliver_to=f"folder:{tmp_path}/www",
        purge_url=engine.url,
        indexnow="on",
        indexnow_url=engine.url,
    )
    runtime.start(chosen, pooled=False)
    site = Site(chosen)
    site.publish({"index.html": page("/"), "long/index.html": text(600)})
    perform(emit, SiteServed(HOST)).unwrap()
    run_jobs()
    assert (tmp_path / "www" / HOST / "index.html").exists()
    assert sorted(sorted(call) for call in engine.calls) == [["files"], ["host", "key", "keyLocation", "urlList"]]
    entry = site.files["long/index.html"]
    assert compressing._read(site.folder).todo == []
    quick = compress.compressed(text(600), "br")
    assert site.folder.store.path(entry.hash, "br").stat().st_size < len(quick)


def test_a_search_engine_that_is_away_costs_eight_tries_and_holds_nothing_up(
    quiet_world, run_jobs: Callable[..., int], engine: Engine
) -> None:
    engine.status = 503
    runtime.start(replace(runtime.settings(), indexnow="on", indexnow_url=engine.url), pooled=False)
    Site(runtime.settings()).publish({"index.html": page("/")})
    wsgi.plug_listeners()
    perform(emit, SiteServed(HOST)).unwrap()
    outbox.relay(clock.now())
    with everywhere():
        [number] = [task.id for task in db.session.scalars(select(Task)) if "announce" in task.job]
    for hours in range(8):
        with pytest.raises(IndexNowDown):
            tasks.run_task(number, clock.now() + timedelta(hours=2 * hours))
    assert not tasks.run_task(number, clock.now() + timedelta(days=9))
    with everywhere():
        assert db.session.get_one(Task, number).dead_at is not None
    assert len(engine.calls) == 8


def test_without_services_a_publish_asks_for_better_copies_alone(quiet_world, settings: Settings) -> None:
    import wsgi  # noqa: TID251 - the listeners of production
    from storefront.core import clock, outbox

    wsgi.plug_listeners()
    perform(emit, SiteServed(HOST)).unwrap()
    outbox.relay(clock.now())
    with everywhere():
        jobs = {task.job.partition(":")[2] for task in db.session.scalars(select(Task))}
    assert "compress_better" in jobs
    assert jobs & {"deliver", "purge", "announce"} == set()
    assert config.load({}).deliver_to == ""
    assert announcing.WHOM != purging.WHOM
