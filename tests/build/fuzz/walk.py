"""Edit after edit, each published and compared with a build from scratch; a fault is traced to the edit it needs."""

import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from builder import queries
from builder.draft import BuildFailed
from builder.runs import publish_stale
from builder.site_pages import SitePages
from storefront.core.acts import perform
from storefront.core.changes import mark
from storefront.core.tenancy import acting
from storefront.pages.catalogue import PageRef
from storefront.pages.rendering import Rendered, file_of

from . import reference
from .dice import Dice
from .edits import EDITS
from .faces import FACES
from .ground import Ground, Prepared, ground
from .reference import Memory, Site, Tree

ALLOWED = 10
"""So many pages more than changed may be drawn in vain (B3)."""
KINDS = {edit.__name__: edit for edit, _ in (*EDITS, *FACES)}
_WEIGHTED = [edit.__name__ for edit, weight in (*EDITS, *FACES) for _ in range(weight)]
_TRIES = 40
"""How often a shorter way to a fault is tried."""


class Item(NamedTuple):
    """An edit that can be made again: its kind and its dice."""

    kind: str
    salt: str


@dataclass
class Step:
    """What an edit did."""

    item: Item
    said: str
    changed: int = 0
    """Pages whose bytes differ between builds from scratch before and after, gone ones too."""
    drawn: int = 0
    in_vain: int = 0
    """Drawn, and as they were before."""
    seconds: float = 0.0
    """Of the publish alone."""
    faults: list[str] = field(default_factory=list)
    waste: str = ""
    """What pages that were drawn in vain have in common, when they are too many."""

    @property
    def is_wrong(self) -> bool:
        """Ask whether something is served that should not be, or drawn in vain beyond what is allowed."""
        return bool(self.faults or self.waste)

    def __str__(self) -> str:
        """Tell it in a line."""
        figures = f"{self.changed} changed, {self.drawn} drawn, {self.in_vain} in vain, {self.seconds:.2f} s"
        return f"{self.item.kind} [{self.item.salt}] {self.said[:100]}: {figures}"


@dataclass
class Publish:
    """What one publish drew, by host and file, and what it warned of."""

    drawn: dict[str, dict[str, Rendered]] = field(default_factory=lambda: defaultdict(dict))
    warnings: list[str] = field(default_factory=list)

    def begin(self, host: str, pages: int) -> None:
        """Hear that pages will be drawn."""

    def step(self, host: str) -> None:
        """Hear of a page."""

    def warn(self, host: str, page: str, reason: str) -> None:
        """Hear of something that went wrong: in these worlds nothing may."""
        self.warnings.append(f"{host}{page}: {reason}")

    def end(self, host: str, summary: str) -> None:
        """Hear that a site is done."""


class Walk:
    """A way through states of a ground."""

    def __init__(self, on: Ground, scratch: Path) -> None:
        """Start where its sites are built.

        Args:
            on: the ground.
            scratch: a folder for what builds from scratch leave.
        """
        self.ground = on
        self.memory = Memory()
        self._scratch = scratch
        self._held: dict[str, Site] = {}
        """By host, the state its release was last built from; a host that is away keeps it."""
        self._mark = 0
        self.look()

    def look(self, made: Publish | None = None, before: Collection[str] = ()) -> Step:
        """Compare what is served with a build from scratch.

        Args:
            made: the publish after the last edit; None for the start.
            before: hosts that were served before it; one that came (back) may be drawn whole.
        """
        step = Step(Item("", ""), "", faults=[] if made is None else list(made.warnings))
        wanted, served = reference.sites(self.ground, self._scratch), reference.trees(self.ground.settings)
        step.faults += [f"{host} is not served" for host in sorted(wanted.keys() - served.keys())]
        step.faults += [f"{host} is still served" for host in sorted(served.keys() - wanted.keys())]
        reasons: Counter[str] = Counter()
        for host in sorted(wanted.keys() & served.keys()):
            step.faults += reference.faults(host, served[host], wanted[host], self.memory, self.ground)
            if made is not None:
                self._compare(host, wanted[host].pages, made, step, reasons if host in before else None)
        if step.in_vain > step.changed + ALLOWED:
            why = ", ".join(f"{word} ×{times}" for word, times in reasons.most_common(8))
            step.waste = f"{step.in_vain} pages drawn in vain, {step.changed} changed: {why}"
        self._held.update(wanted)
        with acting(self.ground.tenant_id):
            self._mark = mark()
        return step

    def _compare(self, host: str, new: Tree, made: Publish, step: Step, reasons: Counter[str] | None) -> None:
        """Compare what was drawn of a site with what changed on it."""
        old = self._held[host].pages if host in self._held else {}
        changed = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
        drawn = made.drawn.get(host, {})
        missed = sorted(path for path in changed & new.keys() if path not in drawn)
        step.faults += [f"{host}/{path} changed and was not drawn" for path in missed]
        step.changed, step.drawn = step.changed + len(changed), step.drawn + len(drawn)
        if reasons is not None and (idle := drawn.keys() - changed):
            step.in_vain += len(idle)
            with acting(self.ground.tenant_id):
                touched = set(queries.changed_since(self._mark, mark()))
            for path in idle:
                read = {f"{kind} {aspect}" for kind, _, aspect in drawn[path].reads.keys & touched}
                reasons.update(read or {"a day, a page or an ingredient"})

    def take(self, item: Item) -> Step | None:
        """Make an edit, publish and compare; None when there was nothing to edit that way."""
        with acting(self.ground.tenant_id):
            said = perform(KINDS[item.kind], self.ground, Dice(item.salt)).value
        if said is None:
            return None
        self.ground.edits += 1
        step, _ = self.publish()
        step.item, step.said = item, said
        return step

    def publish(self) -> "tuple[Step, Publish]":
        """Publish what is stale and compare; gives what was found, and what was drawn."""
        before = reference.served_hosts(self.ground.settings)
        began = time.perf_counter()
        with _recorded() as publish:
            try:
                publish_stale(self.ground.tenant_id, self.ground.settings, as_of=self.ground.today, reporter=publish)
            except BuildFailed as failure:
                publish.warnings.append(f"not published: {failure}")
        seconds = time.perf_counter() - began
        step = self.look(publish, before)
        step.seconds = seconds
        return step, publish


