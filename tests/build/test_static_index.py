"""The static index of a site: written with the release, a car in one shard, nothing the site itself does not show."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from builder.site_pages import SitePages
from builder.web_rules import rules_for
from search import static_index
from seo.headers import file_headers
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from storefront.domain.stores.models import Store
from storefront.pages import divided
from storefront.pages.refs import PageRef
from storefront.pages.rendering import Rendered, drawn
from storefront.pages.sites import open_site
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tests.factories import make_listing

LATER = NOW + timedelta(hours=1)


def index_of(built: Installation, host: str) -> dict[str, Any]:
    """Read the files of a host's index: name without ending → content."""
    folder = built.served(host) / "s"
    return {file.stem: orjson.loads(file.read_bytes()) for file in sorted(folder.glob("*.json"))}


def ids_in(index: dict[str, Any], kind: str = "cars") -> set[str]:
    """Give the ids of all cars in the shards of an index, or of all cards."""
    if kind == "cards":
        return {key for name, shard in index.items() if name.startswith("cards-") for key in shard["cards"]}
    written = "".join(shard["ids"] for name, shard in index.items() if name.startswith("cars-"))
    return {written[start : start + 32] for start in range(0, len(written), 32)}


def cheaper(world: SimpleNamespace) -> None:
    listings.change_price(world.golf, 19_990_00, reason=PriceReason.PROMOTION, now=LATER, actor="test")


def on_offer(*dealers: Dealer) -> set[str]:
    """Give the ids of the cars these dealers offer."""
    rows = db.session.query(Listing).filter(Listing.dealer_id.in_([dealer.id for dealer in dealers]))
    return {row.id.hex for row in rows if row.status is ListingStatus.ACTIVE}


