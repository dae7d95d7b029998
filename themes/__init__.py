"""Themes: folders of templates, styles, words and settings that make a site's face (docs/themes.md).

A page is rendered in four steps: `load` a theme, `resolve` what a dealer stored, `bundle` the files, and `render`
through the `Look` made of them.
"""

from collections.abc import Mapping

from themes import settings as _settings
from themes.assets import Bundle, bundle
from themes.errors import SettingsError, ThemeError
from themes.look import Look, render, render_part
from themes.settings import SettingsSchema, ThemeSettings
from themes.theme import Theme, available, load
from themes.words import Words

__all__ = [
    "Bundle",
    "Look",
    "SettingsError",
    "SettingsSchema",
    "Theme",
    "ThemeError",
    "ThemeSettings",
    "Words",
    "available",
    "bundle",
    "load",
    "render",
    "render_part",
    "resolve",
]


def resolve(theme: Theme, stored: Mapping[str, object], *, strict: bool = False) -> ThemeSettings:
    """Give the theme's settings with what a dealer stored, cleaned.

    `strict` is for saving: unknown names and values that are not allowed raise SettingsError with a sentence for each
    field. A build leaves them out.
    """
    return _settings.resolve(theme.settings, stored, strict=strict)
