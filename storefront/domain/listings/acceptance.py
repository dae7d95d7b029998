"""What may be offered: the rules by which a car of a stock file is refused, each with a sentence for the dealer."""

from datetime import date

from .stock import Refused, StockRecord

LOWEST_PRICE_CENTS = 100_00
HIGHEST_PRICE_CENTS = 500_000_00
OLDEST_YEAR = 1900
IN_A_EURO = {
    **dict.fromkeys(("EUR", "GBP", "CHF", "USD"), 1),
    **dict.fromkeys(("SEK", "NOK"), 11),
    "PLN": 4,
    "RON": 5,
    "DKK": 7,
    "CZK": 25,
    "HUF": 400,
}
"""Roughly how many units make a euro: what tells a price from a mistake needs no rate of the day. One that is not
listed here may be worth as little as a forint or as much as a pound."""
MOST_CENTS = 2_000_000_000
"""What the column holds."""


def price_bounds(currency: str) -> tuple[int, int]:
    """Give the lowest and highest price that may be one, in minor units of a currency.

    Args:
        currency: three letters.
    """
    low, high = IN_A_EURO.get(currency, 1), IN_A_EURO.get(currency, max(IN_A_EURO.values()))
    return LOWEST_PRICE_CENTS * low, min(HIGHEST_PRICE_CENTS * high, MOST_CENTS)


class Acceptance:
    """Judges the cars of one file; it remembers them to know a car that comes twice.

    Args:
        today: the business date.
    """

    def __init__(self, today: date) -> None:
        self._today = today
        self._rows: dict[str, int] = {}

    def refusal(self, record: StockRecord) -> Refused | None:
        """Say why a car is not taken, or nothing when it is."""
        first = self._rows.setdefault(record.source_id, record.row)
        fault = self._fault(record)
        if fault is None and first != record.row:
            fault = ("id", f"The same car again as in row {first}.")
        return Refused(record.row, record.source_id, *fault) if fault else None

    def _fault(self, record: StockRecord) -> tuple[str, str] | None:
        if record.wanted:
            return "wanted", "A wanted ad: it asks for a car and offers none."
        if record.kind != "car":
            return "kind", f"Not a car: the file calls it a {record.kind}."
        if not record.make:
            title = record.raw.get("name") or record.raw.get("make") or ""
            return "make", f'No make is named that we know ("{title[:60]}").' if title.strip() else "No make is named."
        return self._price_fault(record) or self._year_fault(record)

    def _price_fault(self, record: StockRecord) -> tuple[str, str] | None:
        cents = record.price_cents
        if cents is None:
            return "price", "There is no price."
        if cents == 0:
            return "price", "The price is 0."
        low, high = price_bounds(record.currency)
        if not low <= cents <= high:
            bounds = f"{low // 100:,} and {high // 100:,}"
            return "price", f"The price {cents / 100:,.2f} {record.currency} is not between {bounds}."
        return None

    def _year_fault(self, record: StockRecord) -> tuple[str, str] | None:
        """A year up to the one after the offer's own date is possible; an old ad cannot know a newer car."""
        if record.year is None:
            return None
        offered = min(self._today, record.listed_on or self._today)
        if OLDEST_YEAR <= record.year <= offered.year + 1:
            return None
        return "year", f"The registration year {record.year} is not between {OLDEST_YEAR} and {offered.year + 1}."
