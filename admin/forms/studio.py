"""Forms of the theme studio: what was typed becomes values by the theme's own `settings.toml` (SECURITY C1, C2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import themes
from seo import meta
from storefront.domain.stores.looks import SETTING, TEMPLATES, Look
from storefront.pages.structured import PLACES
from themes import colour
from themes import settings as kinds
from themes.settings import Group, Setting

from . import Form

READABLE = 4.5
"""Least contrast of an accent with its ground (BRIEF §3, WCAG 2.2)."""
LONGEST = 4000
"""Letters of any field that are looked at at all."""
Fault = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class Box:
    """One setting as the form shows it."""

    setting: Setting
    raw: Mapping[str, str]
    """What stands in its fields: by language, else under an empty name."""
    is_own: bool
    """The dealer gave it a value."""
    fault: Fault | None = None
    ground: str = ""
    """Of an accent: the colour it must stand out from."""
    usual: str = ""
    """Of a colour: the one that holds where none is given."""

    @property
    def name(self) -> str:
        """Give the name of its field."""
        return f"s.{self.setting.id}"

    @property
    def text(self) -> str:
        """Give what stands in its only field."""
        return self.raw.get("", "")

    @property
    def ratio(self) -> float | None:
        """Give the contrast of an accent with its ground; None where there is none to be reckoned."""
        shown = colour.parse(self.text) if self.text else self.usual or None
        return None if shown is None or not self.ground else colour.contrast(shown, self.ground)


@dataclass(slots=True)
class GroupForm:
    """The settings of one group, as they are drafted or as they were typed."""

    theme: themes.Theme
    group: Group
    look: Look
    languages: Sequence[str]
    typed: Mapping[str, str] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """Key of a look → value, None where the theme's own shall hold."""
    boxes: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.boxes = [self._box(setting) for setting in self.group.settings if setting.kind != "order"]
        light = next((box for box in self.boxes if box.setting.use == "accent:light"), None)
        for box in self.boxes:
            if box.setting.use == "accent:dark" and not box.usual and light is not None:
                accent = colour.parse(light.text) or light.usual
                box.usual = colour.lightened_for(accent, box.ground)

    @property
    def is_faulty(self) -> bool:
        """Ask whether a value was refused."""
        return any(box.fault for box in self.boxes)

    def check(self) -> bool:
        """Read what was typed; False when something is refused, each with its reason."""
        for box in self.boxes:
            try:
                value = self._read(box)
                themes.resolve(self.theme, {box.setting.id: value}, strict=True)
            except ValueError:
                box.fault = fault_of(box.setting, box.raw, box.ground)
                continue
            own = None if value in (box.setting.default, "", {}) else value
            self.values[f"{SETTING}{box.setting.id}"] = own
        return not self.is_faulty

    def _box(self, setting: Setting) -> Box:
        own = self.look.get(f"{SETTING}{setting.id}")
        raw = self._drafted(setting, own) if self.typed is None else self._typed(setting)
        box = Box(setting, raw, own is not None)
        if setting.kind == "colour":
            box.usual = str(setting.default)
        if setting.use.startswith("accent:"):
            box.ground = self.theme.grounds[setting.use.removeprefix("accent:")]
        return box

    def _drafted(self, setting: Setting, own: Any) -> dict[str, str]:
        value = setting.default if own is None else own
        if setting.translated:
            said = value if isinstance(value, Mapping) else {}
            return {lang: str(said.get(lang, "")) for lang in self.languages}
        if setting.kind == "yesno":
            return {"": "yes" if value else ""}
        if setting.kind == "colour" and own is None:
            return {"": ""}
        return {"": str(value)}

    def _typed(self, setting: Setting) -> dict[str, str]:
        assert self.typed is not None
        names = self.languages if setting.translated else ("",)
        fields = {name: f"s.{setting.id}.{name}" if name else f"s.{setting.id}" for name in names}
        return {name: self.typed.get(of, "")[:LONGEST].replace("\r\n", "\n").strip() for name, of in fields.items()}

    def _read(self, box: Box) -> Any:
        setting = box.setting
        if setting.translated:
            before = self.look.get(f"{SETTING}{setting.id}")
            others = dict(before) if isinstance(before, Mapping) else {}
            texts = {lang: text for lang, text in {**others, **box.raw}.items() if text}
            return kinds.clean(setting, texts)
        if setting.kind == "yesno":
            return box.text == "yes"
        if setting.kind == "colour" and not box.text:
            return setting.default
        return kinds.clean(setting, box.text)


