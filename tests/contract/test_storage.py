"""What every storage promises to deliveries: a folder, and real S3-compatible servers (tools/object_storage.py)."""

import itertools
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from pathlib import Path

import pytest

from storefront.adapters import storage
from storefront.adapters.storage import S3, Folder, Storage, StorageDown, StorageRefused
from storefront.core import config
from storefront.core.errors import ConfigurationError
from tools import object_storage
from tools.object_storage import ACCESS_KEY, SECRET_KEY, NoServer, Server

PAGE = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "public, max-age=0"}
_numbers = itertools.count(1)


def _server(name: str) -> Iterator[Server]:
    try:
        with object_storage.running(name) as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def nanio() -> Iterator[Server]:
    yield from _server("nanio")


@pytest.fixture(scope="session")
def versitygw() -> Iterator[Server]:
    yield from _server("versitygw")


def bucket(server: Server) -> S3:
    name = f"sites-{os.getpid()}-{next(_numbers)}"
    server.make_bucket(name)
    return S3(name, ACCESS_KEY, SECRET_KEY, endpoint=server.endpoint)


@pytest.fixture(params=["nanio", "versitygw"])
def objects(request: pytest.FixtureRequest) -> S3:
    return bucket(request.getfixturevalue(request.param))


@pytest.fixture(params=["folder", "nanio", "versitygw"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Folder(tmp_path / "target")
    return bucket(request.getfixturevalue(request.param))


@pytest.fixture
def content(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(said: bytes) -> Path:
        path = tmp_path / f"content-{next(_numbers)}"
        path.write_bytes(said)
        return path

    return write


def test_what_was_put_is_there(store: Storage, content: Callable[[bytes], Path]) -> None:
    store.put("north.example/index.html", content(b"<h1>North Cars</h1>"), PAGE, "first")
    store.put("north.example/robots.txt", b"User-agent: *\n", {"Content-Type": "text/plain"}, "second")
    assert store.get("north.example/index.html") == b"<h1>North Cars</h1>"
    assert store.get("north.example/robots.txt") == b"User-agent: *\n"


def test_what_was_never_put_is_not_there(store: Storage) -> None:
    assert store.get("north.example/index.html") is None
    assert store.holding("north.example/index.html", b"", "mark") is None
    assert list(store.listed("")) == []


def test_the_listing_names_what_is_there_with_the_tags_that_put_gave(store: Storage) -> None:
    keys = ["a.example/index.html", "a.example/vehicles/index.html", "b.example/index.html"]
    tags = {key: store.put(key, key.encode(), PAGE, "mark") for key in keys}
    assert {found.key: found.tag for found in store.listed("")} == tags
    assert {found.key for found in store.listed("a.example/")} == set(keys[:2])
    assert {found.size for found in store.listed("b.example/")} == {len(keys[2])}


def test_another_content_has_another_tag(store: Storage) -> None:
    first = store.put("index.html", b"22,990", PAGE, "first")
    second = store.put("index.html", b"21,990", PAGE, "second")
    assert first != second
    assert store.get("index.html") == b"21,990"
    assert [found.tag for found in store.listed("")] == [second]


def test_it_knows_whether_it_holds_a_content_already(store: Storage, content: Callable[[bytes], Path]) -> None:
    tag = store.put("index.html", b"22,990", PAGE, "first")
    assert store.holding("index.html", b"22,990", "first") == tag
    assert store.holding("index.html", content(b"22,990"), "first") == tag
    assert store.holding("index.html", b"21,990", "second") is None
    assert store.holding("index.html", b"22,99", "first") is None


def test_what_is_deleted_is_gone_and_its_neighbours_stay(store: Storage) -> None:
    store.put("vehicles/golf/index.html", b"golf", PAGE, "mark")
    store.put("vehicles/index.html", b"all", PAGE, "mark")
    store.delete("vehicles/golf/index.html")
    store.delete("vehicles/golf/index.html")
    store.delete("never/was/there.html")
    assert [found.key for found in store.listed("")] == ["vehicles/index.html"]


def test_a_large_file_arrives_whole(store: Storage, content: Callable[[bytes], Path]) -> None:
    film = os.urandom(1 << 20) * 9
    store.put("m/film.mp4", content(film), {"Content-Type": "video/mp4"}, "film")
    arrived = store.get("m/film.mp4")
    assert arrived is not None
    assert md5(arrived).digest() == md5(film).digest()


def test_an_empty_file_is_a_file(store: Storage) -> None:
    store.put("empty.txt", b"", {"Content-Type": "text/plain"}, "mark")
    assert store.get("empty.txt") == b""
    assert [found.size for found in store.listed("")] == [0]


def test_several_threads_may_put_at_once(store: Storage) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.put(f"vehicles/{n}/index.html", str(n).encode(), PAGE, "mark"), range(40)))
    assert len(list(store.listed("vehicles/"))) == 40
    assert store.get("vehicles/39/index.html") == b"39"


def test_a_folder_shows_times_of_contents_so_that_rsync_copies_what_changed(tmp_path: Path) -> None:
    source, target = tmp_path / "content", Folder(tmp_path / "target")
    source.write_bytes(b"page")
    os.utime(source, ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789))
    target.put("index.html", source, PAGE, "mark")
    target.put("copy/index.html", source, PAGE, "mark")
    found = (tmp_path / "target/index.html").stat()
    assert (found.st_mtime_ns, found.st_mode & 0o777) == (1_700_000_000_123_456_789, 0o644)
    assert found.st_ino != source.stat().st_ino, "whoever edits the target must not edit the content store"


