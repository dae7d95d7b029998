"""Where dropped stock files lie: `<instance>/imports/<id>/`, named by ids of ours alone (SECURITY C6), beside how far
a worker has read. The folder is shared by the web process and the workers.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from storefront.core.config import Settings

MOST_BYTES = 64 * 1024 * 1024
"""Largest file that may be dropped; larger ones are imported on the console."""


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """The dropped files of an installation."""

    root: Path

    def path(self, run_id: UUID) -> Path:
        """Give where the file of an import lies."""
        return self.root / run_id.hex / run_id.hex

    def put(self, run_id: UUID, content: bytes) -> None:
        """Keep a file, whole or not at all."""
        path = self.path(run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def remove(self, run_id: UUID) -> None:
        """Forget a file."""
        shutil.rmtree(self.path(run_id).parent, ignore_errors=True)

    def note_progress(self, run_id: UUID, rows: int) -> None:
        """Note how many rows were read; what cannot be noted is only not shown."""
        with suppress(OSError):
            self._rows(run_id).write_text(str(rows), "ascii")

    def progress(self, run_id: UUID) -> int:
        """Give how many rows were read, 0 when nobody said."""
        try:
            return int(self._rows(run_id).read_text("ascii") or 0)
        except (OSError, ValueError):
            return 0

    def _rows(self, run_id: UUID) -> Path:
        return self.path(run_id).parent / "rows"


def import_files(settings: Settings) -> ImportFiles:
    """Give the files of an installation."""
    return ImportFiles(settings.instance / "imports")
