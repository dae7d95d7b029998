"""A draft as it will be: its pages drawn one by one by the code of a publish, its files, and how much it alters.

Nothing is written: a page comes from a rehearsed moment in which the store's rows say what the draft says.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from lxml import html
from sqlalchemy import select

import themes
from builder import assets, queries, rehearsing
from builder.models import SiteRelease
from builder.options import USUAL
from builder.queries import Standing
from builder.releases import site_folder
from builder.site_pages import SitePages, open_pages
from builder.staleness import look_ahead
from storefront.core import clock
from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.rehearsal import rehearsal
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.photo_store import logo_store
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.looks import Look
from storefront.domain.stores.models import Store, StorePage, StoreSetting
from storefront.pages import menus
from storefront.pages.refs import PageKind, PageRef
from storefront.pages.structured import usual_template

from .fitting import fitting, theme_of

_ROWS = (Store, StoreSetting, StorePage)
_START_SECONDS = 2.0
"""What a publish takes besides its pages."""
_USUAL_PAGE_SECONDS = 0.008
"""A page drawn, compressed and written, where nothing was measured yet."""
_RESULTS = 2
"""Cars of each language whose search results are shown."""
_MEASURED = 25
"""Pages a build must have drawn to tell how long one takes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page or file of a draft."""

    path: str
    """Of its file inside the tree."""
    content: bytes
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search engine would show of a car's page."""

    address: str
    """Host and path."""
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What search engines show in one language of a site."""

    results: Sequence[SearchResult]
    """Of some cars."""
    usual: Mapping[str, str]
    """The templates that hold where the store has none: `title` and `description`."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What publishing a draft means."""

    pages: int
    """How many pages it alters, makes or takes away."""
    seconds: int


@dataclass(frozen=True, slots=True)
class Menus:
    """The entries of header and foot in a draft, by place."""

    shown: Mapping[str, Sequence[str]]
    usual: Mapping[str, Sequence[str]]
    """As they stand where nobody chose."""
    labels: Mapping[str, str]
    """What every entry there could be is called, by name."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A draft at a glance."""

    pages: Sequence[tuple[str, str, str]]
    """Language, what it is, address: each kind once."""
    languages: Sequence[str]
    """The site's, the default first."""
    menus: Menus
    estimate: Estimate | None
    """None where nothing is drafted."""


def page(store_id: UUID, path: str, *, settings: Settings, now: datetime) -> Shown | None:
    """Draw a page of a draft, in the tenant's open scope.

    Args:
        store_id: whose.
        path: its address, root-relative.
        settings: of the installation.
        now: aware UTC.

    Returns:
        The page, or the one for what is not there; None when there is not even that.
    """
    with _rehearsed(store_id, _drafted(store_id), settings, now) as source:
        refs = {ref.path: ref for ref in source.pages()}
        wanted = refs.get(path)
        missing = wanted is None
        if wanted is None:
            wanted = refs.get(source.view.default.urls.not_found)
        drawn = None if wanted is None else next(iter(source.draw([wanted])), None)
    if drawn is None:
        return None
    name = drawn.ref.path.lstrip("/")
    file = f"{name}index.html" if not name or name.endswith("/") else name
    return Shown(file, drawn.content, missing)


def searched(store_id: UUID, *, settings: Settings, now: datetime) -> dict[str, Searched]:
    """Give what search engines would show of some cars of a draft, read from their pages, by language (SPEC 102).

    Args:
        store_id: whose.
        settings: of the installation.
        now: aware UTC.
    """
    with _rehearsed(store_id, _drafted(store_id), settings, now) as source:
        host, cars = source.view.store.public_host, [ref for ref in source.pages() if ref.kind is PageKind.VEHICLE]
        found = {}
        for lang, face in source.view.faces.items():
            drawn = source.draw(list(islice((ref for ref in cars if ref.lang == lang), _RESULTS)))
            usual = {what: usual_template(face, what) for what in looks.TEMPLATES}
            found[lang] = Searched([_result(f"{host}{one.ref.path}", one.content) for one in drawn], usual)
    return found


def _result(address: str, content: bytes) -> SearchResult:
    page = html.fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    described = page.find(".//meta[@name='description']")
    said = "" if described is None else str(described.get("content", ""))
    return SearchResult(address, page.findtext(".//title") or "", said)


