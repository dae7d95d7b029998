"""A new theme out of one that is there: its folder copied under another name (STYLE.md §5)."""

import re
import shutil
from pathlib import Path

from themes.errors import ThemeError
from themes.theme import NAME, ROOT, available

PARENT = "base"
"""What all themes extend; its copy would be a theme without a parent."""
_LABEL = re.compile(r"^name\s*=.*$", re.MULTILINE)


def make(name: str, origin: str, *, root: Path = ROOT) -> Path:
    """Copy a theme's folder and name the copy.

    Args:
        name: the folder's name: letters, digits and `_`, a letter first, all lower case.
        origin: the theme to copy.
        root: where themes lie.

    Returns:
        The new folder; nothing else is changed, and nothing else needs to be.

    Raises:
        ThemeError: the name cannot be one, is taken, or there is no such theme to copy.
    """
    if not NAME.fullmatch(name):
        raise ThemeError(f'"{name}" is no name for a theme: small letters, digits and _, a letter first, at most 40')
    if origin not in available(root) or origin == PARENT:
        known = ", ".join(one for one in available(root) if one != PARENT)
        raise ThemeError(f'there is no theme "{origin}" to copy; there are: {known}')
    folder = root / name
    if folder.exists():
        raise ThemeError(f'there is a theme "{name}" already: {folder}')
    shutil.copytree(root / origin, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    manifest = folder / "theme.toml"
    label = name.replace("_", " ").title()
    text = _LABEL.sub(f'name = "{label}"', manifest.read_text(encoding="utf-8"), count=1)
    manifest.write_text(text, encoding="utf-8")
    return folder
