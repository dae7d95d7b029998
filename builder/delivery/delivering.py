"""Delivering the release of a host that is served to a target, the whole story (issue: delivery; SEO.md §15).

Files that pages load go first, then pages, then sitemaps and feeds; what is no more is deleted last, and never anything
we did not put there. A delivery that dies is continued by the next, which asks about the files it had begun with and
puts what is missing. Doing it again does nothing.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from builder import disk, web_rules
from builder.chains import Steps
from builder.manifest import BadManifest
from builder.releases import SiteFolder, site_folder
from storefront.adapters.storage import Folder
from storefront.core.config import Settings

from .notes import Changes, Head, Noted, Notes, applied
from .objects import Object, code_digest, lasts, rule_object
from .plans import Plan, Planner, by_phase
from .targets import Place, Target

T = TypeVar("T")


class DeliveryFailed(Exception):
    """A host could not be delivered; what is at the target is a mix that the next delivery puts right."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a delivery went, or (dry) would go."""

    host: str
    release: str | None
    """What is at the target now; None when the host is not served any more."""
    put: int = 0
    octets: int = 0
    deleted: int = 0
    same: int = 0
    """Files that a delivery before had put without saying so."""
    lingering: int = 0
    """Files named by their content that stay for a while for old pages in caches."""
    strangers: int = 0
    """Files below the host's root that are none of ours."""
    seconds: float = 0.0
    before: str | None = None
    """What was at the target before."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered, and how."""

    host: str
    target: Target
    settings: Settings
    today: date
    uploads: Executor
    """Does several uploads at a time."""
    is_dry: bool = False
    verify: bool = False
    """Compare with what really lies there, not with what is remembered."""

    @property
    def folder(self) -> SiteFolder:
        """Give the host's built site."""
        return site_folder(self.settings, self.host)


def deliver(order: Order) -> Delivery:
    """Bring the release of a host that is served to a target.

    Raises:
        DeliveryFailed: another delivery of the host is under way, or a content is missing here.
        StorageDown: the storage did not answer; the next delivery goes on.
        StorageRefused: it will not take it.
    """
    began = time.monotonic()
    place = order.target.place(order.host, order.settings)
    with _alone(order.folder.root, order.host):
        if isinstance(place.storage, Folder) and not order.is_dry:
            place.storage.clean()
        notes, release = Notes.read(place, order.host), _served(order.folder)
        before = notes.head.release
        plan = _planned(order, notes, release)
        try:
            outcome = _Outcome() if order.is_dry else _carried_out(order, notes, plan, release)
            octets = sum(each.size for each in plan.put) if order.is_dry else outcome.octets
        except FileNotFoundError as error:
            raise DeliveryFailed(f"{order.host}: a content is missing here: {error.filename}") from error
    return Delivery(
        order.host,
        release,
        put=len(plan.put) if order.is_dry else outcome.put,
        octets=octets,
        deleted=len(plan.delete),
        same=outcome.same,
        lingering=len(plan.leaving),
        strangers=plan.strangers,
        seconds=round(time.monotonic() - began, 3),
        before=before,
    )


def _served(folder: SiteFolder) -> str | None:
    """Give the release that is served; None when the host is not served (any more)."""
    if not folder.current.is_symlink():
        return None
    release = folder.live_name()
    if release is None:
        raise DeliveryFailed(f"{folder.host}: it is not known which release is served; build it again")
    return release


def _planned(order: Order, notes: Notes, release: str | None) -> Plan:
    rules = web_rules.rules_for(order.settings, order.host) if release is not None and order.target.has_rules else {}
    objects = [rule_object(name, content) for name, content in sorted(rules.items())]
    planner = Planner(order.target, order.folder.store, objects, order.today)
    steps = _steps(order, notes.head, release)
    if steps is not None:
        return planner.quick(notes.head, steps)
    is_lost = notes.files() is None or notes.planned() is None
    if release is None:
        if is_lost:
            raise DeliveryFailed(f"{order.host}: what was delivered is not remembered any more, so it stays there")
        return planner.withdrawal(notes)
    try:
        entries = order.folder.manifest(release).entries.values()
    except (FileNotFoundError, BadManifest) as error:
        raise DeliveryFailed(f"{order.host}: release {release} cannot be read: {error}") from error
    return planner.full(notes, entries, _listed(notes.place) if notes.is_new or is_lost or order.verify else None)


