"""What of a release lies at a target: for each file one object, or two more with its compressed copies.

An object's mark names its content and its headers, so that what is there can be told from what is wanted without
reading it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import xxhash

from builder import compress
from builder.manifest import Entry
from builder.store import Store
from seo import headers
from seo.headers import Kind
from seo.surrogate import car_of

ASSETS, CARS, PAGES, DOCUMENTS, RULES = range(5)
"""Phases, each begun when the one before is over: no page is there before what it shows, no list before its cars, no
sitemap before its pages."""
CODINGS = {"br": "br", "gz": "gzip"}
"""Endings of compressed copies and the names HTTP has for them."""
_KEPT = ("Content-Type", "Cache-Control")
"""Headers an object storage can keep; all others are the business of the CDN in front."""
_DOCUMENTS = (".xml", ".txt", ".csv", ".tsv", ".json")
_UNCODED = ("feeds/",)
"""Never stored compressed under its plain name: what fetches feeds is no browser."""


@dataclass(frozen=True, slots=True)
class Object:
    """A file at a target."""

    key: str
    """Below the host's root."""
    body: Path | bytes
    headers: dict[str, str]
    mark: str
    phase: int

    @property
    def size(self) -> int:
        """Give its bytes; a missing content is the caller's to report."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size


def objects_of(entry: Entry, store: Store, encoding: str) -> Iterator[Object]:
    """Give what stands for a file of a release.

    Args:
        entry: the file.
        store: where its content lies.
        encoding: how compressed copies are delivered (`targets.ENCODINGS`).
    """
    wanted = {"gzip": "gz"}.get(encoding, encoding)
    if wanted in entry.encodings and not entry.path.startswith(_UNCODED):
        yield _object(entry.path, entry, store, wanted)
        return
    yield _object(entry.path, entry, store, "")
    for ending in entry.encodings if encoding == "twins" else ():
        yield _object(f"{entry.path}.{ending}", entry, store, ending)


def keys_of(path: str, encoding: str) -> list[str]:
    """Give the keys a file of a release may have at a target."""
    if encoding == "twins" and compress.is_text(path):
        return [path, *(f"{path}.{ending}" for ending in CODINGS)]
    return [path]


def rule_object(name: str, content: bytes) -> Object:
    """Give a rule file of a host (`_redirects`, `_headers`)."""
    said = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": Kind.MISSING.value}
    return Object(name, content, said, _mark(xxhash.xxh3_128_hexdigest(content), said), RULES)


def lasts(key: str) -> bool:
    """Ask whether a key is named by its content: old pages in caches may load it for weeks (SEO.md §15)."""
    return headers.kind_of(key) is Kind.NAMED_BY_CONTENT


@cache
def code_digest() -> str:
    """Digest what decides on names and headers: after a change of it everything at a target is looked at again."""
    digest = xxhash.xxh3_64()
    for file in (headers.__file__, __file__):
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def _object(key: str, entry: Entry, store: Store, ending: str) -> Object:
    said = dict(_headers(entry.path))
    if ending:
        said["Content-Encoding"] = CODINGS[ending]
    content = f"{entry.hash}.{ending}" if ending else entry.hash
    return Object(key, store.path(entry.hash, ending), said, _mark(content, said), phase_of(entry.path))


def _headers(path: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.file_headers(path) if name in _KEPT]


def phase_of(path: str) -> int:
    """Tell in which phase a file of a release is delivered."""
    if path.endswith(".html"):
        return PAGES if car_of(path) is None else CARS
    return DOCUMENTS if path.endswith(_DOCUMENTS) and not lasts(path) else ASSETS


def _mark(content: str, said: dict[str, Any]) -> str:
    shown = "\n".join(f"{name}: {said[name]}" for name in sorted(said))
    return f"{content}-{xxhash.xxh3_64_hexdigest(shown.encode())[:8]}"
