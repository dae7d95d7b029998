"""What only some inquiries have: the wish for a test drive, the car to be taken in (SPEC 63, 68, 75).

`Inquiry.details` keeps it as JSON; these types are its shape and its limits. Neither number plates nor chassis numbers
nor papers are asked for or kept: the dealer sees them when the car is there (SECURITY D11).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from storefront.core.errors import DomainError
from storefront.domain.vehicles.vocabulary import FUELS

NAME_LENGTH = 80
"""Of a make, a model, the name of a car."""
CONDITION_LENGTH = 1000
MOST_KM = 2_000_000
FIRST_YEAR = 1900
DAYS_AHEAD = 120
"""How far ahead a test drive is asked for."""


class TimeOfDay(StrEnum):
    """When on a day somebody would like to come."""

    ANY = "any"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class TestDriveWish:
    """When somebody would like to drive a car; an appointment comes of it when the dealer says so (SPEC 75)."""

    day: date
    """The dealer's calendar day."""
    time: TimeOfDay = TimeOfDay.ANY

    __test__ = False  # its name begins like those a test runner collects

    def check(self, today: date) -> None:
        """Refuse days nobody can drive on.

        Raises:
            DomainError: in the past, or further ahead than `DAYS_AHEAD`.
        """
        if not today <= self.day <= today + timedelta(days=DAYS_AHEAD):
            raise DomainError("Choose a day from today on, at most four months ahead", field="day")

    def as_json(self) -> dict[str, Any]:
        """Give it the way it is kept."""
        return {"day": self.day.isoformat(), "time": str(self.time)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Read it as it was kept."""
        return cls(date.fromisoformat(kept["day"]), TimeOfDay(kept["time"]))


@dataclass(frozen=True, slots=True)
class TradeIn:
    """The car somebody offers to be taken in (SPEC 68)."""

    make: str
    model: str
    mileage_km: int
    registered: str | None = None
    """Month of first registration, `2019-03`, or the year alone, `2019`."""
    fuel: str | None = None
    """A code of `vocabulary.FUELS`."""
    condition: str = ""
    """In the owner's words."""

    def check(self, today: date) -> None:
        """Refuse what cannot be a car.

        Raises:
            DomainError: a name is missing or too long, the mileage or the registration cannot be.
        """
        for name in ("make", "model"):
            if not 1 <= len(getattr(self, name)) <= NAME_LENGTH:
                raise DomainError(f"Name the car, at most {NAME_LENGTH} letters", field=name)
        if not 0 <= self.mileage_km <= MOST_KM:
            raise DomainError(f"The mileage is between 0 and {MOST_KM} km", field="mileage")
        if self.registered is not None and not _is_month(self.registered, today):
            raise DomainError("Write the month of first registration like 2019-03", field="registered")
        if self.fuel is not None and self.fuel not in FUELS:
            raise DomainError("There is no such fuel", field="fuel")
        if len(self.condition) > CONDITION_LENGTH:
            raise DomainError(f"Describe the condition in at most {CONDITION_LENGTH} letters", field="condition")

    def as_json(self) -> dict[str, Any]:
        """Give it the way it is kept."""
        return {
            "make": self.make,
            "model": self.model,
            "mileage_km": self.mileage_km,
            "registered": self.registered,
            "fuel": self.fuel,
            "condition": self.condition,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Read it as it was kept."""
        return cls(
            make=kept["make"],
            model=kept["model"],
            mileage_km=kept["mileage_km"],
            registered=kept.get("registered"),
            fuel=kept.get("fuel"),
            condition=kept.get("condition") or "",
        )


@dataclass(frozen=True, slots=True)
class Details:
    """What an inquiry says beside its message."""

    car: str = ""
    """The car it is about in the buyer's own words, where no listing is named."""
    test_drive: TestDriveWish | None = None
    trade_in: TradeIn | None = None

    def __bool__(self) -> bool:
        return bool(self.car or self.test_drive or self.trade_in)

    def check(self, today: date) -> None:
        """Refuse what cannot be.

        Args:
            today: the dealer's calendar day.

        Raises:
            DomainError: see `TestDriveWish.check`, `TradeIn.check`.
        """
        if len(self.car) > NAME_LENGTH:
            raise DomainError(f"Name the car in at most {NAME_LENGTH} letters", field="car")
        if self.test_drive is not None:
            self.test_drive.check(today)
        if self.trade_in is not None:
            self.trade_in.check(today)

    def as_json(self) -> dict[str, Any]:
        """Give it the way `Inquiry.details` holds it; what is not there is left out."""
        found: dict[str, Any] = {"car": self.car} if self.car else {}
        if self.test_drive is not None:
            found["test_drive"] = self.test_drive.as_json()
        if self.trade_in is not None:
            found["trade_in"] = self.trade_in.as_json()
        return found

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Read them as they were kept."""
        drive, trade = kept.get("test_drive"), kept.get("trade_in")
        return cls(
            car=str(kept.get("car") or ""),
            test_drive=TestDriveWish.from_json(drive) if drive else None,
            trade_in=TradeIn.from_json(trade) if trade else None,
        )


def _is_month(text: str, today: date) -> bool:
    """Ask whether a text is a month (or a year) a car can have been registered in."""
    year, _, month = text.partition("-")
    if not (len(year) == 4 and year.isdecimal() and year.isascii()):
        return False
    if month and not (len(month) == 2 and month.isdecimal() and 1 <= int(month) <= 12):
        return False
    first = (int(year), int(month or 1))
    return (FIRST_YEAR, 1) <= first <= (today.year, today.month)
