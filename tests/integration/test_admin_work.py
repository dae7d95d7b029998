"""A day's work in the admin: stock, prices, leads, dealers, sites; each act as a browser without scripts does it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from admin.forms.listings import read_amount
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts.models import AuditEntry, Role, User
from storefront.domain.dealers.actions import update_dealer
from storefront.domain.dealers.models import Dealer, DealerStatus, Plan
from storefront.domain.leads.actions import Asked, submit_inquiry
from storefront.domain.leads.details import Details, TradeIn
from storefront.domain.leads.models import Inquiry, InquiryKind, Lead, LeadSource, LeadStatus
from storefront.domain.leads.queries import lead_of
from storefront.domain.listings.models import Listing, ListingStatus, PriceChange, PriceReason
from storefront.domain.stores.models import Store
from tests import factories
from tests.conftest import NOW
from tests.integration.admin_desk import Desk, ask, desk_of, person


@pytest.fixture
def owner(world: SimpleNamespace) -> User:
    """Give the owner of North Cars."""
    return person(Role.DEALER_OWNER, world.north.id, NOW, name="Jette Brandt")


@pytest.fixture
def desk(app: Flask, owner: User) -> Desk:
    """Give the owner's browser."""
    return desk_of(app, owner)


@pytest.fixture
def operator(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the operator's browser, in English."""
    return desk_of(app, person(Role.SYSTEM_ADMIN, None, NOW, name="Ada Lindqvist", language="en"))


def _text(page: bytes, path: str = "//main") -> str:
    return " ".join(" ".join(html.fromstring(page).xpath(f"{path}//text()")).split())


def _fresh(model: type, key: object) -> object:
    db.session.expire_all()
    return db.session.get_one(model, key)


# -- today --


def test_today_names_who_waits_and_what_the_stock_lacks(desk: Desk, world: SimpleNamespace) -> None:
    ask(world.golf, NOW, name="Thomas Öztürk-Schnabel")
    text = _text(desk.get("/admin/").data)
    assert "Jette" in text
    assert "Thomas Öztürk-Schnabel antworten" in text
    assert "Volkswagen Golf" in text
    assert "Neue Anfragen 1" in text


def test_an_empty_lot_has_a_today_too(app: Flask, world: SimpleNamespace) -> None:
    empty = factories.make_dealer("empty")
    db.session.commit()
    desk = desk_of(app, person(Role.DEALER_OWNER, empty.id, NOW))
    assert "Alles erledigt" in _text(desk.get("/admin/").data)
    assert "Der Hof ist leer" in _text(desk.get("/admin/listings/").data)
    assert "Noch keine Anfragen" in _text(desk.get("/admin/leads/").data)


# -- stock --


def test_the_stock_is_found_by_words_and_narrowed_by_state(desk: Desk, world: SimpleNamespace) -> None:
    factories.make_listing(world.north, make="Škoda", model="Octavia", version="Combi Style")
    db.session.commit()
    assert "Octavia" in _text(desk.get("/admin/listings/?q=octavia+combi").data, "//table")
    assert desk.get("/admin/listings/?q=octavia+fabia").text.count("<tbody>") == 0
    sold = _text(desk.get("/admin/listings/?state=sold").data, "//table")
    assert "Polo" in sold
    assert "Octavia" not in sold
    assert desk.get("/admin/listings/?state=nonsense").status_code == 404


def test_twenty_cars_are_a_page(desk: Desk, world: SimpleNamespace) -> None:
    for number in range(25):
        factories.make_listing(world.north, now=NOW - timedelta(days=number), make="Testwagen")
    db.session.commit()
    pages = [desk.get(f"/admin/listings/?q=testwagen&page={number}") for number in (1, 2, 3)]
    rows = [html.fromstring(page.data).xpath("//table[contains(@class,'cars')]/tbody/tr") for page in pages]
    assert [len(found) for found in rows] == [20, 5, 0]
    assert desk.get("/admin/listings/?page=-1").status_code == desk.get("/admin/listings/?page=x").status_code == 200


def test_a_new_price_is_kept_with_its_reason_and_who_set_it(desk: Desk, owner: User, world: SimpleNamespace) -> None:
    form, before = {"price": "19.990", "reason": "promotion", "notes": "Herbstaktion"}, world.golf.price_cents
    answer = desk.post(f"/admin/listings/{world.golf.id}/prices", form, follow_redirects=True)
    assert "Preis geändert" in _text(answer.data)
    golf = _fresh(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.price_cents == 19_990_00
    line = db.session.scalars(
        select(PriceChange).where(PriceChange.listing_id == golf.id).order_by(PriceChange.at.desc())
    ).first()
    assert line is not None
    assert (line.new_cents, line.reason, line.notes) == (19_990_00, PriceReason.PROMOTION, "Herbstaktion")
    assert line.actor == f"user:{owner.id}"
    done = select(AuditEntry).where(AuditEntry.actor == f"user:{owner.id}", AuditEntry.action == "change_price")
    entry = db.session.scalars(done).one()
    assert (entry.action, entry.before, entry.after["price"]) == ("change_price", {"price": before}, 19_990_00)
    assert "Jette Brandt" in _text(answer.data, "//table")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-34.500", "größer als null"),
        ("0", "größer als null"),
        ("viel", "in Ziffern"),
        ("", "in Ziffern"),
        ("3.000.000", "mehr als 2.000.000"),
    ],
)
def test_a_price_that_cannot_be_is_explained_and_what_was_typed_stays(
    desk: Desk, world: SimpleNamespace, typed: str, said: str
) -> None:
    before = world.golf.price_cents
    answer = desk.post(f"/admin/listings/{world.golf.id}/prices", {"price": typed, "reason": "negotiation"})
    assert answer.status_code == 422
    page = html.fromstring(answer.data)
    (field,) = page.xpath("//input[@name='price']")
    assert (field.get("value"), field.get("aria-invalid")) == (typed, "true")
    described = page.xpath(f"//*[@id='{field.get('aria-describedby').split()[0]}']")
    assert said in described[0].text_content()
    golf = _fresh(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.price_cents == before


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("34.500", 34_500_00),
        ("34,500", 34_500_00),
        ("34 500 €", 34_500_00),
        ("34.500,50", 34_500_50),
        ("34,500.5", 34_500_50),
        ("34500", 34_500_00),
        ("1.234.567,89", 1_234_567_89),
        ("640,08", 640_08),
        ("34.50.0", None),
        ("12.34.567", None),
        ("1e5", None),
        ("٣٤٥", None),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, cents: int | None) -> None:
    assert read_amount(typed) == cents


