"""From an inquiry to two letters, each sent once whatever falls over (SPEC 113, SECURITY B10, C8, E6, E7)."""

import asyncio
import email
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tasks import Task
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import add_user
from storefront.domain.accounts.models import Role
from storefront.domain.leads.models import Inquiry, Lead
from storefront.notices import inquiries, sending
from storefront.notices.actions import LEASE, Occasion, claim, write_letter
from storefront.notices.letters import render
from storefront.notices.models import Letter
from storefront.notices.sending import LetterBusy, message_of
from tests.conftest import NOW, SECRET
from tests.integration.live import JSON, MARKET, NORTH, Visitor, drain, form, live_app

Drain = Callable[[], None]


@pytest.fixture
def follow(redis_url: str) -> Drain:
    """Give a function that does what follows from the acts so far."""
    return lambda: drain(redis_url)


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str) -> Flask:
    """Give the live layer on the named world; North Cars gets its inquiries by mail."""
    made = live_app(database, redis_url)
    db.session.merge(world.north).email = "inquiries@north-cars.example"
    db.session.commit()
    return made


def outbox(settings: Settings) -> dict[str, EmailMessage]:
    """Give the letters in the outbox folder by their reader."""
    found = {}
    for path in (settings.instance / "outbox").glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found[str(message["To"])] = message
    return found


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Give a form of a letter."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def ask(app: Flask, world: SimpleNamespace, host: str = NORTH, **values: str) -> Inquiry:
    """Send the form about the Golf."""
    assert Visitor(app, host).post("/-/inquiries", form(world.golf.public_id, site=host, **values), **JSON).json["ok"]
    return db.session.scalars(select(Inquiry).order_by(Inquiry.created_at.desc())).first()  # type: ignore[return-value]


