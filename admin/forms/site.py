"""Forms of a site's look: theme and accent."""

from typing import Any, ClassVar

import themes
from themes import colour

from . import Form

LIGHT, DARK = "accent", "accent_dark"
"""Settings of every dealer's theme: the accent on light and on dark pages."""


def dealer_themes() -> list[str]:
    """Give the folders of the themes a dealer may choose."""
    kinds = {name: themes.load(name).kinds for name in themes.available() if name != "base"}
    return [name for name, of in kinds.items() if not of or "dealer" in of]


class LookForm(Form):
    """Theme, and an accent of the proposed ones or one's own; `value` are the theme's settings to store."""

    names: ClassVar[tuple[str, ...]] = ("theme", "accent", "own")
    longest: ClassVar[int] = 40
    stored: dict[str, Any]
    value: dict[str, Any]

    def read(self) -> None:
        """Read it; contrast is checked by the theme's own rule."""
        if self.raw["theme"] not in dealer_themes():
            self.refuse("theme", "form.choose")
            return
        theme = themes.load(self.raw["theme"])
        chosen = self.raw["own"] if self.raw["accent"] in ("", "own") else self.raw["accent"]
        known = {setting.id for setting in theme.settings}
        kept = {name: value for name, value in self.stored.items() if name in known and name not in (LIGHT, DARK)}
        if not chosen:
            self.value = kept
            return
        accent = colour.parse(chosen)
        if accent is None:
            self.refuse("own", "site.colour_unreadable")
            return
        ratio = colour.contrast(accent, theme.grounds["light"])
        if ratio < 4.5:
            self.refuse("own", "site.colour_pale", ratio=f"{ratio:.1f}")
            return
        wanted = {LIGHT: accent, DARK: colour.lightened_for(accent, theme.grounds["dark"])}
        self.value = kept | {name: found for name, found in wanted.items() if name in known}
        try:
            themes.resolve(theme, self.value, strict=True)
        except themes.SettingsError:
            self.refuse("own", "site.colour_unreadable")
