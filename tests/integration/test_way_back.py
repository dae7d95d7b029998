"""A way back reads and touches what differs between two releases, and never guesses at a file that is cut off."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from builder import disk, manifest
from builder.chains import LONGEST, Releases
from builder.lines import lines_of
from builder.manifest import BadManifest, Delta, Entry
from builder.releases import SiteFolder, release_name, site_folder
from builder.trees import Tree
from storefront.core.config import Settings
from tests.integration.releasing import UPON, Pages, publish, served

PATHS = [f"vehicles/car-{number}/index.html" for number in (1, 10, 2, 3, 30)] + ["a/site.css", "index.html"]


@pytest.fixture
def site(settings: Settings) -> SiteFolder:
    return site_folder(settings, "north-cars.localhost")


def stock(number: int, cars: int = 300) -> Pages:
    """Give a site of many pages of which one changes with each release."""
    pages = {f"vehicles/car-{car}/index.html": b"car %d" % car for car in range(cars)}
    return pages | {"vehicles/car-7/index.html": b"reduced %d times" % number}


def back_to(site: SiteFolder, target: str) -> Delta:
    """Make a release with the content of an earlier one, as a way back does."""
    live = site.live_name()
    assert live is not None
    after, before = site.chain.both(target, live)
    delta = Delta(release_name(int(live) + 1), live, of=target)
    for path, entry in after.items():
        if before.get(path) != entry:
            delta.add(entry)
    for path in before.keys() - after.keys():
        delta.remove(path)
    return delta


@effort(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(PATHS), st.integers(0, 3) | st.none()), min_size=1, max_size=6), st.data()
)
def test_some_files_of_a_release_are_what_the_whole_release_says(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, int | None]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("releases")
    many = {f"i/picture-{number}.avif": number for number in range(data.draw(st.sampled_from([0, 200])))}
    for number, change in enumerate(changes, 1):
        delta = Delta(release_name(number), release_name(number - 1) if number > 1 else None, mark=number)
        for path, content in (change | many if number == 1 else change).items():
            if content is None:
                delta.remove(path)
            else:
                delta.add(Entry(path, f"{content:032x}", content))
        Releases(folder).write(delta, None)
    if data.draw(st.booleans(), label="checkpoint"):
        whole = Delta.whole(Releases(folder).manifest(release_name(len(changes))))
        (folder / f"{whole.release}.whole.jsonl").write_bytes(whole.to_bytes())
    for number in range(1, len(changes) + 1):
        entries = Releases(folder).manifest(release_name(number)).entries
        asked = {*PATHS, "nothing.html", "zzz"}
        expected = {path: entry for path, entry in entries.items() if path in asked}
        assert Releases(folder).files(release_name(number), asked) == expected
        assert Releases(folder).mark(release_name(number)) == number


def test_going_back_reads_no_more_of_a_large_site_than_what_differs(
    site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        publish(site, number, stock(number), UPON, settle=True)
    read_delta, linked = manifest.read_delta, []

    def refusing(file: Path) -> Delta:
        assert file.name != "00000001.jsonl", "the whole of a large release was read"
        return read_delta(file)

    monkeypatch.setattr(manifest, "read_delta", refusing)
    monkeypatch.setattr(manifest, "read", refusing)
    link = disk.link
    monkeypatch.setattr(disk, "link", lambda source, target: (linked.append(target), link(source, target))[1])
    with site.locked():
        delta = back_to(site, "00000001")
        site.switch(delta)
    assert delta.put.keys() == {"vehicles/car-7/index.html"}
    assert served(site) == stock(1)
    assert len(linked) <= 2


def test_a_tree_that_holds_what_is_gone_back_to_is_not_touched(
    site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ({f"car-{car}/index.html": b"%d %d" % (car, turn) for car in range(300)} for turn in (1, 2))
    publish(site, 1, first, UPON)
    publish(site, 2, second | {"extra/index.html": b"extra"}, UPON)
    with site.locked(), monkeypatch.context() as patch:
        delta = back_to(site, "00000001")
        patch.setattr(disk, "link", lambda source, target: pytest.fail(f"{target} was linked again"))
        patch.setattr(disk, "flush", lambda folder: pytest.fail("the file system was flushed"))
        site.switch(delta)
    assert (len(delta.put), delta.drop) == (300, {"extra/index.html"})
    assert served(site) == first


def test_a_way_back_over_a_checkpoint_finds_what_differs(site: SiteFolder) -> None:
    last = LONGEST + 2
    for number in range(1, last + 3):
        publish(site, number, stock(number, 20), UPON, settle=True)
    assert (site.root / "releases" / f"{release_name(last)}.whole.jsonl").exists()
    for target in (last, last - 1):
        with site.locked():
            delta = back_to(site, release_name(target))
            site.switch(delta)
        assert delta.put.keys() == {"vehicles/car-7/index.html"}
        assert served(site) == stock(target, 20)
    assert Tree(site.root / "a", site.store).state != Tree(site.root / "b", site.store).state


@pytest.mark.parametrize("cut", [9, 200])
def test_lines_of_a_file_that_is_cut_off_are_not_believed(site: SiteFolder, cut: int) -> None:
    publish(site, 1, stock(1), UPON)
    file = site.root / "releases" / "00000001.jsonl"
    content = file.read_bytes()
    file.write_bytes(content[:-cut])
    with pytest.raises(BadManifest):
        lines_of(file)
    lines = content.splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(BadManifest, match="cut off"):
        site.chain.files("00000001", ["vehicles/car-7/index.html"])
    file.write_bytes(b"".join([lines[0], *(b"not a line\n" for _ in lines[1:])]))
    with pytest.raises(BadManifest):
        site.chain.files("00000001", ["vehicles/car-7/index.html"])
