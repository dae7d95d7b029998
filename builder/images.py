"""Photo derivatives: every file of `pictures.derivatives_of`, made once per content and recipe (SPEC 43, SEO.md §16).

Originals come from strangers, so they are decoded in child processes with limits of memory and time (SECURITY C3). Each
is decoded once, at the smallest scale that is enough, turned upright, converted to sRGB, and shrunk from size to size.
What comes out is pixels alone: no EXIF, no profile, no place (SECURITY C4).
"""

import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
import xxhash
from PIL import Image, ImageCms

from storefront.core.config import Settings
from storefront.domain.listings.photo_store import PhotoStore, photo_store
from storefront.domain.listings.photos import FORMATS, MAX_PIXELS, sniffed
from storefront.pages.pictures import FOCUS, HASH_DIGITS, Derivative, derivatives_of

from . import disk
from .children import Crew, Died, Limits, Raised

RECIPE = "1"
"""Grows when the files made of an original change; older ones are made again."""
WEBP_QUALITY = 72
WEBP_METHOD = 2
JPEG_QUALITY = 80
LIMITS = Limits(megabytes=1024, seconds=60)
_INDEX = "index.json"
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


class UnreadablePhoto(Exception):
    """An original that cannot be made into pictures; the message is a sentence for the dealer."""


@dataclass(frozen=True, slots=True)
class Original:
    """A photo to make pictures of."""

    content_hash: str
    width: int
    """Upright, in pixels."""
    height: int

    @property
    def key(self) -> str:
        """Give what its picture addresses begin with."""
        return self.content_hash[:HASH_DIGITS]


@dataclass(frozen=True, slots=True)
class Made:
    """One file made of an original."""

    path: str
    """Its public path, `/i/…`."""
    hash: str
    """xxh3_128 of its bytes."""
    size: int
    file: Path


@dataclass(frozen=True, slots=True)
class Pictures:
    """All derivatives of an installation, in `<instance>/derivatives/<hh>/<key>/<recipe>/`."""

    root: Path
    originals: PhotoStore

    def ready(self, key: str) -> tuple[Made, ...] | None:
        """Give the files made of a photo, None when they are still to be made.

        Args:
            key: the first 20 hex digits of its hash, as picture addresses have them.
        """
        folder = self._folder(key)
        try:
            listed = orjson.loads((folder / _INDEX).read_bytes())
            made = tuple(Made(path, kept, size, folder / path.rpartition("/")[2]) for path, kept, size in listed)
            whole = all(item.file.stat().st_size == item.size for item in made)
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return made if whole else None

    def make(
        self, originals: Iterable[Original], *, jobs: int = 1, step: Callable[[], None] = lambda: None
    ) -> dict[Original, str]:
        """Make what is missing, each original in a child process.

        Args:
            originals: photos whose pictures are needed; those that are ready cost a look.
            jobs: how many at once.
            step: called after each one that was made or failed.

        Returns:
            Those that could not be made, with a sentence why.

        Raises:
            OSError: the disk refused to take what was made.
        """
        missing = sorted(
            {one.key: one for one in originals if self.ready(one.key) is None}.values(), key=lambda o: o.key
        )
        failed: dict[Original, str] = {}
        if not missing:
            return failed
        with Crew(min(jobs, len(missing)), self._develop, LIMITS) as crew:
            for original, answer in crew.each(missing):
                if isinstance(answer, Died):
                    failed[original] = f"The picture could not be decoded ({answer.reason})"
                elif isinstance(answer, Raised):
                    failed[original] = _reason(answer.error)
                step()
        return failed

    def _develop(self, original: Original) -> None:
        """Make all files of one original beside their place, then put the folder there; runs in a child."""
        content = self.originals.read(original.content_hash)
        folder = self._folder(original.key)
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        disk.remove_tree(beside)
        disk.make_folder(beside)
        listed = []
        for derivative, made in developed(content, original.content_hash, original.width, original.height):
            disk.write(beside / derivative.path.rpartition("/")[2], made)
            listed.append((derivative.path, xxhash.xxh3_128_hexdigest(made), len(made)))
        disk.write(beside / _INDEX, orjson.dumps(listed))
        disk.remove_tree(folder)
        disk.replace(beside, folder)

    def _folder(self, key: str) -> Path:
        if len(key) != HASH_DIGITS or not key.isalnum():
            raise ValueError(f"not the key of a photo: {key[:80]!r}")
        return self.root / key[:2] / key / RECIPE