def test_a_sold_car_leaves_the_stock_once(desk: Desk, world: SimpleNamespace) -> None:
    answer = desk.post(f"/admin/listings/{world.golf.id}/sale", follow_redirects=True)
    assert "Als verkauft gemeldet" in _text(answer.data)
    golf = _fresh(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.status is ListingStatus.SOLD
    again = desk.post(f"/admin/listings/{world.golf.id}/sale")
    assert again.status_code == 409
    assert "bereits verkauft" in again.text
    for act, said in (("withdrawal", "Nur ein angebotenes"), ("relisting", "Nur ein zurückgezogenes")):
        refused = desk.post(f"/admin/listings/{world.golf.id}/{act}")
        assert refused.status_code == 409
        assert said in refused.text


def test_a_withdrawn_car_can_be_offered_again(desk: Desk, world: SimpleNamespace) -> None:
    assert desk.post(f"/admin/listings/{world.golf.id}/withdrawal").status_code == 303
    golf = _fresh(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.status is ListingStatus.WITHDRAWN
    assert "Wieder anbieten" in desk.get(f"/admin/listings/{world.golf.id}/").text
    assert desk.post(f"/admin/listings/{world.golf.id}/relisting").status_code == 303
    golf = _fresh(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.status is ListingStatus.ACTIVE


def test_a_description_is_saved_and_shown_as_text_only(desk: Desk, world: SimpleNamespace) -> None:
    evil = "<script>alert(1)</script> **Sehr** gepflegt\r\nScheckheft"
    assert desk.post(f"/admin/listings/{world.golf.id}/text", {"description": evil}).status_code == 303
    golf = _fresh(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.description == "<script>alert(1)</script> **Sehr** gepflegt\nScheckheft"
    page = desk.get(f"/admin/listings/{world.golf.id}/").text
    assert "<script>alert" not in page
    long = desk.post(f"/admin/listings/{world.golf.id}/text", {"description": "x" * 20_001})
    assert long.status_code == 422


def test_a_form_that_is_too_large_is_refused_unread(desk: Desk, world: SimpleNamespace) -> None:
    answer = desk.post(f"/admin/listings/{world.golf.id}/text", {"description": "x" * 250_000})
    assert answer.status_code == 413


# -- leads --


def test_a_lead_shows_what_was_asked_and_how_to_reach_the_buyer(desk: Desk, world: SimpleNamespace) -> None:
    lead = ask(world.golf, NOW, message="<b>Geht</b> Samstag?\nGruß")
    page = desk.get(f"/admin/leads/{lead.id}/").text
    assert "&lt;b&gt;Geht&lt;/b&gt; Samstag?" in page
    assert 'href="tel:+494066969123"' in page
    assert 'href="mailto:buyer' in page
    assert "Petra Käufer" in page


def test_leads_are_found_by_name_and_narrowed_by_status(desk: Desk, world: SimpleNamespace) -> None:
    ask(world.golf, NOW, name="Paweł Wiśniewski")
    ask(world.golf, NOW, name="Sabine Ihde", message="Anders")
    assert "Sabine" not in _text(desk.get("/admin/leads/?q=wiśniewski").data, "//table")
    assert "Paweł" in _text(desk.get("/admin/leads/?status=new").data, "//table")
    assert desk.get("/admin/leads/?status=lost").text.count("<tbody>") == 0


def test_a_status_moves_on_and_the_log_says_so(desk: Desk, world: SimpleNamespace) -> None:
    lead = ask(world.golf, NOW)
    form = {"status": "contacted", "notes": "Rückruf Freitag"}
    page = desk.post(f"/admin/leads/{lead.id}/status", form, follow_redirects=True)
    assert "Status geändert" in _text(page.data)
    assert "Rückruf Freitag" in _text(page.data, "//ol[@class='log']")
    assert "Jette Brandt" in _text(page.data, "//ol[@class='log']")
    kept = _fresh(Lead, lead.id)
    assert isinstance(kept, Lead)
    assert kept.status is LeadStatus.CONTACTED
    assert desk.post(f"/admin/leads/{lead.id}/status", {"status": "contacted"}).status_code == 422
    assert desk.post(f"/admin/leads/{lead.id}/status", {"status": "assigned"}).status_code == 422
    assert desk.post(f"/admin/leads/{lead.id}/status", {"status": "7"}).status_code == 422


def test_the_owner_assigns_a_lead_to_her_people_only(desk: Desk, app: Flask, world: SimpleNamespace) -> None:
    lead = ask(world.golf, NOW)
    seller = person(Role.SALES_PERSON, world.north.id, NOW, name="Malte Kern")
    stranger = person(Role.SALES_PERSON, world.south.id, NOW, name="Fremde Person")
    page = desk.get(f"/admin/leads/{lead.id}/").text
    assert "Malte Kern" in page
    assert "Fremde Person" not in page
    for nobody in (str(stranger.id), "", "x"):
        assert desk.post(f"/admin/leads/{lead.id}/assignment", {"assignee": nobody}).status_code == 422
    assert desk.post(f"/admin/leads/{lead.id}/assignment", {"assignee": str(seller.id)}).status_code == 303
    kept = _fresh(Lead, lead.id)
    assert isinstance(kept, Lead)
    assert (kept.assignee_id, kept.status) == (seller.id, LeadStatus.ASSIGNED)
    mine = desk_of(app, seller)
    assert mine.post(f"/admin/leads/{lead.id}/assignment", {"assignee": str(seller.id)}).status_code == 403
    assert mine.post(f"/admin/leads/{lead.id}/status", {"status": "qualified"}).status_code == 303


def test_an_answer_is_noted_once(desk: Desk, world: SimpleNamespace) -> None:
    lead = ask(world.golf, NOW)
    assert desk.post(f"/admin/leads/{lead.id}/answer").status_code == 303
    inquiry = _fresh(Inquiry, lead.inquiry_id)
    assert isinstance(inquiry, Inquiry)
    first = inquiry.answered_at
    assert first is not None
    desk.post(f"/admin/leads/{lead.id}/answer")
    again = _fresh(Inquiry, lead.inquiry_id)
    assert isinstance(again, Inquiry)
    assert again.answered_at == first


# -- dealers and sites --


DEALER = {"name": "Autohaus Gül & Söhne", "licence": "HB-77", "plan": "individual", "country": "de", "city": "Bremen"}


def test_the_operator_registers_a_dealer_with_its_site(operator: Desk, world: SimpleNamespace) -> None:
    answer = operator.post("/admin/dealers/", {**DEALER, "phone": "0421 3388-0"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "is registered" in _text(answer.data)
    dealer = db.session.scalars(select(Dealer).where(Dealer.licence == "HB-77")).one()
    assert (dealer.slug, dealer.plan, dealer.phone, dealer.country) == (
        "autohaus-guel-soehne",
        Plan.INDIVIDUAL,
        "+4942133880",
        "DE",
    )
    store = db.session.scalars(select(Store).where(Store.dealer_id == dealer.id)).one()
    assert (store.host, store.theme, store.languages) == ("autohaus-guel-soehne.localhost", "classic", ["de", "en"])
    assert "autohaus-guel-soehne.localhost" in _text(answer.data)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"licence": ""}, "licence"),
        ({"plan": "gold"}, "plan"),
        ({"email": "nobody@"}, "email"),
        ({"phone": "1"}, "phone"),
        ({"country": "Germany"}, "country"),
        ({"slug": "north-cars"}, "slug"),
        ({"slug": "a_b"}, "slug"),
    ],
)
def test_what_is_wrong_with_a_registration_stands_at_its_field(
    operator: Desk, world: SimpleNamespace, wrong: dict[str, str], field: str
) -> None:
    before = db.session.query(Dealer).count()
    answer = operator.post("/admin/dealers/", {**DEALER, **wrong})
    assert answer.status_code == 422
    assert html.fromstring(answer.data).xpath(f"//*[@id='{field}-error']"), field
    assert db.session.query(Dealer).count() == before


def test_suspending_needs_a_reason_and_is_kept_with_it(operator: Desk, world: SimpleNamespace) -> None:
    path = f"/admin/dealers/{world.south.id}/status"
    assert operator.post(path, {"status": "suspended", "reason": ""}).status_code == 422
    assert operator.post(path, {"status": "suspended", "reason": "Unpaid since May"}).status_code == 303
    south = _fresh(Dealer, world.south.id)
    assert isinstance(south, Dealer)
    assert south.status is DealerStatus.SUSPENDED
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "set_status")).one()
    assert (entry.object_id, entry.reason) == (str(south.id), "Unpaid since May")
    assert operator.post(path, {"status": "active", "reason": "Paid"}).status_code == 303


