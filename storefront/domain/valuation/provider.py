"""Whoever can be asked what a car is worth (SPEC 93), and the form of it that answers from our own market."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from storefront.core.errors import DomainError

from . import queries, stock
from .amounts import worth


@dataclass(frozen=True, slots=True)
class Question:
    """What a provider is asked.

    Raises:
        DomainError: mileage or condition cannot be.
    """

    vin: str
    mileage_km: int
    condition: int
    """From 1 to 10 (SPEC 32); 7 is usual."""
    postal_code: str

    def __post_init__(self) -> None:
        if not 0 <= self.mileage_km <= 2_000_000:
            raise DomainError("Mileage must be between 0 and 2,000,000 km", field="mileage")
        if not 1 <= self.condition <= 10:
            raise DomainError("Condition must be between 1 and 10", field="condition")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a car is worth, in minor units of a currency."""

    trade_in_cents: int
    private_party_cents: int
    retail_cents: int
    """Suggested: what dealers ask."""
    currency: str


class ValuationProvider(Protocol):
    """Says what a car is worth."""

    def answer(self, question: Question, day: date) -> Answer | None:
        """Answer, None where the car is not known or too little is known of its market.

        Args:
            question: which car, in what state, where.
            day: the day it is to be valued on.
        """
        ...


class MarketProvider:
    """Answers for cars of the open tenant, from what its dealers ask; the same answer for the same stock.

    The market is one: the postal code is asked for by protocol and not looked at.
    """

    def answer(self, question: Question, day: date) -> Answer | None:
        """Value the car with this VIN at another mileage and condition."""
        offer = queries.by_vin(question.vin, day)
        if offer is None:
            return None
        make, model = queries.names_of([offer.car.id])[offer.car.id]
        found = stock.market_of(offer, day, make, model).appraise(replace(offer.car, mileage_km=question.mileage_km))
        if found is None:
            return None
        amounts = worth(found.value_cents, question.condition)
        return Answer(amounts.trade_in_cents, amounts.private_party_cents, amounts.retail_cents, offer.currency)
