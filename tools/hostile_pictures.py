"""Pictures that mean harm, or come from odd machines: made here, so that nothing of the kind lies in the repository.

`cases()` gives each with what must happen to it: refused with a sentence, or made into clean pictures (SECURITY C3).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageCms, ImageDraw

SECRET = b"SECRET-53.5511N-9.9937E"
"""Stands in every metadata block; no output may hold it."""


@dataclass(frozen=True)
class Case:
    """A file as somebody might hand it in."""

    name: str
    content: bytes
    accepted: bool | None
    """True: pictures are made of it; False: it is refused; None: either, but nothing else."""


def cases() -> Iterator[Case]:
    """Give all of them; some are a few megabytes."""
    yield from _bombs()
    yield from _broken()
    yield from _moving()
    yield from _polyglots()
    yield from _pixels()
    yield from _talkative()


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """Draw something with edges and colours."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for number in range(24):
        x, y = width * number // 24, height * (number * 7 % 24) // 24
        draw.ellipse((x, y, x + width // 6, y + height // 6), fill=(number * 10, 255 - number * 9, number * 37 % 255))
    return image


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    """Save a picture."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Make a PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 6, rows: bytes | None = None) -> bytes:
    """Make a PNG by hand: its header may say anything."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000 if rows is None else rows, 9)
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", body), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _bombs() -> Iterator[Case]:
    yield Case("PNG of 50,000 × 50,000", png(50_000, 50_000), False)
    yield Case("PNG of 12,001 × 10", png(12_001, 10), False)
    yield Case("PNG of 2^31-1 a side", png(2**31 - 1, 2**31 - 1), False)
    yield Case("PNG without pixels", png(0, 0), False)
    yield Case("PNG of 39 megapixels in a few KB", _flat(6_500, 6_000), True)
    yield Case("PNG with 50 MB of text in 50 KB", png(64, 64, chunk(b"zTXt", b"k\0\0" + _squeezed(50))), False)
    many = b"".join(chunk(b"tEXt", b"k\0" + SECRET) for _ in range(50_000))
    yield Case("PNG with 50,000 text chunks", _with_chunks(many), None)
    yield Case("PNG with a profile of 60 MB", _with_chunks(chunk(b"iCCP", b"p\0\0" + _squeezed(60))), None)
    jpeg = bytearray(written(scene(), "JPEG"))
    place = jpeg.index(b"\xff\xc0")
    jpeg[place + 5 : place + 9] = struct.pack(">HH", 65_500, 65_500)
    yield Case("JPEG that says 65,500 × 65,500", bytes(jpeg), False)
    webp = bytearray(written(scene(), "WEBP", lossless=True, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    if webp[12:16] == b"VP8X":
        webp[24:30] = b"\xff\xff\xff" * 2
    yield Case("WebP canvas of 16,777,216 a side", bytes(webp), False)
    yield Case("JPEG with 2,000 scans", _scans(2_000), False)
    yield Case("JPEG with 90 scans of 12 megapixels", _scans(90, 4000, 3000), None)
    yield Case("11 MB of JPEG", written(scene(), "JPEG") + bytes(11 * 1024 * 1024), False)
    jpeg_profile = written(scene(), "JPEG", icc_profile=bytes(8 * 1024 * 1024))
    yield Case("JPEG with a profile of 8 MB of nothing", jpeg_profile, True)


def _squeezed(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes * 1024 * 1024), 9)


def _with_chunks(chunks: bytes) -> bytes:
    content = written(scene(), "PNG")
    return content[:33] + chunks + content[33:]


def _flat(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    row = b"\0" + b"\x80\x90\xa0\xff" * width
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _scans(number: int, width: int = 640, height: int = 480) -> bytes:
    """Repeat a progressive JPEG's last scan; decoders go over all pixels for each."""
    content = written(scene(width, height), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * number + b"\xff\xd9"


def _broken() -> Iterator[Case]:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = written(scene(), kind)
        yield Case(f"{kind} cut in half", whole[: len(whole) // 2], False)
        yield Case(f"{kind} cut after its header", whole[:40], False)
        noisy = bytearray(whole)
        for at in range(len(whole) // 3, len(whole) - 2, 97):
            noisy[at] ^= 0x55
        yield Case(f"{kind} with wrong bytes", bytes(noisy), None)
    yield Case("nothing", b"", False)
    yield Case("three bytes of JPEG", b"\xff\xd8\xff", False)
    yield Case("zeros", bytes(10_000), False)


def _moving() -> Iterator[Case]:
    frames = [scene(160, 120), scene(160, 120).rotate(90, expand=False)]
    more: dict[str, object] = {"save_all": True, "append_images": frames[1:], "duration": 100, "loop": 0}
    yield Case("animated PNG", written(frames[0], "PNG", **more), False)
    yield Case("animated WebP", written(frames[0], "WEBP", **more), False)
    yield Case("GIF that is called a JPEG", written(frames[0], "GIF", **more), False)
    yield Case("several pictures in one JPEG (MPO)", written(scene(), "MPO", **more), True)


def _polyglots() -> Iterator[Case]:
    page = b"<!doctype html><script>document.title='" + SECRET + b"'</script>"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.html", page)
    yield Case("JPEG that is a page too", written(scene(), "JPEG", comment=page), True)
    yield Case("JPEG with a page behind it", written(scene(), "JPEG") + page, True)
    yield Case("JPEG that is a ZIP too", written(scene(), "JPEG") + archive.getvalue(), True)
    yield Case("PNG with a page behind it", written(scene(), "PNG") + page, True)
    yield Case("page that begins like a GIF", b"GIF89a/*" + page, False)
    yield Case("SVG with a script", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", False)
    yield Case("PDF", b"%PDF-1.7\n" + page, False)
    yield Case("TIFF", written(scene(), "TIFF"), False)
    yield Case("BMP", written(scene(), "BMP"), False)
    yield Case("EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", False)
    yield Case("HEIC by name", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", False)
    yield Case("AVIF", written(scene(), "AVIF"), False)


def _pixels() -> Iterator[Case]:
    colour, grey = scene(), scene().convert("L")
    yield Case("CMYK JPEG of Adobe", written(colour.convert("CMYK"), "JPEG"), True)
    yield Case("grey JPEG", written(grey, "JPEG"), True)
    deep = grey.point(lambda value: value * 256, "I").convert("I;16")
    yield Case("PNG of 16 bits", written(deep, "PNG"), True)
    rows = b"".join(b"\0" + bytes(6 * 64) for _ in range(64))
    yield Case("PNG of 16 bits in colour", png(64, 64, depth=16, colour=2, rows=rows), True)
    yield Case("PNG of one bit", written(grey.convert("1"), "PNG"), True)
    yield Case("palette with transparency", written(colour.quantize(64), "PNG", transparency=0), True)
    layered = colour.copy()
    layered.putalpha(grey)
    yield Case("PNG with layers", written(layered, "PNG"), True)
    yield Case("WebP with layers", written(layered, "WEBP"), True)
    yield Case("one pixel", written(colour.resize((1, 1)), "PNG"), True)
    yield Case("a stripe", written(colour.resize((12_000, 1)), "PNG"), True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    yield Case("profile of another colour space", written(colour, "JPEG", icc_profile=profile), True)
    yield Case("profile of rubbish", written(colour, "JPEG", icc_profile=SECRET * 40), True)
    grey_profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield Case("colour profile on grey", written(grey, "JPEG", icc_profile=grey_profile), True)


def _talkative() -> Iterator[Case]:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (53.0, 33.0, 4.0)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(SECRET)) + SECRET
    c2pa = b"JP\0\x01\0\0\0\x01" + struct.pack(">I", len(SECRET) + 8) + b"jumb" + SECRET
    plain = written(scene(), "JPEG", exif=exif, xmp=xmp, comment=SECRET)
    segments = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((0xED, iptc), (0xEB, c2pa), (0xEF, SECRET), (0xFE, SECRET))
    )
    yield Case("JPEG that tells everything", plain[:2] + segments + plain[2:] + SECRET, True)
    yield Case("PNG that tells everything", _told_png(exif, xmp), True)
    yield Case("WebP that tells everything", written(scene(), "WEBP", exif=exif, xmp=xmp), True)
    for turn in range(12):
        turned = Image.Exif()
        turned[0x0112] = turn
        yield Case(f"JPEG turned by flag {turn}", written(scene(), "JPEG", exif=turned), True)
    broken = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + SECRET * 4
    yield Case("JPEG with broken EXIF", written(scene(), "JPEG", exif=broken), True)


def _told_png(exif: Image.Exif, xmp: bytes) -> bytes:
    content = written(scene(), "PNG", exif=exif)
    texts = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    return content[:33] + texts + chunk(b"caBX", SECRET) + content[33:]


def noisy_photo(width: int = 4000, height: int = 3000) -> bytes:
    """Make a JPEG that costs what a phone's does: detail of every size, and the noise of a sensor in every channel."""
    picture = scene(width, height)
    for size, strength in ((64, 40), (24, 24), (8, 20), (3, 14)):
        detail = Image.effect_noise((width // size, height // size), strength).resize((width, height))
        picture = ImageChops.add(picture, Image.merge("RGB", [detail] * 3), scale=1, offset=-128)
    noise = Image.merge("RGB", [Image.effect_noise((width, height), 10) for _ in range(3)])
    return written(ImageChops.add(picture, noise, scale=1, offset=-128), "JPEG", quality=84)
