"""What a dealer may change in a theme: declared in `settings.toml`, cleaned here, used as `use` says.

Dealers give data, never CSS or templates (SECURITY C1, C2): every kind has one strict reading, and what fails it
is refused with a sentence (`strict`) or falls back to the default (a build).

A setting in `settings.toml` has `id`, `kind`, `label`, `default`; `choices` (choice, order), `min` `max` `unit`
(range), `max` (text: letters), `help`, and `use`, which says where its value goes: `css:--name` (a custom property),
`accent:light` and `accent:dark` (the family of the accent colour), `scheme`, `radius`, `page:field` (the page context
fills that field from it), `template`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from themes import colour
from themes.errors import SettingsError, ThemeError

KINDS = ("text", "longtext", "colour", "choice", "range", "yesno", "order", "image", "font", "link")
USES = re.compile(r"css:--[a-z][a-z0-9-]*|accent:(?:light|dark)|scheme|radius|page:[a-z_0-9]+|template")
LINK = re.compile(r"(?:https?://|mailto:|tel:|/(?!/))[^\s\"'<>\\]*")
ASSET = re.compile(r"[a-z0-9][a-z0-9/_-]*\.(?:png|jpe?g|webp|avif|svg|woff2)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
LETTERS = {"text": 120, "longtext": 600}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a setting may take, and its label in the settings form."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a dealer may change."""

    id: str
    kind: str
    label: str
    default: object
    use: str
    help: str = ""
    choices: tuple[Choice, ...] = ()
    min: int = 0
    max: int = 0
    unit: str = ""
    translated: bool = False
    """The value is a text per language, `{"de": "…", "en": "…"}`."""


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that stand together in the form."""

    name: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class SettingsSchema:
    """All settings of a theme, parents' groups first; a child redeclares a setting by its id."""

    groups: tuple[Group, ...]
    grounds: Mapping[str, str]
    """The page's ground colour, `light` and `dark`: what an accent must stand out from."""

    def __iter__(self) -> Iterator[Setting]:
        return (setting for group in self.groups for setting in group.settings)

    def get(self, name: str) -> Setting | None:
        """Give the setting of that id, or None."""
        return next((setting for setting in self if setting.id == name), None)


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """The settings in force: each declared one has a clean value, as an attribute and by `text` if translated."""

    values: Mapping[str, object] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def text(self, name: str, lang: str) -> str:
        """Give a translated text in the language, or an empty string when the dealer wrote none."""
        value = self.values[name]
        return str(value.get(lang, "")) if isinstance(value, Mapping) else str(value)


def read(theme: str, files: Iterable[Path], grounds: Mapping[str, str]) -> SettingsSchema:
    """Merge the `settings.toml` files of a chain, parent first. Raises ThemeError for an unreadable or wrong one."""
    groups: dict[str, dict[str, Setting]] = {}
    for path in files:
        try:
            tree = tomllib.loads(path.read_text(encoding="utf-8"))
            for group in tree.get("group", []):
                for raw in group.get("setting", []):
                    setting = _setting(raw)
                    for known in groups.values():
                        known.pop(setting.id, None)
                    groups.setdefault(group["name"], {})[setting.id] = setting
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            raise ThemeError(f'theme "{theme}": {path.name} is wrong: {error}') from error
    return SettingsSchema(tuple(Group(name, tuple(known.values())) for name, known in groups.items() if known), grounds)


def translations(theme: str, files: Iterable[Path]) -> dict[str, str]:
    """Read what labels, helps and choices are called in another language: text as in `settings.toml` = translation.

    Args:
        theme: for the error.
        files: `settings.<language>.toml` of a chain, parents first; those that are not there are left out.

    Raises:
        ThemeError: one cannot be read.
    """
    found: dict[str, str] = {}
    for path in files:
        if path.is_file():
            try:
                found |= {text: str(said) for text, said in tomllib.loads(path.read_text(encoding="utf-8")).items()}
            except tomllib.TOMLDecodeError as error:
                raise ThemeError(f'theme "{theme}": {path.name} is wrong: {error}') from error
    return found


def resolve(schema: SettingsSchema, stored: Mapping[str, object], *, strict: bool = False) -> ThemeSettings:
    """Fill in defaults and clean what a dealer stored.

    With `strict` (saving) a value that is not allowed or a name nobody declared raises SettingsError; without
    (building) such a value is left out and the default stands, so that an old store never stops a build.
    """
    problems = {name: "This theme has no such setting." for name in stored if schema.get(name) is None}
    values: dict[str, object] = {}
    for setting in schema:
        values[setting.id] = setting.default
        if setting.id in stored:
            try:
                values[setting.id] = _readable(setting, clean(setting, stored[setting.id]), schema.grounds)
            except ValueError as error:
                problems[setting.id] = str(error)
    if strict and problems:
        raise SettingsError(problems)
    return ThemeSettings(values)


