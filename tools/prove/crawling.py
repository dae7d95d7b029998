"""A visitor without pause: asks our own file server for pages of a site and judges every answer.

An answer is good when it is complete (as long as announced, its bytes a content of the store), when all marks on it are
of one release, and when it is not older than an answer before. A mark is something a test changes with every release
and that stands on many pages: a phone number, a price.
"""

import gzip
import itertools
import multiprocessing
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import brotli
import xxhash

from builder.store import Store, content_store
from storefront.core.config import Settings
from storefront.live.files import StaticSites, site_of

_FORK = multiprocessing.get_context("fork")
_CODINGS: dict[str, Callable[[bytes], bytes]] = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}
_MOST_FAULTS = 20
_NO_DIGIT = re.compile(rb"\D")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on pages and tells their release: a pattern whose first group is a number that grows."""

    pattern: re.Pattern[bytes]

    def on(self, content: bytes) -> set[int]:
        """Give the numbers on a page."""
        return {int(_NO_DIGIT.sub(b"", number)) for number in self.pattern.findall(content)}


@dataclass
class Visitor:
    """Asks for the pages of one host."""

    settings: Settings
    host: str
    paths: Sequence[str]
    """Addresses that every release has."""
    marks: Sequence[Mark]
    answers: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    _newest: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sites = StaticSites(_nobody, self.settings)
        self._store = content_store(self.settings)

    def ask(self, path: str, coding: str) -> None:
        """Ask for a page and judge the answer."""
        self.answers += 1
        status, headers, body = _asked(self._sites, self.host, path, coding)
        if status != "200 OK":
            self.faults[f"missing: {path} {status}"] += 1
            return
        try:
            content = _CODINGS[headers.get("Content-Encoding", "")](body)
        except (brotli.error, OSError, EOFError) as error:
            self.faults[f"truncated: {path} {error}"] += 1
            return
        if int(headers["Content-Length"]) != len(body) or not _is_known(self._store, content):
            self.faults[f"truncated: {path}"] += 1
        for place, mark in enumerate(self.marks):
            found = mark.on(content)
            if len(found) > 1:
                self.faults[f"mixed: {path} {sorted(found)}"] += 1
            for number in found:
                if number < self._newest.get((path, place), 0):
                    self.faults[f"mixed: {path} went back to {number}"] += 1
                self._newest[path, place] = number

    def look_at_all(self) -> None:
        """Read the whole tree that is served, and judge whether it is of one release; not if it switched meanwhile."""
        site = site_of(self.settings, self.host)
        if site is None:
            self.faults["missing: the site"] += 1
            return
        found: list[set[int]] = [set() for _ in self.marks]
        for file in site.root.rglob("*.html"):
            try:
                content = file.read_bytes()
            except FileNotFoundError:
                return  # the tree became the standby while it was read, and is being changed
            for numbers, mark in zip(found, self.marks, strict=True):
                numbers |= mark.on(content)
        if site_of(self.settings, self.host) != site:
            return
        self.answers += 1
        if any(len(numbers) > 1 for numbers in found):
            self.faults[f"mixed: a tree with {[sorted(numbers) for numbers in found]}"] += 1


@dataclass
class Found:
    """What a visitor found who went about while something else happened."""

    answers: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


@contextmanager
def visited(visitor: Visitor, pause: float = 0.0) -> Iterator[Found]:
    """Let a visitor go about in a process of its own; what it found is known afterwards.

    Args:
        visitor: who.
        pause: seconds between two answers, so that others of this machine get a turn.
    """
    ours, theirs = _FORK.Pipe()
    process = _FORK.Process(target=_go_about, args=(visitor, theirs, pause), daemon=True)
    process.start()
    theirs.close()
    found = Found()
    began = time.monotonic()
    try:
        yield found
    finally:
        ours.send("stop")
        answers, faults = ours.recv()
        process.join()
        found.answers, found.seconds = answers, time.monotonic() - began
        found.faults = [f"{times} × {what}" for what, times in faults.most_common(_MOST_FAULTS)]


def _go_about(visitor: Visitor, line: Any, pause: float) -> None:
    dice = random.Random(5)
    for turn in itertools.count(1):
        visitor.ask(dice.choice(visitor.paths), dice.choice(list(_CODINGS)))
        if turn % 200 == 0:
            visitor.look_at_all()
        if line.poll(pause):
            break
    line.send((visitor.answers, visitor.faults))
    line.close()


def _asked(sites: StaticSites, host: str, path: str, coding: str) -> tuple[str, dict[str, str], bytes]:
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
        said.update(status=status, headers=dict(headers))

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": host, "HTTP_ACCEPT_ENCODING": coding}
    body = sites(environ, start)
    try:
        content = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    return said["status"], said["headers"], content


def _nobody(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("502 Nobody", [("Content-Length", "0")])
    return []


def _is_known(store: Store, content: bytes) -> bool:
    return store.path(xxhash.xxh3_128_hexdigest(content)).exists()
