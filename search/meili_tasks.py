"""Writes to Meilisearch are tasks: asked for, awaited, and told when they fail."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchError

from .errors import IndexMissing, SearchUnavailable
from .meili_wire import Client

FIRST_PAUSE, LONGEST_PAUSE = 0.004, 0.25
"""Seconds between two looks at a task; each pause is half as long again as the one before."""
TRIES = 4
TRY_PAUSE = 0.2
"""Seconds before the second try of a call at most; twice that before each further one."""
OVERLOADED = (429, 502, 503, 504)
T = TypeVar("T")


class Refusal(SearchUnavailable):
    """The server understood and refuses; `code` is its word for why."""

    def __init__(self, what: str, error: MeilisearchApiError) -> None:
        super().__init__(f"Meilisearch refuses {what}: {reason(error)}")
        self.code = error.code


def asked(call: Callable[[], T], what: str) -> T:
    """Make a call that may be made twice; a server that is away or too busy is asked again, later and later.

    Args:
        call: what to do.
        what: what that is, for the message.

    Raises:
        IndexMissing: the index is not there.
        Refusal: it is refused.
        SearchUnavailable: it is not answered in spite of all tries.
    """
    for number in range(1, TRIES + 1):
        try:
            return call()
        except MeilisearchApiError as error:
            if error.code == "index_not_found":
                raise IndexMissing("there is no index yet: run `marketplace search rebuild`") from None
            if error.status_code not in OVERLOADED or number == TRIES:
                raise Refusal(what, error) from None
        except MeilisearchCommunicationError as error:
            if number == TRIES:
                raise SearchUnavailable(f"Meilisearch does not answer {what}: {error.message}") from None
        except (MeilisearchError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise SearchUnavailable(f"Meilisearch does not answer {what}: {type(error).__name__}: {error}") from None
        time.sleep(random.uniform(0, TRY_PAUSE * 2 ** (number - 1)))
    raise AssertionError("the last try returns or raises")


def reason(error: MeilisearchApiError) -> str:
    """Say why a server refused, in its own words but not at any length."""
    return f"{error.message[:300]} ({error.code or error.status_code})"


def awaited(client: Client, enqueue: Callable[[], Any], what: str, seconds: float) -> None:
    """Ask for a task and wait until it is done.

    Args:
        client: to ask after it.
        enqueue: asks for it; called again when the server does not answer, so the task must not mind.
        what: what it does, for the message.
        seconds: how long to wait.

    Raises:
        IndexMissing: the index is not there.
        SearchUnavailable: it failed, or was not done in time.
    """
    done(client, asked(enqueue, what), what, time.monotonic() + seconds)


def done(client: Client, task: Any, what: str, until: float) -> None:
    """Wait until a task that was asked for is done (see `awaited`).

    Args:
        client: to ask after it.
        task: what the server said when it took the task.
        what: what it does, for the message.
        until: on the monotonic clock, how long to wait.
    """
    pauses = paused()
    while True:
        found = asked(lambda: client.get_task(task.task_uid), f"after {what}")
        if found.status == "succeeded":
            return
        if found.status not in ("enqueued", "processing"):
            told = found.error or {}
            if told.get("code") == "index_not_found":
                raise IndexMissing("there is no index yet: run `marketplace search rebuild`")
            said = f"{told.get('message', found.status)} ({told.get('code', 'no code')})"
            raise SearchUnavailable(f"Meilisearch failed {what}: {said[:400]}")
        if time.monotonic() >= until:
            raise SearchUnavailable(f"Meilisearch did not end {what} in time: task {task.task_uid} is {found.status}")
        time.sleep(next(pauses))


def paused() -> Iterator[float]:
    """Give the seconds to wait between two looks, more and more."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(LONGEST_PAUSE, pause * 1.5)
