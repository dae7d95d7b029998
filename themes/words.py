"""Every word a visitor reads: TOML files by language, looked up by key, with plural forms (STYLE.md §5).

A file holds tables; nested keys are joined by dots (`[fuel] diesel = "Diesel"` is `t("fuel.diesel")`). A table whose
keys are all plural categories and which has `other` is one word with forms: `t("cars", n=3)` picks by `n`.
Values go into `{name}` placeholders. What comes out is plain text, never markup.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import cast

from themes import ingredients
from themes.errors import ThemeError
from themes.ingredients import Log

PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
PLURAL_SAMPLES = (*range(200), 1_000_000)
"""Whole numbers that among them use every form of every language (`many` of French begins at a million)."""
MOST_NUMBERS = 10_000
"""Numbers whose plural category is kept."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Entry = str | dict[str, str]


class Words:
    """The words of one theme in one language; call it with a key and the values the text has room for."""

    def __init__(self, theme: str, lang: str, entries: Mapping[str, Entry]) -> None:
        self.theme = theme
        self.lang = lang
        self._entries = dict(entries)
        self._finished = {key: text for key, text in entries.items() if isinstance(text, str) and "{" not in text}
        self._split: dict[str, list[str]] = {}
        self._categories: dict[int, str] = {}

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the text of `key`; `n` picks its plural form. Raises ThemeError for a missing key, form or value."""
        text = self._finished.get(key)
        return self._filled(key, values) if text is None else text

    def note(self, key: str) -> None:
        """Note a word that is shown again without being asked for: a value that was written with it before."""

    def heard(self, log: Log) -> "Words":
        """Give the same words, each noted when it is said; for a deaf log these."""
        return self if log.is_deaf else _Heard(self, log)

    @cached_property
    def ingredients(self) -> Mapping[str, str]:
        """Every word as an ingredient of pages: name and digest; of one with plural forms each form, too."""
        words: dict[str, Entry] = dict(self._entries)
        for key, entry in self._entries.items():
            if isinstance(entry, dict):
                words |= {_of_form(key, category): entry.get(category, entry["other"]) for category in PLURALS}
        return ingredients.digests("word", ((f"{self.lang}:{name}", entry) for name, entry in words.items()))

    def _filled(self, key: str, values: Mapping[str, object]) -> str:
        entry = self._entries.get(key)
        if entry is None:
            raise ThemeError(f'theme "{self.theme}" has no word "{key}" in {self.lang}')
        text = self._form(key, entry, values) if isinstance(entry, dict) else entry
        pieces = self._split.get(text)
        if pieces is None:
            pieces = self._split[text] = PLACEHOLDER.split(text)
        if len(pieces) == 1:
            return text
        try:
            if len(pieces) == 3:
                return f"{pieces[0]}{values[pieces[1]]}{pieces[2]}"
            return "".join(str(values[piece]) if at % 2 else piece for at, piece in enumerate(pieces))
        except KeyError as missing:
            raise ThemeError(f'theme "{self.theme}", {self.lang}: "{key}" wants a value for {missing}') from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def has(self, key: str) -> bool:
        """Tell whether there is a text for the key."""
        return key in self._entries

    def entry(self, key: str) -> Entry:
        """Give a word as it stands in the file: a text, or a text per plural form. Raises KeyError."""
        return self._entries[key]

    def placeholders(self, key: str) -> frozenset[str]:
        """Give the names of the values a text has room for, over all its forms."""
        entry = self._entries[key]
        texts = entry.values() if isinstance(entry, dict) else (entry,)
        return frozenset(name for text in texts for name in PLACEHOLDER.findall(text))

    def missing_forms(self, key: str) -> tuple[str, ...]:
        """Give the plural forms whole numbers need in the language and a word with forms does not have."""
        entry = self._entries[key]
        if not isinstance(entry, dict):
            return ()
        needed = {self.plural_rule(n) for n in PLURAL_SAMPLES}
        return tuple(sorted(needed - entry.keys()))

    def _form(self, key: str, forms: dict[str, str], values: Mapping[str, object]) -> str:
        n = values.get("n")
        if not isinstance(n, int):
            raise ThemeError(f'theme "{self.theme}", {self.lang}: "{key}" has plural forms and wants n')
        category = self._categories.get(n)
        if category is None:
            category = self.plural_rule(n)
            if len(self._categories) < MOST_NUMBERS:
                self._categories[n] = category
        self._said(key, category)
        return forms.get(category, forms["other"])

    def _said(self, key: str, category: str) -> None:
        """Hear of the plural form that is said of a word."""

    @cached_property
    def plural_rule(self) -> Callable[[int], str]:
        """The language's rule: a whole number → its plural category."""
        from babel import Locale  # only who counts something needs it

        return cast(Callable[[int], str], Locale.parse(self.lang, sep="-").plural_form)


