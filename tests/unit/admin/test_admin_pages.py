"""What the admin's pages read from an address, and how they write a span of time."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from admin.pages import search_text
from admin.show import Pen

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def test_a_search_holds_nothing_that_a_database_cannot() -> None:
    with Flask("admin").test_request_context("/?q=%20Golf%00TSI" + "x" * 200):
        assert search_text() == ("Golf TSI" + "x" * 200)[:100]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (310, "5 h 10 min"), (1439, "23 h 59 min"), (1440, "1 Tag")],
)
def test_a_span_says_no_more_than_it_has(minutes: int, said: str) -> None:
    assert Pen("de", "Europe/Berlin", NOW).span(minutes) == said
