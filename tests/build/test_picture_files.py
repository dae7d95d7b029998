"""What is served of pictures: everything a page names, the best encodings later, cards, films, tours (SPEC 43, 46)."""

import io
import os
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from builder import improving, jobs
from builder.images import pictures
from builder.sites import publish
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.money import Money
from storefront.core.outbox import OutboxEvent
from storefront.domain.listings import actions as listings
from storefront.domain.listings import photos, tours
from storefront.domain.listings.films import film_store
from storefront.domain.listings.models import Photo, PriceReason
from storefront.domain.listings.photo_store import photo_store
from storefront.pages.pictures import set_of
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tests.factories import make_listing
from tools.hostile_pictures import scene, written
from tools.metadata import found_in

NORTH = "north-cars.localhost"
_NAMED = re.compile(r"/(?:i|m)/[0-9a-z.-]+\.(?:avif|webp|jpg|mp4|webm)")


def served(built: Installation, host: str = NORTH) -> dict[str, bytes]:
    return {path: content for path, content in built.files(host).items() if path.startswith(("i/", "m/"))}


def car_page(built: Installation) -> str:
    golf = built.world.golf
    path = f"vehicles/{golf.slug}-{golf.public_id}/index.html"
    return built.files(NORTH)[path].decode()


def published(built: Installation) -> None:
    report = built.build()
    assert [build.failure for build in report.hosts] == [None, None, None]


def test_every_picture_a_page_names_is_served_and_carries_nothing_but_pixels(built: Installation) -> None:
    files = served(built)
    named = {
        path[1:]
        for name, content in built.files(NORTH).items()
        if name.endswith(".html")
        for path in _NAMED.findall(content.decode())
    }
    assert named
    assert named <= files.keys()
    for path in sorted(named)[::7]:
        assert found_in(files[path]) == []


def test_every_page_is_shared_with_a_picture_of_its_own_size(built: Installation) -> None:
    for host in (NORTH, "localhost"):
        files = built.files(host)
        pages = [content.decode() for path, content in files.items() if path.endswith(".html")]
        cards = {found[1] for page in pages if (found := re.search(r"(i/card-[0-9a-f]{20}\.jpg)", page))}
        assert len(cards) > 5
        for card in cards:
            assert Image.open(io.BytesIO(files[card])).size == (1200, 630)
            assert len(files[card]) < 1_000_000


def card_of(built: Installation) -> str:
    found = re.search(r"i/card-[0-9a-f]{20}\.jpg", car_page(built))
    assert found is not None
    return found[0]


def test_a_new_price_leaves_the_shared_picture_alone(built: Installation) -> None:
    before = card_of(built)
    perform(
        listings.change_price, built.world.golf, 18_500_00, reason=PriceReason.PROMOTION, now=NOW, actor="test"
    ).unwrap()
    published(built)
    assert "18.500" in car_page(built)
    assert card_of(built) == before


def test_another_focus_gives_other_crops_and_leaves_the_old_ones_for_who_has_the_old_page(built: Installation) -> None:
    cover = db.session.scalars(select(Photo).where(Photo.listing_id == built.world.golf.id, Photo.primary)).one()
    before, files = card_of(built), served(built)
    perform(photos.set_focus, cover.id, 10, 90, now=NOW, actor="test").unwrap()
    published(built)
    key = str(cover.content_hash)[:20]
    assert f"/i/{key}-thumb-10x90.jpg" in car_page(built)
    assert card_of(built) != before
    assert files.keys() <= served(built).keys()
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)


def no_slips(built: Installation) -> improving.Slips:
    """Take away what the first build of the world left to be done."""
    slips = improving.slips(built.settings)
    shutil.rmtree(slips.root)
    assert not slips.waiting()
    return slips


def test_the_best_encodings_come_later_under_the_same_addresses(built: Installation) -> None:
    slips = no_slips(built)
    assert improving.improve(built.settings) is False
    shown = {name for path in served(built) if (name := set_of(f"/{path}")) is not None}
    name = min(shown, key=lambda one: (len(one), one))
    cover = db.session.scalars(select(Photo).where(Photo.content_hash.startswith(name))).first()
    assert cover is not None
    _make_anew(built, name, cover)
    before = served(built)
    assert improving.improve(built.settings) is False
    assert not slips.waiting()
    assert NORTH in os.listdir(slips.root / "ready")
    assert served(built) == before, "nothing that is served was touched"
    published(built)
    after = served(built)
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert changed
    assert {set_of(f"/{path}") for path in changed} == {name}
    assert all(path.endswith((".avif", ".webp")) for path in changed)
    assert not slips.offered(NORTH)
    again = built.build()
    assert [build.rendered for build in again.hosts] == [0, 0, 0]


def _make_anew(built: Installation, name: str, cover: Photo) -> None:
    """Leave the slip that a publish leaves which makes this set."""
    from builder.images import Original

    original = Original(str(cover.content_hash), cover.width or 0, cover.height or 0)
    assert original.key == name
    improving.slips(built.settings).want([original])


