"""The operator's side: plans, rates, featured cars, moderation, pages, builds, queues, health, today."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from admin.condition import Grade, look, worst
from builder.models import SiteRelease
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent, emit
from storefront.core.tasks import Task
from storefront.domain.accounts.models import AuditEntry, Role
from storefront.domain.dealers import rates
from storefront.domain.dealers.events import DealerChanged
from storefront.domain.dealers.models import Dealer, Plan, Subscription
from storefront.domain.leads.models import Lead
from storefront.domain.listings import moderation
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.listings.moderation import CaseKind, ModerationCase, faults
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import pages_written
from tests.integration.admin_desk import Desk, ask, desk_of, person
from tests.integration.admin_inbox_ready import EARLIER, held_site, inbox_things, two_releases


@pytest.fixture
def operator(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the operator's browser, in English."""
    return desk_of(app, person(Role.SYSTEM_ADMIN, None, clock.now(), name="Ada Lindqvist", language="en"))


def _main(desk: Desk, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return " ".join(html.fromstring(answer.data).xpath("//main")[0].text_content().split())


def _again(model: type, key: object) -> object:
    db.session.expire_all()
    return db.session.get_one(model, key)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "path", ["", "moderation/", "featured/?q=golf", "plans/", "pages/", "pages/new", "builds/", "queues/", "health/"]
)
def test_every_page_of_the_operator_opens_in_both_languages(
    app: Flask, world: SimpleNamespace, path: str, language: str
) -> None:
    desk = desk_of(app, person(Role.SYSTEM_ADMIN, None, clock.now(), language=language))
    assert desk.get(f"/admin/{path}").status_code == 200


def test_a_dealer_moves_to_another_plan_and_the_old_one_ends(world: SimpleNamespace, operator: Desk) -> None:
    path = f"/admin/dealers/{world.north.id}/plan"
    assert operator.post(path, {"plan": "premium", "reason": "x"}).status_code == 422
    assert operator.post(path, {"plan": "individual", "reason": ""}).status_code == 422
    assert operator.post(path, {"plan": "individual", "reason": "Their wish"}).status_code == 303
    north = _again(Dealer, world.north.id)
    assert isinstance(north, Dealer)
    assert north.plan is Plan.INDIVIDUAL
    running = select(Subscription).where(Subscription.dealer_id == north.id, Subscription.ends_on.is_(None))
    assert [one.tier for one in db.session.scalars(running)] == [Plan.INDIVIDUAL]


@pytest.mark.parametrize(("rate", "status"), [("0,9", 422), ("1", 303), ("5", 303), ("5,01", 422), ("viel", 422)])
def test_a_commission_rate_stays_between_one_and_five_per_cent(
    world: SimpleNamespace, operator: Desk, rate: str, status: int
) -> None:
    path = f"/admin/dealers/{world.north.id}/rate"
    assert operator.post(path, {"rate": rate, "reason": "Agreed"}).status_code == status


def test_the_rate_table_goes_by_plan_and_price_and_keeps_its_history(world: SimpleNamespace, operator: Desk) -> None:
    band = {"tier": "premium", "from_amount": "", "rate": "2.5", "reason": "Start"}
    operator.post("/admin/plans/bands", band)
    operator.post("/admin/plans/bands", {**band, "from_amount": "50,000", "rate": "2", "reason": "Large sales"})
    operator.post("/admin/plans/bands", {**band, "rate": "2.75", "reason": "New year"})
    north = world.north
    assert rates.rate_of(north, 49_999_00) == Decimal("0.0275")
    assert rates.rate_of(north, 50_000_00) == Decimal("0.0200")
    text = _main(operator, "/admin/plans/")
    assert "New year" in text
    assert "Start" in text
    assert len(rates.bands()) == 2
    operator.post(f"/admin/plans/bands/{rates.bands()[1].id}/end", {"reason": "No longer"})
    assert rates.rate_of(north, 90_000_00) == Decimal("0.0275")


