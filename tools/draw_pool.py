"""Draw the demo's picture pool: ``python -m tools.draw_pool [--out FOLDER]`` writes the pictures and ``pool.toml``.

The pool is committed, so nobody needs to run this to see the demo; run it after changing the drawings or the list
below. About three minutes on two cores. The first picture of a car is the one on cards and covers and gets the most
pixels and the best quality; the whole pool stays under 8 MB.
"""

from __future__ import annotations

import argparse
import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from storefront.demo.drawing import PAINTS
from storefront.demo.drawing.car import TURN, draw_turn
from storefront.demo.drawing.panorama import draw_panorama
from storefront.demo.drawing.raster import draw_picture, encode

POOL = Path(__file__).resolve().parent.parent / "storefront" / "demo" / "pictures"
LIMIT = 8_000_000
PROCESSES = 2
FIRST_SIZE, OTHER_SIZE = (1280, 82), (1024, 78)  # width in pixels, WebP quality
NIGHT = "night_studio"
NIGHT_FIRST, NIGHT_OTHER = (1600, 80), (1024, 72)  # covers reach from edge to edge there; black costs little
KINDS = {"interior": "interior", "wheel_detail": "detail"}

WHEEL = ("front_three_quarter", "side", "rear", "interior", "wheel_detail")
FRONT = ("front_three_quarter", "front", "side", "rear", "interior")
SHORT = ("front_three_quarter", "rear", "side", "interior")
NIGHTLY = ("front_three_quarter", "side", "rear", "interior")
AROUND = ("front_three_quarter", "front", "side", "rear", "interior", "wheel_detail")


@dataclass(frozen=True)
class PoolCar:
    """One car of the pool: what it is, how it is painted and where it stands in all its pictures."""

    body: str
    colour: str
    paint: str
    scene: str
    seed: int
    views: tuple[str, ...] = WHEEL

    @property
    def key(self) -> str:
        """Unique name of the car and start of its file names: body and paint."""
        return f"{self.body}-{self.paint.replace(' ', '-')}"


# A used-car market in small: four of five are everyday bodies in white, black, grey, silver or blue; what is rare on
# the road is rare here, and brighter. The scenes follow the trade: yard and showroom for the all-round dealers, the
# evening street for cars that sell by their looks.
CARS = (
    PoolCar("hatchback", "white", "white", "yard", 3),
    PoolCar("hatchback", "black", "black", "showroom", 12),
    PoolCar("hatchback", "grey", "steel grey", "yard", 21, FRONT),
    PoolCar("hatchback", "blue", "blue", "studio", 5),
    PoolCar("hatchback", "silver", "silver", "showroom", 8, FRONT),
    PoolCar("hatchback", "red", "red", "yard", 17),
    PoolCar("hatchback", "grey", "graphite", "street_evening", 30),
    PoolCar("hatchback", "blue", "navy", "yard", 44, SHORT),
    PoolCar("estate", "blue", "navy", "yard", 17),
    PoolCar("estate", "black", "black", "yard", 2),
    PoolCar("estate", "grey", "graphite", "studio", 9, FRONT),
    PoolCar("estate", "silver", "silver", "yard", 6),
    PoolCar("estate", "white", "white", "showroom", 14),
    PoolCar("estate", "blue", "slate blue", "showroom", 23, FRONT),
    PoolCar("estate", "brown", "brown", "yard", 31),
    PoolCar("suv", "white", "white", "yard", 1),
    PoolCar("suv", "black", "black", "showroom", 7, FRONT),
    PoolCar("suv", "grey", "graphite", "yard", 18),
    PoolCar("suv", "blue", "blue", "showroom", 26),
    PoolCar("suv", "silver", "silver", "studio", 33, FRONT),
    PoolCar("suv", "beige", "sand", "yard", 4),
    PoolCar("suv", "bronze", "bronze", "street_evening", 11),
    PoolCar("saloon", "black", "black", "studio", 10),
    PoolCar("saloon", "silver", "silver", "showroom", 3, FRONT),
    PoolCar("saloon", "blue", "navy", "street_evening", 15),
    PoolCar("saloon", "white", "white", "yard", 22),
    PoolCar("saloon", "grey", "steel grey", "showroom", 29),
    PoolCar("city", "white", "white", "yard", 5, SHORT),
    PoolCar("city", "orange", "orange", "yard", 13),
    PoolCar("city", "blue", "sky blue", "showroom", 19, FRONT),
    PoolCar("city", "gold", "gold", "studio", 27, SHORT),
    PoolCar("mpv", "grey", "steel grey", "yard", 2),
    PoolCar("mpv", "blue", "blue", "yard", 16, FRONT),
    PoolCar("mpv", "violet", "plum", "showroom", 24),
    PoolCar("coupe", "red", "red", "street_evening", 6),
    PoolCar("coupe", "green", "racing green", "showroom", 20, FRONT),
    PoolCar("coupe", "yellow", "yellow", "studio", 28),
    PoolCar("convertible", "red", "burgundy", "street_evening", 9),
    PoolCar("convertible", "silver", "silver", "yard", 25),
    PoolCar("pickup", "green", "racing green", "yard", 7),
    PoolCar("van", "white", "white", "yard", 12, FRONT),
    PoolCar("van", "yellow", "yellow", "yard", 34, SHORT),
    # The house of sports cars photographs in a studio of its own, with the lights off.
    PoolCar("coupe", "grey", "graphite", NIGHT, 41, AROUND),
    PoolCar("coupe", "black", "black", NIGHT, 46, NIGHTLY),
    PoolCar("coupe", "silver", "silver", NIGHT, 47, NIGHTLY),
    PoolCar("coupe", "white", "ivory", NIGHT, 44, NIGHTLY),
    PoolCar("coupe", "blue", "blue", NIGHT, 48, NIGHTLY),
    PoolCar("coupe", "orange", "orange", NIGHT, 50, NIGHTLY),
    PoolCar("convertible", "green", "racing green", NIGHT, 43, NIGHTLY),
    PoolCar("convertible", "black", "black", NIGHT, 51, NIGHTLY),
    PoolCar("convertible", "blue", "sky blue", NIGHT, 53, NIGHTLY),
    PoolCar("saloon", "red", "burgundy", NIGHT, 45, NIGHTLY),
    PoolCar("saloon", "grey", "graphite", NIGHT, 54, NIGHTLY),
    PoolCar("estate", "green", "racing green", NIGHT, 55, NIGHTLY),
)

