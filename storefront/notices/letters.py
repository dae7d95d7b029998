"""What letters look like: a text and an HTML form from one set of values, in the reader's language.

`templates/<name>.txt` and `.html` lay out, `words/<language>.toml` holds every word (`<name>.subject` among them).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import jinja2

from themes import Words
from themes import words as words_files

HERE = Path(__file__).parent
FALLBACK = "en"
SUBJECT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's subject and bodies."""

    subject: str
    text: str
    html: str


def render(template: str, lang: str, values: Mapping[str, object]) -> Rendered:
    """Write a letter.

    Args:
        template: its name, `new_sales_lead`.
        lang: the reader's language; English where the letters do not speak it.
        values: what the template names; a name it does not get is an error.
    """
    said = words(lang)
    given = {**values, "t": said, "lang": said.lang}
    subject = " ".join(said(f"{template}.subject", **values).split())[:SUBJECT_LENGTH]
    text = _environment().get_template(f"{template}.txt").render(given)
    html = _environment().get_template(f"{template}.html").render(given, subject=subject)
    return Rendered(subject, text.strip() + "\n", html)


@lru_cache(maxsize=32)
def words(lang: str) -> Words:
    """Give the words of letters in a language, English where there are none."""
    return words_files.complete("letters", lang, HERE / "words", otherwise=FALLBACK)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
