"""Real Caddy and nginx serve two hosts from the configuration we write (SPEC 27, 147; SEO.md §15)."""

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from builder import web_caddy, web_cli, web_nginx
from builder.afterlife import moves_of
from builder.releases import site_folder
from builder.web_config import Front, Frontage, Served
from seo import redirects
from seo.redirects import Moves, Past
from storefront.core.config import Settings
from storefront.core.ids import new_id
from storefront.domain.stores.hosts import Forward
from tools.prove import web_servers
from tools.prove.web_servers import Heard

NORTH, SOUTH, OLD = "north-cars.localhost", "www.south.example", "south-motors.localhost"
STYLE = "a/site.3f0c9a1b2c3d4e5f.css"
FILM = "m/0123456789abcdef0123.mp4"
PAGE = b"<!doctype html><html lang=de><title>Start</title>" + b"<p>Autos</p>" * 200
DAY = date(2026, 11, 25)
FILES = {
    "index.html": PAGE,
    "vehicles/index.html": b"<!doctype html><title>Bestand</title>",
    "vehicles/vw-golf-abcdefghjkmnp/index.html": b"<!doctype html><title>Golf</title>",
    "404.html": b"<!doctype html><title>Nicht da</title>",
    "en/404.html": b"<!doctype html><title>Not here</title>",
    "en/index.html": b"<!doctype html><html lang=en><title>Home</title>",
    "robots.txt": b"User-agent: *\n",
    "sitemap.xml": b"<urlset/>",
    "rss.xml": b"<rss/>",
    "en/rss.xml": b"<rss/>",
    "status.json": b'{"version":1}',
    "site.webmanifest": b"{}",
    "feeds/abc/google.tsv": b"id\tvin\n",
    "i/0123456789abcdef0123-320.avif": b"avif",
    STYLE: b"body{}" * 300,
    FILM: b"0123456789",
}
MOVES = {
    "/vehicles/golf-abcdefghjkmnp/": Past("/vehicles/vw-golf-abcdefghjkmnp/", DAY),
    "/vehicles/polo-qqqqqqqqqqqqq/": Past(None, DAY),
    "/en/vehicles/polo-qqqqqqqqqqqqq/": Past(None, DAY),
    "/vehicles/": Past("/en/", DAY),  # it lives again, so this says nothing
}
Ask = Callable[..., Heard]
SECURE = Settings(site_scheme="https", site_port=0, base_host="market.example")


