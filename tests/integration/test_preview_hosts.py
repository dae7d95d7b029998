"""Previews over HTTP: hosts nobody can guess, kept from caches and search engines; their forms are not sent."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from builder import preview, previewing
from builder.models import Preview
from builder.preview import Plan
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.live.files import StaticSites
from storefront.live.previews import Previews, is_preview
from storefront.live.still import Still
from tests.conftest import NOW
from tests.factories import make_tenant
from tests.integration.live import MARKET, Visitor, live_app

HOST = f"{'0123456789abcdef' * 2}01234567.preview.localhost"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(app: Any, path: str, host: str = HOST, method: str = "GET", **more: str) -> Answer:
    """Send a request through the middleware."""
    found: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_more: Any) -> None:
        found.extend((int(status.split()[0]), dict(headers)))

    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": host, **more}
    chunks: Iterable[bytes] = app(environ, start)
    return Answer(found[0], found[1], b"".join(chunks))


@pytest.fixture
def served(settings: Settings) -> Previews:
    """Give the middleware over an installation with one preview that stands."""
    folder = previewing.folder_of(settings, HOST)
    for path, content in (("index.html", b"<html>"), ("a/site.0123456789abcdef.css", b"b{}"), ("404.html", b"no")):
        file = folder / "a" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / "current").symlink_to("a")
    (folder / "expires").write_text(str(int(time.time()) + 1000))
    return Previews(StaticSites(Still(settings), settings), settings)


@pytest.mark.parametrize("path", ["/", "/a/site.0123456789abcdef.css", "/nowhere/", "/vehicles"])
def test_every_answer_of_a_preview_stays_out_of_caches_and_search_engines(served: Previews, path: str) -> None:
    answer = ask(served, path)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.status == (200 if path in ("/", "/a/site.0123456789abcdef.css") else 404)


def test_a_preview_whose_time_is_over_answers_no_more(served: Previews, settings: Settings) -> None:
    (previewing.folder_of(settings, HOST) / "expires").write_text(str(int(time.time()) - 1))
    assert ask(served, "/").status == 404
    assert ask(served, "/-/inquiries", method="POST").status == 404


def test_a_host_next_to_a_preview_finds_nothing(served: Previews) -> None:
    for host in (HOST.replace("0", "1"), "x.preview.localhost", f"www.{HOST}", "preview.localhost"):
        assert ask(served, "/", host).status == 404
    assert not is_preview("0123.preview.localhost", "localhost")
    assert not is_preview(HOST, "example.com")
    assert is_preview(HOST, "localhost")


def test_a_form_on_a_preview_is_not_sent_and_says_so(served: Previews) -> None:
    page = ask(served, "/-/inquiries", method="POST", HTTP_ACCEPT_LANGUAGE="de-DE,de;q=0.9")
    assert (page.status, page.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "nichts gesendet" in page.body.decode()
    assert "nothing was sent" in ask(served, "/-/search", HTTP_ACCEPT_LANGUAGE="fr").body.decode().lower()
    program = ask(served, "/-/inquiries", method="POST", HTTP_ACCEPT="application/json")
    assert program.body.startswith(b'{"ok":false')
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_live_layer_takes_nothing_from_a_preview_on_its_own_origin(
    world, database: Settings, redis_url: str
) -> None:
    app = live_app(database, redis_url, live_origin="http://live.localhost:8000")
    visitor = Visitor(app, "live.localhost")
    data = {"site": MARKET, "name": "E", "email": "e@example.com", "message": "?"}
    answer = visitor.post("/-/inquiries", data, Origin=f"http://{HOST}:8000")
    assert answer.status_code == 403
    assert "othing was sent" in answer.text
    there = Visitor(live_app(database, redis_url), HOST).get("/-/search?q=golf")
    assert there.status_code == 403


def opened(world, settings: Settings, plan: Plan | None = None, **more: Any) -> Preview:
    return perform(
        preview.open_preview, world.north_store, plan or Plan(), settings=settings, now=NOW, actor="Ada", **more
    ).unwrap()


def test_a_preview_has_an_address_of_its_own_that_nobody_can_guess(world, settings: Settings) -> None:
    one, other = opened(world, settings), opened(world, settings)
    assert one.host != other.host
    token, _, rest = one.host.partition(".")
    assert (len(token), rest) == (40, "preview.localhost")
    assert is_preview(one.host, "localhost")
    assert (one.expires_at - NOW).days == preview.DAYS
    assert [found.id for found in preview.previews(NOW)] == [other.id, one.id] or len(preview.previews(NOW)) == 2
    assert preview.preview_of(token[:12], NOW).id == one.id


def test_nobody_else_sees_a_preview(world, settings: Settings) -> None:
    one = opened(world, settings)
    with everywhere():
        other = perform(make_tenant, "other").unwrap()
    for scope in (acting(other.id), acting(world.tenant.id, world.south.id)):
        with scope:
            assert preview.previews(NOW) == []
            with pytest.raises(NotFound):
                preview.preview_of(one.host, NOW)
    with acting(world.tenant.id, world.north.id):
        assert [found.id for found in preview.previews(NOW)] == [one.id]


def test_previews_end_by_themselves_and_by_hand(world, settings: Settings) -> None:
    short, long, ended = (opened(world, settings, days=days) for days in (1, 5, 9))
    perform(preview.end_preview, ended, now=NOW, actor="Ada").unwrap()
    two_days_on = NOW.replace(day=27)
    assert perform(preview.end_expired, now=two_days_on).unwrap() == [short.host]
    assert [one.id for one in preview.previews(two_days_on)] == [long.id]
    gone = db.session.query(OutboxEvent).filter(OutboxEvent.name == "PreviewEnded").all()
    assert sorted(event.payload["host"] for event in gone) == sorted([short.host, ended.host])


@pytest.mark.parametrize(
    ("plan", "days"),
    [(Plan(theme="none-of-ours"), 7), (Plan(settings={"nonsense": 1}), 7), (Plan(), 0), (Plan(), 1000)],
)
def test_a_preview_of_something_impossible_is_refused(world, settings: Settings, plan: Plan, days: int) -> None:
    with pytest.raises(DomainError):
        opened(world, settings, plan, days=days)


def test_a_site_has_a_bounded_number_of_previews(world, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MOST_AT_ONCE", 1)
    opened(world, settings)
    with pytest.raises(DomainError, match="end one first"):
        opened(world, settings)


def test_the_files_of_a_preview_go_with_it_and_lie_apart_from_all_sites(settings: Settings, served: Previews) -> None:
    folder = previewing.folder_of(settings, HOST)
    assert not folder.is_relative_to(settings.sites)
    assert folder.is_relative_to(replace(settings).instance / "previews")
    previewing.remove(settings, HOST)
    previewing.remove(settings, HOST)
    assert not Path(folder).exists()
    assert ask(served, "/").status == 404
