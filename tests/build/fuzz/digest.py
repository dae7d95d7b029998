"""The digest of everything an installation serves, built from scratch in a process of its own.

`python -m tests.build.fuzz.digest FOLDER --as-of DATE --jobs N [--day DATE]` builds all sites of a copied
installation and prints it; `--day` lets the process believe that it is another day.
"""

import argparse
import os
import subprocess
import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path

import time_machine
import xxhash

from builder.runs import build_all
from storefront.core import config, runtime

from . import ground, reference

WAYS: tuple[tuple[str, dict[str, str], tuple[str, ...]], ...] = (
    ("1 worker", {"TZ": "UTC", "PYTHONHASHSEED": "0"}, ("--jobs", "1")),
    ("4 workers", {"TZ": "UTC", "PYTHONHASHSEED": "0"}, ("--jobs", "4")),
    ("another time zone", {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "0"}, ("--jobs", "1")),
    ("another hash seed", {"TZ": "UTC", "PYTHONHASHSEED": "4711"}, ("--jobs", "2")),
    ("another day", {"TZ": "UTC", "PYTHONHASHSEED": "0"}, ("--jobs", "1", "--day", "2031-02-28")),
)
"""What must not change a byte: in words, environment, arguments."""


def digests(prepared: ground.Prepared, folder: Path, as_of: date) -> dict[str, str]:
    """Build copies of an installation in different ways, each in a new process; gives way → digest.

    Raises:
        subprocess.CalledProcessError: a build failed.
    """
    found: dict[str, str] = {}
    for name, environment, words in WAYS:
        place = folder / name.replace(" ", "-")
        ground.copy(prepared, place)
        command = [sys.executable, "-m", "tests.build.fuzz.digest", str(place), "--as-of", as_of.isoformat(), *words]
        ran = subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = ran.stdout.strip()
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--day", type=date.fromisoformat)
    options = parser.parse_args()
    settings = config.load({}, marketplace_instance=options.folder, secret_key=ground.SECRET)
    runtime.start(settings, bell=False, pooled=False)
    day = options.day
    moment = None if day is None else datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    with nullcontext() if moment is None else time_machine.travel(moment):
        report = build_all(settings, as_of=options.as_of, jobs=options.jobs)
    failed = [f"{build.host}: {build.failure}" for build in report.hosts if build.failure]
    if failed:
        sys.exit("; ".join(failed))
    told = xxhash.xxh3_128()
    for host, tree in reference.trees(settings).items():
        for path, content in tree.items():
            told.update(f"{host}/{path} {len(content)}\n".encode() + content)
    print(told.hexdigest())


if __name__ == "__main__":
    main()
