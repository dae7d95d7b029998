"""From list to list: links by body, fuel and city, so that every list can be reached (SEO.md §§8, 19.4)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from storefront.core.changes import Reads
from storefront.core.slugs import slug
from storefront.domain.listings.placement import city_key

from .catalogue import PageRef
from .contexts import Link, LinkGroup
from .list_names import list_name, placed
from .siteview import Face, SiteView
from .stock import SORTED

CITIES = 60
"""So many cities, those with the most cars, are linked from the front of all cars."""


def groups(view: SiteView, face: Face, ref: PageRef, cars: Sequence[UUID], reads: Reads) -> tuple[LinkGroup, ...]:
    """Give the links below the cars of a page.

    The front of all cars leads to the lists by body and fuel and to the largest cities; each page of all cars leads to
    the cities of its own cars too, so that every city is reached however many there are; the front of a body or a fuel
    leads to the others of its kind.

    Args:
        view: the site.
        face: its language.
        ref: the page.
        cars: those it shows, prepared by `cards.prepare`.
        reads: of the page.
    """
    kind = ref.key.partition(":")[0]
    found: dict[str, tuple[Link, ...]] = {}
    if kind == "all":
        if ref.bucket is None:
            found = {f"by_{name}": _of_a_kind(view, face, name, reads) for name in SORTED}
        found["by_city"] = _cities(view, face, ref, cars, reads) if view.is_marketplace else ()
    elif kind in SORTED and ref.bucket is None:
        found[f"other_{kind}"] = _siblings(view, face, ref.key, reads)
    return tuple(LinkGroup(face.t(f"pages.lists.{name}"), links) for name, links in found.items() if links)


def counted(view: SiteView, face: Face, list_key: str, text: str) -> Link:
    """Link a list with the number of its cars."""
    return Link(face.urls.listing(list_key), text, count=face.formats.number(view.stock.shape(list_key).total))


def _of_a_kind(view: SiteView, face: Face, kind: str, reads: Reads) -> tuple[Link, ...]:
    """Link the pages by body or fuel with counts, most cars first."""
    view.stock.record(reads, kind)
    keys = [key for code in SORTED[kind] if view.stock.has_page(key := f"{kind}:{code}")]
    keys.sort(key=lambda key: -view.stock.shape(key).total)
    return tuple(counted(view, face, key, list_name(view, face, key, reads)) for key in keys)


def _siblings(view: SiteView, face: Face, list_key: str, reads: Reads) -> tuple[Link, ...]:
    """Link the other pages of a kind, without counts: only their coming and going changes this page."""
    kind = list_key.partition(":")[0]
    links = []
    for key in (f"{kind}:{code}" for code in SORTED[kind]):
        path = face.urls.listing(key)
        reads.add("page", path, "exists")
        if key != list_key and view.stock.has_page(key):
            links.append(Link(path, list_name(view, face, key, reads)))
    return tuple(links)


def _cities(view: SiteView, face: Face, ref: PageRef, cars: Sequence[UUID], reads: Reads) -> tuple[Link, ...]:
    links = _cities_of(view, face, cars, reads)
    if ref.bucket is None:
        view.stock.record(reads, "city")
        keys = view.stock.keys_below("city:")
        for key in sorted(keys, key=lambda key: (-view.stock.shape(key).total, key))[:CITIES]:
            links[key] = counted(view, face, key, list_name(view, face, key, reads))
    return tuple(sorted(links.values(), key=lambda link: (slug(link.text), link.href)))


def _cities_of(view: SiteView, face: Face, cars: Iterable[UUID], reads: Reads) -> dict[str, Link]:
    """Link the cities some cars stand in, by list, each called as the first of its cars has it."""
    found: dict[str, Link] = {}
    for row, _ in (view.kept.rows[car] for car in cars if car in view.kept.rows):
        dealer = view.dealers[row.dealer_id]
        city, country = (row.city, row.country) if row.city else (dealer.city, dealer.country)
        reads.add("listing", row.id, "place")
        reads.add("dealer", dealer.id, "place")
        key = city_key(city, country or dealer.country, view.tenant.country)
        if key is None or key in found:
            continue
        path = face.urls.listing(key)
        reads.add("page", path, "exists")
        if view.stock.has_page(key):
            found[key] = Link(path, placed(face, key, city))
    return found
