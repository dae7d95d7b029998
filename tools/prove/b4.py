"""B4: a thousand dealers on a thousand hosts in one command; the next dealer touches its host and the marketplace's
pages about it, nothing else; no tree names a host that is none of its business."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

from benchmarks.measuring import memory_while
from tools.judges.serving import MARKETPLACE
from tools.judges.trees import ROOT
from tools.prove.ground import fresh_instance, run
from tools.prove.proof import CannotProve, Proof

DEALERS, CARS, PHOTOS = 1_000, 10, 2
MARKET = "localhost"
TODAY = "2026-11-02"
_HOST = re.compile(rb"[a-z0-9-]+\.localhost")
_FIGURES = re.compile(rb"[0-9.]+")
_TEXT = (".html", ".xml", ".json", ".txt", ".webmanifest", ".csv", ".tsv", ".svg", ".js", ".css")


def prove(proof: Proof, *, quick: bool) -> None:
    """Found the world, build it, add a dealer, build again; then read every tree."""
    dealers = 40 if quick else DEALERS
    with fresh_instance() as instance:
        ran = run([sys.executable, "-m", "benchmarks.world", str(dealers), str(CARS), str(instance), str(PHOTOS)])
        if ran.status:
            raise CannotProve(f"the world could not be founded: {ran.output.strip()[-600:]}")
        _first(proof, instance, dealers)
        before, words = _trees(instance), _words(instance)
        number = dealers + 1
        ran = run([sys.executable, "-m", "benchmarks.world", "add", str(number), str(CARS), str(instance), str(PHOTOS)])
        if ran.status:
            raise CannotProve(f"the next dealer could not be added: {ran.output.strip()[-600:]}")
        _next(proof, instance, before, words, number)
        _names(proof, instance, number)


@dataclass(frozen=True)
class _Built:
    seconds: float
    mib: float
    said: str


def _build(instance: Path) -> _Built:
    """Build all sites with the one command, and watch the memory of its processes together."""
    environment = {**os.environ, "MARKETPLACE_INSTANCE": str(instance)}
    began = time.monotonic()
    command = [MARKETPLACE, "build", "--jobs", "2", "--as-of", TODAY]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)
    with memory_while(process.pid, every=0.5) as most:
        _, said = process.communicate()
    if process.returncode:
        raise CannotProve(f"`marketplace build` ended with {process.returncode}: {said.strip()[-600:]}")
    return _Built(time.monotonic() - began, most[0], said.strip().splitlines()[-1])


def _first(proof: Proof, instance: Path, dealers: int) -> None:
    built = _build(instance)
    proof.figure(f"{built.said}; {built.seconds:.0f} s, {built.mib:.0f} MiB in all processes")
    files = sum(len(tree) for tree in _trees(instance).values())
    proof.figure(f"{files} files served on {len(_trees(instance))} hosts")
    inodes = {(found.st_dev, found.st_ino) for found in _everything(instance)}
    proof.figure(f"{len(inodes)} inodes, {len(inodes) / (dealers + 1):.0f} a host")
    proof.expect("hosts", len(_trees(instance)), dealers + 1)


def _next(proof: Proof, instance: Path, before: dict[str, dict[str, int]], words: dict[str, str], number: int) -> None:
    built = _build(instance)
    proof.figure(f"one dealer more: {built.seconds:.1f} s")
    after = _trees(instance)
    mine = f"lot-{number:04d}.{MARKET}"
    touched = {host for host, tree in after.items() if tree != before.get(host)}
    others = sorted(touched - {mine, MARKET})
    proof.hold(f"it touched {len(touched)} hosts", not others, f"it touched {others[:5]}, too")
    old, new = before[MARKET], after[MARKET]
    pages = [path for path in new if path.endswith(".html")]
    root = (instance / "sites" / MARKET / "current").resolve()
    changed = [path for path in pages if old.get(path) != new[path]]
    silent = [path for path in changed if not _is_about(root / path, number)]
    now = _words(instance)
    strange = [path for path in silent if now[path] != words.get(path)]
    proof.hold(
        f"{len(changed)} of {len(pages)} pages of the marketplace; {len(silent)} do not name it, their counts changed",
        not strange,
        f"{len(strange)} pages of the marketplace changed, not in numbers alone, and do not name it: {strange[:3]}",
    )


def _words(instance: Path) -> dict[str, str]:
    """Give the digest of each page of the marketplace without its figures: equal when only counts changed."""
    root = (instance / "sites" / MARKET / "current").resolve()
    return {
        path.relative_to(root).as_posix(): xxhash.xxh3_128_hexdigest(_FIGURES.sub(b"", path.read_bytes()))
        for path in root.rglob("*.html")
    }


def _is_about(file: Path, number: int) -> bool:
    """Ask whether a page names the dealer, or shows one of its cars, by its address."""
    text = file.read_text("utf-8")
    return f"lot-{number:04d}" in text or f" {number}<" in text or f' {number}"' in text or f" {number}," in text


def _names(proof: Proof, instance: Path, last: int) -> None:
    premium = {f"lot-{number:04d}.{MARKET}".encode() for number in range(1, last + 1) if number % 4}
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
