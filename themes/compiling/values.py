"""What an expression of a template is while it is compiled: known now, once a site is bound, or by each page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotCompilable(Exception):
    """A template uses what this compiler does not know; Jinja renders it."""

    def __init__(self, what: str, template: str = "", line: int = 0) -> None:
        self.what, self.template, self.line = what, template, line
        super().__init__(f"{template}, line {line}: {what}" if template else what)


@dataclass(frozen=True, slots=True)
class Const:
    """A value known while compiling."""

    value: Any


@dataclass(frozen=True, slots=True)
class Static:
    """Python code whose value is known when the shared names are bound."""

    code: str
    uses: tuple[str, ...] = ()
    """Variables of the binding stage that hold what earlier values in it were made with."""


@dataclass(frozen=True, slots=True)
class Dynamic:
    """Python code whose value only a page knows."""

    code: str
    loose: bool = False
    """It may be a mapping, so that `.name` may mean an entry."""
    variable: bool = False
    """A variable of the page that branches assign to (`set` inside `if`)."""


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping written in a template: its entries are looked up while compiling."""

    entries: Mapping[Any, "Value"]


@dataclass(frozen=True, slots=True)
class Loop:
    """What `loop` is: the variables that count and hold what is gone through."""

    number: str
    several: str
    static: bool
    """The loop runs while binding."""

    def attribute(self, name: str) -> "Value | None":
        """Give `loop.index` and its like; None for what is not supported."""
        code = {
            "index": self.number,
            "index0": f"({self.number} - 1)",
            "revindex": f"(len({self.several}) - {self.number} + 1)",
            "revindex0": f"(len({self.several}) - {self.number})",
            "first": f"({self.number} == 1)",
            "last": f"({self.number} == len({self.several}))",
            "length": f"len({self.several})",
        }.get(name)
        if code is None:
            return None
        return Static(code) if self.static else Dynamic(code)


Value = Const | Static | Dynamic | Record | Loop
Scope = Mapping[str, Value]


def truth(value: Value) -> bool | None:
    """Tell whether a value counts as true, None when that is not known yet."""
    if isinstance(value, Const):
        return bool(value.value)
    return bool(value.entries) if isinstance(value, Record) else None
