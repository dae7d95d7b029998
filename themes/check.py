"""Reads a theme's folder as a stranger would: `check(name)` says what is wrong with it, in sentences.

Settings, words, templates, colours, and what the page policy forbids (STYLE.md §5, BRIEF §3, SEO.md §15 and §17).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import jinja2
import tinycss2  # type: ignore[import-untyped]
from jinja2 import meta, nodes

from themes import colour
from themes.assets import bundle
from themes.compiling import NotCompilable, compiled
from themes.errors import ThemeError
from themes.settings import resolve
from themes.theme import Theme, load

ROLES = (
    "bg", "sunk", "raise", "field", "ink", "muted", "line", "edge", "act", "act-2", "on-act", "soft", "focus",
    "good", "good-bg", "warn", "warn-bg", "bad", "bad-bg",
)  # fmt: skip
RATIOS = (
    ("ink", "bg", 7.0), ("ink", "sunk", 7.0), ("ink", "soft", 4.5),
    ("muted", "bg", 4.5), ("muted", "sunk", 4.5), ("edge", "bg", 3.0), ("edge", "field", 3.0),
    ("act", "bg", 3.0), ("on-act", "act", 4.5), ("on-act", "act-2", 4.5), ("focus", "bg", 3.0),
    ("good", "good-bg", 4.5), ("warn", "warn-bg", 4.5), ("bad", "bad-bg", 4.5), ("good", "bg", 4.5), ("bad", "bg", 4.5),
)  # fmt: skip
"""What must stand out from what, and how much: text 4.5, controls and focus 3 (WCAG 2.2 AA); ink more (BRIEF §3)."""
SCHEMES = ("light", "dark")
_DARK = ("(prefers-color-scheme:dark)", "all", "notall")
"""Conditions of the one dark block: as the visitor prefers, or always or never (`themes.properties.with_scheme`)."""
VARIABLE = re.compile(r"var\(--([\w-]+)\)")
MIX = re.compile(r"color-mix\(in srgb, *(var\(--[\w-]+\)|#\w+) +(\d+)%, *(var\(--[\w-]+\)|#\w+)\)")
MOST_STEPS = 5
"""A property may name another one that names another one; more is a circle."""
CONTEXT = frozenset({"page", "site", "theme", "t"})
"""All a page sees."""
FORBIDDEN = (
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "an inline style"),
    (re.compile(r"\son[a-z]+\s*=", re.IGNORECASE), "an inline event handler"),
    (re.compile(r"<style\b", re.IGNORECASE), "an inline style sheet"),
    (re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/ld\+json\"))", re.IGNORECASE), "an inline script"),
    (re.compile(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false", re.IGNORECASE), "escaping switched off"),
    (re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE), "an address of a third party"),
)
LANGUAGES = ("de", "en")
"""Those every theme speaks; a theme may speak more, and then they are held to the same."""


def check(name: str) -> list[str]:
    """Give what is wrong with a theme, a sentence each; an empty list means it may be used."""
    try:
        theme = load(name)
        return [*_settings(theme), *_words(theme), *_templates(theme), *_styles(theme)]
    except ThemeError as error:
        return [str(error)]


def notices(name: str) -> list[str]:
    """Give what is not wrong with a theme and yet worth knowing: templates that Jinja renders, which takes longer."""
    try:
        theme = load(name)
    except ThemeError:
        return []
    return list(_not_compiled(theme))


# -- settings ---------------------------------------------------------------------------------------------------------


def _settings(theme: Theme) -> Iterator[str]:
    declared = {setting.id: setting for setting in theme.settings}
    used = {found for _, tree in _trees(theme) for found in _settings_read(tree)}
    for name in sorted(used - declared.keys()):
        yield f'templates read the setting "{name}", which settings.toml does not declare'
    css = "".join(path.read_text(encoding="utf-8") for path in theme.styles)
    for name, setting in sorted(declared.items()):
        if setting.use == "template" and name not in used:
            yield f'the setting "{name}" is declared but no template reads it'
        if setting.use.startswith("css:") and f"var({setting.use.removeprefix('css:')}" not in css:
            yield f'the setting "{name}" fills {setting.use.removeprefix("css:")}, which no style sheet uses'


def _settings_read(tree: nodes.Template) -> Iterator[str]:
    for access in tree.find_all(nodes.Getattr):
        holder = access.node
        if isinstance(holder, nodes.Getattr) and holder.attr == "settings" and _is_name(holder.node, "theme"):
            yield access.attr


# -- words ------------------------------------------------------------------------------------------------------------


def _words(theme: Theme) -> Iterator[str]:
    first, *others = dict.fromkeys((*LANGUAGES, *theme.languages()))
    words = {lang: theme.words(lang) for lang in (first, *others)}
    for lang in others:
        for missing in sorted(set(words[first]) - set(words[lang])):
            yield f'the word "{missing}" is there in {first} but not in {lang}'
        for missing in sorted(set(words[lang]) - set(words[first])):
            yield f'the word "{missing}" is there in {lang} but not in {first}'
        for key in sorted(set(words[first]) & set(words[lang])):
            if words[first].placeholders(key) != words[lang].placeholders(key):
                yield f'the word "{key}" has other places for values in {lang} than in {first}'
        for key in sorted(words[lang]):
            if missing_forms := words[lang].missing_forms(key):
                yield f'the word "{key}" has no form for {", ".join(missing_forms)} in {lang}'
    for template, tree in _trees(theme):
        for key, given in _words_read(tree):
            if not words[first].has(key):
                yield f'{template} says "{key}", for which there is no word'
            elif missing_values := words[first].placeholders(key) - given:
                yield f'{template} says "{key}" without {", ".join(sorted(missing_values))}'


def _words_read(tree: nodes.Template) -> Iterator[tuple[str, set[str]]]:
    for call in tree.find_all(nodes.Call):
        if _is_name(call.node, "t") and call.args and isinstance(call.args[0], nodes.Const):
            yield str(call.args[0].value), {argument.key for argument in call.kwargs}


# -- templates --------------------------------------------------------------------------------------------------------


def _templates(theme: Theme) -> Iterator[str]:
    environment = theme.environment()
    for name in sorted({path for path, _ in _files(theme)}):
        try:
            environment.get_template(name)
        except jinja2.TemplateError as error:
            yield f"{name} does not compile: {error}"
    for name, tree in _trees(theme):
        if name.startswith("pages/") and (strange := meta.find_undeclared_variables(tree) - CONTEXT):
            yield f"{name} reads {', '.join(sorted(strange))}; a page sees {', '.join(sorted(CONTEXT))} only"
    for name, path in _files(theme):
        source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        yield from (f"{name} has {what}" for pattern, what in FORBIDDEN if pattern.search(source))
        if not name.startswith("pages/") and "{#" not in path.read_text(encoding="utf-8").split("\n")[0]:
            yield f"{name} does not open with a note of what it takes"


def _not_compiled(theme: Theme) -> Iterator[str]:
    environment = theme.environment()
    for name in sorted({path for path, _ in _files(theme) if path.startswith("pages/")}):
        try:
            compiled(environment, name)
        except NotCompilable as reason:
            yield f"{name} is rendered by Jinja, which takes four times as long: {reason}"
        except jinja2.TemplateError:
            continue  # `_templates` reports it


def _files(theme: Theme) -> Iterator[tuple[str, Path]]:
    for folder in theme.chain:
        templates = folder / "templates"
        for path in sorted(templates.rglob("*.html")):
            yield path.relative_to(templates).as_posix(), path


def _trees(theme: Theme) -> Iterator[tuple[str, nodes.Template]]:
    for name, path in _files(theme):
        try:
            yield name, theme.environment().parse(path.read_text(encoding="utf-8"))
        except jinja2.TemplateSyntaxError:
            continue  # `_templates` reports it


def _is_name(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Name) and node.name == name


# -- styles -----------------------------------------------------------------------------------------------------------


def _styles(theme: Theme) -> Iterator[str]:
    for path in theme.styles:
        yield from (f"{path.name}: {error}" for error in _parse_errors(path.read_text(encoding="utf-8")))
    try:
        bundle(theme, resolve(theme.settings, {}))
    except ThemeError as error:
        yield str(error)
    yield from _colours(theme)


def _parse_errors(css: str) -> Iterator[str]:
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        yield from _errors_in(rule)


def _errors_in(rule: tinycss2.ast.Node) -> Iterator[str]:
    if rule.type == "error":
        yield f"line {rule.source_line}: {rule.message}"
    elif rule.type == "qualified-rule" or (rule.type == "at-rule" and rule.content):
        for inner in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            yield from _errors_in(inner)


def _colours(theme: Theme) -> Iterator[str]:
    for scheme in SCHEMES:
        roles = roles_of(theme, scheme)
        for role in ROLES:
            if role not in roles:
                yield f"--{role} is not a colour in the {scheme} scheme"
        yield from (f"{said} in the {scheme} scheme, at least {least}:1 is needed" for said, least in _faint(roles))
        if roles.get("bg") != theme.grounds[scheme]:
            yield f"theme.toml says the {scheme} ground is {theme.grounds[scheme]}, --bg says {roles.get('bg')}"


def roles_of(theme: Theme, scheme: str) -> dict[str, str]:
    """Give the colour of every role in a scheme (`light`, `dark`) as the cascade of the theme's sheets leaves it."""
    return _roles((path.read_text(encoding="utf-8") for path in theme.styles), scheme)


