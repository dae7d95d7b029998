"""What one change costs in a running worker: a price, a sale, a new car, nothing (docs/benchmarks.md, B2).

    python -m benchmarks.incremental catalogue INSTANCE [ROUNDS]     the bench's catalogue, built
    python -m benchmarks.incremental world INSTANCE [ROUNDS]         a product's world, all its hosts, built

Prints JSON. A change is committed first; what is timed is the publish that follows: finding what is stale, queries,
rendering, writing (`work`), and making it durable and switching (`durable`: syncs of files and folders, commits of the
database, the switch). `cpu` is the processor's time for all of it, which a machine that is busy with others changes
little.
"""

import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from builder import disk, runs, sites
from builder.options import HURRIED, Options
from builder.releases import SiteFolder
from builder.store import Store as ContentStore
from storefront.core import acts, config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting

from . import ours, stock, world
from .tables import BenchCar, BenchDealer

ROUNDS = 20
WARM_UP = 2
"""Changes before those that count."""


@dataclass(slots=True)
class Watch:
    """Adds up the time spent in some functions, nested calls once."""

    seconds: float = 0.0
    _depth: int = 0

    @contextmanager
    def over(self, places: Sequence[tuple[Any, str]]) -> Iterator[None]:
        """Watch functions by their owner and name."""
        before = [(owner, name, getattr(owner, name)) for owner, name in places]
        for owner, name, work in before:
            setattr(owner, name, self._watched(work))
        try:
            yield
        finally:
            for owner, name, work in before:
                setattr(owner, name, work)

    def _watched(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **named: Any) -> Any:
            self._depth += 1
            began = time.perf_counter()
            try:
                return work(*args, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.perf_counter() - began

        return watched


DURABLE = (
    (disk, "sync"), (disk, "sync_all"), (disk, "flush"), (disk, "write_durable"), (acts, "commit"),
    (ContentStore, "make_durable"), (SiteFolder, "switch"),
)  # fmt: skip


@dataclass(slots=True)
class Rounds:
    """What the publishes after one kind of change cost, in milliseconds."""

    work: list[float] = field(default_factory=list)
    durable: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def note(self, seconds: float, durable: float, cpu: float, builds: list[sites.Build]) -> None:
        """Note one publish of some sites."""
        self.work.append(1000 * (seconds - durable))
        self.durable.append(1000 * durable)
        self.cpu.append(1000 * cpu)
        self.drawn.append(sum(build.rendered for build in builds))
        self.removed.append(sum(build.removed for build in builds))

    def as_dict(self) -> dict[str, float]:
        """Give medians and 95th percentiles."""
        whole = [one + two for one, two in zip(self.work, self.durable, strict=True)]
        return {
            "rounds": len(whole),
            "work_p50_ms": round(statistics.median(self.work), 1),
            "work_p95_ms": round(_p95(self.work), 1),
            "durable_p50_ms": round(statistics.median(self.durable), 1),
            "durable_p95_ms": round(_p95(self.durable), 1),
            "whole_p50_ms": round(statistics.median(whole), 1),
            "whole_p95_ms": round(_p95(whole), 1),
            "cpu_p50_ms": round(statistics.median(self.cpu), 1),
            "drawn_p50": statistics.median(self.drawn),
            "drawn_most": max(self.drawn),
            "removed_most": max(self.removed),
        }


Publish = Callable[[], list[sites.Build]]


def over_catalogue(instance: Path, rounds: int) -> dict[str, Any]:
    """Measure the catalogue's one site."""
    from .catalogue_pages import open_catalogue

    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    site, options, dice = ours.site(ours.HOST), Options(gate=False, compress=False), random.Random(1)

    def publish() -> list[sites.Build]:
        return [sites.publish(site, as_of=ours.TODAY, settings=settings, opener=open_catalogue, options=options)]

    with acting(site.tenant_id):
        last = db.session.scalars(select(func.max(BenchCar.id))).one()
        dealers = db.session.scalars(select(func.count()).select_from(BenchDealer)).one()
    left = iter(dice.sample(range(1, last + 1), 2 * (rounds + WARM_UP)))
    fresh = itertools.count(last + 1)

    def do(action: Callable[..., None], *args: Any) -> None:
        with acting(site.tenant_id):
            perform(action, *args).unwrap()

    changes: dict[str, Callable[[int], None]] = {
        "price": lambda turn: do(stock.change_price, next(left), 100, f"2026-11-{turn % 28 + 1:02d}"),
        "sale": lambda turn: do(stock.sell, next(left)),
        "new_car": lambda turn: do(stock.add, dice.randint(1, dealers), next(fresh)),
        "nothing": lambda turn: None,
    }
    return _measured(publish, changes, rounds)


def over_world(instance: Path, rounds: int) -> dict[str, Any]:
    """Measure a product's world: the marketplace and every dealer's host together, one after the other, as one worker
    publishes them; feeds for other platforms follow after what visitors see, and are not timed.
    """
    from .world_changes import Changes

    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    tenant_id = ours.site(world.MARKET).tenant_id

    def publish() -> list[sites.Build]:
        stale = runs.stale_sites(tenant_id, settings, as_of=world.TODAY, owed=False)
        return [sites.publish(site, as_of=world.TODAY, settings=settings, options=HURRIED) for site in stale]

    changes = Changes(tenant_id)
    found = {"price": changes.price, "sale": changes.sale, "new_car": changes.new_car, "nothing": lambda turn: None}
    return _measured(publish, found, rounds)


def _measured(publish: Publish, changes: dict[str, Callable[[int], None]], rounds: int) -> dict[str, Any]:
    publish()
    result: dict[str, Any] = {}
    for name, change in changes.items():
        noted = Rounds()
        for turn in range(-WARM_UP, rounds):
            change(turn)
            watch = Watch()
            with watch.over(DURABLE):
                began, used = time.perf_counter(), time.process_time()
                builds = publish()
                seconds, cpu = time.perf_counter() - began, time.process_time() - used
            if turn >= 0:
                noted.note(seconds, watch.seconds, cpu, builds)
        result[name] = noted.as_dict()
    return result


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]


def main() -> None:
    """Run from the command line."""
    kind, instance, *words = sys.argv[1:]
    measure = over_catalogue if kind == "catalogue" else over_world
    print(json.dumps(measure(Path(instance), int(words[0]) if words else ROUNDS)))


if __name__ == "__main__":
    main()
