"""`marketplace themes new`: a theme is one copied folder."""

from pathlib import Path

import pytest

import themes
from themes.check import check
from themes.errors import ThemeError
from themes.making import make
from themes.theme import ROOT, Theme


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder of themes: those of the product, by links."""
    for name in themes.available():
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    return tmp_path


@pytest.mark.parametrize("origin", [name for name in themes.available() if name != "base"])
def test_a_copy_under_another_name_is_a_theme_with_nothing_else_to_do(
    root: Path, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make("blue_harbour", origin, root=root)
    monkeypatch.setattr("themes.check.load", lambda name: Theme(root / name, root=root))
    assert check("blue_harbour") == []
    copied = Theme(folder, root=root)
    assert (copied.label, copied.kinds) == ("Blue Harbour", themes.load(origin).kinds)
    assert themes.available(root) == tuple(sorted((*themes.available(), "blue_harbour")))


def test_only_the_name_differs_from_the_original(root: Path) -> None:
    folder = make("quay", "classic", root=root)
    files = {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}
    assert files == {file.relative_to(ROOT / "classic") for file in (ROOT / "classic").rglob("*") if file.is_file()}
    differing = {str(file) for file in files if (folder / file).read_bytes() != (ROOT / "classic" / file).read_bytes()}
    assert differing == {"theme.toml"}


@pytest.mark.parametrize(
    ("name", "origin", "said"),
    [
        ("Harbour Two", "classic", "no name"),
        ("../quay", "classic", "no name"),
        ("quay", "no_such", "no_such"),
        ("quay", "base", "to copy"),
        ("noir", "classic", "already"),
    ],
)
def test_a_wrong_name_is_refused_in_words_and_nothing_is_written(root: Path, name: str, origin: str, said: str) -> None:
    before = sorted(root.iterdir())
    with pytest.raises(ThemeError, match=said):
        make(name, origin, root=root)
    assert sorted(root.iterdir()) == before
