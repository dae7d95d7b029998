"""What the admin's pages read from an address."""

from flask import Flask

from admin.pages import search_text


def test_a_search_holds_nothing_that_a_database_cannot() -> None:
    with Flask("admin").test_request_context("/?q=%20Golf%00TSI" + "x" * 200):
        assert search_text() == ("Golf TSI" + "x" * 200)[:100]
