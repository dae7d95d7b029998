"""Search as visitors and scripts meet it, kept true by events (SPEC 3, 48-50, 56-58, SECURITY A3, E6)."""

import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import event, select

from search import jobs
from search.documents import all_documents
from search.index import index_name, open_index
from search.query import Query
from storefront.core import runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.money import Money
from storefront.core.places import load_places
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.actions import set_plan, update_dealer
from storefront.domain.dealers.models import Dealer, DealerStatus, Plan
from storefront.domain.listings.actions import change_price, mark_sold, relist, withdraw
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from storefront.domain.stores.actions import set_theme
from storefront.domain.stores.models import Store
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_tenant, make_valuation
from tests.integration.live import JSON, MARKET, NORTH, SOUTH, Visitor, drain, live_app

Drain = Callable[[], None]


@pytest.fixture
def follow(redis_url: str) -> Drain:
    """Give a function that does what follows from the acts so far."""
    return lambda: drain(redis_url)


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str) -> Flask:
    """Give the live layer on the named world, with its index."""
    made = live_app(database, redis_url)
    jobs.rebuild(world.tenant.id)
    return made


def found(app: Flask, query: str, host: str = NORTH) -> dict[str, Any]:
    """Search as a script does."""
    answer = Visitor(app, host).get(f"/-/search?{query}", **JSON)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json
    return body


def ids(app: Flask, query: str, host: str = NORTH) -> list[str]:
    """Give the public ids found."""
    return [item["id"] for item in found(app, query, host)["items"]]


def golf(world: SimpleNamespace) -> Listing:
    """Give the Golf in the open session."""
    return db.session.get_one(Listing, world.golf.id)


def test_a_typing_error_finds_the_golf(world: SimpleNamespace, app: Flask) -> None:
    for query in ("q=golf", "q=volkswagen+glof", "q=vlokswagen+gol"):
        assert world.golf.public_id in ids(app, query)
    assert ids(app, "q=xylophone") == []


def test_a_hit_says_what_a_card_says(world: SimpleNamespace, app: Flask) -> None:
    (item,) = [hit for hit in found(app, "q=golf")["items"] if hit["id"] == world.golf.public_id]
    assert item["url"] == f"http://{NORTH}:8000/vehicles/{world.golf.slug}-{world.golf.public_id}/"
    assert (item["title"], item["price_cents"], item["mileage_km"], item["year"]) == (
        "Volkswagen Golf", 22_990_00, 41_250, 2022,
    )  # fmt: skip


def test_filters_bound_price_year_and_mileage(world: SimpleNamespace, app: Flask) -> None:
    everything = found(app, "size=100")["items"]
    for query, holds in (
        ("price_max=22990", lambda hit: hit["price_cents"] <= 22_990_00),
        ("price_min=22990", lambda hit: hit["price_cents"] >= 22_990_00),
        ("year_min=2022&year_max=2022", lambda hit: hit["year"] == 2022),
        ("mileage_max=41250", lambda hit: hit["mileage_km"] <= 41_250),
    ):
        wanted = {hit["id"] for hit in everything if holds(hit)}
        assert world.golf.public_id in wanted
        assert set(ids(app, f"{query}&size=100")) == wanted


def test_a_sold_car_is_never_found(world: SimpleNamespace, app: Flask) -> None:
    assert world.polo.public_id not in ids(app, "q=polo&size=100")


def test_a_dealer_finds_its_own_cars_and_the_marketplace_those_of_premium_dealers(
    world: SimpleNamespace, app: Flask
) -> None:
    own = {dealer.id: set(ids(app, "size=100", host)) for dealer, host in ((world.north, NORTH), (world.south, SOUTH))}
    premium = {dealer.id for dealer in (world.north, world.south) if dealer.plan is Plan.PREMIUM}
    assert all(own.values())
    assert set(ids(app, "size=100", MARKET)) == {car for dealer_id in premium for car in own[dealer_id]}


