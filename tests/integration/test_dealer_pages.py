"""What a dealer's site says beside its stock: team, questions, own pages, requests, legal notice (SPEC 18, 24)."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from storefront.core.acts import perform
from storefront.core.changes import Key
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers import legal
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.dealers.team import MOST_PEOPLE, Member
from storefront.domain.stores import actions as stores
from storefront.domain.stores.actions import Written
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import pages_written
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.contexts import AboutPage, ContactPage, DealerPage, FaqPage, KeptPage, RequestPage, TextPage
from storefront.pages.loading import Loaded, load
from storefront.pages.rendering import render
from storefront.pages.sites import SiteView, open_site
from tests.conftest import NOW, TODAY

JETTE = Member(
    "Jette Brandt",
    consent=True,
    role={"de": "Verkauf", "en": "Sales"},
    phone="040 66969-124",
    email="Brandt@north-cars.example",
    languages=("de", "tr"),
)
WARRANTY = Written(
    "garantie",
    {"de": "Garantie", "en": "Warranty"},
    {"de": "## Umfang\n\nEin **Jahr**.", "en": "One year."},
    in_menu=True,
)


def site(world: SimpleNamespace, database: Settings, name: str = "north") -> SiteView:
    """Open a site as it is now."""
    db.session.expire_all()
    return open_site(db.session.get_one(Store, getattr(world, f"{name}_store").id), as_of=TODAY, settings=database)


def pages(view: SiteView) -> dict[str, Loaded]:
    """Load the pages of a site that are not a car's, by path."""
    refs = [ref for ref in pages_of(view) if ref.kind is not PageKind.VEHICLE]
    return {loaded.ref.path: loaded for loaded in load(view, refs)}


def north(world: SimpleNamespace) -> Dealer:
    """Give North Cars as it is now."""
    return db.session.get_one(Dealer, world.north.id)


def show_team(world: SimpleNamespace, *members: Member) -> None:
    perform(dealers.set_team, north(world), members, now=NOW, actor="test").unwrap()


def answer_questions(world: SimpleNamespace, **asked: Any) -> None:
    perform(dealers.set_faq, north(world), asked, now=NOW, actor="test").unwrap()


def write(world: SimpleNamespace, page: Written, name: str = "north") -> None:
    store = db.session.get_one(Store, getattr(world, f"{name}_store").id)
    perform(stores.write_page, store, page, now=NOW, actor="test").unwrap()


def test_a_team_stands_on_about_on_contact_and_on_the_marketplace(world: SimpleNamespace, database: Settings) -> None:
    show_team(world, JETTE)
    own = pages(site(world, database))
    about, contact = own["/about/"].page, own["/contact/"].page
    assert isinstance(about, AboutPage)
    assert isinstance(contact, ContactPage)
    (person,) = about.team
    assert (person.name, person.initials, person.role) == ("Jette Brandt", "JB", "Verkauf")
    assert (person.phone_href, person.languages) == ("tel:+494066969124", "Deutsch, Türkçe")
    assert person.email == "Brandt@north-cars.example"
    assert contact.team == about.team
    english = own["/en/about/"].page
    assert isinstance(english, AboutPage)
    assert english.team[0].role == "Sales"
    profile = pages(site(world, database, "market"))["/dealers/north-cars/"].page
    assert isinstance(profile, DealerPage)
    assert profile.team == about.team


def test_nobody_is_named_without_consent(world: SimpleNamespace) -> None:
    refused = perform(dealers.set_team, north(world), [replace(JETTE, consent=False)], now=NOW, actor="test")
    assert refused.error is not None
    assert refused.error.field == "consent"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"phone": "no number"}, "phone"),
        ({"email": "brandt@"}, "email"),
        ({"languages": ("deutsch",)}, "languages"),
        ({"role": {"de": "x" * 81}}, "role"),
    ],
)
def test_a_person_who_cannot_be_shown_is_refused(world: SimpleNamespace, changed: dict[str, Any], field: str) -> None:
    refused = perform(dealers.set_team, north(world), [replace(JETTE, **changed)], now=NOW, actor="test")
    assert refused.error is not None
    assert refused.error.field == field


