"""What a page is made of besides rows: words, parts, settings, files. Each has a name and a digest.

A page says which it used, by name (`Log`); the builder compares the digests of a site's ingredients with those of its
last build and draws the pages that used one that differs (docs/building.md).

    word:<language>:<key>   part:<template>   setting:<id>   asset:<logical name>   theme
    config:<key>   languages   code          (of the site: `storefront.pages.ingredients`)

Recording costs a set update: what is kept for many pages (cards, shells, words of a template) carries its names as one
frozen set.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import xxhash

T = TypeVar("T")
V = TypeVar("V")
NOTHING: frozenset[str] = frozenset()


class Log:
    """Notes the names of ingredients while something is made."""

    __slots__ = ("is_deaf", "names")

    def __init__(self, *, deaf: bool = False) -> None:
        """Make an empty log.

        Args:
            deaf: for whoever draws a page once and keeps nothing of it: what is made need not be told apart.
        """
        self.is_deaf = deaf
        self.names: set[str] = set()
        """What was used since this set was put here; of a deaf log nobody may ask."""

    @contextmanager
    def into(self, names: set[str]) -> Iterator[set[str]]:
        """Note into another set for a while."""
        before, self.names = self.names, names
        try:
            yield names
        finally:
            self.names = before

    def apart(self, make: Callable[[], T]) -> tuple[T, frozenset[str]]:
        """Make something that will be kept; gives it with what it used, which is not noted here."""
        if self.is_deaf:
            return make(), NOTHING
        before, self.names = self.names, set()
        try:
            return make(), frozenset(self.names)
        finally:
            self.names = before

    def watched(self, kind: str, entries: Mapping[str, V]) -> Mapping[str, V]:
        """Give a mapping whose entries are noted when they are asked for (`Watched`); a deaf log gives it as it is."""
        return entries if self.is_deaf else Watched(kind, entries, self)


class Watched(Mapping[str, V]):
    """A mapping whose entries are noted when they are asked for, those that are missing too."""

    __slots__ = ("_entries", "_kind", "_log")

    def __init__(self, kind: str, entries: Mapping[str, V], log: Log) -> None:
        """Watch a mapping.

        Args:
            kind: of its ingredients: `setting`, `config`.
            entries: the mapping.
            log: where it is noted.
        """
        self._kind, self._entries, self._log = kind, entries, log

    def __getitem__(self, key: str) -> V:
        self._log.names.add(f"{self._kind}:{key}")
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        self._log.names.add(f"{self._kind}:{key}")
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        self._log.names.update(f"{self._kind}:{key}" for key in self._entries)
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class _Shown:
    """Stands for an object; reading an attribute notes what that attribute was made with."""

    __slots__ = ("_log", "_of", "_used")

    def __init__(self, of: object, used: Mapping[str, frozenset[str]], log: Log) -> None:
        self._of, self._used, self._log = of, used, log

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if name in self._used:
            self._log.names |= self._used[name]
        return found

    def __repr__(self) -> str:
        return repr(self._of)


def shown(made: T, used: Mapping[str, frozenset[str]], log: Log) -> T:
    """Give a thing of which each page notes what it shows of it, and no more.

    A card, a contact, the shell of a site are made once and shown in part on many pages: a page that shows no VAT note
    does not depend on the words of that note.

    Args:
        made: a dataclass.
        used: field → what it was made with; fields without an entry used nothing.
        log: where it is noted.
    """
    return cast(T, _Shown(made, {name: names for name, names in used.items() if names}, log))


def whole(made: T) -> T:
    """Give what `shown` stands for, for a page that shows all of it; noted at once."""
    if not isinstance(made, _Shown):
        return made
    made._log.names.update(*made._used.values())
    return cast(T, made._of)


def made_by_field(kind: Callable[..., T], log: Log, fields: Mapping[str, Any]) -> T:
    """Make a dataclass field by field, and give it as `shown` does; for a deaf log it is simply made.

    Args:
        kind: the dataclass.
        log: where it is noted.
        fields: values, and functions that give one and use ingredients.
    """
    if log.is_deaf:
        return kind(**{name: make() if _is_maker(make) else make for name, make in fields.items()})
    used: dict[str, frozenset[str]] = {}
    values = dict(fields)
    for name, make in fields.items():
        if _is_maker(make):
            values[name], used[name] = log.apart(make)
    return shown(kind(**values), used, log)


def _is_maker(value: object) -> bool:
    return callable(value) and not isinstance(value, _Shown)


def digest(value: object) -> str:
    """Give the digest of an ingredient: sixteen hex digits of a text, of bytes, or of how a value is written."""
    if not isinstance(value, bytes):
        value = (value if isinstance(value, str) else repr(value)).encode()
    return xxhash.xxh3_64_hexdigest(value)


def digests(kind: str, entries: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Give the digests of ingredients of one kind by their full names."""
    return {f"{kind}:{name}": digest(value) for name, value in entries}
