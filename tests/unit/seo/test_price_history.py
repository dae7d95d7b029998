"""The 30-day rule against a reference that lives through every day of an offer's life (SEO.md §19.6).

The reference knows nothing of the code: it keeps, for each calendar day in the operator's zone, the prices at which the
car could be had on that day, and asks the law's question of the last cut.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from seo.prices import PricePoint, Reduction, lawful_reduction

EXAMPLES = 1_000
START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
MONTH = 30


@dataclass(frozen=True)
class Line:
    """A line of the price history, as the database keeps it."""

    at: datetime
    cents: int
    currency: str
    begins: bool


@st.composite
def histories(draw: st.DrawFn) -> list[Line]:
    """Live through changes, several a day, raises and cuts, withdrawals with a new offer, another currency."""
    at = START + timedelta(minutes=draw(st.integers(0, 24 * 60)))
    lines = [Line(at, draw(st.integers(1, 6)) * 1_000_00, "EUR", True)]
    for _ in range(draw(st.integers(0, 9))):
        gap = draw(st.sampled_from(["minutes", "hours", "days", "month", "month", "month"]))
        most = {"minutes": 60, "hours": 36 * 60, "days": 12 * 1440, "month": 3 * 1440}[gap]
        at += timedelta(minutes=draw(st.integers(1, most)) + (29 * 1440 if gap == "month" else 0))
        what = draw(st.sampled_from(["price"] * 8 + ["anew", "currency"]))
        last = lines[-1]
        price = last.cents if what == "anew" and draw(st.booleans()) else draw(st.integers(1, 6)) * 1_000_00
        currency = last.currency if what != "currency" else ("CHF" if last.currency == "EUR" else "EUR")
        lines.append(Line(at, price, currency, what == "anew"))
    return lines


class Reference:
    """The offer, day by day: what it could be had for on each day, and since when without a break."""

    def __init__(self, lines: list[Line], zone: ZoneInfo, today: date) -> None:
        self.prices: dict[date, list[tuple[int, str]]] = {}
        self.cut: tuple[date, int, int] | None = None
        """Day, old and new price, if the last thing that happened was a cut."""
        standing: Line | None = None
        begun = None
        day = lines[0].at.astimezone(zone).date()
        waiting = list(lines)
        while day <= today:
            on_day = [] if standing is None else [(standing.cents, standing.currency)]
            while waiting and waiting[0].at.astimezone(zone).date() == day:
                line = waiting.pop(0)
                self.cut = None
                if standing is None or line.begins or line.currency != standing.currency:
                    begun = day
                elif line.cents < standing.cents:
                    self._ask(day, begun, standing, line, on_day)
                on_day.append((line.cents, line.currency))
                standing = line
            self.prices[day] = on_day
            day += timedelta(days=1)

    def _ask(self, day: date, begun: date | None, old: Line, new: Line, so_far: list[tuple[int, str]]) -> None:
        """A cut: was the car on offer for thirty days, and was it never cheaper in them?"""
        assert begun is not None
        self.cut = None
        if (day - begun).days < MONTH:
            return
        days = [day - timedelta(days=back) for back in range(1, MONTH + 1)]
        applied = [*so_far, *(price for before in days for price in self.prices[before])]
        lowest = min(cents for cents, currency in applied if currency == new.currency)
        if old.cents == lowest:
            self.cut = (day, old.cents, new.cents)

    def answer(self, today: date) -> Reduction | None:
        """Say what may be announced."""
        if self.cut is None or (today - self.cut[0]).days > MONTH:
            return None
        day, old, new = self.cut
        return Reduction(day, old, new, day + timedelta(days=MONTH))


def points(lines: list[Line], zone: ZoneInfo) -> list[PricePoint]:
    """Give the history as pages hand it over."""
    return [PricePoint(line.at.astimezone(zone).date(), line.cents, line.currency, line.begins) for line in lines]


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    histories(),
    st.integers(0, 40),
    st.sampled_from(["Europe/Berlin", "UTC", "Pacific/Auckland", "America/St_Johns", "Atlantic/Azores"]),
)
def test_exactly_what_the_law_allows_is_announced(lines: list[Line], later: int, name: str) -> None:
    zone = ZoneInfo(name)
    today = lines[-1].at.astimezone(zone).date() + timedelta(days=later)
    found = lawful_reduction(points(lines, zone), today)
    event("announced" if found else "silent")
    assert found == Reference(lines, zone, today).answer(today)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), st.integers(0, 40))
def test_no_announced_price_lies_above_the_lowest_of_the_thirty_days_before(lines: list[Line], later: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    today = lines[-1].at.astimezone(zone).date() + timedelta(days=later)
    found = lawful_reduction(points(lines, zone), today)
    if found is None:
        return
    lived = Reference(lines, zone, today)
    for back in range(1, MONTH + 1):
        on_day = lived.prices[found.on - timedelta(days=back)]
        assert on_day, "offered on each of the thirty days"
        assert all(found.old_cents <= cents for cents, currency in on_day if currency == lines[-1].currency)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2026 in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_cut_just_after_midnight_falls_on_the_day_the_dealer_sees() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    lines = [Line(at(3, 1, 9), 30_000_00, "EUR", True), Line(at(3, 30, 22, 30), 29_000_00, "EUR", False)]
    found = lawful_reduction(points(lines, berlin), date(2026, 3, 31))
    assert found is not None, "summer time began on 29 March: 22:30 UTC is half past midnight on the 31st"
    assert found.on == date(2026, 3, 31)
    assert lawful_reduction(points(lines, ZoneInfo("UTC")), date(2026, 3, 31)) is None, "29 days in London"


def test_a_car_offered_anew_counts_its_thirty_days_again() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    lines = [
        Line(at(1, 5, 9), 30_000_00, "EUR", True),
        Line(at(3, 1, 9), 30_000_00, "EUR", True),
        Line(at(3, 20, 9), 29_000_00, "EUR", False),
    ]
    assert lawful_reduction(points(lines, berlin), date(2026, 3, 21)) is None
    later = [*lines[:2], Line(at(3, 31, 9), 29_000_00, "EUR", False)]
    assert lawful_reduction(points(later, berlin), date(2026, 4, 1)) is not None


def test_a_price_raised_and_cut_on_one_day_is_no_reduction() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    lines = [
        Line(at(1, 5, 9), 30_000_00, "EUR", True),
        Line(at(3, 20, 9), 36_000_00, "EUR", False),
        Line(at(3, 20, 10), 31_000_00, "EUR", False),
    ]
    assert lawful_reduction(points(lines, berlin), date(2026, 3, 20)) is None


def test_a_price_ends_when_another_currency_replaces_it() -> None:
    """Found by the reference: the euros of the first morning were gone before the thirty days began."""
    berlin = ZoneInfo("Europe/Berlin")
    lines = [
        Line(at(1, 5, 9), 20_000_00, "EUR", True),
        Line(at(1, 5, 10), 20_000_00, "CHF", False),
        Line(at(1, 6, 9), 30_000_00, "EUR", False),
        Line(at(2, 5, 9), 29_000_00, "EUR", False),
    ]
    found = lawful_reduction(points(lines, berlin), date(2026, 2, 5))
    assert found is not None
    assert found.old_cents == 30_000_00
