"""Developing a photo: pixels in, files out (SPEC 43, SEO.md §16). Works on bytes alone and knows no database.

An original is decoded once, at the smallest scale that is enough, turned upright, converted to sRGB, and shrunk from
size to size. What comes out is pixels alone: no EXIF, no profile, no place (SECURITY C4). Runs in child processes.
"""

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageCms

from storefront.domain.listings.photo_files import FORMATS, MAX_PIXELS, ONLY, TURNED, orientation, sniffed
from storefront.pages.pictures import Derivative, Focus

_WHITE = (255, 255, 255)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what turns the stored picture upright."""
LCP_WIDTH, LCP_BYTES = 720, 90_000
"""The largest picture of a first view: no wider on a phone, no heavier (SEO.md §16)."""


class UnreadablePhoto(Exception):
    """An original that cannot be made into pictures; the message is a sentence for the dealer."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How much time encoders may take; what a picture looks like is about the same with each."""

    webp_method: int
    """0 quick to 6 slow."""
    avif_speed: int
    """10 quick to 0 slow, of pictures up to `LCP_WIDTH`."""
    avif_speed_large: int
    """Of wider ones."""


QUICK = Quality(webp_method=2, avif_speed=8, avif_speed_large=10)
"""What a publish waits for."""
BEST = Quality(webp_method=6, avif_speed=5, avif_speed_large=6)
"""What the background makes later: a tenth fewer bytes for five times the time."""
WEBP_QUALITY = 70
JPEG_QUALITY = 78
PROGRESSIVE_WIDTH = 800
"""Up to here a JPEG is written in layers: a few per cent fewer bytes for twice the time."""
AVIF_QUALITIES = (54, 46, 38, 30)
"""The first is used unless the picture would be too heavy for a first view."""


def developed(
    content: bytes, width: int, height: int, wanted: Iterable[Derivative], quality: Quality = QUICK
) -> list[tuple[Derivative, bytes]]:
    """Make derivatives of an original, in this process.

    Args:
        content: the original file.
        width: upright pixels, as its record says.
        height: the same.
        wanted: of `pictures.derivatives_of`.
        quality: how much time encoders may take.

    Returns:
        What was asked for, in that order.

    Raises:
        UnreadablePhoto: it is damaged, or is not what its record says.
    """
    order = list(wanted)
    scaled = [decoded(content, width, height, max(_needed(item, width, height) for item in order))]
    done: dict[Derivative, bytes] = {}
    for size in sorted({(item.width, item.height) for item in order if not item.crop}, reverse=True):
        scaled.append(_resized(scaled[-1], size))
        for item in order:
            if not item.crop and (item.width, item.height) == size:
                done[item] = encoded(scaled[-1], item.format, quality)
    for item in order:
        if item.crop:
            enough = [picture for picture in scaled if picture.width >= _needed(item, width, height)]
            picture = cropped(enough[-1] if enough else scaled[0], item.width, item.height, item.focus)
            done[item] = encoded(picture, item.format, quality)
    return [(item, done[item]) for item in order]


def _needed(item: Derivative, width: int, height: int) -> int:
    """Give the width the decoded picture must have for a file of it; of a crop, the whole picture's."""
    if not item.crop:
        return item.width
    return min(width, max(item.width, -(-item.height * width // height)))


def decoded(content: bytes, width: int, height: int, to_width: int) -> Image.Image:
    """Decode once, at the scale that is enough for `to_width` pixels, upright, in sRGB.

    Raises:
        UnreadablePhoto: it is damaged, or is not what its record says.
    """
    kind = sniffed(content)
    if kind not in FORMATS or width * height > MAX_PIXELS:
        raise UnreadablePhoto(ONLY)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=(kind,)) as opened:
            turned = orientation(opened)
            if opened.size != ((height, width) if turned in TURNED else (width, height)):
                raise UnreadablePhoto("The picture's size is not the one recorded")
            size = (to_width, max(1, round(height * to_width / width)))
            stored = (size[1], size[0]) if turned in TURNED else size
            opened.draft("RGB", stored)
            profile = opened.info.get("icc_profile")
            shrunk = _resized(_opaque(opened), stored, Image.Resampling.BICUBIC)
    except (UnreadablePhoto, MemoryError):
        raise
    except Exception as error:
        raise UnreadablePhoto(f"The picture is damaged ({type(error).__name__})") from error
    picture = _standard(shrunk, profile)
    turn = _UPRIGHT.get(turned)
    picture = picture.transpose(turn) if turn is not None else picture
    picture.info = {}
    return picture


def _opaque(image: Image.Image) -> Image.Image:
    """Load the pixels, on white where they are transparent; modes of more than 8 bits come down to 8."""
    image.load()
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("I", "F"):
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image if image.mode == "RGBA" else image.convert("RGBA")
        ground = Image.new("RGB", layered.size, _WHITE)
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB") if image.mode in ("1", "P") else image


def _standard(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to sRGB; a profile that is broken or made for other channels is left aside."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not ImageCms.getProfileDescription(source).startswith("sRGB"):
                converted = ImageCms.profileToProfile(image, source, _srgb(), outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _resized(
    image: Image.Image, size: tuple[int, int], filtered: Image.Resampling = Image.Resampling.LANCZOS
) -> Image.Image:
    """Bring a picture to a size; the largest step, from what was decoded, takes the cheaper filter."""
    if image.size == size:
        return image
    return image.resize(size, filtered, reducing_gap=2.0)


def cropped(image: Image.Image, width: int, height: int, focus: Focus) -> Image.Image:
    """Cut a picture to a shape around a focus, then bring it to exactly that size."""
    scale = min(image.width / width, image.height / height)
    cut_width = min(image.width, max(1, round(width * scale)))
    cut_height = min(image.height, max(1, round(height * scale)))
    left = round((image.width - cut_width) * focus[0] / 100)
    top = round((image.height - cut_height) * focus[1] / 100)
    return _resized(image.crop((left, top, left + cut_width, top + cut_height)), (width, height))


def encoded(image: Image.Image, kind: str, quality: Quality = QUICK) -> bytes:
    """Encode a picture; the same pixels always give the same bytes.

    Args:
        image: in RGB, with nothing but pixels.
        kind: `avif`, `webp` or `jpeg`.
        quality: how much time the encoder may take.
    """
    if kind == "webp":
        return _saved(image, "WEBP", quality=WEBP_QUALITY, method=quality.webp_method)
    if kind == "jpeg":
        return _saved(image, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=image.width <= PROGRESSIVE_WIDTH)
    small = image.width <= LCP_WIDTH
    speed = quality.avif_speed if small else quality.avif_speed_large
    made = b""
    for level in AVIF_QUALITIES:
        made = _saved(image, "AVIF", quality=level, speed=speed, max_threads=1)
        if not small or len(made) <= LCP_BYTES:
            break
    return made


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()
