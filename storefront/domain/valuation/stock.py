"""The stock of a tenant against its own market: which cars can be compared with which, and what comes of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from . import queries
from .market import LEAST, Appraisal, Car, Market
from .queries import Offer


@dataclass(frozen=True, slots=True)
class Appraised:
    """A car on offer and what it is worth; None where that cannot be said."""

    offer: Offer
    appraisal: Appraisal | None
    widened: bool = False
    """Compared with all models of its make and body, since its own model is too rare."""


def appraised(day: date) -> Iterator[Appraised]:
    """Value every car on offer of the open tenant: one read of the market, then arithmetic.

    Args:
        day: the business day.
    """
    offers = sorted(queries.offers(day), key=lambda offer: (offer.model, offer.car.id))
    kinds: dict[str, list[Car]] = defaultdict(list)
    for offer in offers:
        if offer.kind is not None:
            kinds[offer.kind].append(offer.car)
    markets: dict[str, Market] = {}
    for several in _by_model(offers):
        market = Market(offer.car for offer in several)
        for offer in several:
            if not offer.active:
                continue
            if offer.kind is None or not _is_rare(several):
                yield Appraised(offer, market.appraise(offer.car))
                continue
            wide = markets.get(offer.kind) or markets.setdefault(offer.kind, Market(kinds[offer.kind]))
            yield Appraised(offer, wide.appraise(offer.car), widened=True)


def appraised_among(listing_ids: Sequence[UUID], day: date) -> Iterator[Appraised]:
    """Value some cars: one read for each make and model among them, one more where that is too rare.

    Args:
        listing_ids: which; those that cannot be compared are left out.
        day: the business day.
    """
    wanted = set(listing_ids)
    names = set(queries.names_of(listing_ids).values())
    for make, model in sorted(names):
        for several in _by_model(queries.offers(day, [(make, model)])):
            market = Market(offer.car for offer in several)
            for offer in several:
                if offer.car.id in wanted and offer.active:
                    yield _one(offer, several, market, day, make)


def market_of(offer: Offer, day: date, make: str, model: str) -> tuple[Market, bool]:
    """Give the market a car is compared in, and whether it is that of its make and body."""
    several = [other for other in queries.offers(day, [(make, model)]) if other.model == offer.model]
    if not _is_rare(several) or offer.kind is None:
        return Market(other.car for other in several), False
    return _wide(offer, day, make), True


def _one(offer: Offer, several: Sequence[Offer], market: Market, day: date, make: str) -> Appraised:
    if offer.kind is None or not _is_rare(several):
        return Appraised(offer, market.appraise(offer.car))
    return Appraised(offer, _wide(offer, day, make).appraise(offer.car), widened=True)


def _wide(offer: Offer, day: date, make: str) -> Market:
    alike = queries.alike_in_kind(day, make, offer.car.body or "")
    return Market(other.car for other in alike if other.kind == offer.kind)


def _is_rare(several: Sequence[Offer]) -> bool:
    """Ask whether a car of a model has too few others to be compared with."""
    return len(several) <= LEAST


def _by_model(offers: Iterable[Offer]) -> Iterator[list[Offer]]:
    groups: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        groups[offer.model].append(offer)
    for key in sorted(groups):
        yield sorted(groups[key], key=lambda offer: offer.car.id)
