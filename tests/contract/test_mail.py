"""The promise of every mailer, kept by the outbox folder and by SMTP against a real server (SECURITY C8, E6)."""

import email
import email.header
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from storefront.adapters import mail
from storefront.adapters.mail import MailDown, Mailer, MailRefused, Outbox, Smtp
from storefront.core import config
from storefront.core.errors import ConfigurationError


def letter(number: str = "0" * 31 + "1", subject: str = "Neue Anfrage für Jürgen") -> EmailMessage:
    """Make a letter with both forms."""
    made = EmailMessage(policy=SMTP)
    made["From"] = "Marketplace <no-reply@marketplace.example>"
    made["To"] = "dealer@north-cars.example"
    made["Subject"] = subject
    made["Message-ID"] = f"<{number}@marketplace.example>"
    made.set_content("Grüße\n.\nnach dem Punkt\n")
    made.add_alternative("<p>Grüße</p>", subtype="html")
    return made


@dataclass
class Server:
    """A mail server that keeps what it takes; `says` answers a letter otherwise."""

    taken: list[bytes] = field(default_factory=list)
    says: str = "250 OK"
    says_to_recipient: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient or refuse it."""
        if self.says_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says_to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter or refuse it."""
        if self.says.startswith("250"):
            self.taken.append(envelope.content)
        return self.says


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    """Give a running mail server and its address."""
    kept, port = Server(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture(params=["outbox", "smtp"])
def mailer(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Mailer, Callable[[], list[Message]]]:
    """Give a mailer, and a function that reads what arrived."""
    if request.param == "outbox":
        folder = tmp_path / "outbox"
        return Outbox(folder), lambda: [email.message_from_bytes(p.read_bytes()) for p in sorted(folder.glob("*.eml"))]
    kept, url = request.getfixturevalue("server")
    return Smtp.at(url), lambda: [email.message_from_bytes(content) for content in kept.taken]


def test_a_letter_arrives_with_its_headers_and_both_forms(mailer: tuple[Mailer, Callable[[], list[Message]]]) -> None:
    send, arrived = mailer[0].send, mailer[1]
    send(letter())
    (found,) = arrived()
    parts = list(found.walk())
    assert str(email.header.make_header(email.header.decode_header(found["Subject"]))) == "Neue Anfrage für Jürgen"
    assert found["To"] == "dealer@north-cars.example"
    assert [part.get_content_type() for part in parts] == ["multipart/alternative", "text/plain", "text/html"]
    body = parts[1].get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().splitlines() == ["Grüße", ".", "nach dem Punkt"]


def test_the_same_letter_again_is_told_by_its_message_id(mailer: tuple[Mailer, Callable[[], list[Message]]]) -> None:
    send, arrived = mailer[0].send, mailer[1]
    send(letter())
    send(letter())
    assert len({found["Message-ID"] for found in arrived()}) == 1


def test_two_letters_are_two(mailer: tuple[Mailer, Callable[[], list[Message]]]) -> None:
    mailer[0].send(letter("a" * 32))
    mailer[0].send(letter("b" * 32))
    assert len(mailer[1]()) == 2


def test_a_header_cannot_be_broken_out_of() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        letter(subject="Hello\r\nBcc: everybody@example.com")


def test_the_outbox_holds_one_file_a_letter_and_nothing_half_written(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    for _ in range(3):
        outbox.send(letter())
    assert [path.name for path in outbox.folder.iterdir()] == ["0" * 31 + "1.eml"]


def test_a_message_id_never_leads_out_of_the_outbox(tmp_path: Path) -> None:
    with pytest.raises(MailRefused):
        Outbox(tmp_path / "outbox").send(letter("../../etc/passwd"))


def test_an_outbox_that_cannot_be_written_is_down(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    with pytest.raises(MailDown):
        Outbox(tmp_path / "outbox").send(letter())


@pytest.mark.parametrize(
    ("answer", "error"), [("451 later", MailDown), ("550 no such mailbox dealer@north-cars.example", MailRefused)]
)
@pytest.mark.parametrize("moment", ["says", "says_to_recipient"])
def test_a_refusal_for_now_differs_from_one_for_good(
    server: tuple[Server, str], moment: str, answer: str, error: type[Exception]
) -> None:
    setattr(server[0], moment, answer)
    with pytest.raises(error) as refusal:
        Smtp.at(server[1]).send(letter())
    logged = "".join(traceback.format_exception(refusal.value))
    assert "@" not in logged, "a task that fails is logged with the causes of its failure"


def test_nobody_listening_is_down() -> None:
    with pytest.raises(MailDown):
        Smtp.at(f"smtp://127.0.0.1:{free_port()}").send(letter())


def test_a_server_that_says_nothing_is_down_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(MailDown):
            Smtp.at(f"smtp://127.0.0.1:{silent.getsockname()[1]}").send(letter())


def test_a_server_that_talks_nonsense_is_down() -> None:
    with socket.socket() as babbling:
        babbling.bind(("127.0.0.1", 0))
        babbling.listen()

        def babble() -> None:
            connection, _ = babbling.accept()
            with connection:
                connection.sendall(b"\xff\xfeHTTP/1.1 200 OK\r\n\r\n")

        talk = threading.Thread(target=babble)
        talk.start()
        with pytest.raises(MailDown):
            Smtp.at(f"smtp://127.0.0.1:{babbling.getsockname()[1]}").send(letter())
        talk.join()


def test_encryption_that_is_asked_for_is_not_done_without(server: tuple[Server, str]) -> None:
    with pytest.raises(MailDown):
        Smtp.at(server[1].replace("smtp://", "starttls://")).send(letter())
    assert server[0].taken == []


def test_an_address_of_a_server_is_read_whole() -> None:
    found = Smtp.at("smtps://mail%40box:p%3Ass@mail.example:2465")
    assert found == Smtp("smtps", "mail.example", 2465, "mail@box", "p:ss")
    assert Smtp.at("smtp://mail.example").port == 587
    assert Smtp.at("smtps://mail.example").port == 465


@pytest.mark.parametrize("url", ["http://user:hunter2@mail.example", "mail.example", "smtp://"])
def test_a_wrong_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Smtp.at(url)
    assert "hunter2" not in str(refusal.value)


def test_the_installation_decides_which_mailer_it_is(tmp_path: Path) -> None:
    local = config.load({}, marketplace_instance=tmp_path)
    assert mail.mailer(local) == Outbox(tmp_path / "outbox")
    assert isinstance(mail.mailer(config.load({}, smtp_url="smtp://mail.example")), Smtp)
