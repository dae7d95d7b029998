"""What happens in a product's world while it is measured: prices change, cars are sold, cars come in."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers.models import Dealer as DealerRow
from storefront.domain.listings.actions import change_price, mark_sold
from storefront.domain.listings.importing import import_stock
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason

from .catalogue import Dealer, one_car
from .world import NOW, TODAY, record_of

ACTOR = "bench"
_NEW = 900_000
"""Numbers of cars that come in begin here."""


class Changes:
    """Changes one thing a turn, by the product's own actions."""

    def __init__(self, tenant_id: UUID) -> None:
        """Note the cars on offer.

        Args:
            tenant_id: whose world it is.
        """
        self.tenant_id = tenant_id
        self._dice = random.Random(7)
        with acting(tenant_id):
            reading = select(Listing.id).where(Listing.status == ListingStatus.ACTIVE).order_by(Listing.id)
            self._left = list(db.session.scalars(reading))
            self._dealers = list(db.session.scalars(select(DealerRow.id).order_by(DealerRow.slug)))
        self._dice.shuffle(self._left)
        self._count = 0

    def price(self, turn: int) -> None:
        """Let a car cost 100 € less."""
        with acting(self.tenant_id):
            listing = db.session.get_one(Listing, self._left.pop())
            cents, at = (listing.price_cents or 0) - 10_000, self._now()
            perform(change_price, listing, cents, reason=PriceReason.MARKET_ADJUSTMENT, now=at, actor=ACTOR).unwrap()

    def sale(self, turn: int) -> None:
        """Sell a car."""
        with acting(self.tenant_id):
            listing = db.session.get_one(Listing, self._left.pop())
            perform(mark_sold, listing, now=self._now(), actor=ACTOR).unwrap()

    def new_car(self, turn: int) -> None:
        """Take one more car in."""
        with acting(self.tenant_id):
            row = db.session.get_one(DealerRow, self._dice.choice(self._dealers))
            perform(self._take_in, row).unwrap()

    def _take_in(self, row: DealerRow) -> None:
        number = _NEW + self._count
        lot = Dealer(0, row.slug, row.name, "", "", "", "", 0.0, 0.0, "/")
        record = replace(record_of(one_car(random.Random(number), lot, number)), source_id=f"n{number}")
        report = import_stock(row, [record], format="bench", today=TODAY, now=self._now())
        if report.created != 1:
            raise ValueError(f"the new car was refused: {report.refused[:1]}")

    def _now(self) -> datetime:
        self._count += 1
        return NOW + timedelta(minutes=self._count)
