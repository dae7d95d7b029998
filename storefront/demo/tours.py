"""The tours of the demo: a car to turn, a cabin to look round in, a film elsewhere (SPEC 46)."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import resources

from PIL import Image, ImageOps

from storefront.domain.listings import tours
from storefront.domain.listings.models import Listing
from storefront.domain.listings.photo_store import PhotoStore
from storefront.domain.listings.tours import TourData

from .dealers import ACTOR
from .drawing.car import TURN


def add(listing: Listing, kind: str, store: PhotoStore, *, now: datetime) -> None:
    """Give a car a tour of that kind: spin, panorama or elsewhere."""
    title, made = _KINDS[kind]
    tours.add_tour(listing, made(store), title=title, now=now, actor=ACTOR)


def _spin(store: PhotoStore) -> TourData:
    """The drawn side, and its mirror image on the way back to the nose."""
    drawn = [_file(f"turn-{degrees}.webp") for degrees in TURN]
    other = [_mirrored(content) for degrees, content in zip(TURN, drawn, strict=True) if degrees not in (0, 180)]
    return tours.spin([*drawn, *reversed(other)], store)


def _panorama(store: PhotoStore) -> TourData:
    return tours.panorama(_file("panorama.webp"), store)


def _elsewhere(_store: PhotoStore) -> TourData:
    return tours.elsewhere("https://tours.example.com/kessler-rohde/rs6")


def _file(name: str) -> bytes:
    return resources.files(__package__).joinpath("pictures", "tours", name).read_bytes()


def _mirrored(content: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        ImageOps.mirror(picture.convert("RGB")).save(out, "WEBP", quality=78, method=2)
    return out.getvalue()


_KINDS: Mapping[str, tuple[str, Callable[[PhotoStore], TourData]]] = {
    "spin": ("Einmal um den Wagen", _spin),
    "panorama": ("Vom Rücksitz aus", _panorama),
    "elsewhere": ("Die Ausfahrt durch die Eifel", _elsewhere),
}
