"""What was answered lately and is asked for again: popular searches (SPEC 60), kept 15 minutes at most, and 5 minutes
after nobody asked for them any more.

Two shelves: the memory of this process, and Valkey, which all processes share and where the warming job puts what it
made in advance. A key names tenant, site, language, the whole query, the index's stamp, the release that is served and
the day, so that an answer is never shown after something it says has changed; nothing is ever deleted by hand.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import xxhash
from redis import Redis
from redis.exceptions import RedisError

from .breaker import Breaker

ABSOLUTE_SECONDS = 15 * 60
SLIDING_SECONDS = 5 * 60
MOST_BYTES = 48_000_000
"""Of a process's shelf."""
SEEN = 8192
"""Searches remembered to know that one is asked again."""
ANSWER_SECONDS = 0.25
"""How long the shared shelf may take; an answer is made anew in less than it takes to wait for more."""
COUNTS = "searches"
"""Sites whose searches are counted; below it the counts of each."""
WRITE_SECONDS = 2.0
COUNTED = 2000
"""Different searches gathered between two writes."""
ADDRESS_LENGTH = 400
REMEMBERED = 1000
"""Searches of a site whose counts are kept."""
WANTED = 2
"""Times a search must have been asked for, lately, to be made in advance."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is kept."""

    body: bytes
    tag: str
    """ETag, without quotes."""
    made_at: float
    """Seconds since 1970."""


class Shelf:
    """The memory of one process: the youngest use goes last, the first are dropped when it is full."""

    def __init__(self, *, clock: Callable[[], float] = time.time, most: int = MOST_BYTES) -> None:
        """Make an empty shelf.

        Args:
            clock: seconds since 1970.
            most: bytes of all bodies.
        """
        self._clock, self._most = clock, most
        self._entries: OrderedDict[str, tuple[Kept, float]] = OrderedDict()
        self._bytes = 0
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Kept | None:
        """Give what is kept under a key, unless it is too old or nobody asked for too long."""
        now = self._clock()
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            kept, used_at = found
            if now >= kept.made_at + ABSOLUTE_SECONDS or now >= used_at + SLIDING_SECONDS:
                self._drop(key)
                return None
            self._entries[key] = (kept, now)
            self._entries.move_to_end(key)
            return kept

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer."""
        with self._lock:
            if key in self._entries:
                self._drop(key)
            self._entries[key] = (kept, self._clock())
            self._bytes += len(kept.body)
            while self._bytes > self._most and self._entries:
                self._drop(next(iter(self._entries)))

    def is_asked_again(self, search: str) -> bool:
        """Ask whether a search was asked for before: what is asked for once is not worth keeping."""
        with self._lock:
            known = search in self._seen
            self._seen[search] = None
            self._seen.move_to_end(search)
            if len(self._seen) > SEEN:
                self._seen.popitem(last=False)
            return known

    def _drop(self, key: str) -> None:
        kept, _ = self._entries.pop(key)
        self._bytes -= len(kept.body)


class Shared:
    """The shelf in Valkey. One that does not answer is left alone for a while; nothing but time is lost."""

    def __init__(self, client: Callable[[], Redis], *, clock: Callable[[], float] = time.time) -> None:
        """Make the shelf.

        Args:
            client: gives a connection with short time limits.
            clock: seconds since 1970.
        """
        self._client, self._clock = client, clock
        self._breaker = Breaker(failures=1, rest=10)

    def get(self, key: str) -> Kept | None:
        """Give what is kept under a key; asking keeps it five minutes longer, fifteen at most."""
        name = _name(key)
        packed = self._ask(lambda: self._client().get(name))
        if not isinstance(packed, bytes) or (kept := _unpacked(packed)) is None:
            return None
        left = kept.made_at + ABSOLUTE_SECONDS - self._clock()
        if left <= 0:
            return None
        self._ask(lambda: self._client().expire(name, max(1, round(min(SLIDING_SECONDS, left)))))
        return kept

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer."""
        self._ask(lambda: self._client().set(_name(key), _packed(kept), ex=SLIDING_SECONDS))

    def _ask(self, ask: Callable[[], object]) -> object:
        if not self._breaker.allows():
            return None
        try:
            answer = ask()
        except (RedisError, OSError) as error:
            self._breaker.failed()
            log.info("popular searches are not shared", extra={"error": type(error).__name__})
            return None
        self._breaker.succeeded()
        return answer


