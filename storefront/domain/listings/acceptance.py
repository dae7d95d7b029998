"""What may be offered: the rules by which a car of a stock file is refused, each with a sentence for the dealer."""

from datetime import date

from .stock import Refused, StockRecord

LOWEST_PRICE_CENTS = 100_00
HIGHEST_PRICE_CENTS = 500_000_00
OLDEST_YEAR = 1900


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
            return "make", f'No make is named that we know ("{title[:60]}").'
        return self._price_fault(record) or self._year_fault(record)

    def _price_fault(self, record: StockRecord) -> tuple[str, str] | None:
        cents = record.price_cents
        if cents is None:
            return "price", "There is no price."
        if cents == 0:
            return "price", "The price is 0."
        if not LOWEST_PRICE_CENTS <= cents <= HIGHEST_PRICE_CENTS:
            bounds = f"{LOWEST_PRICE_CENTS // 100} and {HIGHEST_PRICE_CENTS // 100:,}"
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
