"""A dealer's file as bytes: plain or gzip, never more of it in memory than the limits say (SECURITY C9)."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from storefront.feeds.errors import FeedError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a foreign file is read before it is refused."""

    rows: int = 200_000
    cell: int = 65_536
    """Characters in one value."""
    line: int = 1_048_576
    """Bytes in one line of a CSV."""
    total: int = 1_073_741_824
    """Bytes of the whole file, unpacked."""
    document: int = 134_217_728
    """Bytes of a file that has to be held in memory as a whole (JSON)."""


DEFAULT_LIMITS = Limits()


@contextmanager
def opened(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacking gzip on the way; whatever is wrong with it is a `FeedError`."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            inner = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            with io.BufferedReader(_Bounded(inner, limits.total)) as source:
                yield source
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FeedError(f"{path.name}: the gzip file is damaged or incomplete ({error}).") from error
    except OSError as error:
        raise FeedError(f"{path.name}: cannot be read ({error.strerror or error}).") from error


def head_of(path: Path, size: int = 65_536) -> bytes:
    """Give the first bytes of a file, unpacked."""
    with opened(path) as source:
        return source.read(size)


class _Bounded(io.RawIOBase):
    """A stream that stops being read when it has given too much: a small gzip file can unpack to any size."""

    def __init__(self, inner: BinaryIO, limit: int) -> None:
        self._inner = inner
        self._limit = limit
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        chunk = self._inner.read(len(buffer))
        self._given += len(chunk)
        if self._given > self._limit:
            raise FeedError(f"The file is larger than {self._limit // 1_048_576} MB unpacked; split it.")
        buffer[: len(chunk)] = chunk
        return len(chunk)
