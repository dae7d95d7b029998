"""Forms: raw strings to typed values, with a sentence for each field that cannot be read (STYLE.md §1)."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, ClassVar, TypeVar

from storefront.core.acts import Result

C = TypeVar("C", bound=IntEnum)


class Form:
    """What somebody typed, field by field; only the fields named are ever looked at (SECURITY A4)."""

    names: ClassVar[tuple[str, ...]] = ()
    longest: ClassVar[int] = 2000

    def __init__(self, typed: Mapping[str, str] | None = None, **before: str) -> None:
        """Take what was typed, or what is to stand there at first."""
        source: Mapping[str, str] = before if typed is None else typed
        self.raw = {name: str(source.get(name, "")).replace("\r\n", "\n").strip() for name in self.names}
        self.errors: dict[str, Any] = {}

    def check(self) -> bool:
        """Read the fields; False when one has an error."""
        for name, text in self.raw.items():
            if len(text) > self.longest or "\0" in text:
                self.refuse(name, "form.too_long", n=self.longest)
        if not self.errors:
            self.read()
        return not self.errors

    def read(self) -> None:
        """Make typed values of the fields; forms with values override it."""

    def refuse(self, name: str, key: str, **values: object) -> None:
        """Note what is wrong with a field, by a key of the words."""
        self.errors.setdefault(name, (key, values))

    def blame(self, result: Result[Any], said: str) -> None:
        """Show an act's refusal at the field it is about, else above the form."""
        field = result.error.field if result.error is not None else None
        self.errors[field if field in self.raw else ""] = said

    def required(self, name: str, key: str) -> str:
        """Read a text that must be there."""
        if not self.raw[name]:
            self.refuse(name, key)
        return self.raw[name]

    def choice(self, name: str, enum: type[C]) -> C:
        """Read a member of an enumeration by its name in lower case."""
        for member in enum:
            if member.name.lower() == self.raw[name]:
                return member
        self.refuse(name, "form.choose")
        return next(iter(enum))
