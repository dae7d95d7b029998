"""A dealer drops a stock file in the admin: known formats, layouts mapped on screen, errors by row, mappings kept."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.domain.accounts.models import AuditEntry, Role
from storefront.domain.listings import import_forgetting
from storefront.domain.listings.import_files import import_files
from storefront.domain.listings.import_runs import ImportMapping, ImportRun, ImportState
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.vehicles.models import Vehicle
from tests.conftest import NOW
from tests.integration.admin_desk import Desk, desk_of, other_tenant, person

BRITISH = (
    "Stock No,Registration,Make,Model,Derivative,Price (£),Mileage,Fuel Type,Transmission,Date First Registered,BHP\n"
    'A1,AB12CDE,Ford,Fiesta,1.0 EcoBoost Titanium,"£8,995","34,210 miles",Petrol,Manual,21/03/2017,99\n'
    'A2,AB12CDF,BMW,3 Series,320d M Sport,"£18,495","41,000 miles",Diesel,Automatic,02/09/2018,187\n'
)


@pytest.fixture
def desk(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the browser of the owner of North Cars."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW, name="Jette Brandt"))


def drop(desk: Desk, content: bytes, name: str = "stock.csv") -> Any:
    """Drop a file as a browser without scripts does."""
    data = {"file": (io.BytesIO(content), name), "csrf_token": desk.token()}
    return desk.client.post(
        "/admin/imports/", data=data, content_type="multipart/form-data", base_url=f"http://{desk.host}"
    )


def answers(page: bytes) -> dict[str, str]:
    """Give what a form without changes would send."""
    form = html.fromstring(page).xpath("//form[contains(@class, 'mapping')]")[0]
    return {name: str(value) for name, value in form.form_values()}


def mapped(desk: Desk, content: bytes, name: str = "stock.csv", **changes: str) -> str:
    """Drop a file, keep the guessed mapping but for some answers; gives the import's address."""
    answer = drop(desk, content, name)
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["Location"])
    page = desk.get(f"{address}mapping")
    assert page.status_code == 200
    kept = desk.post(f"{address}mapping", {**answers(page.data), **changes})
    assert kept.status_code == 303, kept.text
    return address


def the_run() -> ImportRun:
    """Give the newest import."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(ImportRun).order_by(ImportRun.created_at.desc())).all()[0]


def cars(source: str) -> dict[str, tuple[Listing, Vehicle]]:
    """Give what an import brought, by the dealer's own key."""
    db.session.expire_all()
    found = db.session.execute(
        select(Listing, Vehicle).join(Vehicle, Vehicle.id == Listing.vehicle_id).where(Listing.source == source)
    )
    return {row.Listing.source_id: (row.Listing, row.Vehicle) for row in found}


def test_an_unknown_british_file_goes_through_the_screen(desk: Desk, run_jobs: Callable[..., int]) -> None:
    address = mapped(desk, BRITISH.encode())
    run_jobs(["default"])
    assert the_run().state is ImportState.CHECKED
    text = desk.get(address).text
    assert "2 Fahrzeuge übernehmen" in text
    assert desk.post(f"{address}import", {}).status_code == 303
    run_jobs(["default"])
    run = the_run()
    assert run.state is ImportState.DONE
    found = cars(run.format or "")
    listing, car = found["A1"]
    assert (listing.price_cents, listing.currency) == (8_995_00, "GBP")
    assert (car.make, car.mileage_km, car.power_kw, str(car.first_registered)) == ("Ford", 55_056, 74, "2017-03-21")
    assert "übernommen" in desk.get(address).text


def word_field(page: bytes, text: str) -> str:
    """Give the name of the field that asks what a word means."""
    found = html.fromstring(page).xpath(f"//section[@id='words']//label[normalize-space()='{text}']/@for")
    return str(found[0]) if found else ""


