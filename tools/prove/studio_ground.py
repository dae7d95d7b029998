"""What the studio's proofs stand on: a dealer with a stock and an owner who can log in, published and served."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.judges.serving import Server, free_port, start
from tools.prove.ground import fresh_instance, marketplace

PHRASE = "four words of our own making"
OWNER = "owner@example.org"
NORTH = "north-cars.localhost"
MODELS = (("Volkswagen", "Golf"), ("BMW", "X3"), ("Ford", "Fiesta"), ("Opel", "Astra"), ("Audi", "A4"))


@dataclass(frozen=True)
class Ground:
    """An installation that runs."""

    instance: Path
    server: Server

    def address(self, path: str, host: str = "localhost") -> str:
        """Give the whole address of a page."""
        return f"http://{host}:{self.server.port}{path}"

    @property
    def tree(self) -> Path:
        """Give the tree that is served of the dealer's site."""
        return self.instance / "sites" / NORTH / "current"


@contextmanager
def studio_ground(cars: int) -> Iterator[Ground]:
    """Found a dealer with so many cars, publish, and serve with all workers.

    Args:
        cars: in the stock, without photos.
    """
    port = free_port()
    site = {"SITE_PORT": str(port)}
    with fresh_instance() as instance:
        plan = ("--name", "North Cars", "--plan", "premium", "--email", "north@example.org")
        marketplace(instance, "dealer", "add", "north-cars", *plan)
        stock = instance / "stock.csv"
        stock.write_text(_stock(cars), encoding="utf-8")
        marketplace(instance, "import", str(stock), "--dealer", "north-cars")
        person = ("--name", "Jette Brandt", "--role", "owner", "--password", PHRASE, "--dealer", "north-cars")
        marketplace(instance, "user", "add", OWNER, *person)
        marketplace(instance, "build", **site)
        server = _served(instance, port, site)
        try:
            yield Ground(instance, server)
        finally:
            server.stop()
            server.log.close()


def _served(instance: Path, port: int, site: dict[str, str]) -> Server:
    """Serve it; on a busy machine the web may need a second try to come up in time."""
    try:
        return start(instance, port=port, **site)
    except RuntimeError:
        return start(instance, port=port, **site)


def _stock(cars: int) -> str:
    """Write a stock file in the layout every installation knows."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "make", "model", "version", "price", "mileage_km", "year", "fuel", "condition"])
    for n in range(cars):
        make, model = MODELS[n % len(MODELS)]
        price, mileage = 9_900 + 70 * (n % 300), 12_000 + 310 * (n % 400)
        writer.writerow([f"n-{n}", make, model, f"Life {n}", price, mileage, 2015 + n % 10, "diesel", "used"])
    return text.getvalue()