def group_named(theme: themes.Theme, name: str) -> Group | None:
    """Find a group of a theme's settings."""
    return next((group for group in theme.settings.groups if group.name == name), None)


def fault_of(setting: Setting, raw: Mapping[str, str], ground: str) -> Fault:
    """Say why a value is refused: a key of the words with its values."""
    text = raw.get("", "")
    if setting.translated or setting.kind in ("text", "longtext"):
        most = setting.max or kinds.LETTERS.get(setting.kind, 120)
        longest = max((len(one) for one in raw.values()), default=0)
        return ("studio.wrong.long", {"n": most, "is": longest}) if longest > most else ("studio.wrong.text", {})
    if setting.kind == "colour":
        found = colour.parse(text)
        if found is None or not ground:
            return "studio.wrong.colour", {}
        ratio = colour.contrast(found, ground)
        return "studio.wrong.pale", {"ratio": f"{ratio:.1f}", "least": f"{READABLE:.1f}"}
    if setting.kind == "range":
        return "studio.wrong.range", {"least": setting.min, "most": setting.max}
    return ("studio.wrong.link" if setting.kind == "link" else "studio.wrong.choice"), {}


@dataclass(frozen=True, slots=True)
class Order:
    """A list whose entries stand in an order and may be left out, as it was sent: with its buttons, or dragged."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]


def read_order(typed: Mapping[str, str], ticked: Sequence[str], known: Sequence[str]) -> Order:
    """Read a list: `order` names the entries as they stand, `move` is `up:<entry>` or `down:<entry>`.

    Args:
        typed: the fields.
        ticked: the entries that are shown.
        known: all there are; what else is named is left out, what is not named stands last.
    """
    named = [name for name in dict.fromkeys(typed.get("order", "")[:LONGEST].split()) if name in known]
    entries = named + [name for name in known if name not in named]
    way, _, moved = typed.get("move", "").partition(":")
    if moved in entries and way in ("up", "down"):
        at = entries.index(moved)
        to = max(0, at - 1) if way == "up" else min(len(entries) - 1, at + 1)
        entries.insert(to, entries.pop(at))
    shown = tuple(name for name in entries if name in ticked)
    return Order(shown, tuple(name for name in entries if name not in shown))


class TemplatesForm(Form):
    """Templates of what search engines show of a car, in the languages of a site (SPEC 102); `value` is for a draft."""

    longest: ClassVar[int] = 300
    NEEDED: ClassVar[tuple[str, ...]] = ("name", "number")
    """Places of every title: the number keeps two equal cars apart (SEO.md §10)."""
    NOT_IN_TITLES: ClassVar[tuple[str, ...]] = ("dealer", "city")
    """Every title ends with the site's name anyway."""
    value: dict[str, Any]

    def __init__(self, languages: Sequence[str], look: Look, typed: Mapping[str, str] | None = None) -> None:
        """Take what was typed, or what is drafted."""
        self.languages = languages
        self.names = tuple(f"{what}_{lang}" for lang in languages for what in TEMPLATES)  # type: ignore[misc]
        self._drafted = {what: look.get(key) for what, key in TEMPLATES.items()}
        before = {f"{what}_{lang}": self._before(what, lang) for lang in languages for what in TEMPLATES}
        super().__init__(typed, **before)

    def read(self) -> None:
        """Read them; a language left empty says what the product says."""
        for name, text in self.raw.items():
            self._judge(name, text)
        self.value = {}
        for what, key in TEMPLATES.items():
            drafted = self._drafted[what]
            others = drafted if isinstance(drafted, Mapping) else {}
            typed = {lang: " ".join(self.raw[f"{what}_{lang}"].split()) for lang in self.languages}
            self.value[key] = {lang: text for lang, text in {**others, **typed}.items() if text} or None

    def _judge(self, name: str, text: str) -> None:
        found, of_title = meta.places(text), name.startswith("title_")
        unknown = [place for place in found if place not in PLACES or (of_title and place in self.NOT_IN_TITLES)]
        missing = [place for place in self.NEEDED if text and of_title and place not in found]
        if unknown:
            self.refuse(name, "studio.wrong.place", place=f"{{{unknown[0]}}}")
        elif not meta.is_well_formed(text):
            self.refuse(name, "studio.wrong.brackets", example="[, {mileage}]")
        elif missing:
            self.refuse(name, f"studio.wrong.needs_{missing[0]}", place=f"{{{missing[0]}}}")

    def _before(self, what: str, lang: str) -> str:
        drafted = self._drafted[what]
        said = drafted.get(lang) if isinstance(drafted, Mapping) else drafted
        return said if isinstance(said, str) else ""
