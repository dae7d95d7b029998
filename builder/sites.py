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
from typing import TYPE_CHECKING
from uuid import UUID

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.changes import mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import emit
from storefront.core.tenancy import acting
from storefront.domain.listings.films import film_store
from storefront.domain.listings.photo_store import logo_store
from storefront.domain.stores.models import Store
from storefront.pages.pictures import set_name

from . import (
    actions,
    assets,
    built,
    images,
    improving,
    ingredients,
    postings,
    queries,
    records,
    releases,
    showing,
    social,
)
from .actions import Outcome, Turn
from .collecting import seldom
from .draft import BuildFailed, Draft, begun
from .events import SiteServed
from .options import USUAL, Options
from .press import TRIES, ForkedPress, OwnPress, Press
from .pulse import Pulse
from .reads import ALL_PAGES, link_number, things_of
from .recipe import look_digest
from .recording import Recording
from .releases import SiteFolder
from .reporter import Reporter, quiet
from .source import Opener, Source
from .staleness import look_ahead

if TYPE_CHECKING:
    from .site_rules import Problem


MANY = 1_000
"""A build of so many pages brings the statistics of the database up to date."""


class GateClosed(BuildFailed):
    """The new release breaks rules, so it is not served (SECURITY E3)."""

    def __init__(self, problems: "list[Problem]") -> None:
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
    opener: Opener
    options: Options
    pulse: Pulse

    @property
    def pictures(self) -> images.Pictures:
        return images.pictures(self.settings)

    @property
    def label(self) -> built.Label:
        return built.Label(self.site.host, self.settings.origin(self.site.host), self.site.kind, self.site.store_id.hex)


def key_of(store: Store) -> SiteKey:
    """Take what a build needs to know out of a store's row."""
    return SiteKey(store.id, store.tenant_id, store.public_host, store.kind)


def open_product(store: Store, *, as_of: date, settings: Settings) -> Source:
    """Open a site of the product; its pages are loaded here, because builds of others need nothing of them."""
    from .site_pages import open_pages

    return open_pages(store, as_of=as_of, settings=settings)


def publish(
    store: Store | SiteKey,
    *,
    as_of: date,
    settings: Settings,
    jobs: int = 1,
    reporter: Reporter = quiet,
    patience: float = 60.0,
    opener: Opener = open_product,
    options: Options = USUAL,
) -> Build:
    """Bring a site up to date and serve it.

    Args:
        store: the site.
        as_of: the business date; the only day the pages know of.
        settings: of the installation.
        jobs: processes that draw; with more than one no other session of this process may be in a transaction.
        reporter: whom to tell.
        patience: seconds to wait for another builder of this site.
        opener: opens the site's pages in a snapshot.
        options: what may be left out.

    Raises:
        SiteBusy: another builder did not finish in time.
        BuildFailed: the release is not fit to be served.
        DomainError: another machine holds the site, or a newer build took over.
        OSError: the disk refused.
    """
    began = time.monotonic()
    site = store if isinstance(store, SiteKey) else key_of(store)
    folder = releases.site_folder(settings, site.host)
    with folder.locked(patience), acting(site.tenant_id), seldom():
        folder.clean()
        turn = perform(
            actions.take_turn, site.store_id, after=folder.newest, machine=socket.gethostname(), now=clock.now()
        ).unwrap()
        pulse = Pulse(site.tenant_id, turn)
        order = _Order(site, folder, as_of, settings, jobs, reporter, opener, options, pulse)
        with _recorded(turn):
            draft = _served(order, turn)
            outcome = _remembered(order, draft)
            _tidy_up(order, draft)
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
        if draft.is_whole:
            raise
        order.reporter.warn(order.site.host, "", f"all pages are drawn again: {fault}")
        draft = _drafted(order, turn, everything=True)
        if not draft.is_live:
            _serve(order, draft)
    return draft


def _remembered(order: _Order, draft: Draft) -> Outcome:
    """Write down what is served now, in one transaction."""
    from . import afterlife  # `_get_ready` loads it

    folder, made_of = order.folder, draft.ingredients()
    look = draft.outlook.stand.look_digest
    if draft.is_whole or made_of != draft.outlook.made_of:
        look = ingredients.keep(folder.store, folder.root, made_of).hash
    outcome = draft.outcome(look, look_digest(order.settings), queries.pages_served(draft.outlook.stand))
    outlook = draft.outlook
    ending = afterlife.Ending(
        order.site.store_id,
        vanished=outlook.vanished,
        came=outlook.came,
        has=afterlife.folder_has(folder),
        former=afterlife.folder_had(folder),
    )

    def remember() -> None:
        Recording(draft).write()
        afterlife.record(ending, build=draft.turn.fence, as_of=order.as_of)
        if not draft.is_live:
            emit(SiteServed(order.site.host))

    perform(actions.end_turn, draft.turn, outcome, remember, now=clock.now()).unwrap()
    return outcome


def _tidy_up(order: _Order, draft: Draft) -> None:
    """Do what can wait until the new pages are served."""
    from . import afterlife  # `_get_ready` loads it

    if draft.is_whole and len(draft.drawn) >= MANY:
        perform(db.gather_statistics)
    built.write_label(order.folder.root, order.label)
    came, moment = draft.outlook.came, clock.now()
    afterlife.put_out(order.settings, order.folder, order.site.store_id, as_of=order.as_of, now=moment, came=came)
    db.session.rollback()
    if order.options.settle:
        order.folder.settle(order.jobs)
    _let_improve(order, draft)


