"""Delivering what is served: exactly the difference, in an order no visitor minds, whatever dies on the way."""

import gzip
import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import brotli
import pytest

from builder.delivery import objects
from builder.delivery.delivering import Delivery, DeliveryFailed, Order, deliver
from builder.delivery.hosts import NotBuilt, deliver_all
from builder.delivery.targets import Target, target
from storefront.adapters.storage import Folder, StorageDown
from storefront.core import config
from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError
from tests.conftest import SECRET, TODAY
from tests.integration.handmade import GOLF, HOST, PAGE, STYLE, Site
from tools import object_storage
from tools.object_storage import NoServer, Server

_numbers = itertools.count(1)


@pytest.fixture
def site(settings: Settings) -> Site:
    made = Site(settings)
    made.publish({"index.html": PAGE, GOLF: PAGE + b"22,990", STYLE: b"p{}" * 500, "robots.txt": b"User-agent: *\n"})
    return made


@pytest.fixture
def deliverer(settings: Settings) -> Iterator[Callable[..., Delivery]]:
    with ThreadPoolExecutor(4) as uploads:

        def run(
            to: Target, host: str = HOST, today: date = TODAY, *, dry: bool = False, verify: bool = False
        ) -> Delivery:
            return deliver(Order(host, to, settings, today, uploads, dry, verify))

        yield run


@pytest.fixture
def to(tmp_path: Path) -> Target:
    return target(f"folder:{tmp_path}/www")


def tree(folder: Path) -> dict[str, bytes]:
    found = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return {path: content for path, content in found.items() if not path.startswith((".delivered", "_"))}


def served(site: Site) -> dict[str, bytes]:
    return tree(site.folder.current.resolve())


