"""Films of virtual tours: what may be taken in, what is taken out of them, where they lie (SPEC 46, SECURITY C3, C4).

A film is served as it is, so it is judged by its first bytes and freed of what phones write into it (place, device,
date) before it is kept: boxes of metadata become empty ones of the same length, and no byte of the pictures moves.
Kept under the hash of what is served: `<instance>/films/<hh>/<sha256>`.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storefront.core.config import Settings
from storefront.core.errors import DomainError

MAX_FILM = 64 * 1024 * 1024
"""Bytes of a film: a minute or two; longer ones belong to a video service (a link)."""
TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
ONLY = "Only MP4 and WebM films are allowed, 64 MB at most"
HASH_DIGITS = 20
_BRANDS = re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4V |dash|MSNV|hvc1")
_DESCRIPTIONS = (b"udta", b"meta", b"uuid", b"loci", b"free", b"skip")
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf", b"edts")
_DEPTH = 6
_SEGMENT, _TAGS, _ATTACHMENTS, _VOID = 0x18538067, 0x1254C367, 0x1941A469, 0xEC


class BadFilm(DomainError):
    """A file that cannot be a film of ours, with the sentence that says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="film")


@dataclass(frozen=True, slots=True)
class FilmStore:
    """The films of an installation; `root` is a folder that no web server serves."""

    root: Path

    def put(self, content: bytes) -> tuple[str, str]:
        """Judge a film, free it of descriptions and keep it, durably, before anything refers to it.

        Returns:
            Its sha256 in hex and its extension, `mp4` or `webm`.

        Raises:
            BadFilm: another format, too large or broken.
            OSError: the disk refused; nothing half-written is left under the name.
        """
        kind = sniffed(content)
        if kind is None:
            raise BadFilm(ONLY)
        if len(content) > MAX_FILM:
            raise BadFilm(f"{ONLY}. This one: {len(content) / 1024 / 1024:.1f} MB")
        served = cleaned(content, kind)
        digest = hashlib.sha256(served).hexdigest()
        path = self.root / digest[:2] / digest
        if path.is_file() and path.stat().st_size == len(served):
            return digest, kind
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{digest}.{os.getpid()}")
        try:
            with beside.open("wb") as file:
                file.write(served)
                file.flush()
                os.fsync(file.fileno())
            beside.chmod(0o444)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return digest, kind

    def find(self, key: str) -> Path | None:
        """Give the film whose hash begins with these 20 hex digits, None when there is none."""
        if not re.fullmatch(r"[0-9a-f]{20}", key):
            return None
        return next(iter(sorted((self.root / key[:2]).glob(f"{key}*"))), None)


def film_store(settings: Settings) -> FilmStore:
    """Give the films of an installation."""
    return FilmStore(settings.instance / "films")


def sniffed(content: bytes) -> str | None:
    """Name a film's format by its first bytes: `mp4`, `webm` or None."""
    if content[4:8] == b"ftyp" and _BRANDS.search(content[8:12] + content[16:64]):
        return "mp4"
    if content[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in content[:64]:
        return "webm"
    return None


def cleaned(content: bytes, kind: str) -> bytes:
    """Give a film without what is said about it: place, device, titles, attachments.

    Raises:
        BadFilm: its parts do not fit together.
    """
    served = bytearray(content)
    spans = _mp4_descriptions(content) if kind == "mp4" else _webm_descriptions(content)
    for start, end in spans:
        served[start:end] = _empty_box(end - start) if kind == "mp4" else _empty_element(end - start)
    return bytes(served)


def _mp4_descriptions(content: bytes) -> Iterator[tuple[int, int]]:
    return _boxes(content, 0, len(content), _DEPTH)


def _boxes(content: bytes, start: int, end: int, depth: int) -> Iterator[tuple[int, int]]:
    """Walk the boxes of an MP4 and give where descriptions lie."""
    while start + 8 <= end:
        size, name = int.from_bytes(content[start : start + 4], "big"), content[start + 4 : start + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        size = end - start if size == 0 else size
        if size < head or start + size > end:
            raise BadFilm("The film is damaged: please export it again as MP4")
        if name in _DESCRIPTIONS:
            yield start, start + size
        elif name in _CONTAINERS and depth:
            yield from _boxes(content, start + head, start + size, depth - 1)
        start += size


def _empty_box(size: int) -> bytes:
    if size < 1 << 32:
        return size.to_bytes(4, "big") + b"free" + bytes(size - 8)
    raise BadFilm(ONLY)


def _webm_descriptions(content: bytes) -> Iterator[tuple[int, int]]:
    """Walk the elements of a WebM and give where tags and attachments lie."""
    start, end = 0, len(content)
    while start < end:
        name, at = _number(content, start, keep_marker=True)
        size, body = _number(content, at, keep_marker=False)
        unknown = size == (1 << 7 * (body - at)) - 1
        if name == _SEGMENT:
            start, end = body, end if unknown else min(end, body + size)
            continue
        if unknown:
            return
        if body + size > len(content):
            raise BadFilm("The film is damaged: please export it again as WebM")
        if name in (_TAGS, _ATTACHMENTS):
            yield start, body + size
        start = body + size


def _number(content: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """Read a number of variable length (EBML); gives it and where it ends."""
    first = content[at] if at < len(content) else 0
    if not first:
        raise BadFilm("The film is damaged: please export it again as WebM")
    length = 9 - first.bit_length()
    value = int.from_bytes(content[at : at + length], "big")
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), at + length


def _empty_element(size: int) -> bytes:
    if size < 9:
        return bytes([_VOID, 0x80 | (size - 2)]) + bytes(size - 2)
    return bytes([_VOID, 0x01]) + (size - 9).to_bytes(7, "big") + bytes(size - 9)
