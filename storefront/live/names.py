"""What values of facets are called: codes by the theme's words, makes by the vocabulary, the rest by rows.

A name belongs to a slug for good; it is read once and kept, so that a page of results costs no query for names.
"""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, union

from search.query import Facet
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.domain.listings.placement import city_key
from storefront.domain.vehicles.models import Vehicle
from storefront.domain.vehicles.vocabulary import make_of
from storefront.pages.siteview import Face
from themes import Words

from .hosts import Place

KEPT_SECONDS = 600.0
AGAIN_SECONDS = 5.0
"""After how long a name that was not found is looked for once more."""
MOST = 50_000
"""Tables kept at once."""
Table = dict[str, str]


class Names:
    """The names of a process, by whose rows they were read from: a dealer's site knows its own alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make an empty table.

        Args:
            clock: seconds that only grow.
        """
        self._clock = clock
        self._tables: dict[tuple[UUID, UUID | None, str], tuple[float, Table]] = {}
        self._lock = Lock()

    def table(self, place: Place, name: str, wanted: Iterable[str], make: Callable[[], Table]) -> Table:
        """Give a table of names, made anew when it is old, or soon after a name was missing.

        Args:
            place: the site, in whose scope the table is made.
            name: of the table.
            wanted: what it should hold.
            make: reads it.
        """
        key, now = (place.tenant_id, place.dealer_id, name), self._clock()
        with self._lock:
            kept = self._tables.get(key)
        if kept is not None and now < kept[0] + KEPT_SECONDS:
            complete = kept[1].keys() >= set(wanted)
            if complete or now < kept[0] + AGAIN_SECONDS:
                return kept[1]
        table = make()
        with self._lock:
            if len(self._tables) >= MOST:
                self._tables.clear()
            self._tables[key] = (now, table)
        return table


def named(names: Names, place: Place, face: Face, facet: Facet, values: Iterable[str]) -> Table:
    """Give what values of a facet are called in a language.

    Args:
        names: of the process.
        place: the site, in its open scope.
        face: the language.
        facet: which.
        values: as the index has them.
    """
    wanted = list(values)
    if not wanted:
        return {}
    if facet is Facet.MAKE:
        return _makes(names, place, wanted)
    if facet is Facet.MODEL:
        return _models(names, place, wanted)
    if facet is Facet.DEALER:
        return names.table(place, "dealer", wanted, _dealers)
    if facet is Facet.CITY:
        cities = names.table(place, f"city:{place.country}", wanted, lambda: _cities(place.country))
        return {value: _abroad(face, value, cities.get(value) or _guess(value)) for value in wanted}
    return {value: word(face, facet, value) for value in wanted}


def word(face: Face, facet: Facet, code: str) -> str:
    """Give the word of a code; equipment nobody has a word for is called as it was written."""
    return _word(face.t, facet, code)


@lru_cache(maxsize=8192)
def _word(t: Words, facet: Facet, code: str) -> str:
    key = f"pages.label.{code}" if facet is Facet.LABEL else f"{facet.value}.{code}"
    return t(key) if t.has(key) else code


def _makes(names: Names, place: Place, wanted: list[str]) -> Table:
    known = {slug: make.name for slug in wanted if (make := make_of(slug)) is not None}
    strange = [slug for slug in wanted if slug not in known]
    if strange:
        table = names.table(place, "make", strange, lambda: _read_makes(strange))
        known |= {slug: table.get(slug) or _guess(slug) for slug in strange}
    return known


def _read_makes(slugs: list[str]) -> Table:
    reading = select(Vehicle.make_slug, func.min(Vehicle.make)).where(Vehicle.make_slug.in_(slugs))
    return {row[0]: row[1] for row in db.session.execute(reading.group_by(Vehicle.make_slug))}


def _models(names: Names, place: Place, wanted: list[str]) -> Table:
    found: Table = {}
    for make in sorted({value.partition("/")[0] for value in wanted}):
        those = [value for value in wanted if value.partition("/")[0] == make]
        table = names.table(place, f"model:{make}", those, lambda make=make: _read_models(make))  # type: ignore[misc]
        found |= {value: table.get(value) or _guess(value.partition("/")[2]) for value in those}
    return found


def _read_models(make: str) -> Table:
    reading = select(Vehicle.model_slug, func.min(Vehicle.model)).where(Vehicle.make_slug == make, Vehicle.model != "")
    return {f"{make}/{slug}": name for slug, name in db.session.execute(reading.group_by(Vehicle.model_slug))}


def _dealers() -> Table:
    return {dealer_id.hex: name for dealer_id, name in db.session.execute(select(Dealer.id, Dealer.name))}


def _cities(home: str) -> Table:
    own = select(Listing.city, Listing.country).where(Listing.city.is_not(None), Listing.country.is_not(None))
    found: Table = {}
    rows: Any = db.session.execute(union(own, select(Dealer.city, Dealer.country))).all()
    for city, country in sorted((str(row[0]), str(row[1])) for row in rows):
        key = city_key(city, country, home)
        if key is not None:
            found.setdefault(key.removeprefix("city:"), city)
    return found


def _abroad(face: Face, value: str, name: str) -> str:
    country = value.rpartition("/")[0].upper()
    return f"{name} ({face.formats.locale.territories.get(country, country)})" if country else name


def _guess(value: str) -> str:
    return value.rpartition("/")[2].replace("-", " ").title()
