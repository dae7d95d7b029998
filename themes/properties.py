"""A dealer's settings as CSS custom properties: the last layer of the style sheet, nothing but declarations on `:root`.

Values come from `themes.settings` already cleaned; what is written here is built from colours, whole numbers and words
of closed lists only (SECURITY C2).
"""

from collections.abc import Iterator

from themes import colour
from themes.settings import Setting, SettingsSchema, ThemeSettings

RADII = {
    "square": ("0", "0", "0"),
    "soft": ("4px", "8px", "14px"),
    "round": ("6px", "12px", "22px"),
}
"""`--r1` to `--r3` for each word of a radius setting."""
DARK = "(prefers-color-scheme:dark)"


def style(schema: SettingsSchema, settings: ThemeSettings) -> str:
    """Give the layer with the settings that differ from the theme's own values; empty when none does."""
    light = [*_plain(schema, settings), *_accent_light(schema, settings)]
    dark = list(_accent_dark(schema, settings))
    rules = (f":root{{{';'.join(light)}}}" if light else "") + (
        f"@media {DARK}{{:root{{{';'.join(dark)}}}}}" if dark else ""
    )
    rules += _scheme_rule(schema, settings)
    return f"@layer settings{{{rules}}}" if rules else ""


def with_scheme(css: str, schema: SettingsSchema, settings: ThemeSettings) -> str:
    """Fix the colour scheme of a minified sheet: the one dark block always applies, never, or as preferred."""
    fixed = _scheme(schema, settings)
    return (
        css if fixed == "auto" else css.replace(f"@media {DARK}", "@media all" if fixed == "dark" else "@media not all")
    )


def _plain(schema: SettingsSchema, settings: ThemeSettings) -> Iterator[str]:
    for setting, value in _changed(schema, settings):
        if setting.use.startswith("css:"):
            yield f"{setting.use.removeprefix('css:')}:{_css(setting, value)}"
        elif setting.use == "radius":
            yield from (f"--r{index}:{size}" for index, size in enumerate(RADII[str(value)], start=1))


def _css(setting: Setting, value: object) -> str:
    """Write one value; kinds whose values are free text have no form in CSS."""
    if setting.kind in ("colour", "choice"):
        return str(value)
    if setting.kind == "range":
        return f"{value}{setting.unit}"
    raise ValueError(f"{setting.id}: a {setting.kind} cannot become a custom property")


def _accent_light(schema: SettingsSchema, settings: ThemeSettings) -> Iterator[str]:
    accent = dict(_accents(schema, settings)).get("light")
    if accent:
        yield from _family(accent, schema.grounds["light"], soft=0.1)


def _accent_dark(schema: SettingsSchema, settings: ThemeSettings) -> Iterator[str]:
    accents = dict(_accents(schema, settings))
    if not accents:
        return
    ground = schema.grounds["dark"]
    accent = accents.get("dark") or colour.lightened_for(accents["light"], ground)
    yield from _family(accent, ground, soft=0.16)


def _family(accent: str, ground: str, *, soft: float) -> Iterator[str]:
    on = colour.readable_on(accent)
    # Away from the text on it, so that a button under the pointer is as readable as at rest.
    toward = "#000000" if on == "#ffffff" else "#ffffff"
    yield f"--act:{accent}"
    yield f"--act-2:{colour.mix(accent, toward, 0.25)}"
    yield f"--on-act:{on}"
    yield f"--soft:{colour.mix(ground, accent, soft)}"


def _accents(schema: SettingsSchema, settings: ThemeSettings) -> Iterator[tuple[str, str]]:
    for setting, value in _changed(schema, settings):
        if setting.use.startswith("accent:") and value:
            yield setting.use.removeprefix("accent:"), str(value)


def _changed(schema: SettingsSchema, settings: ThemeSettings) -> Iterator[tuple[Setting, object]]:
    return (
        (setting, settings.values[setting.id]) for setting in schema if settings.values[setting.id] != setting.default
    )


def _scheme(schema: SettingsSchema, settings: ThemeSettings) -> str:
    return next((str(settings.values[setting.id]) for setting in schema if setting.use == "scheme"), "auto")


def _scheme_rule(schema: SettingsSchema, settings: ThemeSettings) -> str:
    fixed = _scheme(schema, settings)
    return "" if fixed == "auto" else f"html{{color-scheme:{fixed}}}"
