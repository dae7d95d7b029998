"""A site as an ordinary Flask application, made on the spot: one per site, with its own theme (STYLE.md §4).

Every address the catalogue lists answers here with exactly the bytes the builder writes, rendered by Jinja where the
builder compiles; the stock Frozen-Flask freezer over it gives the same files. The caller keeps a scope and a database
snapshot open while it is asked.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import Flask, Response, abort, request

from storefront.core.config import Settings
from storefront.domain.stores.models import Store

from . import urls
from .catalogue import PageKind, PageRef, pages_of
from .loading import load
from .rendering import content_type, render
from .sites import open_site
from .siteview import SiteView


def _either(name: str, words: Iterable[str]) -> str:
    """Give the rule of several addresses of one kind; the stock freezer tells them apart by this value."""
    choices = ", ".join(f'"{word}"' for word in words)
    return f"/<any({choices}):{name}>/"


RULES: dict[PageKind, tuple[str, ...]] = {
    PageKind.HOME: ("/",),
    PageKind.LIST: (
        "/vehicles/",
        "/vehicles/page-<int:page>/",
        "/vehicles/<make>/",
        "/vehicles/<make>/page-<int:page>/",
        "/vehicles/<make>/<model>/",
        "/vehicles/<make>/<model>/page-<int:page>/",
        "/vehicles/in/<country>/<city>/",
        "/vehicles/in/<country>/<city>/page-<int:page>/",
    ),
    PageKind.DEALERS: ("/dealers/",),
    PageKind.DEALER: ("/dealers/<dealer>/",),
    PageKind.CONTACT: ("/contact/",),
    PageKind.ABOUT: ("/about/",),
    PageKind.REQUEST: (_either("request", urls.REQUESTS.values()),),
    PageKind.FAQ: ("/faq/",),
    PageKind.INFO: ("/info/<page>/",),
    PageKind.KEPT: (_either("kept", urls.KEPT),),
    PageKind.SEARCH: ("/search/",),
    PageKind.TEXT: ("/<text>/",),
    PageKind.GONE: ("/404.html",),
    PageKind.RSS: ("/rss.xml",),
}
"""Addresses of each language below its prefix; a car shares the shape of a make's address."""
HOST_RULES: dict[PageKind, tuple[str, ...]] = {
    PageKind.ROBOTS: ("/robots.txt",),
    PageKind.INDEXNOW: ("/<key>.txt",),
    PageKind.MANIFEST: ("/site.webmanifest",),
    PageKind.STATUS: ("/status.json",),
    PageKind.FEED: ("/feeds/<token>/<name>",),
    PageKind.QR: ("/q/<name>.svg",),
    PageKind.SITEMAP: ("/sitemaps/<name>.xml",),
    PageKind.SITEMAP_INDEX: ("/sitemap.xml",),
    PageKind.INDEX: (urls.INDEX,),
    PageKind.INDEX_CARS: ("/s/cars-<name>.json",),
    PageKind.INDEX_CARDS: ("/s/cards-<name>.json",),
}
"""Addresses a host has once."""


def create_site_app(store: Store, as_of: date, settings: Settings) -> Flask:
    """Make the application of one site.

    Args:
        store: the site.
        as_of: the business date.
        settings: of the installation.
    """
    view = open_site(store, as_of=as_of, settings=settings, compiles=False)
    refs = {ref.path: ref for ref in pages_of(view)}
    app = Flask(__name__, static_folder=None)
    app.extensions["site_view"] = view

    def answer(**_parts: Any) -> Response:
        ref = refs.get(request.path)
        found = None if ref is None else next(load(view, [ref]), None)
        if found is None:
            abort(404)
        return Response(render(view, found), content_type=content_type(request.path))

    for rule, endpoint in _rules(view, {(ref.kind, ref.lang) for ref in refs.values()}):
        app.add_url_rule(rule, endpoint, answer)
    app.register_error_handler(404, lambda _error: _not_found(view, refs))
    return app


def _rules(view: SiteView, shown: set[tuple[PageKind, str]]) -> Iterator[tuple[str, str]]:
    """Give the rules of the kinds of page this site has, each with its endpoint."""
    for face in view.faces.values():
        for kind, rules in RULES.items():
            for rule in rules if (kind, face.lang) in shown else ():
                yield f"{face.urls.prefix}{rule}", f"{kind}-{face.lang}"
    kinds = {kind for kind, _ in shown}
    for kind, rules in HOST_RULES.items():
        for rule in rules if kind in kinds else ():
            yield rule, str(kind)


def _not_found(view: SiteView, refs: dict[str, PageRef]) -> Response:
    """Answer an unknown address with the page of the default language and status 404."""
    ref = refs.get(view.default.urls.not_found)
    loaded = None if ref is None else next(load(view, [ref]), None)
    body = b"" if loaded is None else render(view, loaded)
    return Response(body, status=404, content_type=content_type("/404.html"))


def freezer(app: Flask, destination: str) -> Any:
    """Give the stock Frozen-Flask freezer for such an application; `freeze()` writes into the folder.

    Args:
        app: from `create_site_app`.
        destination: a fresh folder; the freezer deletes what it does not know.
    """
    from flask_frozen import Freezer

    app.config.update(FREEZER_DESTINATION=destination, FREEZER_REMOVE_EXTRA_FILES=False)
    made = Freezer(app, with_no_argument_rules=False, with_static_files=False, log_url_for=False)
    view: SiteView = app.extensions["site_view"]
    match = app.url_map.bind("localhost").match
    made.register_generator(lambda: (match(ref.path) for ref in pages_of(view)))
    return made
