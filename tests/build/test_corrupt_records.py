"""One corrupt record never stops a site: it is left out and reported, the rest is published (SECURITY E11)."""

import pytest
from sqlalchemy import select

from builder.sites import Build
from storefront.core.db import db
from storefront.domain.listings.models import Listing, ListingStatus
from tests.build.conftest import Installation

NORTH, MARKET = "north-cars.localhost", "localhost"
OF_THE_CAR = "id = (SELECT vehicle_id FROM listings WHERE id = ?)"
CORRUPT = {
    "text": "UPDATE listings SET description = CAST(X'ff41' AS TEXT) WHERE id = ?",
    "price": "UPDATE listings SET price_cents = 'much' WHERE id = ?",
    "date": f"UPDATE vehicles SET first_registered = 'in spring' WHERE {OF_THE_CAR}",
    "code": f"UPDATE vehicles SET fuel = 'dilithium' WHERE {OF_THE_CAR}",
    "features": f"UPDATE vehicles SET features = '[' WHERE {OF_THE_CAR}",
}
"""What only a fault of the machine, or somebody with a shell, writes."""


def corrupt(kind: str, *cars: Listing) -> None:
    """Spoil records behind the product's back, so that the whole site is drawn again."""
    ids = [car.id.hex for car in cars]
    db.session.rollback()
    with db.engine.begin() as connection:
        for car_id in ids:
            assert connection.exec_driver_sql(CORRUPT[kind], (car_id,)).rowcount == 1
        connection.exec_driver_sql("DELETE FROM site_states")


def builds(installation: Installation) -> dict[str, Build]:
    """Build all sites, by host."""
    return {build.host: build for build in installation.build().hosts}


@pytest.mark.parametrize("kind", CORRUPT)
def test_a_corrupt_record_is_left_out_and_said(built: Installation, kind: str) -> None:
    golf = built.world.golf
    address, marker = f"{golf.slug}-{golf.public_id}", golf.public_id.encode()
    corrupt(kind, golf)
    found = builds(built)
    for host in (NORTH, MARKET):
        assert found[host].failure is None
        assert any(address in warning for warning in found[host].warnings)
        assert found[host].rendered > 20
    if kind not in ("text", "features"):  # its card is sound: it stays in the lists
        assert marker not in built.pages(NORTH)["vehicles/index.html"]


def test_many_corrupt_records_stop_the_site_and_what_is_served_stays(built: Installation) -> None:
    before = built.files(NORTH)
    active = select(Listing).where(Listing.dealer_id == built.world.north.id, Listing.status == ListingStatus.ACTIVE)
    corrupt("price", *db.session.scalars(active.limit(3)))
    found = builds(built)
    assert "cannot be drawn" in (found[NORTH].failure or "")
    assert built.files(NORTH) == before
