"""A dealer's own drafts of answers: written once, offered with every lead in their language (SPEC 65)."""

from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import html

from storefront.core.acts import perform
from storefront.domain.accounts.models import Role
from storefront.domain.leads.answer_drafts import MOST, Wording, keep_draft, own_drafts, written_out
from tests.conftest import NOW
from tests.integration.admin_desk import Desk, ask, desk_of, person

TYPED = {"name": "Anfahrt", "language": "de", "subject": "", "body": "Zum {car} finden Sie am Deich, {buyer}."}


@pytest.fixture
def desk(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the browser of the owner of North Cars."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW))


def answer_of(desk: Desk, lead_id: object, name: str) -> tuple[str, str]:
    """Choose a draft above the answer to a lead by what its button says; gives subject and text."""
    page = html.fromstring(desk.get(f"/admin/leads/{lead_id}/").data)
    (address,) = page.xpath(f"//section[@id='answer']//nav/a[normalize-space()='{name}']/@href")
    page = html.fromstring(desk.get(address).data)
    return page.xpath("//input[@id='subject']/@value")[0], page.xpath("//textarea[@id='body']")[0].text.strip()


def buttons(desk: Desk, lead_id: object) -> list[str]:
    """Give what the buttons above the answer say."""
    page = html.fromstring(desk.get(f"/admin/leads/{lead_id}/").data)
    return [one.text_content().strip() for one in page.xpath("//section[@id='answer']//nav/a")]


def test_a_draft_is_at_hand_with_every_lead_with_the_names_filled_in(desk: Desk, world: SimpleNamespace) -> None:
    assert desk.post("/admin/leads/drafts/", TYPED).status_code == 303
    lead = ask(world.golf, NOW, name="Vera Kurz")
    subject, body = answer_of(desk, lead.id, "Anfahrt")
    assert "Golf" in subject
    assert body.startswith("Guten Tag Vera Kurz,\n\nZum ")
    assert "am Deich, Vera Kurz." in body
    assert "{" not in body


def test_a_draft_in_another_language_is_not_offered(desk: Desk, world: SimpleNamespace) -> None:
    desk.post("/admin/leads/drafts/", {**TYPED, "language": "en"})
    assert "Anfahrt" not in buttons(desk, ask(world.golf, NOW).id)


def test_a_draft_about_a_car_is_not_offered_where_no_car_is_asked_about(desk: Desk, world: SimpleNamespace) -> None:
    desk.post("/admin/leads/drafts/", TYPED)
    desk.post("/admin/leads/drafts/", {**TYPED, "name": "Zeiten", "body": "Wir sind täglich da."})
    caller = {"name": "Karl Ruf", "email": "ruf@example.org", "phone": "", "source": "phone", "note": "Sucht"}
    there = desk.post("/admin/leads/", caller).headers["Location"]
    found = buttons(desk, there.rstrip("/").rpartition("/")[2])
    assert "Zeiten" in found
    assert "Anfahrt" not in found


def test_a_draft_is_written_anew_and_taken_away(desk: Desk, world: SimpleNamespace) -> None:
    desk.post("/admin/leads/drafts/", TYPED)
    (draft,) = own_drafts(world.north.id)
    changed = {**TYPED, "subject": "So finden Sie uns", "body": "Am Deich 7."}
    assert desk.post(f"/admin/leads/drafts/{draft.id}/", changed).status_code == 303
    lead = ask(world.golf, NOW)
    assert answer_of(desk, lead.id, "Anfahrt")[0] == "So finden Sie uns"
    assert desk.post(f"/admin/leads/drafts/{draft.id}/removal").status_code == 303
    assert own_drafts(world.north.id) == []
    assert "Anfahrt" not in buttons(desk, lead.id)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Namen"),
        ({"body": " "}, "Text"),
        ({"name": "x" * 41}, "40"),
        ({"language": "tlh"}, "wählen"),
        ({"name": "ANFAHRT"}, "gibt es schon"),
    ],
)
def test_what_is_wrong_with_a_draft_stands_at_its_field(
    desk: Desk, world: SimpleNamespace, changed: dict[str, str], said: str
) -> None:
    desk.post("/admin/leads/drafts/", TYPED)
    answer = desk.post("/admin/leads/drafts/", {**TYPED, **changed})
    assert answer.status_code == 422
    assert said in html.fromstring(answer.data).xpath("string(//main//p[@class='err'])")
    assert len(own_drafts(world.north.id)) == 1


def test_a_dealer_keeps_no_more_drafts_than_fit_above_an_answer(world: SimpleNamespace) -> None:
    for n in range(MOST):
        wording = Wording(f"Vorlage {n}", "de", "", "Text")
        perform(keep_draft, world.north.id, wording, now=NOW, actor="test").unwrap()
    refused = perform(keep_draft, world.north.id, Wording("Noch eine", "de", "", "Text"), now=NOW, actor="test")
    assert not refused


def test_another_dealers_draft_is_not_found(app: Flask, desk: Desk, world: SimpleNamespace) -> None:
    desk.post("/admin/leads/drafts/", TYPED)
    (draft,) = own_drafts(world.north.id)
    theirs = desk_of(app, person(Role.DEALER_OWNER, world.south.id, NOW))
    assert theirs.get(f"/admin/leads/drafts/{draft.id}/").status_code == 404
    assert str(draft.id) not in theirs.get("/admin/leads/drafts/").text


def test_braces_of_a_buyers_name_are_not_filled_in_again() -> None:
    values = {"car": "Golf", "buyer": "{person}", "dealer": "North Cars", "person": "Jette"}
    assert written_out("{buyer} {car} {other}", values) == "{person} Golf {other}"
