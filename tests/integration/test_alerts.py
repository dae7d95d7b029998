"""Saved searches and watched prices, from the form to the letter: confirmed first, each car told once, ended by a click
(SPEC 66, 107, 108, 134; RFC 8058; SECURITY B5, C8, C11, D11)."""

import email
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from lxml import html
from sqlalchemy import func, select

from search import alerts as met
from search.documents import documents_of
from storefront.core import clock, outbox, tasks
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.money import Money
from storefront.core.outbox import OutboxEvent
from storefront.core.tasks import Task
from storefront.core.tenancy import acting, everywhere
from storefront.domain.buyers import wishes
from storefront.domain.buyers.models import Alert, PriceWatch, Reason, SavedSearch, SearchKey, Wish, WishToken
from storefront.domain.listings.actions import change_price, mark_sold, relist, withdraw
from storefront.domain.listings.models import Listing, PriceReason
from storefront.domain.stores.models import Store
from storefront.live import telling
from storefront.notices import alerts
from storefront.notices.models import Letter
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_store, make_tenant
from tests.integration.live import JSON, MARKET, NORTH, SOUTH, Visitor, form, live_app

READER = "erika@example.com"
Drain = Callable[[], None]


@pytest.fixture
def noon() -> Iterator[Any]:
    """Hold the clock a minute after the world was made; tests move it."""
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str, noon: Any) -> Flask:
    """Give the live layer on the named world."""
    return live_app(database, redis_url)


@pytest.fixture
def follow() -> Drain:
    """Give a function that does what follows from the acts so far, but for the index: matches and letters."""
    import_module("search.listeners")
    import_module("storefront.notices.listeners")
    return relayed


def relayed() -> None:
    """Hand events on and do their tasks, until there are none."""
    now = clock.now()
    while outbox.relay(now):
        with everywhere():
            waiting = db.session.execute(select(Task.id, Task.job).where(Task.done_at.is_(None))).all()
        for number, job in waiting:
            if job.startswith(("search.jobs:note_alerts", "storefront.notices.jobs:")):
                assert tasks.run_task(number, now)


def everything(_host: str, _address: str) -> bool:
    """Serve every page."""
    return True


def asked(site: str = NORTH, **values: str) -> dict[str, str]:
    """Give a filled form, as the search page sends it without script."""
    plain = {"site": site, "lang": "de", "email": READER, "website": "", "started": "", "make": "volkswagen"}
    return {name: value for name, value in (plain | values).items() if value is not None}


