"""Visiting our own web server under a domain's name, against real TLS (SECURITY C7, D3)."""

import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storefront.adapters.front import Front, front
from storefront.core import config
from storefront.core.edge import edge_of

HOST = "autohaus-nord.de"
ENDS = datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an authority, what it signed for the host, and what one signed that nobody trusts."""
    folder = tmp_path_factory.mktemp("papers")
    key, root = _authority("Our authority")
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    _sign(folder / "host.pem", key, root)
    other_key, other = _authority("Nobody knows it")
    _sign(folder / "stranger.pem", other_key, other)
    return folder


def _authority(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = _builder(subject, subject, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return key, made.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _sign(path: Path, key: ec.EllipticCurvePrivateKey, root: x509.Certificate) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = _builder(subject, root.subject, own).add_extension(names, critical=False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    plain = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(plain + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(datetime.now(UTC) - timedelta(days=1))
    return made.not_valid_after(ENDS).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )


class _Answer(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_HEAD(self) -> None:
        self.asked.append(self.headers["Host"])
        self.send_response(301 if self.headers["Host"].startswith("www.") else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def web_server(paper: Path | None = None) -> Iterator[tuple[tuple[str, int], list[str]]]:
    """Run a web server; with a certificate it refuses names it has none for, as Caddy does."""
    handler = type("Answer", (_Answer,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if paper is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(paper)
        context.sni_callback = lambda _s, name, _c: None if name == HOST else ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield ("127.0.0.1", server.server_address[1]), handler.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_certificate_browsers_take_is_told_with_its_end(papers: Path) -> None:
    with web_server(papers / "host.pem") as (place, asked):
        found = Front(place, authority=papers / "root.pem", seconds=5).visit(HOST)
    assert (found.is_secure, found.until, found.status, asked) == (True, ENDS, 200, [HOST])


def test_a_name_without_a_certificate_is_reached_and_not_secure(papers: Path) -> None:
    with web_server(papers / "host.pem") as (place, asked):
        found = Front(place, authority=papers / "root.pem", seconds=5).visit("fremd.de")
    assert (found.is_reached, found.is_secure, found.until, asked) == (True, False, None, [])


@pytest.mark.parametrize("paper", ["stranger.pem", "host.pem"])
def test_a_certificate_of_an_authority_nobody_trusts_is_none(papers: Path, paper: str) -> None:
    authority = papers / "root.pem" if paper == "stranger.pem" else None
    with web_server(papers / paper) as (place, asked):
        found = Front(place, authority=authority, seconds=5).visit(HOST)
    assert (found.is_reached, found.is_secure, asked) == (True, False, [])


def test_without_https_the_answer_alone_counts() -> None:
    with web_server() as (place, asked):
        way = Front(place, is_secure=False, seconds=5)
        found, led = way.visit(HOST), way.visit(f"www.{HOST}")
    assert (found.is_secure, found.status, led.status) == (True, 200, 301)
    assert asked == [HOST, f"www.{HOST}"]


def test_nobody_there_and_nobody_who_answers_are_told_apart() -> None:
    assert not Front(("127.0.0.1", 1), seconds=1).visit(HOST).is_reached
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        found = Front(("127.0.0.1", mute.getsockname()[1]), seconds=0.4).visit(HOST)
    assert (found.is_reached, found.is_secure) == (True, False)


def test_it_is_the_settings_that_say_where_it_goes(tmp_path: Path) -> None:
    said = {"EDGE_ADDRESSES": "203.0.113.80", "EDGE_PROBE": "127.0.0.1:8443", "SITE_SCHEME": "https"}
    settings = config.load(said)
    way = front(settings, edge_of(settings))
    assert way is not None
    assert (way.endpoint, way.is_secure) == (("127.0.0.1", 8443), True)
    assert front(config.load({}), edge_of(config.load({}))) is None
