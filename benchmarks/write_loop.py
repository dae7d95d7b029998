"""Baseline: the same bytes written by a loop, nothing else; what any builder in this language has to pay.

    python -m benchmarks.write_loop pack TREE PACK
    python -m benchmarks.write_loop write PACK OUT

The first collects a built tree into one file (preparation, not timed), the second writes it out again.
"""

import os
import pickle
import sys
from pathlib import Path


def pack(tree: Path, file: Path) -> int:
    """Collect a tree: (path, bytes) of every file.

    Returns:
        How many.
    """
    found = [
        (path.relative_to(tree).as_posix(), path.read_bytes()) for path in sorted(tree.rglob("*")) if path.is_file()
    ]
    file.write_bytes(pickle.dumps(found, protocol=5))
    return len(found)


def write(file: Path, out: str) -> int:
    """Write a collected tree below `out`.

    Returns:
        How many files.
    """
    found: list[tuple[str, bytes]] = pickle.loads(file.read_bytes())  # noqa: S301 - written by ourselves a moment ago
    made: set[str] = set()
    for path, content in found:
        folder = f"{out}/{path.rpartition('/')[0]}"
        if folder not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        handle = os.open(f"{out}/{path}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(handle, content)
        os.close(handle)
    return len(found)


if __name__ == "__main__":
    verb, first, second = sys.argv[1:]
    print(pack(Path(first), Path(second)) if verb == "pack" else write(Path(first), second), "files")
