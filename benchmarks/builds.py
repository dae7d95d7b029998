"""The ways to build the catalogue's pages that are measured, and whether they give the same."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import xxhash

from . import hugo_site, ours
from .measuring import hugo, lap, python

Command = Callable[[Path, Path], list[str]]


@dataclass(frozen=True, slots=True)
class Build:
    """One way to build the pages.

    Args:
        name: in the report.
        says: what it is.
        command: gives what is timed, from the workplace and a fresh folder.
        prepare: makes what is not timed, once.
        before: makes what a lap needs in its fresh folder, not timed.
        tree: where below the fresh folder the pages are.
        environment: what is set besides.
    """

    name: str
    says: str
    command: Command
    prepare: Callable[[Path], None] = lambda work: None
    before: Callable[[Path, Path], None] = lambda work, out: None
    tree: Callable[[Path], Path] = lambda out: out
    environment: Mapping[str, str] = field(default_factory=dict)


def _load(work: Path) -> None:
    """Take the catalogue into an installation, whose database is copied for each lap."""
    if not (work / "ours").exists():
        lap(python("ours", "load", str(work / "catalogue"), str(work / "ours")))
        with closing(sqlite3.connect(work / "ours" / "marketplace.sqlite3")) as database:
            database.execute("pragma wal_checkpoint(truncate)")


def _fresh(work: Path, out: Path) -> None:
    out.mkdir()
    shutil.copy(work / "ours" / "marketplace.sqlite3", out)


def _hugo(work: Path, out: Path) -> list[str]:
    return [hugo(), "--source", str(work / "hugo"), "--destination", str(out), "--quiet"]


def _hugo_content(work: Path) -> None:
    if not (work / "hugo").exists():
        hugo_site.prepare(work / "catalogue", work / "hugo")


def _pack(work: Path) -> None:
    """Collect the pages that the plain loop over Jinja2 gives."""
    tree = work / "to-pack"
    lap(python("plain_jinja", str(work / "catalogue"), str(tree)))
    lap(python("write_loop", "pack", str(tree), str(work / "pack")))
    shutil.rmtree(tree)


def _over_catalogue(module: str, *words: str) -> Command:
    return lambda work, out: python(module, *words, str(work / "catalogue"), str(out))


def _write_loop(work: Path, out: Path) -> list[str]:
    return python("write_loop", "write", str(work / "pack"), str(out))


def _ours(jobs: int, *words: str) -> Command:
    return lambda work, out: python("ours", "build", str(out), str(jobs), *words)


OURS = Build("ours", "our builder, 2 processes", _ours(2), _load, _fresh, ours.live_tree)
OTHERS = (
    Build("frozen_flask_sql", "Frozen-Flask, SQLAlchemy queries in each view", _over_catalogue("frozen", "sql")),
    Build("frozen_flask", "Frozen-Flask over lists in memory", _over_catalogue("frozen", "memory")),
    Build("hugo", "Hugo as it comes", _hugo, _hugo_content),
    Build("hugo_tuned", "Hugo, GOGC=400", _hugo, _hugo_content, environment={"GOGC": "400"}),
    Build("plain_jinja", "Jinja2 in a loop", _over_catalogue("plain_jinja")),
    Build("write_loop", "the same bytes written in a loop", _write_loop, _pack),
    Build("ours_alone", "our builder, 1 process", _ours(1), _load, _fresh, ours.live_tree),
    Build("ours_compressed", "our builder, .br and .gz too", _ours(2, "compress"), _load, _fresh, ours.live_tree),
)


def files(tree: Path) -> dict[str, str]:
    """Give the digest of every page below a folder, by path."""
    found = (file for file in tree.rglob("*") if file.suffix in (".html", ".xml"))
    return {file.relative_to(tree).as_posix(): xxhash.xxh3_128_hexdigest(file.read_bytes()) for file in found}


def differences(trees: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Say in which pages the builds in Python differ, and which of the others has another number of files.

    Args:
        trees: build → digest by path.
    """
    wanted = trees["ours"]
    said: list[str] = []
    for name, found in trees.items():
        if len(found) != len(wanted):
            said.append(f"{name} has {len(found)} files, not {len(wanted)}")
        elif not name.startswith("hugo"):
            other = sorted(path for path in wanted if found.get(path) != wanted[path])
            said += [f"{name} differs in {len(other)} files, such as {other[0]}"] if other else []
    return said
