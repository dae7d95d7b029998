"""Statements: branches, loops, scopes, blocks and parts."""

from collections.abc import Iterable

from jinja2 import nodes

from .expressions import Expressions
from .trees import MOST_DEPTH, assigned, bound, place_of
from .values import Const, Dynamic, Loop, NotCompilable, Record, Scope, Static, Value, truth

MOST_TURNS = 40
"""A loop over more constants is written as a loop."""


class Statements(Expressions):
    """Turns Jinja's statements into code."""

    shared: tuple[str, ...] = ()
    _blocks: dict[str, nodes.Block]
    _frame: Scope
    _depth = 0

    def template(self, name: str, scope: Scope) -> None:
        """Write a template with its parents; what it sees are the names of the scope."""
        whole = self.trees.whole(name)
        for one in whole.chain:
            self.use_name(f"part:{one}")
        self._blocks, own = whole.blocks, dict(scope)
        self._frame = own
        self._statements(whole.body, own)

    def body(self, several: Iterable[nodes.Node], scope: Scope) -> None:
        """Write statements in a scope of their own; variables of branches outside are not theirs to set."""
        self._statements(several, {name: _closed(value) for name, value in scope.items()})

    def _statements(self, several: Iterable[nodes.Node], scope: dict[str, Value]) -> None:
        for node in several:
            write = getattr(self, f"_do_{type(node).__name__.lower()}", None)
            if write is None:
                raise NotCompilable(type(node).__name__, *place_of(node))
            self.page.place = place_of(node)
            if self.in_bind:
                self.bind.place = place_of(node)
            write(node, scope)

    def _do_output(self, node: nodes.Output, scope: dict[str, Value]) -> None:
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                self.put(Const(part.data))
            else:
                self.lines.place = place_of(part)
                self.put(self.escaped(self.value(part, scope)))

    # -- branches --

    def _do_if(self, node: nodes.If, scope: dict[str, Value]) -> None:
        arms, rest = self._open_arms(node, scope)
        if not arms:
            self._statements(rest, scope)
            return
        names = tuple(dict.fromkeys(assigned([node])))
        if not names and self._goes_early(node, scope):
            self._early(node, scope)
            return
        self.flush()
        for name in names:
            scope[name] = self._variable(name, scope.get(name))
        word = "if"
        for test, arm in arms:
            with self.lines.block(f"{word} {self.condition(test)}:"), self.went():
                self._statements(arm, dict(scope))
                self.flush()
            word = "elif"
        if rest:
            with self.lines.block("else:"), self.went():
                self._statements(rest, dict(scope))
                self.flush()

    def _open_arms(
        self, node: nodes.If, scope: dict[str, Value]
    ) -> tuple[list[tuple[Value, list[nodes.Node]]], list[nodes.Node]]:
        """Give the arms that a page may go through with their tests, and what it goes through else."""
        arms: list[tuple[Value, list[nodes.Node]]] = []
        for one in (node, *node.elif_):
            test = self.value(one.test, scope)
            known = truth(test)
            if known:
                return arms, one.body
            if known is None:
                arms.append((test, one.body))
        return arms, node.else_

    def _variable(self, name: str, before: Value | None) -> Value:
        """Give a variable of the page that branches may set, worth what the name was worth before."""
        if isinstance(before, Dynamic) and before.variable:
            return before
        if self.in_bind:
            raise NotCompilable(f"`set {name}` in a branch that depends on no page")
        made = self.name("s")
        self.page.add(f"{made} = undefined(name={name!r})" if before is None else f"{made} = {self.code(before)}")
        return Dynamic(made, loose=True, variable=True)

    def _do_assign(self, node: nodes.Assign, scope: dict[str, Value]) -> None:
        if not isinstance(node.target, nodes.Name):
            raise NotCompilable("`set` of several names", *place_of(node))
        value, before = self.value(node.node, scope), scope.get(node.target.name)
        if isinstance(before, Dynamic) and before.variable:
            self.flush()
            self.page.add(f"{before.code} = {self.code(value)}")
        else:
            scope[node.target.name] = self.kept(value)

    def _goes_early(self, node: nodes.Node, scope: Scope) -> bool:
        """Ask whether nothing in a node depends on the page."""
        if self.in_bind:
            return False
        names = set(self.trees.free_names(node, self._blocks))
        asked = set(scope) if None in names else {name for name in names if name is not None}
        every = [scope[name] for name in asked if name in scope]
        every += [self._frame[name] for name in asked if name in self._frame]
        return all(_is_early(value) for value in every)

    def _early(self, node: nodes.Node, scope: dict[str, Value]) -> None:
        """Write a node that depends on no page into the binding stage; what it gives is one early piece."""
        pending, self.pending = self.pending, []
        task, held, names = self.name("f"), self.name("k"), self.name("n")
        with self.binding() as gathered:
            with self.bind.block(f"def {task}():"):
                self.bind.add("out = []; put = out.append; puts = out.extend")
                self._statements([node], dict(scope))
                self.flush()
                self.bind.add("return finished(out)")
            self.bind.add(f"{held}, {names} = early({task})")
        self.pending = [*pending, (Static(held, (names, *gathered)), self.page.place)]

    # -- loops --

    def _do_for(self, node: nodes.For, scope: dict[str, Value]) -> None:
        if node.recursive:
            raise NotCompilable("a recursive loop", *place_of(node))
        if self._goes_early(node, scope):
            self._early(node, scope)
            return
        if not (self._uses_loop(node) or node.else_) and self._unrolled(node, scope):
            return
        self._loop(node, scope)

    def _uses_loop(self, node: nodes.For) -> bool:
        return any("loop" in self.trees.free_names(part, self._blocks) for part in node.body)

    def _unrolled(self, node: nodes.For, scope: dict[str, Value]) -> bool:
        """Write a loop over things written in the template as often as there are things."""
        if not isinstance(node.iter, (nodes.Tuple, nodes.List)) or len(node.iter.items) > MOST_TURNS:
            return False
        names, turns = bound(node.target), []
        for item in node.iter.items:
            parts = [item] if isinstance(node.target, nodes.Name) else getattr(item, "items", ())
            if len(parts) != len(names):
                return False
            turns.append([self.value(part, scope) for part in parts])
        for values in turns:
            inner = {**scope, **{name: self.kept(value) for name, value in zip(names, values, strict=True)}}
            if node.test is None:
                self.body(node.body, inner)
            else:
                self.body([_only_if(node)], inner)
        return True

    def _loop(self, node: nodes.For, scope: dict[str, Value]) -> None:
        over = self.value(node.iter, scope)
        names = bound(node.target)
        items = [self.name("v") for _ in names]
        inner = {**scope, **{name: self._item(item) for name, item in zip(names, items, strict=True)}}
        head = items[0] if isinstance(node.target, nodes.Name) else f"({', '.join(items)},)"
        loop = self._uses_loop(node)
        self.flush()
        several = self.code(over)
        if node.test is not None:
            with self.perhaps():
                test = self.condition(self.value(node.test, inner))
            several = f"[{head} for {head} in {several} if {test}]"
        if loop or node.else_:
            listed = self.name("l")
            self.lines.add(f"{listed} = counted({several})")
            several = listed
        if loop:
            number = self.name("i")
            inner["loop"] = Loop(number, several, self.in_bind)
            head, several = f"{number}, {head}", f"enumerate({several}, 1)"
        with self.lines.block(f"for {head} in {several}:"), self.went():
            self.body(node.body, inner)
            self.flush()
        if node.else_:
            with self.lines.block(f"if not {listed}:"), self.went():
                self.body(node.else_, scope)
                self.flush()

    def _item(self, name: str) -> Value:
        return Static(name) if self.in_bind else Dynamic(name)

    # -- scopes and parts --

    def _do_with(self, node: nodes.With, scope: dict[str, Value]) -> None:
        inner = dict(scope)
        for target, expression in zip(node.targets, node.values, strict=True):
            if not isinstance(target, nodes.Name):
                raise NotCompilable("`with` of several names", *place_of(node))
            inner[target.name] = self.kept(self.value(expression, scope))
        self.body(node.body, inner)

    def _do_scope(self, node: nodes.Scope, scope: dict[str, Value]) -> None:
        self.body(node.body, scope)

    def _do_block(self, node: nodes.Block, scope: dict[str, Value]) -> None:
        chosen = self._blocks.get(node.name, node)
        self.body(chosen.body, scope if node.scoped else self._frame)

    def _do_extends(self, node: nodes.Extends, scope: dict[str, Value]) -> None:
        """Do nothing: the parents are put together already."""

    def _do_include(self, node: nodes.Include, scope: dict[str, Value]) -> None:
        if node.ignore_missing or not node.with_context:
            raise NotCompilable("an include without context or that may be missing", *place_of(node))
        name = self.value(node.template, scope)
        if not isinstance(name, Const):
            self._computed(name, scope)
            return
        if self._depth >= MOST_DEPTH:
            raise NotCompilable("parts include each other in a circle", *place_of(node))
        blocks, frame = self._blocks, self._frame
        self._depth += 1
        self.template(str(name.value), {k: _closed(v) for k, v in scope.items() if not isinstance(v, Loop)})
        self._depth -= 1
        self._blocks, self._frame = blocks, frame

    def _computed(self, name: Value, scope: dict[str, Value]) -> None:
        """Write a part whose name only the site or the page knows: it is compiled apart and found by its name."""
        given = [
            key for key, value in scope.items() if key not in self.shared and not isinstance(value, (Loop, Record))
        ]
        part = self.of([name], lambda code: f"part(str({code}), {tuple(given)!r})")
        codes = [self.code(scope[key]) for key in given]
        made = f"{self.code(part)}({', '.join(codes)})"
        self.put(Static(made) if self.in_bind else Dynamic(made))


def _closed(value: Value) -> Value:
    """Give a value as an inner scope sees it: `set` there makes a name of its own."""
    return Dynamic(value.code, value.loose) if isinstance(value, Dynamic) and value.variable else value


def _is_early(value: Value) -> bool:
    if isinstance(value, Record):
        return all(_is_early(entry) for entry in value.entries.values())
    return isinstance(value, (Const, Static)) or (isinstance(value, Loop) and value.static)


def _only_if(node: nodes.For) -> nodes.If:
    made = nodes.If(node.test, node.body, [], [], lineno=node.lineno)
    made.stands_in = place_of(node)[0]  # type: ignore[attr-defined]
    return made
