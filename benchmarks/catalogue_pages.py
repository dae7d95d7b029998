"""The bench's catalogue as a source of pages for the product's builder."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import xxhash
from sqlalchemy import Row

from builder.manifest import Entry
from builder.source import About, Group
from builder.store import Blob
from builder.store import Store as ContentStore
from storefront.core.changes import Key, Reads
from storefront.core.config import Settings
from storefront.domain.stores.models import Store
from storefront.pages.refs import PageKind, PageRef, Rendered

from . import pages, reading
from .catalogue import HOME
from .pages import STRUCTURED, TEMPLATES, Link, ListPage, Shop
from .tables import bucket_of

if TYPE_CHECKING:
    from .drawing import Drawing

LANG = "en"
_FEW = 4
"""Lists of so many makes are read by name, of more at once."""
_structured = attrgetter(*STRUCTURED)
_FRAMED = frozenset({"code", "part:layout.html", "part:card.html"})
_MADE_WITH = {
    "car.html": _FRAMED | {"part:car.html"},
    "cars.html": _FRAMED | {"part:cars.html"},
    "map.xml": frozenset({"code", "part:map.xml"}),
    "maps.xml": frozenset({"code", "part:maps.xml"}),
}
Made = tuple[str, Shop | None, Any, set[Key]]
"""Template, frame, context, and what was read."""


@dataclass(slots=True)
class _Batch:
    """What some pages show, read together."""

    cars: dict[int, reading.CarRow]
    stocks: dict[int, reading.Stock]
    listed: reading.Listed
    places: dict[int, list[Row[int, str, str]]]
    front: list[int]
    similar: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        """Read what is similar to each car."""
        self.similar = {number: orjson.loads(row.similar) for number, row in self.cars.items()}

    def shown(self, refs: Sequence[PageRef]) -> set[int]:
        """Give the cars of which any page shows the card."""
        wanted = {number for similar in self.similar.values() for number in similar}
        wanted.update(self.front)
        for ref in refs:
            if ref.kind is PageKind.DEALER:
                wanted.update(self.stocks[int(ref.key)].first(HOME))
            elif ref.kind is PageKind.LIST:
                kind, _, key = ref.key.partition(":")
                is_stock = kind == "dealer"
                wanted.update(self.stocks[int(key)].bucket(ref.bucket or 1) if is_stock else self.listed.first[ref.key])
        return wanted


class CataloguePages:
    """The catalogue in one moment of the database."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self._cards = reading.Cards()
        self._shops: dict[int, Shop] = {}
        self._market = pages.market()
        self._shared = Reads()
        self._makers: dict[PageKind, Callable[[PageRef, _Batch], Made]] = {
            PageKind.HOME: self._front,
            PageKind.DEALER: self._home,
            PageKind.LIST: self._list,
            PageKind.SITEMAP: self._map,
            PageKind.SITEMAP_INDEX: self._maps,
        }

    @property
    def shared(self) -> Reads:
        """What every page depends on: nothing, the frame is of a dealer."""
        return self._shared

    def ingredients(self) -> Mapping[str, str]:
        """Give the digests of templates and code."""
        return _ingredients()

    def pages(self) -> Sequence[PageRef]:
        """List every page, dealer by dealer, then the marketplace's."""
        return [*self._of_dealers(), *_of_market()]

    def pages_about(self, keys: Iterable[Key]) -> About | None:
        """Say which cars, stock pages, makes and models there are now under changed keys; all else is always there."""
        numbers: set[int] = set()
        dealers: set[int] = set()
        lists: set[str] = set()
        for kind, key, _ in keys:
            if kind == "bench_car":
                numbers.add(int(key))
            elif kind == "bench_list" and key.startswith("dealer:"):
                dealers.add(int(key.removeprefix("dealer:")))
            elif kind == "bench_list" and key != "market":
                lists.add(key)
            elif kind == "bench_dealer":
                return None
        refs = [_car_ref(row.id, row.url) for row in reading.cars(numbers).values()]
        groups: set[Group] = {(PageKind.VEHICLE, str(number), None) for number in numbers}
        self._want_shops(dealers)
        for dealer, stock in reading.stocks(dealers).items():
            pages_now = _stock_refs(self._shops[dealer].url, dealer, bucket_of(stock.last))
            refs += pages_now
            groups.update((ref.kind, ref.key, ref.bucket) for ref in pages_now)
        groups.update((PageKind.LIST, key, None) for key in lists)
        makes = {key.partition(":")[2].partition("/")[0] for key in lists}
        refs += [ref for ref in _list_refs(reading.models(makes)) if ref.key in lists]
        return About(refs, frozenset(groups))

    @cached_property
    def _drawing(self) -> "Drawing":
        from .drawing import Drawing  # a builder that lets its children draw needs no templates

        return Drawing()

    def warm(self) -> None:
        """Have the templates compiled."""
        self._drawing.warm()

    def draw(self, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        """Load and render pages; a car that was sold meanwhile is left out."""
        batch = self._loaded(refs)
        for ref in refs:
            made = self._car(ref, batch) if ref.kind is PageKind.VEHICLE else self._makers[ref.kind](ref, batch)
            if made is not None:
                template, shop, page, read = made
                content = self._drawing.page(template, shop, page)
                yield Rendered(ref, content, Reads(read), _MADE_WITH[template], shown=())

    def files(self, store: ContentStore) -> Iterable[tuple[Entry, Blob]]:
        """Give nothing: the bench has pages only."""
        return ()

    def _of_dealers(self) -> Iterator[PageRef]:
        urls = dict(reading.dealer_urls())
        for row in reading.shown():
            yield _car_ref(row.id, row.url)
        for dealer, last in reading.last_positions().items():
            yield from _stock_refs(urls[dealer], dealer, bucket_of(last))
        for dealer, url in urls.items():
            yield PageRef(url, LANG, PageKind.DEALER, str(dealer))
            yield PageRef(pages.map_url(url), LANG, PageKind.SITEMAP, str(dealer))

    def _loaded(self, refs: Sequence[PageRef]) -> _Batch:
        """Read what these pages show."""
        by_kind: dict[PageKind, list[str]] = defaultdict(list)
        for ref in refs:
            by_kind[ref.kind].append(ref.key)
        lists = by_kind[PageKind.LIST]
        owners = {int(key.partition(":")[2]) for key in lists if key.startswith("dealer:")}
        owners.update(map(int, by_kind[PageKind.DEALER]))
        makes = {key.partition(":")[2].partition("/")[0] for key in lists if not key.startswith("dealer:")}
        batch = _Batch(
            reading.cars(map(int, by_kind[PageKind.VEHICLE])) if by_kind[PageKind.VEHICLE] else {},
            reading.stocks(owners) if owners else {},
            reading.listed(makes if len(makes) <= _FEW else None) if makes else reading.Listed(),
            reading.places(map(int, by_kind[PageKind.SITEMAP])) if by_kind[PageKind.SITEMAP] else {},
            reading.front() if by_kind[PageKind.HOME] else [],
        )
        self._want_shops({row.dealer_id for row in batch.cars.values()} | owners)
        self._cards.want(batch.shown(refs))
        return batch

    def _want_shops(self, dealers: Iterable[int]) -> None:
        if missing := {dealer for dealer in dealers if dealer not in self._shops}:
            self._shops |= reading.shops(missing)

    def _car(self, ref: PageRef, batch: _Batch) -> Made | None:
        row = batch.cars.get(int(ref.key))
        if row is None:
            return None
        shop, similar = self._shops[row.dealer_id], batch.similar[row.id]
        photos, features = orjson.loads(row.photos), orjson.loads(row.features)
        jsonld = pages.structured(shop, _structured(row), photos, _dump)
        url, cards = pages.make_url(row.make), self._cards.get(similar)
        page = pages.CarPage(row.title, row.url, row, photos, features, url, jsonld, cards)
        read = {("bench_car", str(number), "card") for number in similar}
        read.add(("bench_car", ref.key, "detail"))
        read.add(("bench_dealer", str(row.dealer_id), "shell"))
        return "car.html", shop, page, read

    def _list(self, ref: PageRef, batch: _Batch) -> Made:
        kind, _, key = ref.key.partition(":")
        if kind == "dealer":
            return self._stock(int(key), ref.bucket or 1, batch)
        make, _, model = key.partition("/")
        cards, count = self._cards.get(batch.listed.first[ref.key]), batch.listed.count[ref.key]
        members: set[Key] = {("bench_list", ref.key, "members")}
        if kind == "model":
            return self._shown(pages.model_page(make, model, cards, count), members)
        models = sorted((key, number) for key, number in batch.listed.count.items() if key.startswith(f"model:{make}/"))
        names = [(key.partition("/")[2], number) for key, number in models]
        links = [Link(name, pages.model_url(make, name), number) for name, number in names]
        return self._shown(pages.make_page(make, cards, count, links), members)

    def _stock(self, dealer: int, number: int, batch: _Batch) -> Made:
        shop, stock = self._shops[dealer], batch.stocks[dealer]
        last = bucket_of(stock.last)
        read: set[Key] = {
            ("bench_list", f"dealer:{dealer}", f"bucket-{number}"), ("bench_dealer", str(dealer), "shell"),
            *(("page", pages.stock_url(shop.url, one), "exists") for one in range(1, last + 2)),
        }  # fmt: skip
        cards = self._cards.get(stock.bucket(number))
        return self._shown(pages.stock_page(shop, cards, number, last), read, shop)

    def _home(self, ref: PageRef, batch: _Batch) -> Made:
        dealer = int(ref.key)
        shop, stock = self._shops[dealer], batch.stocks[dealer]
        read: set[Key] = {("bench_list", f"dealer:{dealer}", "members"), ("bench_dealer", ref.key, "shell")}
        page = pages.home_page(shop, self._cards.get(stock.first(HOME)), len(stock.positions))
        return self._shown(page, read, shop)

    def _front(self, ref: PageRef, batch: _Batch) -> Made:
        counted = reading.makes_counted()
        links = [Link(make, pages.make_url(make), number) for make, number in counted]
        page = pages.front_page(self._cards.get(batch.front), sum(number for _, number in counted), links)
        return self._shown(page, {("bench_list", "market", "members")})

    def _map(self, ref: PageRef, batch: _Batch) -> Made:
        read: set[Key] = {("bench_stock", f"dealer:{ref.key}", "cars"), ("bench_dealer", ref.key, "shell")}
        return "map.xml", None, pages.MapPage(batch.places[int(ref.key)]), read

    def _maps(self, ref: PageRef, batch: _Batch) -> Made:
        urls = [pages.map_url(url) for _, url in reading.dealer_urls()]
        return "maps.xml", None, pages.MapsPage(urls), {("bench_dealer", "all", "members")}

    def _shown(self, page: ListPage, read: set[Key], shop: Shop | None = None) -> Made:
        return "cars.html", shop or self._market, page, read | _cards_read(page.cards)


def open_catalogue(store: Store, *, as_of: date, settings: Settings) -> CataloguePages:
    """Open the catalogue for a build; the signature is `builder.source.Opener`'s."""
    return CataloguePages()


def _cards_read(cards: Sequence[reading.CardRow]) -> set[Key]:
    return {("bench_car", str(card.id), "card") for card in cards}


def _car_ref(number: int, url: str) -> PageRef:
    return PageRef(url, LANG, PageKind.VEHICLE, str(number))


def _stock_refs(url: str, dealer: int, last: int) -> list[PageRef]:
    return [
        PageRef(pages.stock_url(url, number), LANG, PageKind.LIST, f"dealer:{dealer}", number)
        for number in range(1, last + 1)
    ]


def _list_refs(models: Sequence[tuple[str, str]]) -> Iterator[PageRef]:
    for make in dict.fromkeys(make for make, _ in models):
        yield PageRef(pages.make_url(make), LANG, PageKind.LIST, f"make:{make}")
    for make, model in models:
        yield PageRef(pages.model_url(make, model), LANG, PageKind.LIST, f"model:{make}/{model}")


def _of_market() -> Iterator[PageRef]:
    yield PageRef("/", LANG, PageKind.HOME)
    yield from _list_refs(reading.models())
    yield PageRef("/sitemap.xml", LANG, PageKind.SITEMAP_INDEX)


def _dump(data: Any) -> str:
    return orjson.dumps(data).decode()


@cache
def _ingredients() -> Mapping[str, str]:
    """Digest the templates, the bench's code and Jinja's version; once a process."""
    found = {f"part:{file.name}": xxhash.xxh3_64_hexdigest(file.read_bytes()) for file in TEMPLATES.iterdir()}
    code = xxhash.xxh3_64(f"jinja2={version('jinja2')}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        code.update(file.read_bytes())
    return {**found, "code": code.hexdigest()}
