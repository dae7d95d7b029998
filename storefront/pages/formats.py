"""How numbers, prices, dates and times are written in a page's language (BRIEF §8).

Grouping, decimal marks, currency patterns and names of months come from Babel; phrases around them from the words. A
number and its unit are held together by a no-break space.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_day_names
from babel.numbers import get_currency_symbol

from themes import Words

NBSP = "\u00a0"
PS_PER_KW = 1.35962
"""Metric horsepower in a kilowatt."""
MOST_WRITTEN = 50_000
"""Values that are kept as they were written."""
_TERRITORIES = {"en": "en_GB"}
"""Languages whose European variant differs from Babel's likely one."""


@lru_cache(maxsize=64)
def locale_of(lang: str) -> Locale:
    """Give the locale of a page language: `de` as Germany writes it, `en` as Britain does."""
    if "-" in lang:
        return Locale.parse(lang, sep="-")
    likely = get_global("likely_subtags").get(lang, lang)
    found = Locale.parse(_TERRITORIES.get(lang, likely))
    return Locale(found.language, territory=found.territory)


@dataclass(slots=True)
class Formats:
    """Writes values in one language.

    Args:
        lang: page language (`de`, `en`, `pt-PT`).
        t: words of that language; keys under `pages.unit` and `pages.format`.
        time_zone: in which moments become days.
    """

    lang: str
    t: Words
    time_zone: str = "Europe/Berlin"
    locale: Locale = field(init=False)
    _group: str = field(init=False)
    _decimal: str = field(init=False)
    _zone: ZoneInfo = field(init=False)
    _currencies: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)
    _written: dict[tuple[str, str], str] = field(init=False, default_factory=dict)
    """Values with their units, by word and value."""
    _days: dict[tuple[str, date], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.locale = locale_of(self.lang)
        symbols = self.locale.number_symbols["latn"]
        self._group, self._decimal = symbols["group"], symbols["decimal"]
        self._zone = ZoneInfo(self.time_zone)

    @property
    def og_locale(self) -> str:
        """Give the locale as Open Graph wants it: `de_DE`."""
        return f"{self.locale.language}_{self.locale.territory}" if self.locale.territory else self.locale.language

    # -- numbers --

    def number(self, value: int) -> str:
        """Group thousands: `11.000`, `11,000`."""
        return f"{value:,}".replace(",", self._group)

    def tenths(self, value: int) -> str:
        """Write tenths with a decimal where one is needed: 47 → `4,7`, 190 → `19`."""
        whole, rest = divmod(value, 10)
        return f"{self.number(whole)}{self._decimal}{rest}" if rest else self.number(whole)

    def one_decimal(self, value: int) -> str:
        """Write tenths always with their decimal: 40 → `4,0`."""
        whole, rest = divmod(value, 10)
        return f"{self.number(whole)}{self._decimal}{rest}"

    def price(self, cents: int, currency: str = "EUR") -> str:
        """Write an amount in minor units; cents only if not zero: `34.500 €`, `€640.08`."""
        before, after = self._currency(currency)
        return f"{before}{self.amount(cents)}{after}"

    def amount(self, cents: int) -> str:
        """Write an amount in minor units without its currency; cents only if not zero."""
        whole, rest = divmod(cents, 100)
        return f"{self.number(whole)}{self._decimal}{rest:02d}" if rest else self.number(whole)

    def percent(self, tenths: int) -> str:
        """Write tenths of a per cent: 190 → `19 %`, `19%`."""
        return self.unit("percent", self.tenths(tenths))

    def unit(self, name: str, text: str) -> str:
        """Put a number with its unit: `km`, `kw`, `ccm`, `g_km`, `l_100km`, `kwh_100km`, `kwh`."""
        key = f"pages.unit.{name}"
        found = self._written.get((key, text))
        if found is None:
            if len(self._written) >= MOST_WRITTEN:
                self._written.clear()
            found = self._written[key, text] = self.t(key, n=text)
        else:
            self.t.note(key)
        return found

    def km(self, value: int) -> str:
        """Write a mileage or range in km."""
        return self.unit("km", self.number(value))

    def kw(self, value: int) -> str:
        """Write a power in kW."""
        return self.unit("kw", self.number(value))

    def power(self, kw: int) -> str:
        """Write a power in kW and metric horsepower: `140 kW (190 PS)`."""
        return self.t("pages.unit.power", kw=self.number(kw), ps=self.number(round(kw * PS_PER_KW)))

    def _currency(self, currency: str) -> tuple[str, str]:
        """Give what stands before and after an amount in this currency."""
        if currency not in self._currencies:
            pattern = self.locale.currency_formats["standard"]
            symbol = get_currency_symbol(currency, self.locale)
            self._currencies[currency] = (
                pattern.prefix[0].replace("¤", symbol),
                pattern.suffix[0].replace("¤", symbol),
            )
        return self._currencies[currency]

    # -- days and hours --

    def day_of(self, moment: datetime) -> date:
        """Give the calendar day of an aware moment in the site's time zone."""
        return moment.astimezone(self._zone).date()

    def short_date(self, day: date) -> str:
        """Write a date as price lines do: `12.03.2018`, `12 Mar 2018`."""
        return self._day("pages.format.short_date", day)

    def day_month(self, day: date) -> str:
        """Write a day without its year: `12. März`, `12 March`."""
        return self._day("pages.format.day_month", day).replace(" ", NBSP)

    def _day(self, key: str, day: date) -> str:
        pattern = self.t(key)
        found = self._days.get((key, day))
        if found is None:
            if len(self._days) >= MOST_WRITTEN:
                self._days.clear()
            found = self._days[key, day] = format_date(day, pattern, self.locale)
        return found

    def month(self, day: date) -> str:
        """Write a month: `01/2017`."""
        return f"{day.month:02d}/{day.year}"

    def weekdays(self, days: Sequence[int]) -> str:
        """Name consecutive ISO weekdays: `Montag–Freitag`, `Samstag`."""
        names = get_day_names("wide", locale=self.locale)
        first = names[days[0] - 1]
        return first if len(days) == 1 else f"{first}–{names[days[-1] - 1]}"

    def spans(self, spans: Sequence[str]) -> str:
        """Write spans of a day (`09:00-18:00`) as `9:00–18:00`."""
        return ", ".join("–".join(_clock(time) for time in span.split("-")) for span in spans)

    def duration(self, minutes: int) -> str:
        """Write how long an answer takes, rounded up: minutes, hours, days."""
        if minutes <= 60:
            return self.t("pages.answer.minutes", n=max(minutes, 1))
        if minutes <= 24 * 60:
            return self.t("pages.answer.hours", n=-(-minutes // 60))
        return self.t("pages.answer.days", n=-(-minutes // (24 * 60)))


def _clock(time: str) -> str:
    hour, _, minute = time.partition(":")
    return f"{int(hour)}:{minute}"
