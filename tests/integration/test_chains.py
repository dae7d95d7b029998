"""Releases follow from one another: a way there and back from what changed, never from what is not known."""

import os
import time

import pytest

from builder import disk, trees
from builder.built import Label, ReleaseSite
from builder.chains import LONGEST
from builder.manifest import BadManifest, Delta
from builder.releases import KEEP, NoRoom, OldRelease, SiteFolder, clean_up, collect_garbage, release_name, site_folder
from builder.trees import Tree, TreeState
from storefront.core.config import Settings
from tests.integration.releasing import FIRST, SECOND, THIRD, UPON, WHOLE, Pages, publish, release, served


@pytest.fixture
def site(settings: Settings) -> SiteFolder:
    return site_folder(settings, "north-cars.localhost")


def counted(number: int) -> Pages:
    """Give a site of which one page changes with each release, one comes and one goes."""
    return {"index.html": b"home", "stock.html": str(number).encode(), f"car-{number}/index.html": b"car"}


def run(site: SiteFolder, first: int, last: int, *, settle: bool = False) -> None:
    for number in range(first, last + 1):
        publish(site, number, counted(number), UPON, settle=settle)


def files(site: SiteFolder) -> list[str]:
    return sorted(file.name for file in (site.root / "releases").iterdir())


def test_a_delta_names_what_differs_and_composes_to_the_whole_release(site: SiteFolder) -> None:
    publish(site, 1, FIRST, UPON)
    publish(site, 2, SECOND, UPON)
    delta = site.chain.delta(release_name(2))
    assert delta.put.keys() == {"index.html", "vehicles/c/index.html"}
    assert delta.drop == {"vehicles/b/index.html"}
    assert site.manifest(release_name(2)).entries.keys() == SECOND.keys()
    assert site.manifest(release_name(1)).entries.keys() == FIRST.keys()


def test_a_release_without_changes_is_a_release_too(site: SiteFolder) -> None:
    publish(site, 1, FIRST, UPON)
    publish(site, 2, FIRST, UPON)
    assert (site.chain.delta(release_name(2)).put, site.chain.delta(release_name(2)).drop) == ({}, set())
    assert site.live_name() == release_name(2)
    assert served(site) == FIRST


def test_a_long_chain_gets_a_checkpoint_when_there_is_time(site: SiteFolder) -> None:
    run(site, 1, LONGEST + 1, settle=True)
    assert not [name for name in files(site) if "whole" in name]
    run(site, LONGEST + 2, LONGEST + 2, settle=True)
    newest = release_name(LONGEST + 2)
    assert f"{newest}.whole.jsonl" in files(site)
    assert site.chain.length(newest) == 0
    assert site.manifest(newest).entries.keys() == counted(LONGEST + 2).keys()


def test_the_chain_behind_the_kept_releases_goes_once_nobody_hangs_on_it(site: SiteFolder) -> None:
    run(site, 1, 3 * LONGEST, settle=True)
    assert len(files(site)) <= LONGEST + KEEP + 3
    for name in site.releases():
        assert site.manifest(name).entries.keys() == counted(int(name)).keys()