def letters(settings: Settings) -> list[EmailMessage]:
    """Give the letters in the outbox folder to the reader, in the order they were written."""
    found = []
    for path in sorted((settings.instance / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        if str(message["To"]) == READER:
            found.append(message)
    return found


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Give a form of a letter."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_in(message: EmailMessage, act: str) -> str:
    """Give the path of a link of a letter."""
    lines = [line for line in text_of(message).split() if f"/-/alerts/{act}/" in line]
    return "/-/" + lines[0].partition("/-/")[2]


def tell(settings: Settings, now: Any = None, served: Callable[[str, str], bool] = everything) -> int:
    """Write the letters that are due, as the scheduler does."""
    moment = now or NOW + timedelta(minutes=2)
    return len(perform(alerts.tell, served, settings=settings, now=moment).unwrap())


def confirmed(app: Flask, settings: Settings, follow: Drain, host: str = NORTH, **values: str) -> Wish:
    """Save a search (or watch a price) and confirm it by the letter's link."""
    path = "/-/alerts/price" if "listing" in values else "/-/alerts"
    before = set(db.session.scalars(select(Wish.id)))
    assert Visitor(app, host).post(path, asked(host, **values)).status_code == 200
    follow()
    link = link_in(letters(settings)[-1], "confirm")
    assert Visitor(app, host).post(link, {}).status_code == 200
    wish = db.session.scalars(select(Wish).where(Wish.id.not_in(before))).one()
    db.session.refresh(wish)
    assert wish.is_active
    return wish


def clear_outbox(settings: Settings) -> None:
    """Take the letters out of the outbox."""
    for path in (settings.instance / "outbox").glob("*.eml"):
        path.unlink()


def count(model: Any) -> int:
    """Count rows."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def priced(car: Listing, cents: int, at: datetime) -> None:
    """Change a car's price."""
    perform(change_price, car, cents, reason=PriceReason.PROMOTION, now=at, actor="test").unwrap()


def listed(dealer: Any, *, hours: float = 1, **values: Any) -> Listing:
    """Offer a car some time after the search was saved."""
    return perform(make_listing, dealer, now=NOW + timedelta(hours=hours), **values).unwrap()


# -- the form -------------------------------------------------------------------------------------------------------


def test_a_search_is_saved_unconfirmed_and_its_reader_is_asked_by_letter(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    answer = Visitor(app).post("/-/alerts", asked(price_max="25000"), Origin=f"http://{NORTH}:8000")
    (search,) = db.session.scalars(select(SavedSearch))
    assert answer.status_code == 200
    assert READER in answer.text
    assert (search.confirmed_at, search.dealer_id, search.store_id) == (None, world.north.id, world.north_store.id)
    assert search.criteria == {"chosen": {"make": ["volkswagen"]}, "ranges": {"price": [None, 2_500_000]}}
    assert search.name == "Volkswagen · bis 25.000\N{NO-BREAK SPACE}€"
    assert search.address == "make=volkswagen&price_max=25000"
    assert count(SearchKey) == 0
    follow()
    (letter,) = letters(database)
    assert letter["Subject"] == "Bitte bestätigen: Volkswagen · bis 25.000 €"
    assert f"http://{NORTH}:8000/-/alerts/confirm/" in text_of(letter)
    assert f"http://{NORTH}:8000/-/alerts/confirm/" in text_of(letter, "html")


def test_nothing_is_sent_about_cars_before_the_address_is_confirmed(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    Visitor(app).post("/-/alerts", asked())
    listed(world.north)
    follow()
    assert count(Alert) == 0
    assert tell(database) == 0


def test_opening_a_link_changes_nothing_and_the_button_does(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    Visitor(app).post("/-/alerts", asked())
    follow()
    link = link_in(letters(database)[0], "confirm")
    for _ in range(2):
        page = Visitor(app).get(link)
        assert page.status_code == 200
    assert db.session.scalars(select(SavedSearch)).one().confirmed_at is None
    (button,) = html.fromstring(page.text).xpath("//main//form[@method='post']")
    assert button.get("action") == link
    assert Visitor(app).post(link, {}, Origin=f"http://{NORTH}:8000").status_code == 200
    search = db.session.scalars(select(SavedSearch).execution_options(populate_existing=True)).one()
    assert search.confirmed_at == NOW + timedelta(minutes=1)
    assert count(SearchKey) == 1
    names = set(db.session.scalars(select(OutboxEvent.name)))
    assert "SearchSaved" in names
    assert Visitor(app).post(link, {}).status_code == 200


def test_the_same_search_twice_is_one_with_two_letters(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    for words in ("Golf  Kombi", "Golf Kombi"):
        Visitor(app).post("/-/alerts", asked(q=words, email="Erika@Example.com"))
    follow()
    follow()
    assert count(SavedSearch) == 1
    assert len(letters(database)) == 2


def test_a_script_gets_the_same_in_json(world: SimpleNamespace, app: Flask) -> None:
    said = Visitor(app).post("/-/alerts", asked(lang="en"), **JSON)
    assert said.json["ok"]
    assert READER in said.json["text"]
    wrong = Visitor(app).post("/-/alerts", asked(lang="en", email="erika@"), **JSON)
    assert wrong.status_code == 422
    assert "after the @" in wrong.json["errors"]["email"]


def test_a_form_with_a_wrong_address_comes_back_with_the_search_in_it(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post("/-/alerts", asked(email='"><script>', q="golf"))
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert page.get_element_by_id("alert-email").value == '"><script>'
    assert page.xpath("//input[@name='q']/@value") == ["golf"]
    assert page.xpath("//input[@name='make']/@value") == ["volkswagen"]
    assert count(Wish) == 0


def test_the_answer_does_not_tell_whether_an_address_is_known(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    first = Visitor(app).post("/-/alerts", asked())
    follow()
    Visitor(app).post(link_in(letters(database)[-1], "confirm"), {})
    again = Visitor(app).post("/-/alerts", asked())
    assert (again.status_code, again.text) == (first.status_code, first.text)


def test_an_address_that_has_enough_keeps_what_it_has_and_nobody_learns_of_it(
    world: SimpleNamespace, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "MOST", 1)
    first = Visitor(app).post("/-/alerts", asked())
    second = Visitor(app).post("/-/alerts", asked(make="bmw"))
    assert second.status_code == first.status_code
    # Each leads back to the search it was asked on; nothing else tells them apart.
    assert re.sub(r'href="[^"]*"', "", second.text) == re.sub(r'href="[^"]*"', "", first.text)
    assert count(Wish) == 1


def test_a_strangers_mailbox_gets_five_letters_a_day_at_most(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    for number in range(8):
        answer = Visitor(app, address=f"203.0.113.{number}").post("/-/alerts", asked(q=f"golf {number}"))
        assert answer.status_code == 200
    follow()
    assert len(letters(database)) == 5


def test_one_network_saves_five_searches_in_ten_minutes(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    codes = [visitor.post("/-/alerts", asked(email=f"a{n}@example.com")).status_code for n in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(world: SimpleNamespace, app: Flask) -> None:
    assert Visitor(app).post("/-/alerts", asked(website="http://spam.example")).status_code == 200
    assert count(Wish) == 0


def test_another_sites_page_cannot_save_anything(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post("/-/alerts", asked(), Origin=f"http://{SOUTH}:8000")
    assert answer.status_code == 403
    assert count(Wish) == 0


def test_a_search_that_cannot_be_meant_is_refused_in_words(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post("/-/alerts", asked(price_min="9000", price_max="100"))
    assert answer.status_code == 422
    assert count(Wish) == 0


def test_no_address_is_logged(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    confirmed(app, database, follow)
    listed(world.north)
    follow()
    tell(database)
    follow()
    assert READER not in caplog.text
    assert "erika" not in repr([record.__dict__ for record in caplog.records if record.name.startswith("storefront")])


# -- a car is told ------------------------------------------------------------------------------------------------


def test_a_new_car_is_told_in_one_letter_with_all_a_buyer_needs(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow, lang="en", price_max="25000")
    car = listed(world.north)
    follow()
    assert tell(database) == 1
    follow()
    letter = letters(database)[-1]
    link = f"http://{NORTH}:8000/en/vehicles/{car.slug}-{car.public_id}/"
    assert letter["Subject"] == "New Volkswagen Golf matches your search!"
    said = text_of(letter)
    for fact in ("1.5 TSI Life", "€21,990", "North Cars, Hamburg", link, "make=volkswagen&price_max=25000"):
        assert fact in said
    assert link in text_of(letter, "html")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip("<>").startswith(f"http://{NORTH}:8000/-/alerts/unsubscribe/")
    assert letter["Auto-Submitted"] == "auto-generated"


def test_the_letter_shows_the_first_three_photos(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow, lang="de")
    with acting(world.tenant.id):
        golf = db.session.get_one(Listing, world.golf.id)
        perform(withdraw, golf, now=NOW + timedelta(hours=1), actor="test").unwrap()
        perform(relist, golf, world.north, now=NOW + timedelta(hours=2), actor="test").unwrap()
    follow()
    assert tell(database, NOW + timedelta(hours=2)) == 1
    follow()
    page = html.fromstring(text_of(letters(database)[-1], "html"))
    sources = page.xpath("//img/@src")
    assert len(sources) == 3
    assert all(source.startswith(f"http://{NORTH}:8000/i/") for source in sources)
    assert all(page.xpath("//img/@alt"))


def test_each_car_is_told_once_though_everything_runs_twice(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    car = listed(world.north)
    follow()
    for _ in range(2):
        perform(met.note, [car.id], listed=True, now=NOW + timedelta(hours=1)).unwrap()
        tell(database)
        follow()
    assert count(Alert) == 1
    assert len(letters(database)) == 2


def test_a_car_that_was_there_before_is_not_new(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    perform(met.note, [world.golf.id], listed=False, now=NOW + timedelta(hours=1)).unwrap()
    assert count(Alert) == 0


def test_a_car_that_falls_into_the_search_is_told_at_its_price(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow, price_max="15000")
    car = db.session.get_one(Listing, world.golf.id)
    later = NOW + timedelta(hours=1)
    priced(car, 16_000_00, later)
    follow()
    assert count(Alert) == 0
    priced(car, 14_990_00, later + timedelta(hours=1))
    follow()
    alert = db.session.scalars(select(Alert)).one()
    assert (alert.reason, alert.at_cents) == (Reason.CHEAPER, 14_990_00)
    tell(database, later + timedelta(hours=1))
    follow()
    assert letters(database)[-1]["Subject"] == "Neuer Preis: Volkswagen Golf, 14.990 €"
    assert "gesenkt" not in text_of(letters(database)[-1])


def test_a_price_that_goes_up_and_down_again_is_told_when_it_is_lower_than_ever(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    car = listed(world.north, price=Money(20_000_00))
    follow()
    for number, price in enumerate((22_000_00, 21_000_00, 19_000_00, 20_500_00, 19_500_00), 2):
        at = NOW + timedelta(hours=number)
        priced(car, price, at)
        follow()
    told = [(alert.reason, alert.cents) for alert in db.session.scalars(select(Alert).order_by(Alert.found_at))]
    assert told == [(Reason.NEW, 20_000_00), (Reason.CHEAPER, 19_000_00)]


def test_a_car_is_told_only_when_its_page_is_served(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, noon: Any
) -> None:
    confirmed(app, database, follow)
    car = listed(world.north)
    follow()
    served: list[tuple[str, str]] = []

    def not_yet(host: str, address: str) -> bool:
        served.append((host, address))
        return False

    assert tell(database, served=not_yet) == 0
    assert served == [(NORTH, f"/vehicles/{car.slug}-{car.public_id}/")]
    assert tell(database, served=not_yet) == 0, "it is let be for a while"
    assert len(served) == 1
    assert tell(database, NOW + timedelta(minutes=10)) == 1


def test_the_scheduler_looks_for_the_page_in_the_tree_that_is_served(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, noon: Any
) -> None:
    confirmed(app, database, follow)
    car = listed(world.north)
    follow()
    noon.move_to(NOW + timedelta(hours=2))
    with everywhere():
        assert telling.tenants_with_due(NOW + timedelta(hours=2)) == [world.tenant.id]
    assert perform(telling.tell_due, now=NOW + timedelta(hours=2)).unwrap() == []
    tree = database.sites / NORTH / "a" / "vehicles" / f"{car.slug}-{car.public_id}"
    tree.mkdir(parents=True)
    (tree / "index.html").write_text("a car")
    (database.sites / NORTH / "current").symlink_to("a")
    assert len(perform(telling.tell_due, now=NOW + timedelta(hours=8)).unwrap()) == 1


def test_a_car_that_is_sold_meanwhile_is_not_told(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    car = listed(world.north)
    follow()
    perform(mark_sold, car, now=NOW + timedelta(hours=2), actor="test").unwrap()
    assert tell(database, NOW + timedelta(hours=2)) == 0
    (alert,) = db.session.scalars(select(Alert))
    assert alert.told_at is not None
    assert alert.letter_id is None


def test_many_cars_at_once_come_in_one_letter_and_more_the_next_morning(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    clear_outbox(database)
    for _ in range(5):
        listed(world.north)
    follow()
    assert tell(database) == 1
    follow()
    (letter,) = letters(database)
    assert letter["Subject"] == "5 Fahrzeuge passen zu Ihrer Suche"
    assert text_of(letter).count("21.990") == 5
    for _ in range(4):
        listed(world.north, hours=2)
    follow()
    assert tell(database, NOW + timedelta(hours=3)) == 0
    assert tell(database, NOW + timedelta(hours=12)) == 0
    assert tell(database, NOW + timedelta(hours=23)) == 1


def test_a_search_has_four_letters_a_day_and_what_comes_then_waits(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    written = []
    for hour in range(5):
        listed(world.north, hours=hour + 1)
        follow()
        written.append(tell(database, NOW + timedelta(hours=hour + 1)))
    assert written == [1, 1, 1, 1, 0]
    assert tell(database, NOW + timedelta(days=1)) == 1


def test_the_marketplace_tells_of_premium_dealers_cars_and_a_dealers_site_of_its_own(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    on_market = confirmed(app, database, follow, host=MARKET, lang="de")
    on_north = confirmed(app, database, follow, host=NORTH, lang="de")
    car = listed(world.south)
    with acting(world.tenant.id):
        (document,) = documents_of([car.id])
        assert met.searches_met(document) == ([on_market.id] if document.market else [])
        (document,) = documents_of([listed(world.north).id])
        assert set(met.searches_met(document)) == {on_market.id, on_north.id}


def test_another_tenants_search_is_never_met(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow, host=MARKET)
    with everywhere():
        other = perform(make_tenant).unwrap()
    with acting(other.id):
        dealer = perform(make_dealer).unwrap()
        perform(make_store, None).unwrap()
        car = perform(make_listing, dealer, now=NOW + timedelta(hours=1)).unwrap()
        perform(met.note, [car.id], listed=True, now=NOW + timedelta(hours=1)).unwrap()
        assert count(Alert) == 0
    assert count(Alert) == 0


# -- prices --------------------------------------------------------------------------------------------------------


def test_a_watched_price_is_told_each_time_it_falls_and_never_when_it_rises(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    watch = confirmed(app, database, follow, listing=world.golf.public_id)
    assert isinstance(watch, PriceWatch)
    assert (watch.listing_id, watch.watched_cents) == (world.golf.id, world.golf.price_cents)
    clear_outbox(database)
    car = db.session.get_one(Listing, world.golf.id)
    written = []
    for number, price in enumerate((19_000_00, 20_000_00, 19_500_00, 18_000_00), 1):
        at = NOW + timedelta(hours=number)
        priced(car, price, at)
        follow()
        written.append(tell(database, at))
    assert written == [1, 0, 0, 1]
    follow()
    subjects = [str(letter["Subject"]).replace("\N{NO-BREAK SPACE}", " ") for letter in letters(database)]
    assert sorted(subjects) == ["Neuer Preis: Volkswagen Golf, 18.000 €", "Neuer Preis: Volkswagen Golf, 19.000 €"]


def test_a_car_that_is_gone_or_of_another_dealer_cannot_be_watched(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    south = perform(make_listing, world.south).unwrap()
    codes = [
        visitor.post("/-/alerts/price", asked(listing=listing)).status_code
        for listing in (world.polo.public_id, south.public_id, "nothing", "")
    ]
    assert codes == [410] * 4
    assert count(Wish) == 0


def test_the_price_is_told_to_buyers_the_dealer_knows_by_their_name(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    Visitor(app).post("/-/inquiries", form(world.golf.public_id), **JSON)
    confirmed(app, database, follow, listing=world.golf.public_id)
    car = db.session.get_one(Listing, world.golf.id)
    at = NOW + timedelta(hours=1)
    priced(car, 10_000_00, at)
    follow()
    tell(database, at)
    follow()
    told = next(letter for letter in letters(database) if "Neuer Preis" in letter["Subject"])
    assert "Guten Tag Erika Muster," in text_of(told)


# -- ending and forgetting ---------------------------------------------------------------------------------------


def test_one_click_of_a_mail_program_ends_a_search_and_forgets_its_reader(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    search = confirmed(app, database, follow)
    listed(world.north)
    follow()
    tell(database)
    follow()
    url = letters(database)[-1]["List-Unsubscribe"].strip("<>")
    path = "/-/" + url.partition("/-/")[2]
    assert Visitor(app).get(path).status_code == 200
    assert db.session.get_one(Wish, search.id, populate_existing=True).is_active
    program = Visitor(app).client
    for _ in range(2):
        answer = program.post(path, data={"List-Unsubscribe": "One-Click"}, base_url=f"http://{NORTH}:8000")
        assert answer.status_code == 200
    gone = db.session.get_one(SavedSearch, search.id, populate_existing=True)
    assert (gone.email, gone.fold_key, gone.criteria, gone.name, gone.address) == (None,) * 5
    assert gone.unsubscribed_at is not None
    assert count(SearchKey) == 0
    listed(world.north, hours=2)
    follow()
    assert count(Alert) == 1
    again = Visitor(app).post(link_in(letters(database)[0], "confirm"), {})
    assert again.status_code == 404


def test_a_letter_that_is_not_sent_yet_is_taken_back_when_its_reader_wants_none(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    search = confirmed(app, database, follow)
    clear_outbox(database)
    listed(world.north)
    follow()
    assert tell(database) == 1
    perform(wishes.end, db.session.get_one(Wish, search.id, populate_existing=True), now=NOW + timedelta(hours=1))
    perform(alerts.drop_letters, search.id).unwrap()
    follow()
    assert letters(database) == []


def test_a_letter_that_was_sent_keeps_neither_reader_nor_text_nor_link(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    (letter,) = db.session.scalars(select(Letter).execution_options(populate_existing=True))
    assert letter.sent_at is not None
    assert (letter.to_address, letter.subject, letter.body_text) == ("", "", "")
    assert (letter.body_html, letter.unsubscribe_url) == (None, None)
    (token, *_) = [part for part in link_in(letters(database)[0], "confirm").split("/") if len(part) > 20]
    stored = set(db.session.scalars(select(WishToken.token_hash)))
    assert token not in stored
    assert wishes.hash_of(token) in stored


def test_what_nobody_confirms_is_forgotten_after_a_week_and_what_was_ended_after_a_month(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    ended = confirmed(app, database, follow)
    kept = confirmed(app, database, follow, make="bmw")
    Visitor(app).post("/-/alerts", asked(make="opel"))
    perform(wishes.end, ended, now=NOW + timedelta(minutes=1)).unwrap()

    def forgotten(**later: float) -> int:
        moment = NOW + timedelta(**later)
        with everywhere():
            waiting = wishes.tenants_with_old(moment)
        return len(perform(wishes.forget_old, now=moment).unwrap()) if waiting else 0

    assert forgotten(days=6) == 0
    assert forgotten(days=8) == 1
    assert forgotten(days=29) == 0
    assert forgotten(days=31) == 1
    assert list(db.session.scalars(select(Wish.id))) == [kept.id]
    assert count(WishToken) == 2


def test_a_link_that_is_older_than_a_week_confirms_nothing(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, noon: Any
) -> None:
    Visitor(app).post("/-/alerts", asked())
    follow()
    link = link_in(letters(database)[0], "confirm")
    noon.move_to(NOW + timedelta(days=7, minutes=2))
    assert Visitor(app).post(link, {}).status_code == 410
    assert db.session.scalars(select(SavedSearch)).one().confirmed_at is None


def test_asking_once_more_begins_the_week_to_confirm_anew(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, noon: Any
) -> None:
    Visitor(app).post("/-/alerts", asked(lang="en"))
    noon.move_to(NOW + timedelta(days=6))
    Visitor(app).post("/-/alerts", asked(lang="de"))
    follow()
    noon.move_to(NOW + timedelta(days=12))
    perform(wishes.forget_old, now=clock.now()).unwrap()
    second = next(letter for letter in letters(database) if letter["Subject"].startswith("Bitte"))
    assert Visitor(app).post(link_in(second, "confirm"), {}).status_code == 200
    search = db.session.scalars(select(SavedSearch).execution_options(populate_existing=True)).one()
    assert (search.confirmed_at, search.language) == (NOW + timedelta(days=12), "de")


def test_asking_once_more_for_what_is_confirmed_changes_nothing_of_it(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, noon: Any
) -> None:
    search = confirmed(app, database, follow)
    created = search.created_at
    noon.move_to(NOW + timedelta(days=6))
    Visitor(app).post("/-/alerts", asked(lang="en"))
    db.session.refresh(search)
    assert (search.created_at, search.language, search.is_active) == (created, "de", True)


def test_an_alert_whose_page_never_comes_is_given_up_after_a_week(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    confirmed(app, database, follow)
    listed(world.north)
    follow()
    late = NOW + timedelta(days=8)
    perform(wishes.forget_old, now=late).unwrap()
    assert tell(database, late) == 0
    assert db.session.scalars(select(Alert)).one().told_at == late


def test_searches_get_new_keys_when_the_words_of_the_trade_are_others(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = confirmed(app, database, follow)
    with everywhere():
        assert met.tenants_with_old_keys(NOW) == []
    monkeypatch.setattr(met, "rules", lambda: "other rules")
    with everywhere():
        assert met.tenants_with_old_keys(NOW) == [world.tenant.id]
    assert perform(met.keep_anew, now=NOW).unwrap() == [search.id]
    assert count(SearchKey) == 1
    with everywhere():
        assert met.tenants_with_old_keys(NOW) == []


def test_a_letter_that_cannot_be_made_keeps_nobody_else_waiting(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    broken = confirmed(app, database, follow, host=MARKET)
    sound = confirmed(app, database, follow)
    listed(world.north)
    follow()
    store = db.session.get_one(Store, broken.store_id)
    store.theme = "gone"
    db.session.commit()
    assert tell(database) == 1
    assert db.session.get_one(Wish, sound.id, populate_existing=True).last_sent_at is not None
    store.theme = "market"
    db.session.commit()
    assert tell(database, NOW + timedelta(hours=2)) == 1


def test_a_link_that_is_none_is_answered_with_a_page_of_the_site(world: SimpleNamespace, app: Flask) -> None:
    for act, token in (("confirm", "x" * 43), ("unsubscribe", "x" * 43), ("confirm", "short"), ("eat", "x" * 43)):
        answer = Visitor(app).get(f"/-/alerts/{act}/{token}")
        assert answer.status_code == 404
        assert "gilt nicht mehr" in answer.text
    assert Visitor(app).post(f"/-/alerts/unsubscribe/{'x' * 43}", {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_the_address_with_a_token_in_it_is_told_to_nobody(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    Visitor(app).post("/-/alerts", asked())
    follow()
    page = Visitor(app).get(link_in(letters(database)[0], "confirm"))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