def overview(store: Store, *, lang: str, settings: Settings, now: datetime) -> Overview:
    """Look over a draft: its pages, its menus, and what publishing it means; nothing is drawn.

    Args:
        store: whose, in the open scope.
        lang: in which menus' entries are named, where the site speaks it.
        settings: of the installation.
        now: aware UTC.
    """
    stand, drafted = queries.standing(store.id), drafts.standing(store)
    differs = drafted.differs
    linked = any(key.startswith(looks.PAGE) and _is_linked_otherwise(store, key, differs[key]) for key in differs)
    pages = [] if linked else [key for key in differs if key.startswith(looks.PAGE)]
    host, per_page = store.public_host, _seconds_per_page(store.id)
    stand = stand or Standing(0, store.id, 0, None, "", None, 0)
    with _rehearsed(store.id, drafted.look, settings, now) as source:
        refs, view = source.pages(), source.view
        face = view.faces.get(lang) or view.default
        places = {place: menus.order(view, face, place)[0] for place in menus.PLACES}
        usual = {place: menus.usual_order(view, face, place) for place in menus.PLACES}
        labels = menus.named(view, face)
        count = 0
        if linked:
            count = len(refs)
        elif differs:
            outlook = look_ahead(
                stand, source, site_folder(settings, host), seen=mark(), as_of=view.as_of, options=USUAL
            )
            count = len(outlook.draw) + len(outlook.gone)
            count += 0 if outlook.whole else len(pages) * len(view.faces)
        spoken = tuple(view.faces)
    estimate = Estimate(count, math.ceil(_START_SECONDS + per_page * count)) if differs else None
    return Overview(_worth_a_look(refs), spoken, Menus(places, usual, labels), estimate)


def theme_file(store: Store, path: str) -> bytes | None:
    """Give a file of a draft's theme, by its public path; also one that the draft named a moment ago.

    Args:
        store: whose.
        path: `/a/…` or `/favicon.ico`.
    """
    look = drafts.standing(store).look
    theme = theme_of(look)
    if path == f"/{assets.ICON_PATH}":
        icon = theme.assets().get(assets.FAVICON)
        return None if icon is None else icon.read_bytes()
    bundle = themes.bundle(theme, themes.resolve(theme, fitting(look)))
    for known in (bundle, *theme.bundles.values()):
        if (content := known.files.get(path)) is not None:
            return content
    return None


def logo_file(path: str, *, settings: Settings) -> bytes | None:
    """Give a logo by its public path, `/i/logo-….png`."""
    file = logo_store(settings).find(path.lstrip("/").removeprefix(assets.LOGO).partition(".")[0])
    return None if file is None else file.read_bytes()


def _worth_a_look(refs: Sequence[PageRef]) -> list[tuple[str, str, str]]:
    """Give a page of each kind in each language; single pages by name."""
    found: dict[tuple[str, str], str] = {}
    for ref in refs:
        name = f"{ref.kind}:{ref.key}" if str(ref.kind) in ("request", "kept", "text") else str(ref.kind)
        if ref.path.endswith((".html", "/")):
            found.setdefault((ref.lang, name), ref.path)
    return [(lang, name, path) for (lang, name), path in found.items()]


def _drafted(store_id: UUID) -> Look:
    return drafts.standing(db.session.get_one(Store, store_id)).look


@contextmanager
def _rehearsed(store_id: UUID, look: Look, settings: Settings, now: datetime) -> Iterator[SitePages]:
    """Open the site as if its draft were published; one that is not public yet is shown as if it were."""
    tenant = db.session.scalars(select(Tenant)).one()
    today = clock.business_date(now, tenant.time_zone)
    store = db.session.get_one(Store, store_id)
    dealer = None if store.dealer_id is None else db.session.get_one(Dealer, store.dealer_id)
    is_public = dealer is None or dealer.is_active
    rows = _ROWS if is_public else (*rehearsing.REHEARSED, StoreSetting, StorePage)
    with rehearsal(*rows):
        order = rehearsing.Order(store_id, "", None, None, False, today, now, now)
        shown = db.session.get_one(Store, store_id) if is_public else rehearsing.as_if_published(order)
        shown.active = True
        looks.put(shown, look, fitting(look), now=store.updated_at)
        yield open_pages(shown, as_of=today, settings=settings)


def _is_linked_otherwise(store: Store, key: str, after: object) -> bool:
    """Ask whether a page that somebody wrote is linked otherwise than now: every page's menu or foot names it."""
    before = looks.look_of(store).get(key)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return True
    return any(before[name] != after[name] for name in ("titles", "in_menu", "position"))


def _seconds_per_page(store_id: UUID) -> float:
    wanted = (SiteRelease.store_id == store_id, SiteRelease.rendered >= _MEASURED, SiteRelease.finished_at.is_not(None))
    reading = select(SiteRelease).where(*wanted).order_by(SiteRelease.started_at.desc())
    last = db.session.scalars(reading.limit(1)).first()
    if last is None or last.finished_at is None:
        return _USUAL_PAGE_SECONDS
    return (last.finished_at - last.started_at).total_seconds() / last.rendered
