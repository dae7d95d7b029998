"""Publishing a site, the whole story: read one moment, draw what is stale, check it, and serve it in one step.

A page is drawn again when something it read changed, when a day began that it waits for, or when it is new; every other
page is taken over from the release that is served. A first build is the same code with every page stale, so both give
the same bytes.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.listings.films import film_store
from storefront.domain.listings.photos import fail_unreadable
from storefront.domain.listings.tours import hide_unreadable
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import PageRef, pages_of
from storefront.pages.pictures import set_name
from storefront.pages.sites import open_site
from storefront.pages.siteview import SiteView

from . import actions, assets, built, check, images, improving, queries, releases, social
from .actions import Turn
from .draft import BuildFailed, Draft
from .link_rules import Network
from .manifest import Manifest
from .press import TRIES, ForkedPress, OwnPress, Press
from .reads import ALL_PAGES, page_number, things_of
from .recipe import look_digest
from .releases import SiteFolder
from .reporter import Reporter, quiet
from .site_rules import Problem


class GateClosed(BuildFailed):
    """The new release breaks rules, so it is not served (SECURITY E3)."""

    def __init__(self, problems: list[Problem]) -> None:
        first = "; ".join(f"{found.page} {found.rule}: {found.detail}" for found in problems[:5])
        super().__init__(f"{len(problems)} problems: {first}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A site as plain values, which outlive a session."""

    store_id: UUID
    tenant_id: UUID
    host: str
    kind: str


@dataclass(frozen=True, slots=True)
class Build:
    """How a site was built."""

    host: str
    pages: int = 0
    rendered: int = 0
    """Drawn in this build."""
    reused: int = 0
    """Taken over undrawn from the release before: nothing they read changed."""
    removed: int = 0
    seconds: float = 0.0
    release: str | None = None
    """What is served now."""
    warnings: tuple[str, ...] = ()
    """What was left out: a car that could not be drawn, a photo that could not be decoded."""
    failure: str | None = None
    """Why nothing new is served."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be built, and how."""

    site: SiteKey
    folder: SiteFolder
    as_of: date
    settings: Settings
    jobs: int
    reporter: Reporter

    @property
    def pictures(self) -> images.Pictures:
        return images.pictures(self.settings)

    @property
    def label(self) -> built.Label:
        return built.Label(self.site.host, self.settings.origin(self.site.host), self.site.kind)


def key_of(store: Store) -> SiteKey:
    """Take what a build needs to know out of a store's row."""
    return SiteKey(store.id, store.tenant_id, store.public_host, store.kind)


def publish(
    store: Store | SiteKey,
    *,
    as_of: date,
    settings: Settings,
    jobs: int = 1,
    reporter: Reporter = quiet,
    patience: float = 60.0,
) -> Build:
    """Bring a site up to date and serve it.

    Args:
        store: the site.
        as_of: the business date; the only day the pages know of.
        settings: of the installation.
        jobs: processes that draw; with more than one no other session of this process may be in a transaction.
        reporter: whom to tell.
        patience: seconds to wait for another builder of this site.

    Raises:
        SiteBusy: another builder did not finish in time.
        BuildFailed: the release is not fit to be served.
        DomainError: another machine holds the site, or a newer build took over.
        OSError: the disk refused.
    """
    began = time.monotonic()
    site = store if isinstance(store, SiteKey) else key_of(store)
    order = _Order(site, releases.site_folder(settings, site.host), as_of, settings, jobs, reporter)
    with order.folder.locked(patience), acting(site.tenant_id):
        order.folder.clean()
        turn = perform(
            actions.take_turn, site.store_id, after=order.folder.newest, machine=socket.gethostname(), now=clock.now()
        ).unwrap()
        with _recorded(turn):
            draft = _served(order, turn)
            built.write_label(order.folder.root, order.label)
            outcome, gone = draft.outcome(look_digest(settings)), _gone(draft)
            perform(actions.end_turn, turn, outcome, _reads(draft), gone, draft.everything, now=clock.now()).unwrap()
            order.folder.forget_old()
            _let_improve(order, draft)
    reporter.end(site.host, f"{outcome.pages} pages, {outcome.rendered} drawn, {outcome.removed} removed")
    return Build(
        host=site.host,
        pages=outcome.pages,
        rendered=outcome.rendered,
        reused=outcome.reused,
        removed=outcome.removed,
        seconds=round(time.monotonic() - began, 3),
        release=outcome.release,
        warnings=outcome.warnings,
    )


