"""Why a row of a stock file is refused, in the reader's language."""

from datetime import UTC, date, datetime

import pytest

from admin.reasons import reason
from admin.show import Pen
from storefront.domain.listings.acceptance import Acceptance
from storefront.domain.listings.stock import StockRecord

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("make", "said"),
    [("", "Die Marke fehlt."), (" ", "Die Marke fehlt."), ("Trabbi", "Keine bekannte Marke genannt: „Trabbi“.")],
)
def test_an_empty_make_is_missing_and_a_strange_one_is_repeated(make: str, said: str) -> None:
    record = StockRecord(row=1, source_id="1", make="", model="320", price_cents=1_000_000, raw={"make": make})
    refused = Acceptance(date(2026, 11, 25)).refusal(record)
    assert refused is not None
    assert reason(Pen("de", "Europe/Berlin", NOW), refused.reason) == said
