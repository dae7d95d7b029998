"""The embedded engine: a tantivy index per tenant in the instance folder, many readers, one writer at a time.

    <instance>/search/vehicles-<8 hex>/
        tenant          whose it is, the whole id
        lock            held by the writer
        current         name of the generation that answers
        v1-000003/      a generation: v<schema>-<number>

A rebuild fills a new generation beside the old one and switches `current`; another schema is simply a generation of
another name, so an index of an older release counts as none. What is asked and answered is `embedded_reader.py`'s.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, local
from uuid import UUID

import tantivy

from .documents import Document
from .embedded_reader import Reader
from .embedded_schema import schema, written
from .errors import IndexMissing, SearchUnavailable
from .gathering import made_of
from .index import Answer, Progress
from .locks import alone
from .query import Query

SCHEMA = 5
"""Raise it with every change of the schema or of how words are folded."""
WAIT_SECONDS = 30.0
"""How long a writer waits for another one."""
WRITE_HEAP, REBUILD_HEAP = 16_000_000, 160_000_000
_GENERATION = re.compile(rf"v{SCHEMA}-(\d{{6}})")


class EmbeddedIndex:
    """The index of one tenant in one folder."""

    def __init__(self, folder: Path, tenant_id: UUID) -> None:
        self.folder = folder
        self.tenant_id = tenant_id
        self._opening = Lock()
        self._reader: Reader | None = None
        self._of: Stamp = ("", 0, 0)
        """The state that the reader tells."""
        self._held = local()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the folder's lock (see `Index.exclusive`)."""
        with alone(self.folder / "lock", WAIT_SECONDS, on_database=False):
            self._claim()
            self._held.here = True
            try:
                yield
            finally:
                self._held.here = False

    def progress(self) -> Progress:
        """Give how far it follows the database (see `Index.progress`)."""
        with _told():
            written = (self.folder / self._current() / "progress").read_text("ascii")
            change, _, day = written.partition(" ")
            return Progress(int(change), day)

    def apply(self, documents: Iterable[Document], deletions: Iterable[UUID], progress: Progress | None = None) -> None:
        """Put, replace and remove documents in one commit (see `Index.apply`)."""
        self._require_exclusive()
        with _told():
            generation = self.folder / self._current()
            writer = tantivy.Index.open(str(generation)).writer(WRITE_HEAP, 1)
        for listing_id in deletions:
            writer.delete_documents_by_term("id", listing_id.hex)
        for document in documents:
            writer.delete_documents_by_term("id", document.id.hex)
            writer.add_json(self._written(document))
        writer.commit()
        writer.wait_merging_threads()
        if progress is not None:
            _write_progress(generation, progress)

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Fill a new generation and switch to it (see `Index.rebuild`)."""
        self._require_exclusive()
        generation = self._next()
        folder = self.folder / generation
        folder.mkdir()
        writer = tantivy.Index(schema(), path=str(folder)).writer(REBUILD_HEAP, 1)
        number = 0
        for made in made_of(documents, self._written):
            writer.add_json(made)
            number += 1
        writer.commit()
        writer.wait_merging_threads()
        _write_progress(folder, progress or Progress())
        _write_durably(self.folder / "current", generation)
        self._tidy(generation)
        return number

    def search(self, query: Query) -> Answer:
        """Find cars (see `Index.search`)."""
        with _told():
            return self._open().search(query)

    def ids(self) -> Iterator[tuple[UUID, int]]:
        """Give what is held (see `Index.ids`)."""
        with _told():
            yield from self._open().ids()

    def _open(self) -> Reader:
        stamp = self._stamp()
        with self._opening:
            if self._reader is None or self._of != stamp:
                old, self._reader = self._reader, None  # a damaged one must not stand in the way for good
                before = None if old is None else old.known.places
                self._reader, self._of = Reader(self.folder / stamp[0], before), stamp
            return self._reader

    def stamp(self) -> str:
        """Give the generation and the state of its segments (see `Index.stamp`)."""
        with _told():
            return ".".join(map(str, self._stamp()))

    def _stamp(self) -> "Stamp":
        generation = self._current()
        state = os.stat(self.folder / generation / "meta.json")
        return generation, state.st_mtime_ns, state.st_ino

    def _current(self) -> str:
        try:
            name = (self.folder / "current").read_text("ascii")
        except FileNotFoundError:
            name = ""
        if not _GENERATION.fullmatch(name):
            raise IndexMissing("there is no index of this release yet: run `marketplace search rebuild`")
        return name

    def _next(self) -> str:
        numbers = [int(found[1]) for entry in self.folder.iterdir() if (found := _GENERATION.fullmatch(entry.name))]
        return f"v{SCHEMA}-{max(numbers, default=0) + 1:06d}"

    def _tidy(self, generation: str) -> None:
        """Remove the generations before the last two: a reader may be opening the one that just answered."""
        known = sorted(entry for entry in self.folder.iterdir() if entry.is_dir() and entry.name != generation)
        for old in known[:-1]:
            shutil.rmtree(old, ignore_errors=True)

    def _claim(self) -> None:
        owner = self.folder / "tenant"
        if not owner.exists():
            _write_durably(owner, self.tenant_id.hex)
        elif owner.read_text("ascii") != self.tenant_id.hex:
            raise SearchUnavailable(f"{self.folder} belongs to another tenant")

    def _require_exclusive(self) -> None:
        if not getattr(self._held, "here", False):
            raise RuntimeError("write to the index inside exclusive()")

    def _written(self, document: Document) -> str:
        if document.tenant_id != self.tenant_id:
            raise RuntimeError("a document of another tenant")
        return written(document)


Stamp = tuple[str, int, int]
"""Generation, and the state of its list of segments: another stamp, another reader."""


_indexes: dict[Path, EmbeddedIndex] = {}


def embedded_index(folder: Path, tenant_id: UUID) -> EmbeddedIndex:
    """Give this process's index of a folder; its reader is kept between searches."""
    return _indexes.setdefault(folder, EmbeddedIndex(folder, tenant_id))


@contextmanager
def _told() -> Iterator[None]:
    """Tell every failure of the engine in one word; it panics on broken files, past `Exception`."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise IndexMissing(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexMissing("the index is damaged: run `marketplace search rebuild`") from error


def _write_progress(generation: Path, progress: Progress) -> None:
    """Say how far a generation is, after what it says it holds: at worst the same is written once more."""
    _write_durably(generation / "progress", f"{progress.change} {progress.day}")


def _write_durably(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