def test_a_featured_car_is_switched_on_and_off_with_one_entry_each(world: SimpleNamespace, operator: Desk) -> None:
    assert "Golf" in _main(operator, "/admin/featured/")
    operator.post(f"/admin/featured/{world.golf.id}/off")
    assert "Golf" in _main(operator, "/admin/featured/?q=golf")
    entries = len(db.session.scalars(select(AuditEntry)).all())
    operator.post(f"/admin/featured/{world.golf.id}/on")
    assert len(db.session.scalars(select(AuditEntry)).all()) == entries + 1
    golf = _again(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.featured
    operator.post(f"/admin/featured/{world.golf.id}/off")
    golf = _again(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert not golf.featured


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Scheckheftgepflegt, 8-fach bereift, EZ 01/2017, 34.500 km", []),
        ("Ein echtes Schnäppchen!", ["claim"]),
        ("Nur noch heute", ["claim"]),
        ("Rufen Sie an: 040 / 123 456 78", ["phone"]),
        ("Rufen Sie an: +49 40 66969123", ["phone"]),
        ("Mehr auf www.example.com", ["link"]),
        ("Fragen an verkauf@example.com", ["email"]),
        ("VIN WVWZZZAUZKW123456, Preis 12.345,67", []),
        ("EZ 02/2019 100 kW 1998 ccm, TÜV 03-2027 neu", []),
    ],
)
def test_texts_are_looked_over_for_claims_and_addresses(text: str, found: list[str]) -> None:
    assert faults(text) == found


def test_a_doubtful_text_waits_once_and_is_withdrawn_by_the_operator(world: SimpleNamespace, operator: Desk) -> None:
    def shout() -> None:
        world.golf.description = "Schnäppchen, nur noch heute"

    perform(shout).unwrap()
    for _ in range(2):
        perform(moderation.look_over, world.north.id, None, now=clock.now()).unwrap()
    case = db.session.scalars(select(ModerationCase).where(ModerationCase.listing_id == world.golf.id)).one()
    assert (case.kind, case.reasons) == (CaseKind.TEXT, "claim")
    assert "Schnäppchen" in _main(operator, "/admin/moderation/")
    path = f"/admin/moderation/{case.id}/verdict"
    assert operator.post(path, {"verdict": "taken_down", "reason": ""}).status_code == 422
    assert operator.post(path, {"verdict": "taken_down", "reason": "Claims"}).status_code == 303
    golf = _again(Listing, world.golf.id)
    assert isinstance(golf, Listing)
    assert golf.status is ListingStatus.WITHDRAWN
    assert operator.post(path, {"verdict": "fine"}).status_code == 422


def test_a_new_dealer_is_shown_to_the_operator(
    world: SimpleNamespace, operator: Desk, run_jobs: Callable[..., int]
) -> None:
    form = {"name": "Autohaus Weser", "licence": "HB-1", "plan": "individual", "country": "DE"}
    assert operator.post("/admin/dealers/", form).status_code == 303
    run_jobs(["relay", "default", "photos"])
    assert "Autohaus Weser" in _main(operator, "/admin/moderation/")


def test_a_page_is_written_shown_moved_and_removed(world: SimpleNamespace, operator: Desk) -> None:
    form = {"title_de": "Über uns", "body_de": "Seit **1998**.", "title_en": "", "body_en": "Since"}
    assert operator.post("/admin/pages/", form).status_code == 422
    assert operator.post("/admin/pages/", {**form, "title_en": "About us", "in_menu": "yes"}).status_code == 303
    assert operator.post("/admin/pages/", {"title_de": "Ablauf", "body_de": "So geht es."}).status_code == 303
    market = db.session.query(Store).filter_by(kind="marketplace").one()
    first, second = pages_written(market.id)
    assert (first.titles, first.in_menu) == ({"de": "Über uns", "en": "About us"}, True)
    operator.post(f"/admin/pages/{second.id}/up")
    db.session.expire_all()
    assert [page.slug for page in pages_written(market.id)] == [second.slug, first.slug]
    shown = operator.post("/admin/pages/preview", {"text": "**fett** <script>alert(1)</script>"})
    assert "<strong>fett</strong>" in shown.get_data(as_text=True)
    assert "<script" not in shown.get_data(as_text=True)
    operator.post(f"/admin/pages/{first.id}/removal")
    assert [page.slug for page in pages_written(market.id)] == [second.slug]


