"""The embedded engine: a tantivy index per tenant in the instance folder, many readers, one writer at a time.

    <instance>/search/vehicles-<8 hex>/
        tenant          whose it is, the whole id
        lock            held by the writer
        current         name of the generation that answers
        v1-000003/      a generation: v<schema>-<number>

A rebuild fills a new generation beside the old one and switches `current`; another schema is simply a generation of
another name, so an index of an older release counts as none. The engine matches resolved words exactly (`query.py`);
what it cannot do, ordering by a value and then by id, is made of several questions to it (`_ordered`).
"""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, local
from typing import Any
from uuid import UUID

import tantivy

from .documents import FIELDS, Document
from .errors import IndexBusy, SearchUnavailable
from .index import Hits
from .query import Query, Resolved, Sort, resolve

SCHEMA = 1
"""Raise it with every change of the schema or of how words are folded."""
WAIT_SECONDS = 30.0
"""How long a writer waits for another one."""
WRITE_HEAP, REBUILD_HEAP = 16_000_000, 64_000_000
EDIT_CLASSES = 3
"""Relevance tells 0, 1, 2 and 3 edits apart; more are one class."""
_LAST = 2**62
"""Stands for an unknown value where such cars come last."""
_GENERATION = re.compile(rf"v{SCHEMA}-(\d{{6}})")
_SORT_FIELD = {
    Sort.NEWEST: ("listed", True),
    Sort.PRICE: ("price_up", False),
    Sort.PRICE_DOWN: ("price_down", True),
    Sort.MILEAGE: ("mileage_up", False),
    Sort.YEAR_DOWN: ("year_down", True),
}
"""Field and whether the greatest comes first."""
_Q = tantivy.Query


def schema() -> Any:
    """Give the schema of a generation: words of a field hold those of the better fields as well."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("dealer_id", "make"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_boolean_field("market", indexed=True)
    for name in ("price", "year", "mileage", "listed", "price_up", "price_down", "mileage_up", "year_down"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in FIELDS:
        builder.add_text_field(f"w_{name}", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


class EmbeddedIndex:
    """The index of one tenant in one folder."""

    def __init__(self, folder: Path, tenant_id: UUID) -> None:
        self.folder = folder
        self.tenant_id = tenant_id
        self._opening = Lock()
        self._reader: _Reader | None = None
        self._held = local()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the folder's lock (see `Index.exclusive`)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for(handle, self.folder)
            self._claim()
            self._held.here = True
            try:
                yield
            finally:
                self._held.here = False
        finally:
            os.close(handle)

    def apply(self, documents: Iterable[Document], deletions: Iterable[UUID]) -> None:
        """Put, replace and remove documents in one commit (see `Index.apply`)."""
        self._require_exclusive()
        with _told():
            writer = tantivy.Index.open(str(self.folder / self._current())).writer(WRITE_HEAP, 1)
        for listing_id in deletions:
            writer.delete_documents_by_term("id", listing_id.hex)
        for document in documents:
            self._require_own(document)
            writer.delete_documents_by_term("id", document.id.hex)
            writer.add_document(_written(document))
        writer.commit()
        writer.wait_merging_threads()

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Fill a new generation and switch to it (see `Index.rebuild`)."""
        self._require_exclusive()
        generation = self._next()
        folder = self.folder / generation
        folder.mkdir()
        writer = tantivy.Index(schema(), path=str(folder)).writer(REBUILD_HEAP, 1)
        number = 0
        for document in documents:
            self._require_own(document)
            writer.add_document(_written(document))
            number += 1
        writer.commit()
        writer.wait_merging_threads()
        _write_durably(self.folder / "current", generation)
        self._tidy(generation)
        return number

    def search(self, query: Query) -> Hits:
        """Find cars (see `Index.search`)."""
        with _told():
            return self._open().search(query)

    def _open(self) -> "_Reader":
        stamp = self._stamp()
        with self._opening:
            if self._reader is None or self._reader.stamp != stamp:
                self._reader = _Reader(self.folder / stamp[0], stamp)
            return self._reader

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
            raise SearchUnavailable("there is no index of this release yet: run `marketplace search rebuild`")
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

    def _require_own(self, document: Document) -> None:
        if document.tenant_id != self.tenant_id:
            raise RuntimeError("a document of another tenant")