def test_a_team_has_room_for_so_many(world: SimpleNamespace) -> None:
    refused = perform(dealers.set_team, north(world), [JETTE] * (MOST_PEOPLE + 1), now=NOW, actor="test")
    assert not refused


def test_the_trail_says_how_many_and_not_who(world: SimpleNamespace) -> None:
    named = len(north(world).team)
    show_team(world, JETTE)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "set_team")).one()
    assert (entry.before, entry.after) == ({"people": named}, {"people": 1})
    show_team(world, JETTE)
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "set_team")).all()) == 1


def test_a_dealer_without_text_and_team_has_no_page_about_itself(world: SimpleNamespace, database: Settings) -> None:
    perform(dealers.update_dealer, north(world), {"about": {}}, now=NOW, actor="test").unwrap()
    show_team(world)
    view = site(world, database)
    assert view.default.site.about is None
    assert "/about/" not in {ref.path for ref in pages_of(view)}


def test_questions_stand_only_in_the_languages_they_were_written_in(world: SimpleNamespace, database: Settings) -> None:
    answer_questions(world, de=[("Nehmen Sie mein Auto?", "**Ja.**"), ("Nehmen Sie mein Auto", "Ja, sofort.")], en=[])
    view = site(world, database)
    own = pages(view)
    page = own["/faq/"].page
    assert isinstance(page, FaqPage)
    assert page.questions[0].answer == "<p><strong>Ja.</strong></p>"
    assert len({question.id for question in page.questions}) == 2
    assert "/en/faq/" not in own
    assert (page.languages, page.head.alternates) == ((), ())
    assert (view.faces["de"].site.faq, view.faces["en"].site.faq) == ("/faq/", None)


@pytest.mark.parametrize(
    "asked",
    [
        {"de": [("", "Ja")]},
        {"de": [("Ja?", " ")]},
        {"de": [("x" * 201, "Ja")]},
        {"de": [("Ja?", "x" * 4001)]},
        {"de": [("Ja?", "Ja"), ("ja?", "Nein")]},
        {"german": [("Ja?", "Ja")]},
        {"de": [(f"{n}?", "Ja") for n in range(61)]},
    ],
)
def test_questions_that_cannot_be_shown_are_refused(world: SimpleNamespace, asked: Any) -> None:
    assert not perform(dealers.set_faq, north(world), asked, now=NOW, actor="test")


def test_a_written_page_stands_in_its_languages_and_in_the_menu(world: SimpleNamespace, database: Settings) -> None:
    write(world, WARRANTY)
    write(world, Written("agb", {"de": "AGB"}, {"de": "Text."}))
    view = site(world, database)
    own = pages(view)
    page = own["/info/garantie/"].page
    assert isinstance(page, TextPage)
    assert page.body == "<h2>Umfang</h2>\n<p>Ein <strong>Jahr</strong>.</p>"
    assert [alternate.hreflang for alternate in page.head.alternates] == ["de", "en", "x-default"]
    assert own["/info/agb/"].page.languages == ()  # type: ignore[union-attr]
    assert "/en/info/agb/" not in own
    german, english = view.faces["de"].site, view.faces["en"].site
    assert "/info/garantie/" in [link.href for link in german.nav]
    assert "/info/agb/" in [link.href for link in german.footer_service]
    assert "/en/info/garantie/" in [link.href for link in english.nav]
    assert not any("agb" in link.href for link in (*english.nav, *english.footer_service))


def test_the_operator_writes_pages_too(world: SimpleNamespace, database: Settings) -> None:
    write(world, WARRANTY, "market")
    assert "/info/garantie/" in pages(site(world, database, "market"))
    assert "/info/garantie/" not in pages(site(world, database))


