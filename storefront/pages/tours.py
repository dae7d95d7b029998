"""Virtual tours as a car's page shows them (SPEC 46)."""

from collections.abc import Sequence

from storefront.domain.listings import films
from storefront.domain.listings.models import VirtualTour
from storefront.domain.listings.tours import BadTour, Elsewhere, Film, Panorama, Shot, Spin, data_of

from . import pictures
from .contexts import Picture, Tour
from .siteview import Face


def shown(face: Face, car: str, tours: Sequence[VirtualTour]) -> tuple[Tour, ...]:
    """Give the tours of a car; one whose data cannot be read is left out.

    Args:
        face: language of the page.
        car: the car's name, for those who cannot see the poster.
        tours: in order.
    """
    found = (_tour(face, car, tour) for tour in tours)
    return tuple(tour for tour in found if tour is not None)


def film_path(content_hash: str, extension: str) -> str:
    """Give the public path of a film."""
    return f"/m/{content_hash[: films.HASH_DIGITS]}.{extension}"


def _tour(face: Face, car: str, tour: VirtualTour) -> Tour | None:
    try:
        data = data_of(tour.kind, tour.data)
    except BadTour:
        return None
    if isinstance(data, Spin):
        title = tour.title or face.t("pages.tour.spin")
        width = min(pictures.SPIN_WIDTHS[0], data.frames[0].width)
        frames = tuple(_path(frame, width, pictures.SPIN) for frame in data.frames)
        return Tour("spin", title, _poster(data.frames[0], f"{car}: {title}"), frames=frames)
    if isinstance(data, Panorama):
        title = tour.title or face.t("pages.tour.panorama")
        src = _path(data.picture, min(pictures.PANORAMA_WIDTH, data.picture.width), pictures.PANORAMA)
        return Tour("panorama", title, _poster(data.picture, f"{car}: {title}"), src=src)
    if isinstance(data, Film):
        title = tour.title or face.t("pages.tour.film")
        poster = None if data.poster is None else _poster(data.poster, f"{car}: {title}")
        src = film_path(data.content_hash, data.extension)
        return Tour("video", title, poster, src=src, type=films.TYPES[data.extension])
    return _link(face, tour, data)


def _link(face: Face, tour: VirtualTour, data: Elsewhere) -> Tour:
    return Tour("external", tour.title or face.t("pages.tour.elsewhere"), src=data.address, provider=data.host)


def _path(shot: Shot, width: int, variant: str) -> str:
    return pictures.path_of(shot.content_hash, str(width), "webp", variant)


def _poster(shot: Shot, alt: str) -> Picture:
    return pictures.picture(shot.content_hash, shot.width, shot.height, alt=alt)
