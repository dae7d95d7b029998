"""`marketplace dealer add`: what it refuses is refused before anything is founded (issue, item 2)."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.core.config import load
from storefront.core.db import db
from storefront.core.runtime import start
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.passwords import matches
from storefront.domain.accounts.queries import tenants, user_by_email
from storefront.domain.stores.queries import everyone

marketplace = importlib.import_module("wsgi").marketplace
ADD = ("dealer", "add", "north", "--name", "North", "--plan", "premium")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty installation to a command."""
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(tmp_path))
    for name in ("DATABASE_URL", "BASE_HOST"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(*words: str) -> Result:
    """Run a command as the console does."""
    try:
        return CliRunner().invoke(marketplace, words)
    finally:
        db.unbind()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("--theme", "baroque"), "there is no theme 'baroque'"), (("--email", "north at example"), "e-mail address")],
)
def test_a_dealer_nobody_could_show_or_write_to_is_not_registered(
    instance: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = run(*ADD, *words)
    assert result.exit_code == 2
    assert sentence in result.output
    assert not (instance / "marketplace.sqlite3").exists()


def test_an_installation_with_an_impossible_base_host_is_not_half_founded(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASE_HOST", "not_a_host")
    refused = run(*ADD)
    assert refused.exit_code == 1
    assert "is not a host name" in refused.output
    monkeypatch.delenv("BASE_HOST")
    assert run(*ADD).exit_code == 0
    db.bind(f"sqlite:///{instance / 'marketplace.sqlite3'}")
    with everywhere():
        assert len(tenants()) == 1
        assert sorted(store.host for store in everyone()) == ["localhost", "north.localhost"]
    db.unbind()


def test_the_help_shows_the_first_steps_as_lines_to_copy() -> None:
    lines = [line.strip() for line in run("--help").output.splitlines()]
    assert "marketplace build && marketplace check" in lines


def test_the_work_of_an_empty_installation_is_told(instance: Path) -> None:
    assert "0 dead" in run("tasks").output


def test_somebody_added_by_command_can_log_in_and_a_new_password_ends_the_old_one(instance: Path) -> None:
    def knows(password: str) -> bool:
        start(load({}, marketplace_instance=instance), bell=False)
        with everywhere():
            tenant = tenants()[0].id
        with acting(tenant):
            found = user_by_email("ada@example.com")
            answer = found is not None and found.is_operator and matches(found.password_hash, password)
        db.unbind()
        return answer

    assert run(*ADD).exit_code == 0
    words = ("user", "add", "Ada@example.com", "--name", "Ada", "--role", "operator", "--password")
    assert "at least 15 characters" in run(*words, "short").output
    assert run(*words, "long enough to be taken").exit_code == 0
    assert knows("long enough to be taken")
    assert run("user", "password", "ada@example.com", "--password", "another one, long enough").exit_code == 0
    assert knows("another one, long enough")
    assert not knows("long enough to be taken")


def test_a_sales_person_needs_a_dealer(instance: Path) -> None:
    run(*ADD)
    words = ("user", "add", "s@example.com", "--name", "S", "--role", "sales", "--password", "long enough to be taken")
    assert "to a dealer" in run(*words).output
    assert run(*words, "--dealer", "north").exit_code == 0