class _Asked(BaseHTTPRequestHandler):
    """A live layer that knows one host, and answers everything else with its own words."""

    def do_GET(self) -> None:
        """Answer."""
        asked = parse_qs(urlsplit(self.path).query).get("domain", [""])[0]
        known = urlsplit(self.path).path != "/-/ask" or asked == SECURE_HOST
        body = b"live " + self.path.encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Answer a form as everything else."""
        self.do_GET()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


SECURE_HOST = "north.market.example"


@pytest.fixture
def live() -> Iterator[str]:
    """Give the address of something in the live layer's place."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Asked)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["nginx", "caddy"], scope="module")
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Give a function that asks the server: path, then host, method and headers by name."""
    name: str = request.param
    _require(name)
    settings = Settings(marketplace_instance=tmp_path_factory.mktemp("front"))
    for host in (NORTH, SOUTH):
        _tree(settings, host)
    port = web_servers.free_port()
    folder = settings.instance / "web"
    front = Front(live="", listen=port, brotli=web_servers.has_brotli())
    served = [Served(host, moves_of(site_folder(settings, host)).addresses, "") for host in (NORTH, SOUTH)]
    known = Frontage(served, [Forward(OLD, SOUTH, new_id())])
    files = (
        web_caddy.files(settings, known, front) if name == "caddy" else web_nginx.files(settings, known, front, folder)
    )
    web_cli.put(folder, files)
    with web_servers.running(name, folder, port):
        yield lambda path, host=NORTH, **more: web_servers.ask(port, host, path, **more)


def _tree(settings: Settings, host: str) -> None:
    folder = settings.sites / host
    for path, content in FILES.items():
        file = folder / "a" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for path in ("index.html", STYLE):
        (folder / "a" / f"{path}.gz").write_bytes(gzip.compress(FILES[path]))
        (folder / "a" / f"{path}.br").write_bytes(b"brotli bytes")
    (folder / "current").symlink_to("a")
    known = MOVES if host == NORTH else {"/info/old/": Past("/vehicles/", DAY)}
    (folder / redirects.FILE).write_bytes(redirects.to_bytes(Moves(known, build=1)))


def test_a_page_comes_with_its_caching_and_the_security_headers(ask: Ask) -> None:
    for host in (NORTH, SOUTH):
        answer = ask("/vehicles/", host)
        assert (answer.status, answer.body) == (200, FILES["vehicles/index.html"])
        wanted = "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"
        assert answer.headers["cache-control"] == wanted
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["etag"].startswith('"')
        assert answer.headers["last-modified"].endswith("GMT")
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "\n" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "geolocation=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        (f"/{STYLE}", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/i/0123456789abcdef0123-320.avif", "image/avif", "public, max-age=31536000, immutable"),
        (f"/{FILM}", "video/mp4", "public, max-age=31536000, immutable"),
        ("/robots.txt", "text/plain; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/sitemap.xml", "application/xml; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/rss.xml", "application/rss+xml; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/en/rss.xml", "application/rss+xml; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/status.json", "application/json", "public, max-age=300, s-maxage=300"),
        ("/site.webmanifest", "application/manifest+json", "public, max-age=300, s-maxage=300"),
        ("/feeds/abc/google.tsv", "text/tab-separated-values; charset=utf-8", "public, max-age=300, s-maxage=300"),
    ],
)
def test_each_kind_of_file_has_its_type_and_its_time_in_caches(ask: Ask, path: str, kind: str, caching: str) -> None:
    answer = ask(path)
    assert (answer.status, answer.body) == (200, FILES[path[1:]])
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, caching)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ("x-robots-tag" in answer.headers) is path.startswith("/feeds/")


def test_compressed_copies_are_sent_as_they_lie_there_with_a_tag_of_their_own(ask: Ask) -> None:
    plain, zipped = ask("/"), ask("/", Accept_Encoding="gzip")
    assert gzip.decompress(zipped.body) == plain.body == PAGE
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert zipped.headers["vary"] == "Accept-Encoding"
    assert zipped.headers["content-type"] == "text/html; charset=utf-8"
    if web_servers.has_brotli():
        small = ask(f"/{STYLE}", Accept_Encoding="br, gzip")
        assert (small.body, small.headers["content-encoding"]) == (b"brotli bytes", "br")
        assert small.headers["content-type"] == "text/css; charset=utf-8"
    assert ask("/index.html.gz").status == 404


def test_a_copy_one_has_is_not_sent_again(ask: Ask) -> None:
    tag = ask("/").headers["etag"]
    answer = ask("/", If_None_Match=tag)
    assert (answer.status, answer.body) == (304, b"")


def test_an_address_that_moved_leads_there_in_one_step_with_what_was_asked(ask: Ask) -> None:
    answer = ask("/vehicles/golf-abcdefghjkmnp/?a=1")
    assert answer.status == 301
    assert answer.headers["location"].endswith("/vehicles/vw-golf-abcdefghjkmnp/?a=1")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert ask("/vehicles/vw-golf-abcdefghjkmnp/").status == 200
    assert ask("/vehicles/golf-abcdefghjkmnp/", SOUTH).status == 404  # that was the other host's
    assert ask("/vehicles/").status == 200


def test_what_is_gone_for_good_says_so_in_the_visitors_language(ask: Ask) -> None:
    german, english = ask("/vehicles/polo-qqqqqqqqqqqqq/"), ask("/en/vehicles/polo-qqqqqqqqqqqqq/")
    assert (german.status, german.body) == (410, FILES["404.html"])
    assert (english.status, english.body) == (410, FILES["en/404.html"])
    assert german.headers["cache-control"] == "public, max-age=60"
    assert german.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in german.headers["content-security-policy"]


def test_what_was_never_there_is_not_found_in_the_visitors_language(ask: Ask) -> None:
    german, english = ask("/nowhere/"), ask("/en/nowhere")
    assert (german.status, german.body) == (404, FILES["404.html"])
    assert (english.status, english.body) == (404, FILES["en/404.html"])
    assert german.headers["cache-control"] == "public, max-age=60"


def test_a_page_has_one_address(ask: Ask) -> None:
    slash, index = ask("/vehicles?a=1"), ask("/vehicles/index.html")
    assert (slash.status, index.status) == (301, 301)
    assert slash.headers["location"].endswith("/vehicles/?a=1")
    assert index.headers["location"].endswith("/vehicles/")


def test_a_host_the_site_once_had_leads_to_the_same_path(ask: Ask) -> None:
    answer = ask("/vehicles/vw-golf-abcdefghjkmnp/?a=1", OLD)
    assert answer.status == 301
    assert answer.headers["location"] == f"http://{SOUTH}:8000/vehicles/vw-golf-abcdefghjkmnp/?a=1"
    assert ask("/nowhere", OLD).headers["location"] == f"http://{SOUTH}:8000/nowhere"
    moved = ask("/info/old/?a=1", OLD)
    assert (moved.status, moved.headers["location"]) == (301, f"http://{SOUTH}:8000/vehicles/?a=1")  # in one hop


def test_an_unknown_host_gets_nothing(ask: Ask) -> None:
    for host in ("stranger.example", "..", "a_b", "north-cars.localhost.evil.example"):
        assert ask("/", host).status in (400, 404)


def test_files_are_read_and_nothing_else(ask: Ask) -> None:
    answer = ask("/", method="POST", body=b"x")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    head = ask("/vehicles/", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(FILES["vehicles/index.html"]))
    assert ask("/../robots.txt").status in (200, 400, 404)
    assert ask("/..%2f..%2fmoves.json").status in (400, 404)
    assert ask("/-/search").status == 503
    assert ask("/-/ask?domain=x.example").status in (404, 503)


def test_a_film_may_be_asked_for_in_parts(ask: Ask) -> None:
    answer = ask(f"/{FILM}", Range="bytes=2-5")
    assert (answer.status, answer.body) == (206, b"2345")
    assert answer.headers["content-range"] == "bytes 2-5/10"


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_what_is_dynamic_or_moved_a_moment_ago_is_the_live_layers(name: str, live: str, tmp_path: Path) -> None:
    _require(name)
    settings, port = Settings(marketplace_instance=tmp_path), web_servers.free_port()
    _tree(settings, SOUTH)
    front = Front(live=live, listen=port, brotli=web_servers.has_brotli())
    _write(name, settings, [Served(SOUTH, {}, "")], front, tmp_path / "web")
    with web_servers.running(name, tmp_path / "web", port):
        asked = web_servers.ask(port, SOUTH, "/-/search?q=golf")
        assert (asked.status, asked.body) == (200, b"live /-/search?q=golf")
        assert asked.headers["strict-transport-security"] == "max-age=1"
        assert web_servers.ask(port, SOUTH, "/-/inquiries", method="POST", body=b"a=1").status == 200
        assert web_servers.ask(port, SOUTH, "/vehicles/moved-a-moment-ago/").body.startswith(b"live /vehicles/moved")
        assert web_servers.ask(port, SOUTH, "/vehicles/").body == FILES["vehicles/index.html"]
        assert web_servers.ask(port, SOUTH, f"/-/ask?domain={SECURE_HOST}").status == 404


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_pages_stand_while_the_live_layer_is_away(name: str, tmp_path: Path) -> None:
    _require(name)
    settings, port = Settings(marketplace_instance=tmp_path), web_servers.free_port()
    _tree(settings, SOUTH)
    front = Front(live=f"127.0.0.1:{web_servers.free_port()}", listen=port, brotli=web_servers.has_brotli())
    _write(name, settings, [Served(SOUTH, {}, "")], front, tmp_path / "web")
    with web_servers.running(name, tmp_path / "web", port):
        assert web_servers.ask(port, SOUTH, "/vehicles/").status == 200
        missing = web_servers.ask(port, SOUTH, "/en/nowhere/")
        assert (missing.status, missing.body) == (404, FILES["en/404.html"])
        away = web_servers.ask(port, SOUTH, "/-/search")
        assert (away.status, away.headers["cache-control"]) == (503, "no-store")
        assert away.headers["retry-after"] == "30"


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_https_promises_itself_and_caddy_gets_certificates_for_our_hosts_alone(
    name: str, live: str, tmp_path: Path
) -> None:
    _require(name)
    settings = replace(SECURE, marketplace_instance=tmp_path)
    _tree(settings, SECURE_HOST)
    plain, port = web_servers.free_port(), web_servers.free_port()
    brotli = web_servers.has_brotli()
    front = Front(live, plain, port, certificates=str(_certificates(tmp_path, SECURE_HOST)), brotli=brotli)
    promise = "max-age=31536000; includeSubDomains"
    _write(name, settings, [Served(SECURE_HOST, {}, promise)], front, tmp_path / "web")
    file = tmp_path / "web/Caddyfile"
    if name == "caddy":  # no certificate authority here: Caddy's own one signs
        file.write_text(file.read_text().replace("{\n", "{\n\tlocal_certs\n\tskip_install_trust\n", 1))
    with web_servers.running(name, tmp_path / "web", port):
        answer = _over_tls(port, SECURE_HOST, "/vehicles/")
        assert b"200 OK" in answer
        assert f"strict-transport-security: {promise}".lower().encode() in answer.lower()
        with pytest.raises((ssl.SSLError, OSError)):
            _over_tls(port, "stranger.example", "/")
        sent_on = web_servers.ask(plain, SECURE_HOST, "/vehicles/?a=1")
        assert (sent_on.status, sent_on.headers["location"]) == (301, f"https://{SECURE_HOST}:{port}/vehicles/?a=1")


def _require(name: str) -> None:
    if web_servers.binary(name) is None:
        pytest.skip(f"{name} is not installed")


def _write(name: str, settings: Settings, served: list[Served], front: Front, folder: Path) -> None:
    known = Frontage(served, [])
    files = (
        web_caddy.files(settings, known, front) if name == "caddy" else web_nginx.files(settings, known, front, folder)
    )
    web_cli.put(folder, files)


def _certificates(folder: Path, host: str) -> Path:
    made = folder / "certificates"
    made.mkdir()
    words = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(made / f"{host}.key"), "-out", str(made / f"{host}.crt"), "-subj", f"/CN={host}"]
    subprocess.run(["openssl", "req", *words, *files], check=True, capture_output=True)
    return made


def _over_tls(port: int, host: str, path: str) -> bytes:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with plain, trusting.wrap_socket(plain, server_hostname=host) as secure:
        secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        said = b""
        while part := secure.recv(65536):
            said += part
        return said