def test_a_site_is_switched_off_and_on(operator: Desk, world: SimpleNamespace) -> None:
    for act, active in (("off", False), ("on", True)):
        assert operator.post(f"/admin/sites/{world.south_store.id}/{act}").status_code == 303
        store = _fresh(Store, world.south_store.id)
        assert isinstance(store, Store)
        assert store.active is active


def test_the_operator_reaches_the_admin_of_a_marketplace_that_is_switched_off(
    operator: Desk, world: SimpleNamespace
) -> None:
    assert operator.post(f"/admin/sites/{world.market_store.id}/off").status_code == 303
    assert operator.get("/admin/").status_code == 200


# -- for everybody --


def test_both_languages_say_the_same_things() -> None:
    from admin.show import ROOT
    from themes.words import read

    german, english = (read("admin", lang, [ROOT / "words"]) for lang in ("de", "en"))
    missing = {key for key in set(german) ^ set(english) if not key.startswith("refusals.")}
    assert missing == set()
    for key in english:
        assert german.placeholders(key) == english.placeholders(key), key


def test_a_page_is_in_the_language_of_who_reads_it(app: Flask, desk: Desk, operator: Desk) -> None:
    assert '<html lang="de">' in desk.get("/admin/listings/").text
    assert '<html lang="en">' in operator.get("/admin/listings/").text
    nobody = desk_of(app, None)
    assert '<html lang="en">' in nobody.get("/admin/login", headers={"Accept-Language": "en-GB,de;q=0.3"}).text
    assert '<html lang="de">' in nobody.get("/admin/login", headers={"Accept-Language": "fr"}).text


