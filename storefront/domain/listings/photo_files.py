"""Files that may be photos: judged by their first bytes and their header, never by a name (SPEC 42, SECURITY C3).

Nothing here decodes a pixel. A JPEG that carries further pictures behind the first (MPO, as phones write it) is its
first picture; a PNG or WebP that moves is refused.
"""

import io
import re
import struct
import warnings
from dataclasses import dataclass

from PIL import Image

from storefront.core.errors import DomainError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
ONLY = "Only JPEG, PNG, and WebP images are allowed"
TURNED = (5, 6, 7, 8)
"""EXIF orientations whose upright picture has width and height swapped."""
MAX_SCANS = 100
"""Layers of a progressive JPEG: cameras and editors write about ten, and each costs a pass over all pixels."""
_SCAN = b"\xff\xda"
_ORIENTATION = 0x0112


class BadPhoto(DomainError):
    """A file that cannot be a photo of ours, with the sentence that says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="photos")


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What the header of an accepted file says: format of `FORMATS`, and pixels once upright."""

    format: str
    width: int
    height: int


def facts(content: bytes) -> PhotoFacts:
    """Judge a file by the rules of SPEC 42 and SECURITY C3 without decoding its pixels.

    Args:
        content: the whole file.

    Raises:
        BadPhoto: another format, more than 10 MB, 40 megapixels or 12,000 pixels a side, several frames, or broken.
    """
    if not content:
        raise BadPhoto("The file is empty. " + ONLY)
    kind = sniffed(content)
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise BadPhoto(f"{ONLY}, 10 MB at most. This file: {kind or 'unknown'}, {size:.1f} MB")
    if kind == "HEIC":
        raise BadPhoto(
            f"{ONLY}. This file is HEIC, the format of iPhones: choose Settings, Camera, Formats, "
            "“Most Compatible” there, or export the photo as JPEG"
        )
    if kind not in FORMATS:
        raise BadPhoto(f"{ONLY}. This file: {kind or 'something else'}")
    if kind == "JPEG" and content.count(_SCAN) > MAX_SCANS:
        raise BadPhoto("The picture is built of too many layers: please export it again as JPEG")
    claimed = _claimed_size(kind, content)
    if claimed is not None:
        _refuse_huge(*claimed)
    return _header(kind, content)


def sniffed(content: bytes) -> str | None:
    """Name a file's format by its first bytes: one of FORMATS, or HEIC, AVIF, GIF, TIFF, PDF, SVG, BMP, or None."""
    head = content[:64]
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        brands = head[8:12] + head[16:40]
        return "AVIF" if b"avi" in brands else "HEIC" if re.search(rb"hei|hev|mif1|msf1", brands) else "a video"
    others = {b"GIF8": "GIF", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF": "PDF", b"BM": "BMP"}
    for magic, name in others.items():
        if head.startswith(magic):
            return name
    return "SVG" if b"<svg" in content[:1024].lower() or head.lstrip().startswith(b"<?xml") else None


def _claimed_size(kind: str, content: bytes) -> tuple[int, int] | None:
    """Read width and height from a PNG's or WebP's first bytes: opening a WebP already takes memory for its canvas."""
    try:
        if kind == "PNG":
            width, height = struct.unpack(">II", content[16:24])
            return int(width), int(height)
        if kind != "WEBP":
            return None
        chunk = content[12:16]
        if chunk == b"VP8X":
            return _int24(content[24:27]) + 1, _int24(content[27:30]) + 1
        if chunk == b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
        if chunk == b"VP8L":
            (bits,) = struct.unpack("<I", content[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    except struct.error:
        raise BadPhoto("The picture is cut off: please upload it again") from None
    raise BadPhoto("The picture is damaged: please export it again as JPEG")


def _int24(data: bytes) -> int:
    if len(data) < 3:
        raise BadPhoto("The picture is cut off: please upload it again")
    return int.from_bytes(data, "little")


def _refuse_huge(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise BadPhoto("The picture has no pixels: please export it again as JPEG")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise BadPhoto(
            f"The picture has {width} × {height} pixels; at most {MAX_SIDE} a side and "
            f"{MAX_PIXELS // 1_000_000} megapixels are allowed"
        )


def _header(kind: str, content: bytes) -> PhotoFacts:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=(kind,)) as image:
                _refuse_huge(*image.size)
                if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
                    raise BadPhoto("Moving pictures are not allowed: please upload a single photo")
                turned = orientation(image) in TURNED
                width, height = reversed(image.size) if turned else image.size
    except (BadPhoto, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels") from error
    except Exception as error:
        reason = type(error).__name__
        raise BadPhoto(f"The picture cannot be read ({reason}): please export it again as JPEG") from error
    return PhotoFacts(kind, width, height)


def orientation(image: Image.Image) -> int:
    """Give the EXIF orientation, 1 where its block is missing or broken: broken metadata does not spoil a photo."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1
