"""The theme studio's forms over HTTP: what is typed is refused with words or drafted, nothing else (SPEC 24)."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from lxml import html

from storefront.core.db import db
from storefront.domain.accounts.models import Role
from storefront.domain.stores import drafts
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import configuration
from tests.conftest import NOW
from tests.integration.admin_desk import Desk, desk_of, person
from tests.integration.admin_studio_ready import studio_things

RED = "#b00020"


@pytest.fixture
def owner(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the browser of North Cars' owner, in German."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW, language="de"))


def studio(store: Store, path: str = "") -> str:
    return f"/admin/stores/{store.id}/studio/{path}"


def drafted(store: Store) -> dict[str, Any]:
    db.session.expire_all()
    return dict(drafts.standing(db.session.get_one(Store, store.id)).differs)


def test_a_refused_colour_is_said_in_words_and_what_was_typed_stays(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    form = {"group": "Colours", "s.scheme": "auto", "s.accent": "#ffe94d"}
    answer = owner.post(studio(store, "settings"), form)
    assert answer.status_code == 422
    assert "Zu blass zum Lesen" in answer.text
    assert 'value="#ffe94d"' in answer.text
    unreadable = owner.post(studio(store, "settings"), form | {"s.accent": "red;}body{x:y"})
    assert "Bitte eine Farbe angeben" in unreadable.text
    assert "red;}body{x:y" in unreadable.text
    assert drafted(store) == {}


def test_only_settings_of_the_group_that_was_sent_are_looked_at(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    form = {"group": "Colours", "s.scheme": "dark", "s.accent": RED, "s.corners": "round", "theme": "noir"}
    assert owner.post(studio(store, "settings"), form | {"s.nothing": "1"}).status_code == 303
    assert drafted(store) == {"setting:accent": RED, "setting:scheme": "dark"}
    assert owner.post(studio(store, "settings"), {"group": "No such"}).status_code == 404


def test_texts_of_languages_the_site_does_not_speak_are_left_alone(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    form = {"group": "Front page", "s.heading.de": "Ehrlich", "s.heading.en": "", "s.heading.pl": "Nie"}
    owner.post(studio(store, "settings"), form)
    assert drafted(store) == {"setting:heading": {"de": "Ehrlich"}}


def test_a_publication_is_planned_by_the_dealers_clock_and_no_moment_breaks_it(
    owner: Desk, world: SimpleNamespace
) -> None:
    store = world.north_store
    owner.post(studio(store, "settings"), {"group": "Colours", "s.scheme": "dark", "s.accent": RED})
    for typed in ("bald", "", "0001-01-01T00:00", "9999-12-31T23:59", "2001-01-01T00:00"):
        assert owner.post(studio(store, "plan"), {"at": typed}).status_code in (409, 422), typed
    assert owner.post(studio(store, "plan"), {"at": "2099-03-12T09:00"}).status_code == 303
    assert "12.03.2099, 9:00" in owner.get(studio(store)).text


def test_a_dealer_chooses_among_the_themes_for_dealers(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    page = html.fromstring(owner.get(studio(store)).data)
    offered = page.xpath("//input[@name='theme']/@value")
    assert {"classic", "noir", "harbour"} <= set(offered)
    assert {"base", "market"}.isdisjoint(offered)
    assert owner.post(studio(store, "theme"), {"theme": "market"}).status_code == 422
    assert drafted(store) == {}


def test_another_site_of_the_dealer_takes_the_look_over_as_a_draft(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    sibling = db.session.get_one(Store, studio_things(store)["sibling_id"])
    owner.post(studio(store, "theme"), {"theme": "noir"})
    answer = owner.post(studio(store, "copy"), {"to": str(sibling.id)})
    assert answer.headers["Location"] == studio(sibling)
    assert drafted(sibling) == {"theme": "noir"}
    assert sibling.theme == "classic"
    assert owner.post(studio(store, "copy"), {"to": str(world.south_store.id)}).status_code == 422
    assert drafted(world.south_store) == {}


def test_a_way_back_says_what_would_be_otherwise(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    owner.post(studio(store, "settings"), {"group": "Colours", "s.scheme": "auto", "s.accent": RED})
    owner.post(studio(store, "publish"))
    said = " ".join(html.fromstring(owner.get(studio(store, "looks/")).data).xpath("//main")[0].text_content().split())
    assert "1 Sache wäre anders:" in said
    assert f"Akzentfarbe {RED} → wie vorgesehen" in said
    assert owner.post(studio(store, "looks/1")).status_code == 303
    assert db.session.get_one(Store, store.id, populate_existing=True).theme_settings == {}
    assert "Diese Fassung ist schon veröffentlicht" in owner.post(studio(store, "looks/1")).text


def test_template_words_of_a_dealer_stay_text_in_the_studio_too(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    text = "{{7*7}}<script>alert(1)</script>"
    owner.post(studio(store, "settings"), {"group": "Front page", "s.heading.de": text})
    page = owner.get(studio(store)).text
    assert "{{7*7}}&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_templates_for_search_engines_are_drafted_shown_and_published(owner: Desk, world: SimpleNamespace) -> None:
    store = world.north_store
    form = {"title_de": "Jetzt {name}[, {price}] ({number})", "description_en": "A {name} in {city}."}
    assert owner.post(studio(store, "search/"), form).status_code == 303
    assert drafted(store) == {
        "seo.vehicle_title": {"de": form["title_de"]},
        "seo.vehicle_description": {"en": form["description_en"]},
    }
    page = html.fromstring(owner.get(studio(store, "search/")).text)
    titles = [one.text_content() for one in page.find_class("serp-title")]
    assert [title for title in titles if title.startswith("Jetzt ")], titles
    assert any(
        one.text_content().startswith("A ") and " in Hamburg." in one.text_content()
        for one in page.find_class("serp-text")
    )
    assert "Jetzt {name}[, {price}] ({number})" in owner.get(studio(store)).text
    assert owner.post(studio(store, "publish"), {}).status_code == 303
    assert configuration(db.session.get_one(Store, store.id))["seo.vehicle_title"] == {"de": form["title_de"]}
    assert owner.post(studio(store, "search/"), {}).status_code == 303
    assert drafted(store) == {"seo.vehicle_title": None, "seo.vehicle_description": None}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title_de": "{nmae} {number}"}, "{nmae} gibt es hier nicht"),
        ({"title_de": "{name} {number} {city}"}, "{city} gibt es hier nicht"),
        ({"title_de": "{name}"}, "zwei gleiche Wagen"),
        ({"title_de": "Nr. {number}"}, "welcher Wagen"),
        ({"description_en": "{{7*7}}"}, "Geschweifte Klammern"),
        ({"description_de": "[{name}"}, "Geschweifte Klammern"),
        ({"description_de": "x" * 301}, "300"),
    ],
)
def test_a_template_that_cannot_be_is_refused_at_its_field(
    owner: Desk, world: SimpleNamespace, typed: dict[str, str], said: str
) -> None:
    answer = owner.post(studio(world.north_store, "search/"), typed)
    assert answer.status_code == 422
    (field,) = typed
    error = html.fromstring(answer.text).get_element_by_id(f"{field}-error")
    assert said in error.text_content()
    assert drafted(world.north_store) == {}
