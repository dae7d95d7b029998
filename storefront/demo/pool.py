"""The picture pool: which drawn cars there are, and which pictures a car of the demo takes from them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

NIGHT = "night_studio"
"""The scene that only one house photographs in."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the pool."""

    file: str
    view: str
    kind: str
    """exterior, interior or detail."""
    width: int
    height: int

    def content(self) -> bytes:
        """Read the file."""
        return resources.files(__package__).joinpath("pictures", self.file).read_bytes()


@dataclass(frozen=True, slots=True)
class Look:
    """A drawn car with its pictures, in the order of the gallery."""

    key: str
    body: str
    colour: str
    scene: str
    shots: tuple[Shot, ...]

    def shot(self, view: str) -> Shot:
        """Give the picture of a view.

        Raises:
            StopIteration: the pool has none.
        """
        return next(shot for shot in self.shots if shot.view == view)


@cache
def looks() -> Mapping[str, Look]:
    """Give all drawn cars by their key."""
    text = resources.files(__package__).joinpath("pictures", "pool.toml").read_text("utf-8")
    return {
        entry["key"]: Look(
            entry["key"],
            entry["body"],
            entry["colour"],
            entry["scene"],
            tuple(Shot(p["file"], p["view"], p["kind"], p["width"], p["height"]) for p in entry["pictures"]),
        )
        for entry in tomllib.loads(text)["car"]
    }


def look_of(key: str) -> Look:
    """Give the drawn car of that key."""
    return looks()[key]


def everyday(body: str, colour: str) -> list[Look]:
    """Give the drawn cars of a body and a colour that stand on ordinary lots."""
    return [look for look in looks().values() if (look.body, look.colour) == (body, colour) and look.scene != NIGHT]


def colours() -> Mapping[str, tuple[str, ...]]:
    """Give body → colours there are ordinary pictures of."""
    found: dict[str, dict[str, None]] = {}
    for look in looks().values():
        if look.scene != NIGHT:
            found.setdefault(look.body, {})[look.colour] = None
    return {body: tuple(names) for body, names in found.items()}
