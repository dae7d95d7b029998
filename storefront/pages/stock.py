"""The stored lists of a site and the pages they make (docs/architecture.md "Lists").

24 positions are a bucket. The newest bucket is the front of a list, together with the one below it while it is not
full; older ones are pages of their own, counted from the oldest (bucket 0 is page 1). All of it follows from the stored
positions, so that a page changes only with its own cars and neighbours.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from storefront.core.changes import Reads
from storefront.domain.listings import queries
from storefront.domain.listings.models import BUCKET
from storefront.domain.listings.queries import NameRow, PlaceRow
from storefront.domain.vehicles.vocabulary import BODIES, FUELS

SHORT, OFTEN = 200, 8
"""A list of more cars is read piece by piece, until it was asked for more often."""
FEW = 300
"""Up to so many lists are named at once."""
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

    def between(self, low: int, high: int) -> list[UUID]:
        """Give the cars from one position on and below another, newest first."""
        return self.ids[bisect_left(self.positions, low) : bisect_left(self.positions, high)][::-1]

    def newest(self, most: int) -> list[UUID]:
        """Give the newest cars."""
        return self.ids[: -most - 1 : -1]

    def position(self, listing_id: UUID) -> int | None:
        """Give where a car stands, None for one that does not."""
        return self.by_id.get(listing_id)

    def below(self, position: int | None, most: int) -> list[UUID]:
        """Give the cars right below a position, nearest first; below the top where there is none."""
        end = len(self.ids) if position is None else bisect_left(self.positions, position)
        return self.ids[max(0, end - most) : end][::-1]

    def above(self, position: int, most: int) -> list[UUID]:
        """Give the cars right above a position, nearest first."""
        begin = bisect_left(self.positions, position) + 1
        return self.ids[begin : begin + most]


@dataclass(slots=True)
class FarPlaces:
    """Positions of a long list of which only some are asked for; asked often, it is read whole.

    Answers are those of `Places`.
    """

    scope: str
    list_key: str
    standing: Callable[[UUID], Mapping[str, int]]
    """Tells in which lists a car stands, and where."""
    _asked: int = 0
    _whole: Places | None = None

    def between(self, low: int, high: int) -> list[UUID]:
        """Give the cars from one position on and below another, newest first."""
        if (whole := self._read()) is not None:
            return whole.between(low, high)
        return queries.ids_of(queries.stretch(self.scope, self.list_key, low, high, down=True))

    def newest(self, most: int) -> list[UUID]:
        """Give the newest cars."""
        return self.below(None, most)

    def position(self, listing_id: UUID) -> int | None:
        """Give where a car stands, None for one that does not."""
        if self._whole is not None:
            return self._whole.position(listing_id)
        return self.standing(listing_id).get(self.list_key)

    def below(self, position: int | None, most: int) -> list[UUID]:
        """Give the cars right below a position, nearest first; below the top where there is none."""
        if (whole := self._read()) is not None:
            return whole.below(position, most)
        return queries.ids_of(queries.stretch(self.scope, self.list_key, high=position, most=most, down=True))

    def above(self, position: int, most: int) -> list[UUID]:
        """Give the cars right above a position, nearest first."""
        if (whole := self._read()) is not None:
            return whole.above(position, most)
        return queries.ids_of(queries.stretch(self.scope, self.list_key, position + 1, most=most))

    def _read(self) -> Places | None:
        """Read the list whole when it was asked for often enough."""
        self._asked += 1
        if self._whole is None and self._asked > OFTEN:
            self._whole = places(queries.stretch(self.scope, self.list_key))
        return self._whole


def places(rows: Sequence[PlaceRow]) -> Places:
    """Lay out a list that was read whole, lowest position first."""
    ids = queries.ids_of(rows)
    positions = [row.position for row in rows]
    return Places(positions, ids, dict(zip(ids, positions, strict=True)))


@dataclass(slots=True)
class Stock:
    """The lists of one scope (`market`, `dealer:<hex>`), read when they are asked for and kept.

    Args:
        scope: whose lists; an empty one stands for a site that sells nothing (a suspended dealer).
    """

    scope: str
    _shapes: dict[str, Shape] | None = None
    _names: dict[str, NameRow | None] = field(default_factory=dict)
    _places: dict[str, Places | FarPlaces] = field(default_factory=dict)
    _standing: dict[UUID, Mapping[str, int]] = field(default_factory=dict)

    def shapes(self) -> dict[str, Shape]:
        """Give every list by its key, in key order: a row a list, however many cars stand in it."""
        if self._shapes is None:
            rows = queries.lists(self.scope) if self.scope else ()
            self._shapes = {row.list_key: shape(dict(enumerate(row.filled)), row.next_position) for row in rows}
        return self._shapes

    def shape(self, list_key: str) -> Shape:
        """Give one list; an unknown one is empty."""
        return self.shapes().get(list_key, Shape(0))

    def name(self, list_key: str) -> NameRow | None:
        """Give the car that lends a list its name; read for all lists at once, of very many for those of its family."""
        if list_key not in self._names:
            family, slash, _ = list_key.rpartition("/")
            start = f"{family}/" if slash and list_key.startswith("model:") else f"{list_key.partition(':')[0]}:"
            oldest = {
                key: min((*found.front, *found.older))
                for key, found in self.shapes().items()
                if len(self.shapes()) <= FEW or key.startswith(start) or key == list_key
            }
            self._names |= dict.fromkeys((*oldest, list_key)) | queries.names(self.scope, oldest)
        return self._names[list_key]

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
            families: `all`, `make`, `model:bmw`, `body`, `fuel`, `city`; none for all of them. Whether lists by body,
                fuel and city have pages depends on how many cars there are at all, too (`has_page`).
        """
        makes = (key.removeprefix("make:") for key in self.shapes() if key.startswith("make:"))
        every = set(families or ("make", "body", "fuel", "city", *(f"model:{make}" for make in makes)))
        if not every.isdisjoint((*SORTED, "city")):
            every.add("all")
        for family in every:
            reads.add("list", f"{self.scope}/{family}", "count")

    def record_names(self, reads: Reads, family: str) -> None:
        """Record that a page names the lists of a family that hold a car, without saying how many."""
        reads.add("list", f"{self.scope}/{family}", "names")

    def prepare(self, list_keys: Iterable[str]) -> None:
        """Read the positions of these lists in one query, unless they are known; of long ones what is asked for."""
        missing = [key for key in dict.fromkeys(list_keys) if key not in self._places]
        if not missing:
            return
        totals = {key: self.shape(key).total for key in missing}
        short = [key for key, total in totals.items() if 0 < total <= SHORT]
        for key, rows in queries.places(self.scope, short).items() if short else ():
            self._places[key] = places(rows)
        for key, total in totals.items():
            if total > SHORT:
                self._places[key] = FarPlaces(self.scope, key, self._stands)
            else:
                self._places.setdefault(key, Places([], [], {}))

    def prepare_cars(self, listing_ids: Iterable[UUID]) -> None:
        """Read where these cars stand, in one query; `neighbours` asks for it."""
        missing = [car for car in listing_ids if car not in self._standing]
        found = queries.lists_of(self.scope, missing) if missing and self.scope else {}
        for car in missing:
            self._standing[car] = found.get(car, {})

    def _stands(self, listing_id: UUID) -> Mapping[str, int]:
        self.prepare_cars([listing_id])
        return self._standing[listing_id]

    def cars(self, list_key: str, buckets: Iterable[int]) -> list[UUID]:
        """Give the cars in some buckets of a list, newest first; `prepare` comes before."""
        found = self._places[list_key]
        ordered = sorted(buckets, reverse=True)
        return [car for bucket in ordered for car in found.between(bucket * BUCKET, (bucket + 1) * BUCKET)]

    def newest(self, list_key: str, most: int) -> list[UUID]:
        """Give the newest cars of a list."""
        return self._places[list_key].newest(most)

    def neighbours(self, listing_id: UUID, list_keys: Iterable[str], most: int, reads: Reads) -> list[UUID]:
        """Choose cars like this one, the same ones as long as they are here.

        First those that stand below it in the first list, nearest first, then in the next list; only when these are
        too few, those above it. A list only grows at its top, so newcomers change nothing below a car, and only pages
        that had to look above depend on who joins the list. Who leaves was chosen, or does not matter.

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
            found = self._places[key]
            position = found.position(listing_id)
            if position is None:
                reads.add("list", f"{self.scope}/{key}", "joins")
            _take(chosen, found.below(position, most + len(chosen) + 1), listing_id, most)
        for key in keys:
            if len(chosen) >= most:
                break
            found = self._places[key]
            position = found.position(listing_id)
            if position is not None:
                _take(chosen, found.above(position, most + len(chosen)), listing_id, most)
            if len(chosen) < most:
                reads.add("list", f"{self.scope}/{key}", "joins")
        return list(chosen)


def _take(chosen: dict[UUID, None], ids: Iterable[UUID], without: UUID, most: int) -> None:
    for candidate in ids:
        if len(chosen) >= most:
            return
        if candidate != without:
            chosen[candidate] = None