def _drafted(order: _Order, turn: Turn, everything: bool = False) -> Draft:
    """Draw until every photo on the pages has its pictures; one that cannot be decoded leaves the pages (E11)."""
    warnings: list[str] = []
    for _ in range(TRIES):
        draft, originals = _read(order, turn, everything)
        bad = order.pictures.make(originals, jobs=order.jobs, step=order.pulse)
        improving.slips(order.settings).want(one for one in originals if one not in bad)
        if not bad:
            _add_pictures(order, draft)
            showing.let_linger(draft)
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
    cards = social.cards(order.settings)
    singles = assets.SingleFiles(cards, film_store(order.settings), logo_store(order.settings))
    try:
        cards.make(draft.cards, jobs=order.jobs, step=order.pulse)
        better = improving.slips(order.settings).offered(order.site.host)
        shelf = showing.Shelf(order.pictures, singles, order.folder.store)
        showing.add_shown(draft, shelf, better)
    except social.CardFailed as error:
        raise BuildFailed(str(error)) from error


def _fail_unreadable(content_hash: str, reason: str) -> None:
    from storefront.domain.listings.photos import fail_unreadable
    from storefront.domain.listings.tours import hide_unreadable

    fail_unreadable([content_hash], reason)
    hide_unreadable([content_hash], now=clock.now())


def _let_improve(order: _Order, draft: Draft) -> None:
    """Tick off the better pictures that are served now, and note those that came while this build was under way."""
    slips = improving.slips(order.settings)
    slips.taken(order.site.host, draft.better)
    late = [name for name in draft.new_sets if draft.is_behind(name, order.pictures.best(name))]
    slips.offer(order.site.host, late)


def _read(order: _Order, turn: Turn, everything: bool) -> tuple[Draft, list[images.Original]]:
    """Open one moment of the database, here and in the children, and draw what is stale in it."""
    if order.jobs > 1:
        with ForkedPress(order.settings, order.jobs, order.opener, order.options) as press:
            for _ in range(TRIES):
                with db.snapshot():
                    press.open(order.site.tenant_id, order.site.store_id, order.as_of)
                    if (drawn := _draw(order, turn, press, everything)) is not None:
                        return drawn
    with db.snapshot():
        drawn = _draw(order, turn, OwnPress(order.folder.store, order.options), everything)
        assert drawn is not None
        return drawn


def _draw(order: _Order, turn: Turn, press: Press, everything: bool) -> tuple[Draft, list[images.Original]] | None:
    """Draw what is stale in the open snapshot; gives the photos whose pictures are still to be made, too.

    None when those who draw see another moment than this process.
    """
    store = db.session.get_one(Store, order.site.store_id)
    source = order.opener(store, as_of=order.as_of, settings=order.settings)
    outlook = look_ahead(
        turn.stand,
        source,
        order.folder,
        seen=mark(),
        as_of=order.as_of,
        options=order.options,
        everything=everything,
    )
    if not press.sees(outlook.seen):
        return None
    order.folder.require_room(len(outlook.draw))
    draft = begun(turn, outlook, things_of(source.shared.keys))
    order.reporter.begin(order.site.host, len(outlook.draw))
    for made in press.draw(source, store.id, outlook.draw, lambda: _get_ready(order)):
        draft.add_page(made)
        order.reporter.step(order.site.host)
        order.pulse()
    draft.settle_pages()
    for page in draft.spoilt:
        order.reporter.warn(order.site.host, page.address, page.reason)
    if outlook.listed is not None:
        draft.put_theme(list(source.files(order.folder.store)))
    return draft, queries.originals(showing.photos_to_make(draft, order.pictures))


def _get_ready(order: _Order) -> None:
    """Load and reckon, while the first pages are drawn, what is needed when the last one is."""
    from . import afterlife  # noqa: F401 - the tables of listings and dealers come with it

    look_digest(order.settings)


def _serve(order: _Order, draft: Draft) -> None:
    """Make the release durable, ask the gate, and switch.

    Raises:
        GateClosed: it breaks a rule.
    """
    store, folder = order.folder.store, order.folder
    order.pulse()
    store.make_durable(draft.blobs)
    if order.options.gate:
        _ask_gate(order, draft)
        order.pulse()
    perform(actions.check_turn, draft.turn).unwrap()
    folder.switch(draft.delta, order.jobs)


def _ask_gate(order: _Order, draft: Draft) -> None:
    label, live = order.label, order.folder.current
    release = built.ReleaseSite(label, draft.delta, live if live.is_symlink() else None, order.folder.store)
    others = {order.settings.origin(host) for host in queries.all_hosts()} - {label.origin}
    neighbours = _neighbours(draft)
    db.session.rollback()  # no connection is in use while the gate forks
    # Here, because a build without the gate needs none of its readers of HTML and XML.
    from . import check
    from .link_rules import Network

    network = Network({label.origin: release}, elsewhere=frozenset(others))
    gone = frozenset(draft.removed)
    problems = check.gate(
        release,
        draft.changed,
        network,
        gone=gone,
        neighbours=neighbours,
        unexplained=draft.lost,
        spoilt=frozenset(page.address for page in draft.spoilt),
        jobs=order.jobs,
    )
    if problems:
        raise GateClosed(problems)


def _neighbours(draft: Draft) -> frozenset[str]:
    """Give the pages that this build does not draw and that lead to an address that vanished.

    The front page stands for what is the same round every page.
    """
    if draft.is_whole or not draft.removed:
        return frozenset()
    site, links = draft.outlook.stand.number, {link_number(address): 1 for address in draft.removed}
    rows = records.by_number(site, postings.readers([site], links)[site] - {ALL_PAGES})
    found = {row.address for row in rows.values()} | {"/"}
    return frozenset(found - draft.drawn.keys() - set(draft.removed))
