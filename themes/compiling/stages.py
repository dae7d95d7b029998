"""The two stages code is written for, and what each stretch of a page uses.

*Binding* runs once a site: it evaluates what depends on shared names alone, together with the names of the ingredients
each value was made with. *Rendering* runs once a page. While the compiler writes code for a part of a template that
depends on no page, it is `in_bind`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import jinja2
from markupsafe import escape

from .trees import Trees
from .values import Const, Dynamic, Loop, NotCompilable, Record, Static, Value
from .writing import Branch, Line, Lines, Place

SIMPLE = re.compile(r"(?!s\d)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
"""A name or a chain of attributes: worth the same until a branch sets it; what branches set is called `s1` etc."""


class Stages:
    """Writes code for both stages."""

    def __init__(self, environment: jinja2.Environment, trees: Trees) -> None:
        self.environment, self.trees = environment, trees
        self.bind, self.page = Lines(1), Lines(2)
        self.in_bind = False
        self.trunk = Branch(None)
        self.stack = [self.trunk]
        self.bits: list[Branch] = []
        self.pending: list[tuple[Value, Place]] = []
        self._count = 0
        self._made: dict[str, tuple[str, str]] = {}
        self._gathered: dict[str, None] = {}
        self._escaped: list[dict[str, str]] = [{}]
        self._unsure = 0

    @property
    def lines(self) -> Lines:
        """Where code goes now."""
        return self.bind if self.in_bind else self.page

    def name(self, letter: str) -> str:
        """Give a name nobody has."""
        self._count += 1
        return f"{letter}{self._count}"

    # -- values in code --

    def code(self, value: Value) -> str:
        """Write a value into the code of the stage that is being written."""
        value = self.plain(value)
        if isinstance(value, Const):
            return repr(value.value)
        if isinstance(value, Static):
            return value.code if self._unsure and not value.uses else self.hoisted(value)
        if self.in_bind:
            raise NotCompilable("a value of the page where none is known")
        return value.code

    def hoisted(self, value: Static) -> str:
        """Evaluate a value once a site; gives the name that holds it."""
        if self.in_bind:
            self._gathered.update(dict.fromkeys(value.uses))
            return value.code
        held = self.held(value)
        self.use(held.uses)
        return held.code

    def held(self, value: Static) -> Static:
        """Evaluate a value once a site; gives it by its name, to be used where it is shown."""
        if self.in_bind or value.code.isidentifier():
            return value
        if value.code not in self._made:
            self._made[value.code] = held, names = self.name("k"), self.name("n")
            self.bind.place = self.page.place
            self.bind.add(f"{held}, {names} = early(lambda: {value.code})")
        held, names = self._made[value.code]
        return Static(held, tuple(dict.fromkeys((*value.uses, names))))

    def kept(self, value: Value) -> Value:
        """Give a value a name, so that using it twice computes it once."""
        if isinstance(value, (Const, Loop)):
            return value
        if isinstance(value, Record):
            return Record({key: self.kept(entry) for key, entry in value.entries.items()})
        if isinstance(value, Static) and not self.in_bind:
            return self.held(value)
        if value.code.isidentifier() and not (isinstance(value, Dynamic) and value.variable):
            return value
        self.flush()
        name = self.name("w")
        self.lines.add(f"{name} = {self.code(value)}")
        return Static(name, value.uses) if isinstance(value, Static) else Dynamic(name, value.loose)

    def plain(self, value: Value) -> Const | Static | Dynamic:
        """Give a value as code; a mapping written in a template as code that makes it."""
        if isinstance(value, Loop):
            raise NotCompilable("`loop` itself as a value")
        if not isinstance(value, Record):
            return value
        keys = list(value.entries)
        made = self.of(
            list(value.entries.values()),
            lambda *codes: f"{{{', '.join(f'{key!r}: {code}' for key, code in zip(keys, codes, strict=True))}}}",
        )
        return replace(made, loose=True) if isinstance(made, Dynamic) else made

    def of(self, parts: Sequence[Value], make: Callable[..., str]) -> Static | Dynamic:
        """Combine values into code of the latest of their stages."""
        plain = [self.plain(part) for part in parts]
        if any(isinstance(part, Dynamic) for part in plain):
            return Dynamic(make(*(self.code(part) for part in plain)))
        uses = dict.fromkeys(name for part in plain if isinstance(part, Static) for name in part.uses)
        return Static(make(*(repr(p.value) if isinstance(p, Const) else p.code for p in plain)), tuple(uses))

    @contextmanager
    def perhaps(self) -> Iterator[None]:
        """Write an arm of an expression: what it is worth is asked for, and noted, only where a page comes there."""
        self._unsure += 1
        yield
        self._unsure -= 1

    def late(self, arm: Value, test: Value) -> Value:
        """Leave an arm that is known early to the page, where only the page knows whether it comes there."""
        arm = self.plain(arm)
        if isinstance(arm, Static) and not arm.uses and not arm.code.isidentifier() and isinstance(test, Dynamic):
            return Dynamic(arm.code)
        return arm

    # -- what is used --

    def use(self, sets: Iterable[str]) -> None:
        """Note that the stretch being written shows values made with these sets of ingredients."""
        branch = self.stack[-1]
        for one in sets:
            if not any(one in above.uses for above in self.stack):
                branch.uses[one] = None

    def use_name(self, name: str) -> None:
        """Note that the stretch being written uses an ingredient."""
        if self.in_bind:
            self.bind.add(f"log.names.add({name!r})")
        elif not any(name in above.names for above in self.stack):
            self.stack[-1].names[name] = None

    @contextmanager
    def went(self) -> Iterator[None]:
        """Write a stretch of the page that is not always gone through."""
        if self.in_bind:
            yield
            return
        branch = Branch(self.page.add(""))
        self.stack.append(branch)
        self._escaped.append({})
        yield
        self._escaped.pop()
        self.stack.pop()
        if not branch.says_nothing and isinstance(branch.line, Line):
            branch.line.text = f"went |= {1 << len(self.bits)}"
            self.bits.append(branch)

    @contextmanager
    def binding(self) -> Iterator[dict[str, None]]:
        """Write code that runs while binding; gives the sets of what values from outside were made with."""
        before, self._gathered, self.in_bind = self._gathered, {}, True
        self.bind.place = self.page.place
        try:
            yield self._gathered
        finally:
            self._gathered, self.in_bind = before, False

    # -- output --

    def put(self, piece: Value) -> None:
        """Write a piece that is escaped already; pieces beside each other become one where they can."""
        if not (isinstance(piece, Const) and not piece.value):
            self.pending.append((piece, self.lines.place))

    def flush(self) -> None:
        """Write what is pending."""
        pieces, self.pending = self.pending, []
        before = self.lines.place
        written: list[tuple[str, Place]] = []
        run: list[tuple[Const | Static, Place]] = []
        for piece, place in pieces:
            if isinstance(piece, (Const, Static)):
                run.append((piece, place))
                continue
            if run:
                written.append((self._one(run), run[0][1]))
                run = []
            self.lines.place = place
            written.append((self.code(piece), place))
        if run:
            written.append((self._one(run), run[0][1]))
        self._write(written)
        self.lines.place = before

    def _write(self, pieces: Sequence[tuple[str, Place]]) -> None:
        """Write what puts pieces out, each on the line that stands for its place in the template."""
        if len(pieces) == 1:
            [(code, self.lines.place)] = pieces
            self.lines.add(f"put({code})")
        elif pieces:
            self.lines.add("puts((")
            for code, place in pieces:
                self.lines.place = place
                self.lines.add(f"{code},")
            self.lines.add("))")

    def escaped(self, value: Value) -> Value:
        """Escape a value for output."""
        plain = self.plain(value)
        if isinstance(plain, Const):
            return Const(str(escape(plain.value)))
        if isinstance(plain, Static):
            return Static(f"escaped({plain.code})", plain.uses)
        if self.in_bind or not SIMPLE.fullmatch(plain.code):
            return Dynamic(f"escape({self.code(plain)})")
        for known in self._escaped:
            if plain.code in known:
                return Dynamic(known[plain.code])
        name = self._escaped[-1][plain.code] = self.name("e")
        return Dynamic(f"({name} := quick({name}) if type({name} := {plain.code}) is str else escape({name}))")

    def _one(self, run: Sequence[tuple[Const | Static, Place]]) -> str:
        """Write constants and early values beside each other as one piece."""
        texts: list[Const | Static] = []
        for piece, place in run:
            self.lines.place = place
            if isinstance(piece, Static) and len(run) > 1:
                piece = self.held(piece)
            if isinstance(piece, Const) and texts and isinstance(texts[-1], Const):
                texts[-1] = Const(f"{texts[-1].value}{piece.value}")
            else:
                texts.append(piece)
        if len(texts) == 1:
            return self.code(texts[0])
        if self.in_bind:
            return f"joined({', '.join(self.code(text) for text in texts)})"
        uses = dict.fromkeys(name for text in texts if isinstance(text, Static) for name in text.uses)
        codes = [repr(text.value) if isinstance(text, Const) else text.code for text in texts]
        return self.hoisted(Static(f"joined({', '.join(codes)})", tuple(uses)))