def test_a_word_nobody_knows_gets_its_meaning_on_screen_and_keeps_it(desk: Desk, run_jobs: Callable[..., int]) -> None:
    spirit = BRITISH.replace("Petrol", "Motor spirit").encode()
    address = str(drop(desk, spirit).headers["Location"])
    page = desk.get(f"{address}mapping").data
    field = word_field(page, "Motor spirit")
    assert desk.post(f"{address}mapping", {**answers(page), field: "petrol"}).status_code == 303
    run_jobs(["default"])
    desk.post(f"{address}import", {})
    run_jobs(["default"])
    assert cars(the_run().format or "")["A1"][1].fuel == "petrol"
    drop(desk, spirit.replace(b"A1,", b"A9,"), "next.csv")
    run_jobs(["default"])
    run = the_run()
    desk.post(f"/admin/imports/{run.id}/import", {})
    run_jobs(["default"])
    assert cars(run.format or "")["A9"][1].fuel == "petrol"


def test_a_word_far_down_in_the_file_is_asked_about_after_the_check(desk: Desk, run_jobs: Callable[..., int]) -> None:
    line = BRITISH.splitlines()[1]
    many = "\n".join([line.replace("A1,", f"C{n},") for n in range(300)]) + "\n"
    last = line.replace("A1,", "Z1,").replace("Petrol", "Motor spirit") + "\n"
    address = mapped(desk, (BRITISH + many + last).encode())
    run_jobs(["default"])
    assert "#words" in desk.get(address).text
    assert word_field(desk.get(f"{address}mapping").data, "Motor spirit")


def test_a_word_without_an_answer_is_asked_again_and_not_shown(desk: Desk, run_jobs: Callable[..., int]) -> None:
    address = mapped(desk, BRITISH.replace("Petrol", "Motor spirit").encode())
    run_jobs(["default"])
    desk.post(f"{address}import", {})
    assert word_field(desk.get(f"{address}mapping", follow_redirects=True).data, "Motor spirit") == ""
    run_jobs(["default"])
    assert cars(the_run().format or "")["A1"][1].fuel is None


@pytest.mark.parametrize("meaning", ["steam", "<script>", "automatic"])
def test_a_word_means_one_of_our_codes_or_nothing(desk: Desk, run_jobs: Callable[..., int], meaning: str) -> None:
    address = str(drop(desk, BRITISH.replace("Petrol", "Motor spirit").encode()).headers["Location"])
    page = desk.get(f"{address}mapping").data
    desk.post(f"{address}mapping", {**answers(page), word_field(page, "Motor spirit"): meaning})
    assert db.session.scalars(select(ImportMapping)).one().source["values"] == {}


def test_nothing_is_written_before_somebody_says_so(desk: Desk, run_jobs: Callable[..., int]) -> None:
    mapped(desk, BRITISH.encode())
    run_jobs(["default"])
    assert cars(the_run().format or "") == {}


def test_the_next_file_of_the_same_layout_needs_no_answers(desk: Desk, run_jobs: Callable[..., int]) -> None:
    address = mapped(desk, BRITISH.encode())
    run_jobs(["default"])
    desk.post(f"{address}import", {})
    run_jobs(["default"])
    cheaper = BRITISH.replace("£8,995", "£7,995").encode()
    answer = drop(desk, cheaper, "next.csv")
    run_jobs(["default"])
    run = the_run()
    assert run.file_name == "next.csv"
    assert run.state is ImportState.CHECKED
    assert (run.counts["created"], run.counts["updated"], run.counts["unchanged"]) == (0, 1, 1)
    assert desk.get(answer.headers["Location"]).status_code == 200
    assert len(db.session.scalars(select(ImportMapping)).all()) == 1


def test_a_whole_stock_withdraws_what_it_does_not_name(desk: Desk, run_jobs: Callable[..., int]) -> None:
    for content, form in ((BRITISH, {}), ("".join(BRITISH.splitlines(keepends=True)[:2]), {"whole_stock": "yes"})):
        address = drop(desk, content.encode()).headers["Location"]
        if the_run().mapping_id is None:
            desk.post(f"{address}mapping", answers(desk.get(f"{address}mapping").data))
        run_jobs(["default"])
        desk.post(f"{address}import", form)
        run_jobs(["default"])
    found = cars(the_run().format or "")
    assert found["A1"][0].status is ListingStatus.ACTIVE
    assert found["A2"][0].status is ListingStatus.WITHDRAWN