def clean(setting: Setting, value: object) -> object:
    """Give the typed value of a setting, or raise ValueError with a sentence that says what is allowed."""
    if setting.translated:
        if not isinstance(value, Mapping):
            raise ValueError("Please give a text per language.")
        return {_language(lang): _text(setting, text) for lang, text in value.items()}
    return _CLEANERS[setting.kind](setting, value)


def _readable(setting: Setting, value: object, grounds: Mapping[str, str]) -> object:
    """Refuse an accent that is too close to its ground: 4.5:1 is the least (BRIEF §3, SEO.md §17)."""
    if setting.use.startswith("accent:") and value:
        ground = grounds[setting.use.removeprefix("accent:")]
        ratio = colour.contrast(str(value), ground)
        if ratio < 4.5:
            raise ValueError(f"Too pale to read: {value} on {ground} has {ratio:.1f}:1, at least 4.5:1 is needed.")
    return value


def _text(setting: Setting, value: object) -> str:
    most = setting.max or LETTERS.get(setting.kind, 120)
    if not isinstance(value, str) or CONTROL.search(value):
        raise ValueError("Please enter plain text.")
    if len(value) > most:
        raise ValueError(f"At most {most} letters, please; these are {len(value)}.")
    return value.strip()


def _language(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2}(?:-[A-Z]{2})?", value):
        raise ValueError("A language is two letters, such as de.")
    return value


def _colour(setting: Setting, value: object) -> str:
    if value == "" and setting.default == "":
        return ""
    found = colour.parse(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("Please give a colour such as #0b5a42.")
    return found


def _choice(setting: Setting, value: object) -> str:
    allowed = [choice.value for choice in setting.choices]
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"Please choose one of: {', '.join(allowed)}.")
    return value


def _order(setting: Setting, value: object) -> tuple[str, ...]:
    allowed = [choice.value for choice in setting.choices]
    items = value.split() if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or len(set(map(str, items))) != len(items):
        raise ValueError("Please give each section at most once.")
    return tuple(_choice(setting, item) for item in items) if allowed else ()


def _range(setting: Setting, value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not setting.min <= value <= setting.max:
        raise ValueError(f"Please give a whole number from {setting.min} to {setting.max}.")
    return value


def _yesno(setting: Setting, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Please say yes or no.")
    return value


def _link(setting: Setting, value: object) -> str:
    if not isinstance(value, str) or not (value == "" or LINK.fullmatch(value)):
        raise ValueError("Please give an address that starts with https:// or with /.")
    return value


def _asset(setting: Setting, value: object) -> str:
    if not isinstance(value, str) or not (value == "" or ASSET.fullmatch(value)):
        raise ValueError("Please choose a file of the theme.")
    return value


_CLEANERS = {
    "text": _text, "longtext": _text, "colour": _colour, "choice": _choice, "order": _order, "range": _range,
    "yesno": _yesno, "link": _link, "image": _asset, "font": _asset,
}  # fmt: skip


def _setting(raw: Mapping[str, object]) -> Setting:
    known = {"id", "kind", "label", "default", "use", "help", "choices", "min", "max", "unit", "translated"}
    if unknown := raw.keys() - known:
        raise ValueError(f"{raw.get('id')}: unknown key {', '.join(sorted(unknown))}")
    name, kind, use = str(raw["id"]), str(raw["kind"]), str(raw["use"])
    if kind not in KINDS:
        raise ValueError(f"{name}: kind {kind} is none of {', '.join(KINDS)}")
    if not USES.fullmatch(use):
        raise ValueError(f"{name}: use {use} says nothing")
    choices = raw.get("choices") or {}
    if not isinstance(choices, dict):
        raise ValueError(f"{name}: choices is a table of value and label")
    bare = Setting(
        id=name, kind=kind, label=str(raw["label"]), default=raw["default"], use=use, help=str(raw.get("help", "")),
        choices=tuple(Choice(str(value), str(label)) for value, label in choices.items()),
        min=_number(raw, "min"), max=_number(raw, "max"), unit=str(raw.get("unit", "")),
        translated=bool(raw.get("translated")),
    )  # fmt: skip
    return replace(bare, default=clean(bare, bare.default))


def _number(raw: Mapping[str, object], name: str) -> int:
    value = raw.get(name, 0)
    if not isinstance(value, int):
        raise ValueError(f"{raw['id']}: {name} is a whole number")
    return value
