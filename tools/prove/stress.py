"""The hardest stock there is, in every theme: a real dealer's 323 cars, 2,000 private ads, and cars made to break a
layout; some without a photo, some with one, twelve or forty.

    python -m tools.prove.stress INSTANCE

Photos are the demo's drawings: the exports name pictures nobody has any more.
"""

import argparse
import csv
import gzip
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

from sqlalchemy import select

from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import queries as accounts
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.stores.actions import create_store
from storefront.domain.stores.models import Store
from tools.prove.ground import marketplace, report, shared

FEED = "data/feeds/autoscout24-stx3/2018-03-10.xml.gz"
ADS = "data/listings/kleinanzeigen-autos.csv.gz"
CARS_OF_ADS = 2_000
ADS_READ = 2_150
"""Rows taken from the file of private ads, so that 2,000 are left when the unfit ones are refused."""
PHOTOS = (0, 1, 5, 2, 12, 3, 40, 6)
"""How many photos the cars have, one after the other."""
LONG_VERSION = (
    "Gran Coupé xDrive Individual Performance Mehrzonenklimaautomatik Panoramaglasdach Anhängerkupplung "
    "Standheizung Scheckheft"
)
NO_SPACE = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_TEXT = (
    "Unfallfreies Fahrzeug aus erster Hand, lückenlos beim Vertragshändler gewartet. **Ausstattung** wie abgebildet; "
    "Sonderlackierung, Sitzheizung vorn und hinten, Umweltplakette und Schadstoffklasse nach Vereinbarung.\n\n"
) * 20


def found(instance: Path, ads_read: int = ADS_READ) -> dict[str, int]:
    """Found the installation: two dealers with their imports, photos, a site in every dealer theme each, built.

    Args:
        instance: an empty folder.
        ads_read: rows of the private ads to take.

    Returns:
        How many cars each import made.
    """
    marketplace(instance, "db", "upgrade")
    for slug, name, city in (
        ("roma", "Auto Roma", "Nürnberg"),
        ("privat", "Autohaus Brinkmann & Söhne Inh. K.-H. Brinkmann e. K.", "Garmisch-Partenkirchen"),
    ):
        marketplace(
            instance, "dealer", "add", slug, "--name", name, "--plan", "premium", "--street", "Große Straße 7",
            "--postal-code", "22926", "--city", city, "--phone", "+494102509810", "--email", f"hof@{slug}.example",
        )  # fmt: skip
    made = {"stx3": _import(instance, shared(FEED), "roma")}
    with tempfile.TemporaryDirectory() as folder:
        made["made to break"] = _import(instance, hard_cars(Path(folder) / "hard.csv"), "roma")
        ads = some_ads(shared(ADS), Path(folder) / "ads.csv", ads_read)
        made["kleinanzeigen"] = _import(instance, ads, "privat", "--format", "kleinanzeigen")
    dress(instance)
    marketplace(instance, "build", "--jobs", "2")
    return made


def _import(instance: Path, file: Path, dealer: str, *more: str) -> int:
    said, _ = report(instance, "import", str(file), "--dealer", dealer, "--photos", "skip", *more)
    return int(said["created"])


def some_ads(source: Path, target: Path, most: int) -> Path:
    """Take the first rows of the private ads."""
    # Latin-1 gives back the bytes it was given: the file is not UTF-8, and finding that out is the import's work.
    with (
        gzip.open(source, "rt", encoding="latin-1", newline="") as file,
        target.open("w", encoding="latin-1", newline="") as out,
    ):
        rows, writer = csv.reader(file), csv.writer(out)
        for number, row in enumerate(rows):
            if number > most:
                break
            writer.writerow(row)
    return target


