"""`marketplace import`: a file that cannot be read is one sentence, never a traceback (issue, item 2)."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from storefront.core.db import db

marketplace = importlib.import_module("wsgi").marketplace


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<stx3><vehicle_data><vehicles><vehicle>", "not well-formed XML"),
        ("<!DOCTYPE stx3><stx3/>", "document type"),
        ('id,make,model,price\n1,VW,"Golf,9000\n', "Line 2: a quotation mark"),
        ('{"resources": []}', "no resource named car"),
        ("", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, sentence: str
) -> None:
    monkeypatch.setenv("MARKETPLACE_INSTANCE", str(tmp_path / "instance"))
    for name in ("DATABASE_URL", "BASE_HOST"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "stock"
    path.write_text(content)
    try:
        CliRunner().invoke(marketplace, ("dealer", "add", "north", "--name", "North", "--plan", "premium"))
        result = CliRunner().invoke(marketplace, ("import", str(path), "--dealer", "north"))
    finally:
        db.unbind()
    assert (result.exit_code, isinstance(result.exception, SystemExit)) == (1, True)
    assert sentence in result.output
