"""The static index in a browser: its files served as any web server would, the page's script asked questions."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from playwright.sync_api import Page, sync_playwright

import themes
from search.query import Facet, Query, Range

SCRIPTS = ("search_static.js", "search_files.js", "search_match.js", "search_text.js")
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Answers(Protocol):
    """Somebody who knows the right answers to searches."""

    def ids(self, query: Query) -> list[UUID]:
        """Give all hits in order."""

    def facet(self, query: Query, facet: Facet) -> tuple[tuple[str, int], ...]:
        """Give the values of a facet with their numbers."""

    def bounds(self, query: Query, which: Range) -> tuple[int, int] | None:
        """Give the least and greatest value."""

    def km(self, query: Query, listing_ids: Sequence[UUID]) -> tuple[float | None, ...]:
        """Give how far cars are away."""


_ASK = """async ([queries, base]) => {
  const { loaded } = await import("/search_files.js");
  const { search } = await import("/search_match.js");
  const index = await loaded(base);
  return queries.map((query) => {
    const { total, hits, facets, bounds } = search(query, index);
    const km = query.near ? hits.map(({ metres }) => metres / 1000) : [];
    return { total, ids: hits.map(({ car }) => car.id), facets, bounds, km };
  });
}"""
_FOLD = """async (texts) => {
  const { loaded } = await import("/search_files.js");
  const { letters } = await loaded("");
  const allowed = (text) => letters.words(text).map((word) => letters.allowed(word));
  return texts.map((text) => [letters.fold(text), letters.words(text), allowed(text)]);
}"""
_TIMED = """async ([query, base]) => {
  const { loaded } = await import("/search_files.js");
  const { search } = await import("/search_match.js");
  const began = performance.now();
  const index = await loaded(base);
  const read = performance.now();
  const { total } = search(query, index);
  return [total, read - began, performance.now() - read];
}"""
_EDITS = """async (pairs) => {
  const { distance } = await import("/search_text.js");
  return pairs.map(([one, other, most]) => distance([...one], [...other], most));
}"""


def differences(answer: Mapping[str, Any], query: Query, right: Answers) -> list[str]:
    """Say where an answer is not the right one (contracts T1 and T2; T3 for the order by relevance).

    Args:
        answer: from `Lab.ask`.
        query: what was asked.
        right: knows what is right: `tests.search_oracle.Oracle`.
    """
    ids = [listing_id.hex for listing_id in right.ids(query)]
    page = ids[query.offset : query.offset + query.size]
    pairs: list[tuple[str, object, object]] = [("total", answer["total"], len(ids)), ("ids", answer["ids"], page)]
    for facet in Facet:
        counts = [tuple(pair) for pair in answer["facets"][facet.value]]
        pairs.append((facet.value, counts, list(right.facet(query, facet))))
    for which in Range:
        bounds = answer["bounds"][which.value]
        pairs.append((which.value, bounds and tuple(bounds), right.bounds(query, which)))
    if query.near is not None:
        pairs.append(("km", answer["km"], list(right.km(query, [UUID(hex=key) for key in page]))))
    return [f"{name}: {found} instead of {wanted}" for name, found, wanted in pairs if found != wanted]


@dataclass(frozen=True, slots=True)
class Lab:
    """A browser at the files of one index."""

    page: Page
    origin: str

    def ask(self, queries: Sequence[Query], base: str = "") -> list[dict[str, Any]]:
        """Answer queries: total, ids of the page in hex, all facets, all bounds, distances in km.

        Args:
            queries: within the site of the index.
            base: where its files lie.
        """
        found: list[dict[str, Any]] = self.page.evaluate(_ASK, [[plain(query) for query in queries], base])
        return found

    def find(self, address: str) -> dict[str, Any]:
        """Answer a form, as the page does: `q=golf&make=volkswagen`."""
        script = 'async (text) => (await import("/search_static.js")).find(new URLSearchParams(text))'
        found: dict[str, Any] = self.page.evaluate(script, address)
        return found

    def timed(self, query: Query, base: str) -> tuple[int, float, float]:
        """Answer a query once: how many cars, ms to read the files, ms to search."""
        total, reading, searching = self.page.evaluate(_TIMED, [plain(query), base])
        return total, reading, searching

    def fold(self, texts: Sequence[str]) -> list[tuple[str, list[str], list[int]]]:
        """Fold texts: folded, their words, and how many typing errors each word may hold."""
        return [tuple(made) for made in self.page.evaluate(_FOLD, list(texts))]

    def edits(self, pairs: list[tuple[str, str, int]]) -> list[int]:
        """Give the edits between two words each, more than a third value as one more than it."""
        found: list[int] = self.page.evaluate(_EDITS, pairs)
        return found


def plain(query: Query) -> dict[str, Any]:
    """Give a query as the script takes it."""
    near = query.near and {"latitude": query.near.latitude, "longitude": query.near.longitude, "km": query.near.km}
    return {
        "text": query.text,
        "chosen": {facet.value: list(values) for facet, values in query.chosen},
        "ranges": {which.value: [low, high] for which, low, high in query.ranges},
        "near": near,
        "sort": query.sort.value,
        "page": query.page,
        "size": query.size,
    }


def lay_out(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of an index, by root-relative address, and the scripts beside them."""
    for address, content in files.items():
        path = folder / address.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    scripts = themes.load("base").assets()
    for name in SCRIPTS:
        shutil.copy(scripts[f"js/{name}"], folder / name)
    (folder / "index.html").write_text("<!doctype html><title>Lab</title>", encoding="utf-8")


@contextmanager
def lab(folder: Path) -> Iterator[Lab]:
    """Serve a folder that `lay_out` filled, and open a browser there."""
    with _served(folder) as origin, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page()
        page.goto(origin)
        yield Lab(page, origin)
        browser.close()


class _Files(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, in silence."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
