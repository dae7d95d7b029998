"""Keeps a few child processes running, and leaves none behind (issue, item 9).

Each child leads a session of its own, gets SIGTERM when its supervisor dies in whatever way (`PR_SET_PDEATHSIG`), and
is started again with growing pauses when it ends by itself. On SIGTERM, SIGINT or SIGHUP the children are stopped one
after the other; who does not listen is killed, all within 15 seconds.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_WAITED_FOR = (*STOP_SIGNALS, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A child that lived so long is started again at once when it dies."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stop:
    """How a child is stopped: so many seconds after SIGTERM it is asked again, and after as many more killed."""

    patience: float
    asks: int = 1

    @property
    def seconds(self) -> float:
        """Give the longest it takes."""
        return self.patience * self.asks


@dataclass(slots=True)
class Child:
    """One process to keep running.

    Args:
        name: for logs.
        module: run as `python -m <module> <words>`.
        words: its arguments.
        stop: how long it may take to stop.
    """

    name: str
    module: str
    words: Sequence[str] = ()
    stop: Stop = Stop(4.0)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0

    @property
    def is_running(self) -> bool:
        """Ask whether its process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        """Give the process's id while there is one."""
        return None if self.process is None else self.process.pid


@dataclass(slots=True)
class Supervisor:
    """Runs children until it is told to stop.

    Args:
        children: in the order they are started in.
        stop_order: names, in the order they are stopped in.
        environment: for the children.
    """

    children: list[Child]
    stop_order: Sequence[str]
    environment: Mapping[str, str]
    _stopping: bool = field(default=False, init=False)

    def start(self, name: str) -> None:
        """Start the child of that name."""
        child = self.child(name)
        child.started = time.monotonic()
        child.process = spawn([sys.executable, "-m", child.module, *child.words], self.environment)
        log.info("started", extra={"child": child.name, "child_pid": child.pid})

    @property
    def is_stopping(self) -> bool:
        """Ask whether somebody asked to stop."""
        return self._stopping

    def child(self, name: str) -> Child:
        """Give the child of that name."""
        return next(child for child in self.children if child.name == name)

    def wait_until(self, holds: Callable[[], bool], *, needs: str, seconds: float) -> bool:
        """Wait until something holds, as long as a child lives and nobody asks to stop.

        Args:
            holds: asked every tenth of a second.
            needs: the child without which it never will.
            seconds: the longest wait.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._stopping:
            if holds():
                return True
            if not self.child(needs).is_running:
                return False
            self._take_signal(0.1)
        return False

    def run(self) -> None:
        """Keep the children running until a signal asks to stop."""
        while not self._stopping:
            now = time.monotonic()
            for child in self.children:
                self._look_after(child, now)
            self._take_signal(min(1.0, self._next_start(now)))

    def stop(self) -> None:
        """Stop all children, in order; no process of theirs is left.

        What one leaves of its time those after it may use before they are killed, on a machine that is busy.
        """
        spare = 0.0
        for child in sorted(self.children, key=lambda child: self.stop_order.index(child.name)):
            if child.process is not None:
                began = time.monotonic()
                status = end(child.process, child.stop, spare)
                took = time.monotonic() - began
                spare = max(0.0, spare + child.stop.seconds - took)
                log.info("stopped", extra={"child": child.name, "status": status, "seconds": round(took, 2)})

    def _look_after(self, child: Child, now: float) -> None:
        if child.process is None or child.is_running:
            return
        if not child.due:
            lived = now - child.started
            child.pause = FIRST_PAUSE if lived > STEADY_SECONDS else min(LONGEST_PAUSE, child.pause * 2)
            child.due = now + child.pause
            status = child.process.returncode
            kill_session(child.process.pid)
            log.error("died", extra={"child": child.name, "status": status, "again_in": child.pause})
        if now >= child.due:
            child.due = 0.0
            self.start(child.name)

    def _next_start(self, now: float) -> float:
        waits = [child.due - now for child in self.children if child.due]
        return max(0.05, min(waits, default=1.0))

    def _take_signal(self, seconds: float) -> None:
        taken = signal.sigtimedwait(_WAITED_FOR, seconds)
        if taken is not None and taken.si_signo in STOP_SIGNALS:
            self._stopping = True


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold the signals a supervisor waits for, so that none is lost between two looks."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED_FOR)
    try:
        yield
    finally:
        while signal.sigtimedwait(_WAITED_FOR, 0) is not None:
            pass  # what came while the children were being stopped is answered already
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def spawn(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process that leads its own session and ends with its parent."""
    return subprocess.Popen(  # noqa: S603 - our own modules
        command, env=dict(environment), start_new_session=True, stdin=subprocess.DEVNULL, preexec_fn=_prepared()
    )


def end(process: "subprocess.Popen[bytes]", how: Stop, spare: float = 0.0) -> int:
    """Stop a process and all of its session; give its exit status.

    Args:
        process: leads the session.
        how: what it is granted.
        spare: seconds more after it was asked for the last time.
    """
    for ask in range(1, how.asks + 1):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(how.patience + (spare if ask == how.asks else 0.0))
            break
    kill_session(process.pid)
    return process.wait()


def kill_session(leader: int) -> None:
    """Kill whatever is left of a child's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def die_with_parent(with_signal: int = signal.SIGTERM) -> None:
    """Have the kernel signal this process when its parent ends; Linux only, elsewhere it does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, with_signal, 0, 0, 0)


def _prepared() -> Callable[[], None]:
    """Give what a child does between fork and exec; everything it needs is loaded before."""
    parent = os.getpid()
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAITED_FOR)
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