@pytest.mark.parametrize(
    "page",
    [
        replace(WARRANTY, slug="Garantie"),
        replace(WARRANTY, slug="a--b"),
        replace(WARRANTY, slug="../x"),
        replace(WARRANTY, slug="x" * 81),
        replace(WARRANTY, titles={}, bodies={}),
        replace(WARRANTY, titles={"de": "Garantie"}),
        replace(WARRANTY, titles={"de": "x" * 61, "en": "Warranty"}),
        replace(WARRANTY, bodies={"de": "x" * 40_001, "en": "One year."}),
        replace(WARRANTY, titles={"fr": "Garantie"}, bodies={"fr": "Un an."}),
    ],
)
def test_a_page_that_cannot_stand_is_refused(world: SimpleNamespace, page: Written) -> None:
    assert not perform(stores.write_page, world.north_store, page, now=NOW, actor="test")


def test_no_two_pages_share_a_title(world: SimpleNamespace) -> None:
    write(world, WARRANTY)
    refused = perform(stores.write_page, world.north_store, replace(WARRANTY, slug="mehr"), now=NOW, actor="test")
    assert refused.error is not None
    assert refused.error.code == "conflict"


def test_pages_are_put_in_order_and_taken_away(world: SimpleNamespace) -> None:
    for name in ("eins", "zwei", "drei"):
        write(world, Written(name, {"de": name}, {"de": "Text"}))
    store = db.session.get_one(Store, world.north_store.id)
    perform(stores.order_pages, store, ["drei"], now=NOW, actor="test").unwrap()
    perform(stores.remove_page, store, "eins", now=NOW, actor="test").unwrap()
    assert [page.slug for page in pages_written(store.id)] == ["drei", "zwei"]
    assert not perform(stores.remove_page, store, "eins", now=NOW, actor="test")


def test_a_dealer_sees_no_other_dealers_pages(world: SimpleNamespace) -> None:
    write(world, WARRANTY)
    db.session.commit()
    with acting(world.tenant.id, world.south.id):
        assert pages_written(world.north_store.id) == []


@pytest.mark.parametrize(("path", "kind"), [("/test-drive/", "test_drive"), ("/trade-in/", "trade_in")])
def test_a_request_page_says_what_happens_and_has_a_form_of_one_kind(
    world: SimpleNamespace, database: Settings, path: str, kind: str
) -> None:
    page = pages(site(world, database))[path].page
    assert isinstance(page, RequestPage)
    assert [option.value for option in page.form.kinds] == [kind]
    assert (page.form.listing, page.form.dealer, page.form.message_required) == ("", "north-cars", False)
    assert "car" in [extra.name for extra in page.form.extra]
    assert "innerhalb von 2\u00a0Stunden" in page.steps[1]


def test_a_suspended_dealer_takes_no_requests(world: SimpleNamespace, database: Settings) -> None:
    perform(dealers.set_status, north(world), DealerStatus.SUSPENDED, now=NOW, actor="test", reason="test").unwrap()
    view = site(world, database)
    assert view.default.site.test_drive is None
    assert not {"/test-drive/", "/trade-in/"} & {ref.path for ref in pages_of(view)}


@pytest.mark.parametrize("name", ["north", "market"])
def test_what_the_browser_keeps_is_not_indexed(world: SimpleNamespace, database: Settings, name: str) -> None:
    view = site(world, database, name)
    own = pages(view)
    for kind in ("favourites", "compare"):
        page = own[f"/{kind}/"].page
        assert isinstance(page, KeptPage)
        assert (page.kind, page.head.robots, page.head.canonical) == (kind, "noindex,follow", None)
        assert f"/{kind}/" not in render(view, own["/sitemaps/pages.xml"]).decode()


