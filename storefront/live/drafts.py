"""Drafts over HTTP: a page of a site as its owner is about to publish it, drawn when it is asked for (SPEC 24).

A draft has a host of its own (`builder.studio.hosts`), so that nothing in it reaches the admin that frames it. Caches
and search engines are kept away, forms are not sent, as with a preview.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from builder import images, queries
from builder.studio import hosts, showing
from builder.studio.showing import Shown
from seo import headers as rules
from storefront.core import clock
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.listings.films import film_store
from storefront.domain.stores.models import Store, StoreKind
from storefront.pages.pictures import set_of

from .files import Application, Environ, StartResponse, host_of, is_dynamic
from .previews import HEALTH, OWN, refuse

FRAME = "/-/frame.js"
LINE = b'<script src="/-/frame.js"></script>\n'
"""What a page has more in a frame than as it will be published."""
_SCRIPT = Path(__file__).parent / "frame.js"
_KEPT = (("Cache-Control", "private, max-age=86400, immutable"), OWN[1])
"""Files that are named by their content: the frame is drawn again and again."""


@dataclass(slots=True)
class Drafts:
    """WSGI middleware in front of sites and previews.

    Args:
        app: what answers for every other host.
        settings: of the installation.
    """

    app: Application
    settings: Settings

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        host, path = host_of(environ), str(environ.get("PATH_INFO") or "/")
        if not hosts.is_draft(host, self.settings.base_host) or path in HEALTH:
            return self.app(environ, start_response)
        store_id = hosts.store_at(host, settings=self.settings, now=clock.now())
        if store_id is None:
            return _plain(start_response, "404 Not Found")
        if path == FRAME:
            return _file(start_response, FRAME, _SCRIPT.read_bytes())
        if is_dynamic(path):
            return refuse(environ, start_response)
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return _plain(start_response, "405 Method Not Allowed", ("Allow", "GET, HEAD"))
        return self._answer(store_id, path, environ, start_response)

    def _answer(self, store_id: UUID, path: str, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        with everywhere():
            owner = db.session.scalar(select(Store.tenant_id).where(Store.id == store_id))
        if owner is None:
            return _plain(start, "404 Not Found")
        with acting(owner):
            file = self._file_of(store_id, path)
            if file is not None:
                return _file(start, path, file)
            shown = showing.page(store_id, path, settings=self.settings, now=clock.now())
            admin = self._admin()
        if shown is None:
            return _plain(start, "404 Not Found")
        return self._page(shown, admin, environ, start)

    def _file_of(self, store_id: UUID, path: str) -> bytes | None:
        """Give a file that is no page: of the theme, a picture, a logo, a film."""
        if path.startswith("/a/") or path == "/favicon.ico":
            return showing.theme_file(db.session.get_one(Store, store_id), path)
        if path.startswith("/i/logo-"):
            return showing.logo_file(path, settings=self.settings)
        if path.startswith("/m/"):
            film = film_store(self.settings).find(path.removeprefix("/m/").partition(".")[0])
            return None if film is None else film.read_bytes()
        return self._picture(path) if path.startswith("/i/") else None

    def _picture(self, path: str) -> bytes | None:
        """Give a picture; a photo of the owner's that was never published yet has its set made now."""
        name, pictures = set_of(path), images.pictures(self.settings)
        try:
            made = None if name is None else pictures.ready(name)
        except ValueError:
            return None
        if name is not None and made is None:
            wanted = queries.originals([name])
            db.session.rollback()
            pictures.make(wanted)
            made = pictures.ready(name)
        return next((one.file.read_bytes() for one in made or () if one.path == path), None)

    def _admin(self) -> str:
        """Give the origins that may frame a page: those the admin is reached at."""
        if self.settings.admin_host:
            return self.settings.origin(self.settings.admin_host)
        found = db.session.scalars(select(Store).where(Store.kind == StoreKind.MARKETPLACE)).first()
        names = [] if found is None else dict.fromkeys((found.public_host, found.host))
        return " ".join(self.settings.origin(name) for name in names) or "'none'"

    def _page(self, shown: Shown, admin: str, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        content, is_page = shown.content, shown.path.endswith(".html")
        headers = [("Content-Type", rules.content_type(shown.path)), *OWN]
        if is_page:
            policy = rules.content_security_policy(self.settings.live_origin)
            policy = policy.replace("frame-ancestors 'none'", f"frame-ancestors {admin}")
            headers += [item for item in rules.security_headers(policy) if item[0] != "Cross-Origin-Opener-Policy"]
            content += LINE if environ.get("HTTP_SEC_FETCH_DEST") == "iframe" else b""
        start("404 Not Found" if shown.is_missing else "200 OK", [*headers, ("Content-Length", str(len(content)))])
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [content]


def _file(start: StartResponse, path: str, content: bytes) -> Iterable[bytes]:
    kind = [("Content-Type", rules.content_type(path.lstrip("/"))), ("Content-Length", str(len(content)))]
    start("200 OK", [*kind, *(OWN if path == FRAME else _KEPT), ("X-Content-Type-Options", "nosniff")])
    return [content]


def _plain(start: StartResponse, status: str, *more: tuple[str, str]) -> Iterable[bytes]:
    body = f"{status}\n".encode()
    kind = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start(status, [*kind, *OWN, *more, ("X-Content-Type-Options", "nosniff")])
    return [body]
