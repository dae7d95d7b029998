"""Documents as they are read from today's rows (SPEC 49, 57)."""

from types import SimpleNamespace

from sqlalchemy import select

from search import documents
from search.documents import PhotoRef, all_documents, documents_of
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoState


def test_one_by_one_or_all_at_once_documents_are_the_same_and_of_cars_on_offer_only(
    world: SimpleNamespace, database: object
) -> None:
    with acting(world.tenant.id):
        rows = db.session.execute(select(Listing.id, Listing.status, Listing.dealer_id)).all()
        open_lots = {dealer.id for dealer in db.session.scalars(select(Dealer)) if dealer.status is DealerStatus.ACTIVE}
        single = {found.id: found for row in rows for found in documents_of([row.id])}
        together = list(all_documents())
    wanted = {row.id for row in rows if row.status is ListingStatus.ACTIVE and row.dealer_id in open_lots}
    assert single.keys() == wanted
    assert world.polo.id not in wanted
    assert len(together) == len(wanted)
    assert {document.id: document for document in together} == single


def test_photos_stand_in_their_order_with_the_first_one_marked_and_those_not_here_left_out(
    world: SimpleNamespace, database: object
) -> None:
    with acting(world.tenant.id):
        ready = (Photo.listing_id == world.golf.id, Photo.state == PhotoState.READY)
        photos = db.session.scalars(select(Photo).where(*ready).order_by(Photo.position)).all()
        wanted = tuple(PhotoRef(photo.content_hash, photo.primary) for photo in photos if photo.content_hash)
        (golf,) = documents_of([world.golf.id])
        photos[0].state = PhotoState.FAILED
        db.session.flush()
        (fewer,) = documents_of([world.golf.id])
        db.session.rollback()
    assert len(wanted) > 1
    assert golf.photos == wanted
    assert fewer.photos == wanted[1:]


def test_more_rows_than_are_read_at_once_are_all_read(world: SimpleNamespace, database: object) -> None:
    with acting(world.tenant.id):
        whole = list(all_documents())
        before, documents.STREAM = documents.STREAM, 2
        try:
            assert list(all_documents()) == whole
        finally:
            documents.STREAM = before
    assert len(whole) > 4
