"""B4: a thousand dealers on a thousand hosts in one command; the next dealer touches its host and the marketplace's
pages that name it, lead to it or count its cars, nothing else; no tree names a host that is none of its business."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import memory_while
from benchmarks.world import LANGUAGES, is_premium, slug_of
from tools.judges.serving import MARKETPLACE
from tools.judges.trees import ROOT
from tools.prove.b2 import FANOUT
from tools.prove.ground import fresh_instance, run
from tools.prove.proof import CannotProve, Proof

DEALERS, CARS, PHOTOS = 1_000, 10, 2
MARKET = "localhost"
TODAY = "2026-11-02"
_HOST = re.compile(rb"[a-z0-9-]+\.localhost")
_READ = (".html", ".xml", ".tsv", ".csv")
"""Endings of what people, robots and platforms read; `stock.json` of the feeds says the same."""
_TEXT = (".html", ".xml", ".json", ".txt", ".webmanifest", ".csv", ".tsv", ".svg", ".js", ".css")


def prove(proof: Proof, *, quick: bool) -> None:
    """Found the world, build it, add a dealer, build again; then read every tree."""
    dealers = 40 if quick else DEALERS
    with fresh_instance() as instance:
        _world("founded", str(dealers), str(CARS), str(instance), str(PHOTOS))
        first(proof, instance, dealers)
        before = _trees(instance)
        number = dealers + 1
        _world("enlarged", "add", str(number), str(CARS), str(instance), str(PHOTOS))
        following(proof, instance, before, number)
        names(proof, instance, number)


def _world(what: str, *words: str) -> str:
    ran = run([sys.executable, "-m", "benchmarks.world", *words])
    if ran.status:
        raise CannotProve(f"the world could not be {what}: {ran.output.strip()[-600:]}")
    return ran.output.strip()


@dataclass(frozen=True)
class _Built:
    seconds: float
    mib: float
    said: str
    drawn: dict[str, int]
    """Pages drawn by host, where any were."""


def _build(instance: Path) -> _Built:
    """Build all sites with the one command, and watch the memory of its processes together."""
    environment = {**os.environ, "MARKETPLACE_INSTANCE": str(instance)}
    report = instance / "report.json"
    began = time.monotonic()
    command = [MARKETPLACE, "build", "--jobs", "2", "--as-of", TODAY, "--json", str(report)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with memory_while(process.pid, every=0.5) as most:
        _, said = process.communicate()
    if process.returncode:
        raise CannotProve(f"`marketplace build` ended with {process.returncode}: {said.strip()[-600:]}")
    hosts = json.loads(report.read_text("utf-8"))["hosts"]
    drawn = {site["host"]: site["rendered"] for site in hosts if site["rendered"]}
    return _Built(time.monotonic() - began, most[0], said.strip().splitlines()[-1], drawn)


def first(proof: Proof, instance: Path, dealers: int) -> None:
    """Build a world that was just founded; state what it takes."""
    built = _build(instance)
    proof.figure(f"{built.said}; {built.seconds:.0f} s, {built.mib:.0f} MiB in all processes")
    files = sum(len(tree) for tree in _trees(instance).values())
    proof.figure(f"{files} files served on {len(_trees(instance))} hosts")
    inodes = {(found.st_dev, found.st_ino) for found in _everything(instance)}
    proof.figure(f"{len(inodes)} inodes, {len(inodes) / (dealers + 1):.0f} a host")
    proof.expect("hosts", len(_trees(instance)), dealers + 1)


def following(proof: Proof, instance: Path, before: dict[str, dict[str, int]], number: int) -> None:
    """Build again after a dealer came; every page of the marketplace that changed must have a reason.

    Args:
        proof: collects.
        instance: the world, with the dealer.
        before: what `_trees` gave before.
        number: of the dealer.
    """
    built = _build(instance)
    after = _trees(instance)
    mine = f"{slug_of(number)}.{MARKET}"
    touched = {host for host, tree in after.items() if tree != before.get(host)}
    others = sorted((touched | built.drawn.keys()) - {mine, MARKET})
    proof.hold(
        f"one dealer more: {built.seconds:.1f} s, files of {len(touched)} hosts and no page of another drawn",
        not others, f"{len(others)} other hosts were touched, such as {others[:5]}",
    )  # fmt: skip
    most = FANOUT * (CARS + 1)
    drawn = built.drawn.get(MARKET, 0)
    proof.hold(f"{drawn} pages of the marketplace drawn, at most {most}", drawn <= most, f"{drawn} pages drawn")
    _reasons(proof, instance, before[MARKET], after[MARKET], number)


def _reasons(proof: Proof, instance: Path, old: dict[str, int], new: dict[str, int], number: int) -> None:
    """Sort the pages of the marketplace that changed: they name the dealer or a car of it, or lead to a page that came,
    or are the first page of a list one of its cars stands in.
    """
    about = json.loads(_world("read", "about", str(number), str(instance)).splitlines()[-1])
    words = [slug_of(number).encode(), *(car.encode() for car in about["cars"])]
    came = [f'href="{_address(path)}"'.encode() for path in new if path.endswith(".html") and path not in old]
    counting = {"/", *(f"/{lang}/" for lang in LANGUAGES[1:]), *about["lists"]}
    root = (instance / "sites" / MARKET / "current").resolve()
    found: Counter[str] = Counter()
    strange: list[str] = []
    for path in (path for path in new if path.endswith(_READ) and old.get(path) != new[path]):
        content = (root / path).read_bytes()
        if any(word in content for word in words):
            found["name it or its cars"] += 1
        elif any(link in content for link in came):
            found["lead to a page that came with it"] += 1
        elif _address(path) in counting:
            found["count its cars"] += 1
        else:
            strange.append(_address(path))
    every = sum(path.endswith(_READ) for path in new)
    said = ", ".join(f"{count} {why}" for why, count in found.items())
    proof.hold(
        f"of {every} pages, maps and feeds of the marketplace {found.total()} changed: {said}",
        not strange, f"{len(strange)} pages of the marketplace changed without a reason, such as {strange[:3]}",
    )  # fmt: skip


def _address(path: str) -> str:
    return f"/{path.removesuffix('index.html')}"


def names(proof: Proof, instance: Path, last: int) -> None:
    """Read every text file of every host for hosts it should not name."""
    premium = {f"{slug_of(number)}.{MARKET}".encode() for number in range(1, last + 1) if is_premium(number)}
    foreign: list[str] = []
    read = 0
    for host in _trees(instance):
        allowed = premium if host == MARKET else {host.encode()}
        for file in _texts(instance, host):
            read += 1
            if strange := set(_HOST.findall(file.read_bytes())) - allowed:
                foreign.append(f"{host}/{file.name}: {min(strange).decode()}")
    proof.hold(f"{read} text files name no host they should not", not foreign, f"{len(foreign)}, such as {foreign[:3]}")


def _texts(instance: Path, host: str) -> Iterator[Path]:
    root = (instance / "sites" / host / "current").resolve()
    return (file for file in root.rglob("*") if file.suffix in _TEXT)


def _trees(instance: Path) -> dict[str, dict[str, int]]:
    """Give what every host serves: path → inode, which stands for the content."""
    found: dict[str, dict[str, int]] = {}
    for current in sorted((instance / "sites").glob("*/current")):
        root = str(current.resolve())
        tree = found[current.parent.name] = {}
        for folder, _, names in os.walk(root):
            for name in names:
                path = f"{folder}/{name}"
                tree[path[len(root) + 1 :]] = os.stat(path).st_ino
    return found


def _everything(instance: Path) -> Iterator[os.stat_result]:
    for place in ("sites", "store", "derivatives"):
        for folder, folders, names in os.walk(instance / place):
            for name in (*folders, *names):
                yield os.lstat(f"{folder}/{name}")
