"""Postal codes with their place, loaded from GeoNames files (docs/operations.md).

A code is no key: it can have many places; the look-up gives the first by name, at the middle of them all.
"""

import csv
import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from sqlalchemy import Float, Index, String, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, db
from .errors import DomainError
from .slugs import slug

COLUMNS = ("country_code", "zipcode", "place", "latitude", "longitude")
BATCH = 2000
NAMES_SECONDS = 3600.0
"""How long the names of a country are kept; they change when somebody loads a new file."""

MOST_KEPT = 10_000
"""Places of which it is kept whether another country has one alike."""


class Found(NamedTuple):
    """A place somebody asked for: its name, the middle of all it stands for, its postal code if one was given."""

    name: str
    latitude: float
    longitude: float
    code: str = ""
    country: str = ""
    """ISO 3166-1, two letters."""
    is_ambiguous: bool = False
    """There is one of that name or code in another country, too."""

    @property
    def called(self) -> str:
        """Give the place as people write it: `22111 Hamburg`."""
        return f"{self.code} {self.name}" if self.code else self.name


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
    _known.clear()
    _loaded.clear()
    _elsewhere.clear()
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


def find_place(country: str, text: str) -> Found | None:
    """Find a place by postal code or name, as people type it: `22111`, `22111 Hamburg`, `münchen`, `Frankfurt`.

    Args:
        country: ISO 3166-1, two letters.
        text: a code, with or without a name behind it, which is not looked at then; or a name. Of names that only begin
            with the text the one with most postal codes is meant.
    """
    words = text.replace(",", " ").split()
    coded = max((n for n, word in enumerate(words, 1) if any(letter.isdigit() for letter in word)), default=0)
    for number in range(coded, 0, -1):
        code = " ".join(words[:number]).upper()
        if (found := place_of(country, code)) is not None:
            return Found(*found, code=code, country=country.upper())
    name = slug(text, fallback="")
    if not name or coded == len(words):
        return None
    return _names(country.upper()).get(name)


def countries() -> tuple[str, ...]:
    """Give the countries whose places are loaded in the open database, in alphabetical order; kept for an hour."""
    now, key = time.monotonic(), str(db.engine.url)
    kept = _loaded.get(key)
    if kept is None or kept[0] < now or not kept[1]:
        found = db.session.scalars(select(Place.country).distinct().order_by(Place.country)).all()
        kept = _loaded[key] = (now + NAMES_SECONDS, tuple(found))
    return kept[1]


def is_elsewhere(found: Found) -> bool:
    """Ask whether another country has a place of that postal code, or of that very name; kept for an hour.

    A name is compared as it is written, which the database does without the table of all names.
    """
    others = [country for country in countries() if country != found.country]
    if not others:
        return False
    now, key = time.monotonic(), f"{db.engine.url}|{found.country}|{found.code or found.name}"
    kept = _elsewhere.get(key)
    if kept is None or kept[0] < now:
        same = Place.code == found.code if found.code else Place.name == found.name
        there = db.session.scalar(select(Place.id).where(Place.country.in_(others), same).limit(1)) is not None
        if len(_elsewhere) >= MOST_KEPT:
            _elsewhere.clear()
        kept = _elsewhere[key] = (now + NAMES_SECONDS, there)
    return kept[1]


_loaded: dict[str, tuple[float, tuple[str, ...]]] = {}
_elsewhere: dict[str, tuple[float, bool]] = {}
_known: dict[str, tuple[float, dict[str, Found]]] = {}


def _names(country: str) -> dict[str, Found]:
    """Give the places of a country in the open database by the slug of their names and beginnings, for an hour."""
    now, key = time.monotonic(), f"{db.engine.url}|{country}"
    known = _known.get(key)
    if known is None or known[0] < now or not known[1]:
        known = _known[key] = (now + NAMES_SECONDS, _read_names(country))
    return known[1]


def _read_names(country: str) -> dict[str, Found]:
    rows: dict[str, list[tuple[float, float]]] = {}
    reading = select(Place.name, Place.latitude, Place.longitude).where(Place.country == country)
    for name, latitude, longitude in db.session.execute(reading.order_by(Place.name, Place.code)):
        rows.setdefault(name, []).append((latitude, longitude))
    whole: dict[str, Found] = {}
    beginnings: dict[str, Found] = {}
    for name, places in sorted(rows.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        latitude, longitude = (sum(place[axis] for place in places) / len(places) for axis in (0, 1))
        found, parts = Found(name, latitude, longitude, country=country), slug(name).split("-")
        whole.setdefault("-".join(parts), found)
        for number in range(1, len(parts)):
            beginnings.setdefault("-".join(parts[:number]), found)
    return beginnings | whole


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