class _Heard(Words):
    """The words of a look: says them and notes which."""

    def __init__(self, words: Words, log: Log) -> None:
        self.theme, self.lang = words.theme, words.lang
        self._entries, self._finished, self._split = words._entries, words._finished, words._split
        self._categories = words._categories
        self._words, self._log = words, log
        self._names = {key: f"word:{self.lang}:{key}" for key in self._entries}
        self._counted = {key for key, entry in self._entries.items() if isinstance(entry, dict)}

    def __call__(self, key: str, /, **values: object) -> str:
        if key not in self._counted:  # else only the form that is said is noted
            self._log.names.add(self._names.get(key) or f"word:{self.lang}:{key}")
        text = self._finished.get(key)
        return self._filled(key, values) if text is None else text

    def note(self, key: str) -> None:
        self._log.names.add(self._names[key])

    def _said(self, key: str, category: str) -> None:
        self._log.names.add(_of_form(self._names[key], category))

    def has(self, key: str) -> bool:
        self._log.names.add(f"word:{self.lang}:{key}")
        return key in self._entries

    @cached_property
    def ingredients(self) -> Mapping[str, str]:
        return self._words.ingredients

    @cached_property
    def plural_rule(self) -> Callable[[int], str]:
        return self._words.plural_rule


def _of_form(key: str, category: str) -> str:
    """Name one plural form of a word among ingredients."""
    return f"{key}#{category}"


def read(theme: str, lang: str, folders: Iterable[Path]) -> Words:
    """Merge `<lang>.toml` and `<lang>.*.toml` of the folders, later ones winning; a broken file is a ThemeError."""
    entries: dict[str, Entry] = {}
    for folder in folders:
        for path in sorted([*folder.glob(f"{lang}.toml"), *folder.glob(f"{lang}.*.toml")]):
            try:
                tree = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise ThemeError(f'theme "{theme}": {path.name} is not readable TOML: {error}') from error
            entries.update(_flat(tree, theme, path.name))
    return Words(theme, lang, entries)


def complete(name: str, lang: str, *folders: Path, otherwise: str = "en") -> Words:
    """Read words so that none is ever missing: what a language does not say is said in another one.

    For words that are not a theme's (letters, answers of the live layer, the admin): a site may speak a language
    before all of them do.

    Args:
        name: whose words, for errors.
        lang: the language wanted; where a folder has no file of it, the words are wholly those of `otherwise`.
        folders: with `<language>.toml` files, later ones winning.
        otherwise: the language that has every word.
    """
    if lang not in languages(folders):
        return read(name, otherwise, folders)
    return Words(name, lang, {**_all(read(name, otherwise, folders)), **_all(read(name, lang, folders))})


def languages(folders: Iterable[Path]) -> tuple[str, ...]:
    """Give the languages for which every folder has words, sorted; a folder without any is not asked."""
    spoken = [{path.name.split(".")[0] for path in folder.glob("*.toml")} for folder in folders]
    asked = [found for found in spoken if found]
    return tuple(sorted(set.intersection(*asked))) if asked else ()


def _all(words: Words) -> dict[str, Entry]:
    return {key: words.entry(key) for key in words}


def _flat(tree: Mapping[str, object], theme: str, file: str, prefix: str = "") -> Iterator[tuple[str, Entry]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict) and "other" in value and value.keys() <= PLURALS:
            yield name, {form: str(text) for form, text in value.items()}
        elif isinstance(value, dict):
            yield from _flat(value, theme, file, f"{name}.")
        else:
            raise ThemeError(f'theme "{theme}": {file}: "{name}" is neither a text nor a table')
