"""How the admin writes things: words and formats of the visitor's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_percent

from storefront.core.errors import DomainError
from storefront.domain.vehicles.models import Vehicle
from storefront.pages.formats import Formats
from storefront.pages.shells import language_name
from themes import Words
from themes import words as reader

ROOT = Path(__file__).parent
HOUSE_LANGUAGE = "de"
"""For whoever speaks none the admin knows."""
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
"""Signs of a browser's own description, the telling ones first: Edge says Chrome too, Android says Linux."""
_BASE_WORDS = ROOT.parent / "themes" / "base" / "words"


@cache
def languages() -> tuple[str, ...]:
    """Give the languages of the admin: those its own words and the base theme's, which it draws on, are both in."""
    return reader.languages([_BASE_WORDS, ROOT / "words"])


@cache
def words(lang: str) -> Words:
    """Give the admin's words in a language, those of vehicles and formats among them; English where one is missing."""
    return reader.complete("admin", lang, _BASE_WORDS, ROOT / "words")


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes values in one language and time zone.

    Args:
        lang: one of `languages()`.
        time_zone: in which moments become days and hours.
        now: the moment waiting times are counted to, aware UTC.
    """

    lang: str
    time_zone: str
    now: datetime

    @property
    def t(self) -> Words:
        """Give the words."""
        return words(self.lang)

    @property
    def formats(self) -> Formats:
        """Give the formats that sites use too."""
        return _formats(self.lang, self.time_zone)

    def number(self, value: int) -> str:
        """Group thousands."""
        return self.formats.number(value)

    def money(self, cents: int | None, currency: str = "EUR") -> str:
        """Write an amount in minor units; the words for it when there is none."""
        return self.t("listing.on_request") if cents is None else self.formats.price(cents, currency)

    def plain_amount(self, cents: int | None) -> str:
        """Write an amount for a form's field: grouped, cents only if not zero, no currency."""
        if cents is None:
            return ""
        return self.formats.amount(cents)

    def km(self, value: int | None) -> str:
        """Write a mileage, nothing when it is unknown."""
        return "" if value is None else self.formats.km(value)

    def registered(self, car: Vehicle) -> str:
        """Write the first registration, or the year."""
        if car.first_registered is not None:
            return self.formats.month(car.first_registered)
        return "" if car.year is None else str(car.year)

    def facts(self, car: Vehicle) -> list[str]:
        """Give a car's main facts, unknown ones left out."""
        parts = [self.registered(car), self.km(car.mileage_km)]
        parts += [self.formats.power(car.power_kw)] if car.power_kw else []
        coded = (("body", car.body), ("fuel", car.fuel), ("transmission", car.transmission), ("colour", car.colour))
        parts += [self.t(f"{kind}.{code}") for kind, code in coded if code and self.t.has(f"{kind}.{code}")]
        return [part for part in parts if part]

    def day(self, moment: datetime) -> str:
        """Write the day of a moment."""
        return self.formats.short_date(self.formats.day_of(moment))

    def date(self, day: date) -> str:
        """Write a day."""
        return self.formats.short_date(day)

    def moment(self, moment: datetime) -> str:
        """Write day and time of a moment."""
        local = moment.astimezone(ZoneInfo(self.time_zone))
        return f"{self.day(moment)}, {format_datetime(local, 'H:mm', locale=self.formats.locale)}"

    def today(self) -> str:
        """Write today with its weekday."""
        return format_date(self.formats.day_of(self.now), self.t("today.date"), self.formats.locale)

    def hour(self) -> int:
        """Give the hour of the day, 0 to 23."""
        return self.now.astimezone(ZoneInfo(self.time_zone)).hour

    def waiting(self, since: datetime) -> str:
        """Write how long something waits: `40 min`, `5 h`, `5 h 10 min`, `3 days`."""
        passed = max(self.now - since, timedelta())
        minutes = int(passed.total_seconds() // 60)
        if minutes < 60:
            return self.t("time.minutes", n=minutes)
        if minutes < 24 * 60:
            hours, rest = divmod(minutes, 60)
            return self.t("time.hours", h=hours, m=rest) if rest else self.t("time.whole_hours", h=hours)
        return self.t("time.days", n=passed.days)

    def span(self, minutes: int) -> str:
        """Write how long something took: `40 min`, `5 h 10 min`, `3 days`."""
        return self.waiting(self.now - timedelta(minutes=minutes))

    def share(self, part: int, whole: int) -> str:
        """Write a part of a whole in per cent; a dash where there is nothing to share."""
        return "–" if whole <= 0 else format_percent(part / whole, locale=self.formats.locale)

    def rate(self, rate: Decimal) -> str:
        """Write a rate in per cent with up to two decimals."""
        return format_percent(rate, "#,##0.##\u00a0%" if self.lang == "de" else "#,##0.##%", self.formats.locale)

    def clock(self, moment: datetime) -> str:
        """Write the time of a moment."""
        return format_datetime(moment.astimezone(ZoneInfo(self.time_zone)), "H:mm", locale=self.formats.locale)

    def language(self, lang: str) -> str:
        """Give a language's own name for itself: `Deutsch`."""
        return language_name(lang)

    def days(self, since: datetime) -> int:
        """Give whole days since a moment."""
        return max(0, (self.now - since).days)

    def code(self, kind: str, value: IntEnum) -> str:
        """Write a member of an enumeration."""
        return self.t(f"{kind}.{value.name.lower()}")

    def choices(self, kind: str, members: Iterable[IntEnum]) -> list[tuple[str, str]]:
        """Give members of an enumeration for a choice: the form's value, the words."""
        return [(member.name.lower(), self.code(kind, member)) for member in members]

    def device(self, agent: str | None) -> str:
        """Write what a browser says of itself the way its owner would: `Firefox, Windows`."""
        text = agent or ""
        browser = next((name for sign, name in BROWSERS if sign in text), None)
        system = next((name for sign, name in SYSTEMS if sign in text), None)
        if browser and system:
            return self.t("device.on", browser=browser, system=system)
        return browser or system or self.t("device.unknown")

    def refusal(self, error: DomainError) -> str:
        """Write why an act was refused, in the visitor's language where we have the words."""
        key = f"refusals.{error.message}"
        return self.t(key) if self.t.has(key) else error.message

    def error(self, said: tuple[str, dict[str, Any]] | str) -> str:
        """Write what a form says of a field: a key of the words with its values, or ready words."""
        return said if isinstance(said, str) else self.t(said[0], **said[1])


@cache
def _formats(lang: str, time_zone: str) -> Formats:
    return Formats(lang, words(lang), time_zone)