@contextmanager
def _recorded(turn: Turn) -> Iterator[None]:
    """Write down why a build failed, for the admin to show, and let the failure go on."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        perform(actions.fail_turn, turn, f"{type(error).__name__}: {error}", now=clock.now())
        raise


def _served(order: _Order, turn: Turn) -> Draft:
    """Draw and serve; when the gate finds a fault in a release that took pages over, all are drawn once more.

    A page that was wrongly taken over (it links to a page that is gone) shall not keep a site from being published.
    """
    draft = _drafted(order, turn)
    if draft.is_live:
        return draft
    try:
        _serve(order, draft)
    except GateClosed as fault:
        if draft.everything:
            raise
        order.reporter.warn(order.site.host, "", f"all pages are drawn again: {fault}")
        draft = _drafted(order, turn, everything=True)
        _serve(order, draft)
    return draft


def _drafted(order: _Order, turn: Turn, everything: bool = False) -> Draft:
    """Draw until every photo on the pages has its pictures; one that cannot be decoded leaves the pages (E11)."""
    warnings: list[str] = []
    for _ in range(TRIES):
        draft, originals = _read(order, turn, everything)
        bad = order.pictures.make(originals, jobs=order.jobs)
        improving.slips(order.settings).want(one for one in originals if one not in bad)
        if not bad:
            _add_pictures(order, draft)
            draft.let_linger()
            draft.warnings = warnings + draft.warnings
            return draft
        draft.weigh_photos(bad)
        for content_hash, reason in sorted({one.content_hash: reason for one, reason in bad.items()}.items()):
            key = set_name(content_hash)
            order.reporter.warn(order.site.host, f"photo {key}", reason)
            warnings.append(f"photo {key}: {reason}")
            perform(_fail_unreadable, content_hash, reason).unwrap()
    raise BuildFailed("new photos that cannot be decoded kept coming")


def _add_pictures(order: _Order, draft: Draft) -> None:
    """Add what pages show besides theme files; the pictures of new cards are ready by now.

    Raises:
        BuildFailed: a card could not be drawn.
    """
    cards, films = social.cards(order.settings), film_store(order.settings)
    try:
        cards.make(draft.cards, jobs=order.jobs)
        better = improving.slips(order.settings).offered(order.site.host)
        draft.add_pictures(order.pictures, order.folder.store, better)
        draft.add_single_files(assets.SingleFiles(cards, films), order.folder.store)
    except social.CardFailed as error:
        raise BuildFailed(str(error)) from error


def _fail_unreadable(content_hash: str, reason: str) -> None:
    fail_unreadable([content_hash], reason)
    hide_unreadable([content_hash], now=clock.now())


def _let_improve(order: _Order, draft: Draft) -> None:
    """Tick off the better pictures that are served now, and note those that came while this build was under way."""
    slips = improving.slips(order.settings)
    slips.taken(order.site.host, draft.better)
    late = [name for name in draft.new_sets if draft.is_behind(order.pictures.best(name))]
    slips.offer(order.site.host, late)


def _read(order: _Order, turn: Turn, everything: bool) -> tuple[Draft, list[images.Original]]:
    """Open one moment of the database, here and in the children, and draw what is stale in it."""
    if order.jobs > 1:
        with ForkedPress(order.settings, order.jobs) as press:
            for _ in range(TRIES):
                with db.snapshot():
                    if press.open(order.site.tenant_id, order.as_of, mark()):
                        return _draw(order, turn, press, everything)
    with db.snapshot():
        return _draw(order, turn, OwnPress(order.folder.store), everything)


def _draw(order: _Order, turn: Turn, press: Press, everything: bool) -> tuple[Draft, list[images.Original]]:
    """Draw what is stale in the open snapshot; gives the photos whose pictures are still to be made, too."""
    store = db.session.get_one(Store, order.site.store_id)
    view = open_site(store, as_of=order.as_of, settings=order.settings)
    refs, live, seen = pages_of(view), order.folder.live(), mark()
    stale = refs if everything else _stale(view, refs, live, turn, seen, look_digest(order.settings))
    manifest = Manifest(turn.release, live.release if live else None, order.as_of, seen)
    shell = tuple(things_of(view.reads.keys))
    draft = Draft(turn, seen, order.as_of, refs, live, shell, len(stale) == len(refs), manifest)
    order.reporter.begin(order.site.host, len(stale))
    for page in press.draw(view, stale):
        draft.add_page(page)
        order.reporter.step(order.site.host)
    draft.take_over(stale)
    draft.weigh_spoilt()
    for page in draft.spoilt:
        order.reporter.warn(order.site.host, page.address, page.reason)
    look = view.default.look
    for entry, blob in assets.theme_files(look.theme, look.bundle, order.folder.store):
        draft.add(entry, blob)
    return draft, queries.originals(draft.photos_to_make(order.pictures))


def _stale(
    view: SiteView, refs: list[PageRef], live: Manifest | None, turn: Turn, seen: int, look: str
) -> list[PageRef]:
    """Give the pages that must be drawn: new ones, and those that read what changed."""
    stand = turn.stand
    if live is None or live.release != stand.release or stand.look_digest != look:
        return refs
    touched = queries.stale_pages([stand], seen, view.as_of)[stand.number]
    if touched is None or ALL_PAGES in touched:
        return refs
    known = live.pages()
    came_or_went = sorted({ref.path for ref in refs} ^ set(known))
    linking = queries.pages_that_read([("page", path, "exists") for path in came_or_went], [stand.number])
    touched = touched | linking[stand.number]
    return [ref for ref in refs if ref.path not in known or page_number(ref.path) in touched]


def _serve(order: _Order, draft: Draft) -> None:
    """Make the release durable, ask the gate, and switch.

    Raises:
        GateClosed: it breaks a rule.
    """
    store, label = order.folder.store, order.label
    store.make_durable(draft.blobs)
    release = built.ReleaseSite(label, draft.manifest, store)
    others = {order.settings.origin(host) for host in queries.all_hosts()} - {label.origin}
    db.session.rollback()  # no connection is in use while the gate forks
    network = Network({label.origin: release}, elsewhere=frozenset(others))
    problems = check.gate(release, draft.changed, network, gone=frozenset(draft.removed), jobs=order.jobs)
    if problems:
        raise GateClosed(problems)
    perform(actions.check_turn, draft.turn).unwrap()
    order.folder.switch(draft.manifest)


def _reads(draft: Draft) -> dict[int, tuple[int, ...]]:
    """Give what was read, by page number, to be recorded."""
    read = {page_number(address): page.things for address, page in draft.drawn.items()}
    return {**read, ALL_PAGES: draft.shell}


def _gone(draft: Draft) -> list[int]:
    return [page_number(address) for address in draft.removed]
