"""Languages that nobody has translated yet, made from English, to see whether layouts and formats hold (issue 3, 5).

    python -m tools.judges.pseudo INSTANCE --languages pl,ar,el

copies the themes into the folder, writes one word file a theme and language there, founds the demo world if the folder
is empty, has every site speak them too, and builds. Polish comes with longer words and three plural forms, Arabic
from the right with six, Greek in letters no display font has.
"""

import argparse
import os
import re
import shutil
import sys
from pathlib import Path

import themes
from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import queries as accounts
from storefront.domain.stores.models import Store
from themes import words as reader
from themes.words import PLURAL_SAMPLES, Entry, Words

LANGUAGES = ("pl", "ar", "el")
KEPT = re.compile(r"\{\w+\}|\[\w+\]|https?://\S+|\S+@\S+|CO₂|[^\W\d_]+", re.UNICODE)
LATIN = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {
    "pl": "ąbćdęfghijkłmńópqrśtuvwxyż",
    "el": "αβκδεφγηιξκλμνοπκρστυβωχυζ",
    "ar": "ابكدافجهيجكلمنوبقرستوفوكيز",
}
LONGER = {"pl": "ość", "el": "ας", "ar": "ات"}
"""What a word of five letters and more ends in besides; Polish comes out about a quarter longer than English."""
UNTOUCHED = ("pages.format.", "pages.unit.")
"""Patterns for Babel, and units, which most languages share."""


def write(root: Path, languages: tuple[str, ...] = LANGUAGES) -> None:
    """Write `words/<language>.toml` for every theme below `root` that has words, from its English ones."""
    for folder in sorted(root.glob("*/words")):
        english = reader.read(folder.parent.name, "en", [folder])
        for lang in languages:
            said = {key: _entry(english, key, lang) for key in english}
            (folder / f"{lang}.toml").write_text(_toml(said), encoding="utf-8")


def translated(text: str, lang: str) -> str:
    """Write a text in the letters of a language; what stands for a value, an address or a unit stays."""
    return KEPT.sub(lambda found: _word(found[0], lang), text)


def _word(word: str, lang: str) -> str:
    if not word[0].isalpha() or "@" in word or "://" in word or word in {"CO", "VIN", "ABS"}:
        return word
    letters = dict(zip(LATIN, ALPHABETS[lang], strict=True))
    made = "".join(letters.get(letter.lower(), letter.lower()) for letter in word)
    made += LONGER[lang] if len(word) >= 5 else ""
    return made[0].upper() + made[1:] if word[0].isupper() else made


def _entry(english: Words, key: str, lang: str) -> Entry:
    entry = english.entry(key)
    if key.startswith(UNTOUCHED):
        return entry
    if isinstance(entry, str):
        return translated(entry, lang)
    rule = Words("", lang, {}).plural_rule
    forms = {rule(n) for n in PLURAL_SAMPLES} | {"other"}
    return {form: translated(entry.get(form, entry["other"]), lang) for form in sorted(forms)}


def _toml(entries: dict[str, Entry]) -> str:
    lines = []
    for key, entry in sorted(entries.items(), key=lambda item: (isinstance(item[1], dict), item[0])):
        if isinstance(entry, dict):
            lines += [f"[{key}]", *(f"{form} = {_quoted(text)}" for form, text in entry.items())]
        else:
            lines.append(f"{key} = {_quoted(entry)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Quote as TOML does."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def copied(root: Path) -> Path:
    """Copy the themes' folders to `root` and have this process take its themes from there."""
    if root.exists():
        shutil.rmtree(root)
    shutil.copytree(themes.theme.ROOT, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    themes.theme.ROOT = root
    themes.load.cache_clear()
    return root


def speak(instance: Path, languages: tuple[str, ...]) -> None:
    """Have every site of an installation speak these languages too, and build. Raises RuntimeError."""
    from builder.runs import build_all

    settings = config.load(dict(os.environ), marketplace_instance=instance)
    write(copied(instance / "themes"), languages)
    runtime.start(settings, bell=False, pooled=False)
    with everywhere():
        tenant = accounts.tenants()[0].id
    with acting(tenant):
        perform(_add, languages).unwrap()
    report = build_all(settings)
    if not report.is_clean:
        raise RuntimeError(f"not built: {[str(build.failure)[:400] for build in report.hosts if build.failure]}")


def _add(languages: tuple[str, ...]) -> None:
    for store in db.session.query(Store):
        store.languages = list(dict.fromkeys([*store.languages, *languages]))


def main() -> int:
    """Run from the command line."""
    from tools.judges.dress import found

    parser = argparse.ArgumentParser(description="Build the demo world in languages made up from English.")
    parser.add_argument("instance", type=Path)
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    options = parser.parse_args()
    instance = options.instance.resolve()
    if not (instance / "marketplace.sqlite3").is_file():
        found(instance)
    speak(instance, tuple(options.languages.split(",")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
