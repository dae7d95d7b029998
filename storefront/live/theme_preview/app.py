"""The preview over HTTP: pages drawn when asked for, files of the theme, pictures made when first wanted.

What is dynamic is the live layer's: search and forms answer in the theme too. `/-/theme/` lists what is worth a look
and what `themes check` says. A page that is open in a browser loads itself again when a file was saved.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import jinja2
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

import themes
from builder import images, queries
from seo import headers as rules
from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.core.tenancy import acting
from storefront.domain.listings.films import film_store
from storefront.live.app import create_live_app
from storefront.live.files import Application, Environ, StartResponse, host_of, is_dynamic
from storefront.pages.pictures import set_of
from themes.check import check, notices

from .drawing import World, told
from .watching import Stamp, Watch

INDEX = "/-/theme/"
CHANGES = "/-/theme/changes"
SCRIPT = "/-/theme/reload.js"
LINE = f'<script type="module" src="{SCRIPT}"></script>\n'.encode()
"""What a page has more than as it would be published."""
ICON_PATH, ICON = "/favicon.ico", "icons/favicon.ico"
"""What browsers ask for by name, and the theme's file that answers."""
LISTENS = 60.0
"""Seconds a browser's wait for a change lasts; it asks again."""
ERRORS = (themes.ThemeError, jinja2.TemplateError, AttributeError, TypeError, KeyError)
"""What a theme can break with while it draws."""
_SCRIPT = Path(__file__).with_name("reload.js")
_FRESH = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of requests: what matters stands on the page."""


def served(preview: "ThemePreview", port: int) -> BaseWSGIServer:
    """Give a server of a preview for this machine alone. Raises OSError or SystemExit when the port is taken."""
    return make_server("127.0.0.1", port, preview, threaded=True, request_handler=_Silent)


@dataclass(slots=True)
class ThemePreview:
    """The WSGI application of a preview.

    Args:
        world: whose sites are shown.
        theme: the theme that is being written.
        hosts: the sites that wear it.
    """

    world: World
    theme: str
    hosts: list[str]
    watch: Watch = field(init=False)
    _live: Application = field(init=False)

    def __post_init__(self) -> None:
        live = create_live_app(self.world.settings)
        self._live = live
        self.watch = Watch(live.extensions["marketplace.sites"].forget)

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        host, path = host_of(environ), str(environ.get("PATH_INFO") or "/")
        if path == CHANGES:
            return self._changes(start)
        self.watch.look()
        if path == SCRIPT:
            return _sent(start, "200 OK", "text/javascript; charset=utf-8", _SCRIPT.read_bytes())
        try:
            if path == INDEX:
                return _sent(start, "200 OK", "text/html; charset=utf-8", self._index().encode())
            if is_dynamic(path):
                return self._live(environ, start)
            return self._answer(host, path, start)
        except NotFound:
            return _sent(start, "302 Found", "text/plain", b"", ("Location", self._address(self.hosts[0], INDEX)))
        except ERRORS as error:
            return _sent(start, "500 Internal Server Error", "text/html; charset=utf-8", _broken(error))

    def _answer(self, host: str, path: str, start: StartResponse) -> Iterable[bytes]:
        file = self._file(host, path)
        if file is not None:
            return _sent(start, "200 OK", rules.content_type(path.lstrip("/")), file)
        found = self.world.page(host, path)
        if found is None:
            return _sent(start, "404 Not Found", "text/plain; charset=utf-8", b"404 Not Found\n")
        content, is_there = found
        name = path.lstrip("/")
        name = f"{name}index.html" if not name or name.endswith("/") else name
        if name.endswith(".html") or not is_there:
            return self._page(start, content, is_there)
        return _sent(start, "200 OK", rules.content_type(name), content)

    def _page(self, start: StartResponse, content: bytes, is_there: bool) -> Iterable[bytes]:
        policy = rules.content_security_policy(self.world.settings.live_origin)
        headers = rules.security_headers(policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"))
        status = "200 OK" if is_there else "404 Not Found"
        return _sent(start, status, "text/html; charset=utf-8", content + LINE, *headers)

    def _file(self, host: str, path: str) -> bytes | None:
        if path.startswith("/a/"):
            return self.world.file(host, path)
        if path == ICON_PATH:
            icon = themes.load(self.theme).assets().get(ICON)
            return None if icon is None else icon.read_bytes()
        if path.startswith("/m/"):
            film = film_store(self.world.settings).find(path.removeprefix("/m/").partition(".")[0])
            return None if film is None else film.read_bytes()
        return self._picture(path) if path.startswith("/i/") else None

    def _picture(self, path: str) -> bytes | None:
        """Give a picture, having its set made when it is wanted for the first time."""
        name, pictures = set_of(path), images.pictures(self.world.settings)
        if name is None:
            return None
        if pictures.ready(name) is None:
            with acting(self.world.tenant):
                wanted = queries.originals([name])
            db.session.rollback()
            pictures.make(wanted)
        return next((one.file.read_bytes() for one in pictures.ready(name) or () if one.path == path), None)

    # -- the list of pages, and the wait for a change -----------------------------------------------------------------

    def _changes(self, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/event-stream"), *_FRESH])
        return self._events(self.watch.look(), time.monotonic() + LISTENS)

    def _events(self, seen: Stamp, until: float) -> Iterator[bytes]:
        yield b"retry: 500\n\n"
        while time.monotonic() < until:
            if self.watch.change(seen, 5) is not None:
                yield b"event: change\ndata: now\n\n"
                return
            yield b": still the same\n\n"

    def _index(self) -> str:
        faults = [*check(self.theme), *(f"notice: {notice}" for notice in notices(self.theme))]
        said = "".join(f"<li>{escape(fault)}</li>" for fault in faults) or "<li>All is well.</li>"
        sites = "".join(self._site(host) for host in self.hosts)
        name = escape(self.theme)
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
            f"<h1>{name}</h1><h2>themes check {name}</h2><ul>{said}</ul>{sites}{LINE.decode()}"
        )

    def _site(self, host: str) -> str:
        try:
            stops = self.world.stops(host)
        except ERRORS as error:
            return f"<h2>{escape(host)}</h2><p>{escape(told(error))}</p>"
        links = "".join(
            f'<li><a href="{escape(self._address(host, stop.path))}">{escape(stop.name)}</a> {stop.lang}</li>'
            for stop in stops
        )
        found = escape(self._address(host, "/-/search?q=golf"))
        return f'<h2>{escape(host)}</h2><ul>{links}<li><a href="{found}">search, answered</a></li></ul>'

    def _address(self, host: str, path: str) -> str:
        return f"{self.world.settings.origin(host)}{path}"


def _broken(error: BaseException) -> bytes:
    text = escape(told(error))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A template is wrong</title>'
        f"<h1>A template is wrong</h1><p>{text}</p><p>Save the file and this page loads itself again.</p>"
    ).encode() + LINE


def _sent(start: StartResponse, status: str, kind: str, content: bytes, *headers: tuple[str, str]) -> Iterable[bytes]:
    start(status, [("Content-Type", kind), ("Content-Length", str(len(content))), *_FRESH, *headers])
    return [content]
