"""A lead's log reads in the reader's language; what people wrote stays as it is (SPEC 73)."""

from datetime import UTC, datetime

import pytest

from admin.lead_log import said
from admin.show import Pen
from storefront.domain.leads.models import ActivityKind, LeadActivity

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "german"),
    [
        ("Assigned to Jette Brandt", "Übergeben an Jette Brandt"),
        ("Status changed from New to Contacted: Ruft zurück", "Von Neu zu Kontaktiert: Ruft zurück"),
        ("Offer of 18500.00 EUR", "Gebot: 18.500\u00a0€"),
        ("Inquiry 4F2A7K from north-cars.example", "Anfrage 4F2A7K von north-cars.example"),
        ("Answered after 50 minutes", "Beantwortet nach 50 min"),
        ("Marked as spam", "Als Spam markiert"),
        ("Called: will den Golf", "Hat angerufen: will den Golf"),
        ("Ruft am Montag an", "Ruft am Montag an"),
    ],
)
def test_what_acts_wrote_is_said_in_german(written: str, german: str) -> None:
    line = LeadActivity(kind=ActivityKind.NOTE, description=written, actor="system", at=NOW)
    assert said(line, Pen("de", "Europe/Berlin", NOW)) == german


def test_a_meeting_is_told_on_the_clocks_of_the_marketplace() -> None:
    written = "Test drive of 2026-11-27 09:30 UTC: no show"
    line = LeadActivity(kind=ActivityKind.NOTE, description=written, actor="system", at=NOW)
    text = said(line, Pen("de", "Europe/Berlin", NOW))
    assert text.startswith("Probefahrt vom")
    assert "10:30" in text
    assert text.endswith("Nicht erschienen")
