"""How we speak to Meilisearch: the official client over a transport with a time limit for the whole answer.

The client's own transport opens a connection for every call, shares its headers between threads, and waits anew for
every packet, so that a server that drips holds a worker for ever (SECURITY E6). Ours keeps a connection for each
thread, and whatever the server does, an answer is there in time or an error is.
"""

import io
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from math import inf
from threading import local
from typing import Any
from urllib.parse import urlsplit

import meilisearch
import orjson
from meilisearch._httprequests import HttpRequests
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError
from meilisearch.index import Index
from meilisearch.models.task import TaskInfo

ANSWER_BYTES = 256_000_000
"""What is longer is no answer of a search engine."""
CHUNK_BYTES = 1 << 16
MAY_COME_TWICE = frozenset({"multi-search"})
"""POST requests that change nothing; like GET they go over a kept connection and are sent again when it was closed."""


class Client(meilisearch.Client):
    """The official client over our transport."""

    def __init__(self, url: str, key: Callable[[], str], seconds: float) -> None:
        """Make a client; nothing is asked before it is used.

        Args:
            url: of the server, `http://host:7700`, with or without a path.
            key: gives what to identify by at each call; empty for a server without keys.
            seconds: how long a call may take in all.
        """
        super().__init__(url)
        self.http: Wire = Wire(url, key, seconds)
        self.task_handler.http = self.http

    def until(self, moment: float) -> AbstractContextManager[None]:
        """Have the calls of this thread end by a moment of the monotonic clock, however many they are."""
        return self.http.until(moment)

    def create_index(
        self, uid: str, options: Mapping[str, Any] | None = None, *, metadata: str | None = None
    ) -> TaskInfo:
        """Make an index; the client's own way would go past our transport."""
        del metadata
        return TaskInfo(**self.http.post(self.config.paths.index, {**(options or {}), "uid": uid}))

    def index(self, uid: str) -> Index:
        """Give an index by its name, without asking for it."""
        found = super().index(uid)
        found.http = self.http
        found.task_handler.http = self.http
        return found


class Wire(HttpRequests):
    """Sends the client's requests. It may be shared by threads, and lives on in a forked process."""

    def __init__(self, url: str, key: Callable[[], str], seconds: float) -> None:
        """Take where, as whom and for how long (see `Client`)."""
        self._where = urlsplit(url)
        self._key = key
        self.seconds = seconds
        self._kept = local()

    @contextmanager
    def until(self, moment: float) -> Iterator[None]:
        """Have the calls of this thread end by a moment (see `Client.until`)."""
        self._kept.until = moment
        try:
            yield
        finally:
            self._kept.until = inf

    def send_request(
        self,
        http_method: Callable[..., Any],
        path: str,
        body: Any = None,
        content_type: str | None = None,
        *,
        serializer: Any = None,
    ) -> Any:
        """Ask, and give the answer's JSON.

        Raises:
            MeilisearchTimeoutError: the answer was not there in time.
            MeilisearchCommunicationError: no answer, or none of a Meilisearch.
            MeilisearchApiError: the server refuses.
        """
        del serializer
        method = http_method.__name__.upper()
        until = min(time.monotonic() + self.seconds, getattr(self._kept, "until", inf))
        try:
            status, content = self._exchanged(method, path, _written(body, content_type), content_type, until)
        except TimeoutError as error:
            raise MeilisearchTimeoutError("no answer in time") from error
        except (OSError, HTTPException, ValueError) as error:
            raise MeilisearchCommunicationError(type(error).__name__ + (f": {error}" if str(error) else "")) from error
        if not 200 <= status < 300:
            raise MeilisearchApiError(f"answer {status}", _Refusal(status, content))  # type: ignore[arg-type]
        if not content:
            return None
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise MeilisearchCommunicationError("the answer is not JSON") from error

    def _exchanged(
        self, method: str, path: str, body: bytes | None, content_type: str | None, until: float
    ) -> tuple[int, bytes]:
        repeatable = method == "GET" or path in MAY_COME_TWICE
        kept = self._taken() if repeatable else None
        if kept is not None:
            try:
                return self._asked(kept, method, path, body, content_type, until)
            except TimeoutError:
                kept.close()
                raise
            except (OSError, HTTPException):
                # It lay idle and the server closed it: a fresh one tells what is really the matter.
                kept.close()
        fresh = self._connected(until)
        try:
            return self._asked(fresh, method, path, body, content_type, until)
        except BaseException:
            fresh.close()
            raise

    def _asked(
        self,
        connection: "_Connection | _SecureConnection",
        method: str,
        path: str,
        body: bytes | None,
        content_type: str | None,
        until: float,
    ) -> tuple[int, bytes]:
        connection.sock.settimeout(_left(until))
        headers = {"Accept-Encoding": "identity", "User-Agent": "Marketplace"}
        if key := self._key():
            headers["Authorization"] = f"Bearer {key}"
        if content_type is not None:
            headers["Content-Type"] = content_type
        connection.until = until
        connection.request(method, f"{self._where.path.rstrip('/')}/{path}", body, headers)
        answer = connection.getresponse()
        content = _read(answer)
        if answer.will_close:
            connection.close()
        else:
            self._kept.connection = (os.getpid(), connection)
        return answer.status, content

    def _taken(self) -> "_Connection | _SecureConnection | None":
        """Take this thread's kept connection; a forked process leaves that of its parent alone."""
        process, connection = getattr(self._kept, "connection", (0, None))
        self._kept.connection = (0, None)
        return connection if process == os.getpid() else None

    def _connected(self, until: float) -> "_Connection | _SecureConnection":
        # A name may stand for two addresses, of which each is given its half.
        limit = _left(until) / 2
        kind = _SecureConnection if self._where.scheme == "https" else _Connection
        connection = kind(self._where.hostname or "", self._where.port, timeout=limit)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def _written(body: Any, content_type: str | None) -> bytes | None:
    if body is None and content_type is None:
        return None
    return body if isinstance(body, bytes) else orjson.dumps(body)


def _read(answer: HTTPResponse) -> bytes:
    parts, size = [], 0
    while part := answer.read(CHUNK_BYTES):
        size += len(part)
        if size > ANSWER_BYTES:
            raise ValueError(f"the answer is longer than {ANSWER_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """What a response reads from: the socket, until a moment that no drip moves."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._stream = _Stream(sock, until)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give the file a response reads, as `socket.makefile` does."""
        return io.BufferedReader(self._stream, CHUNK_BYTES)


class _Stream(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(buffer)


class _Kept:
    """What both kinds of connection have in common: answers are timed, and one that nobody holds any more closes."""

    until = 0.0

    def response_class(self, sock: socket.socket, *args: Any, **kwargs: Any) -> HTTPResponse:
        """Give the response to the request just sent."""
        return HTTPResponse(_Timed(sock, self.until), *args, **kwargs)  # type: ignore[arg-type]

    def __del__(self) -> None:
        self.close()  # type: ignore[attr-defined]


class _Connection(_Kept, HTTPConnection):  # type: ignore[misc]
    """A plain one."""


class _SecureConnection(_Kept, HTTPSConnection):  # type: ignore[misc]
    """One over TLS."""


class _Refusal:
    """An answer that refuses, as the client's error reads it."""

    def __init__(self, status: int, content: bytes) -> None:
        self.status_code = status
        self.text = content[:2000].decode("utf-8", "replace")
