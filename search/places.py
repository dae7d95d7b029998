"""Where cars are: locations as words of an index, and which of them lie inside a circle (SPEC 52).

A location is written `53.5511,9.9937`, so that an engine needs no geometry: a radius is the set of locations inside it,
computed here once for all engines. Distances are whole metres, so that equal ones are equal everywhere. For an engine
that would rather take few words than thousands, a location also lies in cells, large and small, and a circle is covered
by the cells that are wholly inside and the locations at its rim.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import acos, asin, cos, pi, radians, sin, sqrt
from typing import overload

from .query import Near

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG)."""
CELLS = (8192, 4096, 2048, 1024, 512)
"""Sides of the cells in ten-thousandths of a degree, the large ones first: from about 90 to 6 km. Each is half the one
before: a circle is then covered by fewest cells, and an engine's time for a circle is that of its words.
"""
KEPT = 512
"""Circles that are remembered with what lies inside."""
_RIM = 12 / EARTH_RADIUS_M
"""So near the rim distance is measured to the metre; elsewhere angles tell inside from outside."""
Vector = tuple[float, float, float]
"""Of length 1, from the middle of the earth."""


def location(latitude: float | None, longitude: float | None) -> str:
    """Write a place as a location; empty when it is unknown."""
    if latitude is None or longitude is None:
        return ""
    return f"{round(latitude, 4) + 0.0:.4f},{round(longitude, 4) + 0.0:.4f}"


@lru_cache(maxsize=65536)
def position(written: str) -> tuple[float, float]:
    """Read a location: latitude and longitude in degrees."""
    latitude, _, longitude = written.partition(",")
    return float(latitude), float(longitude)


def cells(written: str) -> tuple[str, ...]:
    """Give the cells a location lies in, the largest first."""
    north, east = (round(degrees * 10_000) for degrees in position(written))
    return tuple(f"{side}:{north // side},{east // side}" for side in CELLS)


def metres(near: Near, written: str) -> int:
    """Give how far a location is from the middle of a circle, along the great circle."""
    latitude, longitude = position(written)
    north, east = radians(latitude - near.latitude) / 2, radians(longitude - near.longitude) / 2
    chord = sin(north) ** 2 + cos(radians(near.latitude)) * cos(radians(latitude)) * sin(east) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord))))


@dataclass(slots=True)
class _Cell:
    """A part of the earth and what of it is known: the widest angle between its middle and a place in it."""

    name: str
    middle: Vector
    width: float = 0.0
    parts: dict[str, "_Cell"] = field(default_factory=dict)
    locations: list[tuple[Vector, str]] = field(default_factory=list)
    wide: tuple[float, float] = (1.0, 0.0)
    """Cosine and sine of the width, so that no angle need be reckoned where cells are compared with a circle."""

    def close(self) -> None:
        """Say that all places are in it."""
        self.wide = cos(self.width), sin(self.width)
        for part in self.parts.values():
            part.close()


class Places:
    """The locations of an index."""

    def __init__(self, locations: Iterable[str]) -> None:
        self.locations = tuple(written for written in locations if written)
        self._circles: dict[Near, Circle] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self.locations)

    def inside(self, near: Near) -> "Circle":
        """Give a circle with what of these lies inside; the rim is inside."""
        if near not in self._circles:
            if len(self._circles) >= KEPT:
                self._circles.clear()
            self._circles[near] = Circle(near, self)
        return self._circles[near]

    @cached_property
    def earth(self) -> _Cell:
        """Give the cell of all, with those in it."""
        earth = _Cell("", (0.0, 0.0, 1.0), pi)
        for written in self.locations:
            point, cell = _vector(*position(written)), earth
            for name in cells(written):
                inner = cell.parts.get(name)
                if inner is None:
                    inner = cell.parts[name] = _Cell(name, point)
                cell = inner
                cell.width = max(cell.width, _angle(cell.middle, point))
            cell.locations.append((point, written))
        earth.close()
        return earth


class Circle(Sequence[str]):
    """The locations inside a circle, in order; looked for when they are asked for."""

    def __init__(self, near: Near, places: Places) -> None:
        self.near = near
        self._places = places

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        return self._locations[place]

    def __len__(self) -> int:
        return len(self._locations)

    @cached_property
    def cover(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give cells that are wholly inside, as far as there are places in them, and the locations besides."""
        whole: list[_Cell] = []
        single: list[str] = []
        self._look(self._places.earth, whole, single)
        return tuple(cell.name for cell in whole), tuple(single)

    @cached_property
    def _locations(self) -> tuple[str, ...]:
        whole: list[_Cell] = []
        single: list[str] = []
        self._look(self._places.earth, whole, single)
        return tuple(sorted([*single, *(written for cell in whole for written in _all_in(cell))]))

    @cached_property
    def _reach(self) -> tuple[Vector, float, float]:
        """Give the middle, and the angles within which a place is inside for sure, and beyond which it is not."""
        reach = self.near.km * 1000 / EARTH_RADIUS_M
        return _vector(self.near.latitude, self.near.longitude), max(0.0, reach - _RIM), min(pi, reach + _RIM)

    def _look(self, cell: _Cell, whole: list[_Cell], single: list[str]) -> None:
        """Find cells wholly inside and places besides: hundreds of times a search, so angles are told by cosines."""
        (x, y, z), least, most = self._reach
        inner, inner_sine, outer, outer_sine = cos(least), sin(least), cos(most), sin(most)
        for part in cell.parts.values():
            east, north, up = part.middle
            near, (cosine, sine) = x * east + y * north + z * up, part.wide
            if part.width < least and near > inner * cosine + inner_sine * sine:
                whole.append(part)
            elif most + part.width >= pi or near >= outer * cosine - outer_sine * sine:
                self._look(part, whole, single)
        for (east, north, up), written in cell.locations:
            near = x * east + y * north + z * up
            if near > inner or (near > outer and metres(self.near, written) <= self.near.km * 1000):
                single.append(written)


class Distances(Mapping[str, int]):
    """How far the locations inside a circle are from its middle, in metres; measured when asked for."""

    def __init__(self, circle: Circle) -> None:
        self._circle = circle
        self._known: dict[str, int] = {}

    def __getitem__(self, written: str) -> int:
        if written not in self._known:
            self._known[written] = metres(self._circle.near, written)
        return self._known[written]

    def __iter__(self) -> Iterator[str]:
        return iter(self._circle)

    def __len__(self) -> int:
        return len(self._circle)


def within(near: Near, locations: Iterable[str]) -> Circle:
    """Give the locations inside a circle; best of `Places`, which are kept between searches."""
    places = locations if isinstance(locations, Places) else Places(locations)
    return places.inside(near)


def _vector(latitude: float, longitude: float) -> Vector:
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def _angle(one: Vector, other: Vector) -> float:
    near = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return acos(min(1.0, max(-1.0, near)))


def _all_in(cell: _Cell) -> Iterator[str]:
    for part in cell.parts.values():
        yield from _all_in(part)
    yield from (written for _, written in cell.locations)