Stamp = tuple[str, int, int]
"""Generation, and the state of its list of segments: another stamp, another reader."""


class _Reader:
    """One state of a generation: its searcher, and its vocabulary as far as it was asked for."""

    def __init__(self, folder: Path, stamp: Stamp) -> None:
        self.stamp = stamp
        index = tantivy.Index.open(str(folder))
        index.config_reader(reload_policy="Manual")
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        self._beginnings: dict[str, tuple[str, ...]] = {}

    def beginning(self, letter: str) -> tuple[str, ...]:
        """Give the index's words with this first letter (`query.Vocabulary`)."""
        if letter not in self._beginnings:
            terms = self._searcher.terms_with_prefix(f"w_{FIELDS[-1]}", letter)
            self._beginnings[letter] = tuple(term for term, _ in terms)
        return self._beginnings[letter]

    def search(self, query: Query) -> Hits:
        """Give a page of hits and their total."""
        words = resolve(query.words, self)
        filters = self._filters(query)
        sort = query.sort if words or query.sort is not Sort.RELEVANCE else Sort.NEWEST
        matching = _all([*filters, *self._matching(words, sum(word.edits for word in words), FIELDS[-1])])
        total = self._count(matching)
        if query.offset >= total:
            return Hits((), total, query.page, query.size)
        if sort is Sort.RELEVANCE:
            ids = self._by_relevance(words, filters, query.offset, min(query.size, total - query.offset))
        else:
            ids = self._ordered(matching, sort, query.offset, query.size)
        return Hits(tuple(ids), total, query.page, query.size)

    def _filters(self, query: Query) -> list[Any]:
        found = [
            _Q.term_query(self._schema, "market", True)
            if query.dealer_id is None
            else self._term("dealer_id", query.dealer_id.hex)
        ]
        if query.makes:
            found.append(_Q.term_set_query(self._schema, "make", list(query.makes)))
        found += self._range("price", query.price_min, query.price_max)
        found += self._range("year", query.year_min, query.year_max)
        found += self._range("mileage", None, query.mileage_max)
        return found

    def _range(self, field: str, low: int | None, high: int | None) -> list[Any]:
        if low is None and high is None:
            return []
        return [_Q.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)]

    def _term(self, field: str, value: str | int) -> Any:
        return _Q.term_query(self._schema, field, value, index_option="basic")

    def _matching(self, words: Sequence[Resolved], edits: int, field: str) -> list[Any]:
        """Give the queries a car must match to hold all words in this or a better field with so many edits in all."""
        if not words:
            return []
        first, rest = words[0], words[1:]
        if edits >= sum(word.edits for word in words):
            return [self._word(first, range(first.edits + 1), field), *self._matching(rest, edits, field)]
        ways = [
            _all([self._word(first, [used], field), *self._matching(rest, edits - used, field)])
            for used in range(min(edits, first.edits) + 1)
            if used == 0 or first.near[used]
        ]
        return [_any(ways)]

    def _word(self, word: Resolved, edits: Iterable[int], field: str) -> Any:
        levels = list(edits)
        known = [near for level in levels for near in word.near[level]]
        ways = [_Q.term_set_query(self._schema, f"w_{field}", known)] if known else []
        if word.prefix and 0 in levels:
            ways.append(_Q.regex_query(self._schema, f"w_{field}", f"{word.word}.*"))
        return _any(ways)

    def _by_relevance(self, words: Sequence[Resolved], filters: list[Any], offset: int, size: int) -> Iterator[UUID]:
        """Walk the classes of relevance, best first: fewest edits, then best field; inside newest first (T3)."""
        for tier in self._tiers(words, filters):
            number = self._count(tier)
            if offset < number:
                found = list(self._ordered(tier, Sort.NEWEST, offset, size))
                yield from found
                size -= len(found)
            offset = max(0, offset - number)
            if size == 0:
                return

    def _tiers(self, words: Sequence[Resolved], filters: list[Any]) -> Iterator[Any]:
        most = sum(word.edits for word in words)
        steps = [*range(min(most, EDIT_CLASSES + 1)), most]
        fewer: list[Any] = []
        for edits in steps:
            better = list(fewer)
            for field in FIELDS:
                here = self._matching(words, edits, field)
                yield _all([*filters, *here], but=better)
                better = [*fewer, _all(here)]
            fewer = better[-1:]

    def _ordered(self, query: Any, sort: Sort, offset: int, size: int) -> Iterator[UUID]:
        """Give a page in the order of a field, equal values by id.

        The engine orders by one field and leaves equal values as they come. Which values the page holds is right all
        the same; so each run of equal values is asked for again, by id, from where it starts.
        """
        field, greatest_first = _SORT_FIELD[sort]
        order = tantivy.Order.Desc if greatest_first else tantivy.Order.Asc
        hits = self._searcher.search(query, size, count=False, order_by_field=field, order=order, offset=offset).hits
        values = [value for value, _ in hits]
        for value in dict.fromkeys(values):
            skip = offset - self._count(self._before(query, field, value, greatest_first)) if value == values[0] else 0
            same = _all([query, self._term(field, value)])
            yield from self._by_id(same, skip, values.count(value))

    def _before(self, query: Any, field: str, value: int, greatest_first: bool) -> Any:
        low, high = (value + 1, None) if greatest_first else (None, value - 1)
        return _all([query, *self._range(field, low, high)])

    def _by_id(self, query: Any, offset: int, size: int) -> Iterator[UUID]:
        hits = self._searcher.search(
            query, size, count=False, order_by_field="id", order=tantivy.Order.Asc, offset=offset
        ).hits
        return (UUID(hex=key) for key, _ in hits)

    def _count(self, query: Any) -> int:
        found: Any = self._searcher.search(query, 1, count=True)
        return int(found.count)


