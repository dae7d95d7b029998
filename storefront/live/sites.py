"""A site opened for one request: its faces are kept for seconds, what it knows of cars and dealers never."""

import os
import time
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, request

import themes
from storefront.core import clock
from storefront.core.db import db
from storefront.core.runtime import settings
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import operator
from storefront.pages import heads
from storefront.pages.contexts import TEMPLATES, Crumb, Page
from storefront.pages.sites import open_site
from storefront.pages.siteview import Face, SiteView
from themes.ingredients import Log

from .hosts import Place

TTL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A site and the language a visitor reads it in."""

    view: SiteView
    face: Face

    def render(self, page: Page) -> str:
        """Draw a page with the site's theme, by the very template static pages use."""
        return themes.render(self.face.look, self.face.site, page, TEMPLATES[type(page)])

    def frame(self, path: str, title: str) -> dict[str, Any]:
        """Give what every answered page has; none of them is indexed."""
        subject = heads.Subject(path, title, "", indexed=False)
        return {
            "path": path,
            "head": replace(heads.head(self.view, self.face, subject), description=title),
            "languages": (),
            "crumbs": (Crumb(self.face.t("pages.nav.home"), self.face.urls.home), Crumb(title)),
        }


class OpenSites:
    """The sites opened lately; each is opened anew with its next release."""

    def __init__(self) -> None:
        self._kept: dict[UUID, tuple[float, str, SiteView]] = {}
        self._lock = Lock()

    def open(self, place: Place, lang: str) -> Opened:
        """Open a site in a language, within its open scope.

        The theme, its words and its files are kept; the view and the look around them are new, so that no car and no
        card of an earlier request can be shown.
        """
        return anew(self._base(place), lang)

    def forget(self) -> None:
        """Open everything anew from now on."""
        with self._lock:
            self._kept.clear()

    def _base(self, place: Place) -> SiteView:
        now, release = time.monotonic(), release_of(place.host)
        with self._lock:
            kept = self._kept.get(place.store_id)
        if kept is not None and kept[0] > now and kept[1] == release:
            return kept[2]
        store = db.session.get_one(Store, place.store_id)
        today = clock.business_date(clock.now(), operator(store).time_zone)
        view = open_site(store, as_of=today, settings=settings(), log=Log(deaf=True))
        for row in (view.store, view.tenant, view.dealer):
            if row is not None:
                db.session.expunge(row)
        with self._lock:
            self._kept[place.store_id] = (now + TTL_SECONDS, release, view)
        return view


def release_of(host: str) -> str:
    """Give what changes with every release of a site; empty where none is served."""
    try:
        link = os.lstat(f"{settings().sites}/{host}/current")
    except OSError:
        return ""
    return f"{link.st_ino}.{link.st_mtime_ns}"


def anew(base: SiteView, lang: str) -> Opened:
    """Give a site as one answer needs it: its shell, its words and files are kept, of cars nothing is known.

    Args:
        base: the site as it was opened.
        lang: the language wanted; the site's own where it is not spoken.
    """
    face = base.faces.get(lang, base.default)
    look = themes.Look(face.look.theme, face.look.settings, face.lang, face.look.bundle, log=base.log)
    fresh = Face(face.lang, face.t, face.formats, face.urls, look, page_words=face.page_words)
    fresh.site = face.site
    faces = {**base.faces, face.lang: fresh}
    config, log = base.config, base.log
    view = SiteView(base.store, base.tenant, base.dealer, base.as_of, base.settings, config, faces=faces, log=log)
    return Opened(view, fresh)


def opened(place: Place, lang: str) -> Opened:
    """Open the site of a request."""
    sites: OpenSites = current_app.extensions["marketplace.sites"]
    return sites.open(place, lang)


def language(place: Place, asked: str = "") -> str:
    """Choose an answer's language: the form's, else that of the page the visitor comes from, else the site's own."""
    if asked in place.languages:
        return asked
    first = urlsplit(request.headers.get("Referer", "")).path.strip("/").partition("/")[0]
    return first if first in place.languages else place.language
