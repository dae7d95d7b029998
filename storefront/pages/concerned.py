"""Which pages a site has now under things that changed: the list of pages (`catalogue.py`), asked for a few keys only.

A car brings its own pages, its QR code and the map it stands in; a list its front and the buckets that may have moved.
What is rarer (dealers, stores, own pages, a new day) concerns pages that nobody can name without listing all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from seo import sitemap
from storefront.core.changes import Key
from storefront.domain.listings import queries
from storefront.domain.listings.models import BUCKET

from . import catalogue, divided
from .catalogue import LISTS, PageKind, PageRef
from .siteview import SiteView
from .stock import MIN_CARS, SORTED

Group = tuple[PageKind, str, int | None]
"""Kind, key and bucket of pages, in all languages."""
PLAIN = frozenset(
    {"vehicle", "cars", "listings", "stock", "page", "word", "dealer_text", "valuation", "labelled", "placed"}
)
"""Kinds of things that bring no page and take none away by themselves: another line tells of the page."""
_PLACES = frozenset({"status", "card", "address"})
"""Aspects of a car that decide whether it has a page, and where."""


@dataclass(slots=True)
class Concerned:
    """Pages that exist now, and the groups they are all pages of."""

    refs: list[PageRef] = field(default_factory=list)
    groups: set[Group] = field(default_factory=set)


def pages_about(view: SiteView, keys: Iterable[Key]) -> Concerned | None:
    """Give the pages there are now under changed keys; None when all pages must be listed.

    Args:
        view: the site.
        keys: what changed: lines of the ledger, days that began.
    """
    cars: set[UUID] = set()
    lists: dict[str, set[str]] = {}
    for kind, key, aspect in keys:
        if kind == "listing":
            if aspect in _PLACES:
                cars.add(UUID(key))
        elif kind == "list":
            scope, _, list_key = key.partition("/")
            if scope == view.stock.scope:
                lists.setdefault(list_key, set()).add(aspect)
        elif kind not in PLAIN:
            return None
    if not view.store.active or not view.stock.scope:
        return None
    found = Concerned()
    moved = {list_key: _buckets(aspects) for list_key, aspects in lists.items() if _is_list(list_key)}
    slack = BUCKET * len(moved.get("all", ()))
    if slack and not _is_steady(view, slack):
        return None
    _add_cars(view, cars, found)
    for list_key in sorted(moved.keys() | _nearly_all(view, slack)):
        _add_list(view, list_key, moved.get(list_key, set()), slack, found)
    return found


def _is_list(list_key: str) -> bool:
    """Tell a list from a family of lists (`make`, `model:bmw`), which has no pages of its own."""
    return list_key == "all" or (":" in list_key and (not list_key.startswith("model:") or "/" in list_key))


def _buckets(aspects: Iterable[str]) -> set[int]:
    return {int(aspect.removeprefix("bucket-")) for aspect in aspects if aspect.startswith("bucket-")}


def _is_steady(view: SiteView, slack: int) -> bool:
    """Ask whether maps of cars and the static index are divided as before, whatever so many cars did."""
    total = view.stock.shape("all").total
    fewer, more = max(0, total - slack), total + slack
    return sitemap.bits_for(fewer) == sitemap.bits_for(more) and divided.layout(fewer) == divided.layout(more)


def _add_cars(view: SiteView, cars: set[UUID], found: Concerned) -> None:
    shown = catalogue.shown_among(view, cars)
    for car in cars:
        found.groups |= {(PageKind.VEHICLE, car.hex, None), (PageKind.QR, car.hex, None)}
    for row in shown:
        found.refs += [catalogue.vehicle_ref(face, row) for face in view.faces.values()]
        found.refs.append(catalogue.qr_ref(view, row))
    known = {row.id for row in shown}
    ids = [row.public_id for row in shown] + queries.public_ids(cars - known)
    _add_maps(view, ids, {row.public_id for row in shown if catalogue.is_canonical_here(view, row)}, found)


def _add_maps(view: SiteView, public_ids: Iterable[str], mapped: set[str], found: Concerned) -> None:
    """Add the maps cars stand in or stood in; one that holds none of those that are mapped is looked into."""
    bits = catalogue.sitemap_bits(view)
    full = {sitemap.shard_of(public_id, bits) for public_id in mapped}
    for shard in sorted({sitemap.shard_of(public_id, bits) for public_id in public_ids}):
        name = catalogue.sitemap_name(shard)
        found.groups.add((PageKind.SITEMAP, name, None))
        if shard in full or catalogue.sitemap_cars(view, name):
            found.refs.append(catalogue.sitemap_ref(view, name))


def _nearly_all(view: SiteView, slack: int) -> set[str]:
    """Give the lists that hold all cars but a few, when the number of all may have changed by so many.

    They have a page while that leaves a car out. One that lacks no more than so many cars has one of any so many and
    one more: it is found with the newest.
    """
    if not slack:
        return set()
    view.stock.prepare(["all"])
    newest = view.stock.newest("all", slack + 1)
    least = view.stock.shape("all").total - slack
    standing = queries.lists_of(view.stock.scope, newest).values()
    keys = {key for lists in standing for key in lists if key.partition(":")[0] in (*SORTED, "city")}
    return {key for key in keys if view.stock.shape(key).total >= least}


def _add_list(view: SiteView, list_key: str, changed: set[int], slack: int, found: Concerned) -> None:
    shape = view.stock.shape(list_key)
    here = list_key == "all" or (list_key.partition(":")[0] in LISTS and view.stock.has_page(list_key))
    buckets = _moved(shape.front, shape.older, changed)
    own = BUCKET * len(changed)
    missing = view.stock.shape("all").total - shape.total
    if list_key != "all" and (shape.total < MIN_CARS + own or missing <= slack + own):
        buckets |= {*shape.front, *shape.older}  # the whole list may have come
    for bucket in (None, *sorted(buckets)):
        found.groups.add((PageKind.LIST, list_key, bucket))
        if here and (bucket is None or bucket in shape.older):
            found.refs += [catalogue.list_ref(face, list_key, bucket) for face in view.faces.values()]


def _moved(front: tuple[int, ...], older: tuple[int, ...], changed: set[int]) -> set[int]:
    """Give the buckets whose pages may have come or gone: those that changed, and those that were or are the front.

    The front before was among those that changed and the two newest of the others, with one below each.
    """
    newest = [bucket for bucket in (*front, *older[: len(changed) + 3]) if bucket not in changed]
    return changed | set(front) | set(newest[:3])
