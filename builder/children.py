"""Child processes that do one task after the other, and whose death is an answer and not an accident.

A crew is forked once. A child that a task kills (memory, time, a decoder's crash) is replaced, and the task that killed
it is answered with `Died`; the others go on. Used for pictures, whose decoders are not to be trusted (SECURITY C3), and
for rendering on several cores.
"""

import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_FORK = multiprocessing.get_context("fork")
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use."""

    megabytes: int | None = None
    """Address space beyond what it starts with."""
    seconds: int | None = None
    """For one task, of processor as well as of waiting."""
    nice: int = 0
    """How far it steps back behind other processes, 0 to 19."""


@dataclass(frozen=True, slots=True)
class Died:
    """A task ended its child instead of answering."""

    reason: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A task raised an exception."""

    error: BaseException


class Crew(Generic[T, R]):
    """Some forked children that all do the same work; use as a context manager."""

    def __init__(self, size: int, work: Callable[[T], R], limits: Limits | None = None) -> None:
        """Fork the children.

        Args:
            size: how many, at least 1.
            work: what each task is given to; arguments and answers are pickled.
            limits: what a child may use.
        """
        self._work = work
        self._limits = limits or Limits()
        self._hands: list[_Hand[T, R]] = [_Hand(self._work, self._limits) for _ in range(max(1, size))]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children."""
        for hand in self._hands:
            hand.end()

    def each(
        self, tasks: Iterable[T], meanwhile: Callable[[], None] | None = None
    ) -> Iterator[tuple[T, R | Raised | Died]]:
        """Have every task done; answers come in the order they are ready.

        Args:
            tasks: what is to be done.
            meanwhile: called once when the first are being done.
        """
        waiting = deque(tasks)
        busy: dict[Connection, tuple[_Hand[T, R], T]] = {}
        idle = list(self._hands)
        while waiting or busy:
            while waiting and idle:
                hand, task = idle.pop(), waiting.popleft()
                hand.give(task)
                busy[hand.line] = (hand, task)
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            for line in _answering(busy):
                hand, task = busy.pop(line)
                answer = hand.answer()
                if isinstance(answer, Died):
                    self._hands.remove(hand)
                    hand = _Hand(self._work, self._limits)
                    self._hands.append(hand)
                idle.append(hand)
                yield task, answer

    def all_begin(self, task: T) -> None:
        """Give the same task to every child at once; `all_done` waits for the answers."""
        for hand in self._hands:
            hand.give(task)

    def all_done(self) -> list[R | Raised | Died]:
        """Wait until every child has done what it began."""
        return [hand.answer() for hand in self._hands]


def _answering(busy: "dict[Connection, tuple[_Hand[Any, Any], Any]]") -> list[Connection]:
    """Wait until somebody answers, dies, or has taken too long."""
    deadlines = [hand.deadline for hand, _ in busy.values() if hand.deadline is not None]
    patience = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
    ready = [line for line in wait(list(busy), patience) if isinstance(line, Connection)]
    late = [line for line, (hand, _) in busy.items() if line not in ready and hand.is_late]
    return ready + late


class _Hand(Generic[T, R]):
    """One child and the line to it."""

    def __init__(self, work: Callable[[T], R], limits: Limits) -> None:
        self._limits = limits
        self.deadline: float | None = None
        self.line, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_serve, args=(theirs, self.line, work, limits), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def is_late(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def give(self, task: T) -> None:
        if self._limits.seconds is not None:
            self.deadline = time.monotonic() + self._limits.seconds
        try:
            self.line.send(task)
        except (BrokenPipeError, ConnectionResetError):
            return  # it is dead; answer() says so

    def answer(self) -> R | Raised | Died:
        patience = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        try:
            if not self.line.poll(patience):
                self.end()
                return Died(f"took longer than {self._limits.seconds} seconds")
            answer: R | Raised = self.line.recv()
            return answer
        except (EOFError, ConnectionResetError):
            self._process.join()
            return Died(_cause(self._process.exitcode))

    def end(self) -> None:
        self.line.close()
        if self._process.is_alive() and self._process.pid is not None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.join()
        self._process.close()


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _serve(line: Connection, parents: Connection, work: Callable[[Any], Any], limits: Limits) -> None:
    """Live as a child: a task in, an answer out, until the line closes."""
    parents.close()
    # A child that builds a whole site has a crew of its own for pictures; that one ends when this one does.
    multiprocessing.current_process().daemon = False
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(limits.nice)
    if limits.megabytes is not None:
        most = _address_space() + limits.megabytes * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            os._exit(0)
        line.send(_done(work, task, limits))


def _done(work: Callable[[Any], Any], task: Any, limits: Limits) -> Any:
    if limits.seconds is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + limits.seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        return work(task)
    except BaseException as error:
        return Raised(error)


def _address_space() -> int:
    """Give the bytes of address space this process has now."""
    with open("/proc/self/statm", "rb") as file:
        pages = int(file.read().split()[0])
    return pages * resource.getpagesize()