def test_the_page_without_script_has_the_form_the_cars_and_what_is_filtered(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).get("/-/search?make=volkswagen&price_max=40000&lang=de")
    page = html.fromstring(answer.text)
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    links = page.xpath("//main//a/@href")
    assert f"/vehicles/{world.golf.slug}-{world.golf.public_id}/" in links
    assert "/-/search?lang=de&price_max=40000" in links
    assert "/-/search?lang=de&make=volkswagen" in links
    assert page.xpath("//form//input[@name='make'][@checked]/@value") == ["volkswagen"]
    assert page.xpath("//select[@name='price_max']/option[@selected]/@value") == ["40000"]


def test_the_language_is_that_of_the_page_the_visitor_came_from(app: Flask) -> None:
    answer = Visitor(app).get("/-/search?q=golf", Referer=f"http://{NORTH}:8000/en/search/")
    assert html.fromstring(answer.text).get("lang") == "en"
    assert html.fromstring(Visitor(app).get("/-/search?q=golf").text).get("lang") == "de"


def test_long_results_are_paged_by_links_and_no_car_is_lost(world: SimpleNamespace, app: Flask) -> None:
    total = found(app, "sort=price")["total"]
    visitor, cars, href = Visitor(app), [], "/-/search?sort=price&size=2"
    for number in range(1, -(-total // 2) + 1):
        cars += ids(app, f"sort=price&size=2&page={number}")
    assert len(cars) == len(set(cars)) == total
    first = html.fromstring(visitor.get(href).text)
    assert "/-/search?lang=de&sort=price&page=2" in first.xpath("//nav//a/@href")


def test_no_hits_say_which_filter_to_drop(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).get("/-/search?make=volkswagen&price_max=1&lang=de")
    assert answer.status_code == 200
    assert "Kein Fahrzeug passt auf alle Filter. Ohne „bis 1" in answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [("price_max=cheap", "price_max"), ("page=0", "page"), ("sort=luck", "sort"), ("size=1e9", "size")],
)
def test_a_value_that_cannot_be_meant_is_named(app: Flask, query: str, field: str) -> None:
    answer = Visitor(app).get(f"/-/search?{query}", **JSON)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    page = Visitor(app).get(f"/-/search?{query}&q=golf&lang=de")
    assert page.status_code == 422
    assert html.fromstring(page.text).xpath("//form[@id='filter']//input[@name='q']/@value") == ["golf"]


def test_strange_input_is_never_a_failure_of_ours(app: Flask) -> None:
    for query in (
        "q=%00",
        "q=%FF%FE",
        "q=" + "a" * 199,
        "q=%22%29+OR+1%3D1",
        "make=%27",
        "price_max=%D9%A3",
        "lang=xx",
    ):
        assert Visitor(app).get(f"/-/search?{query}", **JSON).status_code in (200, 422)


@pytest.mark.parametrize("host", [NORTH, MARKET])
def test_without_an_index_the_outage_is_said_and_the_makes_are_offered(
    world: SimpleNamespace, app: Flask, database: Settings, host: str
) -> None:
    shutil.rmtree(database.instance / "search")
    said = Visitor(app, host).get("/-/search?q=golf", **JSON)
    assert (said.status_code, said.json) == (503, {"ok": False, "error": "Search service unavailable"})
    page = Visitor(app, host).get("/-/search?q=golf&lang=de")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "Die Suche antwortet gerade nicht" in page.text


def test_a_car_sold_since_is_dropped_from_the_hits(world: SimpleNamespace, app: Flask) -> None:
    perform(mark_sold, golf(world), now=NOW, actor="test").unwrap()
    assert open_index(world.tenant.id, runtime.settings()).search(Query(text="golf", dealer_id=world.north.id)).total
    assert world.golf.public_id not in ids(app, "q=golf")


# -- events keep the index true ----------------------------------------------------------------------------------------


def test_sold_withdrawn_and_offered_again_is_followed(world: SimpleNamespace, app: Flask, follow: Drain) -> None:
    follow()
    perform(withdraw, golf(world), now=NOW, actor="test").unwrap()
    follow()
    assert index_ids(world) == truth(world)
    assert world.golf.id not in index_ids(world)
    perform(relist, golf(world), db.session.get_one(Dealer, world.north.id), now=NOW, actor="test").unwrap()
    follow()
    assert world.golf.id in index_ids(world)
    perform(mark_sold, golf(world), now=NOW, actor="test").unwrap()
    follow()
    assert index_ids(world) == truth(world)


def test_a_new_price_is_found_at_once(world: SimpleNamespace, app: Flask, follow: Drain) -> None:
    reason = PriceReason.PROMOTION
    perform(change_price, golf(world), 9_990_00, reason=reason, now=NOW, actor="test").unwrap()
    follow()
    assert world.golf.public_id in ids(app, "q=golf&price_max=9990")


def test_a_dealers_plan_decides_who_finds_its_cars(world: SimpleNamespace, app: Flask, follow: Drain) -> None:
    north = db.session.get_one(Dealer, world.north.id)
    perform(set_plan, north, Plan.INDIVIDUAL, now=NOW, today=TODAY, actor="test", reason="cheaper").unwrap()
    follow()
    assert world.golf.public_id not in ids(app, "size=100", MARKET)
    assert world.golf.public_id in ids(app, "size=100", NORTH)
    perform(set_plan, north, Plan.PREMIUM, now=NOW, today=TODAY, actor="test", reason="better").unwrap()
    follow()
    assert world.golf.public_id in ids(app, "size=100", MARKET)


def test_a_dealers_new_name_finds_its_cars(world: SimpleNamespace, app: Flask, follow: Drain) -> None:
    north = db.session.get_one(Dealer, world.north.id)
    perform(update_dealer, north, {"name": "Zwiebelturm Automobile"}, now=NOW, actor="test").unwrap()
    follow()
    assert world.golf.public_id in ids(app, "q=zwiebelturm&size=100")


def test_the_same_job_again_changes_nothing(world: SimpleNamespace, app: Flask) -> None:
    before = index_ids(world)
    for _ in range(2):
        jobs.follow()
    assert index_ids(world) == before == truth(world)


def test_an_index_that_is_lost_is_made_anew_by_the_next_change(
    world: SimpleNamespace, app: Flask, database: Settings
) -> None:
    shutil.rmtree(database.instance / "search")
    jobs.follow()
    assert index_ids(world) == truth(world)


def test_two_tenants_have_an_index_each(world: SimpleNamespace, app: Flask, database: Settings) -> None:
    with everywhere():
        other = perform(make_tenant).unwrap()
    with acting(other.id):
        theirs = perform(make_dealer, "foreign").unwrap()
        perform(make_listing, theirs, price=Money(1_000_00), model="Trabant").unwrap()
    assert jobs.rebuild(other.id) == 1
    assert ids(app, "q=trabant", MARKET) == []
    folders = {path.name for path in (database.instance / "search").iterdir()}
    assert folders == {index_name(world.tenant.id), index_name(other.id)}
    assert index_name(other.id) == f"vehicles-{str(other.id)[:8]}"


def index_ids(world: SimpleNamespace) -> set[Any]:
    """Give every listing the index knows, found as each dealer."""
    index = open_index(world.tenant.id, runtime.settings())
    pages = [index.search(Query(dealer_id=dealer.id, size=100)) for dealer in (world.north, world.south)]
    return {hit for page in pages for hit in page.ids}


def truth(world: SimpleNamespace) -> set[Any]:
    """Give every listing that may be found, read plainly from the rows."""
    with acting(world.tenant.id):
        active = db.session.query(Listing).filter(Listing.status == ListingStatus.ACTIVE).all()
        dealers = {dealer.id for dealer in db.session.query(Dealer).filter(Dealer.status == DealerStatus.ACTIVE)}
        assert {document.id for document in all_documents()} == {row.id for row in active if row.dealer_id in dealers}
        return {row.id for row in active if row.dealer_id in dealers}


# -- what people choose by ---------------------------------------------------------------------------------------------


@pytest.fixture
def located(app: Flask, world: SimpleNamespace, tmp_path: Any) -> Flask:
    """Give the live layer with some postal codes to search round."""
    codes = tmp_path / "codes.csv"
    codes.write_text(
        "country_code,zipcode,place,latitude,longitude\n"
        "DE,22111,Hamburg,53.55,10.06\nDE,20095,Hamburg,53.55,10.0\nDE,23552,Lübeck,53.87,10.69\n"
        "DE,60311,Frankfurt am Main,50.11,8.68\nDE,60312,Frankfurt am Main,50.1,8.7\n"
        "DE,15230,Frankfurt (Oder),52.34,14.55\nDE,80331,München,48.13,11.57\n",
        encoding="utf-8",
    )
    with everywhere():
        perform(load_places, codes).unwrap()
    return app


def boxes(page: Any, name: str) -> dict[str, str]:
    """Give the ticks of a facet with their counts."""
    return {
        box.get("value"): box.getparent().xpath("normalize-space(span[@class='n'])")
        for box in page.xpath(f"//form[@id='filter']//input[@type='checkbox'][@name='{name}']")
    }


def page_of(app: Flask, query: str, host: str = NORTH) -> Any:
    """Open the search page as a browser without scripts does."""
    answer = Visitor(app, host).get(f"/-/search?{query}")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def test_json_says_what_there_is_to_choose_how_much_of_it_and_in_which_bounds(
    world: SimpleNamespace, app: Flask
) -> None:
    body = found(app, "make=volkswagen&size=100")
    every = {one["value"]: one for one in body["facets"]["make"]}
    assert every["volkswagen"] == {"value": "volkswagen", "name": "Volkswagen", "count": body["total"], "chosen": True}
    assert len(every) > 1, "a make that is chosen hides no other one"
    assert all(model["value"].startswith("volkswagen/") for model in body["facets"]["model"])
    prices = [item["price_cents"] for item in body["items"]]
    low, high = body["bounds"]["price"]
    assert (low * 100 <= min(prices), high * 100 >= max(prices)) == (True, True)
    assert body["source"] == "engine"
    assert all(link["count"] < found(app, "size=1")["total"] for link in found(app, "size=1")["suggested"])


def test_the_counts_beside_the_choices_are_what_each_choice_finds(world: SimpleNamespace, app: Flask) -> None:
    page = page_of(app, "lang=de")
    for name in ("make", "fuel", "transmission"):
        counts = boxes(page, name)
        assert counts
        for value, count in list(counts.items())[:3]:
            assert found(app, f"{name}={value}")["total"] == int(count)


def test_a_model_has_its_name_everywhere_whichever_site_is_asked_first(
    world: SimpleNamespace, database: Settings, redis_url: str
) -> None:
    for seller, model in ((world.south, "Golf"), (world.north, "ID.3 GTX")):
        make_listing(db.session.get_one(Dealer, seller.id), model=model)
    db.session.commit()
    app = live_app(database, redis_url)
    jobs.rebuild(world.tenant.id)
    assert models(app, SOUTH)["volkswagen/golf"] == "Golf"
    assert models(app, NORTH)["volkswagen/id-3-gtx"] == "ID.3 GTX"
    assert models(app, MARKET)["volkswagen/id-3-gtx"] == "ID.3 GTX"


def models(app: Flask, host: str) -> dict[str, str]:
    """Give the models of Volkswagen a site offers to choose from, by their values."""
    return {model["value"]: model["name"] for model in found(app, "make=volkswagen", host)["facets"]["model"]}


def test_several_values_of_a_facet_are_any_of_them_and_each_has_a_chip_of_its_own(
    world: SimpleNamespace, app: Flask
) -> None:
    one, other = list(boxes(page_of(app, "lang=de"), "make"))[:2]
    page = page_of(app, f"lang=de&make={one}&make={other}")
    chips = page.xpath("//ul[contains(@class, 'chips-on')]//a/@href")
    assert f"/-/search?lang=de&make={other}" in chips
    assert f"/-/search?lang=de&make={one}" in chips
    total = found(app, f"make={one}&make={other}")["total"]
    assert total == found(app, f"make={one}")["total"] + found(app, f"make={other}")["total"]


def test_equipment_is_all_of_what_is_chosen(world: SimpleNamespace, app: Flask) -> None:
    features = list(boxes(page_of(app, "lang=de"), "feature"))
    one, other = features[0], features[-1]
    both = set(ids(app, f"feature={one}&feature={other}&size=100"))
    assert both == set(ids(app, f"feature={one}&size=100")) & set(ids(app, f"feature={other}&size=100"))


def test_cars_are_found_round_a_postal_code_or_a_city_and_say_how_far_away_they_are(
    world: SimpleNamespace, located: Flask
) -> None:
    for place in ("22111", "hamburg", "22111+Hamburg", "L%C3%BCbeck"):
        body = found(located, f"place={place}&radius=100&size=100", MARKET)
        assert {item["dealer"] for item in body["items"]} == {"North Cars, Hamburg"}
        assert all(0 <= item["km"] <= 100 for item in body["items"])
    page = page_of(located, "lang=de&place=22111&radius=100&sort=distance", MARKET)
    assert "im Umkreis von 100\u00a0km" in page.xpath("string(//h1)")
    assert page.xpath("//article//span[contains(@class, 'km')]")
    assert page.xpath("//select[@id='sort']/option[@selected]/@value") == ["distance"]


def test_of_two_cities_of_a_name_the_larger_one_is_meant(located: Flask) -> None:
    frankfurt, main = (found(located, f"place={place}&radius=1000", MARKET) for place in ("Frankfurt", "60311"))
    assert [item["id"] for item in frankfurt["items"]] == [item["id"] for item in main["items"]]
    assert frankfurt["items"][0]["km"] == pytest.approx(main["items"][0]["km"], abs=5)


ABROAD = (
    "country_code,zipcode,place,latitude,longitude\n"
    "AT,1010,Wien,48.21,16.37\nAT,6020,Innsbruck,47.27,11.39\n"
    "CH,1010,Lausanne,46.53,6.66\nCH,3000,Bern,46.95,7.45\nCH,8000,Hamburg,47.37,8.54\n"
)
"""Places of two other countries; one is called as a German one is, one code stands for two places."""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("22111", "22111 Hamburg"),
        ("Hamburg", "Hamburg (Deutschland)"),
        ("Hamburg, CH", "Hamburg (Schweiz)"),
        ("Hamburg (Schweiz)", "Hamburg (Schweiz)"),
        ("Wien", "Wien (Österreich)"),
        ("1010", "1010 Wien (Österreich)"),
        ("CH-1010", "1010 Lausanne (Schweiz)"),
        ("1010 Lausanne, Schweiz", "1010 Lausanne (Schweiz)"),
        ("Frankfurt (Oder)", "Frankfurt (Oder)"),
    ],
)
def test_a_place_is_looked_for_at_home_first_then_abroad_and_its_country_is_said_where_it_matters(
    located: Flask, tmp_path: Any, asked: str, said: str
) -> None:
    codes = tmp_path / "abroad.csv"
    codes.write_text(ABROAD, encoding="utf-8")
    with everywhere():
        perform(load_places, codes).unwrap()
    page = page_of(located, f"lang=de&radius=500&place={quote(asked)}", MARKET)
    assert page.xpath("string(//*[@data-part='title']/p/text())").removesuffix(" · ") == said


