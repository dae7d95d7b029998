"""Lines of Python in the making, each knowing the place in a template it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Place = tuple[str, int]
"""Template and line."""


@dataclass(slots=True)
class Line:
    """A line of Python; one without text is left out."""

    text: str
    depth: int
    place: Place


@dataclass(slots=True)
class Lines:
    """A function body in the making."""

    depth: int
    lines: list[Line] = field(default_factory=list)
    place: Place = ("", 0)

    def add(self, text: str) -> Line:
        """Write a line; its text may be put in later."""
        line = Line(text, self.depth, self.place)
        self.lines.append(line)
        return line

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write lines below a head."""
        self.add(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if not any(line.text for line in self.lines[before:]):
            self.add("pass")
        self.depth -= 1

    def written(self) -> Iterator[Line]:
        """Give the lines that say something."""
        return (line for line in self.lines if line.text)


@dataclass(slots=True)
class Branch:
    """A stretch of a page that is gone through as a whole, and what it uses."""

    line: Line | None
    """Where the page notes that it went here; the trunk, which is always gone through, notes nothing."""
    names: dict[str, None] = field(default_factory=dict)
    """Names of ingredients."""
    uses: dict[str, None] = field(default_factory=dict)
    """Variables of the binding stage that hold sets of names."""

    @property
    def says_nothing(self) -> bool:
        """Ask whether nothing is used here that was not used before."""
        return not self.names and not self.uses
