"""A theme: a folder with `theme.toml`, the parents it extends, and what is found in them (STYLE.md §5)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from themes import settings as settings_module
from themes import words as words_module
from themes.compact import CompactLoader
from themes.compiling import source_of
from themes.errors import ThemeError
from themes.ingredients import digests

if TYPE_CHECKING:
    from themes.assets import Bundle

ROOT = Path(__file__).resolve().parent
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
KINDS = ("dealer", "marketplace")
FILTERS = ("length", "join")
"""The only Jinja filters a template may use; everything else arrives ready."""


class Theme:
    """One theme with its chain of parents; made by `load`, which keeps it."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        """Read `theme.toml` of the folder and of all it extends. Raises ThemeError."""
        manifests = list(_manifests(folder, root))
        own = manifests[0][1]
        self.name = folder.name
        self.label = str(own.get("name", folder.name))
        self.version = str(own.get("version", ""))
        self.author = str(own.get("author", ""))
        self.about: Mapping[str, str] = {str(lang): str(text) for lang, text in dict(own.get("about", {})).items()}
        """For whom it is, in a sentence, by language: the theme studio says it."""
        self.kinds: tuple[str, ...] = tuple(own.get("kinds", ()))
        if unknown := set(self.kinds) - set(KINDS):
            raise ThemeError(f'theme "{self.name}": kinds knows {", ".join(KINDS)}, not {", ".join(unknown)}')
        self.chain: tuple[Path, ...] = tuple(path for path, _ in manifests)
        self._sheets = _sheets(manifests)
        self.styles: tuple[Path, ...] = tuple(sheet for sheet, joined in self._sheets.items() if joined)
        ground: dict[str, str] = {}
        for _, manifest in reversed(manifests):
            ground.update(manifest.get("ground", {}))
        self.grounds = {"light": "#ffffff", "dark": "#000000", **ground}
        self.settings = settings_module.read(
            self.name,
            [path / "settings.toml" for path in self._parents_first() if (path / "settings.toml").is_file()],
            self.grounds,
        )
        self._environment: jinja2.Environment | None = None
        self._words: dict[str, words_module.Words] = {}
        self._said: dict[str, dict[str, str]] = {}
        self._parts: Mapping[str, str] | None = None
        self.bundles: dict[str, Bundle] = {}
        """What `themes.assets` put together lately, by settings."""

    def environment(self) -> jinja2.Environment:
        """Give the theme's Jinja environment: escaping on, undefined names are errors, no globals, two filters.

        A template is looked for in the theme, then in its parents; `base/parts/card.html` names the parent's own.
        """
        if self._environment is None:
            self._environment = _environment(self.chain)
        return self._environment

    def parts(self) -> Mapping[str, str]:
        """Give every template as an ingredient of pages: name and digest of its source."""
        if self._parts is None:
            environment = self.environment()
            names = environment.list_templates()
            self._parts = digests("part", ((name, source_of(environment, name)) for name in names))
        return self._parts

    def languages(self) -> tuple[str, ...]:
        """Give the languages this theme speaks: those in which it and each of its parents that has words have some."""
        return words_module.languages(path / "words" for path in self.chain)

    def words(self, lang: str) -> words_module.Words:
        """Give the words of a language, the theme's own before its parents'. Raises ThemeError if there are none."""
        if lang not in self._words:
            found = words_module.read(self.name, lang, [path / "words" for path in self._parents_first()])
            if not list(found):
                raise ThemeError(f'theme "{self.name}" has no words in {lang}')
            self._words[lang] = found
        return self._words[lang]

    def said(self, lang: str, text: str) -> str:
        """Give a text of `settings.toml` in a language, from `settings.<language>.toml` beside it; else as it is."""
        if lang not in self._said:
            files = (path / f"settings.{lang}.toml" for path in self._parents_first())
            self._said[lang] = settings_module.translations(self.name, files)
        return self._said[lang].get(text, text)

    def assets(self) -> dict[str, Path]:
        """Give every file under `assets/` by its logical name (`img/mark.svg`), the theme's own before its parents'.

        Style sheets that go into `css/site.css` are left out, and those this theme does without.
        """
        found: dict[str, Path] = {}
        for path in self._parents_first():
            folder = path / "assets"
            for file in sorted(folder.rglob("*")):
                if file.is_file() and file not in self._sheets:
                    found[file.relative_to(folder).as_posix()] = file
        return found

    def _parents_first(self) -> list[Path]:
        return list(reversed(self.chain))


def available(root: Path = ROOT) -> tuple[str, ...]:
    """Give the names of all themes: the folders with a `theme.toml`, sorted."""
    return tuple(sorted(path.parent.name for path in root.glob("*/theme.toml")))


@cache
def load(name: str) -> Theme:
    """Give the theme of that name, read once a process. Raises ThemeError with a reason fit for its author."""
    if not NAME.fullmatch(name) or not (ROOT / name / "theme.toml").is_file():
        raise ThemeError(f'there is no theme "{name}"; available: {", ".join(available())}')
    return Theme(ROOT / name, ROOT)


def _manifests(folder: Path, root: Path) -> Any:
    seen: set[str] = set()
    while True:
        if folder.name in seen:
            raise ThemeError(f'theme "{folder.name}" extends itself')
        seen.add(folder.name)
        try:
            manifest = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ThemeError(f'theme "{folder.name}": theme.toml cannot be read: {error}') from error
        yield folder, manifest
        parent = manifest.get("extends")
        if not parent:
            return
        if not isinstance(parent, str) or not NAME.fullmatch(parent):
            raise ThemeError(f'theme "{folder.name}": extends names no theme')
        folder = root / parent


def _sheets(manifests: Sequence[tuple[Path, dict[str, Any]]]) -> dict[Path, bool]:
    """Give all sheets of a chain, parents first, and whether they are joined: `without` names those of parents."""
    found: dict[Path, tuple[str, bool]] = {}
    for folder, manifest in reversed(manifests):
        without = set(manifest.get("without", ()))
        if unknown := without - {style for style, _ in found.values()}:
            raise ThemeError(
                f'theme "{folder.name}": without names {", ".join(sorted(unknown))}, which no parent joins'
            )
        found = {path: (style, joined and style not in without) for path, (style, joined) in found.items()}
        found |= {folder / "assets" / style: (style, True) for style in manifest.get("styles", ())}
    return {path: joined for path, (_, joined) in found.items()}


def _environment(chain: tuple[Path, ...]) -> jinja2.Environment:
    folders = [path / "templates" for path in chain]
    made = jinja2.Environment(
        loader=CompactLoader(
            jinja2.ChoiceLoader(
                [
                    jinja2.FileSystemLoader(folders),
                    jinja2.PrefixLoader({folder.parent.name: jinja2.FileSystemLoader(folder) for folder in folders}),
                ]
            )
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made
