"""Pages of the world as a publish would draw them in a theme, and which of them are worth a look."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import jinja2

import themes
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.stores import queries as stores
from storefront.pages.catalogue import PageKind, PageRef, pages_of
from storefront.pages.contexts import TEMPLATES, VehiclePage
from storefront.pages.loading import load
from storefront.pages.rendering import render
from storefront.pages.sites import open_site
from storefront.pages.siteview import SiteView

MANY_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class Stop:
    """A page worth a look: what it is, and where."""

    name: str
    lang: str
    path: str


@dataclass(frozen=True, slots=True)
class World:
    """The world's sites."""

    settings: Settings
    tenant: UUID
    as_of: date

    @contextmanager
    def site(self, host: str) -> Iterator[SiteView]:
        """Open a site as its theme's files are now.

        Raises:
            ThemeError: the theme is broken.
            NotFound: there is no such host.
        """
        with acting(self.tenant):
            view = open_site(stores.by_host(host), as_of=self.as_of, settings=self.settings)
            yield view
        db.session.rollback()

    def page(self, host: str, path: str) -> tuple[bytes, bool] | None:
        """Draw the page at an address; that for missing ones where there is none, and whether it is it."""
        with self.site(host) as view:
            refs = {ref.path: ref for ref in pages_of(view)}
            ref = refs.get(path) or refs.get(view.default.urls.not_found)
            loaded = None if ref is None else next(load(view, [ref]), None)
            return None if loaded is None else (render(view, loaded), path in refs)

    def file(self, host: str, path: str) -> bytes | None:
        """Give a file of the site's theme by its public path."""
        with self.site(host) as view:
            return view.default.look.bundle.files.get(path)

    def stops(self, host: str) -> list[Stop]:
        """Give a page of each kind in each language, and the cars that are special."""
        with self.site(host) as view:
            refs = [ref for ref in pages_of(view) if ref.path.endswith(("/", ".html"))]
            found: dict[tuple[str, str], Stop] = {}
            for ref in refs:
                if ref.kind is not PageKind.VEHICLE:
                    found.setdefault((ref.lang, name := _name(ref)), Stop(name, ref.lang, ref.path))
            for name, ref in _cars(view, [ref for ref in refs if ref.kind is PageKind.VEHICLE]):
                found.setdefault((ref.lang, name), Stop(name, ref.lang, ref.path))
            return list(found.values())

    def drawn(self, host: str) -> Iterator[tuple[str, str | None]]:
        """Draw every page of a site, and give its template; in place of an error's page, what is wrong."""
        with self.site(host) as view:
            refs = pages_of(view)
            for ref in refs:
                try:
                    loaded = next(load(view, [ref]), None)
                    if loaded is not None:
                        render(view, loaded)
                        yield TEMPLATES.get(type(loaded.page), ""), None  # type: ignore[arg-type]
                except (themes.ThemeError, jinja2.TemplateError, AttributeError, TypeError, KeyError) as error:
                    yield "", f"{ref.path}: {told(error)}"


def told(error: BaseException) -> str:
    """Say where in which template an error lies, and what it is."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".html")]
    message = str(error) or type(error).__name__
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name or 'a template'}, line {error.lineno}: {error.message}"
    if frames and not message.startswith(("parts/", "pages/", "sections/", "layout")):
        parts = Path(frames[-1].filename).parts
        name = "/".join(parts[parts.index("templates") + 1 :]) if "templates" in parts else frames[-1].filename
        return f"{name}, line {frames[-1].lineno}: {message}"
    return message


def _name(ref: PageRef) -> str:
    kind = str(ref.kind)
    if kind in ("request", "kept", "text"):
        return f"{kind} {ref.key}"
    if kind == "list":
        return f"list {'page ' if 'page-' in ref.path else ''}{ref.key.partition(':')[0]}"
    return kind


def _cars(view: SiteView, refs: list[PageRef]) -> Iterator[tuple[str, PageRef]]:
    """Name the cars of the default language by what is special about them."""
    own = [ref for ref in refs if ref.lang == view.default.lang]
    for loaded in load(view, own):
        page = loaded.page
        if not isinstance(page, VehiclePage):
            continue
        photos = len(page.pictures)
        marks = {
            "car sold": page.state == "sold",
            "car reserved": page.state == "reserved",
            "car without photos": not photos,
            "car with many photos": photos >= MANY_PHOTOS,
            "car with tours": bool(page.tours),
            "car with a price history": bool(page.history),
            "car without a price": page.state != "sold" and page.price.price is None,
            "car": True,
        }
        yield from ((name, loaded.ref) for name, holds in marks.items() if holds)
