"""The stored lists of a site and the pages they make (docs/architecture.md "Lists").

24 positions are a bucket. The newest bucket is the front of a list, together with the one below it while it is not
full; older ones are pages of their own, counted from the oldest (bucket 0 is page 1). All of it follows from the stored
positions, so that a page changes only with its own cars and neighbours.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from storefront.core.changes import Reads
from storefront.domain.listings import queries
from storefront.domain.listings.models import BUCKET
from storefront.domain.listings.queries import NameRow
from storefront.domain.vehicles.vocabulary import BODIES, FUELS

MIN_CARS = 3
"""Fewer cars make no list page, but for `all` (SEO.md §8)."""
SORTED = {kind: tuple(code for code in codes if code != "other") for kind, codes in (("body", BODIES), ("fuel", FUELS))}
"""Kinds of lists whose names are codes, with those that have pages; `other` says nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a list falls into pages; buckets are newest first and never empty."""

    total: int
    front: tuple[int, ...] = ()
    older: tuple[int, ...] = ()

    @property
    def has_pages(self) -> bool:
        """Ask whether the list is long enough for pages of its own; `Stock.has_page` asks for more."""
        return self.total >= MIN_CARS


def shape(buckets: Mapping[int, int], next_position: int) -> Shape:
    """Lay out a list.

    Args:
        buckets: bucket → cars in it, buckets without cars left out.
        next_position: the next free position; it tells whether the newest bucket is full, also after sales.
    """
    newest_first = sorted((bucket for bucket, cars in buckets.items() if cars), reverse=True)
    if not newest_first:
        return Shape(0)
    newest = newest_first[0]
    filling = next_position < (newest + 1) * BUCKET
    front = newest_first[: 2 if filling else 1]
    return Shape(sum(buckets.values()), tuple(front), tuple(newest_first[len(front) :]))


def page_number(bucket: int) -> int:
    """Give the number in the address of a bucket: 1 is the oldest."""
    return bucket + 1


@dataclass(slots=True)
class Places:
    """Positions of one list, lowest first, with the cars that stand there."""

    positions: list[int]
    ids: list[UUID]
    by_id: dict[UUID, int]


@dataclass(slots=True)
class Stock:
    """The lists of one scope (`market`, `dealer:<hex>`), read when they are asked for and kept.

    Args:
        scope: whose lists; an empty one stands for a site that sells nothing (a suspended dealer).
    """

    scope: str
    _shapes: dict[str, Shape] | None = None
    _names: dict[str, NameRow] | None = None
    _places: dict[str, Places] = field(default_factory=dict)

    def shapes(self) -> dict[str, Shape]:
        """Give every list by its key, in key order."""
        if self._shapes is None:
            counted: dict[str, dict[int, int]] = {}
            for row in queries.buckets(self.scope) if self.scope else ():
                counted.setdefault(row.list_key, {})[row.bucket] = row.cars
            free = queries.next_positions(self.scope) if counted else {}
            self._shapes = {
                key: shape(buckets, free.get(key, (max(buckets) + 1) * BUCKET - 1))
                for key, buckets in sorted(counted.items())
            }
        return self._shapes

    def shape(self, list_key: str) -> Shape:
        """Give one list; an unknown one is empty."""
        return self.shapes().get(list_key, Shape(0))

    def name(self, list_key: str) -> NameRow | None:
        """Give the car that lends a list its name."""
        if self._names is None:
            self._names = queries.names(self.scope) if self.scope else {}
        return self._names.get(list_key)

    def has_page(self, list_key: str) -> bool:
        """Ask whether a list has a page: from three cars on, `all` always.

        By body, fuel and city only where it leaves something out: a list of all cars there are would be the page of
        `all` under a second title. Whoever asks depends on the counts of both, or on the page itself (`("page", …)`).
        """
        kind, _, name = list_key.partition(":")
        if kind == "all":
            return True
        if not self.shape(list_key).has_pages or (kind in SORTED and name not in SORTED[kind]):
            return False
        return kind in ("make", "model") or self.shape(list_key).total < self.shape("all").total

    def keys_below(self, prefix: str) -> list[str]:
        """Give the lists with pages whose key starts so (`make:`, `model:bmw/`), in key order."""
        return [key for key in self.shapes() if key.startswith(prefix) and self.has_page(key)]

    def record(self, reads: Reads, *families: str) -> None:
        """Record that a page shows which lists there are and how long they are.

        Args:
            reads: of the page.
            families: `make`, `model:bmw`, `body`, `fuel`, `city`; none for all of them.
        """
        makes = (key.removeprefix("make:") for key in self.shapes() if key.startswith("make:"))
        every = families or ("make", "body", "fuel", "city", *(f"model:{make}" for make in makes))
        for family in ("all", *every):
            reads.add("list", f"{self.scope}/{family}", "count")

    def prepare(self, list_keys: Iterable[str]) -> None:
        """Read the positions of these lists in one query, unless they are known."""
        missing = [key for key in dict.fromkeys(list_keys) if key not in self._places]
        if not missing:
            return
        known = [key for key in missing if key in self.shapes()]
        for key, rows in queries.places(self.scope, known).items() if known else ():
            ids = queries.ids_of(rows)
            positions = [row.position for row in rows]
            self._places[key] = Places(positions, ids, dict(zip(ids, positions, strict=True)))
        for key in missing:
            self._places.setdefault(key, Places([], [], {}))

    def cars(self, list_key: str, buckets: Iterable[int]) -> list[UUID]:
        """Give the cars in some buckets of a list, newest first; `prepare` comes before."""
        places = self._places[list_key]
        found: list[UUID] = []
        for bucket in sorted(buckets, reverse=True):
            low = bisect_left(places.positions, bucket * BUCKET)
            high = bisect_left(places.positions, (bucket + 1) * BUCKET)
            found += reversed(places.ids[low:high])
        return found

    def newest(self, list_key: str, most: int) -> list[UUID]:
        """Give the newest cars of a list."""
        return self._places[list_key].ids[: -most - 1 : -1]

    def neighbours(self, listing_id: UUID, list_keys: Iterable[str], most: int, reads: Reads) -> list[UUID]:
        """Choose cars like this one, the same ones as long as they are here.

        First those that stand below it in the first list, nearest first, then in the next list; only when these are
        too few, those above it. A list only grows at its top, so newcomers change nothing below a car, and only pages
        that had to look above depend on the list's count.

        Args:
            listing_id: the car; one that stands in no list any more (sold) takes the newest.
            list_keys: from the most alike (its model) to the least.
            most: how many.
            reads: records the lists whose growth could change the choice.
        """
        chosen: dict[UUID, None] = {}
        keys = list(list_keys)
        for key in keys:
            if len(chosen) >= most:
                break
            places = self._places[key]
            position = places.by_id.get(listing_id)
            end = len(places.ids) if position is None else bisect_left(places.positions, position)
            if position is None:
                reads.add("list", f"{self.scope}/{key}", "count")
            _take(chosen, reversed(places.ids[max(0, end - most - len(chosen) - 1) : end]), listing_id, most)
        for key in keys:
            if len(chosen) >= most:
                break
            places = self._places[key]
            position = places.by_id.get(listing_id)
            if position is not None:
                begin = bisect_left(places.positions, position) + 1
                _take(chosen, places.ids[begin : begin + most + len(chosen)], listing_id, most)
            if len(chosen) < most:
                reads.add("list", f"{self.scope}/{key}", "count")
        return list(chosen)


def _take(chosen: dict[UUID, None], ids: Iterable[UUID], without: UUID, most: int) -> None:
    for candidate in ids:
        if len(chosen) >= most:
            return
        if candidate != without:
            chosen[candidate] = None
