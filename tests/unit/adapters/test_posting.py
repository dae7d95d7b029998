"""Posting to CDNs and search engines, against real servers on this machine: bounded, once, and silent about secrets."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from storefront.adapters import indexnow, purge
from storefront.adapters.indexnow import IndexNow, IndexNowDown, IndexNowRefused, index_now
from storefront.adapters.posting import Endpoint, ServiceDown
from storefront.adapters.purge import HttpPurger, NoPurger, PurgeDown, PurgeRefused, purger
from storefront.core import config
from storefront.core.errors import ConfigurationError

TOKEN = "hunter2-hunter2"


@dataclass
class Service:
    """A service that notes what it is told and answers what a test wants."""

    port: int = 0
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/zones/4711/purge_cache?by=test"

    def endpoint(self, token: str = TOKEN) -> Endpoint:
        return Endpoint.at(self.url, "PURGE_URL", token)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            made.headers.append(dict(self.headers))
            status, headers, body = made.answers.pop(0) if made.answers else (200, {}, b'{"success": true}')
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def quick(service: Service, *, by_keys: bool = False) -> tuple[HttpPurger, list[float]]:
    pauses: list[float] = []
    return HttpPurger(service.endpoint(), by_keys, pauses.append), pauses


def test_a_purge_names_thirty_addresses_at_a_time_with_its_token(service: Service) -> None:
    urls = [f"https://north-cars.example/vehicles/{number}/" for number in range(65)]
    assert quick(service)[0].purge(urls, ["host:north-cars.example"]) == 3
    assert [len(call["files"]) for call in service.calls] == [30, 30, 5]
    assert [url for call in service.calls for url in call["files"]] == urls
    assert {headers["Authorization"] for headers in service.headers} == {f"Bearer {TOKEN}"}


def test_a_purge_may_name_keys_instead(service: Service) -> None:
    quick(service, by_keys=True)[0].purge(["https://north-cars.example/"], ["host:north-cars.example"])
    assert service.calls == [{"tags": ["host:north-cars.example"]}]


def test_a_cdn_that_has_no_time_is_asked_again_after_a_pause(service: Service) -> None:
    service.answers = [(429, {"Retry-After": "3"}, b""), (503, {}, b""), (200, {}, b'{"success": true}')]
    made, pauses = quick(service)
    assert made.purge(["https://north-cars.example/"], []) == 3
    assert pauses[0] >= 3
    assert 0 <= pauses[1] <= purge.LONGEST_PAUSE


def test_a_cdn_that_asks_for_a_long_pause_is_left_to_the_next_try_of_the_job(service: Service) -> None:
    service.answers = [(429, {"Retry-After": "900"}, b"")]
    made, pauses = quick(service)
    with pytest.raises(PurgeDown, match="429"):
        made.purge(["https://north-cars.example/"], [])
    assert pauses == []


def test_a_cdn_that_stays_away_is_down(service: Service) -> None:
    service.answers = [(500, {}, b"")] * purge.TRIES
    with pytest.raises(PurgeDown):
        quick(service)[0].purge(["https://north-cars.example/"], [])
    assert len(service.calls) == purge.TRIES


def test_an_answer_that_says_no_is_no_success(service: Service) -> None:
    service.answers = [(200, {}, b'{"success": false, "errors": []}')] * purge.TRIES
    with pytest.raises(PurgeDown):
        quick(service)[0].purge(["https://north-cars.example/"], [])


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_for_good_and_not_repeated(service: Service, status: int) -> None:
    service.answers = [(status, {}, TOKEN.encode())]
    with pytest.raises(PurgeRefused, match=str(status)) as refusal:
        quick(service)[0].purge(["https://north-cars.example/"], [])
    assert len(service.calls) == 1
    assert TOKEN not in str(refusal.value)


def test_a_redirect_is_not_followed(service: Service) -> None:
    service.answers = [(307, {"Location": "http://127.0.0.1:1/"}, b"")] * purge.TRIES
    with pytest.raises(PurgeDown, match="307"):
        quick(service)[0].purge(["https://north-cars.example/"], [])


def test_nobody_waits_for_a_service_that_drips() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        slow = Endpoint(f"http://127.0.0.1:{server.getsockname()[1]}/", TOKEN, 0.3)

        def drip() -> None:
            line, _ = server.accept()
            with line:
                for letter in b"HTTP/1.1 200 OK\r\nX-Slow: ":
                    try:
                        line.sendall(bytes([letter]))
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(ServiceDown) as down:
            slow.post({})
        thread.join()
    assert time.monotonic() - began < 10
    assert TOKEN not in str(down.value)
    assert TOKEN not in repr(slow)


def test_without_a_cdn_nothing_is_purged() -> None:
    none = purger(config.load({}))
    assert none == NoPurger()
    assert none.purge(["https://north-cars.example/"], []) == 0


def test_the_settings_choose_the_purger() -> None:
    chosen = config.load({"PURGE_URL": "https://cdn.example/purge", "PURGE_TOKEN": TOKEN, "PURGE_BY": "keys"})
    assert purger(chosen) == HttpPurger(Endpoint("https://cdn.example/purge", TOKEN), by_keys=True)
    assert TOKEN not in repr(purger(chosen))
    assert TOKEN not in repr(chosen)


@pytest.mark.parametrize(
    "url",
    ["ftp://cdn.example/", "cdn.example", "https://", "https://me:hunter2@cdn.example/", "https://c:x/", "http://a b/"],
)
def test_an_address_that_cannot_work_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PURGE_URL") as refusal:
        Endpoint.at(url, "PURGE_URL")
    assert "hunter2" not in str(refusal.value)


def test_a_token_that_could_break_out_of_its_header_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Endpoint.at("https://cdn.example/", "PURGE_URL", "a\r\nHost: other")


def tell(service: Service, urls: list[str]) -> int:
    way = IndexNow(service.endpoint(""))
    return way.tell("north-cars.example", "k" * 32, f"https://north-cars.example/{'k' * 32}.txt", urls)


def test_search_engines_are_told_of_ten_thousand_addresses_at_a_time_of_one_host(service: Service) -> None:
    urls = [f"https://north-cars.example/vehicles/{number}/" for number in range(10_001)]
    assert tell(service, urls) == 2
    assert [len(call["urlList"]) for call in service.calls] == [10_000, 1]
    first = service.calls[0]
    assert (first["host"], first["key"]) == ("north-cars.example", "k" * 32)
    assert first["keyLocation"] == f"https://north-cars.example/{'k' * 32}.txt"
    assert "Authorization" not in service.headers[0]


def test_a_key_that_is_still_to_be_looked_at_is_taken(service: Service) -> None:
    service.answers = [(202, {}, b"")]
    assert tell(service, ["https://north-cars.example/"]) == 1


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_what_may_pass_is_tried_again_later(service: Service, status: int) -> None:
    service.answers = [(status, {}, b"")]
    with pytest.raises(IndexNowDown, match=str(status)):
        tell(service, ["https://north-cars.example/"])
    assert len(service.calls) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_what_is_wrong_is_not_tried_again(service: Service, status: int) -> None:
    service.answers = [(status, {}, b"")]
    with pytest.raises(IndexNowRefused, match=str(status)):
        tell(service, ["https://north-cars.example/"])


def test_search_engines_are_told_nothing_unless_it_is_switched_on() -> None:
    assert index_now(config.load({})) is None
    chosen = index_now(config.load({"INDEXNOW": "on"}))
    assert chosen is not None
    assert chosen.endpoint.url == "https://api.indexnow.org/indexnow"
    assert indexnow.MOST_URLS == 10_000