def drawn_by(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Note which addresses are drawn from now on, by host."""
    drawn: dict[str, list[str]] = {}
    draw = SitePages.draw

    def drawing(self: SitePages, refs: Sequence[PageRef]) -> Iterator[Rendered]:
        for page in draw(self, refs):
            drawn.setdefault(self.view.store.public_host, []).append(page.ref.path)
            yield page

    monkeypatch.setattr(SitePages, "draw", drawing)
    return drawn


def test_a_dealer_s_host_has_its_own_cars_and_the_marketplace_all_of_premium_dealers(built: Installation) -> None:
    north, south = built.world.north, built.world.south
    perform(dealers.set_plan, south, Plan.INDIVIDUAL, now=LATER, today=TODAY, actor="test", reason="test").unwrap()
    built.build()
    wanted = {
        "localhost": on_offer(north),
        "north-cars.localhost": on_offer(north),
        "south-motors.localhost": on_offer(south),
    }
    for host, cars in wanted.items():
        index = index_of(built, host)
        assert ids_in(index) == ids_in(index, "cards") == cars
    files = b"".join(file.read_bytes() for file in built.served("north-cars.localhost").glob("s/*.json"))
    assert south.name.encode() not in files
    assert south.id.hex.encode() not in files


def test_a_price_draws_one_shard_of_cars_and_one_of_cards_on_each_host(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = drawn_by(monkeypatch)
    perform(cheaper, built.world).unwrap()
    built.build()
    for host in ("localhost", "north-cars.localhost"):
        assert sorted(path for path in drawn[host] if path.startswith("/s/")) == [
            "/s/cards-0-0.json",
            "/s/cars-0-0.json",
        ]
        card = index_of(built, host)["cards-0-0"]["cards"][built.world.golf.id.hex]
        assert (card["price_cents"], card["said"]["de"]["price"]) == (19_990_00, "19.990\xa0€")
    assert "south-motors.localhost" not in drawn


def sold(world: SimpleNamespace) -> None:
    listings.mark_sold(world.golf, now=LATER, actor="test")


def withdrawn(world: SimpleNamespace) -> None:
    listings.withdraw(world.golf, now=LATER, actor="test")


@pytest.mark.parametrize("edit", [sold, withdrawn], ids=lambda edit: edit.__name__)
def test_a_car_leaves_the_index_with_the_publish(built: Installation, edit: Callable[[SimpleNamespace], None]) -> None:
    golf = built.world.golf
    perform(edit, built.world).unwrap()
    built.build()
    for host in ("localhost", "north-cars.localhost"):
        files = b"".join(file.read_bytes() for file in built.served(host).glob("s/*.json"))
        assert golf.id.hex.encode() not in files
        assert golf.public_id.encode() not in files


def test_a_car_that_is_not_published_yet_leaves_no_trace(built: Installation) -> None:
    def pending() -> None:
        car = make_listing(
            built.world.north, now=LATER, make="Dacia", model="Spring", offer={"description": "Vorserie"}
        )
        car.status = ListingStatus.PENDING

    perform(pending).unwrap()
    built.build()
    files = b"".join(file.read_bytes() for file in built.served("localhost").glob("s/*.json"))
    assert b"vorserie" not in files
    assert b"Dacia" not in files


def test_cars_are_divided_anew_when_they_become_too_many_and_too_few(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_index, "ROOMY", 18)
    monkeypatch.setattr(static_index, "CARD_ROOM", 9)
    installation.build()
    cars: list[Listing] = []
    north = installation.world.north_store

    def three() -> None:
        cars.extend(make_listing(installation.world.north, now=LATER, mileage_km=number) for number in range(3))

    for _ in range(5):
        perform(three).unwrap()
        installation.build()
        assert installation.pages("north-cars.localhost") == installation.drawn_afresh(north)
        assert installation.pages("localhost") == installation.drawn_afresh(installation.world.market_store)
    many = index_of(installation, "localhost")
    assert (many["index"]["bits"], many["index"]["card_bits"]) == (1, 2)
    assert len(many) == 1 + 2 + 4
    assert ids_in(many) == ids_in(many, "cards") == on_offer(installation.world.north, installation.world.south)
    for car in cars:
        perform(listings.withdraw, car, now=LATER, actor="test").unwrap()
    installation.build()
    assert set(index_of(installation, "localhost")) == {"index", "cars-0-0", "cards-1-0", "cards-1-1"}
    assert installation.pages("localhost") == installation.drawn_afresh(installation.world.market_store)


def test_a_host_with_too_many_cars_says_so_and_has_no_shards(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_index, "MOST_CARS", 17)
    perform(make_listing, installation.world.north, now=LATER).unwrap()
    installation.build()
    index = index_of(installation, "localhost")
    assert set(index) == {"index"}
    assert (index["index"]["bits"], index["index"]["most"]) == (None, 17)
    assert index["index"]["languages"]["en"]["lists"] == "/en/vehicles/"
    assert set(index_of(installation, "north-cars.localhost")) == {"index", "cars-0-0", "cards-0-0"}


def test_a_car_stands_in_the_shard_its_card_names(built: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_index, "CARD_ROOM", 2)
    with acting(built.world.tenant.id), db.snapshot():
        store = db.session.get_one(Store, built.world.market_store.id)
        view = open_site(store, as_of=TODAY, settings=built.settings)
        files = {page.ref.path: orjson.loads(page.content) for page in drawn(view, list(divided.files(view)))}
    bits = files["/s/index.json"]["card_bits"]
    shard = files["/s/cars-0-0.json"]
    keys = [shard["ids"][start : start + 32] for start in range(0, len(shard["ids"]), 32)]
    stamps = [shard["stamps"][start : start + 4] for start in range(0, len(shard["stamps"]), 4)]
    assert bits > 2
    for key, stamp, part in zip(keys, stamps, shard["part"], strict=True):
        assert files[f"/s/cards-{bits}-{part:x}.json"]["cards"][key]["stamp"] == stamp


def test_the_index_is_answered_as_json_that_caches_ask_about(built: Installation) -> None:
    headers = dict(file_headers("s/index.json"))
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["X-Robots-Tag"] == "noindex"
    written = rules_for(built.settings, "localhost")["_headers"].decode()
    assert "/s/*\n  Cache-Control: public, no-cache\n  X-Robots-Tag: noindex\n" in written
