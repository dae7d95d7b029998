"""Building previews: the pages a publish would make now, drawn from a moment that is only rehearsed.

The site is taken as active, its dealer too, with the theme and the cars the preview is about; nothing of that is
written to the database. The tree lies under `<instance>/previews/sites/<host>/`, apart from all sites, so that no list,
check, sitemap or delivery of sites ever meets it. Its files are links into the content store.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.rehearsal import rehearsal
from storefront.domain.accounts.models import Tenant
from storefront.domain.listings.films import film_store
from storefront.domain.listings.photo_store import logo_store

from . import assets, disk, images, queries, social
from .draft import BuildFailed
from .freeze import Drawn, Freezer, Spoilt
from .manifest import Entry
from .models import Preview
from .options import USUAL
from .rehearsing import REHEARSED, Order, as_if_published
from .site_pages import open_pages
from .store import content_store

TREE = "a"
EXPIRES = "expires"
"""File beside the tree: POSIX seconds from which on the preview is served no more."""


def folder_of(settings: Settings, host: str) -> Path:
    """Give the folder of a preview."""
    return home(settings).sites / host


def home(settings: Settings) -> Settings:
    """Give the settings under which previews are served like sites: the same, in a folder of their own."""
    return replace(settings, marketplace_instance=settings.instance / "previews")


def build(preview_id: UUID, settings: Settings) -> int:
    """Build a preview of the tenant that acts; one that was built or ended meanwhile is left alone.

    Args:
        preview_id: which.
        settings: of the installation.

    Returns:
        How many pages it has.

    Raises:
        BuildFailed: a page cannot be drawn; the reason is kept with the preview.
        OSError: the disk refused.
    """
    preview = db.session.get(Preview, preview_id)
    if preview is None or preview.built_at is not None:
        return 0 if preview is None else preview.pages
    order, expires = _order(preview), preview.expires_at
    db.session.rollback()
    try:
        drawn, files = _drawn(order, settings)
        files += _pictures(drawn, settings)
    except Exception as error:
        db.session.rollback()
        perform(_note, preview_id, 0, f"{type(error).__name__}: {error}"[:2000]).unwrap()
        raise
    _write(folder_of(settings, order.host), files, expires, settings)
    perform(_note, preview_id, len(drawn), None).unwrap()
    return len(drawn)


def remove(settings: Settings, host: str) -> None:
    """Take the files of a preview away; `current` goes first, so that nothing is served by halves."""
    folder = folder_of(settings, host)
    disk.remove(folder / "current")
    disk.remove_tree(folder)


def _order(preview: Preview) -> Order:
    tenant, now = db.session.scalars(select(Tenant)).one(), clock.now()
    today = clock.business_date(now, tenant.time_zone)
    as_of = preview.as_of or today
    until = now
    if as_of > today:
        until = datetime.combine(as_of + timedelta(days=1), time.min, ZoneInfo(tenant.time_zone))
    return Order(
        preview.store_id, preview.host, preview.theme, preview.theme_settings, preview.with_pending, as_of, until, now
    )


def _drawn(order: Order, settings: Settings) -> tuple[list[Drawn], list[Entry]]:
    """Draw every page in a rehearsed moment; gives their files and those of the theme, too.

    Raises:
        BuildFailed: a page cannot be drawn.
    """
    content = content_store(settings)
    with rehearsal(*REHEARSED):
        store = as_if_published(order)
        source = open_pages(store, as_of=order.as_of, settings=settings)
        made = list(Freezer(source, content, USUAL).draw(source.pages()))
        files = [entry for entry, _ in source.files(content)]
    for page in made:
        if isinstance(page, Spoilt):
            raise BuildFailed(f"{page.address} cannot be drawn: {page.reason}")
    drawn = [page for page in made if isinstance(page, Drawn)]
    return drawn, [*(page.entry for page in drawn), *files]


def _pictures(drawn: Sequence[Drawn], settings: Settings) -> list[Entry]:
    """Make and give the files pages show: pictures, cards and films; what nobody knows is left out."""
    pictures, content = images.pictures(settings), content_store(settings)
    shown = {name for page in drawn for name in page.entry.photos}
    cards = dict(page.card for page in drawn if page.card is not None)
    sets = {name for name in shown if "/" not in name}
    needed = queries.originals(sorted(sets | social.photos_of(cards.values())))
    db.session.rollback()
    pictures.make(needed)
    try:
        social.cards(settings).make(cards)
    except social.CardFailed as error:
        raise BuildFailed(str(error)) from error
    ready = {name for name in sets if pictures.ready(name) is not None}
    files = [entry for entry, _ in assets.picture_files(ready, pictures, content)]
    single = assets.SingleFiles(social.cards(settings), film_store(settings), logo_store(settings))
    for path in sorted(name for name in shown if "/" in name):
        try:
            files.append(single.kept(path, content)[0])
        except assets.MissingPictures:
            continue
    return files


def _write(folder: Path, files: Sequence[Entry], expires: datetime, settings: Settings) -> None:
    """Link the files into a fresh tree and serve it."""
    content, beside = content_store(settings), folder / f".{TREE}.new"
    disk.remove_tree(beside)
    made: set[Path] = set()
    for path, (content_hash, encoding) in sorted({name: of for entry in files for name, of in entry.files()}.items()):
        target = beside / path
        if target.parent not in made:
            disk.make_folder(target.parent)
            made.add(target.parent)
        disk.link(content.path(content_hash, encoding), target)
    disk.write_over(folder / EXPIRES, f"{int(expires.timestamp())}\n".encode())
    disk.remove(folder / "current")
    disk.remove_tree(folder / TREE)
    disk.replace(beside, folder / TREE)
    disk.point(folder / "current", TREE)


def _note(preview_id: UUID, pages: int, failure: str | None) -> None:
    preview = db.session.get(Preview, preview_id)
    if preview is not None:
        preview.pages, preview.failure = pages, failure
        preview.built_at = clock.now() if failure is None else None
