"""No page is served that shows a reduction without its reference price (SEO.md §4, issue 3)."""

import json
from typing import Any

import pytest

from builder.documents import Document
from builder.page_rules import reductions_name_their_price

PAIR = [
    {"@type": "UnitPriceSpecification", "price": "33990.00", "priceCurrency": "EUR"},
    {
        "@type": "UnitPriceSpecification",
        "price": "35200.00",
        "priceCurrency": "EUR",
        "priceType": "https://schema.org/StrikethroughPrice",
    },
]
SENTENCE = "Am 12.03.2026 von 35.200 € gesenkt. 35.200 € war der niedrigste Preis der 30 Tage davor."


def findings(body: str, offer: dict[str, Any]) -> list[tuple[str, str]]:
    """Ask the rule of a page."""
    data = json.dumps({"@graph": [{"@type": ["Product", "Car"], "offers": {"@type": "Offer", **offer}}]})
    script = f'<script type="application/ld+json">{data}</script>'
    content = f"<!doctype html><html><head>{script}</head><body><main>{body}</main></body></html>"
    return list(reductions_name_their_price(Document("/", "https://cars.example", content.encode())))


def test_a_lawful_reduction_passes() -> None:
    assert findings(f"<p>33.990 €</p><p class='tiny was'>{SENTENCE}</p>", {"priceSpecification": PAIR}) == []


def test_a_page_without_a_reduction_passes() -> None:
    assert findings("<p>33.990 €</p><p class=wash>gewaschen</p>", {"price": "33990.00", "priceCurrency": "EUR"}) == []


@pytest.mark.parametrize("mark", [f"<p class=was>{SENTENCE}</p>", "<s>35.200 €</s>", "<del>35.200 €</del>"])
def test_a_reduction_that_the_offer_does_not_state_is_a_fault(mark: str) -> None:
    assert [rule for rule, _ in findings(mark, {"price": "33990.00", "priceCurrency": "EUR"})] == ["reduction"]


def test_another_price_than_the_reference_price_is_a_fault() -> None:
    said = "<p class=was>Vorher 39.900 €</p>"
    assert [rule for rule, _ in findings(said, {"priceSpecification": PAIR})] == ["reduction"]


def test_a_reference_price_nobody_can_read_is_a_fault() -> None:
    assert [rule for rule, _ in findings("<p>33.990 €</p>", {"priceSpecification": PAIR})] == ["reduction"]