def pictures(settings: Settings) -> Pictures:
    """Give the derivatives of an installation."""
    return Pictures(settings.instance / "derivatives", photo_store(settings))


def _reason(error: BaseException) -> str:
    """Say why a photo gave no pictures; a disk that refuses is not the photo's fault and goes up."""
    if isinstance(error, FileNotFoundError):
        return "The original of the photo is missing"
    if isinstance(error, UnreadablePhoto):
        return str(error)
    if isinstance(error, MemoryError):
        return "The picture needs too much memory to decode"
    raise error


def developed(content: bytes, content_hash: str, width: int, height: int) -> list[tuple[Derivative, bytes]]:
    """Make every derivative of an original, in this process.

    Args:
        content: the original file.
        content_hash: its sha256.
        width: upright pixels, as its record says.
        height: the same.

    Raises:
        UnreadablePhoto: it is damaged, or is not what its record says.
    """
    wanted = derivatives_of(content_hash, width, height)
    base = _decoded(content, width, height, max(item.width for item in wanted if not item.crop))
    scaled = sorted((item for item in wanted if not item.crop), key=lambda item: -item.width)
    done: dict[Derivative, bytes] = {}
    picture = base
    for item in scaled:
        picture = _resized(picture, (item.width, item.height))
        done[item] = _encoded(picture, item.format)
    for item in wanted:
        if item.crop:
            done[item] = _encoded(_cropped(base, item.width, item.height), item.format)
    return [(item, done[item]) for item in wanted]


def _decoded(content: bytes, width: int, height: int, to_width: int) -> Image.Image:
    """Decode once, at the scale that is enough for `to_width` pixels, upright, in sRGB."""
    kind = sniffed(content)
    if kind not in FORMATS or width * height > MAX_PIXELS:
        raise UnreadablePhoto("Only JPEG, PNG, and WebP images are allowed")
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
            turn = _UPRIGHT.get(_orientation(opened))
            turned = turn in (_UPRIGHT[5], _UPRIGHT[6], _UPRIGHT[7], _UPRIGHT[8])
            if opened.size != ((height, width) if turned else (width, height)):
                raise UnreadablePhoto("The picture's size is not the one recorded")
            size = (to_width, max(1, round(height * to_width / width)))
            stored = (size[1], size[0]) if turned else size
            opened.draft("RGB", stored)
            profile = opened.info.get("icc_profile")
            shrunk = _resized(_opaque(opened), stored)
    except (UnreadablePhoto, MemoryError):
        raise
    except Exception as error:
        raise UnreadablePhoto(f"The picture is damaged ({type(error).__name__})") from error
    picture = _standard(shrunk, profile)
    picture = picture.transpose(turn) if turn is not None else picture
    picture.info = {}
    return picture


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:
        return 1


def _opaque(image: Image.Image) -> Image.Image:
    """Load the pixels, on white where they are transparent; modes of more than 8 bits come down to 8."""
    image.load()
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("I", "F"):
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
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
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _cropped(image: Image.Image, width: int, height: int) -> Image.Image:
    """Cut the picture to a shape around the focus, then bring it to exactly that size."""
    scale = min(image.width / width, image.height / height)
    cut_width = min(image.width, max(1, round(width * scale)))
    cut_height = min(image.height, max(1, round(height * scale)))
    left = round((image.width - cut_width) * FOCUS[0])
    top = round((image.height - cut_height) * FOCUS[1])
    return _resized(image.crop((left, top, left + cut_width, top + cut_height)), (width, height))


def _encoded(image: Image.Image, kind: str) -> bytes:
    written = io.BytesIO()
    if kind == "webp":
        image.save(written, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    else:
        image.save(written, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return written.getvalue()
