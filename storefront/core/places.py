"""Postal codes with their place, loaded from GeoNames files (docs/operations.md).

A code is no key: it can have many places; the look-up gives the first by name, at the middle of them all.
"""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sqlalchemy import Float, Index, String, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, db
from .errors import DomainError

COLUMNS = ("country_code", "zipcode", "place", "latitude", "longitude")
BATCH = 2000


class Place(Model):
    """A place under a postal code; belongs to nobody, all tenants read it."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("country", "code", "name"), Index("ix_places_country_code", "country", "code"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    country: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(180))
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)


def load_places(path: Path) -> tuple[int, int]:
    """Load a GeoNames postal-code CSV (plain or gzip), replacing what the table holds of its countries.

    Args:
        path: a file with the columns country_code, zipcode, place, latitude, longitude.

    Returns:
        (places loaded, rows left out as repeats)

    Raises:
        DomainError: columns are missing, or a row cannot be read, with its line.
    """
    seen: dict[tuple[str, str, str], dict[str, object]] = {}
    repeats = 0
    with _opened(path) as file:
        for row in _rows(file):
            key = (str(row["country"]), str(row["code"]), str(row["name"]))
            repeats += key in seen
            seen.setdefault(key, row)
    db.session.execute(delete(Place).where(Place.country.in_({key[0] for key in seen})))
    rows = list(seen.values())
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(Place), rows[start : start + BATCH])
    return len(rows), repeats


def place_of(country: str, code: str | None) -> tuple[str, float, float] | None:
    """Find a postal code's place.

    Args:
        country: ISO 3166-1, two letters.
        code: as people write it; case and outer blanks do not matter.

    Returns:
        (name, latitude, longitude), degrees; None when unknown.
    """
    if not code:
        return None
    reading = (
        select(Place).where(Place.country == country.upper(), Place.code == code.strip().upper()).order_by(Place.name)
    )
    found = db.session.scalars(reading).all()
    if not found:
        return None
    middle = [sum(values) / len(found) for values in zip(*((p.latitude, p.longitude) for p in found), strict=True)]
    return found[0].name, middle[0], middle[1]


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _rows(file: IO[str]) -> Iterator[dict[str, object]]:
    reader = csv.DictReader(file)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise DomainError(f"The file lacks the columns {', '.join(missing)}; it should be a GeoNames postal-code CSV")
    for row in reader:
        try:
            latitude, longitude = float(row["latitude"]), float(row["longitude"])
        except ValueError as error:
            raise DomainError(f"Line {reader.line_num}: latitude and longitude must be numbers") from error
        yield {
            "country": row["country_code"].upper(),
            "code": row["zipcode"].strip().upper(),
            "name": row["place"].strip()[:180],
            "latitude": latitude,
            "longitude": longitude,
        }