def _all(queries: Sequence[Any], but: Sequence[Any] = ()) -> Any:
    parts = [(tantivy.Occur.Must, query) for query in queries] or [(tantivy.Occur.Must, _Q.all_query())]
    return _Q.boolean_query(parts + [(tantivy.Occur.MustNot, query) for query in but])


def _any(queries: Sequence[Any]) -> Any:
    if not queries:
        return _Q.empty_query()
    return queries[0] if len(queries) == 1 else _Q.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _written(document: Document) -> Any:
    written = tantivy.Document()
    written.add_text("id", document.id.hex)
    written.add_text("dealer_id", document.dealer_id.hex)
    written.add_text("make", document.make_slug)
    written.add_boolean("market", document.market)
    for field, value in _numbers(document).items():
        if value is not None:
            written.add_integer(field, value)
    words: dict[str, None] = {}
    for field, found in document.words().items():
        words.update(dict.fromkeys(found))
        written.add_text(f"w_{field}", " ".join(words))
    return written


def _numbers(document: Document) -> dict[str, int | None]:
    price, mileage = document.price_cents, document.mileage_km
    return {
        "price": price,
        "year": document.year,
        "mileage": mileage,
        "listed": int(document.listed_at.timestamp() * 1_000_000),
        "price_up": _LAST if price is None else price,
        "price_down": -1 if price is None else price,
        "mileage_up": _LAST if mileage is None else mileage,
        "year_down": -1 if document.year is None else document.year,
    }


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
        raise SearchUnavailable(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise SearchUnavailable("the index is damaged: run `marketplace search rebuild`") from error


def _wait_for(handle: int, folder: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise IndexBusy(f"another writer holds {folder.name}") from None
            time.sleep(0.05)


def _write_durably(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
