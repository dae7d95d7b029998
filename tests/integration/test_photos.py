"""Photos arrive: by upload with its rules (SPEC 42, 44), and by address, where what cannot be had is a warning."""

import io
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from PIL import Image
from sqlalchemy import select

from builder import jobs
from storefront.adapters.fetch import Rules
from storefront.core.acts import perform
from storefront.core.changes import Change, mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import photos
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState
from storefront.domain.listings.photo_store import PhotoStore, photo_store
from storefront.domain.listings.photos import BadPhoto, Upload
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_tenant
from tests.shared_data import shared


def picture(kind: str = "JPEG", size: tuple[int, int] = (320, 240), colour: str = "red", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def lot(database: Settings) -> Iterator[SimpleNamespace]:
    """Give a dealer with one car, acting for the tenant, and the store of originals."""
    with everywhere():
        tenant_id = perform(lambda: make_tenant().id).unwrap()
    with acting(tenant_id):
        dealer: Dealer = perform(make_dealer).unwrap()
        listing: Listing = perform(make_listing, dealer).unwrap()
        yield SimpleNamespace(listing=listing, dealer=dealer, store=photo_store(database))


def add(lot: SimpleNamespace, *files: bytes) -> list[Photo]:
    uploads = [Upload(content) for content in files]
    return perform(photos.add_photos, lot.listing, uploads, store=lot.store, now=NOW).unwrap()


def all_photos(lot: SimpleNamespace) -> list[Photo]:
    own = select(Photo).where(Photo.listing_id == lot.listing.id).order_by(Photo.position)
    return list(db.session.scalars(own.execution_options(populate_existing=True)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_jpeg_png_and_webp_are_taken_and_the_original_is_kept(lot: SimpleNamespace, kind: str) -> None:
    content = picture(kind)
    (photo,) = add(lot, content)
    assert (photo.width, photo.height, photo.state) == (320, 240, PhotoState.READY)
    assert lot.store.read(photo.content_hash) == content


def test_the_first_of_a_batch_is_primary_and_order_is_position(lot: SimpleNamespace) -> None:
    add(lot, picture(colour="red"), picture(colour="green"))
    add(lot, picture(colour="blue"), picture(colour="white"))
    assert [photo.position for photo in all_photos(lot)] == [0, 1, 2, 3]
    assert [photo.primary for photo in all_photos(lot)] == [False, False, True, False]


def test_caption_and_kind_are_kept(lot: SimpleNamespace) -> None:
    upload = Upload(picture(), caption="  " + "x" * 300, kind=PhotoKind.ENGINE)
    perform(photos.add_photos, lot.listing, [upload], store=lot.store, now=NOW).unwrap()
    (photo,) = all_photos(lot)
    assert photo.caption == "x" * 255 or photo.caption == "x" * 253
    assert photo.kind is PhotoKind.ENGINE


def test_adding_photos_raises_the_event_and_leaves_its_line_in_the_ledger(lot: SimpleNamespace) -> None:
    before = mark()
    (photo,) = add(lot, picture())
    event = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "VehiclePhotoAdded")).one()
    assert event.payload == {"listing_id": str(lot.listing.id), "photo_ids": [str(photo.id)]}
    lines = {
        (line.kind, line.key, line.aspect) for line in db.session.scalars(select(Change).where(Change.id > before))
    }
    assert ("listing", lot.listing.id.hex, "photos") in lines
    assert ("listing", lot.listing.id.hex, "cover") in lines


def refusal(content: bytes) -> str:
    with pytest.raises(BadPhoto) as refused:
        photos.facts(content)
    return refused.value.message


def test_other_formats_are_refused_in_the_words_of_the_specification() -> None:
    gif = io.BytesIO()
    Image.new("P", (9, 9)).save(gif, "GIF")
    others = (gif.getvalue(), b"%PDF-1.7 xxxx", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ", b"BM" + b"\0" * 60)
    for content in others:
        assert refusal(content).startswith("Only JPEG, PNG, and WebP images are allowed")
    assert "GIF" in refusal(gif.getvalue())


def test_an_iphones_heic_is_told_how_to_become_a_jpeg() -> None:
    message = refusal(shared("data/photos/exif/phone-IMG_5195.HEIC").read_bytes())
    assert message.startswith("Only JPEG, PNG, and WebP images are allowed")
    assert "Most Compatible" in message


def test_the_limit_is_ten_megabytes_exactly() -> None:
    content = picture()
    full = content + b"\0" * (photos.MAX_BYTES - len(content))
    assert photos.facts(full).width == 320
    assert "10 MB at most" in refusal(full + b"\0")


def claimed_png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0" + b"\0" * 40


def claimed_webp(width: int, height: int) -> bytes:
    body = b"VP8X\x0a\0\0\0\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body + b"\0" * 40


@pytest.mark.parametrize("claimed", [claimed_png, claimed_webp])
@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (12_001, 10), (8_000, 5_001)])
def test_what_claims_too_many_pixels_is_refused_unopened(
    claimed: Callable[[int, int], bytes], width: int, height: int
) -> None:
    assert f"{width} × {height} pixels" in refusal(claimed(width, height))