def _steps(order: Order, head: Head, release: str | None) -> Steps | None:
    """Give what leads from the release that is there to the one that is served, where the quick way is open."""
    if release is None or head.release is None or head.plans or order.verify or head.recipe != _recipe(order.target):
        return None
    return order.folder.chain.steps(head.release, release)


@dataclass(slots=True)
class _Outcome:
    put: int = 0
    octets: int = 0
    same: int = 0


def _carried_out(order: Order, notes: Notes, plan: Plan, release: str | None) -> _Outcome:
    head = Head(
        order.host,
        release,
        _recipe(order.target) if release is not None else "",
        leaving=plan.leaving,
        rules=plan.rules,
    )
    outcome, changes = _Outcome(), Changes()
    if plan.keys:
        notes.begin(sorted(plan.keys))
        for phase in by_phase(plan.put):
            acts = [_putting(notes.place, plan, each) for each in phase]
            for each, (noted, was_there) in zip(phase, _all(order, acts), strict=True):
                changes[each.key] = noted
                outcome.same += was_there
                outcome.put += not was_there
                outcome.octets += 0 if was_there else noted.size
        pages = [key for key in plan.delete if not lasts(key)]
        for keys in (pages, [key for key in plan.delete if lasts(key)]):
            _all(order, [_deleting(notes.place, key) for key in keys])
        changes |= dict.fromkeys(plan.delete)
        notes.place.storage.settle()
    if plan.keys or _differs(notes.head, head) or notes.head.plans:
        notes.end(head, changes, None if plan.at is None else applied(plan.at, changes))
    return outcome


def _differs(before: Head, after: Head) -> bool:
    names = ("release", "recipe", "leaving", "rules")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _putting(place: Place, plan: Plan, wanted: Object) -> Callable[[], tuple[Noted, bool]]:
    """Give the act that puts a file; it says what is there then, and whether it was there before."""

    def put() -> tuple[Noted, bool]:
        key, size = place.root + wanted.key, wanted.size  # a content that is missing here shows before anything is sent
        if wanted.key in plan.doubtful:
            tag = place.storage.holding(key, wanted.body, wanted.mark)
            if tag is not None:
                return Noted(wanted.mark, tag, size), True
        return Noted(wanted.mark, place.storage.put(key, wanted.body, wanted.headers, wanted.mark), size), False

    return put


def _deleting(place: Place, key: str) -> Callable[[], None]:
    def delete() -> None:
        place.storage.delete(place.root + key)

    return delete


def _all(order: Order, acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do many things, several at a time; when one fails those under way are waited for and no more are begun."""
    begun: list[Future[T]] = [order.uploads.submit(act) for act in acts]
    done, open_ones = wait(begun, return_when="FIRST_EXCEPTION")
    for one in open_ones:
        one.cancel()
    wait(begun)
    for one in done:
        one.result()
    return [one.result() for one in begun]


def _listed(place: Place) -> dict[str, str]:
    """Give what lies below a host's root, key → tag, without our notes."""
    start = len(place.root)
    found = {}
    for stored in place.storage.listed(place.root):
        if not stored.key.startswith(place.notes):
            found[stored.key[start:]] = stored.tag
    return found


def _recipe(target: Target) -> str:
    return f"{code_digest()}-{target.encoding}"


@contextmanager
def _alone(folder: Path, host: str) -> Iterator[None]:
    """Keep a second delivery of a host away; the lock dies with its process."""
    disk.make_folder(folder)
    handle = os.open(folder / "delivery.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeliveryFailed(f"another delivery of {host} is under way") from error
        yield
    finally:
        os.close(handle)