class Watched:
    """Notes what a folder is asked to put and delete, and may fail at the n-th of these, or at a file of some name."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.acts: list[tuple[str, str]] = []
        self.fail_at = 0
        self.fail_on = ""
        put, delete = Folder.put, Folder.delete

        def watched_put(folder: Folder, key: str, body: object, *rest: object) -> str:
            self._act("put", key)
            return put(folder, key, body, *rest)  # type: ignore[arg-type]

        def watched_delete(folder: Folder, key: str) -> None:
            self._act("delete", key)
            delete(folder, key)

        patch.setattr(Folder, "put", watched_put)
        patch.setattr(Folder, "delete", watched_delete)

    def _act(self, name: str, key: str) -> None:
        self.acts.append((name, key))
        if (self.fail_at and len(self.acts) >= self.fail_at) or (self.fail_on and self.fail_on in key):
            raise StorageDown("the power is gone")

    def take(self) -> list[tuple[str, str]]:
        """Give the acts about files of the host since the last time."""
        taken = [(name, key.removeprefix(f"{HOST}/")) for name, key in self.acts if not key.startswith(".delivered/")]
        self.acts = []
        return taken


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_a_folder_gets_the_tree_that_is_served(site: Site, to: Target, tmp_path: Path, deliverer) -> None:
    outcome = deliverer(to)
    assert tree(tmp_path / "www" / HOST) == served(site)
    assert (outcome.release, outcome.deleted, outcome.before) == ("00000001", 0, None)


def test_the_second_run_touches_nothing(site: Site, to: Target, watched: Watched, deliverer) -> None:
    deliverer(to)
    watched.take()
    outcome = deliverer(to)
    assert watched.acts == [], "not even what is remembered is written again"
    assert (outcome.put, outcome.deleted) == (0, 0)


def test_only_what_differs_is_put_and_deleted(
    site: Site, to: Target, watched: Watched, deliverer, tmp_path: Path
) -> None:
    site.publish({"vehicles/index.html": PAGE})
    deliverer(to)
    watched.take()
    site.publish({GOLF: PAGE + b"21,990"}, drop=("vehicles/index.html",))
    outcome = deliverer(to)
    page = [("put", f"{GOLF}{ending}") for ending in ("", ".br", ".gz")]
    gone = [("delete", f"vehicles/index.html{ending}") for ending in ("", ".br", ".gz")]
    assert sorted(watched.take()) == sorted(page + gone)
    assert (outcome.put, outcome.deleted) == (3, 3)
    assert tree(tmp_path / "www" / HOST) == served(site)


def test_files_keep_their_times_when_their_content_stays(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "www").rglob("*.html")}
    site.publish({GOLF: PAGE + b"21,990"})
    deliverer(to)
    after = {file: file.stat().st_mtime_ns for file in (tmp_path / "www").rglob("*.html")}
    assert [file.parent.name for file in after if after[file] != before[file]] == ["vw-golf-0123456789abc"]


def test_assets_go_first_then_cars_then_lists_then_sitemaps_and_deletes_last(
    site: Site, to: Target, watched: Watched, deliverer
) -> None:
    site.publish({"old/index.html": b"old"})
    deliverer(to)
    watched.take()
    site.publish(
        {
            "index.html": b"new home",
            "sitemap.xml": b"<urlset/>",
            "vehicles/audi-a4-abcdefghij012/index.html": b"audi",
            "a/site.fedcba9876543210.css": b"p{}",
            "q/abcdefghij012.svg": b"<svg/>",
        },
        drop=("old/index.html",),
    )
    deliverer(to)
    acts = [key for _, key in watched.take() if not key.endswith((".br", ".gz"))]
    assert set(acts[:2]) == {"a/site.fedcba9876543210.css", "q/abcdefghij012.svg"}
    assert acts[2:] == ["vehicles/audi-a4-abcdefghij012/index.html", "index.html", "sitemap.xml", "old/index.html"]


@pytest.mark.parametrize("first", [True, False])
def test_a_run_that_dies_at_any_step_is_completed_by_the_next(
    site: Site, to: Target, watched: Watched, deliverer, tmp_path: Path, first: bool
) -> None:
    if not first:
        deliverer(to)
        site.publish({GOLF: PAGE + b"21,990", "new/index.html": PAGE}, drop=("robots.txt",))
    for step in itertools.count(1):
        watched.acts, watched.fail_at = [], step
        try:
            deliverer(to)
        except StorageDown:
            continue
        break
    assert step > 5
    watched.fail_at = 0
    assert tree(tmp_path / "www" / HOST) == served(site)
    watched.take()
    assert deliverer(to).put == 0
    assert watched.acts == []


def test_what_a_dead_run_had_put_is_not_put_again(site: Site, to: Target, watched: Watched, deliverer) -> None:
    watched.fail_at = 8
    with pytest.raises(StorageDown):
        deliverer(to)
    done = {key for _, key in watched.take()[:-1]}
    watched.fail_at = 0
    outcome = deliverer(to)
    assert {key for _, key in watched.take()} & done == set()
    assert outcome.same >= len(done) - 4  # up to four uploads were under way when it died


def test_a_new_release_after_a_dead_run_leaves_nothing_of_the_one_between(
    site: Site, to: Target, watched: Watched, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    site.publish({GOLF: PAGE + b"1", "between/index.html": PAGE})
    watched.fail_on = "/changes-"  # all files are there, whichever went first, and nothing says so
    with pytest.raises(StorageDown):
        deliverer(to)
    assert (tmp_path / "www" / HOST / "between/index.html").exists()
    watched.fail_on = ""
    site.publish({GOLF: PAGE + b"22,990"}, drop=("between/index.html",))
    deliverer(to)
    assert tree(tmp_path / "www" / HOST) == served(site)


def test_many_small_releases_cost_what_they_change(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    for price in range(40):
        site.publish({GOLF: PAGE + f"{price}".encode()})
        assert deliverer(to).put == 3
        if price % 7 == 0:
            with site.folder.locked():
                site.folder.settle()
    assert tree(tmp_path / "www" / HOST) == served(site)
    notes = [file.name for file in (tmp_path / "www").rglob("*.jsonl.gz")]
    assert len(notes) < 20, "lists of changes are folded into one from time to time"


def test_a_release_that_does_not_follow_by_deltas_is_compared_file_by_file(
    site: Site, to: Target, watched: Watched, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    watched.take()
    site.publish({GOLF: PAGE + b"21,990"}, drop=("robots.txt",), whole=True)
    deliverer(to)
    assert sorted(watched.take()) == sorted(
        [("put", f"{GOLF}{ending}") for ending in ("", ".br", ".gz")] + [("delete", "robots.txt")]
    )
    assert tree(tmp_path / "www" / HOST) == served(site)


def test_fingerprinted_files_stay_for_thirty_days_after_their_last_use(
    site: Site, to: Target, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    site.linger(STYLE, TODAY)
    deliverer(to)
    site.publish(drop=(STYLE,))
    outcome = deliverer(to, today=TODAY + timedelta(days=30))
    assert (tmp_path / "www" / HOST / STYLE).exists()
    assert outcome.lingering == 3
    outcome = deliverer(to, today=TODAY + timedelta(days=31))
    assert not list((tmp_path / "www" / HOST).glob("a*")), "with its compressed copies, and the folder"
    assert (outcome.deleted, outcome.lingering) == (3, 0)


def test_a_fingerprinted_file_that_was_dropped_between_two_deliveries_stays_for_thirty_days(
    site: Site, to: Target, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    site.publish(drop=(STYLE,))
    deliverer(to, today=TODAY + timedelta(days=100))
    assert (tmp_path / "www" / HOST / STYLE).exists(), "the pages that load it were there until a moment ago"
    deliverer(to, today=TODAY + timedelta(days=131))
    assert not (tmp_path / "www" / HOST / STYLE).exists()


def test_a_fingerprinted_file_that_is_used_again_stays(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    site.linger(STYLE, TODAY)
    deliverer(to)
    site.publish({STYLE: b"p{}" * 500})
    deliverer(to, today=TODAY + timedelta(days=20))
    outcome = deliverer(to, today=TODAY + timedelta(days=90))
    assert (tmp_path / "www" / HOST / STYLE).exists()
    assert outcome.lingering == 0


def test_what_others_put_there_is_left_alone(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    stranger = tmp_path / "www" / HOST / ".well-known/acme-challenge/token"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("theirs")
    site.publish({GOLF: PAGE + b"21,990"})
    deliverer(to)
    assert deliverer(to, verify=True).strangers == 1
    assert stranger.read_text() == "theirs"


def test_verifying_mends_what_somebody_did_at_the_target(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    there = tmp_path / "www" / HOST
    (there / "index.html").write_bytes(b"defaced")
    (there / GOLF).unlink()
    os.utime(there / "robots.txt")
    assert deliverer(to).put == 0, "without being asked nothing is looked at that need not be"
    outcome = deliverer(to, verify=True)
    assert outcome.put == 2
    assert outcome.same == 1, "a file that was only touched is compared, not put again"
    assert tree(there) == served(site)


def test_without_notes_a_target_is_compared_not_filled_again(
    site: Site, to: Target, watched: Watched, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    for file in (tmp_path / "www" / ".delivered").rglob("*.js*"):
        file.unlink()
    watched.take()
    outcome = deliverer(to)
    assert watched.take() == []
    assert outcome.put == 0
    assert outcome.same > 5


def test_a_better_compressed_copy_is_delivered_when_verifying(
    site: Site, to: Target, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    entry = site.files["index.html"]
    best = site.folder.store.path(entry.hash, "br")
    best.unlink()
    best.write_bytes(brotli.compress(PAGE, quality=11))
    assert deliverer(to, verify=True).put == 1
    assert (tmp_path / "www" / HOST / "index.html.br").read_bytes() == best.read_bytes()


def test_other_rules_for_headers_make_it_look_at_everything(
    site: Site, to: Target, watched: Watched, deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliverer(to)
    watched.take()
    monkeypatch.setattr("builder.delivery.delivering.code_digest", lambda: "other")
    deliverer(to)
    assert watched.take() == [], "the headers are as before, so nothing is put"


def test_a_site_that_is_no_longer_served_is_taken_away(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    stranger = tmp_path / "www" / HOST / "theirs.txt"
    stranger.write_text("theirs")
    site.folder.retire()
    outcome = deliverer(to)
    assert outcome.release is None
    assert tree(tmp_path / "www") == {f"{HOST}/theirs.txt": b"theirs"}
    assert deliverer(to).deleted == 0


def test_a_site_that_is_served_again_is_put_back(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    name = os.readlink(site.folder.current)
    site.folder.retire()
    deliverer(to)
    os.symlink(name, site.folder.current)
    deliverer(to)
    assert tree(tmp_path / "www" / HOST) == served(site)


def test_a_site_of_which_nobody_knows_what_is_served_is_not_taken_away(
    site: Site, to: Target, deliverer, tmp_path: Path
) -> None:
    deliverer(to)
    for file in site.folder.root.glob("[ab].*"):
        file.unlink()
    with pytest.raises(DeliveryFailed, match="build it again"):
        deliverer(to)
    assert (tmp_path / "www" / HOST / "index.html").exists()


def test_a_dry_run_says_what_would_happen_and_does_nothing(site: Site, to: Target, watched: Watched, deliverer) -> None:
    said = deliverer(to, dry=True)
    assert watched.acts == []
    done = deliverer(to)
    assert (said.put, said.octets, said.deleted) == (done.put, done.octets, done.deleted)


def test_two_deliveries_of_a_host_do_not_meet(site: Site, to: Target, deliverer) -> None:
    import fcntl

    with (site.folder.root / "delivery.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DeliveryFailed, match="another delivery"):
            deliverer(to)


def test_rule_files_go_with_a_folder(site: Site, to: Target, deliverer, tmp_path: Path, watched: Watched) -> None:
    deliverer(to)
    assert b"Content-Security-Policy" in (tmp_path / "www" / HOST / "_headers").read_bytes()
    assert (tmp_path / "www" / HOST / "_redirects").exists()


def test_what_is_remembered_lies_where_nobody_finds_it(site: Site, to: Target, deliverer, tmp_path: Path) -> None:
    deliverer(to)
    [head] = (tmp_path / "www").rglob("head.json")
    assert not head.is_relative_to(tmp_path / "www" / HOST), "feeds have secret addresses, and the notes name them"
    assert len(head.parent.parent.name) == 32


def test_hosts_may_have_folders_of_another_name(site: Site, deliverer, tmp_path: Path) -> None:
    deliverer(target(f"folder:{tmp_path}/www/site-{{host}}/public"))
    assert tree(tmp_path / "www" / f"site-{HOST}" / "public") == served(site)


def test_every_host_is_delivered_and_one_that_fails_does_not_stop_the_others(
    site: Site, settings: Settings, to: Target, tmp_path: Path
) -> None:
    other = Site(settings, "south-motors.example")
    other.publish({"index.html": PAGE})
    lost = site.files[GOLF]
    site.folder.store.path(lost.hash).unlink()
    report = deliver_all(settings, to, today=TODAY)
    assert [one.host for one in report.hosts] == ["south-motors.example"]
    assert "missing" in report.failures[HOST]
    assert tree(tmp_path / "www" / "south-motors.example") == served(other)


def test_a_host_that_was_never_built_is_named(site: Site, settings: Settings, to: Target) -> None:
    with pytest.raises(NotBuilt, match=r"west\.example"):
        deliver_all(settings, to, today=TODAY, hosts=["west.example"])


@pytest.fixture(scope="session")
def nanio() -> Iterator[Server]:
    try:
        with object_storage.running("nanio") as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def bucket(nanio: Server) -> str:
    name = f"delivery-{os.getpid()}-{next(_numbers)}"
    nanio.make_bucket(name)
    return name


@pytest.fixture
def s3_site(settings: Settings, nanio: Server) -> Site:
    told = config.load(nanio.environment, marketplace_instance=settings.marketplace_instance, secret_key=SECRET)
    made = Site(told)
    made.publish({"index.html": PAGE, STYLE: b"p{}" * 500, "feeds/token/stock.csv": b"a,b\n" * 400})
    return made


def objects_in(site: Site, to: Target) -> dict[str, str]:
    place = to.place(HOST, site.settings)
    found = {each.key: each.tag for each in place.storage.listed("")}
    return {key.removeprefix(place.root): tag for key, tag in found.items() if ".delivered/" not in key}


def sent(site: Site, to: Target, today: date = TODAY) -> Delivery:
    with ThreadPoolExecutor(4) as uploads:
        return deliver(Order(HOST, to, site.settings, today, uploads))


def test_a_bucket_gets_the_difference_with_the_right_headers(s3_site: Site, nanio: Server, bucket: str) -> None:
    to = target(nanio.target(f"{bucket}/sites"))
    assert sent(s3_site, to).put == 3
    assert set(objects_in(s3_site, to)) == {"index.html", STYLE, "feeds/token/stock.csv"}
    s3_site.publish({"index.html": PAGE + b"new"}, drop=("feeds/token/stock.csv",))
    outcome = sent(s3_site, to)
    assert (outcome.put, outcome.deleted) == (1, 1)
    place = to.place(HOST, s3_site.settings)
    answer = place.storage._client.head_object(Bucket=bucket, Key=f"sites/{HOST}/{STYLE}")  # type: ignore[attr-defined]
    assert answer["CacheControl"] == "public, max-age=31536000, immutable"
    assert answer["ContentType"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_a_bucket_may_keep_compressed_contents_under_the_plain_names(
    s3_site: Site, nanio: Server, bucket: str, encoding: str, unpack: Callable[[bytes], bytes]
) -> None:
    to = target(nanio.target(bucket, encoding=encoding))
    sent(s3_site, to)
    storage = to.place(HOST, s3_site.settings).storage
    said = storage.get(f"{HOST}/index.html")
    assert said is not None
    assert unpack(said) == PAGE
    answer = storage._client.head_object(Bucket=bucket, Key=f"{HOST}/index.html")  # type: ignore[attr-defined]
    assert answer["ContentEncoding"] == encoding
    feed = storage.get(f"{HOST}/feeds/token/stock.csv")
    assert feed == b"a,b\n" * 400, "what fetches feeds is no browser"


def test_a_bucket_may_be_a_hosts_own(s3_site: Site, nanio: Server) -> None:
    nanio.make_bucket(HOST)
    to = target(nanio.target("{host}"))
    sent(s3_site, to)
    assert set(objects_in(s3_site, to)) == {"index.html", STYLE, "feeds/token/stock.csv"}


def test_what_changes_a_header_is_put_again(
    s3_site: Site, nanio: Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = target(nanio.target(bucket))
    sent(s3_site, to)
    known = objects.headers.file_headers

    def shorter(path: str) -> list[tuple[str, str]]:
        said = dict(known(path))
        return list((said | {"Cache-Control": "no-cache"}).items()) if path.endswith(".html") else known(path)

    monkeypatch.setattr(objects.headers, "file_headers", shorter)
    monkeypatch.setattr("builder.delivery.delivering.code_digest", lambda: "other")
    assert sent(s3_site, to).put == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp://bucket", "looks like"),
        ("/srv/www", "looks like"),
        ("folder:srv/www", "absolute"),
        ("folder:/", "absolute"),
        ("folder:/srv/../etc", "absolute"),
        ("folder:/{host}", "for all hosts"),
        ("folder:/srv/www?encoding=br", "twins or none"),
        ("s3://key:hunter2@bucket/x", "environment"),
        ("s3://Bucket_/x", "looks like"),
        ("s3://bucket/../x", "looks like"),
        ("s3://bucket?secret=hunter2", "not secret"),
        ("s3://bucket?encoding=zip", "encoding"),
        ("s3://bucket?endpoint=ftp://x", "endpoint"),
        ("s3://bucket?endpoint=https://key:hunter2@storage.example", "endpoint"),
        ("s3://bucket?style=other", "style"),
    ],
)
def test_a_target_that_cannot_be_meant_is_refused_without_its_secrets(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as refusal:
        target(text)
    assert "hunter2" not in str(refusal.value)


def test_a_target_is_read_whole() -> None:
    found = target("s3://cars/sites?endpoint=https://storage.example:9000&region=eu-central-1&encoding=br", parallel=3)
    assert found == Target("s3", "cars", "sites", "br", "https://storage.example:9000", "eu-central-1", "", 3)
