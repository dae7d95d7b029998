"""The SVG document under construction: definitions, elements, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .curves import Point, num

Stop = tuple[float, str] | tuple[float, str, float]


class Svg:
    """Collects definitions and elements; ids carry a prefix so drawings can share a page."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.defs: list[str] = []
        self.body: list[str] = []
        self._known: dict[str, str] = {}
        self.focus_x = 0.0  # where vertical gradients are read when a drawing is wrapped

    def _define(self, tag: str, attrs: str, inner: str) -> str:
        """Register a definition once; returns its id."""
        key = f"{tag}|{attrs}|{inner}"
        if key not in self._known:
            name = f"{self.prefix}{len(self._known):x}"
            self._known[key] = name
            self.defs.append(f'<{tag} id="{name}"{attrs}>{inner}</{tag}>')
        return self._known[key]

    @staticmethod
    def _stops(stops: Sequence[Stop]) -> str:
        """Stop elements of a gradient."""
        out = ""
        for s in stops:
            alpha = f' stop-opacity="{num(s[2])}"' if len(s) > 2 and s[2] != 1 else ""
            out += f'<stop offset="{num(s[0])}" stop-color="{s[1]}"{alpha}/>'
        return out

    def lin(self, a: Point, b: Point, stops: Sequence[Stop]) -> str:
        """Linear gradient from ``a`` to ``b`` in drawing units; returns ``url(#id)``."""
        attrs = f' gradientUnits="userSpaceOnUse" x1="{num(a[0])}" y1="{num(a[1])}" x2="{num(b[0])}" y2="{num(b[1])}"'
        return f"url(#{self._define('linearGradient', attrs, self._stops(stops))})"

    def rad(self, c: Point, r: float, stops: Sequence[Stop], squash: float = 1.0) -> str:
        """Radial gradient; ``squash`` scales its height. Returns ``url(#id)``."""
        attrs = f' gradientUnits="userSpaceOnUse" cx="0" cy="0" r="{num(r)}"'
        attrs += f' gradientTransform="translate({num(c[0])} {num(c[1])}) scale(1 {num(squash)})"'
        return f"url(#{self._define('radialGradient', attrs, self._stops(stops))})"

    def clip(self, *paths: str) -> str:
        """Clip path; returns the attribute value."""
        inner = "".join(f'<path d="{path}"/>' for path in paths)
        return f"url(#{self._define('clipPath', '', inner)})"

    def path(self, data: str, fill: str = "none", **attrs: object) -> None:
        """Add a path; keyword ``stroke_width`` becomes ``stroke-width``."""
        self.body.append(f'<path d="{data}" fill="{fill}"{_attributes(attrs)}/>')

    def stroke(self, data: str, colour: str, width: float, opacity: float = 1.0, **attrs: object) -> None:
        """Add an open, round-capped line."""
        self.path(
            data,
            "none",
            stroke=colour,
            stroke_width=float(width),
            stroke_linecap="round",
            stroke_linejoin="round",
            stroke_opacity=None if opacity == 1 else float(opacity),
            **attrs,
        )

    def circle(self, c: Point, r: float, fill: str, **attrs: object) -> None:
        """Add a circle."""
        self.body.append(f'<circle cx="{num(c[0])}" cy="{num(c[1])}" r="{num(r)}" fill="{fill}"{_attributes(attrs)}/>')

    def ellipse(self, c: Point, rx: float, ry: float, fill: str, **attrs: object) -> None:
        """Add an ellipse."""
        self.body.append(
            f'<ellipse cx="{num(c[0])}" cy="{num(c[1])}" rx="{num(rx)}" ry="{num(ry)}" fill="{fill}"'
            f"{_attributes(attrs)}/>"
        )

    def open(self, **attrs: object) -> None:
        """Open a group."""
        self.body.append(f"<g{_attributes(attrs)}>")

    def close(self) -> None:
        """Close the innermost group."""
        self.body.append("</g>")


def _attributes(attrs: Mapping[str, object]) -> str:
    """Keyword arguments as attributes; ``None`` leaves one out."""
    return "".join(
        f' {name.replace("_", "-")}="{num(value) if isinstance(value, float) else value}"'
        for name, value in attrs.items()
        if value is not None
    )
