"""Charts as SVG, drawn on the server: no script, colours from the page's tokens by class, words for who cannot see.

Every chart has a title, a description that says its figures, and `role="img"`; sizes are in its own units and scale
with the box it stands in (`class="chart"`). A series without a value draws an empty ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640.0, 200.0
BROADEST = 72.0
"""Of a bar: one alone is no wall."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 8.0, 8.0, 14.0, 22.0
_numbers = count(1)
When = date | datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A value and what it is called.

    Args:
        at: where it stands on the way from left to right; dates, or any rising number.
        value: how high.
        label: words for it, ready for the reader: `12.03., 34.500 €`.
    """

    at: float | When
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name below, its value, the words for it, a tone (`good`, `warn`, `bad` or empty)."""

    name: str
    value: float
    label: str
    tone: str = ""


def line(points: Sequence[Point], title: str, *, described: str = "", from_zero: bool = False) -> Markup:
    """Draw values joined by a line, the two ends named.

    Args:
        points: in rising order.
        title: what is shown.
        described: the figures in words; the labels when empty.
        from_zero: the ground is 0; else it is a little below the lowest value.
    """
    spots = _spots(points, from_zero)
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in spots) if spots else ""
    return _drawn(_path(path) + _dots(points, spots) + _ends(points), title, described, points)


def steps(points: Sequence[Point], title: str, *, described: str = "", from_zero: bool = False) -> Markup:
    """Draw values that hold until the next one, such as a price history; arguments as of `line`."""
    spots = _spots(points, from_zero)
    path = f"M{spots[0][0]:.1f} {spots[0][1]:.1f}" if spots else ""
    path += "".join(f" H{x:.1f} V{y:.1f}" for x, y in spots[1:])
    if len(spots) == 1:
        path += f" H{WIDTH - _RIGHT:.1f}"
    return _drawn(_path(path) + _dots(points, spots) + _ends(points), title, described, points)


def bars(found: Sequence[Bar], title: str, *, described: str = "") -> Markup:
    """Draw standing bars from 0, each with its name below and its value above.

    Args:
        found: from left to right.
        title: what is shown.
        described: the figures in words; the labels when empty.
    """
    most = max((bar.value for bar in found), default=0) or 1
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(found))
    parts = [Markup('<line class="axis" x1="0" x2="640" y1="178" y2="178"/>')]
    broad = min(room * 0.76, BROADEST)
    for number, bar in enumerate(found):
        height = (HEIGHT - _TOP - _BOTTOM - 14) * max(0.0, bar.value) / most
        top, middle = HEIGHT - _BOTTOM - height, _LEFT + (number + 0.5) * room
        parts.append(
            Markup(
                '<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>'
                '<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
                '<text class="name" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
            ).format(
                _tone(bar.tone),
                middle - broad / 2,
                top,
                broad,
                height,
                middle,
                top - 4,
                bar.label,
                middle,
                194.0,
                bar.name,
            )
        )
    return _framed(Markup("").join(parts), title, described or _sentence([f"{one.name}: {one.label}" for one in found]))


def _tone(name: str) -> str:
    return name if name in ("good", "warn", "bad") else ""


def _spots(points: Sequence[Point], from_zero: bool) -> list[tuple[float, float]]:
    if not points:
        return []
    places = [_place(point.at) for point in points]
    low, high = min(point.value for point in points), max(point.value for point in points)
    ground = 0.0 if from_zero else low - (high - low) * 0.15
    span, way = (high - ground) or 1.0, (places[-1] - places[0]) or 1.0
    across, up = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    return [
        (_LEFT + across * (place - places[0]) / way, HEIGHT - _BOTTOM - up * (point.value - ground) / span)
        for place, point in zip(places, points, strict=True)
    ]


def _place(at: float | When) -> float:
    if isinstance(at, datetime):
        return at.timestamp()
    return float(at.toordinal()) if isinstance(at, date) else float(at)


def _path(path: str) -> Markup:
    return Markup('<path class="line" d="{}"/>').format(path) if path else Markup("")


def _dots(points: Sequence[Point], spots: Sequence[tuple[float, float]]) -> Markup:
    """Mark each value; the pointer that rests on it reads its words."""
    return Markup("").join(
        Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>').format(x, y, point.label)
        for point, (x, y) in zip(points, spots, strict=True)
    )


def _ends(points: Sequence[Point]) -> Markup:
    if not points:
        return Markup("")
    first = Markup('<text class="name" x="{}" y="194">{}</text>').format(_LEFT, points[0].label)
    if len(points) == 1:
        return first
    last = Markup('<text class="name" x="{}" y="194" text-anchor="end">{}</text>')
    return first + last.format(WIDTH - _RIGHT, points[-1].label)


def _drawn(inside: Markup, title: str, described: str, points: Sequence[Point]) -> Markup:
    axis = Markup('<line class="axis" x1="0" x2="640" y1="178" y2="178"/>')
    return _framed(axis + inside, title, described or _sentence([point.label for point in points]))


def _sentence(labels: Sequence[str]) -> str:
    return "; ".join(labels)


def _framed(inside: Markup, title: str, described: str) -> Markup:
    number = next(_numbers)
    return Markup(
        '<svg class="chart" viewBox="0 0 640 200" role="img" aria-labelledby="chart-{0}-t chart-{0}-d">'
        '<title id="chart-{0}-t">{1}</title><desc id="chart-{0}-d">{2}</desc>{3}</svg>'
    ).format(number, title, described, inside)


def sparkline(values: Sequence[float], title: str) -> Markup:
    """Draw a small line without words, for a cell of a table; its title says what it is."""
    if len(values) < 2:
        return Markup("")
    low, span = min(values), (max(values) - min(values)) or 1.0
    way = 96.0 / (len(values) - 1)
    path = " L".join(f"{2 + way * n:.1f} {22 - 20 * (value - low) / span:.1f}" for n, value in enumerate(values))
    return Markup(
        '<svg class="spark" viewBox="0 0 100 24" role="img" aria-label="{}"><path class="line" d="M{}"/></svg>'
    ).format(title, escape(path))
