"""What a theme takes of a look: another theme's values, and such as it would refuse, stay in the draft unused."""

from typing import Any

import themes
from storefront.core.errors import DomainError
from storefront.domain.stores.looks import THEME, Look, settings_in


def theme_of(look: Look) -> themes.Theme:
    """Give the theme of a look.

    Raises:
        DomainError: there is no such theme any more.
    """
    try:
        return themes.load(str(look[THEME]))
    except themes.ThemeError as error:
        raise DomainError(str(error), field="theme") from error


def fitting(look: Look) -> dict[str, Any]:
    """Give the values of a look that its theme takes, by the setting's id (SECURITY C2).

    Raises:
        DomainError: there is no such theme any more.
    """
    theme, found = theme_of(look), settings_in(look)
    try:
        themes.resolve(theme, found, strict=True)
    except themes.SettingsError as error:
        return {name: value for name, value in found.items() if name not in error.problems}
    return found


def kind_of(is_marketplace: bool) -> str:
    """Name the kind of site as themes do."""
    return "marketplace" if is_marketplace else "dealer"


def offered(kind: str) -> list[themes.Theme]:
    """Give the themes for a kind of site, `dealer` or `marketplace`; `base` is for themes, not for sites."""
    known = [themes.load(name) for name in themes.available() if name != "base"]
    return [theme for theme in known if not theme.kinds or kind in theme.kinds]
