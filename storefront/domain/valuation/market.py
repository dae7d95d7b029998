"""Market analysis: what dealers ask for cars like this one, brought to its age, mileage, power, kind and equipment.

One explainable method (SPEC 92). Of the cars of the same model, the `MOST` most alike are its comparables. Slopes say
what a year, a kilometre, a kilowatt are worth in this group: a regression of the logarithm of prices, robust against
odd ones (Huber), and drawn towards what holds for cars in general (`GENERAL`) the more, the fewer cars the group has.
The slopes bring each comparable to this car, one thing after the other; the median after each step is what is printed.
At last those most alike count most.

The same to the cent on every machine: logarithms and powers are those of `decimal`, whose every digit is specified,
sums are exact (`fsum`), the rest is IEEE arithmetic in a fixed order. Pure functions: no rows, no clock.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from itertools import groupby
from math import fsum, sqrt
from operator import mul
from statistics import median, median_low
from uuid import UUID

LEAST = 8
"""Comparables below which nothing is said: the middle of fewer hangs on single cars, and could be traced to them."""
LEAST_DEALERS = 2
"""Sellers the comparables must come from: a dealer is not compared with itself alone."""
MOST = 40
"""Comparables at most; more would only be less alike."""
NEAREST = 240
"""So many of the nearest in age are looked at."""
OLDEST = 240
"""Months of age up to which cars are valued; beyond, cars are a collector's market with other rules."""
UNSURE = 0.1
"""Standard error of the market value above which nothing is said: that is as wide as the steps of a label."""
ALIKE = 0.2
"""Difference in worth (of the logarithm) at which a comparable counts half."""
OTHER = {"fuel": 0.1, "transmission": 0.1, "body": 0.1}
"""What another fuel, gearbox or body puts between two cars when the most alike are looked for."""
STRENGTH = 5.0
"""How many cars' worth of evidence the general slopes have against those of the group."""
ROUNDS = 8
TUNING = 1.345
"""Huber's constant: 95 % as good as least squares where nothing is odd."""
_DIGITS = Context(prec=17, rounding=ROUND_HALF_EVEN)

STEPS = ("age", "mileage", "power", "kind", "equipment", "likeness")
"""What the median of the comparables is adjusted for, in this order; `likeness`: those most alike count most."""


@dataclass(frozen=True, slots=True)
class Car:
    """What the analysis knows of a car; all that is missing elsewhere has a value here (`queries.py` sees to it)."""

    id: UUID
    dealer: UUID
    price_cents: int
    months: int
    """Since the first registration."""
    mileage_km: int
    power_kw: int
    fuel: str | None
    transmission: str | None
    body: str | None
    features: int
    """Pieces of equipment that are named; 0 when none is, which says nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One adjustment: what it is for, and by how many minor units."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A market value with everything it was made of; `median_cents` and the steps add up to `value_cents`.

    All amounts are minor units, rounded to whole units of the currency: what is printed is what was reckoned with.
    """

    value_cents: int
    median_cents: int
    """Of the prices of the comparables, as they are asked."""
    steps: tuple[Step, ...]
    comparables: int
    dealers: int
    low_cents: int
    """A quarter of the comparables, brought to this car, are cheaper than this."""
    high_cents: int
    """A quarter are dearer."""


GENERAL = (-0.18, -0.83, -1.0, 1.58, -0.41, 0.74, 0.07, 0.09, 0.32, -0.04, 0.0)
"""Slopes of cars in general, in the order of `features_of`, worked out from public ads (`general_slopes`)."""
_EQUIPMENT = len(GENERAL) - 1
_PARTS = {"age": (0, 1, 2, 3), "mileage": (4,), "power": (5,), "kind": (6, 7, 8, 9), "equipment": (_EQUIPMENT,)}


def features_of(car: Car, usual: float) -> tuple[float, ...]:
    """Give what slopes are multiplied with: age bent at 5, 10 and 15 years, mileage, power, kind, equipment.

    Args:
        car: whose.
        usual: pieces of equipment in its group, for a car that names none.
    """
    years = car.months / 12
    return (
        years / 10,
        max(0.0, years - 5) / 10,
        max(0.0, years - 10) / 10,
        max(0.0, years - 15) / 10,
        car.mileage_km / 100_000,
        _log(car.power_kw),
        float(car.transmission == "automatic"),
        float(car.fuel == "diesel"),
        float(car.body == "convertible"),
        float(car.body == "estate"),
        (min(car.features, 60) or usual) / 10,
    )


