"""Releases survive crashes: a visitor sees the old site or the new one, whole, and the next publish needs no hand."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from builder.built import Label, TreeSite
from builder.chains import ReleaseExists
from builder.manifest import BadPath, Entry, Manifest, check_path, file_of
from builder.releases import SiteBusy, SiteFolder, collect_garbage, release_name, site_folder
from builder.store import content_store
from storefront.core.config import Settings
from tests.integration.releasing import FIRST, SECOND, THIRD, UPON, WHOLE, Full, Pages, fail_at, publish, served


@pytest.fixture(params=[WHOLE, UPON])
def kind(request: pytest.FixtureRequest) -> str:
    """Give how releases are written: each with all its files, or as what it changes."""
    return str(request.param)


@pytest.fixture
def site(settings: Settings) -> SiteFolder:
    return site_folder(settings, "north-cars.localhost")


def test_what_is_served_is_the_newest_release_and_nothing_else(site: SiteFolder, kind: str) -> None:
    for number, pages in enumerate((FIRST, SECOND, THIRD, FIRST, THIRD), 1):
        publish(site, number, pages, kind)
        assert served(site) == pages
        live = site.live()
        assert live is not None
        assert live.release == release_name(number)


def test_text_of_a_kilobyte_has_compressed_copies_beside_it(site: SiteFolder) -> None:
    publish(site, 1, FIRST)
    assert (site.current / "index.html.br").is_file()
    assert (site.current / "index.html.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert not (site.current / "vehicles/a/index.html.br").exists()


def test_current_is_a_relative_link_and_there_is_none_inside_the_trees(site: SiteFolder) -> None:
    publish(site, 1, FIRST)
    publish(site, 2, SECOND)
    assert os.readlink(site.current) in ("a", "b")
    assert not [file for name in ("a", "b") for file in (site.root / name).rglob("*") if file.is_symlink()]


def test_an_unchanged_page_is_not_touched_when_another_changes(site: SiteFolder, kind: str) -> None:
    publish(site, 1, FIRST, kind)
    publish(site, 2, SECOND, kind)
    before = (site.root / "a/vehicles/a/index.html").stat()
    publish(site, 3, THIRD | {"vehicles/a/index.html": b"a"}, kind)
    after = (site.root / "a/vehicles/a/index.html").stat()
    assert (before.st_ino, before.st_ctime_ns) == (after.st_ino, after.st_ctime_ns)


def test_a_page_may_become_a_folder_and_back(site: SiteFolder, kind: str) -> None:
    for number, pages in enumerate(({"a/index.html": b"1"}, {"a": b"2"}, {"a": b"3"}, {"a/index.html": b"4"}) * 2, 1):
        publish(site, number, pages, kind)
        assert served(site) == pages


def test_emptied_folders_disappear(site: SiteFolder, kind: str) -> None:
    publish(site, 1, {"x/y/z/index.html": b"deep", "index.html": b"i"}, kind)
    publish(site, 2, {"index.html": b"i"}, kind)
    publish(site, 3, {"index.html": b"i"}, kind)
    assert [path.name for path in (site.root / "a").iterdir()] == ["index.html"]
    assert [path.name for path in (site.root / "b").iterdir()] == ["index.html"]


def test_the_five_newest_releases_are_kept(site: SiteFolder, kind: str) -> None:
    for number in range(1, 10):
        publish(site, number, {"index.html": str(number).encode()}, kind)
    assert site.releases() == [release_name(number) for number in range(5, 10)]


def test_a_tree_whose_state_is_lost_is_made_anew(site: SiteFolder, kind: str) -> None:
    publish(site, 1, FIRST, kind)
    publish(site, 2, SECOND, kind)
    (site.root / "a.state").unlink()
    (site.root / "a/left-over.html").write_bytes(b"x")
    publish(site, 3, THIRD, kind)
    assert served(site) == THIRD


def test_a_retired_site_is_served_no_more_and_comes_back_with_the_next_publish(site: SiteFolder, kind: str) -> None:
    publish(site, 1, FIRST, kind)
    assert site.retire()
    assert not site.retire()
    assert served(site) == {}
    publish(site, 2, SECOND, kind)
    assert served(site) == SECOND


def test_whichever_file_operation_fails_the_served_release_stays_and_the_next_publish_works(
    settings: Settings, kind: str
) -> None:
    number = 0
    while True:
        number += 1
        site = site_folder(settings, f"site-{number}.localhost")
        publish(site, 1, FIRST, kind)
        publish(site, 2, SECOND, kind)
        with pytest.MonkeyPatch.context() as patch:
            asked = fail_at(patch, number)
            try:
                publish(site, 3, {"index.html": f"{number}".encode() * 600, **THIRD}, kind)
            except Full:
                assert served(site) in (SECOND, {"index.html": f"{number}".encode() * 600, **THIRD})
            else:
                if len(asked) < number:
                    break
        publish(site, 4, FIRST, kind)
        assert served(site) == FIRST
        publish(site, 5, SECOND, kind)
        assert served(site) == SECOND
    assert number > 30


def test_failing_twice_on_the_way_to_different_releases_leaves_no_mixture(settings: Settings, kind: str) -> None:
    fourth: Pages = {"index.html": b"<p>four</p>" * 200, "vehicles/b/index.html": b"b", "vehicles/a/index.html": b"A"}
    for number in range(1, 40):
        site = site_folder(settings, f"twice-{number}.localhost")
        publish(site, 1, FIRST, kind)
        publish(site, 2, SECOND, kind)
        for at, (release_number, pages) in ((number, (3, THIRD)), (number // 2 + 1, (4, fourth))):
            with pytest.MonkeyPatch.context() as patch:
                fail_at(patch, at)
                with suppress(Full):
                    publish(site, release_number, pages, kind)
            assert served(site) in (SECOND, THIRD, fourth)
        publish(site, 5, FIRST, kind)
        assert served(site) == FIRST


def crash(site: SiteFolder, after: float, kind: str) -> None:
    """Publish in a child and kill it without warning after some seconds."""
    child = os.fork()
    if child == 0:
        number = site.newest
        while True:
            number += 1
            many = {f"p{place}/index.html": f"{number}".encode() for place in range(40)}
            publish(site, number, many, kind)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_a_builder_killed_at_any_moment_leaves_one_whole_release(site: SiteFolder, kind: str) -> None:
    publish(site, 1, FIRST, kind)
    for moment in range(12):
        crash(site, 0.02 + moment * 0.011, kind)
        pages = served(site)
        assert pages == FIRST or (len(pages) == 40 and len(set(pages.values())) == 1)
        publish(site, site.newest + 1, FIRST, kind)
        assert served(site) == FIRST
    assert not list((site.store.root / ".new").iterdir())


def test_a_release_cannot_be_written_over_by_another_of_its_name(site: SiteFolder) -> None:
    publish(site, 1, FIRST)
    with pytest.raises(ReleaseExists):
        publish(site, 1, SECOND)
    assert served(site) == FIRST
    publish(site, 1, FIRST)
    assert served(site) == FIRST


def test_a_second_builder_waits_and_gives_up(site: SiteFolder) -> None:
    with site.locked(), pytest.raises(SiteBusy, match="still running"), site.locked(patience=0.05):
        pass


def test_files_in_the_trees_cannot_be_written_by_mistake(site: SiteFolder) -> None:
    publish(site, 1, FIRST)
    assert (site.current / "index.html").stat().st_mode & 0o222 == 0


def test_garbage_is_what_no_kept_release_refers_to(settings: Settings, site: SiteFolder) -> None:
    for number in range(1, 9):
        publish(site, number, {"index.html": str(number).encode() * 2000})
    assert collect_garbage(settings, older_than=0) == 0
    removed = collect_garbage(settings, older_than=time.time() + 60)
    assert removed == 9
    assert served(site) == {"index.html": b"8" * 2000}
    publish(site, 9, {"index.html": b"1" * 2000})
    assert served(site) == {"index.html": b"1" * 2000}


def test_a_content_cut_short_by_a_power_failure_is_written_again(settings: Settings) -> None:
    store = content_store(settings)
    blob = store.put(b"whole", text=False)
    path = store.path(blob.hash)
    path.chmod(0o644)
    path.write_bytes(b"")
    assert store.put(b"whole", text=False).fresh
    assert path.read_bytes() == b"whole"


HOSTILE = (
    "../x.html",
    "a/../../x.html",
    "/etc/passwd",
    "a//b.html",
    "a/./b.html",
    ".hidden",
    "a/.git/config",
    "a\\b.html",
    "a\0b.html",
    "a\nb.html",
    "CON:",
    "a%2f..%2fb",
    "ü/index.html",
    "a/\u202eb.html",
    "",
    "a/",
    "x" * 300,
    "a/" * 400 + "b",
    "..",
    ".",
    "~root/x",
    "-rf/../x",
)


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_enters_no_release(path: str) -> None:
    with pytest.raises(BadPath):
        Manifest("00000001").add(Entry(path, "0" * 32, 1))


@pytest.mark.parametrize("address", ["vehicles/", "//evil/", "/../x/", "/a b/", "/%2e%2e/"])
def test_a_hostile_address_has_no_file(address: str) -> None:
    with pytest.raises(BadPath):
        file_of(address)


@effort(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_whatever_a_path_says_it_stays_inside_or_is_refused(path: str) -> None:
    try:
        check_path(path)
    except BadPath:
        return
    assert os.path.normpath(f"/tree/{path}").startswith("/tree/")
    assert path.isascii()
    assert "\0" not in path


@pytest.mark.parametrize(
    "host", ["../x", "a/b", "", ".", "..", "a..b", "A.example", "a_b", "x" * 300, "a\0b", "-a.example"]
)
def test_a_hostile_host_has_no_folder(settings: Settings, host: str) -> None:
    with pytest.raises(BadPath):
        site_folder(settings, host)


def test_a_symlink_smuggled_into_a_tree_is_not_followed(site: SiteFolder, kind: str, tmp_path: Path) -> None:
    publish(site, 1, FIRST, kind)
    publish(site, 2, SECOND, kind)
    outside = tmp_path / "outside"
    outside.mkdir()
    (site.root / "a/evil").symlink_to(outside)
    with pytest.raises(BadPath, match="symlink"):
        publish(site, 3, {"evil/index.html": b"x", **THIRD}, kind)
    assert list(outside.iterdir()) == []
    assert served(site) == SECOND


def test_a_reader_of_a_tree_does_not_leave_it(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (tmp_path / "secret.html").write_bytes(b"secret")
    (root / "out.html").symlink_to(tmp_path / "secret.html")
    with pytest.raises(BadPath):
        TreeSite(Label("h", "http://h", "dealer"), root).read("out.html")


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split())


@pytest.fixture(autouse=True)
def _no_child_left() -> Iterator[None]:
    """Fail a test that leaves a process behind; servers that other tests share were there before."""
    before = _children()
    yield
    assert _children() <= before