def test_on_the_site_of_a_dealer_abroad_its_own_country_is_meant(
    world: SimpleNamespace, located: Flask, tmp_path: Any
) -> None:
    codes = tmp_path / "abroad.csv"
    codes.write_text(ABROAD, encoding="utf-8")
    with everywhere():
        perform(load_places, codes).unwrap()
        db.session.get_one(Dealer, world.north.id).country = "CH"
        db.session.commit()
    located.extensions["marketplace.hosts"].forget()
    page = page_of(located, "lang=de&radius=500&place=1010", NORTH)
    assert page.xpath("string(//*[@data-part='title']/p/text())").strip() == "1010 Lausanne (Schweiz)"


def test_a_dealer_who_says_nothing_of_how_prices_compare_offers_no_filter_by_it(
    world: SimpleNamespace, app: Flask
) -> None:
    with acting(world.tenant.id):
        perform(make_valuation, golf(world), 24_000_00).unwrap()
    jobs.rebuild(world.tenant.id)
    with_labels = found(app, "size=1")
    with acting(world.tenant.id):
        store = db.session.scalars(select(Store).where(Store.host == NORTH)).one()
        perform(set_theme, store, "classic", {"price_labels": False}, now=NOW, actor="test").unwrap()
    app.extensions["marketplace.sites"].forget()
    without = found(app, "size=1&label=good")
    assert [one["name"] for one in with_labels["facets"]["label"]] == ["Guter Preis"]
    assert "label" not in without["facets"]
    assert without["total"] == with_labels["total"] > 1, "nor is anybody found out by it"


