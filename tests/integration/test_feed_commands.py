"""The addresses of a site's feeds: printed, renewed, taken away; settings a site takes (docs/feeds.md)."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.core.db import db

marketplace = importlib.import_module("wsgi").marketplace
HOST = "north.localhost"


def run(*words: str) -> Result:
    """Run a command as the console does."""
    try:
        return CliRunner().invoke(marketplace, words)
    finally:
        db.unbind()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give an installation with North Cars in it."""
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(tmp_path / "instance"))
    for name in ("DATABASE_URL", "BASE_HOST"):
        monkeypatch.delenv(name, raising=False)
    added = run("dealer", "add", "north", "--name", "North Cars", "--plan", "premium", "--city", "Hamburg")
    assert added.exit_code == 0, added.output


def addresses(*options: str) -> dict[str, str]:
    """Ask for the feeds of a site."""
    answer = run("store", "feeds", HOST, *options)
    assert answer.exit_code == 0, answer.output
    return dict(line.split(maxsplit=1) for line in answer.output.splitlines())


def test_a_new_site_has_feeds_at_addresses_nobody_can_guess() -> None:
    found = addresses()
    assert found.keys() == {"google", "meta", "csv", "xml", "json"}
    token = found["google"].split("/")[-2]
    assert len(token) == 43
    assert found["xml"].endswith(f"/feeds/{token}/stock.xml")


def test_renewed_addresses_are_others_and_stay() -> None:
    before = addresses()
    after = addresses("--renew")
    assert not set(before.values()) & set(after.values())
    assert addresses() == after


def test_feeds_can_be_taken_away_and_given_back() -> None:
    assert "no feeds" in run("store", "feeds", HOST, "--off").output
    assert "no feeds" in run("store", "feeds", HOST).output
    assert len(addresses("--renew")) == 5


def test_a_site_that_is_not_there_has_none() -> None:
    answer = run("store", "feeds", "nobody.localhost")
    assert answer.exit_code != 0
    assert "nobody.localhost" in answer.output


def test_a_setting_is_kept_as_it_was_meant() -> None:
    assert run("store", "set", HOST, "seo.publish_vin", "true").exit_code == 0
    assert run("store", "set", HOST, "feeds.google.store_code", "HH-1").exit_code == 0
    shown = run("store", "set", HOST).output
    assert "seo.publish_vin = true" in shown
    assert 'feeds.google.store_code = "HH-1"' in shown
