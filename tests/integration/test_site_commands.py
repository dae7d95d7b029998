"""Commands for what a dealer's site says beside its stock (docs/pages.md)."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.core.db import db

marketplace = importlib.import_module("wsgi").marketplace
TEAM = """
[[person]]
name = "Jette Brandt"
consent = true
role = { de = "Verkauf", en = "Sales" }
phone = "040 66969-123"
languages = ["de", "en"]
"""
FAQ = """
[[de]]
question = "Nehmen Sie mein Auto in Zahlung?"
answer = "Ja. **Bringen** Sie es mit."
"""


def run(*words: str) -> Result:
    """Run a command as the console does."""
    try:
        return CliRunner().invoke(marketplace, words)
    finally:
        db.unbind()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for files, and an installation with North Cars in it."""
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(tmp_path / "instance"))
    for name in ("DATABASE_URL", "BASE_HOST"):
        monkeypatch.delenv(name, raising=False)
    added = run("dealer", "add", "north", "--name", "North Cars GmbH", "--plan", "premium", "--city", "Hamburg")
    assert added.exit_code == 0, added.output
    return tmp_path


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_operator_writes_a_team_and_questions_from_files(folder: Path) -> None:
    assert run("dealer", "team", "north", written(folder, "team.toml", TEAM)).exit_code == 0
    assert run("dealer", "faq", "north", written(folder, "faq.toml", FAQ)).exit_code == 0
    shown = run("dealer", "show", "north").output
    assert "Team: 1 named" in shown
    assert "Questions: 1 in de" in shown
    missing = "address, represented_by, phone, email, register_court, register, vat_id"
    assert f"Legal notice (§ 5 DDG): missing: {missing}" in shown


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEAM.replace("consent = true", ""), "consent"),
        (TEAM.replace("phone", "fax"), "fax"),
        (TEAM.replace('"Jette Brandt"', "7"), "texts in quotes"),
        ("[person]\nname = 1", "[[person]]"),
        ("[[person", "not readable TOML"),
    ],
)
def test_a_file_that_cannot_be_a_team_is_refused_with_a_sentence(folder: Path, text: str, sentence: str) -> None:
    refused = run("dealer", "team", "north", written(folder, "team.toml", text))
    assert refused.exit_code == 1
    assert sentence in refused.output
    assert "Team: 0 named" in run("dealer", "show", "north").output


def test_an_operator_writes_orders_lists_and_removes_pages(folder: Path) -> None:
    german = written(folder, "garantie.md", "# Garantie\n\nEin Jahr.\n")
    english = written(folder, "warranty.md", "# Warranty\n\nOne year.\n")
    host = "north.localhost"
    for words in (
        ("write", host, "garantie", f"de={german}", f"en={english}", "--menu"),
        ("write", host, "service", f"de={written(folder, 'service.md', '# Service' + chr(10) * 2 + 'Gern.')}"),
        ("order", host, "service", "garantie"),
    ):
        done = run("store", "page", *words)
        assert done.exit_code == 0, done.output
    lines = run("store", "page", "list", host).output.splitlines()
    assert lines == ["foot  /info/service/  de: Service", "menu  /info/garantie/  de: Garantie, en: Warranty"]
    assert run("store", "page", "remove", host, "garantie").exit_code == 0
    assert "garantie" not in run("store", "page", "list", host).output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("north.localhost", "x", "de=nowhere.md"), "cannot be read"),
        (("nowhere.localhost", "x", "de={page}"), "no site"),
        (("north.localhost", "x", "de={untitled}"), "begin with its title"),
        (("north.localhost", "Große Seite", "de={page}"), "short name"),
    ],
)
def test_a_page_that_cannot_stand_is_refused_with_a_sentence(
    folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    names = {
        "page": written(folder, "page.md", "# Titel\n\nText.\n"),
        "untitled": written(folder, "untitled.md", "Text.\n"),
    }
    refused = run("store", "page", "write", *(word.format(**names) for word in words))
    assert refused.exit_code == 1
    assert sentence in refused.output
