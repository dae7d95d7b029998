"""The file server, asked over a socket by a client that knows only HTTP (SEO.md §15, SECURITY B8, B10, C6)."""

import gzip
import http.client
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from seo import redirects
from seo.redirects import Moves, Past
from storefront.core import config
from storefront.core.config import Settings
from storefront.live.files import StaticSites
from storefront.live.still import Still

HOST = "north-cars.localhost"
FILM = "m/0123456789abcdef0123.mp4"
STYLE = "a/site.3f0c9a1b2c3d4e5f.css"
PAGE = "<!doctype html><html lang=de><title>Start</title>" + "<p>Autos</p>" * 200
CONTACT = '<html lang="de"><a href="tel:+494066969123">040</a> <a href="mailto:hof@north.example">Mail</a>'
YEAR = "max-age=31536000"
DAY = date(2026, 11, 25)


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Answer]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(settings: Settings) -> Path:
    """Give the folder of a small built site, served from its tree `a`."""
    folder = settings.sites / HOST
    for path, text in {
        "index.html": PAGE,
        "vehicles/index.html": "<!doctype html><html lang=de><title>Bestand</title>",
        "vehicles/vw-golf-abcdefghjkmnp/index.html": "<!doctype html><title>Golf</title>",
        "contact/index.html": CONTACT,
        "404.html": "<!doctype html><title>Nicht da</title>",
        "en/404.html": "<!doctype html><title>Not here</title>",
        "robots.txt": "User-agent: *\n",
        "sitemap.xml": "<urlset/>",
        "rss.xml": "<rss/>",
        "site.webmanifest": "{}",
        "i/0123456789abcdef0123-320.webp": "webp",
        STYLE: "body{}",
        FILM: "0123456789",
    }.items():
        _write(folder / "a" / path, text.encode())
    _write(folder / "a" / "index.html.gz", gzip.compress(PAGE.encode()))
    _write(folder / "a" / "index.html.br", b"brotli bytes")
    (folder / "current").symlink_to("a")
    return folder


@pytest.fixture
def ask(settings: Settings, site: Path) -> Iterator[Ask]:
    """Give a function that asks a running server: path, then host, method and headers by name."""
    with _served(settings) as ask:
        yield ask


