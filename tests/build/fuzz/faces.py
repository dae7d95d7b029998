"""Edits of themes: a dealer's settings, and in the copy of the folders words, templates, styles, scripts and pictures.

They are made so that they must show: a word grows, a tag outside every condition gets an attribute.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import themes
from storefront.core.db import db
from storefront.domain.stores import actions as stores
from storefront.domain.stores.models import Store
from themes.settings import Setting

from .dice import Dice
from .edits import ACTOR, Edit
from .ground import Ground, forget_files

_WORD = re.compile(r'^(?P<head>[\w.-]+ *= *")(?P<text>(?:[^"\\]|\\.)*)(?P<tail>")$', re.MULTILINE)
_PIECE = re.compile(
    r"\{#.*?#\}|\{%-?\s*(?P<end>end)?(?P<word>\w+)[^%]*%\}"
    r"|<(?P<tag>div|section|article|aside|p|ul|ol|li|nav|a|main|form|dl|h1|h2|h3|figure|header|span|table)(?=[\s>])",
    re.DOTALL,
)
_CONDITIONS = ("if", "for", "macro")
_COLOURS = ("#0b4f8a", "#7a1f5c", "#5b3a00", "#8a1c1c")
_LIGHT = ("#9fd0ff", "#ffd54a", "#ffb3c7")


def setting_chosen(ground: Ground, dice: Dice) -> str | None:
    """Change one setting of a store's theme, whatever it is used for, or take it back."""
    store = dice.pick((store.host, store) for store in db.session.query(Store))
    assert store is not None
    settings = list(themes.load(store.theme).settings)
    uses = sorted({_use(setting) for setting in settings})
    use = dice.one(uses)
    setting = dice.pick((setting.id, setting) for setting in settings if _use(setting) == use)
    assert setting is not None
    stored = dict(store.theme_settings)
    if setting.id in stored and dice.chance(0.3):
        del stored[setting.id]
    else:
        stored[setting.id] = _value(setting, dice, store.languages)
    stores.set_theme(store, store.theme, stored, now=ground.now, actor=ACTOR)
    return f"{store.host} {setting.id} ({use}) = {stored.get(setting.id)!r}"


def theme_chosen(ground: Ground, dice: Dice) -> str | None:
    """Give a dealer's site another theme; its settings start anew."""
    store = dice.pick((store.host, store) for store in db.session.query(Store) if not store.is_marketplace)
    if store is None:
        return None
    theme = "noir" if store.theme == "classic" else "classic"
    stores.set_theme(store, theme, {}, now=ground.now, actor=ACTOR)
    return f"{store.host} {theme}"


def word_edited(ground: Ground, dice: Dice) -> str | None:
    """Let a word of a theme grow; most are of the base, which every theme extends."""
    file = dice.one(sorted(ground.themes.glob("*/words/*.toml")))
    text = file.read_text("utf-8")
    word = dice.one(list(_WORD.finditer(text)))
    _write(file, text[: word.start("tail")] + dice.one(("·", " neu", "…")) + text[word.start("tail") :])
    return f"{_name(ground, file)}: {word['head'].split()[0]}"


def template_edited(ground: Ground, dice: Dice) -> str | None:
    """Put an attribute on a tag of a template that is drawn whatever the page is about."""
    files = sorted(ground.themes.glob("*/templates/**/*.html"))
    file = dice.one([file for file in files if _open_tags(file.read_text("utf-8"))])
    text = file.read_text("utf-8")
    at = _open_tags(text)[0]
    _write(file, f'{text[:at]} data-edit="{dice.number(1, 10**6)}"{text[at:]}')
    return _name(ground, file)


def asset_edited(ground: Ground, dice: Dice) -> str | None:
    """Change a style sheet, a script or a drawing of a theme."""
    kind = dice.one((".css", ".js", ".svg"))
    file = dice.one([file for file in sorted(ground.themes.glob("*/assets/**/*")) if file.suffix == kind])
    number = dice.number(1, 10**6)
    added = {".css": f".edit-{number}{{top:0}}\n", ".js": f"// {number}\n", ".svg": f"<!-- {number} -->\n"}[kind]
    _write(file, file.read_text("utf-8") + added)
    return _name(ground, file)


def _use(setting: Setting) -> str:
    return setting.use if setting.use.startswith("page:") else setting.use.partition(":")[0]


def _value(setting: Setting, dice: Dice, langs: list[str]) -> object:
    if setting.translated:
        most = setting.max or 40
        return {lang: dice.words(3)[:most].strip() for lang in dice.some(langs, 1)}
    if setting.kind == "colour":
        return dice.one(_LIGHT if setting.use == "accent:dark" else _COLOURS)
    if setting.kind == "order":
        return dice.some([choice.value for choice in setting.choices], 1)
    if setting.choices:
        return dice.one([choice.value for choice in setting.choices])
    if setting.kind == "range":
        return dice.number(setting.min, setting.max)
    if setting.kind == "yesno":
        return dice.chance(0.5)
    return dice.words(3)[: setting.max or 40]


def _open_tags(template: str) -> list[int]:
    """Give where the names of tags end that stand outside every condition and loop, in blocks that a page fills."""
    return list(_tags(template))


def _tags(template: str) -> Iterator[int]:
    depth, blocks = 0, 0
    extends = re.search(r"\{%-?\s*extends\b", template) is not None
    for piece in _PIECE.finditer(template):
        if (word := piece["word"]) in _CONDITIONS:
            depth += -1 if piece["end"] else 1
        elif word == "block":
            blocks += -1 if piece["end"] else 1
        elif piece["tag"] and depth == 0 and (blocks or not extends):
            yield piece.end()


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    forget_files()


def _name(ground: Ground, file: Path) -> str:
    return file.relative_to(ground.themes).as_posix()


FACES: tuple[tuple[Edit, int], ...] = (
    (setting_chosen, 10), (theme_chosen, 2), (word_edited, 6), (template_edited, 6), (asset_edited, 3),
)  # fmt: skip
"""Every kind with its weight."""