def test_without_postal_codes_a_dealers_own_place_is_known(world: SimpleNamespace, app: Flask) -> None:
    everywhere_found = found(app, "size=100", MARKET)["total"]
    for place in (world.north.city, world.north.postal_code):
        near = found(app, f"place={quote(place)}&radius=5&size=100", MARKET)
        assert 0 < near["total"] < everywhere_found


def test_a_place_nobody_knows_is_said_and_the_rest_of_the_form_stays(located: Flask) -> None:
    answer = Visitor(located, MARKET).get("/-/search?place=Atlantis&q=golf&lang=de")
    assert answer.status_code == 422
    assert "Diesen Ort kennen wir nicht" in answer.text
    assert html.fromstring(answer.text).xpath("//form[@id='filter']//input[@name='q']/@value") == ["golf"]


def test_where_nothing_is_near_it_is_said_how_far_to_look(world: SimpleNamespace, located: Flask) -> None:
    page = page_of(located, "lang=de&place=60311&radius=10", MARKET)
    ways = {link.get("href"): link.text_content() for link in page.xpath("//section[@class='ways']//a")}
    wider = next(href for href in ways if "radius=" in href)
    number = int("".join(filter(str.isdigit, ways[wider].rpartition(":")[2])))
    assert found(located, wider.partition("?")[2], MARKET)["total"] == number > 0
    assert "Im Umkreis von" in page.xpath("string(//*[@class='empty'])")


