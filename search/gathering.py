"""All documents of a tenant, read and made into something by several processes where there are many (issue 5, S3).

Reading a car and taking its words apart costs several times what the engine needs to write it. Each process reads its
share of the cars with a connection of its own and sends what it made in slices; what is committed meanwhile is in the
ledger behind the mark the index is written with, so it does not matter who sees it (`following.py`).
"""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from storefront.core.db import db

from .documents import Document, all_documents
from .errors import SearchUnavailable

MANY = 5000
"""Cars from which on it pays to fork."""
PROCESSES = 4
"""At most: the engine writes with one thread, and more would only wait for it."""
SLICE = 500
"""Documents sent at once."""
SELDOM = (200_000, 20, 100)
"""Objects until a child looks for garbage: nearly all it makes is gone with the slice."""
T = TypeVar("T")
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Everything(Iterable[Document]):
    """The documents of all cars of the open tenant that may be found today.

    Args:
        number: about how many there are.
        each: called after each.
    """

    number: int
    each: Callable[[], object] = lambda: None

    def __iter__(self) -> Iterator[Document]:
        return self._told(all_documents())

    def made(self, make: Callable[[Document], T]) -> Iterator[T]:
        """Have something made of each, in no order; of many by several processes.

        Args:
            make: gives something that can be pickled.

        Raises:
            SearchUnavailable: a process failed or died; nothing of the rest is made.
        """
        processes = min(PROCESSES, len(os.sched_getaffinity(0)))
        if self.number < MANY or processes < 2:
            return map(make, self)
        return self._told(_gathered(make, processes))

    def _told(self, things: Iterable[T]) -> Iterator[T]:
        for thing in things:
            yield thing
            self.each()


def made_of(documents: Iterable[Document], make: Callable[[Document], T]) -> Iterator[T]:
    """Have something made of each of some documents; of `Everything` by several processes."""
    return documents.made(make) if isinstance(documents, Everything) else map(make, documents)


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing a process sends: what went wrong, empty when nothing did."""

    failure: str


def _gathered(make: Callable[[Document], T], processes: int) -> Iterator[T]:
    with _children(partial(_serve, make), processes) as lines:
        while lines:
            for line in wait(lines):
                some = _received(line)
                if not isinstance(some, _End):
                    yield from some
                elif some.failure:
                    raise SearchUnavailable(f"reading the cars failed: {some.failure}")
                else:
                    lines.remove(line)


@contextmanager
def _children(serve: Callable[[Connection, int, int], None], number: int) -> Iterator[list[Any]]:
    """Fork, and end whoever still works when nobody listens any more."""
    lines: list[Connection] = []
    children = []
    try:
        for share in range(number):
            here, there = _FORK.Pipe(duplex=False)
            lines.append(here)
            # A child that still held the other ends would never notice that nobody reads what it sends.
            child = _FORK.Process(target=_begin, args=(list(lines), serve, there, share, number), daemon=True)
            child.start()
            there.close()
            children.append(child)
        yield list(lines)
    finally:
        for line in lines:
            line.close()
        for child in children:
            child.terminate()
            child.join()
            child.close()


def _begin(
    others: list[Connection], serve: Callable[[Connection, int, int], None], line: Connection, share: int, of: int
) -> None:
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(*SELDOM)
    db.after_fork()
    with suppress(BrokenPipeError):
        serve(line, share, of)


def _serve(make: Callable[[Document], object], line: Connection, share: int, shares: int) -> None:
    """Read a share of the cars and send what is made of them."""
    try:
        slice_: list[object] = []
        for document in all_documents(share, shares):
            slice_.append(make(document))
            if len(slice_) == SLICE:
                line.send(slice_)
                slice_ = []
        line.send(slice_)
    except BrokenPipeError:
        raise
    except Exception as error:
        line.send(_End(f"{type(error).__name__}: {error}"))
    else:
        line.send(_End(""))


def _received(line: Any) -> Any:
    try:
        return line.recv()
    except EOFError:
        return _End("a process died")