def test_a_jpeg_that_claims_too_many_pixels_is_refused() -> None:
    content = picture()
    at = content.index(b"\xff\xc0") + 5
    assert "pixels" in refusal(content[:at] + struct.pack(">HH", 60_000, 60_000) + content[at + 4 :])


def test_moving_pictures_are_refused() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    for kind in ("WEBP", "PNG"):
        file = io.BytesIO()
        frames[0].save(file, kind, save_all=True, append_images=frames[1:])
        assert "single photo" in refusal(file.getvalue())


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b"RIFF1234WEBPVP8X"])
def test_broken_files_are_refused_in_words(content: bytes) -> None:
    assert refusal(content)


def test_a_refused_photo_keeps_the_whole_batch_out_and_is_named(lot: SimpleNamespace) -> None:
    uploads = [Upload(picture()), Upload(b"GIF89a")]
    result = perform(photos.add_photos, lot.listing, uploads, store=lot.store, now=NOW)
    assert not result
    assert result.message.startswith("Photo 2: Only JPEG")
    assert all_photos(lot) == []


def test_forty_photos_are_enough(lot: SimpleNamespace) -> None:
    add(lot, *[picture(size=(40 + number, 30)) for number in range(39)])
    result = perform(
        photos.add_photos, lot.listing, [Upload(picture()), Upload(picture("PNG"))], store=lot.store, now=NOW
    )
    assert "at most 40" in result.message


def test_a_photo_held_upright_is_recorded_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert (photos.facts(picture(exif=exif)).width, photos.facts(picture(exif=exif)).height) == (240, 320)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "/.."])
def test_an_original_is_found_by_its_hash_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a photo's hash"):
        PhotoStore(tmp_path).path(name)


class Answers(BaseHTTPRequestHandler):
    """A dealer's picture server."""

    content: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        found = self.content.get(self.path)
        self.send_response(200 if found is not None else 404)
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet."""


@pytest.fixture
def pictures_of_a_dealer() -> Iterator[tuple[str, Rules]]:
    whole = picture(size=(900, 700), colour="green")
    Answers.content = {"/good.jpg": picture(), "/half.jpg": whole[: len(whole) // 2], "/page.html": b"<html>"}
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    port = server.server_address[1]
    rules = Rules(ports=frozenset({port}), also_allowed=(ip_network("127.0.0.0/8"),), seconds=5)
    yield f"http://127.0.0.1:{port}", rules
    server.shutdown()
    thread.join()
    server.server_close()


def queue(lot: SimpleNamespace, *urls: str) -> None:
    def action() -> None:
        for place, url in enumerate(urls):
            db.session.add(
                Photo(
                    listing_id=lot.listing.id,
                    dealer_id=lot.dealer.id,
                    position=place,
                    primary=place == 0,
                    source_url=url,
                    created_at=NOW,
                )
            )

    perform(action).unwrap()


def test_queued_photos_are_fetched_and_what_cannot_be_had_is_a_warning(
    lot: SimpleNamespace, pictures_of_a_dealer: tuple[str, Rules]
) -> None:
    origin, rules = pictures_of_a_dealer
    queue(lot, f"{origin}/good.jpg", f"{origin}/gone.jpg", f"{origin}/half.jpg", f"{origin}/page.html", "ftp://x/y.jpg")
    assert jobs.take_queued(lot.listing.id, rules=rules) == 1
    good, gone, half, page, ftp = all_photos(lot)
    assert (good.state, good.width, good.failure) == (PhotoState.READY, 320, None)
    assert [photo.state for photo in (gone, half, page, ftp)] == [PhotoState.FAILED] * 4
    assert "404" in (gone.failure or "")
    assert "damaged" in (half.failure or "")
    assert "Only JPEG" in (page.failure or "")
    assert "http" in (ftp.failure or "")
    events = db.session.scalars(select(OutboxEvent.name)).all()
    assert events.count("VehiclePhotosReady") == 1


def test_an_address_in_our_own_network_is_never_asked(
    lot: SimpleNamespace, pictures_of_a_dealer: tuple[str, Rules]
) -> None:
    origin, _ = pictures_of_a_dealer
    queue(lot, f"{origin}/good.jpg", "http://169.254.169.254/latest/meta-data/")
    assert jobs.take_queued(lot.listing.id) == 0
    assert {photo.state for photo in all_photos(lot)} == {PhotoState.FAILED}


def test_the_job_may_come_twice(lot: SimpleNamespace, pictures_of_a_dealer: tuple[str, Rules]) -> None:
    origin, rules = pictures_of_a_dealer
    queue(lot, f"{origin}/good.jpg")
    jobs.take_queued(lot.listing.id, rules=rules)
    before = mark()
    assert jobs.take_queued(lot.listing.id, rules=rules) == 0
    assert mark() == before


def test_failed_photos_can_be_asked_for_again(lot: SimpleNamespace, pictures_of_a_dealer: tuple[str, Rules]) -> None:
    origin, rules = pictures_of_a_dealer
    queue(lot, f"{origin}/late.jpg")
    jobs.take_queued(lot.listing.id, rules=rules)
    Answers.content["/late.jpg"] = picture()
    assert perform(photos.requeue_failed, lot.listing.id, now=NOW).unwrap() == 1
    assert jobs.take_queued(lot.listing.id, rules=rules) == 1
