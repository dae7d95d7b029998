"""What every page is made with: our code, and the tables it reads beside it."""

from pathlib import Path

import pytest

import storefront
from storefront.pages import ingredients


def _digest_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> str:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    monkeypatch.setattr(storefront, "__path__", [str(tmp_path / "storefront")])
    digest: str = ingredients._sources.__wrapped__()
    return digest


@pytest.mark.parametrize(
    ("name", "is_code"),
    [
        ("storefront/pages/cards.py", True),
        ("storefront/domain/vehicles/makes.toml", True),
        ("storefront/feeds/words.toml", True),
        ("themes/base/words/de.toml", False),
        ("storefront/live/views.py", False),
    ],
)
def test_pages_are_made_with_code_and_its_tables_and_name_what_they_take_of_themes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_code: bool
) -> None:
    found = [_digest_with(tmp_path, monkeypatch, name, text) for text in ("a = 1", "a = 2")]
    assert (found[0] != found[1]) is is_code
