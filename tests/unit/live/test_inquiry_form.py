"""The inquiry form, field by field (SPEC 63, BRIEF §9)."""

from datetime import UTC, datetime, timedelta

import pytest

from storefront.domain.leads.models import ContactMethod, InquiryKind
from storefront.live.answers import words
from storefront.live.forms import InquiryInput, check, is_too_fast, is_trapped, typed

GOOD = {"name": "Erika Muster", "email": "erika@example.com", "message": "Ist er noch da?", "kind": "test_drive"}
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def checked(**values: object) -> InquiryInput:
    """Check a good form with some fields changed."""
    return check(typed({**GOOD, **values}), words("de"), "DE")


def test_a_good_form_becomes_typed_values() -> None:
    form = checked(phone="040 / 66969-123", contact_method="phone", name="  Erika   Muster ")
    assert form.errors == {}
    assert (form.name, form.phone, form.kind) == ("Erika Muster", "+494066969123", InquiryKind.TEST_DRIVE)
    assert form.contact_method is ContactMethod.PHONE


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "E-Mail-Adresse"),
        ("erika", "fehlt das @"),
        ("erika@", "Teil nach dem @"),
        ("erika@localhost", "Teil nach dem @"),
        ("@example.com", "Teil vor dem @"),
        ("eri ka@example.com", "prüfen"),
        ("erika@example.com\nBcc: all@example.com", "prüfen"),
        ("x" * 250 + "@example.com", "prüfen"),
    ],
)
def test_a_wrong_address_is_told_how_to_mend(email: str, sentence: str) -> None:
    assert sentence in checked(email=email).errors["email"]


def test_an_address_is_kept_in_one_spelling() -> None:
    assert checked(email=" Erika@MÜNCHEN.de ").email == "erika@xn--mnchen-3ya.de"


def test_nothing_is_forgotten_when_all_is_empty() -> None:
    form = checked(name="", email="", message=" \n ")
    assert set(form.errors) == {"name", "email", "message"}


@pytest.mark.parametrize("phone", ["1", "no number", "0" * 60])
def test_a_number_that_cannot_be_one_is_told(phone: str) -> None:
    assert "Vorwahl" in checked(phone=phone).errors["phone"]


def test_who_wants_a_call_gives_a_number() -> None:
    assert "phone" in checked(contact_method="sms").errors


def test_kinds_are_taken_by_name_by_number_and_as_the_app_sends_them() -> None:
    kinds = [checked(kind=kind).kind for kind in ("price_question", "3", "GENERAL_INQUIRY", "")]
    assert kinds == [InquiryKind.PRICE_QUESTION, InquiryKind.FINANCING, InquiryKind.GENERAL, InquiryKind.GENERAL]
    assert "kind" in checked(kind="marriage").errors


def test_too_long_is_said_and_not_cut() -> None:
    assert "5.000" in checked(message="x" * 5001).errors["message"]
    assert "200" in checked(name="x" * 201).errors["name"]


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert checked(message="Hallo\x00 \u202eda\r\nzwei").message == "Hallo da\nzwei"


def test_a_list_where_a_text_belongs_counts_as_empty() -> None:
    assert "name" in checked(name=["Erika"]).errors


def test_a_filled_trap_gives_the_robot_away() -> None:
    assert is_trapped(typed({"website": "https://example.com"}))
    assert not is_trapped(typed({"website": " "}))


@pytest.mark.parametrize(
    ("opened", "fast"), [(timedelta(0), True), (timedelta(seconds=1.5), True), (timedelta(seconds=2), False)]
)
def test_two_seconds_are_too_fast_for_a_person(opened: timedelta, fast: bool) -> None:
    started = (NOW - opened).timestamp()
    assert is_too_fast(typed({"started": str(int(started * 1000))}), NOW) is fast


@pytest.mark.parametrize("started", ["", "soon", "-1", "9" * 30, str(int((NOW + timedelta(minutes=5)).timestamp()))])
def test_no_script_and_clocks_that_run_ahead_prove_nothing(started: str) -> None:
    assert not is_too_fast(typed({"started": started}), NOW)


def test_half_a_character_that_no_database_takes_is_dropped() -> None:
    assert checked(message="Hallo \ud800da", name="Erika\udfff").message == "Hallo da"