def test_a_folder_never_shows_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Folder(tmp_path)
    target.put("index.html", b"old", PAGE, "mark")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "_copy", full)
    with pytest.raises(StorageDown, match="No space left"):
        target.put("index.html", b"new", PAGE, "mark")
    assert target.get("index.html") == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_a_folder_forgets_folders_that_became_empty(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    target.put("north.example/vehicles/golf/index.html", b"golf", PAGE, "mark")
    target.put("north.example/index.html", b"home", PAGE, "mark")
    target.delete("north.example/vehicles/golf/index.html")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["index.html", "north.example"]


def test_a_half_written_file_of_a_dead_run_is_removed_and_never_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Folder(tmp_path)
    (tmp_path / ".new-4711-0").write_bytes(b"half")
    assert list(target.listed("")) == []
    target.clean()
    assert len(list(tmp_path.iterdir())) == 1, "a young one may be another run's"
    monkeypatch.setattr(storage, "YOUNG_SECONDS", -1.0)
    target.clean()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../other/index.html", "a/../../b", "a//b", "a/.", "a\0b"])
def test_no_key_leads_out_of_a_folder(tmp_path: Path, key: str) -> None:
    target = Folder(tmp_path / "target")
    for act in (lambda: target.put(key, b"", PAGE, "mark"), lambda: target.get(key), lambda: target.delete(key)):
        with pytest.raises(StorageRefused):
            act()


def test_an_object_is_answered_with_the_headers_it_was_put_with(objects: S3) -> None:
    said = PAGE | {"Content-Encoding": "gzip"}
    objects.put("index.html", b"\x1f\x8b", said, "mark")
    answer = objects._client.head_object(Bucket=objects.bucket, Key="index.html")
    assert answer["ContentType"] == said["Content-Type"]
    assert answer["CacheControl"] == said["Cache-Control"]
    assert answer["ContentEncoding"] == "gzip"


def test_an_object_with_other_headers_is_not_the_same(objects: S3) -> None:
    objects.put("index.html", b"page", PAGE, "page-with-these-headers")
    assert objects.holding("index.html", b"page", "page-with-other-headers") is None


def test_the_tag_of_an_object_is_its_md5(objects: S3) -> None:
    assert objects.put("index.html", b"page", PAGE, "mark") == md5(b"page").hexdigest()


def test_wrong_credentials_are_refused_for_good_and_never_repeated(objects: S3) -> None:
    wrong = S3(objects.bucket, ACCESS_KEY, "hunter2-hunter2", endpoint=objects.endpoint)
    with pytest.raises(StorageRefused) as refusal:
        wrong.put("index.html", b"page", PAGE, "mark")
    assert "hunter2" not in str(refusal.value)
    assert "hunter2" not in repr(wrong)
    assert ACCESS_KEY not in repr(wrong)


def test_a_bucket_that_is_not_there_is_refused_for_good(objects: S3) -> None:
    elsewhere = S3("no-such-bucket", ACCESS_KEY, SECRET_KEY, endpoint=objects.endpoint)
    with pytest.raises(StorageRefused):
        elsewhere.put("index.html", b"page", PAGE, "mark")
    with pytest.raises(StorageRefused):
        elsewhere.get("index.html")


def test_a_storage_that_does_not_answer_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setattr(storage, "TRIES", 1)
    with pytest.raises(StorageDown):
        S3("sites", ACCESS_KEY, SECRET_KEY, endpoint=f"http://127.0.0.1:{port}").get("index.html")


def test_a_storage_that_has_no_time_is_asked_again() -> None:
    asked: list[bytes] = []
    busy = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    good = b'HTTP/1.1 200 OK\r\nETag: "tag"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

    def answer() -> None:
        for said in (busy, good):
            line, _ = server.accept()
            with line:
                asked.append(line.recv(65_536).partition(b"\r\n")[0])
                line.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        at = S3("sites", ACCESS_KEY, SECRET_KEY, endpoint=f"http://127.0.0.1:{server.getsockname()[1]}")
        assert at.put("index.html", b"", PAGE, "mark") == "tag"
        thread.join()
    assert asked == [b"PUT /sites/index.html HTTP/1.1"] * 2


def test_credentials_come_from_the_settings_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = stray\naws_secret_access_key = stray\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    chosen = config.load({}, marketplace_instance=tmp_path)
    with pytest.raises(ConfigurationError, match="AWS_ACCESS_KEY_ID"):
        storage.s3(chosen, "sites", endpoint="", region="us-east-1", style="path", parallel=1)
    told = config.load({"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "own"}, marketplace_instance=tmp_path)
    made = storage.s3(told, "sites", endpoint="", region="us-east-1", style="path", parallel=1)
    assert (made.access_key, made.secret_key) == ("mine", "own")
    assert "own" not in repr(told)


def test_a_stranger_may_read_nothing_without_a_signature(objects: S3) -> None:
    objects.put("index.html", b"page", PAGE, "mark")
    request = urllib.request.Request(f"{objects.endpoint}/{objects.bucket}/index.html")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    refusal.value.close()
    assert refusal.value.code == 403
