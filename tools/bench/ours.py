"""Our own build: an installation that holds the bench's catalogue, and the command that publishes it.

    python -m tools.bench.ours CATALOGUE INSTANCE

loads the catalogue through the product's own actions (preparation, not timed). What is timed is
`marketplace build --host localhost`: the marketplace alone, one host and one language, as the baselines have it, with
the database read, dependencies recorded, pages compressed and checked, and the release switched.
"""

import itertools
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image

from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.changes import insert_many
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import found_tenant
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.importing import import_stock
from storefront.domain.listings.models import Listing, Photo, PhotoState
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.listings.stock import StockRecord
from storefront.domain.stores.actions import create_store
from storefront.domain.vehicles.vocabulary import FEATURES
from storefront.migrations import runner
from tools.bench import catalogue
from tools.judges.serving import MARKETPLACE
from tools.judges.trees import ROOT

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
HOST = "localhost"
BUILT = ("sites", "store")
"""What a build leaves in the instance folder, beside its rows: taken away so that every lap is a whole build."""
BODIES = {"Cabriolet": "convertible", "Coupé": "coupe", "Estate": "estate", "Hatchback": "hatchback", "MPV": "mpv",
          "Saloon": "saloon", "SUV": "suv"}  # fmt: skip
FUELS = {"Diesel": "diesel", "Electric": "electric", "Hybrid": "hybrid", "Petrol": "petrol",
         "Plug-in hybrid": "plugin_hybrid"}  # fmt: skip


def command(work: Path, out: Path) -> list[str]:
    """The timed command; the instance is made anew in `out` before each lap."""
    return ["env", f"MARKETPLACE_INSTANCE={out}", MARKETPLACE, "build", "--host", HOST, "--as-of", TODAY.isoformat()]


def frozen_command(work: Path, out: Path) -> list[str]:
    """The stock freezer over our own application, on the same instance."""
    return [sys.executable, "-m", "tools.bench.frozen_app", str(out)]


def live_tree(out: Path) -> Path:
    """Where our build put the pages."""
    return (out / "sites" / HOST / "current").resolve()


def frozen_tree(out: Path) -> Path:
    """Where the stock freezer put them."""
    return out / "frozen"


def prepare(work: Path) -> None:
    """Load the catalogue once and build once, so that pictures exist in all their widths; keep the unbuilt database."""
    instance = work / "ours"
    if instance.exists():
        return
    _run([sys.executable, "-m", "tools.bench.ours", str(work / "catalogue"), str(instance)])
    with sqlite3.connect(instance / "marketplace.sqlite3") as database:
        database.execute("pragma wal_checkpoint(truncate)")
    shutil.copy(instance / "marketplace.sqlite3", work / "unbuilt.sqlite3")
    _run(command(work, instance))


def before_each(work: Path, out: Path) -> None:
    """Copy the instance without what a build leaves."""
    kept = shutil.ignore_patterns("marketplace.sqlite3*", *BUILT, "*.sock")
    shutil.copytree(work / "ours", out, ignore=kept, copy_function=_link)
    shutil.copy(work / "unbuilt.sqlite3", out / "marketplace.sqlite3")


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _run(words: list[str]) -> None:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words[-3:])} ended with {done.returncode}: {(done.stderr or done.stdout)[-1500:]}")


def load(folder: Path, instance: Path) -> None:
    """Fill a new installation: a tenant, its marketplace in English, premium dealers, their cars and photographs."""
    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    runner.upgrade(db.engine)
    stock = catalogue.read(folder)
    pictures = _pictures(settings)
    with everywhere():
        tenant: Tenant = perform(found_tenant, "bench", "Cars of Europe", now=NOW, languages=("en",)).unwrap()
    with acting(tenant.id):
        words = ["en"]
        perform(create_store, "Cars of Europe", HOST, dealer_id=None, theme="market", languages=words, now=NOW).unwrap()
        for owner in stock.dealers:
            cars = [car for car in stock.cars if car.dealer_id == owner.id]
            perform(_dealer_with_cars, owner, cars, pictures).unwrap()
    db.unbind()


def _dealer_with_cars(owner: catalogue.Dealer, cars: list[catalogue.Car], pictures: list[dict[str, object]]) -> None:
    data = DealerData(
        owner.name, owner.slug, f"L{owner.id:05d}", Plan.PREMIUM, street=owner.street, postal_code="10115",
        city=owner.city, latitude=owner.latitude, longitude=owner.longitude, phone=owner.phone,
    )  # fmt: skip
    dealer: Dealer = register_dealer(data, now=NOW, today=TODAY)
    report = import_stock(dealer, map(_record, cars), format="bench", today=TODAY, now=NOW)
    if report.created != len(cars):
        raise SystemExit(f"the bench's cars were refused: {report.refused[:3]}")
    listings = db.session.query(Listing.id).where(Listing.dealer_id == dealer.id).order_by(Listing.source_id)
    turn = itertools.cycle(pictures)
    rows = [
        {"id": new_id(), "dealer_id": dealer.id, "listing_id": listing, "position": place, "primary": place == 0,
         "state": PhotoState.READY, "created_at": NOW, **next(turn)}
        for (listing,) in listings
        for place in range(5)
    ]  # fmt: skip
    insert_many(Photo, rows)


def _record(car: catalogue.Car) -> StockRecord:
    year, month = map(int, car.registered.split("-"))
    return StockRecord(
        row=car.id, source_id=f"{car.id:06d}", stock_number=car.stock_number, make=car.make, model=car.model,
        version=car.trim, body=BODIES[car.body], fuel=FUELS[car.fuel], transmission=car.transmission.lower(),
        colour=car.colour, doors=car.doors, seats=car.seats, power_kw=car.power, displacement_ccm=car.displacement,
        mileage_km=car.mileage, first_registered=date(year, month, 1), co2_g_km=car.co2, price_cents=car.price * 100,
        vat="standard", description=car.description, features=FEATURES[car.id % 8 :: 9][:12],
        listed_on=date.fromisoformat(car.updated),
    )  # fmt: skip


def _pictures(settings: config.Settings) -> list[dict[str, object]]:
    """Put a dozen of the demo's pictures into the photo store; every car shows five of them."""
    found = sorted((ROOT / "storefront/demo/pictures").glob("*.webp"))
    pictures = []
    for file in found[:: max(1, len(found) // 12)][:12]:
        with Image.open(file) as picture:
            width, height = picture.size
        kept = photo_store(settings).put(file.read_bytes())
        pictures.append({"content_hash": kept, "width": width, "height": height})
    return pictures


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]))