def test_an_inquiry_sends_the_dealer_its_lead_and_the_buyer_a_confirmation(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    inquiry = ask(app, world, phone="040 66969-1", lang="en")
    lead = db.session.scalars(select(Lead)).one()
    follow()
    letters = outbox(database)
    assert set(letters) == {"inquiries@north-cars.example", "erika@example.com"}
    dealer, buyer = letters["inquiries@north-cars.example"], letters["erika@example.com"]
    assert inquiry.reference in dealer["Subject"]
    assert (dealer["Reply-To"], dealer["Importance"]) == ("erika@example.com", "high")
    said = text_of(dealer)
    for fact in ("Volkswagen Golf", "Erika Muster", "+4940669691", "Nicht angegeben", str(lead.id), "Eigene Website"):
        assert fact in said
    assert f"http://localhost:8000/admin/leads/{lead.id}" in said
    assert 'href="tel:+4940669691"' in text_of(dealer, "html")
    assert inquiry.reference in buyer["Subject"]
    assert "Your reference is" in text_of(buyer)
    assert f"http://{NORTH}:8000/en/vehicles/{world.golf.slug}-{world.golf.public_id}/" in text_of(buyer)
    assert buyer["Reply-To"] == "inquiries@north-cars.example"


def test_running_everything_again_sends_nothing_again(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    inquiry = ask(app, world)
    follow()
    before = {path.name: path.stat().st_mtime_ns for path in (database.instance / "outbox").iterdir()}
    with acting(world.tenant.id):
        perform(inquiries.write_letters, inquiry.id, settings=database, now=NOW).unwrap()
        for letter in db.session.scalars(select(Letter)):
            sending.send(letter.id, settings=database, now=NOW)
    follow()
    assert {path.name: path.stat().st_mtime_ns for path in (database.instance / "outbox").iterdir()} == before
    assert len(before) == 2


def test_without_an_address_everybody_on_the_dealers_leads_is_told(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    db.session.merge(world.north).email = None
    db.session.commit()
    hired = [
        ("owner", Role.DEALER_OWNER, "de"),
        ("manager", Role.SALES_MANAGER, "en"),
        ("sales", Role.SALES_PERSON, "de"),
    ]
    for name, role, language in hired:
        where = {"dealer_id": world.north.id, "language": language}
        perform(add_user, f"{name}@north.example", name, "x", role, now=NOW, **where).unwrap()
    perform(add_user, "boss@south.example", "boss", "x", Role.DEALER_OWNER, dealer_id=world.south.id, now=NOW).unwrap()
    perform(add_user, "operator@example.com", "operator", "x", Role.SYSTEM_ADMIN, now=NOW).unwrap()
    ask(app, world, host=MARKET)
    follow()
    letters = outbox(database)
    assert set(letters) == {f"{name}@north.example" for name, _, _ in hired} | {"erika@example.com"}
    assert "New Sales Lead" in letters["manager@north.example"]["Subject"]
    assert "Not specified" in text_of(letters["manager@north.example"])
    assert "Neue Anfrage" in letters["owner@north.example"]["Subject"]


def test_what_a_buyer_types_breaks_out_of_no_letter(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    ask(app, world, name="Eve\r\nBcc: all@example.com", message="{{ 7*7 }} <script>alert(1)</script>\r\n.\r\nQUIT")
    follow()
    dealer = outbox(database)["inquiries@north-cars.example"]
    assert "Bcc" not in dealer
    assert "Eve Bcc: all@example.com" in dealer["Subject"]
    assert "{{ 7*7 }}" in text_of(dealer)
    assert "<script>" not in text_of(dealer, "html")


def test_links_come_from_the_store_and_never_from_the_request(
    world: SimpleNamespace, app: Flask, database: Settings, follow: Drain
) -> None:
    forged = {"X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example", **JSON}
    Visitor(app).post("/-/inquiries", form(world.golf.public_id), **forged)
    follow()
    for message in outbox(database).values():
        assert "evil.example" not in message.as_string()


def a_letter(world: SimpleNamespace, key: str = "test") -> Letter:
    """Write a letter."""
    values = {"dealer": "North Cars", "reference": "4F2A7K", "buyer": "Erika", "message": "Hallo", "vehicle": None}
    values |= {"vehicle_link": None, "dealer_phone": None, "site": NORTH, "details": ()}
    occasion = Occasion(key, "inquiry_confirmation", "erika@example.com", "de", dealer_id=world.north.id)
    return perform(write_letter, occasion, render("inquiry_confirmation", "de", values), now=NOW).unwrap()


def test_an_occasion_has_one_letter(world: SimpleNamespace) -> None:
    assert a_letter(world).id == a_letter(world).id
    assert a_letter(world, "another").id != a_letter(world).id


def test_a_letter_is_the_same_to_the_byte_every_time(world: SimpleNamespace, database: Settings) -> None:
    letter = a_letter(world)
    assert message_of(letter, database).as_bytes() == message_of(letter, database).as_bytes()
    assert letter.id.hex in message_of(letter, database)["Message-ID"]


def test_two_workers_do_not_send_one_letter_at_once(world: SimpleNamespace, database: Settings) -> None:
    letter = a_letter(world)
    assert perform(claim, letter.id, now=NOW).unwrap()
    with pytest.raises(LetterBusy):
        sending.send(letter.id, settings=database, now=NOW + timedelta(seconds=30))
    sending.send(letter.id, settings=database, now=NOW + LEASE)
    assert len(outbox(database)) == 1


def test_a_mail_server_that_is_down_keeps_the_letter_for_later(world: SimpleNamespace, database: Settings) -> None:
    letter = a_letter(world)
    (database.instance / "outbox").write_text("in the way")
    with pytest.raises(sending.MailDown):
        sending.send(letter.id, settings=database, now=NOW)
    assert (letter.sent_at, letter.attempts) == (None, 1)
    assert letter.failure
    (database.instance / "outbox").unlink()
    sending.send(letter.id, settings=database, now=NOW)
    assert letter.sent_at == NOW


def test_an_address_that_is_none_is_given_up_and_said(world: SimpleNamespace, database: Settings) -> None:
    letter = a_letter(world)
    letter.to_address = "erika@example.com\r\nBcc: all@example.com"
    db.session.commit()
    sending.send(letter.id, settings=database, now=NOW)
    assert letter.failure is not None
    assert "refused" in letter.failure
    assert "erika" not in letter.failure
    assert outbox(database) == {}


# -- a worker dies -----------------------------------------------------------------------------------------------------

WORKER = """
import json, sys
from pathlib import Path
from rq import Queue, SimpleWorker
from storefront.core import config, queue, runtime
import storefront.notices.listeners

given = json.loads(sys.argv[1]) | {"marketplace_instance": Path(sys.argv[2])}
settings = runtime.start(config.load({}, **given), pooled=False)
connection = queue.connection(settings)
for _ in range(2):
    queue.sweep()
    queues = [Queue(name, connection=connection) for name in queue.QUEUES]
    SimpleWorker(queues, connection=connection).work(burst=True, logging_level="ERROR")
"""


@dataclass
class SlowServer:
    """A mail server that can be told to think about a letter until somebody hangs up."""

    taken: list[bytes] = field(default_factory=list)
    thinking: bool = False
    asked: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter, or never answer."""
        self.asked.set()
        if self.thinking:
            await asyncio.sleep(30)
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post_office() -> Iterator[tuple[SlowServer, str]]:
    """Give a slow mail server and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = SlowServer()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, f"smtp://127.0.0.1:{port}"
    controller.stop()


def a_lease_ends(world: SimpleNamespace) -> None:
    """Set back by as long as a letter is one worker's what waits for its time."""
    with everywhere():
        for task in db.session.scalars(select(Task).where(Task.done_at.is_(None))):
            task.ring_at -= LEASE + timedelta(seconds=1)
        for letter in db.session.scalars(select(Letter).where(Letter.sent_at.is_(None))):
            letter.next_try_at -= LEASE + timedelta(seconds=1)
        db.session.commit()


def test_a_worker_killed_between_lead_and_mail_loses_nothing_and_doubles_nothing(
    world: SimpleNamespace, app: Flask, database: Settings, redis_url: str, post_office: tuple[SlowServer, str]
) -> None:
    server, smtp = post_office
    given = {"secret_key": SECRET, "redis_url": redis_url, "smtp_url": smtp}
    command = [sys.executable, "-c", WORKER, json.dumps(given), str(database.instance)]
    root = Path(__file__).resolve().parents[2]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    ask(app, world)
    server.thinking = True
    for _ in range(2):
        server.asked.clear()
        worker = subprocess.Popen(command, cwd=root, env=environ)
        assert server.asked.wait(60), "the worker never came to its first letter"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        a_lease_ends(world)
    assert server.taken == []
    server.thinking = False
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        subprocess.run(command, cwd=root, env=environ, check=True)
        with acting(world.tenant.id):
            if all(letter.sent_at is not None for letter in db.session.scalars(select(Letter))):
                break
        a_lease_ends(world)
    subprocess.run(command, cwd=root, env=environ, check=True)
    readers = sorted(str(email.message_from_bytes(content)["To"]) for content in server.taken)
    assert readers == ["erika@example.com", "inquiries@north-cars.example"]
