"""Pictures come out upright, small, in sRGB and without anything but pixels; hostile files end in a sentence."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from builder import images
from builder.children import Limits
from builder.developing import UnreadablePhoto
from builder.developing import developed as developed_as
from builder.images import Original, Pictures
from storefront.domain.listings.photo_files import facts
from storefront.domain.listings.photo_store import PhotoStore
from storefront.pages.pictures import Derivative, derivatives_of
from tests.shared_data import shared

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (240, 240, 240)
HASH = "ab" * 32


def developed(content: bytes, content_hash: str, width: int, height: int) -> list[tuple[Derivative, bytes]]:
    """Make the photo's own set."""
    return developed_as(content, width, height, derivatives_of(content_hash, width, height))


def quarters(width: int = 640, height: int = 480) -> Image.Image:
    """Draw four colours: red and green above, blue and white below."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for colour, left, top in ((RED, 0, 0), (GREEN, 1, 0), (BLUE, 0, 1), (WHITE, 1, 1)):
        box = (left * width // 2, top * height // 2, (left + 1) * width // 2, (top + 1) * height // 2)
        draw.rectangle(box, fill=colour)
    return image


def written(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def made_of(content: bytes) -> dict[str, Image.Image]:
    """Make all pictures of a file, by their names."""
    found = facts(content)
    return {item.name: opened(made) for item, made in developed(content, HASH, found.width, found.height)}


def near(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    pixel = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    return pixel


def alike(one: tuple[int, ...], other: tuple[int, ...], by: int = 30) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def test_every_file_the_pages_name_is_made_in_its_size_and_format() -> None:
    content = written(quarters(2000, 1500))
    made = {item: opened(result) for item, result in developed(content, HASH, 2000, 1500)}
    assert tuple(made) == derivatives_of(HASH, 2000, 1500)
    for item, image in made.items():
        assert image.size == (item.width, item.height)
        assert image.format == item.format.upper()
        assert image.mode == "RGB"


@pytest.mark.parametrize(("width", "height"), [(90, 60), (1, 1), (3000, 40), (300, 2000), (640, 480)])
def test_odd_sizes_have_all_their_pictures_too(width: int, height: int) -> None:
    made = developed(written(quarters(width, height), "PNG"), HASH, width, height)
    assert [(item.width, item.height) for item, _ in made] == [opened(content).size for _, content in made]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    upright = quarters()
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that stores the picture turned
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = made_of(written(stored, quality=95, exif=exif))
    for name in ("320", "large", "thumb"):
        image = made[name]
        assert alike(near(image, 0.2, 0.2), RED)
        assert alike(near(image, 0.8, 0.2), GREEN)
        assert alike(near(image, 0.2, 0.9), BLUE)
        assert alike(near(image, 0.8, 0.9), WHITE)


def test_nothing_but_pixels_comes_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (53.0, 33.0, 14.0)
    content = written(quarters(), exif=exif, comment=b"SECRET COMMENT", xmp=b"<x>SECRET XMP</x>") + b"SECRET TAIL"
    for _, made in developed(content, HASH, 640, 480):
        assert b"SECRET" not in made
        assert not opened(made).getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & opened(made).info.keys()


@pytest.mark.parametrize("name", ["phone-iphone6-gps.jpg", "phone-nokia-8.3-gps.jpg", "camera-canon-sx60-rotated.jpg"])
def test_a_real_phones_photo_comes_out_without_its_place(name: str) -> None:
    content = shared(f"data/photos/exif/{name}").read_bytes()
    assert Image.open(io.BytesIO(content)).getexif()
    for image in made_of(content).values():
        assert not image.getexif()
        assert "exif" not in image.info


def test_real_photos_of_all_orientations_show_the_same_scene() -> None:
    first = made_of(shared("data/photos/exif/orientation-landscape-1.jpg").read_bytes())["320"]
    for number in range(9):
        other = made_of(shared(f"data/photos/exif/orientation-landscape-{number}.jpg").read_bytes())["320"]
        assert other.size == first.size
        for x, y in ((0.2, 0.2), (0.8, 0.2), (0.5, 0.8)):
            box = (int(x * first.width) - 12, int(y * first.height) - 12)
            area = (*box, box[0] + 24, box[1] + 24)
            assert alike(*(near(image.crop(area).resize((1, 1)), 0, 0) for image in (first, other)), by=40)


def test_another_colour_space_is_converted() -> None:
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    assert wide is not None  # LAB has no RGB meaning: it must be left aside, not fail
    made = made_of(written(quarters(), icc_profile=wide.tobytes()))
    assert alike(near(made["320"], 0.2, 0.2), RED)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("1", "PNG"),
        ("I;16", "PNG"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_kind_of_pixel_becomes_a_picture(mode: str, kind: str) -> None:
    image = (
        quarters().convert("L").point(lambda v: v * 256, "I").convert("I;16")
        if mode == "I;16"
        else quarters().convert(mode)
    )
    made = made_of(written(image, kind))
    assert {picture.mode for picture in made.values()} == {"RGB"}
    if mode in ("CMYK", "RGBA", "P"):
        assert alike(near(made["320"], 0.2, 0.2), RED, by=60)
    if mode == "I;16":
        grey = near(made["320"], 0.2, 0.2)[0]
        assert abs(grey - near(quarters().convert("L"), 0.2, 0.2)[0]) < 12


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    assert alike(near(made_of(written(image, "PNG"))["320"], 0.5, 0.5), (255, 255, 255), by=3)


def test_the_same_photo_gives_the_same_bytes() -> None:
    content = written(quarters(1280, 960), "WEBP")
    assert developed(content, HASH, 1280, 960) == developed(content, HASH, 1280, 960)


def test_a_photo_cut_short_is_damaged() -> None:
    content = written(quarters(1200, 900))
    with pytest.raises(UnreadablePhoto, match="damaged"):
        developed(content[: len(content) // 2], HASH, 1200, 900)


def test_a_photo_that_is_not_of_its_recorded_size_is_refused() -> None:
    with pytest.raises(UnreadablePhoto, match="size"):
        developed(written(quarters()), HASH, 480, 640)


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "derivatives", PhotoStore(tmp_path / "photos"))


def kept(pictures: Pictures, content: bytes) -> Original:
    found = facts(content)
    return Original(pictures.originals.put(content), found.width, found.height)


def test_pictures_are_made_once(pictures: Pictures) -> None:
    original = kept(pictures, written(quarters()))
    assert pictures.ready(original.key) is None
    assert pictures.make([original]) == {}
    made = pictures.ready(original.key)
    assert made is not None
    before = [item.file.stat().st_mtime_ns for item in made]
    steps: list[int] = []
    assert pictures.make([original, original], step=lambda: steps.append(1)) == {}
    assert [item.file.stat().st_mtime_ns for item in made] == before
    assert steps == []


def test_a_lost_file_is_made_again(pictures: Pictures) -> None:
    original = kept(pictures, written(quarters()))
    pictures.make([original])
    made = pictures.ready(original.key)
    assert made
    made[0].file.unlink()
    assert pictures.ready(original.key) is None
    assert pictures.make([original]) == {}
    assert pictures.ready(original.key) is not None


def test_one_bad_photo_does_not_hinder_the_others(pictures: Pictures) -> None:
    good = [kept(pictures, written(quarters(300 + number, 200))) for number in range(4)]
    whole = written(quarters(900, 700))
    bad = kept(pictures, whole[: len(whole) * 2 // 3])
    gone = Original("0" * 64, 100, 100)
    failed = pictures.make([*good, bad, gone], jobs=2)
    assert set(failed) == {bad, gone}
    assert "damaged" in failed[bad]
    assert "missing" in failed[gone]
    assert all(pictures.ready(original.key) for original in good)


def bomb(width: int, height: int) -> bytes:
    """Give a small PNG whose pixels take all the memory they are allowed to claim."""
    header = b"\x89PNG\r\n\x1a\n"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 6, 0, 0, 0])
    squeezer = zlib.compressobj(9)
    row = b"\0" * (width * 4 + 1)
    body = b"".join(squeezer.compress(row) for _ in range(height)) + squeezer.flush()
    return header + chunk(b"IHDR", size) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_photo_that_takes_too_much_memory_ends_its_child_and_not_the_build(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LIMITS", Limits(megabytes=40, seconds=30))
    large, small = kept(pictures, bomb(7900, 5000)), kept(pictures, written(quarters(200, 100)))
    failed = pictures.make([large, small])
    assert set(failed) == {large}
    assert "memory" in failed[large] or "decoded" in failed[large]
    assert pictures.ready(small.key)