class Market:
    """The cars of one group, ready to say what one of them, or another car of their kind, is worth."""

    def __init__(self, cars: Iterable[Car], general: Sequence[float] = GENERAL) -> None:
        """Work out the slopes of a group.

        Args:
            cars: of one make and model, or of one make and body, all of one currency.
            general: slopes the group's are drawn towards.
        """
        self.cars = sorted(cars, key=lambda car: (car.months, car.id.hex))
        self._months = [car.months for car in self.cars]
        self._usual = float(median([car.features for car in self.cars if car.features] or [0]))
        self._logs = [_log(car.price_cents) for car in self.cars]
        rows = [features_of(car, self._usual) for car in self.cars]
        self.slopes = slopes(rows, self._logs, general) if len(rows) >= LEAST else tuple(general)
        self._worths = tuple(zip(*map(self._worth, rows), strict=True)) or ((),) * len(_PARTS)
        self._kinds = [(car.fuel, car.transmission, car.body) for car in self.cars]
        self._apart: dict[_Kind, dict[_Kind, float]] = {}

    def appraise(self, car: Car) -> Appraisal | None:
        """Say what a car is worth, by the other cars of the group; None where that cannot be said well enough."""
        if car.months > OLDEST:
            return None
        worth = self._worth(features_of(car, self._usual))
        chosen = self._most_alike(car, worth)
        dealers = len({self.cars[place].dealer for _, place in chosen})
        if len(chosen) < LEAST or dealers < LEAST_DEALERS:
            return None
        weights = [1 / (1 + (distance / ALIKE) ** 2) for distance, _ in chosen]
        prices = [self.cars[place].price_cents for _, place in chosen]
        logs = [self._logs[place] for _, place in chosen]
        middles = []
        for mine, theirs in zip(worth, self._worths, strict=True):
            logs = [log + mine - theirs[place] for log, (_, place) in zip(logs, chosen, strict=True)]
            middles.append(median_low(logs))
        low, middle, high = _weighted(logs, weights, (0.25, 0.5, 0.75))
        if _uncertainty(logs, weights, middle) > UNSURE:
            return None
        stages = [_whole(Decimal(median_low(prices))), *map(_cents, middles), _cents(middle)]
        return Appraisal(
            value_cents=stages[-1],
            median_cents=stages[0],
            steps=tuple(Step(name, stages[at + 1] - stages[at]) for at, name in enumerate(STEPS)),
            comparables=len(chosen),
            dealers=dealers,
            low_cents=_cents(low),
            high_cents=_cents(high),
        )

    def _worth(self, row: Sequence[float]) -> tuple[float, ...]:
        """Give what age, mileage, power, kind and equipment add to the logarithm of a price."""
        return tuple(fsum(self.slopes[at] * row[at] for at in places) for places in _PARTS.values())

    def _most_alike(self, car: Car, worth: tuple[float, ...]) -> list[tuple[float, int]]:
        """Give the comparables, the most alike first: how far each is, and its place in the group."""
        at = bisect_left(self._months, car.months)
        low = max(0, min(at - NEAREST // 2, len(self.cars) - NEAREST))
        near = slice(low, low + NEAREST)
        age, mileage, power, _, equipment = worth
        ages, mileages, powers, _, equipments = (column[near] for column in self._worths)
        apart = self._apart_from((car.fuel, car.transmission, car.body))
        others = zip(ages, mileages, powers, equipments, self._kinds[near], strict=True)
        far = [
            abs(age - years) + abs(mileage - km) + abs(power - kw) + abs(equipment - named) + apart[kind]
            for years, km, kw, named, kind in others
        ]
        # One more than are wanted, since the car itself may be among them.
        first = sorted(range(len(far)), key=far.__getitem__)[: MOST + 1]
        return [(far[place], low + place) for place in first if self.cars[low + place].id != car.id][:MOST]

    def _apart_from(self, kind: "_Kind") -> dict["_Kind", float]:
        """Give what fuel, gearbox and body put between a car of this kind and each kind there is in the group."""
        if kind not in self._apart:
            self._apart[kind] = {other: _between(kind, other) for other in set(self._kinds)}
        return self._apart[kind]


_Kind = tuple[str | None, str | None, str | None]
"""Fuel, gearbox, body."""


def _between(one: _Kind, other: _Kind) -> float:
    return fsum(cost for cost, mine, its in zip(OTHER.values(), one, other, strict=True) if mine != its)


def slopes(
    rows: Sequence[Sequence[float]], logs: Sequence[float], general: Sequence[float], strength: float = STRENGTH
) -> tuple[float, ...]:
    """Work out what features are worth in a group: iteratively reweighted least squares (Huber), drawn to a prior.

    Args:
        rows: the features of each car.
        logs: the logarithms of their prices.
        general: the slopes to be drawn towards.
        strength: of that draw.
    """
    size, weights, found = len(general), [1.0] * len(logs), list(general)
    for _ in range(ROUNDS):
        total = fsum(weights)
        columns = [_centred(column, weights, total) for column in zip(*rows, strict=True)]
        target = _centred(logs, weights, total)
        left = [y - fsum(map(mul, general, row)) for y, row in zip(target, zip(*columns, strict=True), strict=True)]
        weighted = [list(map(mul, weights, column)) for column in columns]
        table = [[fsum(map(mul, weighted[i], columns[j])) for j in range(i + 1)] for i in range(size)]
        for i in range(size):
            table[i][i] += strength
        moved = _solved(table, [fsum(map(mul, column, left)) for column in weighted])
        found = [prior + move for prior, move in zip(general, moved, strict=True)]
        rest = [y - fsum(map(mul, moved, row)) for y, row in zip(left, zip(*columns, strict=True), strict=True)]
        spread = 1.4826 * median(map(abs, rest)) or 1e-6
        weights = [min(1.0, TUNING * spread / abs(r)) if r else 1.0 for r in rest]
    return tuple(found)


def general_slopes(groups: Iterable[Sequence[Car]]) -> tuple[float, ...]:
    """Work out what features are worth for cars in general: inside groups, all groups together (`GENERAL`)."""
    rows: list[list[float]] = []
    logs: list[float] = []
    for cars in groups:
        if len(cars) < LEAST:
            continue
        usual = float(median([car.features for car in cars if car.features] or [0]))
        own = [features_of(car, usual) for car in cars]
        ones = [1.0] * len(cars)
        rows += map(list, zip(*(_centred(column, ones, len(cars)) for column in zip(*own, strict=True)), strict=True))
        logs += _centred([_log(car.price_cents) for car in cars], ones, len(cars))
    return slopes(rows, logs, (0.0,) * len(GENERAL), 1e-6)


def grouped(cars: Iterable[tuple[str, Car]]) -> dict[str, list[Car]]:
    """Sort cars into groups by a key."""
    ordered = sorted(cars, key=lambda pair: pair[0])
    return {key: [car for _, car in several] for key, several in groupby(ordered, key=lambda pair: pair[0])}


def _centred(values: Sequence[float], weights: Sequence[float], total: float) -> list[float]:
    middle = fsum(map(mul, weights, values)) / total
    return [value - middle for value in values]


def _solved(table: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system by Cholesky's way; `table` is its lower half."""
    size = len(right)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = table[i][j] - fsum(map(mul, lower[i][:j], lower[j][:j]))
            lower[i][j] = sqrt(rest) if i == j else rest / lower[j][j]
    found = [0.0] * size
    for i in range(size):
        found[i] = (right[i] - fsum(map(mul, lower[i][:i], found[:i]))) / lower[i][i]
    for i in reversed(range(size)):
        found[i] = (found[i] - fsum(lower[k][i] * found[k] for k in range(i + 1, size))) / lower[i][i]
    return found


def _weighted(values: Sequence[float], weights: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Give for each share, in rising order, the least value below or at which it lies of the weight."""
    ordered = sorted(zip(values, weights, strict=True))
    total, reached = fsum(weights), 0.0
    found: list[float] = []
    for value, weight in ordered:
        reached += weight
        while len(found) < len(shares) and reached >= shares[len(found)] * total:
            found.append(value)
    return found + [ordered[-1][0]] * (len(shares) - len(found))


def _uncertainty(logs: Sequence[float], weights: Sequence[float], middle: float) -> float:
    """Give the standard error of the middle, by how far the comparables scatter and how many they count for."""
    scatter = 1.4826 * _weighted([abs(log - middle) for log in logs], weights, (0.5,))[0]
    count = fsum(weights) ** 2 / fsum(map(mul, weights, weights))
    return 1.2533 * scatter / sqrt(count)


@lru_cache(maxsize=1 << 17)
def _log(number: int) -> float:
    return float(_DIGITS.ln(Decimal(number)))


def _cents(log: float) -> int:
    return _whole(_DIGITS.exp(_DIGITS.create_decimal_from_float(log)))


def _whole(cents: Decimal) -> int:
    """Round to whole units of the currency, halves to even, so that what is printed is what was reckoned with."""
    return max(1, int(_DIGITS.divide(cents, Decimal(100)).to_integral_value(ROUND_HALF_EVEN))) * 100
