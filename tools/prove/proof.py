"""A proof: what was looked for, what was found, and one line that says whether the promise holds."""

from dataclasses import dataclass, field


class CannotProve(Exception):
    """Something the proof needs is not on this machine; the message says what."""


@dataclass
class Proof:
    """Collects figures and shortfalls while a promise is being tried."""

    figures: list[str] = field(default_factory=list)
    shortfalls: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """What alone was to be tried; empty for all of it."""

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Note a figure that has one right value."""
        self.hold(f"{what} {found}", found == wanted, f"{what} {found}, not {wanted}")

    def hold(self, what: str, holds: bool, otherwise: str = "") -> None:
        """Note something that is so or is not; `otherwise` words the shortfall."""
        (self.figures if holds else self.shortfalls).append(what if holds else otherwise or f"not {what}")

    def figure(self, what: str) -> None:
        """Note a figure nothing depends on."""
        self.figures.append(what)

    def line(self, name: str) -> str:
        """The one line: `F2 ok: …` or `F2 short: …`; a part of a promise never passes for the whole."""
        name += f" in part ({', '.join(self.parts)})" if self.parts else ""
        if self.shortfalls:
            return f"{name} short: {'; '.join(self.shortfalls)} (held: {'; '.join(self.figures) or 'nothing'})"
        return f"{name} ok: {'; '.join(self.figures)}"