def test_three_hundred_bad_rows_of_many_are_explained_and_can_be_had(desk: Desk, run_jobs: Callable[..., int]) -> None:
    good = "".join(f"G{n},Ford,Fiesta,Trend,{5000 + n},{n}\n" for n in range(700))
    bad = "".join(f"=B{n},Ford,Fiesta,Trend,{0 if n % 2 else ''},{n}\n" for n in range(300))
    address = mapped(desk, ("Ref,Make,Model,Title,Price,Mileage\n" + good + bad).encode())
    run_jobs(["default"])
    run = the_run()
    assert (run.counts["read"], run.counts["refused"], run.counts["created"]) == (1000, 300, 700)
    text = desk.get(address).text
    assert "300 Zeilen werden nicht übernommen" in text
    assert "Der Preis ist 0." in text
    answer = desk.get(f"{address}refused.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["Zeile", "Feld", "Grund", "Ref", "Make", "Model", "Title", "Price", "Mileage"]
    assert len(rows) == 301
    assert rows[1][:4] == ["702", "price", "Es fehlt ein Preis.", "'=B0"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_of_a_known_format_is_checked_at_once(desk: Desk, run_jobs: Callable[..., int]) -> None:
    content = b"id,make,model,price\n1,Volkswagen,Golf,9900\n2,Volkswagen,Polo,0\n"
    address = drop(desk, content).headers["Location"]
    run_jobs(["default"])
    run = the_run()
    assert (run.format, run.state) == ("csv", ImportState.CHECKED)
    assert run.counts["refused"] == 1
    assert "Der Preis ist 0." in desk.get(address).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Die Datei ist leer"),
        (b"PK\x03\x04rest", "Tabellenkalkulation"),
        (b"only one column\nvalue\n", "keine Tabelle"),
        (b"<html><body>no stock</body></html>", "XML"),
    ],
)
def test_a_file_that_is_no_stock_is_refused_in_words(desk: Desk, content: bytes, said: str) -> None:
    answer = drop(desk, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.scalars(select(ImportRun)).all() == []


def test_two_columns_cannot_become_the_same(desk: Desk) -> None:
    address = drop(desk, BRITISH.encode()).headers["Location"]
    typed = answers(desk.get(f"{address}mapping").data) | {"c0": "price"}
    answer = desk.post(f"{address}mapping", typed)
    assert answer.status_code == 422
    assert "Eine andere Spalte wird schon dazu" in answer.text
    assert the_run().state is ImportState.UPLOADED


def test_a_mapping_without_a_price_is_refused(desk: Desk) -> None:
    address = drop(desk, BRITISH.encode()).headers["Location"]
    typed = answers(desk.get(f"{address}mapping").data)
    name = next(name for name, value in typed.items() if value == "price")
    answer = desk.post(f"{address}mapping", {**typed, name: ""})
    assert answer.status_code == 422
    assert "welche Spalte der Preis ist" in answer.text


def test_the_preview_follows_an_answer_and_keeps_nothing(desk: Desk) -> None:
    address = drop(desk, BRITISH.encode()).headers["Location"]
    typed = answers(desk.get(f"{address}mapping").data) | {"unit_mileage_km": "km", "currency": "EUR"}
    page = desk.client.get(
        f"{address}mapping", query_string=typed, headers={"HX-Request": "true"}, base_url=f"http://{desk.host}"
    )
    assert "34.210" in page.text
    assert "<html" not in page.text
    assert db.session.scalars(select(ImportMapping)).all() == []


def test_letters_can_be_read_in_another_way(desk: Desk) -> None:
    content = "Nr;Marke;Modell;Farbe;Preis\n1;Škoda;Octavia;červená;9900\n2;Škoda;Fabia;žlutá;8900\n".encode("cp1250")
    address = drop(desk, content).headers["Location"]
    typed = answers(desk.get(f"{address}mapping").data) | {"encoding": "cp1250"}
    page = desk.client.get(f"{address}mapping", query_string=typed, base_url=f"http://{desk.host}")
    assert "červená" in page.text


def test_every_act_leaves_one_entry_in_the_trail(desk: Desk, run_jobs: Callable[..., int]) -> None:
    address = mapped(desk, BRITISH.encode())
    run_jobs(["default"])
    desk.post(f"{address}import", {})
    acts = [
        entry.action
        for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        if entry.object_kind == "import"
    ]
    assert acts == ["bring_file", "map_columns", "start_import"]


def test_a_file_is_forgotten_with_its_bytes(desk: Desk, database: Settings) -> None:
    address = drop(desk, BRITISH.encode()).headers["Location"]
    assert list((database.instance / "imports").iterdir()) != []
    assert desk.post(f"{address}drop", {}).status_code == 303
    assert list((database.instance / "imports").iterdir()) == []
    assert desk.get(address).status_code == 404


def test_nobody_sees_the_imports_of_another_dealer(app: Flask, desk: Desk, world: SimpleNamespace) -> None:
    address = str(drop(desk, BRITISH.encode()).headers["Location"])
    other = desk_of(app, person(Role.DEALER_OWNER, world.south.id, NOW))
    foreign = desk_of(app, other_tenant(NOW).operator, "market.other.localhost")
    for who in (other, foreign):
        for path in (address, f"{address}mapping", f"{address}refused.csv"):
            assert who.get(path).status_code == 404
        for act in ("mapping", "check", "import", "drop"):
            assert who.post(f"{address}{act}", {}).status_code == 404
    assert the_run().state is ImportState.UPLOADED


def test_an_import_cannot_be_started_unchecked_or_twice(desk: Desk, run_jobs: Callable[..., int]) -> None:
    address = mapped(desk, BRITISH.encode())
    assert desk.post(f"{address}import", {}).status_code == 409
    run_jobs(["default"])
    assert desk.post(f"{address}import", {}).status_code == 303
    assert desk.post(f"{address}import", {}).status_code == 409
    run_jobs(["default"])
    assert the_run().state is ImportState.DONE


# -- what is forgotten --


def test_a_file_that_nobody_imported_is_forgotten_after_two_weeks(
    desk: Desk, database: Settings, run_jobs: Callable[..., int]
) -> None:
    files, run_id = import_files(database), UUID(drop(desk, BRITISH.encode()).headers["Location"].split("/")[-2])
    assert forgotten(database, timedelta(days=13)) == []
    assert files.path(run_id).exists()
    assert forgotten(database, timedelta(days=15)) == [run_id]
    assert not files.path(run_id).parent.exists()
    assert desk.get(f"/admin/imports/{run_id}/").status_code == 404


def test_what_was_imported_is_kept_longer_and_its_mapping_for_good(
    desk: Desk, database: Settings, run_jobs: Callable[..., int]
) -> None:
    address = mapped(desk, BRITISH.encode())
    run_jobs(["default"])
    desk.post(f"{address}import", {})
    assert forgotten(database, timedelta(days=400)) == []
    run_jobs(["default"])
    assert forgotten(database, timedelta(days=89)) == []
    assert len(forgotten(database, timedelta(days=91))) == 1
    assert len(db.session.scalars(select(ImportMapping)).all()) == 1


def forgotten(settings: Settings, after: timedelta) -> list[UUID]:
    """Let time pass and forget what is old then."""
    moment = clock.now() + after
    with everywhere():
        waiting = import_forgetting.tenants_with_old(moment)
    return list(perform(import_forgetting.forget_old, import_files(settings), now=moment).unwrap()) if waiting else []
