"""Pages of stored lists: all cars, a make, a make and model, a body, a fuel, a city, on either kind of site."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from seo import schema_org
from storefront.core.changes import Reads
from storefront.core.slugs import slug
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import ShownRow

from . import cards, forms, heads
from .catalogue import PageRef, sold_cars
from .contexts import Card, Crumb, Link, ListPage, Pager, SearchForm
from .list_groups import counted, groups
from .list_names import ListWords, list_name, list_words, make_name, record_name
from .siteview import SOLD_DAYS, Face, SiteView
from .stock import Shape, page_number


def read(view: SiteView, refs: Sequence[PageRef]) -> None:
    """Read what these pages show: positions and cards, a query per kind."""
    view.stock.prepare(ref.key for ref in refs)
    cards.prepare(view, (car for ref in refs for car in _cars(view, ref)))
    if any(_is_front_of_all(ref) for ref in refs):
        cards.prepare(view, (row.id for row in _sold(view)))


def page(view: SiteView, face: Face, ref: PageRef) -> tuple[ListPage, Reads]:
    """Make a page of a list; `read` comes before."""
    reads = Reads()
    _record(view, ref, reads)
    front = ref.bucket is None
    shown = cards.cards(view, face, _cars(view, ref), reads)
    label = None if ref.bucket is None else face.t("pages.list.page", n=page_number(ref.bucket))
    words = list_words(view, face, ref.key, reads)
    crumbs = _crumbs(view, face, ref, words.name, label, reads)
    subject = _subject(view, face, ref, words, label, shown, crumbs)
    made = ListPage(
        path=ref.path,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, ref.path),
        crumbs=crumbs,
        list_kind=ref.key.partition(":")[0],
        heading=words.heading if front else face.t("pages.list.heading_page", name=words.called, page=label),
        intro=words.intro,
        cards=shown,
        pager=_pager(view, face, ref, reads, label),
        narrower=_narrower(view, face, ref.key, reads) if front else (),
        search=_search(view, face, ref.key, reads) if front else None,
        groups=groups(view, face, ref, _cars(view, ref), reads),
        sold=_sold_links(view, face, reads) if _is_front_of_all(ref) else (),
    )
    return made, reads


def _is_front_of_all(ref: PageRef) -> bool:
    return ref.key == "all" and ref.bucket is None


def _sold(view: SiteView) -> list[ShownRow]:
    """Give the cars sold lately whose pages are still here, latest first."""
    sold = [row for row in sold_cars(view) if row.sold_at is not None]
    return sorted(sold, key=lambda row: (row.sold_at, row.public_id), reverse=True)


def _sold_links(view: SiteView, face: Face, reads: Reads) -> tuple[Link, ...]:
    """Link the pages of cars sold lately, so that no page stands alone (SEO.md §19.4)."""
    reads.include(view.membership_reads())
    for dealer in view.dealers.values():
        reads.add("listings", f"dealer:{dealer.id.hex}", f"status-{int(ListingStatus.SOLD)}")
    links = []
    for row in _sold(view):
        if row.id not in view.kept.rows or row.sold_at is None:
            continue
        car, day = view.kept.rows[row.id][0], face.formats.day_of(row.sold_at)
        reads.add("listing", row.id, "card", "status")
        reads.add("vehicle", car.vehicle_id, "name")
        view.day_begins(reads, day + timedelta(days=SOLD_DAYS + 1))
        text = f"{cards.name_of(car)} · {face.t('pages.sold_on', date=face.formats.day_month(day))}"
        links.append(Link(face.urls.vehicle(row.slug, row.public_id), text))
    return tuple(links)


def makes(view: SiteView, face: Face, reads: Reads, most: int | None = None) -> tuple[Link, ...]:
    """Give links to the make pages with counts, by name, or only the largest ones."""
    view.stock.record(reads, "make")
    keys = view.stock.keys_below("make:")
    if most is not None:
        keys = sorted(keys, key=lambda key: (-view.stock.shape(key).total, key))[:most]
    named = ((key, make_name(view, key, reads)) for key in keys)
    return _by_name(counted(view, face, key, name) for key, name in named if name is not None)


def make_links(view: SiteView, face: Face, reads: Reads) -> tuple[Link, ...]:
    """Give links to the make pages without counts, by name: only their coming and going changes a page with them."""
    view.stock.record_names(reads, "make")
    links = []
    for key in view.stock.shapes():
        name = make_name(view, key, reads) if key.startswith("make:") else None
        if name is not None:
            path = face.urls.listing(key)
            reads.add("page", path, "exists")
            if view.stock.has_page(key):
                links.append(Link(path, name))
    return _by_name(links)


def _cars(view: SiteView, ref: PageRef) -> list[UUID]:
    shape = view.stock.shape(ref.key)
    return view.stock.cars(ref.key, shape.front if ref.bucket is None else (ref.bucket,))


def _record(view: SiteView, ref: PageRef, reads: Reads) -> None:
    name = f"{view.stock.scope}/{ref.key}"
    if ref.bucket is None:
        reads.add("list", name, "count")
        for bucket in view.stock.shape(ref.key).front:
            reads.add("list", name, f"bucket-{bucket}")
    else:
        reads.add("list", name, f"bucket-{ref.bucket}")


def _models(view: SiteView, face: Face, keys: Iterable[str], reads: Reads) -> tuple[Link, ...]:
    found = []
    for key in keys:
        name = view.stock.name(key)
        if name is not None:
            record_name(view, name, reads)
            text = name.model or face.t("pages.list.other_models", make=name.make)
            found.append(counted(view, face, key, text))
    return _by_name(found)


def _by_name(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: (slug(link.text), link.href)))


def _narrower(view: SiteView, face: Face, list_key: str, reads: Reads) -> tuple[Link, ...]:
    """Link the make pages under all cars, the model pages under a make."""
    if list_key == "all":
        return makes(view, face, reads)
    if not list_key.startswith("make:"):
        return ()
    make = list_key.removeprefix("make:")
    view.stock.record(reads, f"model:{make}")
    return _models(view, face, view.stock.keys_below(f"model:{make}/"), reads)


def _search(view: SiteView, face: Face, list_key: str, reads: Reads) -> SearchForm:
    """Give the form beside a list; with the makes only beside all cars, for their counts change with every car."""
    if list_key != "all":
        return forms.search_form(view, face)
    return forms.search_form(view, face, forms.make_options(view, face, reads, counted=True))


def _pager(view: SiteView, face: Face, ref: PageRef, reads: Reads, label: str | None) -> Pager:
    shape = view.stock.shape(ref.key)
    front = face.urls.listing(ref.key)
    pages = {bucket: face.urls.listing(ref.key, page_number(bucket)) for bucket in shape.older}
    if ref.bucket is None:
        older = pages[shape.older[0]] if shape.older else None
        links = tuple(Link(path, str(page_number(bucket))) for bucket, path in pages.items())
        return Pager(newer=None, older=older, front=None, buckets=links)
    above = [bucket for bucket in shape.older if bucket > ref.bucket]
    below = [bucket for bucket in shape.older if bucket < ref.bucket]
    _record_neighbours(face, ref, shape, reads)
    return Pager(
        newer=pages[above[-1]] if above else front,
        older=pages[below[0]] if below else None,
        front=front,
        label=label,
    )


def _record_neighbours(face: Face, ref: PageRef, shape: Shape, reads: Reads) -> None:
    """Record the pages whose coming or going changes where a page leads to, up to the next newer and next older."""
    own = ref.bucket or 0
    above = min((bucket for bucket in shape.older if bucket > own), default=max(shape.front, default=own))
    below = max((bucket for bucket in shape.older if bucket < own), default=-1)
    for bucket in (*range(own + 1, above + 1), *((below,) if below >= 0 else ())):
        reads.add("page", face.urls.listing(ref.key, page_number(bucket)), "exists")


def _crumbs(
    view: SiteView, face: Face, ref: PageRef, list_called: str, label: str | None, reads: Reads
) -> tuple[Crumb, ...]:
    steps = [("all", face.t("pages.nav.vehicles"))]
    kind, _, name = ref.key.partition(":")
    if kind == "model":
        parent = f"make:{name.split('/', 1)[0]}"
        if view.stock.has_page(parent):
            steps.append((parent, list_name(view, face, parent, reads)))
    if kind != "all":
        steps.append((ref.key, list_called))
    if label is not None:
        steps.append(("", label))
    return (
        Crumb(face.t("pages.nav.home"), face.urls.home),
        *(Crumb(text, face.urls.listing(key)) for key, text in steps[:-1]),
        Crumb(steps[-1][1]),
    )


def _subject(
    view: SiteView,
    face: Face,
    ref: PageRef,
    words: ListWords,
    label: str | None,
    shown: Sequence[Card],
    crumbs: Sequence[Crumb],
) -> heads.Subject:
    tail = f", {label}" if label else ""
    stem = words.titles[0]
    return heads.Subject(
        path=ref.path,
        title=heads.title(face, view, *(f"{title}{tail}" for title in words.titles)),
        description=heads.describe(face, *((f"{label}: {stem}.",) if label else ()), words.intro),
        nodes=schema_org.listing(
            view.absolute(ref.path),
            f"{stem}{tail}",
            [view.absolute(card.href) for card in shown],
            heads.linked(view, crumbs),
        ),
    )
