"""Console commands about pictures: tours of a car, where crops look, and the best encodings at once."""

from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from storefront import commands as shared
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.domain.listings import photos, tours
from storefront.domain.listings.films import film_store
from storefront.domain.listings.models import Listing, Photo, VirtualTour
from storefront.domain.listings.photo_store import photo_store

from . import improving

ACTOR = "command"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def tour() -> None:
    """Virtual tours of cars: frames round the car, a panorama, a film, a link (SPEC 46)."""


@tour.command("add")
@click.argument("listing")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--spin", is_flag=True, help="FILES are pictures round the car, clockwise: 8 to 72 of one size.")
@click.option("--panorama", type=FILE, help="A picture all round (equirectangular, twice as wide as high).")
@click.option("--video", type=FILE, help="A film: MP4 or WebM, 64 MB at most.")
@click.option("--poster", type=FILE, help="What stands there before the film is started.")
@click.option("--link", metavar="URL", help="A tour elsewhere, shown as a plain link that names the host.")
@click.option("--title", default=None, help="What stands under it.")
@shared.tenant_option
def add(
    listing: str,
    files: tuple[Path, ...],
    spin: bool,
    panorama: Path | None,
    video: Path | None,
    poster: Path | None,
    link: str | None,
    title: str | None,
) -> None:
    """Add a tour to the car with the public id LISTING (the last word of its address)."""
    if sum((spin, panorama is not None, video is not None, link is not None)) != 1:
        raise click.UsageError("Give one of --spin FILES…, --panorama FILE, --video FILE, --link URL")
    if bool(files) is not spin or (poster is not None and video is None):
        raise click.UsageError("FILES belong to --spin, --poster to --video")
    settings = shared.start()
    with shared.tenant_scope():
        car = _listing(listing)
        data = _data(settings, files, panorama, video, poster, link)
        made = perform(tours.add_tour, car, data, title=title, now=clock.now(), actor=ACTOR).unwrap()
        click.echo(f"{made.id}: {made.kind.name.lower()}")


def _data(
    settings: Settings,
    files: tuple[Path, ...],
    panorama: Path | None,
    video: Path | None,
    poster: Path | None,
    link: str | None,
) -> tours.TourData:
    store = photo_store(settings)
    if link is not None:
        return tours.elsewhere(link)
    if panorama is not None:
        return tours.panorama(panorama.read_bytes(), store)
    if video is not None:
        shown = None if poster is None else poster.read_bytes()
        return tours.film(video.read_bytes(), shown, store, film_store(settings))
    return tours.spin([file.read_bytes() for file in files], store)


@tour.command("list")
@click.argument("listing")
@shared.tenant_option
def show(listing: str) -> None:
    """List the tours of a car."""
    shared.start(bell=False)
    with shared.tenant_scope():
        reading = select(VirtualTour).where(VirtualTour.listing_id == _listing(listing).id)
        for one in db.session.scalars(reading.order_by(VirtualTour.position, VirtualTour.id)):
            state = "shown" if one.active else "hidden"
            click.echo(f"{one.id}  {one.kind.name.lower()}  {state}  {one.title or ''}")


@tour.command("remove")
@click.argument("number", type=click.UUID)
@shared.tenant_option
def remove(number: UUID) -> None:
    """Take the tour NUMBER away."""
    shared.start()
    with shared.tenant_scope():
        perform(tours.remove_tour, tours.by_id(number), now=clock.now(), actor=ACTOR).unwrap()


@tour.command("set")
@click.argument("number", type=click.UUID)
@click.option("--shown/--hidden", default=True, help="Whether the car's page shows it.")
@shared.tenant_option
def switch(number: UUID, shown: bool) -> None:
    """Show or hide the tour NUMBER."""
    shared.start()
    with shared.tenant_scope():
        perform(tours.set_active, tours.by_id(number), shown, now=clock.now(), actor=ACTOR).unwrap()


@click.group()
def photo() -> None:
    """Photos of cars."""


@photo.command("focus")
@click.argument("listing")
@click.argument("position", type=click.IntRange(0, 999))
@click.argument("x", type=click.IntRange(0, 100), required=False)
@click.argument("y", type=click.IntRange(0, 100), required=False)
@shared.tenant_option
def focus(listing: str, position: int, x: int | None, y: int | None) -> None:
    """Say where the crops of a car's photo look: X and Y per cent from the top left; none takes the default."""
    shared.start()
    with shared.tenant_scope():
        wanted = (Photo.listing_id == _listing(listing).id, Photo.position == position)
        found = db.session.scalars(select(Photo).where(*wanted)).first()
        if found is None:
            raise NotFound("There is no such photo")
        perform(photos.set_focus, found.id, x, y, now=clock.now(), actor=ACTOR).unwrap()


@photo.command("improve")
def improve() -> None:
    """Make the best encodings of all pictures that are served, now; the next build of their sites takes them."""
    settings = shared.start(bell=False, pooled=False)
    while improving.improve(settings, seconds=600):
        pass


def _listing(public_id: str) -> Listing:
    found = db.session.scalars(select(Listing).where(Listing.public_id == public_id)).first()
    if found is None:
        raise NotFound(f"There is no car with the id {public_id[:20]}")
    return found


commands: list[click.Command] = [tour, photo]