def test_a_publish_leaves_slips_for_what_it_made_quickly(built: Installation) -> None:
    no_slips(built)
    content = written(scene(700, 500), "JPEG")

    def arrive() -> None:
        car = make_listing(built.world.north, price=Money(9_000_00), now=NOW)
        photos.add_photos(car, [photos.Upload(content)], store=photo_store(built.settings), now=NOW)

    perform(arrive).unwrap()
    publish(built.world.north_store, as_of=TODAY, settings=built.settings)
    (original,) = improving.slips(built.settings).waiting()
    assert pictures(built.settings).best(original.key) is None
    assert improving.improve(built.settings) is False
    assert pictures(built.settings).best(original.key) is not None
    assert improving.slips(built.settings).offered(NORTH) == [original.key]


def test_the_job_goes_home_when_nothing_waits_and_is_asked_for_when_something_does(built: Installation) -> None:
    def asked() -> int:
        rows = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "PicturesWanted")).all()
        return len(rows)

    no_slips(built)
    jobs.improve_pictures()
    assert asked() == 0
    cover = db.session.scalars(select(Photo).where(Photo.listing_id == built.world.golf.id, Photo.primary)).one()
    _make_anew(built, str(cover.content_hash)[:20], cover)
    jobs.publish_site(built.world.north_store.id.hex)
    assert asked() == 1


def film() -> bytes:
    """Give the smallest MP4 whose boxes fit together, with a place in it."""
    place = b"\0\0\0\x20udta" + b"\0\0\0\x18\xa9xyz" + b"+53.5511+009.99/"
    movie = (8 + len(place)).to_bytes(4, "big") + b"moov" + place
    return b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + movie + b"\0\0\x10\x08mdat" + bytes(range(256)) * 16


def test_a_cars_tours_are_on_its_page_with_all_their_files(built: Installation) -> None:
    store, golf = photo_store(built.settings), built.world.golf
    frames = [written(scene(1000, 750).rotate(number * 3), "JPEG") for number in range(8)]
    made = (
        tours.spin(frames, store),
        tours.panorama(written(scene(2000, 1000), "JPEG"), store),
        tours.film(film(), written(scene(800, 450), "JPEG"), store, film_store(built.settings)),
        tours.elsewhere("https://tours.example.com/golf?id=7"),
    )
    for data in made:
        perform(tours.add_tour, golf, data, now=NOW, actor="test").unwrap()
    published(built)
    page, files = car_page(built), served(built)
    assert built.pages(NORTH) == built.drawn_afresh(built.world.north_store)
    assert "https://tours.example.com/golf?id=7" in page
    assert "tours.example.com" in re.sub(r"<[^>]+>", "", page)
    assert len(set(re.findall(r"/i/[0-9a-f]{20}-800-spin\.webp", page))) == 8
    assert sum(path.endswith("-1000-spin.jpg") for path in files) == 8
    assert sum(path.endswith("-2000-pano.webp") for path in files) == 1
    (served_film,) = (path for path in files if path.startswith("m/"))
    assert f"/{served_film}" in page
    assert b"+53.5511" not in files[served_film]
    assert len(files[served_film]) == len(film())
    assert built.settings.sites.joinpath(NORTH, "current", served_film).stat().st_mode & 0o222 == 0


def test_a_tour_with_a_broken_picture_leaves_the_page_and_the_rest_is_served(built: Installation) -> None:
    whole = written(scene(2000, 1000), "JPEG")
    data = tours.panorama(whole[: len(whole) // 2], photo_store(built.settings))
    tour = perform(tours.add_tour, built.world.golf, data, now=NOW, actor="test").unwrap()
    report = built.build()
    assert [build.failure for build in report.hosts] == [None, None, None]
    assert any("damaged" in warning for build in report.hosts for warning in build.warnings)
    db.session.expire_all()
    assert tours.by_id(tour.id).active is False
    assert "-pano." not in car_page(built)


@pytest.mark.parametrize("number", [0, 1, 40])
def test_a_car_has_no_photo_one_or_forty(built: Installation, number: int) -> None:
    several = [photos.Upload(written(scene(400 + one, 300), "JPEG")) for one in range(number)]

    def arrive() -> str:
        car = make_listing(built.world.north, price=Money(9_000_00), now=NOW)
        photos.add_photos(car, several, store=photo_store(built.settings), now=NOW)
        return f"{car.slug}-{car.public_id}"

    name = perform(arrive).unwrap()
    published(built)
    page = built.files(NORTH)[f"vehicles/{name}/index.html"].decode()
    assert len(set(re.findall(r"/i/([0-9a-f]{20})-large\.jpg", page))) >= number
    assert re.search(r"i/card-[0-9a-f]{20}\.jpg", page)
    assert Path(built.served(NORTH), "i").is_dir()


def test_a_pictures_address_in_somebodys_text_stops_nothing(built: Installation) -> None:
    text = (
        "Siehe /i/00000000000000000000-large.jpg und /m/00000000000000000000.mp4 und /i/card-00000000000000000000.jpg"
    )
    perform(listings.update_listing, built.world.golf, {"description": text}, now=NOW, actor="test").unwrap()
    published(built)
    assert "00000000000000000000-large.jpg" in car_page(built)
