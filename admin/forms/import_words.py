"""Words of a dealer's own file that we do not know, and what a person says they mean; kept with the mapping."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from storefront.feeds import columns
from storefront.feeds.layout import Layout
from storefront.feeds.text import plain
from storefront.feeds.words import SECTIONS, code_for

MOST = 60
"""Words a page asks about, those that were answered first, then the most frequent."""
LONGEST = 80
"""A longer text is no word one could choose a meaning for."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word somebody may give a meaning."""

    column: str
    """Ours."""
    text: str
    """As the file has it."""

    @property
    def name(self) -> str:
        """Give the name of its field in the form."""
        digest = blake2b(f"{self.column}\0{self.text}".encode(), digest_size=8).hexdigest()
        return f"w-{self.column}-{digest}"

    @property
    def codes(self) -> tuple[str, ...]:
        """Give what it may mean, in our codes."""
        return SECTIONS[self.column]


def words_of(
    layout: Layout,
    chosen: Mapping[str, str],
    kept: Mapping[str, Mapping[str, str]],
    told: Iterable[tuple[str, str]],
) -> list[Word]:
    """Find the words to ask about.

    Args:
        layout: the file with its first rows.
        chosen: our column → theirs.
        kept: meanings that were given: our column → word → code.
        told: words that a check of the whole file did not know, with our column.

    Returns:
        Words of coded columns alone; each once.
    """
    coded = {ours: theirs for ours, theirs in chosen.items() if ours in columns.CODES}
    answered = [Word(ours, text) for ours in coded for text in kept.get(ours, {})]
    seen: Counter[Word] = Counter()
    for ours, theirs in coded.items():
        texts = (plain(row.get(theirs, "")) for row in layout.rows)
        seen.update(Word(ours, text) for text in texts if _is_unknown(ours, text))
    more = [Word(ours, text) for ours, text in told if ours in coded and _is_unknown(ours, text)]
    found = [*answered, *(word for word, _ in seen.most_common()), *more]
    return list(dict.fromkeys(found))[:MOST]


def meanings(words: Iterable[Word], raw: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Give what was answered as the part `values` of a mapping file; words without an answer are left out."""
    found: dict[str, dict[str, str]] = {}
    for word in words:
        if raw.get(word.name) in word.codes:
            found.setdefault(word.column, {})[word.text] = raw[word.name]
    return found


def _is_unknown(column: str, text: str) -> bool:
    return 0 < len(text) <= LONGEST and code_for(column, text) is None