def hard_cars(path: Path) -> Path:
    """Write cars in our own columns that each lack or exaggerate something."""
    usual = {
        "make": "Volkswagen", "model": "Golf", "version": "1.5 TSI Life", "price": "22990", "condition": "used",
        "body": "hatchback", "fuel": "petrol", "transmission": "manual", "power_kw": "96", "mileage_km": "41250",
        "first_registered": "2022-03", "colour": "blue", "doors": "5", "seats": "5",
        "description": "Ein Satz.",
    }  # fmt: skip
    odd: Sequence[dict[str, str]] = (
        {"version": LONG_VERSION[:120], "model": "3 Gran Turismo"},
        {"description": LONG_TEXT[:3900]},
        {"version": "", "power_kw": "", "first_registered": "", "transmission": "", "colour": "", "description": ""},
        {"mileage_km": "", "first_registered": "", "power_kw": "", "fuel": "", "body": "", "doors": "", "seats": ""},
        {"version": NO_SPACE, "description": NO_SPACE * 3},
        {"make": "Mercedes-Benz", "model": "S 63 AMG", "price": "269000", "power_kw": "450", "mileage_km": "999999"},
        {"mileage_km": "0", "price": "101", "version": "<b>&amp; \"'</script>"},
        {"description": "\n\n".join(f"Absatz {number}." for number in range(60))},
        {"make": "Škoda", "model": "Enyaq", "fuel": "electric", "transmission": "automatic", "electric_range_km": "0"},
        {"version": "Ελληνικό όχημα με μεγάλο όνομα", "description": "سيارة عائلية نظيفة"},
    )
    columns = ["id", *dict.fromkeys(name for row in ({**usual, **each} for each in odd) for name in row)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows({"id": f"hard-{number}", **usual, **each} for number, each in enumerate(odd, 1))
    return path


def dress(instance: Path) -> None:
    """Open a site of every dealer in every dealer theme, and give the cars photos."""
    from tools.judges.dress import dealer_looks

    settings = config.load(dict(os.environ), marketplace_instance=instance)
    runtime.start(settings, bell=False, pooled=False)
    with everywhere():
        tenant = accounts.tenants()[0].id
    with acting(tenant):
        perform(_open_sites, [theme for theme, scheme in dealer_looks() if not scheme], settings.base_host).unwrap()
        perform(_photograph, settings).unwrap()
    db.unbind()


def _open_sites(looks: list[str], base_host: str) -> None:
    worn = {(store.dealer_id, store.theme) for store in db.session.scalars(select(Store))}
    for dealer in db.session.scalars(select(Dealer)):
        for theme in looks:
            if (dealer.id, theme) not in worn:
                host = f"{dealer.slug}-{theme.replace('_', '-')}.{base_host}"
                create_store(
                    dealer.name, host, dealer_id=dealer.id, theme=theme, languages=["de", "en"], now=clock.now()
                )


def _photograph(settings: Settings) -> None:
    store, pool = photo_store(settings), list(_pictures())
    kept = [(store.put(content), kind, width, height) for content, kind, width, height in pool]
    for number, listing in enumerate(db.session.scalars(select(Listing).order_by(Listing.created_at, Listing.id))):
        for position in range(PHOTOS[number % len(PHOTOS)]):
            content_hash, kind, width, height = kept[(number * 5 + position) % len(kept)]
            db.session.add(
                Photo(
                    dealer_id=listing.dealer_id, listing_id=listing.id, position=position, primary=position == 0,
                    kind=kind, state=PhotoState.READY, content_hash=content_hash, width=width, height=height,
                    created_at=listing.created_at,
                )
            )  # fmt: skip


def _pictures() -> Iterator[tuple[bytes, PhotoKind, int, int]]:
    folder = resources.files("storefront.demo").joinpath("pictures")
    cars = tomllib.loads(folder.joinpath("pool.toml").read_text("utf-8"))["car"]
    for picture in [picture for car in cars for picture in car["pictures"]][:60]:
        kind = {"interior": PhotoKind.INTERIOR, "engine": PhotoKind.ENGINE, "detail": PhotoKind.DETAIL}
        content = folder.joinpath(picture["file"]).read_bytes()
        yield content, kind.get(picture["kind"], PhotoKind.EXTERIOR), picture["width"], picture["height"]


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Found an installation with the hardest stock there is.")
    parser.add_argument("instance", type=Path)
    parser.add_argument("--ads", type=int, default=ADS_READ, help="rows of the private ads to take")
    options = parser.parse_args()
    print(found(options.instance.resolve(), options.ads))
    return 0


if __name__ == "__main__":
    sys.exit(main())