def test_every_field_has_a_label_and_every_page_one_heading(desk: Desk, operator: Desk, world: SimpleNamespace) -> None:
    lead = ask(world.golf, NOW)
    pages = {
        "/admin/": desk,
        "/admin/listings/": desk,
        f"/admin/listings/{world.golf.id}/": desk,
        "/admin/leads/": desk,
        f"/admin/leads/{lead.id}/": desk,
        "/admin/sites/": operator,
        "/admin/dealers/": operator,
        "/admin/dealers/new": operator,
        f"/admin/dealers/{world.north.id}/": operator,
    }
    for path, browser in pages.items():
        page = html.fromstring(browser.get(path).data)
        assert len(page.xpath("//h1")) == 1, path
        labelled = {label.get("for") for label in page.xpath("//label")}
        for field in page.xpath("//input[not(@type='hidden') and not(@type='radio')] | //select | //textarea"):
            assert field.get("id") in labelled, (path, field.get("name"))
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        for icon in page.xpath("//*[local-name()='use']/@href"):
            assert icon[1:] in ids, (path, icon)


def test_a_lead_shows_the_day_and_the_car_of_its_request(desk: Desk, world: SimpleNamespace) -> None:
    offer = TradeIn("Opel", "Astra", 84_300, "2016-05", "diesel", "Kratzer hinten")
    asked = Asked(
        name="Erika Muster",
        email="erika@example.com",
        message="",
        host="north-cars.localhost",
        source=LeadSource.DEALER_SITE,
        dealer="north-cars",
        kind=InquiryKind.TRADE_IN,
        details=Details("Golf", trade_in=offer),
    )
    inquiry = perform(submit_inquiry, asked, now=NOW).unwrap()
    lead = lead_of(inquiry.id)
    assert lead is not None
    shown = _text(desk.get(f"/admin/leads/{lead.id}/").data)
    for words in ("Gewünschtes Fahrzeug Golf", "Angebotenes Auto Opel Astra", "05/2016", "84.300", "Kratzer hinten"):
        assert words in shown


def test_a_dealer_shows_what_its_legal_notice_lacks(operator: Desk, world: SimpleNamespace) -> None:
    path = f"/admin/dealers/{world.north.id}/"
    assert "Everything the law asks for is there." in _text(operator.get(path).data)
    dealer = db.session.get_one(Dealer, world.north.id)
    perform(update_dealer, dealer, {"legal": {}}, now=NOW, actor="test").unwrap()
    shown = _text(operator.get(path).data)
    assert "Missing in the legal notice: Representatives Register court Register number" in shown