def test_without_time_to_settle_chains_grow_and_everything_still_works(site: SiteFolder) -> None:
    run(site, 1, 2 * LONGEST)
    assert served(site) == counted(2 * LONGEST)
    assert site.releases() == [release_name(2 * LONGEST - back) for back in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("damage", ["missing", "cut off", "empty", "none of ours"])
def test_what_hangs_on_a_damaged_link_is_unknown_and_the_next_publish_needs_no_hand(
    site: SiteFolder, damage: str
) -> None:
    run(site, 1, 4)
    link = site.root / "releases" / f"{release_name(2)}.jsonl"
    content = link.read_bytes()
    wrong = {"cut off": content[:-9], "empty": b"", "none of ours": b'{"a":1}\n'}
    link.unlink()
    if damage != "missing":
        link.write_bytes(wrong[damage])
    for number in (2, 3, 4):
        with pytest.raises((BadManifest, FileNotFoundError)):
            site.manifest(release_name(number))
    assert site.manifest(release_name(1)).entries.keys() == counted(1).keys()
    assert site.live() is None
    assert served(site) == counted(4)
    publish(site, 5, counted(5), UPON)
    assert served(site) == counted(5)
    run(site, 6, 7)
    assert served(site) == counted(7)


def test_a_chain_that_runs_in_a_circle_is_not_believed(site: SiteFolder) -> None:
    folder = site.root / "releases"
    folder.mkdir(parents=True)
    (folder / "00000002.jsonl").write_bytes(Delta("00000002", "00000003").to_bytes())
    (folder / "00000003.jsonl").write_bytes(Delta("00000003", "00000002").to_bytes())
    for name in ("00000002", "00000003"):
        with pytest.raises(BadManifest):
            site.manifest(name)


def test_a_delta_upon_anything_but_what_is_served_does_not_switch(site: SiteFolder) -> None:
    publish(site, 1, FIRST)
    publish(site, 2, SECOND, UPON)
    with pytest.raises(OldRelease, match="serves 00000002"):
        site.switch(Delta("00000003", "00000001"))
    assert served(site) == SECOND


def test_an_older_release_does_not_switch(site: SiteFolder) -> None:
    publish(site, 5, FIRST)
    with pytest.raises(OldRelease, match="newer"):
        publish(site, 4, SECOND)
    assert served(site) == FIRST


def test_settling_brings_the_other_tree_up_so_that_the_next_publish_touches_what_changed(site: SiteFolder) -> None:
    publish(site, 1, counted(1), settle=True)
    assert {path.name for path in (site.root / "b").iterdir()} == {path.name for path in (site.root / "a").iterdir()}
    delta = release(site, 2, counted(2), UPON)
    with site.locked():
        assert site.switch(delta) == len(delta.put) + len(delta.drop) == 3


def test_what_a_dead_builder_wrote_down_and_never_served_goes(
    site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(site, 1, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(Tree, "bring_to", _refuse)
        with pytest.raises(OSError, match="I/O"):
            publish(site, 2, SECOND, UPON)
    assert f"{release_name(2)}.jsonl" in files(site)
    assert site.releases() == [release_name(1)]
    publish(site, 3, THIRD, UPON)
    assert site.releases() == [release_name(1), release_name(3)]
    assert f"{release_name(2)}.jsonl" not in files(site)


def test_a_tree_between_releases_is_put_right_file_by_file(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site, 1, FIRST, UPON)
    publish(site, 2, SECOND, UPON)
    with monkeypatch.context() as patch:
        patch.setattr(Tree, "_drop_copies", _refuse)
        with pytest.raises(OSError, match="I/O"):
            publish(site, 3, THIRD, UPON)
    assert Tree(site.root / "a", site.store).state == TreeState(release_name(1), (release_name(3),))
    assert served(site) == SECOND
    publish(site, 4, FIRST, UPON)
    assert served(site) == FIRST


def _refuse(*_args: object, **_words: object) -> int:
    raise OSError(5, "I/O error")


def test_many_files_are_linked_by_several_processes(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MANY", 50)
    pages = {f"vehicles/car-{number}/index.html": f"<p>{number}".encode() * 300 for number in range(120)}
    delta = release(site, 1, pages)
    with site.locked():
        assert site.switch(delta, jobs=3) == 120
    assert served(site) == pages
    assert (site.current / "vehicles/car-7/index.html.br").is_file()


def test_a_process_that_cannot_link_stops_the_switch(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site, 1, FIRST)
    monkeypatch.setattr(trees, "MANY", 50)
    pages = {f"vehicles/car-{number}/index.html": b"x%d" % number for number in range(120)}
    delta = release(site, 2, pages)
    site.store.path(delta.put["vehicles/car-77/index.html"].hash).unlink()
    with site.locked(), pytest.raises(FileNotFoundError):
        site.switch(delta, jobs=3)
    assert served(site) == FIRST
    publish(site, 3, pages)
    assert served(site) == pages


def test_a_page_that_became_small_loses_its_compressed_copies(site: SiteFolder) -> None:
    publish(site, 1, {"index.html": b"<p>long</p>" * 200}, UPON, settle=True)
    publish(site, 2, {"index.html": b"short"}, UPON)
    publish(site, 3, {"index.html": b"short"}, UPON)
    for tree in ("a", "b"):
        assert [path.name for path in (site.root / tree).iterdir()] == ["index.html"]


def test_a_release_not_served_yet_is_read_from_the_store_and_else_from_the_live_tree(site: SiteFolder) -> None:
    publish(site, 1, FIRST, UPON)
    delta = release(site, 2, SECOND, UPON)
    label = Label(site.host, f"http://{site.host}", "dealer")
    next_one = ReleaseSite(label, delta, site.current, site.store)
    assert next_one.paths == SECOND.keys()
    for path in SECOND:
        assert next_one.has(path)
        assert next_one.read(path) == SECOND[path]
        assert 0 < next_one.weight(path) <= len(SECOND[path])
    assert next_one.entry("vehicles/a/index.html") is None
    assert next_one.entry("index.html") == delta.put["index.html"]
    for path in ("vehicles/b/index.html", "nowhere.html", "../a.state", "/etc/passwd"):
        assert not next_one.has(path)
        with pytest.raises(FileNotFoundError):
            next_one.read(path)
    whole = ReleaseSite(label, release(site, 2, THIRD), site.current, site.store)
    assert whole.paths == THIRD.keys()
    assert not whole.has("vehicles/a/index.html")


def test_a_build_for_which_there_is_no_room_is_refused_before_it_begins(
    site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(site, 1, FIRST)
    site.require_room(10)
    monkeypatch.setattr(disk, "room", lambda _folder: 5_000_000)
    with pytest.raises(NoRoom, match="880 MB must be free to draw 11000 pages"):
        site.require_room(11_000)


def test_garbage_is_collected_from_chains_as_from_whole_releases(settings: Settings, site: SiteFolder) -> None:
    for number in range(1, 3 * LONGEST):
        publish(site, number, {"index.html": b"home", "stock.html": b"%d" % number}, UPON, settle=True)
    assert collect_garbage(settings, older_than=time.time() + 60) == 3 * LONGEST - 1 - KEEP
    for name in site.releases():
        for entry in site.manifest(name).entries.values():
            assert site.store.read(entry.hash)


def test_a_content_that_is_wanted_again_is_not_collected_beside_the_build(settings: Settings, site: SiteFolder) -> None:
    for number in range(1, KEEP + 3):
        publish(site, number, {"index.html": b"%d" % number})
    former = site.store.put(b"1", text=False)
    long_ago = time.time() - 7 * 86_400
    path = site.store.path(former.hash)
    os.utime(path, (long_ago, long_ago))
    wanted = site.store.put(b"1", text=False)
    assert clean_up(settings) == 0
    publish(site, KEEP + 3, {"index.html": b"1"}, UPON)
    assert (wanted.hash, served(site)) == (former.hash, {"index.html": b"1"})


def test_the_daily_cleaning_removes_what_is_old_and_leaves_running_builds_alone(
    settings: Settings, site: SiteFolder
) -> None:
    for number in range(1, KEEP + 4):
        publish(site, number, {"index.html": b"%d" % number})
    left = site.store.root / ".new" / "999999999-0"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    (site.root / ".a.999999999").write_bytes(b"")
    with site.locked():
        assert clean_up(settings) == 0
        assert (site.root / ".a.999999999").exists()
    assert not left.exists()
    assert clean_up(settings, now=time.time() + 2 * 86_400) == 3
    assert not (site.root / ".a.999999999").exists()
    assert served(site) == {"index.html": b"%d" % (KEEP + 3)}


def test_copies_cut_short_by_a_power_failure_are_made_again(site: SiteFolder) -> None:
    content = b"<p>whole</p>" * 300
    blob = site.store.put(content, text=True)
    whole = {encoding: site.store.path(blob.hash, encoding).read_bytes() for encoding in blob.encodings}
    for encoding in blob.encodings:
        site.store.path(blob.hash, encoding).unlink()
        site.store.path(blob.hash, encoding).write_bytes(b"")
    again = site.store.put(content, text=True)
    assert again.fresh
    assert {encoding: site.store.path(blob.hash, encoding).read_bytes() for encoding in again.encodings} == whole


def test_a_content_a_tree_holds_is_believed_and_not_written_again(site: SiteFolder) -> None:
    content = b"<p>kept</p>" * 300
    publish(site, 1, {"index.html": content})
    path = site.store.path(site.manifest(release_name(1)).entries["index.html"].hash)
    before = path.stat()
    blob = site.store.put(content, text=True)
    assert not blob.fresh
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_whole_release_says_what_was_served_before_it(site: SiteFolder) -> None:
    publish(site, 1, FIRST, WHOLE)
    publish(site, 2, SECOND, WHOLE)
    assert site.chain.head(release_name(2)).before == release_name(1)
    assert site.chain.delta(release_name(2)).is_whole
    assert site.releases() == [release_name(1), release_name(2)]
