"""Publishing made-up pages on a folder, as tests of releases do, and a disk that fails when it is told to."""

import pytest

from builder import disk
from builder.manifest import Delta, Entry
from builder.releases import SiteFolder, release_name

Pages = dict[str, bytes]
WHOLE, UPON = "whole", "upon the one before"
OPERATIONS = (
    "write",
    "link",
    "replace",
    "remove",
    "make_folder",
    "enter_folder",
    "remove_folder",
    "remove_tree",
    "point",
    "sync",
)


def release(site: SiteFolder, number: int, pages: Pages, kind: str = WHOLE) -> Delta:
    """Put contents into the store and list them."""
    live = site.live() if kind == UPON else None
    before = {} if live is None else live.entries
    made = Delta(release_name(number), None if live is None else live.release)
    blobs = []
    for path, content in pages.items():
        blob = site.store.put(content, text=path.endswith(".html"))
        blobs.append(blob)
        entry = Entry(path, blob.hash, blob.size, blob.encodings)
        if before.get(path) != entry:
            made.add(entry)
    for path in before.keys() - pages.keys():
        made.remove(path)
    site.store.make_durable(blobs)
    return made


def publish(site: SiteFolder, number: int, pages: Pages, kind: str = WHOLE, *, settle: bool = False) -> None:
    with site.locked():
        site.clean()
        site.store.clean()
        live = site.live_name()
        site.switch(release(site, number, pages, WHOLE if live == release_name(number) else kind))
        site.forget_old()
        if settle:
            site.settle()


def served(site: SiteFolder) -> Pages:
    """Read what is served, without compressed copies."""
    root = site.current
    if not root.exists():
        return {}
    files = {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    return {path: content for path, content in files.items() if not path.endswith((".br", ".gz"))}


FIRST: Pages = {"index.html": b"<p>one</p>" * 200, "vehicles/a/index.html": b"a", "vehicles/b/index.html": b"b"}
SECOND: Pages = {"index.html": b"<p>two</p>" * 200, "vehicles/a/index.html": b"a", "vehicles/c/index.html": b"c"}
THIRD: Pages = {"index.html": b"<p>three</p>" * 200, "vehicles/index.html": b"all", "vehicles/d/index.html": b"d"}


class Full(OSError):
    """The disk is full."""


def fail_at(monkeypatch: pytest.MonkeyPatch, number: int) -> list[str]:
    """Let the n-th file operation of the builder fail; gives the operations that were asked for."""
    asked: list[str] = []
    for name in OPERATIONS:
        real = getattr(disk, name)

        def failing(*args: object, real: object = real, name: str = name, **kwargs: object) -> object:
            asked.append(name)
            if len(asked) == number:
                raise Full(28, "No space left on device")
            return real(*args, **kwargs)  # type: ignore[operator]

        monkeypatch.setattr(disk, name, failing)
    return asked
