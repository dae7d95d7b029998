"""Every word people read is in word files, in German and in English alike, and none was left untranslated."""

import re

import pytest

from tests.rules.sources import ROOT
from themes import words as reader
from themes.words import Words

LANGUAGES = ("de", "en")
FOLDERS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/**/words") if ".venv" not in path.parts)
ENGLISH_REASONS = "refusals."
"""The admin's German for reasons that actions word in English: the key is the English sentence itself."""
GERMAN = re.compile(r"\b(und|oder|nicht|Sie|Ihre?[mnrs]?|der|das|dem|den|ein|eine[mnrs]?|für|mit|auf|ist|sind)\b")
ENGLISH = re.compile(r"\b(the|and|or|not|your?|of|with|for|please|are|this|that|from)\b", re.IGNORECASE)
TEMPLATES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("themes", "admin", "storefront/notices", "storefront/live")
    for path in (ROOT / folder).rglob("templates/**/*")
    if path.suffix in {".html", ".txt"}
)
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
PRODUCT = "Marketplace Auto"
SPOKEN_ATTRIBUTE = re.compile(r"\b(?:alt|title|aria-label|placeholder)=\"([^\"]*)\"")


def said(folder: str, lang: str) -> Words:
    """Read the words of a folder in a language."""
    return reader.read(folder, lang, [ROOT / folder])


def texts(words: Words, key: str) -> list[str]:
    """Give the forms of a word."""
    entry = words.entry(key)
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def test_there_are_words_to_judge() -> None:
    assert len(FOLDERS) >= 5
    assert len(TEMPLATES) >= 60


@pytest.mark.parametrize("folder", FOLDERS)
def test_german_and_english_hold_the_same_words_with_the_same_places(folder: str) -> None:
    german, english = (said(folder, lang) for lang in LANGUAGES)
    differing = {key for key in set(german) ^ set(english) if not key.startswith(ENGLISH_REASONS)}
    assert not differing
    for key in set(german) & set(english):
        assert german.placeholders(key) == english.placeholders(key), key
        assert all(text.strip() for words in (german, english) for text in texts(words, key)), key


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_text_was_left_in_the_other_language(folder: str) -> None:
    german, english = (said(folder, lang) for lang in LANGUAGES)
    for key in set(german) & set(english):
        mine, other = texts(german, key), texts(english, key)
        alike = [text for text in mine if text in other and len(re.findall(r"[^\W\d_]{2,}", _plain(text))) > 2]
        assert not alike, f"{key} reads the same in both languages"
        assert not any(ENGLISH.search(_plain(text)) for text in mine), f"{key} is English in the German file"
        assert not any(GERMAN.search(_plain(text)) for text in other), f"{key} is German in the English file"


def _plain(text: str) -> str:
    return re.sub(r"\{\w+\}|\bhttps?://\S+|\S+@\S+|[“„\"][^”“\"]*[”“\"]", " ", text)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_speaks_without_the_word_files(template: str) -> None:
    bare = JINJA.sub(" ", (ROOT / template).read_text(encoding="utf-8"))
    spoken = " ".join(SPOKEN_ATTRIBUTE.findall(bare))
    bare = re.sub(r"<(style|script|title)\b.*?</\1>|<!--.*?-->|<[^>]*>|&\w+;", " ", bare, flags=re.DOTALL)
    # What is left of attributes are those that are handed on as a block.
    bare = re.sub(r"\b[a-z-]+=\"[^\"]*\"|\bdata-[a-z-]+", " ", bare).replace(PRODUCT, " ")
    assert not re.findall(r"[^\W\d_]{2,}", f"{bare} {spoken}")
