"""What a picture file carries besides pixels, read by the formats' rules and by no imaging library (SECURITY C4)."""

from collections.abc import Iterator

_JPEG_PIXELS = {0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xDA}
"""Markers without which there is no picture; APP0 with JFIF is allowed beside them."""
_WEBP_PIXELS = {b"VP8 ", b"VP8L"}
_AVIF_ITEMS = {b"av01"}
_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"iinf": 6, b"dinf": 0}
"""AVIF boxes that hold boxes, with the bytes that come before those."""


def found_in(content: bytes) -> list[str]:
    """Name everything a JPEG, WebP or AVIF carries besides its pixels; an empty list for a clean file.

    Raises:
        ValueError: it is none of these formats, or broken.
    """
    if content.startswith(b"\xff\xd8"):
        return list(_jpeg(content))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return list(_webp(content))
    if content[4:12] == b"ftypavif":
        return list(_avif(content, 0, len(content)))
    raise ValueError("neither JPEG, WebP nor AVIF")


def _jpeg(content: bytes) -> Iterator[str]:
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError(f"no marker at {at}")
        marker = content[at + 1]
        if marker == 0xD9:
            break
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : at + 2 + length]
        if marker == 0xE0 and body[:5] == b"JFIF\0":
            if body[12:14] != b"\0\0":
                yield "a thumbnail in JFIF"
        elif marker not in _JPEG_PIXELS:
            yield f"marker {marker:02x}: {body[:20]!r}"
        at += 2 + length
        if marker == 0xDA:
            at = _after_scan(content, at)
    if content[at + 2 :]:
        yield f"{len(content) - at - 2} bytes behind the end"


def _after_scan(content: bytes, at: int) -> int:
    while True:
        at = content.index(0xFF, at)
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def _webp(content: bytes) -> Iterator[str]:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end != len(content):
        yield f"{len(content) - end} bytes behind the end"
    at = 12
    while at < end:
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name not in _WEBP_PIXELS:
            yield f"chunk {name!r}"
        at += 8 + size + size % 2


def _avif(content: bytes, start: int, end: int) -> Iterator[str]:
    while start < end:
        size, name = int.from_bytes(content[start : start + 4], "big"), content[start + 4 : start + 8]
        if size < 8 or start + size > end:
            raise ValueError(f"box {name!r} of {size} bytes")
        body = content[start + 8 : start + size]
        if name == b"infe" and body[8:12] not in _AVIF_ITEMS:
            yield f"item {body[8:12]!r}"
        elif name == b"colr" and body[:4] != b"nclx":
            yield f"colour profile {body[:4]!r}"
        elif name in (b"uuid", b"udta", b"free", b"skip", b"xml "):
            yield f"box {name!r}"
        elif name in _CONTAINERS:
            yield from _avif(content, start + 8 + _CONTAINERS[name], start + size)
        start += size