def test_the_way_back_is_asked_for_with_a_reason_and_a_worker_goes_it(world: SimpleNamespace, operator: Desk) -> None:
    town = SimpleNamespace(mine={"store_id": world.north_store.id})
    two_releases(operator, town, None)
    path = f"/admin/builds/{world.north_store.id}/"
    assert "Served" in _main(operator, path)
    assert operator.post(f"{path}rollback", {"release": EARLIER, "reason": ""}).status_code == 422
    assert operator.post(f"{path}rollback", {"release": "00000009", "reason": "x"}).status_code == 422
    assert operator.post(f"{path}rollback", {"release": EARLIER, "reason": "Wrong prices"}).status_code == 303
    asked = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "RollbackWanted")).one()
    assert asked.payload["release"] == EARLIER


def test_a_held_site_says_so_and_goes_on_when_told(world: SimpleNamespace, operator: Desk) -> None:
    path = f"/admin/builds/{world.north_store.id}/"
    assert operator.post(f"{path}resume").status_code == 422
    held_site(operator, SimpleNamespace(mine={"store_id": world.north_store.id}), None)
    assert "Held since" in _main(operator, path)
    assert operator.post(f"{path}resume").status_code == 303
    assert "Held since" not in _main(operator, path)


def test_a_failed_build_tells_its_reason_and_stands_in_todays_list(world: SimpleNamespace, operator: Desk) -> None:
    def fail() -> None:
        build = SiteRelease(store_id=world.north_store.id, dealer_id=world.north.id, name="00000001")
        build.started_at, build.failure = clock.now(), "/vehicles/golf/: dead link (links)"
        db.session.add(build)

    perform(fail).unwrap()
    assert "1 website could not be published" in _main(operator, "/admin/")
    assert "failed" in _main(operator, "/admin/builds/")
    assert "/vehicles/golf/: dead link (links)" in _main(operator, f"/admin/builds/{world.north_store.id}/")


def test_a_dead_task_is_tried_again(world: SimpleNamespace, operator: Desk) -> None:
    things = inbox_things(world.north, _lead(world))
    text = _main(operator, "/admin/queues/")
    assert "OSError: no room" in text
    assert "refused: no such mailbox" in text
    operator.post(f"/admin/queues/tasks/{things['number']}/again")
    task = _again(Task, things["number"])
    assert isinstance(task, Task)
    assert (task.dead_at, task.attempts) == (None, 0)
    operator.post(f"/admin/queues/letters/{things['letter_id']}/again")
    assert db.session.scalars(select(OutboxEvent.name)).all().count("LetterWritten") == 2


def test_health_tells_what_stands_still_and_says_what_it_cannot_know(
    world: SimpleNamespace, operator: Desk, database: Settings
) -> None:
    def wait() -> None:
        long_ago = clock.now() - timedelta(hours=1)
        emit(DealerChanged(world.north.id), at=long_ago)
        db.session.flush()
        event = db.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id.desc())).first()
        assert event is not None
        db.session.add(Task(event_id=event.id, job="builder.jobs:publish_stale", arguments=[], ring_at=long_ago))

    perform(wait).unwrap()
    parts = {part.name: part for part in look(database, world.tenant.id, now=clock.now())}
    assert parts["database"].grade is Grade.GOOD
    assert parts["work"].grade is Grade.BAD
    assert worst(list(parts.values())) is Grade.BAD
    assert "no worker seems to work" in _main(operator, "/admin/health/")


def _lead(world: SimpleNamespace) -> Lead:

    return ask(world.golf, clock.now())
