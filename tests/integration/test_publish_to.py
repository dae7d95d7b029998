"""`marketplace publish --to`: what an operator types, and what is said when it cannot be meant."""

import importlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.core import config
from storefront.core.db import db
from tests.conftest import SECRET
from tests.integration.handmade import GOLF, HOST, PAGE, Site

marketplace = importlib.import_module("wsgi").marketplace


def run(*words: str) -> Result:
    """Run a command as the console does."""
    try:
        return CliRunner().invoke(marketplace, words)
    finally:
        db.unbind()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    for name in ("DATABASE_URL", "BASE_HOST", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = Site(config.load())
    made.publish({"index.html": PAGE, GOLF: PAGE + b"22,990"})
    return made


def test_one_command_delivers_all_hosts_and_says_what_it_did(site: Site, tmp_path: Path) -> None:
    told = tmp_path / "report.json"
    ran = run("publish", "--to", f"folder:{tmp_path}/www", "--json", str(told))
    assert ran.exit_code == 0, ran.output
    [host] = json.loads(told.read_text())["hosts"]
    assert (host["host"], host["release"], host["deleted"]) == (HOST, "00000001", 0)
    assert host["put"] == sum(1 for file in (tmp_path / "www" / HOST).rglob("*") if file.is_file())
    assert "1 hosts" in ran.output


def test_a_dry_run_puts_nothing(site: Site, tmp_path: Path) -> None:
    ran = run("publish", HOST, "--to", f"folder:{tmp_path}/www", "--dry-run")
    assert ran.exit_code == 0, ran.output
    assert "would put" in ran.output
    assert not (tmp_path / "www").exists()


def test_a_host_that_fails_ends_the_command_with_1(site: Site, tmp_path: Path) -> None:
    site.folder.store.path(site.files[GOLF].hash).unlink()
    ran = run("publish", "--to", f"folder:{tmp_path}/www")
    assert ran.exit_code == 1
    assert "goes on where it ended" in ran.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("publish",), "Name the HOST"),
        (("publish", HOST, "--dry-run"), "belong to --to"),
        (("publish", HOST, "--to", "folder:/tmp/x", "--resume"), "--resume"),
        (("publish", "--to", "ftp://x"), "looks like"),
        (("publish", "--to", "s3://bucket"), "AWS_ACCESS_KEY_ID"),
        (("publish", "west.example", "--to", "folder:/tmp/x"), "west.example"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(site: Site, words: tuple[str, ...], says: str) -> None:
    ran = run(*words)
    assert ran.exit_code != 0
    assert says in ran.output
    assert "Traceback" not in ran.output
