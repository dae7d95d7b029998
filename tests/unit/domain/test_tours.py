"""Virtual tours: what is taken, what is refused in words, and that films tell nothing (SPEC 46, SECURITY C4)."""

from pathlib import Path

import pytest

from storefront.domain.listings import films, tours
from storefront.domain.listings.films import BadFilm, FilmStore
from storefront.domain.listings.models import TourKind
from storefront.domain.listings.photo_files import BadPhoto
from storefront.domain.listings.photo_store import PhotoStore
from storefront.domain.listings.tours import BadTour
from tools.hostile_pictures import scene, written


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


def picture(width: int = 400, height: int = 300) -> bytes:
    return written(scene(width, height), "JPEG")


def box(name: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + name + body


MOVIE = box(b"moov", box(b"mvhd", bytes(20)) + box(b"trak", box(b"udta", b"+53.55+009.99/")) + box(b"meta", b"iPhone"))
MP4 = box(b"ftyp", b"isom\0\0\2\0isommp42") + MOVIE + box(b"uuid", b"XMP place") + box(b"mdat", b"pixels" * 9)
WEBM = (
    b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
    + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"
    + (b"\x12\x54\xc3\x67\x8a" + b"place here")
    + (b"\x1f\x43\xb6\x75\x86" + b"pixels")
)


def test_a_spin_keeps_its_pictures_in_order(store: PhotoStore) -> None:
    made = tours.spin([picture() + bytes([n]) for n in range(8)], store)
    assert len({frame.content_hash for frame in made.frames}) == 8
    assert all(frame.content_hash in store for frame in made.frames)
    assert (made.frames[0].width, made.frames[0].height) == (400, 300)


def test_a_spin_of_too_few_or_of_several_sizes_is_refused(store: PhotoStore) -> None:
    with pytest.raises(BadTour, match="8 to 72"):
        tours.spin([picture()] * 7, store)
    with pytest.raises(BadTour, match="same size"):
        tours.spin([picture()] * 7 + [picture(300, 400)], store)
    with pytest.raises(BadPhoto, match="Picture 8: "):
        tours.spin([picture()] * 7 + [b"GIF89a"], store)


def test_a_panorama_is_twice_as_wide_as_high(store: PhotoStore) -> None:
    assert tours.panorama(picture(2000, 1000), store).picture.width == 2000
    with pytest.raises(BadTour, match="twice"):
        tours.panorama(picture(2000, 1500), store)
    with pytest.raises(BadTour, match="1600"):
        tours.panorama(picture(800, 400), store)


@pytest.mark.parametrize(
    "address",
    [
        "http://tours.example.com/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://user:word@tours.example.com/",
        "https://tours.example.com:8443/",
        "javascript:alert(1)",
        "//tours.example.com/",
        "https://tours.example.com/\n",
        'https://tours.example.com/"><script>',
        "https://tours.example.com/" + "a" * 2000,
        "https://[::1/",
        "",
    ],
)
def test_only_a_plain_https_address_is_a_tour_elsewhere(address: str) -> None:
    if address.endswith("\n"):
        assert tours.elsewhere(address).address == address.strip()
        return
    with pytest.raises(BadTour):
        tours.elsewhere(address)


def test_the_link_names_its_host() -> None:
    assert tours.elsewhere(" https://Tours.example.com/a?b=1 ").host == "tours.example.com"


@pytest.mark.parametrize(("content", "kind"), [(MP4, "mp4"), (WEBM, "webm")])
def test_a_film_is_kept_without_what_it_tells(tmp_path: Path, content: bytes, kind: str) -> None:
    kept = FilmStore(tmp_path)
    digest, extension = kept.put(content)
    assert extension == kind
    found = kept.find(digest[:20])
    assert found is not None
    served = found.read_bytes()
    assert len(served) == len(content)
    assert b"pixels" in served
    for secret in (b"53.55", b"iPhone", b"place"):
        assert secret not in served
    assert films.cleaned(served, kind) == served
    assert kept.put(content) == (digest, kind)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", b"RIFF\0\0\0\0AVI ", MP4[:60]])
def test_other_files_and_broken_ones_are_no_films(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadFilm):
        FilmStore(tmp_path).put(content)


def test_a_film_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MAX_FILM", 100)
    with pytest.raises(BadFilm, match="64 MB"):
        FilmStore(tmp_path).put(MP4)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "g" * 20, "a" * 19, "*" * 20])
def test_a_film_is_found_by_its_hash_alone(tmp_path: Path, key: str) -> None:
    FilmStore(tmp_path).put(MP4)
    assert FilmStore(tmp_path).find(key) is None


def test_what_a_row_keeps_is_read_as_it_was(store: PhotoStore) -> None:
    shot = tours.Shot("ab" * 32, 2000, 1000)
    for data in (
        tours.Spin((shot,) * 8),
        tours.Panorama(shot),
        tours.Film("cd" * 32, "webm", shot),
        tours.Film("cd" * 32, "mp4"),
        tours.elsewhere("https://tours.example.com/"),
    ):
        assert tours.data_of(*tours.as_plain(data)) == data


@pytest.mark.parametrize("kind", list(TourKind))
@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"form": "spin", "frames": []},
        {"form": "panorama", "picture": {"hash": "../x", "width": 1, "height": 1}},
        {"film": "x", "extension": "exe"},
        {"address": "javascript:1"},
        {"form": "spin", "frames": [{"hash": "ab" * 32, "width": 0, "height": 1}]},
    ],
)
def test_data_that_is_none_of_ours_is_refused(kind: TourKind, plain: dict[str, object]) -> None:
    with pytest.raises(BadTour):
        tours.data_of(kind, plain)