def test_every_written_page_stands_in_the_sitemap_in_its_languages(world: SimpleNamespace, database: Settings) -> None:
    answer_questions(world, en=[("Do you take my car?", "Yes.")])
    write(world, Written("agb", {"de": "AGB"}, {"de": "Text."}))
    view = site(world, database)
    named = render(view, pages(view)["/sitemaps/pages.xml"]).decode()
    for path in ("/about/", "/en/about/", "/test-drive/", "/trade-in/", "/en/faq/", "/info/agb/"):
        assert f"<loc>{view.absolute(path)}</loc>" in named
    for path in ("/faq/", "/en/info/agb/"):
        assert f"<loc>{view.absolute(path)}</loc>" not in named


def test_titles_and_descriptions_of_a_site_are_its_pages_own(world: SimpleNamespace, database: Settings) -> None:
    answer_questions(world, de=[("Nehmen Sie mein Auto?", "Ja.")])
    write(world, WARRANTY)
    write(world, Written("service", {"de": "Service"}, {"de": "## Umfang\n\nEin **Jahr**."}))
    heads = [
        (loaded.ref.lang, loaded.page.head)
        for loaded in pages(site(world, database)).values()
        if hasattr(loaded.page, "head") and loaded.page.head.canonical
    ]
    for part in ("title", "description"):
        said = [(lang, getattr(head, part)) for lang, head in heads]
        assert len(said) == len(set(said))
    assert all(15 <= len(head.title) <= 65 and 70 <= len(head.description) <= 160 for _, head in heads)


def test_the_page_about_a_dealer_names_it_in_structured_data(world: SimpleNamespace, database: Settings) -> None:
    view = site(world, database)
    body = render(view, pages(view)["/about/"])
    (script,) = html.fromstring(body).xpath("//script[@type='application/ld+json']/text()")
    graph = json.loads(script)["@graph"]
    assert [node["@type"] for node in graph] == ["AutoDealer", "BreadcrumbList"]
    assert graph[0]["name"] == "North Cars"


def test_a_team_is_read_by_the_pages_that_show_it_and_by_no_others(world: SimpleNamespace, database: Settings) -> None:
    key: Key = ("dealer", world.north.id.hex, "team")
    readers = {path for path, loaded in pages(site(world, database)).items() if key in loaded.reads.keys}
    assert readers == {"/", "/en/", "/about/", "/en/about/", "/contact/", "/en/contact/"}
    market = {path for path, loaded in pages(site(world, database, "market")).items() if key in loaded.reads.keys}
    assert market == {"/dealers/north-cars/", "/en/dealers/north-cars/", "/sitemaps/pages.xml"}


def test_the_legal_notice_speaks_the_countrys_words(world: SimpleNamespace, database: Settings) -> None:
    def notice() -> TextPage:
        page = pages(site(world, database))["/legal/"].page
        assert isinstance(page, TextPage)
        return page

    german = notice()
    assert german.lead == "Angaben nach §\u00a05\u00a0DDG zum Anbieter von North Cars."
    assert ("USt-IdNr.", "DE811907980") in [(fact.label, fact.value) for fact in german.facts]
    assert "Verbraucherschlichtungsstelle" in german.body
    told = {**world.north.legal, "chamber": "WKO Wien, Landesgremium Fahrzeughandel"}
    values = {"country": "AT", "legal": told, "vat_id": "ATU12345678"}
    perform(dealers.update_dealer, north(world), values, now=NOW, actor="test").unwrap()
    austrian = notice()
    labels = [fact.label for fact in austrian.facts]
    assert austrian.lead is not None
    assert "ECG" in austrian.lead
    assert {"UID-Nummer", "Firmenbuchnummer", "Mitglied der"} <= set(labels)
    assert "ris.bka.gv.at" in austrian.body
    assert legal.missing(north(world)) == ("purpose", "authority")


def test_a_legal_notice_that_lacks_something_says_what(world: SimpleNamespace) -> None:
    assert legal.missing(north(world)) == ()
    perform(dealers.update_dealer, north(world), {"legal": {}, "vat_id": None}, now=NOW, actor="test").unwrap()
    assert legal.missing(north(world)) == ("represented_by", "register_court", "register", "vat_id")