def faint(css: str) -> list[tuple[str, str]]:
    """Give what does not stand out in a finished style sheet, a dealer's settings included: (scheme, in words).

    A sheet whose scheme is fixed is judged in that one alone, for no visitor sees the other.
    """
    fixed = "dark" if "@media all{" in css else "light" if "@media not all{" in css else None
    schemes = SCHEMES if fixed is None else (fixed,)
    return [(scheme, f"{said}, not {least}:1") for scheme in schemes for said, least in _faint(_roles([css], scheme))]


def _faint(roles: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Give each pair of roles that is too close in colour, in words, and the ratio it needs."""
    for one, other, least in RATIOS:
        if one in roles and other in roles and (ratio := colour.contrast(roles[one], roles[other])) < least:
            yield f"--{one} on --{other} has {ratio:.2f}:1", least


def _roles(sheets: Iterable[str], scheme: str) -> dict[str, str]:
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for css in sheets:
        for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
            _collect(rule, light, dark, in_dark=False)
    said = light if scheme == "light" else {**light, **dark}
    found = {name: _colour(value, said) for name, value in said.items()}
    return {name: value for name, value in found.items() if value}


def _collect(rule: tinycss2.ast.Node, light: dict[str, str], dark: dict[str, str], *, in_dark: bool) -> None:
    if rule.type == "at-rule" and rule.content:
        condition = tinycss2.serialize(rule.prelude).replace(" ", "")
        if rule.lower_at_keyword == "media" and condition not in _DARK:
            return
        inside = in_dark or rule.lower_at_keyword == "media"
        for inner in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            _collect(inner, light, dark, in_dark=inside)
    elif rule.type == "qualified-rule" and tinycss2.serialize(rule.prelude).strip() == ":root":
        for declaration in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            if declaration.type == "declaration" and declaration.name.startswith("--"):
                (dark if in_dark else light)[declaration.name[2:]] = tinycss2.serialize(declaration.value).strip()


def _colour(value: str, said: Mapping[str, str], depth: int = 0) -> str | None:
    """Work out a colour that is written as one, names another property, or mixes two; None for anything else."""
    if depth > MOST_STEPS:
        return None
    if named := VARIABLE.fullmatch(value):
        return _colour(said.get(named[1], ""), said, depth + 1)
    if mixed := MIX.fullmatch(value):
        one, other = (_colour(part, said, depth + 1) for part in (mixed[1], mixed[3]))
        return colour.mix(other, one, int(mixed[2]) / 100) if one and other else None
    return colour.parse(value)
