"""Words for addresses: lower-case ASCII, `ö` as `oe`, Greek and Cyrillic transliterated (SEO.md §6, SECURITY C6)."""

from slugify import slugify

_GERMAN = [["ä", "ae"], ["ö", "oe"], ["ü", "ue"], ["ß", "ss"], ["Ä", "Ae"], ["Ö", "Oe"], ["Ü", "Ue"]]
MAX_LENGTH = 80


def slug(*words: str | None, fallback: str = "x") -> str:
    """Make one slug of some words, at most 80 characters of `[a-z0-9-]`, never empty.

    Args:
        words: what to write; None and empty ones are left out.
        fallback: what to give when nothing is left of them.
    """
    text = " ".join(word for word in words if word)
    return slugify(text, max_length=MAX_LENGTH, word_boundary=True, replacements=_GERMAN) or fallback