def test_a_typing_error_is_said_with_the_word_that_was_meant(world: SimpleNamespace, app: Flask) -> None:
    page = page_of(app, "lang=de&q=glof")
    meant = page.xpath("//p[@class='meant']/a")
    assert [link.text_content() for link in meant] == ["golf"]
    assert "q=golf" in meant[0].get("href")
    assert page.xpath("//article[@data-car]//h3//mark/text()")


def test_what_matched_is_marked_and_nothing_a_dealer_wrote_becomes_markup(world: SimpleNamespace, app: Flask) -> None:
    listing = golf(world)
    listing.description = "Ein <b>Panoramadach</b> & <script>alert(1)</script> zum Öffnen"
    db.session.commit()
    jobs.follow()
    (item,) = found(app, "q=panoramadach+golf&size=1")["items"]
    assert ["Panoramadach", True] in item["highlights"]["description"]
    text = Visitor(app).get("/-/search?q=panoramadach+golf&lang=de").text
    assert "<mark>Panoramadach</mark>" in text
    assert "<script>alert" not in text


def test_the_form_without_an_answer_still_offers_the_makes(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app, MARKET).get("/-/search?price_max=cheap&make=volkswagen&lang=de")
    page = html.fromstring(answer.text)
    assert page.xpath("//input[@name='make'][@checked]/@value") == ["volkswagen"]


def test_a_page_of_hits_costs_the_same_few_queries_however_many_dealers_there_are(
    world: SimpleNamespace, app: Flask
) -> None:
    Visitor(app, MARKET).get("/-/search?lang=de", **JSON)
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    Visitor(app, MARKET).get("/-/search?lang=de&price_max=900000", **JSON)
    event.remove(db.engine, "before_cursor_execute", note)
    asked = [statement for statement in said if statement.startswith(("SELECT", "WITH"))]
    assert len(asked) == 1, asked
