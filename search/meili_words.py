"""The words and places of an index on Meilisearch, read from the server and kept while the index adds none."""

from collections.abc import Callable, Iterable, Mapping
from threading import Thread
from typing import Any

from .errors import SearchUnavailable
from .lexicon import Lexicon
from .meili_documents import WORDS, term, word_of
from .places import Places


class Words(Lexicon):
    """What an index knew when it was asked (`plan.Known`, `suggest.Words`)."""

    def __init__(self, name: str, numbers: Mapping[str, int], locations: Iterable[str]) -> None:
        """Take words and locations in.

        Args:
            name: `State.words` of the moment; another one means that words or places were added since.
            numbers: of each word, folded, how many cars have it.
            locations: as `Document.location` writes them.
        """
        self.name = name
        self._numbers = numbers
        self._places = Places(locations)
        self._known_places = frozenset(self._places)
        letters: dict[str, list[str]] = {}
        self._coded: dict[str, list[str]] = {}
        for word in numbers:
            letters.setdefault(word[0], []).append(word)
            if not word.isascii() and term(word) != word:
                self._coded.setdefault(word[0], []).append(word)
        super().__init__(lambda letter: letters.get(letter, ()))

    def coded(self, letter: str) -> list[str]:
        """Give the words with this first letter that are kept in hex (`meili_documents.term`)."""
        return self._coded.get(letter, [])

    def frequency(self, word: str) -> int:
        """Give how many cars have a word."""
        return self._numbers.get(word, 0)

    def locations(self) -> Places:
        """Give the locations of its cars."""
        return self._places

    def hold(self, record: Mapping[str, Any]) -> bool:
        """Ask whether a record brings no new word and no new place."""
        if record.get("location", "") not in self._known_places | {""}:
            return False
        return all(word_of(written) in self._numbers for written in record.get(WORDS[-1], ()))


def words_of(name: str, distribution: Mapping[str, Mapping[str, int]]) -> Words:
    """Read what the server counts in the field of all words and in that of the places.

    Raises:
        KeyError, TypeError, ValueError: it is no such count.
    """
    counted = ((word_of(written), int(number)) for written, number in distribution.get(WORDS[-1], {}).items())
    return Words(name, {word: number for word, number in counted if word}, distribution.get("location", {}))


class Fetch(Thread):
    """Reads words beside whoever waits for them; a slow server then costs each of them no more than her own limit."""

    def __init__(self, read: Callable[[], Words]) -> None:
        """Take what reads them; `start` begins."""
        super().__init__(daemon=True, name="words of an index")
        self._read = read
        self._words: Words | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        """Read them."""
        try:
            self._words = self._read()
        except Exception as error:  # it is raised again where it is waited for
            self._error = error

    def result(self) -> Words:
        """Give what was read, or raise what went wrong."""
        if self._words is None:
            raise self._error or SearchUnavailable("its words were not read")
        return self._words