@contextmanager
def _served(settings: Settings) -> Iterator[Ask]:
    server = make_server("127.0.0.1", 0, StaticSites(Still(settings), settings), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def ask(path: str, *, host: str = HOST, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": host, "Connection": "close", **names}.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    try:
        yield ask
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_page_comes_with_the_headers_a_cdn_needs(ask: Ask) -> None:
    answer = ask("/vehicles/")
    assert answer.status == 200
    assert answer.body.endswith(b"<title>Bestand</title>")
    wanted = "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"
    assert answer.headers["cache-control"] == wanted
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["last-modified"].endswith("GMT")


def test_a_page_comes_with_the_security_headers_and_no_others_scripts(ask: Ask) -> None:
    headers = ask("/").headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "media-src 'self';" in policy  # films of tours
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        (f"/{STYLE}", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/i/0123456789abcdef0123-320.webp", "image/webp", "public, max-age=31536000, immutable"),
        ("/robots.txt", "text/plain; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/sitemap.xml", "application/xml; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/rss.xml", "application/rss+xml; charset=utf-8", "public, max-age=300, s-maxage=300"),
        ("/site.webmanifest", "application/manifest+json", "public, max-age=300, s-maxage=300"),
    ],
)
def test_each_kind_of_file_has_its_type_and_its_time_in_caches(ask: Ask, path: str, kind: str, caching: str) -> None:
    answer = ask(path)
    assert (answer.status, answer.headers["content-type"], answer.headers["cache-control"]) == (200, kind, caching)


def test_a_visitor_gets_the_best_compressed_copy_it_takes_with_a_tag_of_its_own(ask: Ask) -> None:
    plain, gzipped, brotli = ask("/"), ask("/", Accept_Encoding="gzip"), ask("/", Accept_Encoding="gzip, deflate, br")
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(gzipped.body) == plain.body == PAGE.encode()
    assert (brotli.headers["content-encoding"], brotli.body) == ("br", b"brotli bytes")
    assert len({answer.headers["etag"] for answer in (plain, gzipped, brotli)}) == 3
    refused = ask("/", Accept_Encoding="br;q=0, gzip")
    assert refused.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in ask("/vehicles/", Accept_Encoding="br").headers


def test_a_visitor_who_has_the_page_gets_only_a_nod(ask: Ask) -> None:
    first = ask("/")
    tag, date = first.headers["etag"], first.headers["last-modified"]
    again = ask("/", If_None_Match=f'"other", W/{tag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask("/", If_Modified_Since=date).status == 304
    assert ask("/", If_None_Match='"other"', If_Modified_Since=date).status == 200
    assert ask("/", If_Modified_Since="Thu, 01 Jan 1998 00:00:00 GMT").status == 200
    assert ask("/", If_Modified_Since="yesterday").status == 200


def test_the_tag_follows_the_content_and_nothing_else(ask: Ask, site: Path) -> None:
    before = ask("/vehicles/").headers["etag"]
    page = site / "a" / "vehicles" / "index.html"
    os.utime(page, (1_000_000_000, 1_000_000_000))
    touched = ask("/vehicles/")
    assert touched.headers["etag"] == before
    assert touched.headers["last-modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"
    page.write_text("other")
    assert ask("/vehicles/").headers["etag"] != before


def test_head_gives_the_headers_of_get_without_a_body(ask: Ask) -> None:
    get, head = ask("/"), ask("/", method="HEAD")
    assert head.body == b""
    for answer in (get, head):
        del answer.headers["date"]
    assert head.headers == get.headers


@pytest.mark.parametrize("path", ["/vehicles", "/nothing.txt", "/nothing/"])
def test_head_has_no_body_whatever_the_answer(settings: Settings, site: Path, path: str) -> None:
    environ = {"REQUEST_METHOD": "HEAD", "HTTP_HOST": HOST, "PATH_INFO": path}
    assert list(StaticSites(Still(settings), settings)(environ, lambda *_said: None)) == []


def test_files_are_only_read(ask: Ask) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = ask("/", method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_missing_slash_is_one_step_to_the_page(ask: Ask) -> None:
    answer = ask("/vehicles?sort=price")
    assert (answer.status, answer.headers["location"]) == (301, "/vehicles/?sort=price")
    answer = ask("/vehicles/index.html")
    assert (answer.status, answer.headers["location"]) == (301, "/vehicles/")


def test_the_id_decides_when_the_words_of_a_car_have_changed(ask: Ask) -> None:
    for old in ("/vehicles/volkswagen-golf-viii-abcdefghjkmnp/", "/vehicles/vw-golf-2-abcdefghjkmnp"):
        answer = ask(old)
        assert (answer.status, answer.headers["location"]) == (301, "/vehicles/vw-golf-abcdefghjkmnp/")
    assert ask("/vehicles/vw-golf-abcdefghjkmnp/").status == 200
    assert ask("/vehicles/vw-golf-abcdefghjkmnq/").status == 404


def test_a_missing_page_says_so_in_its_language(ask: Ask) -> None:
    answer = ask("/nowhere/")
    assert (answer.status, answer.headers["cache-control"]) == (404, "public, max-age=60")
    assert b"Nicht da" in answer.body
    assert b"Not here" in ask("/en/nowhere/").body
    assert b"Nicht da" in ask("/fr/nowhere/").body


def test_what_is_gone_for_good_answers_410_in_the_visitors_language(ask: Ask, site: Path) -> None:
    path = "/vehicles/opel-corsa-zzzzzzzzzzzzz/"
    assert ask(path).status == 404
    _note(site, {path: Past(None, DAY), f"/en{path}": Past(None, DAY)})
    answer = ask(path)
    assert (answer.status, answer.headers["cache-control"]) == (410, "public, max-age=60")
    assert b"Nicht da" in answer.body
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert (ask(f"/en{path}").status, ask(path.rstrip("/")).status) == (410, 410)
    assert b"Not here" in ask(f"/en{path}").body


def test_an_address_that_moved_leads_there_and_one_that_lives_again_is_served(ask: Ask, site: Path) -> None:
    _note(site, {"/info/old/": Past("/contact/", DAY), "/vehicles/": Past("/contact/", DAY)})
    answer = ask("/info/old/?a=1")
    assert (answer.status, answer.headers["location"]) == (301, "/contact/?a=1")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert ask("/vehicles/").status == 200


def test_a_host_the_site_once_had_leads_to_the_same_path_on_the_new_one(ask: Ask, site: Path) -> None:
    old = site.parent / "old.example"
    old.mkdir()
    (old / redirects.FILE).write_bytes(redirects.to_bytes(Moves(origin="https://new.example")))
    answer = ask("/vehicles/vw-golf-abcdefghjkmnp/?a=1", host="old.example")
    assert (answer.status, answer.headers["location"]) == (
        301, "https://new.example/vehicles/vw-golf-abcdefghjkmnp/?a=1",
    )  # fmt: skip
    new = site.parent / "new.example"
    new.mkdir()
    _note(new, {"/vehicles/golf-abcdefghjkmnp/": Past("/vehicles/vw-golf-abcdefghjkmnp/", DAY)})
    hop = ask("/vehicles/golf-abcdefghjkmnp/", host="old.example").headers["location"]
    assert hop == "https://new.example/vehicles/vw-golf-abcdefghjkmnp/"
    assert ask("/%0d%0aX-Evil:%201", host="old.example").headers["location"].startswith("https://new.example/%0D%0A")
    assert ask("/", host="old.example", method="HEAD").body == b""


def test_a_damaged_list_of_moves_takes_nothing_away(ask: Ask, site: Path) -> None:
    for damaged in (b"", b"{", b"[]", b'{"version": 1}', b'{"version":1,"build":1,"moved":[],"gone":3}'):
        (site / redirects.FILE).write_bytes(damaged)
        assert (ask("/").status, ask("/nowhere/").status) == (200, 404)


def _note(site: Path, past: dict[str, Past]) -> None:
    (site / redirects.FILE).write_bytes(redirects.to_bytes(Moves(past, build=1)))


def test_unknown_hosts_get_nothing(ask: Ask) -> None:
    for host in ("other.localhost", "", "..", "north-cars.localhost/..", "a" * 300, "north-cars.localhost.evil"):
        assert ask("/", host=host).status in (400, 404), host


def test_a_host_is_known_whatever_its_port_and_case(ask: Ask) -> None:
    assert ask("/", host="North-Cars.LOCALHOST:8000").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../../../marketplace.sqlite3",
        "/..%2f..%2fsecret.key",
        "/%2e%2e/%2e%2e/secret.key",
        "//etc/passwd",
        "/vehicles//index.html",
        "/vehicles/%00",
        "/.git/config",
        "/a/./site.css",
        "/index.html.br",
        "/index.html.gz",
        "/a%5c..%5cindex.html",
        "/%7f",
    ],
)
def test_no_path_leads_out_of_the_tree(ask: Ask, settings: Settings, path: str) -> None:
    (settings.instance / "secret.key").write_text("secret")
    answer = ask(path)
    assert answer.status in (400, 404)
    assert b"secret" not in answer.body


def test_nothing_is_served_through_a_symlink(ask: Ask, site: Path, settings: Settings) -> None:
    secret = settings.instance / "secret.key"
    secret.write_text("secret")
    (site / "a" / "leak.txt").symlink_to(secret)
    (site / "a" / "outside").symlink_to(settings.instance)
    assert ask("/leak.txt").status == 404
    assert ask("/outside/secret.key").status == 404


def test_a_host_whose_current_leads_elsewhere_is_not_served(ask: Ask, site: Path) -> None:
    (site / "current").unlink()
    (site / "current").symlink_to("../../")
    assert ask("/").status == 404


def test_a_switch_of_release_is_seen_by_the_next_request(ask: Ask, site: Path) -> None:
    _write(site / "b" / "index.html", b"new release")
    (site / "next").symlink_to("b")
    (site / "next").replace(site / "current")
    assert ask("/").body == b"new release"
    assert ask("/vehicles/").status == 404


def test_what_is_dynamic_says_where_to_turn_while_the_live_layer_is_off(ask: Ask) -> None:
    for method in ("GET", "POST"):
        answer = ask("/-/inquiries", method=method)
        assert (answer.status, answer.headers["cache-control"]) == (503, "no-store")
        assert answer.headers["retry-after"]
        text = answer.body.decode()
        assert 'href="tel:+494066969123"' in text
        assert 'href="mailto:hof@north.example"' in text
        assert 'href="/contact/"' in text
        assert f'href="/{STYLE}"' not in text
    assert "Bitte rufen Sie an" in ask("/-/search").body.decode()
    assert "Please call" in ask("/-/search", Accept_Language="en-GB,en;q=0.9").body.decode()
    assert ask("/health").status == ask("/ready").status == 200


def test_the_page_a_visitor_comes_from_knows_best_whom_to_call(ask: Ask, site: Path) -> None:
    _write(site / "a" / "dealers" / "south" / "index.html", b'<html lang="en"><a href=tel:+39061234>call</a>')
    text = ask("/-/inquiries", method="POST", Referer=f"http://{HOST}:8000/dealers/south/").body.decode()
    assert 'href="tel:+39061234"' in text
    assert "Please call" in text
    other = ask("/-/inquiries", method="POST", Referer="http://evil.example/dealers/south/").body.decode()
    assert "+39061234" not in other


def test_https_is_promised_for_long_only_where_that_is_safe(tmp_path: Path) -> None:
    secure = config.load({}, marketplace_instance=tmp_path, site_scheme="https", base_host="cars.example")
    for host in ("north.cars.example", "own-domain.example"):
        _write(secure.sites / host / "a" / "index.html", b"<!doctype html>")
        (secure.sites / host / "current").symlink_to("a")
    with _served(secure) as ask:
        assert ask("/", host="north.cars.example").headers["strict-transport-security"] == f"{YEAR}; includeSubDomains"
        assert ask("/", host="own-domain.example").headers["strict-transport-security"] == "max-age=300"
        lock = secure.sites / "own-domain.example" / "build.lock"
        lock.touch()
        os.utime(lock, (1_500_000_000, 1_500_000_000))
        assert ask("/", host="own-domain.example").headers["strict-transport-security"] == YEAR


def test_the_live_origin_may_be_called_from_every_page(tmp_path: Path) -> None:
    apart = config.load({}, marketplace_instance=tmp_path, live_origin="https://live.cars.example")
    _write(apart.sites / HOST / "a" / "index.html", b"<!doctype html>")
    (apart.sites / HOST / "current").symlink_to("a")
    with _served(apart) as ask:
        policy = ask("/").headers["content-security-policy"]
    assert "connect-src 'self' https://live.cars.example;" in policy
    assert "form-action 'self' https://live.cars.example;" in policy


def test_a_film_can_be_had_in_parts(ask: Ask) -> None:
    """Safari plays no film without."""
    whole = ask(f"/{FILM}")
    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, b"0123456789", "bytes")
    assert whole.headers["content-type"] == "video/mp4"
    assert "immutable" in whole.headers["cache-control"]
    part = ask(f"/{FILM}", Range="bytes=2-4")
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert part.headers["content-length"] == "3"
    assert ask(f"/{FILM}", Range="bytes=-1").body == b"9"
    assert ask(f"/{FILM}", Range="bytes=0-", If_Range=whole.headers["etag"]).status == 206
    assert ask(f"/{FILM}", Range="bytes=0-1", If_Range='"another"').body == b"0123456789"
    beyond = ask(f"/{FILM}", Range="bytes=10-")
    assert (beyond.status, beyond.body, beyond.headers["content-range"]) == (416, b"", "bytes */10")
    assert ask("/", Range="bytes=0-3").status == 200
