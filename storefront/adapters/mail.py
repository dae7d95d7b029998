"""Sending letters: by SMTP, or as `.eml` files into the installation's outbox folder, behind one protocol.

Both keep the same promise (tests/contract/test_mail.py): `send` returns once the letter is out of our hands, and the
same letter sent twice carries the same Message-ID, so that the second is told from the first. No address is logged.
"""

import os
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError

TIMEOUT_SECONDS = 10.0
PORTS = {"smtp": 587, "starttls": 587, "smtps": 465}
_ID = re.compile(r"<([A-Za-z0-9-]{1,80})@")


class MailRefused(Exception):
    """The letter will never be taken: no such mailbox, or its content is refused. Sending it again is no use."""


class MailDown(Exception):
    """The letter was not taken this time; try again later."""


class Mailer(Protocol):
    """Takes letters."""

    def send(self, message: EmailMessage) -> None:
        """Hand a letter over.

        Args:
            message: with From, To, Subject, Message-ID and Date.

        Raises:
            MailRefused: for good.
            MailDown: for now.
        """


def mailer(settings: Settings) -> Mailer:
    """Give the mailer of an installation: SMTP where `SMTP_URL` is set, else the outbox folder.

    Raises:
        ConfigurationError: an `SMTP_URL` that cannot be read.
    """
    return Smtp.at(settings.smtp_url) if settings.smtp_url else Outbox(settings.instance / "outbox")


@dataclass(frozen=True, slots=True)
class Outbox:
    """Writes each letter to `<folder>/<id>.eml`, the id being that of its Message-ID: sent twice is one file."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the letter, whole or not at all (see `Mailer.send`)."""
        found = _ID.match(str(message["Message-ID"]))
        if found is None:
            raise MailRefused("the letter has no usable Message-ID")
        path = self.folder / f"{found[1]}.eml"
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise MailDown(f"the outbox folder cannot be written: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Smtp:
    """Hands letters to a mail server.

    Args:
        scheme: `smtp` (encrypted where the server offers it), `starttls` (encrypted or not at all), `smtps` (from the
            first byte).
        host: its name.
        port: its port.
        user: to log in with; empty logs in nowhere. A password never travels unencrypted, except to this machine.
        password: of that user.
    """

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def at(cls, url: str) -> "Smtp":
        """Read `smtp://user:password@host:587`; user and password are percent-encoded where they hold signs.

        Raises:
            ConfigurationError: another scheme, or no host; the message never repeats the password.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ConfigurationError("SMTP_URL must look like smtp://user:password@host:587 (or smtps://, starttls://)")
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))

    def send(self, message: EmailMessage) -> None:
        """Hand the letter to the server (see `Mailer.send`).

        What the server said is no cause of what is raised: a task that fails is logged with its causes, and the words
        of a server repeat addresses (SECURITY D13).
        """
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise MailDown(_said(error)) from None
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _refusal(min(codes), "the recipient was refused") from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, _said(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailDown(_said(error)) from None
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            self._secure(server, context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if self.scheme == "smtps":
            return
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif self.scheme == "starttls" or (self.user and self.host not in ("localhost", "127.0.0.1", "::1")):
            raise smtplib.SMTPNotSupportedError("the server offers no encryption")


def _refusal(code: int, said: str) -> Exception:
    return MailRefused(said) if code >= 500 else MailDown(said)


def _said(error: Exception) -> str:
    """Name what happened without what the server said: its words repeat addresses."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
