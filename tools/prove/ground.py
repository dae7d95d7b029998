"""The ground proofs stand on: a fresh installation folder, the product's own command, and what a process leaves."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.judges.serving import MARKETPLACE
from tools.judges.trees import ROOT
from tools.prove.proof import CannotProve


@dataclass(frozen=True)
class Ran:
    """How a command ended: exit status, wall seconds, peak memory in MiB, what it printed."""

    status: int
    seconds: float
    peak_mib: float
    output: str


@contextmanager
def fresh_instance() -> Iterator[Path]:
    """Give a new installation folder with a short name (sockets live in it), and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="market-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# A process inherits the peak memory of the one it is forked from, so a small one stands in between.
_MEASURE = """
import os, sys, time
started = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    print(os.waitstatus_to_exitcode(status), time.monotonic() - started, used.ru_maxrss / 1024, file=file)
"""


def run(command: list[str], instance: Path | None = None, **settings: str) -> Ran:
    """Run a command in the checkout and measure it with everything it started and waited for."""
    environment = os.environ | ({"MARKETPLACE_INSTANCE": str(instance)} if instance else {}) | settings
    with tempfile.TemporaryFile() as output, tempfile.NamedTemporaryFile("r") as figures:
        measured = [sys.executable, "-I", "-S", "-c", _MEASURE, figures.name, *command]
        subprocess.run(measured, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=environment, check=True)
        status, seconds, peak = figures.read().split()
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return Ran(int(status), float(seconds), float(peak), text)


def marketplace(instance: Path, *words: str, **settings: str) -> Ran:
    """Run `marketplace WORDS` on an installation; a failure is the end of the proof."""
    ran = run([MARKETPLACE, *words], instance, **settings)
    if ran.status:
        raise CannotProve(f"`marketplace {' '.join(words)}` ended with {ran.status}: {ran.output.strip()[-600:]}")
    return ran


def report(instance: Path, *words: str) -> tuple[dict[str, Any], Ran]:
    """Run a command with `--json` and read its report."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        ran = marketplace(instance, *words, "--json", file.name)
        return json.loads(Path(file.name).read_text(encoding="utf-8")), ran


def tool(name: str, *words: str) -> list[str]:
    """The command line of a development tool in .venv."""
    return [str(Path(sys.executable).with_name(name)), *words]


def shared(name: str) -> Path:
    """Find a file of the real data, in MARKETPLACE_SHARED or in `shared` beside the checkout."""
    path = Path(os.environ.get("MARKETPLACE_SHARED") or ROOT.parent / "shared") / name
    if not path.is_file():
        raise CannotProve(f"real data {name} is not here: put it beside the checkout or set MARKETPLACE_SHARED")
    return path


def rows(instance: Path) -> dict[str, int]:
    """Count the rows of every table of an installation on SQLite."""
    with closing(sqlite3.connect(f"file:{instance}/marketplace.sqlite3?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return {name: database.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}  # noqa: S608


def processes_of(instance: Path) -> list[str]:
    """Name every process that has to do with an installation, by its command line or its environment."""
    mine = str(instance).encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue  # gone in the meantime, or somebody else's
        if folder.name != str(os.getpid()) and (mine in words or mine in environment):
            found.append(f"{folder.name} {words.replace(bytes(1), b' ').decode('utf-8', 'replace').strip()[:80]}")
    return found
