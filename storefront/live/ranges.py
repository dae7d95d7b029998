"""Parts of a file: what `Range` asks for (RFC 9110 §14). Films need them: Safari plays none it cannot have in parts."""

import re
from collections.abc import Iterator
from typing import IO

_ONE = re.compile(r"bytes\s*=\s*(?P<first>[0-9]{0,18})\s*-\s*(?P<last>[0-9]{0,18})\s*")


class CannotSatisfy(ValueError):
    """The part begins behind the end of the file: 416."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """Give the first and last byte that are asked for, None when the whole file is to be sent.

    Args:
        header: `Range`; several parts at once, and what cannot be read, are answered with the whole file.
        size: bytes of the file.

    Raises:
        CannotSatisfy: no byte of the file is in the part.
    """
    found = _ONE.fullmatch(header.strip().lower())
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:
        length = min(int(found["last"]), size)
        if not length:
            raise CannotSatisfy(header)
        return size - length, size - 1
    first = int(found["first"])
    last = min(int(found["last"]) if found["last"] else size - 1, size - 1)
    if first >= size:
        raise CannotSatisfy(header)
    return (first, last) if first <= last else None


def part(file: IO[bytes], first: int, last: int, chunk: int) -> Iterator[bytes]:
    """Read a part of a file, and close it."""
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (block := file.read(min(chunk, left))):
            left -= len(block)
            yield block
