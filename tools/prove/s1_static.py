"""S1, the static index: random searches over real listings, asked in Chromium of the files a site is served with."""

import os
import tempfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings

from builder.compress import compressed
from search import static_index
from search.documents import Document, documents_of
from search.query import Query
from seo import sitemap
from storefront.core import clock, config, runtime
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import queries as accounts
from storefront.domain.stores import queries as store_queries
from storefront.pages import divided
from storefront.pages.catalogue import shown_cars
from storefront.pages.rendering import drawn
from storefront.pages.sites import open_site
from tests.search_oracle import Oracle
from tests.search_queries import queries
from tools.prove.ground import fresh_instance, marketplace, shared
from tools.prove.proof import Proof
from tools.prove.static_lab import Lab, differences, lab, lay_out
from tools.prove.stress import ADS, FEED, some_ads

MOST_BYTES = 60_000
"""Of a shard with brotli (issue 5)."""
SEARCHES, QUICK = 2_000, 200
ADS_READ, QUICK_ADS = 600, 200


def static(proof: Proof, quick: bool) -> None:
    """Compare what the script finds with what is right, and weigh the files.

    Args:
        proof: takes the figures.
        quick: fewer cars and searches.
    """
    with real_listings(QUICK_ADS if quick else ADS_READ) as (files, cars), tempfile.TemporaryDirectory() as folder:
        weights = {name: len(compressed(content, "br")) for name, content in files.items()}
        heaviest = max(weights, key=lambda name: weights[name])
        proof.hold(
            f"static index of {len(cars)} cars: {len(files)} files, {sum(weights.values())} bytes with brotli, "
            f"the heaviest {weights[heaviest]}",
            weights[heaviest] <= MOST_BYTES,
            f"{heaviest} has {weights[heaviest]} bytes with brotli",
        )
        lay_out(Path(folder), files)
        with lab(Path(folder)) as opened:
            searches = QUICK if quick else SEARCHES
            wrong, found = _compared(opened, cars, searches)
            proof.hold(
                f"static index: {searches} random searches in Chromium, {found} with hits: 0 differences in T1, T2, T3",
                not wrong, f"static index: {len(wrong)} searches are answered wrongly: {'; '.join(wrong[:2])[:600]}",
            )  # fmt: skip
            if not quick:
                _largest(proof, opened, Path(folder), cars)


def _largest(proof: Proof, opened: Lab, folder: Path, cars: list[Document]) -> None:
    """Measure the largest host that has an index, filled with copies of the real cars."""
    most = static_index.MOST_CARS
    bits, card_bits = static_index.bits_for(most), static_index.card_bits_for(most)
    assert bits is not None
    copies = [replace(cars[number % len(cars)], id=uuid4()) for number in range(most)]
    about = {"origin": "", "market": True, "languages": {"de": {"lists": "/", "names": {}}}}
    files = {"/s/index.json": static_index.head(bits, card_bits, about)}
    for number, shard in enumerate(sitemap.shard_names(bits)):
        entries = [static_index.entry(car, 0, "", "", "0000") for car in copies if car.id.int % (1 << bits) == number]
        files[f"/s/cars-{bits}-{shard}.json"] = static_index.cars(bits, shard, entries)
    lay_out(folder / "most", files)
    total, reading, searching = opened.timed(Query(text="golf diesl"), "/most")
    weight = sum(len(compressed(content, "br")) for content in files.values())
    proof.figure(
        f"a host of {most} cars: {len(files)} files, {weight / 1e6:.1f} MB with brotli, read in {reading:.0f} ms, "
        f"searched in {searching:.0f} ms ({total} found)"
    )


def _compared(opened: Lab, cars: list[Document], searches: int) -> tuple[list[str], int]:
    """Ask so many searches; gives what was wrong, and how many found cars."""
    right, wrong, found = Remembering(cars), list[str](), 0

    @settings(
        max_examples=searches, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(query=queries(cars))
    def ask(query: Query) -> None:
        nonlocal found
        (answer,) = opened.ask([query])
        found += answer["total"] > 0
        if faults := differences(answer, query, right):
            wrong.append(f"{query}: {'; '.join(faults)[:300]}")

    ask()
    return wrong, found


class Remembering(Oracle):
    """The plain oracle, which remembers what it found out about the last search and the last text."""

    def __init__(self, documents: list[Document]) -> None:
        super().__init__(documents)
        self._query: Query | None = None
        self._asked: tuple[str, ...] = ()
        self._unmet: dict[UUID, Set[object]] = {}
        self._edits: dict[tuple[UUID, int], int | None] = {}

    def unmet(self, document: Document, query: Query) -> Set[object]:
        """Give what of a search a car does not meet, as the oracle sees it."""
        self._turn_to(query)
        if document.id not in self._unmet:
            self._unmet[document.id] = super().unmet(document, query)
        return self._unmet[document.id]

    def edits(self, document: Document, query: Query, best_fields: int = 4) -> int | None:
        """Give the edits all words need together, as the oracle counts them."""
        self._turn_to(query)
        key = (document.id, best_fields)
        if key not in self._edits:
            self._edits[key] = super().edits(document, query, best_fields)
        return self._edits[key]

    def _turn_to(self, query: Query) -> None:
        if query is self._query:
            return
        self._query, self._unmet = query, {}
        if query.words != self._asked:
            self._asked, self._edits = query.words, {}


@contextmanager
def real_listings(ads: int) -> Iterator[tuple[dict[str, bytes], list[Document]]]:
    """Import a real dealer's stock and private ads; gives the files of the marketplace's index, and its cars today."""
    with fresh_instance() as instance:
        marketplace(instance, "db", "upgrade")
        for slug, name, code, city in (
            ("roma", "Auto Roma", "90402", "Nürnberg"),
            ("privat", "Söhne & Brinkmann", "22926", "Ahrensburg"),
        ):
            marketplace(
                instance, "dealer", "add", slug, "--name", name, "--plan", "premium", "--postal-code", code,
                "--city", city,
            )  # fmt: skip
        marketplace(instance, "places", "load", str(shared("data/geo/zipcodes.de.csv.gz")))
        _import(instance, shared(FEED), "roma")
        with tempfile.TemporaryDirectory() as folder:
            cut = some_ads(shared(ADS), Path(folder) / "ads.csv", ads)
            _import(instance, cut, "privat", "--format", "kleinanzeigen")
        made = config.load(dict(os.environ), marketplace_instance=instance)
        runtime.start(made, bell=False, pooled=False)
        try:
            yield _read(made)
        finally:
            db.unbind()


def _import(instance: Path, file: Path, dealer: str, *more: str) -> None:
    marketplace(instance, "import", str(file), "--dealer", dealer, "--photos", "skip", *more)


def _read(made: config.Settings) -> tuple[dict[str, bytes], list[Document]]:
    with everywhere():
        tenant = accounts.tenants()[0].id
    with acting(tenant), db.snapshot():
        store = next(store for store in store_queries.everyone() if store.is_marketplace)
        day = clock.now().date()
        view = open_site(store, as_of=day, settings=made)
        files = {page.ref.path: page.content for page in drawn(view, list(divided.files(view)))}
        cars = [replace(car, quality=car.quality_on(day)) for car in documents_of([row.id for row in shown_cars(view)])]
    return files, cars
