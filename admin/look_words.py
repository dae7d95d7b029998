"""What changed in a site's look, in words: for the history, for undo, and for what a way back means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import themes
from admin.show import Pen
from storefront.domain.stores.looks import LOGO, MENU, PAGE, SETTING, TEMPLATES, THEME, Look
from themes.settings import Setting

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One change."""

    label: str
    before: str
    after: str
    before_colour: str = ""
    after_colour: str = ""


def lines(changes: Iterable[Sequence[Any]], theme_names: Sequence[str], pen: Pen) -> list[Line]:
    """Word changes of a look.

    Args:
        changes: of `[key, before, after]`.
        theme_names: themes whose settings may be meant, the likeliest first.
        pen: of the reader.
    """
    known = [themes.load(name) for name in dict.fromkeys(theme_names) if name in themes.available()]
    return [_line(key, before, after, known, pen) for key, before, after in changes]


def between(before: Look, after: Look) -> list[tuple[str, Any, Any]]:
    """Give the changes that lead from one look to another, the theme first."""
    keys = sorted(before.keys() | after.keys(), key=lambda key: (key != THEME, key))
    return [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def label_of(key: str, value: Any, known: Sequence[themes.Theme], pen: Pen) -> str:
    """Name what a key stands for."""
    if key.startswith(SETTING):
        found = _setting(key.removeprefix(SETTING), known)
        return key.removeprefix(SETTING) if found is None else found[0].said(pen.lang, found[1].label)
    if key.startswith(PAGE):
        titles = value.get("titles", {}) if isinstance(value, Mapping) else {}
        title = titles.get(pen.lang) or next(iter(titles.values()), key.removeprefix(PAGE))
        return pen.t("studio.key.page", title=title)
    for what, name in TEMPLATES.items():
        if key == name:
            return pen.t(f"studio.key.search_{what}")
    return pen.t(f"studio.key.{key}") if key in (THEME, LOGO, MENU) else key


def _line(key: str, before: Any, after: Any, known: Sequence[themes.Theme], pen: Pen) -> Line:
    label = label_of(key, after if after is not None else before, known, pen)
    if key == THEME:
        return Line(label, theme_label(before), theme_label(after))
    if key == LOGO:
        return Line(label, _has(before, pen), pen.t("studio.value.other") if before and after else _has(after, pen))
    if key == MENU:
        return Line(label, "", pen.t("studio.value.other"))
    if key in TEMPLATES.values():
        return Line(label, _template(before, before, after, pen), _template(after, before, after, pen))
    if key.startswith(PAGE):
        return Line(label, "", pen.t(f"studio.value.{'written' if before is None else _fate(after)}"))
    found = _setting(key.removeprefix(SETTING), known)
    if found is None:
        return Line(label, str(before)[:LONGEST], str(after)[:LONGEST])
    said = [_value(found[0], found[1], value, before, after, pen) for value in (before, after)]
    is_colour = found[1].kind == "colour" or str(after or before).startswith("#")
    colours = [str(value) if is_colour and value else "" for value in (before, after)]
    return Line(label, *said, *colours)


def _fate(after: Any) -> str:
    return "removed" if after is None else "rewritten"


def _has(value: Any, pen: Pen) -> str:
    return pen.t("studio.value.none" if value is None else "studio.value.own")


def theme_label(name: Any) -> str:
    """Give what a theme calls itself; a folder that is gone keeps its name."""
    return themes.load(name).label if name in themes.available() else str(name)


def _setting(name: str, known: Sequence[themes.Theme]) -> tuple[themes.Theme, Setting] | None:
    for theme in known:
        if (setting := theme.settings.get(name)) is not None:
            return theme, setting
    return None


def _value(theme: themes.Theme, setting: Setting, value: Any, before: Any, after: Any, pen: Pen) -> str:
    """Write a value of a setting; of texts the language that is otherwise."""
    if value is None or value == "":
        return pen.t("studio.value.usual")
    if setting.translated and isinstance(value, Mapping):
        return _spoken(value, before, after, pen)
    words = {choice.value: theme.said(pen.lang, choice.label) for choice in setting.choices}
    if isinstance(value, list | tuple):
        return ", ".join(words.get(str(one), str(one)) for one in value) or pen.t("studio.value.none")
    if isinstance(value, bool):
        return pen.t("studio.value.yes" if value else "studio.value.no")
    return _cut(words.get(str(value), f"{value}{setting.unit}"))


def _template(value: Any, before: Any, after: Any, pen: Pen) -> str:
    if isinstance(value, Mapping):
        return _spoken(value, before, after, pen)
    return _cut(str(value)) if value else pen.t("studio.value.usual")


def _spoken(value: Mapping[str, Any], before: Any, after: Any, pen: Pen) -> str:
    """Of texts in languages, write the first that is otherwise."""
    both = [one if isinstance(one, Mapping) else {} for one in (before, after)]
    langs = [lang for lang in {**both[0], **both[1]} if both[0].get(lang) != both[1].get(lang)]
    return _cut(next((str(value[lang]) for lang in langs if value.get(lang)), pen.t("studio.value.usual")))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
