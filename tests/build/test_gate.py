"""The gate before the switch: what changed is held to every rule, and nothing else is looked at (SECURITY E3)."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builder import check
from builder.built import Label, ReleaseSite, TreeSite, built_sites
from builder.link_rules import Network
from builder.manifest import Delta, Entry
from builder.site_rules import Problem
from builder.store import Store
from storefront.core import config
from storefront.demo.world import SmallWorld
from tests.build.test_check import FAULTS, drop_copies, golf, swap

HOST = "north-cars.localhost"
OF_WHOLE_SITES = ("title-unique", "orphan")
"""Rules that compare all pages of a site: `marketplace check` asks them, not the gate."""


def sheet(root: Path) -> Path:
    """Find the style sheet."""
    return next(root.glob("a/site.*.css"))


MORE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "text too faint": ("contrast", lambda root: swap(sheet(root), r"--ink: ?#[0-9a-f]{3,6}", "--ink:#c8c8c8", 0)),
    "a script too heavy": ("weight-js", lambda root: heavier(next(root.glob("a/site.*.js")))),
    "a style sheet too heavy": ("weight-css", lambda root: heavier(sheet(root))),
    "a style sheet that loads what is not there": (
        "asset",
        lambda root: swap(sheet(root), r"$", "@font-face{font-family:x;src:url(/a/none.woff2)}"),
    ),
}
GATED = {name: fault for name, fault in (FAULTS | MORE).items() if fault[0] not in OF_WHOLE_SITES}


def heavier(file: Path) -> None:
    """Make a file too heavy, with text that no compression shrinks."""
    text = file.read_text("utf-8") + "/*" + " ".join(f"{number * 7919**3:x}" for number in range(9000)) + "*/"
    file.unlink()
    file.write_text(text, "utf-8")


class Bench:
    """A tree that is served, a copy of it to change, and the release that leads from one to the other."""

    def __init__(self, live: Path, label: Label, folder: Path, others: dict[str, TreeSite]) -> None:
        self.live, self.label, self.root = live, label, folder / "tree"
        self._store = Store(folder / "store")
        self._others = others
        shutil.copytree(live, self.root, copy_function=os.link)
        drop_copies(self.root)

    def gate(self, *also: str, **told: object) -> list[Problem]:
        """Ask the gate of what the copy changes, and of other files as if they were drawn again."""
        delta = Delta("00000002", "00000001")
        before, after = files(self.live), files(self.root)
        for path in after:
            if path not in before or not os.path.samefile(self.live / path, self.root / path):
                content = (self.root / path).read_bytes()
                blob = self._store.put(content, text=path.endswith((".html", ".css", ".js", ".xml")))
                delta.add(Entry(path, blob.hash, blob.size, blob.encodings))
        for path in before - after:
            delta.remove(path)
        release = ReleaseSite(self.label, delta, self.live, self._store)
        network = Network({self.label.origin: release, **self._others})
        return check.gate(release, {*delta.put, *also}, network, **told)  # type: ignore[arg-type]

    def path(self, file: Path) -> str:
        """Give the path of a file of the copy."""
        return file.relative_to(self.root).as_posix()


def files(root: Path) -> set[str]:
    """List a tree without compressed copies."""
    found = {file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()}
    return {path for path in found if not path.endswith((".br", ".gz"))}


@pytest.fixture
def bench(prepared_world: tuple[Path, SmallWorld], tmp_path: Path) -> Bench:
    """Give the site of North Cars to change."""
    sites = built_sites(config.load({}, marketplace_instance=prepared_world[0]))
    site = sites.pop(HOST)
    return Bench(site.root, site.label, tmp_path, {other.label.origin: other for other in sites.values()})


@pytest.mark.parametrize("fault", GATED)
def test_the_gate_finds_and_names(bench: Bench, fault: str) -> None:
    rule, spoil = GATED[fault]
    page = bench.path(golf(bench.root))
    spoil(bench.root)
    problems = bench.gate(page)
    assert rule in {problem.rule for problem in problems}
    assert all(problem.page.startswith("/") and problem.detail for problem in problems)


def test_nothing_is_wrong_with_pages_as_they_are_built(bench: Bench) -> None:
    assert bench.gate(*files(bench.root)) == []


def test_a_page_that_leads_to_one_that_is_gone_is_named(bench: Bench) -> None:
    file = golf(bench.root)
    address = f"/{bench.path(file).removesuffix('index.html')}"
    maps = [bench.root / "sitemaps" / name for name in os.listdir(bench.root / "sitemaps")]
    for sitemap in maps:
        text = sitemap.read_text("utf-8")
        sitemap.unlink()
        sitemap.write_text("".join(f"{part}</url>" for part in text.split("</url>")[:-1] if address not in part)
                           + "</urlset>", "utf-8")  # fmt: skip
    file.unlink()
    problems = bench.gate(gone=frozenset({address}), neighbours=frozenset({"/vehicles/", "/contact/"}))
    assert ("/vehicles/", "link") in {(problem.page, problem.rule) for problem in problems}
    assert not [problem for problem in problems if problem.page == "/contact/"]


def test_a_map_that_names_a_page_that_is_gone_is_a_fault(bench: Bench) -> None:
    file = golf(bench.root)
    address = f"/{bench.path(file).removesuffix('index.html')}"
    file.unlink()
    problems = bench.gate(gone=frozenset({address}))
    assert (address, "sitemap") in {(problem.page, problem.rule) for problem in problems}


def test_many_pages_that_vanish_unexplained_close_the_gate(bench: Bench) -> None:
    pages = sum(path.endswith(".html") for path in files(bench.root))
    many = max(11, pages // 5)
    assert [problem.rule for problem in bench.gate(unexplained=many)] == ["page-loss"]
    assert bench.gate(unexplained=10) == []
    assert bench.gate(unexplained=0, gone=frozenset(f"/none/{number}/" for number in range(many))) == []


def test_the_gate_looks_at_nothing_that_is_not_touched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    reading = ReleaseSite.read

    def noted(self: ReleaseSite, path: str) -> bytes:
        read.append(path)
        return reading(self, path)

    monkeypatch.setattr(ReleaseSite, "read", noted)
    swap(bench.root / "contact" / "index.html", "</main>", "<p>Neu.</p></main>")
    assert bench.gate() == []
    assert set(read) <= {"contact/index.html", "en/contact/index.html", "robots.txt"}