@contextmanager
def _recorded() -> Iterator[Publish]:
    """Note every page the product's source draws."""
    publish, draw = Publish(), SitePages.draw

    def drawing(self: SitePages, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        for page in draw(self, refs):
            publish.drawn[self.view.store.public_host][file_of(page.ref.path)] = page
            yield page

    with patch.object(SitePages, "draw", drawing):
        yield publish


def random_items(seed: int, without: Collection[str] = ()) -> Iterator[Item]:
    """Give edits without end; which of them find something to edit shows when they are made."""
    for number in count():
        salt = f"{seed}:{number}"
        kind = Dice(salt).one(_WEIGHTED)
        if kind not in without:
            yield Item(kind, salt)


@dataclass
class Result:
    """How a fuzz went."""

    seed: int
    steps: list[Step] = field(default_factory=list)
    shortest: list[Item] = field(default_factory=list)
    """Edits that lead to the fault, as few as were found."""

    @property
    def faults(self) -> list[str]:
        """Give what was wrong, the last edit's faults first."""
        found = [fault for step in reversed(self.steps) for fault in step.faults]
        return found + [f"{step.item.kind}: {step.waste}" for step in self.steps if step.waste]

    @property
    def kinds(self) -> Counter[str]:
        """Count the edits of each kind."""
        return Counter(step.item.kind for step in self.steps)

    def __str__(self) -> str:
        """Tell the fault and the way to it."""
        if not self.faults:
            return f"seed {self.seed}: {len(self.steps)} edits of {len(self.kinds)} kinds, no fault"
        way = "\n  ".join(f"{item.kind} {item.salt}" for item in self.shortest)
        said = "\n  ".join(self.faults[:12])
        return f"seed {self.seed}, edit {len(self.steps)}: {self.steps[-1]}\n  {said}\nedits it takes:\n  {way}"


def fuzz(
    prepared: Prepared,
    folder: Path,
    *,
    seed: int,
    edits: int,
    told: "Told | None" = None,
    without: Collection[str] = (),
    wasteful: bool = False,
) -> Result:
    """Make random edits until one shows a fault.

    Args:
        prepared: the world.
        folder: for copies of it; new, removed afterwards.
        seed: of the dice.
        edits: how many that find something to edit.
        told: called after each.
        without: kinds of edits to leave out.
        wasteful: go on after an edit that had too many pages drawn in vain.
    """
    result = Result(seed)
    with ground(prepared, folder / "ground") as on:
        walk = Walk(on, folder / "scratch")
        for item in random_items(seed, without):
            step = walk.take(item)
            if step is None:
                continue
            result.steps.append(step)
            if told is not None:
                told(step)
            if step.faults or (step.waste and not wasteful) or len(result.steps) >= edits:
                break
    if result.steps and result.steps[-1].is_wrong:
        result.shortest = _shortest(prepared, folder, [step.item for step in result.steps])
    shutil.rmtree(folder, ignore_errors=True)
    return result


def replay(prepared: Prepared, folder: Path, items: Sequence[Item]) -> list[str]:
    """Make given edits one after the other; gives what was wrong after the last."""
    wrong: list[str] = []
    with ground(prepared, folder / "ground") as on:
        walk = Walk(on, folder / "scratch")
        for item in items:
            step = walk.take(item)
            wrong = [] if step is None else [*step.faults, *([step.waste] if step.waste else [])]
    return wrong


def _shortest(prepared: Prepared, folder: Path, items: list[Item]) -> list[Item]:
    """Leave out edits before a fault as long as it stays: at best it takes the last one alone."""
    tries = iter(range(_TRIES))
    size = len(items) - 1
    while size >= 1:
        at = 0
        while at < len(items) - 1:
            if next(tries, None) is None:
                return items
            fewer = [*items[:at], *items[min(at + size, len(items) - 1) :]]
            if replay(prepared, folder, fewer):
                items = fewer
            else:
                at += size
        size //= 2
    return items


class Told:
    """Somebody who is told of each edit."""

    def __call__(self, step: Step) -> None:
        """Hear of it."""
        print(step, flush=True)
