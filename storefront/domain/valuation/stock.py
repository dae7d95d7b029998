"""The stock of a tenant against its own market: which cars can be compared with which, and what comes of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from . import queries
from .market import LEAST, Appraisal, Market, grouped
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
    offers = list(queries.offers(day))
    kinds = grouped((offer.kind, offer.car) for offer in offers if offer.kind is not None)
    wide = _remembered(lambda offer: Market(kinds[offer.kind or ""]))
    for several in _by_model(offers):
        yield from _valued(several, [offer for offer in several if offer.active], wide)


def appraised_among(listing_ids: Sequence[UUID], day: date) -> Iterator[Appraised]:
    """Value some cars: one read for each make and model among them, one more for each make and body where too rare.

    Args:
        listing_ids: which; those that cannot be compared are left out.
        day: the business day.
    """
    wanted = set(listing_ids)
    names = set(queries.names_of(listing_ids).values())
    wide = _remembered(lambda offer: _wide(offer, day))
    for make, model in sorted(names):
        for several in _by_model(queries.offers(day, [(make, model)])):
            asked = [offer for offer in several if offer.car.id in wanted and offer.active]
            yield from _valued(several, asked, wide)


def market_of(offer: Offer, day: date, make: str, model: str) -> Market:
    """Give the market a car is compared in: that of its model, or of its make and body where that is too rare."""
    several = [other for other in queries.offers(day, [(make, model)]) if other.model == offer.model]
    if not _is_rare(several) or offer.kind is None:
        return Market(other.car for other in several)
    return _wide(offer, day)


def _valued(several: Sequence[Offer], asked: Iterable[Offer], wide: "_Wide") -> Iterator[Appraised]:
    """Value some of the cars of a model; where that is too rare, each by its make and body."""
    if not _is_rare(several):
        market = Market(offer.car for offer in several)
        yield from (Appraised(offer, market.appraise(offer.car)) for offer in asked)
        return
    for offer in asked:
        known = offer.kind is not None
        yield Appraised(offer, wide(offer).appraise(offer.car) if known else None, widened=known)


_Wide = Callable[[Offer], Market]
"""Gives the market of all models of a car's make and body."""


def _remembered(make: _Wide) -> _Wide:
    """Have each of those markets made once."""
    known: dict[str | None, Market] = {}

    def market(offer: Offer) -> Market:
        if offer.kind not in known:
            known[offer.kind] = make(offer)
        return known[offer.kind]

    return market


def _wide(offer: Offer, day: date) -> Market:
    alike = queries.alike_in_kind(day, offer.make, offer.car.body or "")
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