# Silver a shade deeper than the drawings' own, so that nobody takes it for white on a card.
HOUSE_PAINTS = {**PAINTS, "brown": "#5b4233", "gold": "#b39656", "silver": "#b7bcc3"}


def main() -> None:
    """Read the command line, draw the pool."""
    parser = argparse.ArgumentParser(description="Draw the demo's picture pool; needs the package resvg-py.")
    parser.add_argument("--out", type=Path, default=POOL, metavar="FOLDER", help="default: %(default)s")
    draw_pool(parser.parse_args().out)


def draw_pool(folder: Path) -> None:
    """Draw every picture into ``folder``, drop pictures no longer in the list, write ``pool.toml``."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(car, place) for car in CARS for place in range(len(car.views))]
    with ProcessPoolExecutor(PROCESSES) as workers:
        pictures = dict(zip((file_name(*job) for job in jobs), workers.map(render, jobs), strict=True))
    total = sum(map(len, pictures.values()))
    if total > LIMIT:
        raise SystemExit(f"The pool would be {total} bytes, {total - LIMIT} too many. Lower a size or a quality.")
    for stale in folder.glob("*.webp"):
        if stale.name not in pictures:
            stale.unlink()
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    (folder / "pool.toml").write_text(describe(pictures), encoding="utf-8")
    draw_tours(folder / "tours")
    print(f"{len(CARS)} cars, {len(pictures)} pictures, {total / 1e6:.2f} MB in {folder}")


def draw_tours(folder: Path) -> None:
    """Draw what is turned and looked round in: frames round one car of the list, the cabin of another."""
    folder.mkdir(exist_ok=True)
    turned = next(car for car in CARS if car.views == AROUND)
    for degrees in TURN:
        drawing = draw_turn(turned.body, HOUSE_PAINTS[turned.paint], turned.scene, turned.seed, degrees)
        (folder / f"turn-{degrees}.webp").write_bytes(encode(drawing, 1024, 76))
    inside = next(car for car in CARS if (car.key, car.scene) == ("saloon-graphite", NIGHT))
    drawing = draw_panorama(inside.body, HOUSE_PAINTS[inside.paint], inside.scene, inside.seed)
    (folder / "panorama.webp").write_bytes(encode(drawing, 2048, 78))


def file_name(car: PoolCar, place: int) -> str:
    """File name of a car's picture at ``place``, counted from 0."""
    return f"{car.key}-{place + 1}-{car.views[place]}.webp"


def render(job: tuple[PoolCar, int]) -> bytes:
    """The WebP bytes of one picture; runs in a worker process."""
    car, place = job
    first, others = (NIGHT_FIRST, NIGHT_OTHER) if car.scene == NIGHT else (FIRST_SIZE, OTHER_SIZE)
    width, quality = others if place else first
    return draw_picture(
        car.body, HOUSE_PAINTS[car.paint], car.views[place], car.scene, car.seed, width, quality=quality
    )


def describe(pictures: dict[str, bytes]) -> str:
    """``pool.toml``: each car and its pictures in the order of the gallery."""
    lines = ["# The demo's picture pool, written by tools/draw_pool.py: change the list there, not here."]
    for car in CARS:
        lines += [
            "",
            "[[car]]",
            f'key = "{car.key}"',
            f'body = "{car.body}"',
            f'colour = "{car.colour}"',
            f'paint = "{HOUSE_PAINTS[car.paint]}"',
            f'scene = "{car.scene}"',
            f"seed = {car.seed}",
            "pictures = [",
        ]
        for place, view in enumerate(car.views):
            name = file_name(car, place)
            width, height = Image.open(io.BytesIO(pictures[name])).size
            lines.append(
                f'    {{ file = "{name}", view = "{view}", kind = "{KINDS.get(view, "exterior")}", '
                f"width = {width}, height = {height}, bytes = {len(pictures[name])} }},"
            )
        lines.append("]")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