class Popular:
    """Both shelves, and how often each search was asked for."""

    def __init__(self, shelf: Shelf, shared: Shared, counts: "Counts") -> None:
        self.shelf, self.shared, self.counts = shelf, shared, counts

    def get(self, key: str) -> Kept | None:
        """Give an answer that is kept by this process or for all."""
        kept = self.shelf.get(key)
        if kept is None and (kept := self.shared.get(key)) is not None:
            self.shelf.put(key, kept)
        return kept

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer for all."""
        self.shelf.put(key, kept)
        self.shared.put(key, kept)


class Counts:
    """How often what was searched: gathered here, written to Valkey every few seconds in one go.

    A search is counted as the address that asks it, by site; who asked is nobody's business.
    """

    def __init__(self, client: Callable[[], Redis], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Make empty counts.

        Args:
            client: gives a connection with short time limits.
            clock: seconds that only grow.
        """
        self._client, self._clock = client, clock
        self._open: dict[tuple[str, str], int] = {}
        self._written_at = clock()
        self._breaker = Breaker(failures=1, rest=30)
        self._lock = Lock()

    def add(self, site: str, address: str) -> None:
        """Count a search.

        Args:
            site: its public host.
            address: path and parameters.
        """
        if len(address) > ADDRESS_LENGTH:
            return
        with self._lock:
            if len(self._open) < COUNTED:
                self._open[site, address] = self._open.get((site, address), 0) + 1
            if self._clock() < self._written_at + WRITE_SECONDS:
                return
            self._written_at, gathered, self._open = self._clock(), self._open, {}
        self._write(gathered)

    def _write(self, gathered: dict[tuple[str, str], int]) -> None:
        if not self._breaker.allows():
            return
        try:
            pipeline = self._client().pipeline(transaction=False)
            for (site, address), number in gathered.items():
                pipeline.zincrby(f"{COUNTS}:{site}", number, address)
            pipeline.sadd(COUNTS, *{site for site, _ in gathered})
            pipeline.execute()
        except (RedisError, OSError) as error:
            self._breaker.failed()
            log.info("searches are not counted", extra={"error": type(error).__name__})
        else:
            self._breaker.succeeded()


def most_wanted(client: Redis, most: int) -> list[tuple[str, str]]:
    """Give the searches that were asked for most, by site, as host and address; and let the counts fade.

    What nobody asks any more is forgotten within hours: counts lose a tenth a round and end below one half.
    """
    found: list[tuple[str, str]] = []
    for site in sorted(_text(name) for name in client.smembers(COUNTS)):
        name = f"{COUNTS}:{site}"
        best: Any = client.zrevrangebyscore(name, "+inf", WANTED, start=0, num=most)
        found += [(site, _text(address)) for address in best]
        client.zremrangebyrank(name, 0, -REMEMBERED - 1)
        client.zunionstore(name, {name: 0.9})
        client.zremrangebyscore(name, "-inf", 0.5)
        if not client.exists(name):
            client.srem(COUNTS, site)
    return found


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _name(key: str) -> str:
    return f"found:{xxhash.xxh3_128_hexdigest(key.encode())}"


def _packed(kept: Kept) -> bytes:
    return f"1 {kept.tag} {kept.made_at:.3f}\n".encode() + kept.body


def _unpacked(packed: bytes) -> Kept | None:
    head, _, body = packed.partition(b"\n")
    try:
        form, tag, made_at = head.decode("ascii").split(" ")
        return Kept(body, tag, float(made_at)) if form == "1" else None
    except ValueError:
        return None
