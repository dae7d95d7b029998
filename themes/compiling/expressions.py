"""Expressions: what they are worth while compiling, else the code that gives it."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.runtime import markup_join

from .stages import Stages
from .trees import place_of
from .values import Const, Dynamic, Loop, NotCompilable, Record, Scope, Static, Value, truth

SIGNS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "eq": ("==", operator.eq),
    "ne": ("!=", operator.ne),
    "gt": (">", operator.gt),
    "gteq": (">=", operator.ge),
    "lt": ("<", operator.lt),
    "lteq": ("<=", operator.le),
    "in": ("in", lambda a, b: a in b),
    "notin": ("not in", lambda a, b: a not in b),
}


class Expressions(Stages):
    """Turns Jinja's expressions into values."""

    def value(self, node: nodes.Node, scope: Scope) -> Value:
        """Give the value of an expression.

        Raises:
            NotCompilable: it uses what is not known here.
        """
        make = getattr(self, f"_{type(node).__name__.lower()}", None)
        if make is None:
            raise NotCompilable(type(node).__name__, *place_of(node))
        found: Value = make(node, scope)
        if self.in_bind and isinstance(found, Dynamic):
            raise NotCompilable("a value of the page where none is known", *place_of(node))
        return found

    def condition(self, value: Value) -> str:
        """Write a value that is asked for its truth."""
        known = truth(value)
        return self.code(value) if known is None else repr(known)

    # -- names and what belongs to them --

    def _const(self, node: nodes.Const, scope: Scope) -> Value:
        return Const(node.value)

    def _templatedata(self, node: nodes.TemplateData, scope: Scope) -> Value:
        return Const(node.as_const())

    def _name(self, node: nodes.Name, scope: Scope) -> Value:
        if node.name in scope:
            return scope[node.name]
        if node.name in self.environment.globals:
            return Static(f"globals_[{node.name!r}]")
        raise NotCompilable(f"nobody gives {node.name}", *place_of(node))

    def _getattr(self, node: nodes.Getattr, scope: Scope) -> Value:
        of = self.value(node.node, scope)
        if isinstance(of, Loop):
            found = of.attribute(node.attr)
            if found is None:
                raise NotCompilable(f"loop.{node.attr}", *place_of(node))
            return found
        if isinstance(of, Record):
            return self._entry(of, node.attr, node)
        if isinstance(of, Dynamic) and not of.loose and not iskeyword(node.attr):
            return Dynamic(f"{of.code}.{node.attr}")
        made = self.of([of], lambda code: f"attr({code}, {node.attr!r})")
        return replace(made, loose=True) if isinstance(made, Dynamic) else made

    def _getitem(self, node: nodes.Getitem, scope: Scope) -> Value:
        of = self.value(node.node, scope)
        if isinstance(node.arg, nodes.Slice):
            given = (node.arg.start, node.arg.stop, node.arg.step)
            bounds = [Const(None) if bound is None else self.value(bound, scope) for bound in given]
            return self.of([of, *bounds], lambda code, *steps: f"{code}[{':'.join(steps)}]")
        key = self.value(node.arg, scope)
        if isinstance(of, Record) and isinstance(key, Const):
            return self._entry(of, key.value, node)
        return self.of([of, key], lambda code, at: f"item({code}, {at})")

    def _entry(self, record: Record, key: object, node: nodes.Node) -> Value:
        if key not in record.entries:
            raise NotCompilable(f"a mapping without {key!r}", *place_of(node))
        return record.entries[key]

    # -- calls --

    def _call(self, node: nodes.Call, scope: Scope) -> Value:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise NotCompilable("a call with stars", *place_of(node))
        args = [self.value(argument, scope) for argument in node.args]
        named = {keyword.key: self.value(keyword.value, scope) for keyword in node.kwargs}
        given = [*args, *named.values()]
        callee = self.value(node.node, scope)

        def make(name: str, *codes: str) -> str:
            rest = dict(zip(named, codes[len(args) :], strict=True))
            return f"{name}({', '.join(_arguments(codes[: len(args)], rest))})"

        return self.of([callee, *given], make)

    def _filter(self, node: nodes.Filter, scope: Scope) -> Value:
        if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise NotCompilable(f"the filter {node.name} around a block or with stars", *place_of(node))
        known = self.environment.filters.get(node.name)
        if known is None:
            raise NotCompilable(f"no filter {node.name}", *place_of(node))
        passed = getattr(known, "jinja_pass_arg", None)
        if passed is not None and passed.name == "context":
            raise NotCompilable(f"the filter {node.name}, which reads the context", *place_of(node))
        args = [self.value(argument, scope) for argument in (node.node, *node.args)]
        named = {str(keyword.key): self.value(keyword.value, scope) for keyword in node.kwargs}
        first = {None: (), "eval_context": ("eval_context",), "environment": ("environment",)}[passed and passed.name]
        if node.name in ("length", "join", "safe"):
            first = ()
        name = {"length": "len", "join": "join", "safe": "safe"}.get(node.name, f"filters_[{node.name!r}]")

        def make(*codes: str) -> str:
            plain = (*first, *codes[: len(args)])
            return f"{name}({', '.join(_arguments(plain, dict(zip(named, codes[len(args) :], strict=True))))})"

        return self.of([*args, *named.values()], make)

    def _test(self, node: nodes.Test, scope: Scope) -> Value:
        if node.name in ("defined", "undefined") and isinstance(node.node, nodes.Name):
            return self._is_defined(node.node, scope, node.name == "defined")
        if node.name == "none":
            return self.of([self.value(node.node, scope)], lambda code: f"({code} is None)")
        known = self.environment.tests.get(node.name)
        if known is None or getattr(known, "jinja_pass_arg", None) is not None or node.kwargs:
            raise NotCompilable(f"the test {node.name}", *place_of(node))
        args = [self.value(argument, scope) for argument in (node.node, *node.args)]
        return self.of(args, lambda *codes: f"tests_[{node.name!r}]({', '.join(codes)})")

    def _is_defined(self, node: nodes.Name, scope: Scope, wanted: bool) -> Value:
        known = scope.get(node.name)
        if isinstance(known, Dynamic) and known.variable:
            return Dynamic(
                f"(not isinstance({known.code}, Undefined))" if wanted else f"isinstance({known.code}, Undefined)"
            )
        return Const((node.name in scope or node.name in self.environment.globals) is wanted)

    # -- logic --

    def _not(self, node: nodes.Not, scope: Scope) -> Value:
        of = self.value(node.node, scope)
        known = truth(of)
        return self.of([of], lambda code: f"(not {code})") if known is None else Const(not known)

    def _and(self, node: nodes.And, scope: Scope) -> Value:
        return self._either(node, scope, "and")

    def _or(self, node: nodes.Or, scope: Scope) -> Value:
        return self._either(node, scope, "or")

    def _either(self, node: nodes.BinExpr, scope: Scope, word: str) -> Value:
        left = self.value(node.left, scope)
        known = truth(left)
        if known is not None:
            return self.value(node.right, scope) if known is (word == "and") else left
        with self.perhaps():
            right = self.value(node.right, scope)
        made = self.of([left, self.late(right, left)], lambda a, b: f"({a} {word} {b})")
        return replace(made, loose=_is_loose(left, right)) if isinstance(made, Dynamic) else made

    def _condexpr(self, node: nodes.CondExpr, scope: Scope) -> Value:
        test = self.value(node.test, scope)
        known = truth(test)
        if node.expr2 is None:
            raise NotCompilable("`if` without `else` in an expression", *place_of(node))
        if known is not None:
            return self.value(node.expr1 if known else node.expr2, scope)
        with self.perhaps():
            yes, no = self.value(node.expr1, scope), self.value(node.expr2, scope)
        arms = [self.late(yes, test), self.late(no, test)]
        made = self.of([test, *arms], lambda when, a, b: f"({a} if {when} else {b})")
        return replace(made, loose=_is_loose(yes, no)) if isinstance(made, Dynamic) else made

    def _compare(self, node: nodes.Compare, scope: Scope) -> Value:
        values = [self.value(node.expr, scope), *(self.value(operand.expr, scope) for operand in node.ops)]
        signs = [SIGNS[operand.op] for operand in node.ops]
        if all(isinstance(value, Const) for value in values):
            known = [value.value for value in values if isinstance(value, Const)]
            steps = zip(pairwise(known), signs, strict=True)
            return Const(all(compare(a, b) for (a, b), (_, compare) in steps))
        rest = [sign for sign, _ in signs]
        return self.of(
            values,
            lambda first, *codes: f"({first}{''.join(f' {s} {c}' for s, c in zip(rest, codes, strict=True))})",
        )

    # -- sums and things put together --

    def _add(self, node: nodes.Add, scope: Scope) -> Value:
        return self._binary(node, scope, "+")

    def _sub(self, node: nodes.Sub, scope: Scope) -> Value:
        return self._binary(node, scope, "-")

    def _mul(self, node: nodes.Mul, scope: Scope) -> Value:
        return self._binary(node, scope, "*")

    def _mod(self, node: nodes.Mod, scope: Scope) -> Value:
        return self._binary(node, scope, "%")

    def _floordiv(self, node: nodes.FloorDiv, scope: Scope) -> Value:
        return self._binary(node, scope, "//")

    def _binary(self, node: nodes.BinExpr, scope: Scope, sign: str) -> Value:
        return self.of([self.value(node.left, scope), self.value(node.right, scope)], lambda a, b: f"({a} {sign} {b})")

    def _neg(self, node: nodes.Neg, scope: Scope) -> Value:
        return self.of([self.value(node.node, scope)], lambda code: f"(-{code})")

    def _concat(self, node: nodes.Concat, scope: Scope) -> Value:
        parts = [self.value(part, scope) for part in node.nodes]
        if all(isinstance(part, Const) for part in parts):
            return Const(markup_join([part.value for part in parts if isinstance(part, Const)]))
        return self.of(parts, lambda *codes: f"concat(({', '.join(codes)},))")

    def _dict(self, node: nodes.Dict, scope: Scope) -> Value:
        entries: dict[Any, Value] = {}
        for pair in node.items:
            key = self.value(pair.key, scope)
            if not isinstance(key, Const):
                raise NotCompilable("a mapping with computed keys", *place_of(node))
            entries[key.value] = self.value(pair.value, scope)
        return Record(entries)

    def _tuple(self, node: nodes.Tuple, scope: Scope) -> Value:
        return self._several(node.items, scope)

    def _list(self, node: nodes.List, scope: Scope) -> Value:
        return self._several(node.items, scope)

    def _several(self, items: Sequence[nodes.Expr], scope: Scope) -> Value:
        parts = [self.value(item, scope) for item in items]
        if all(isinstance(part, Const) for part in parts):
            return Const(tuple(part.value for part in parts if isinstance(part, Const)))
        return self.of(parts, lambda *codes: f"({', '.join(codes)},)")


def _arguments(plain: Sequence[str], named: dict[str, str]) -> list[str]:
    words = [f"{key}={code}" for key, code in named.items() if not iskeyword(key)]
    words += [f"**{{{key!r}: {code}}}" for key, code in named.items() if iskeyword(key)]
    return [*plain, *words]


def _is_loose(*values: Value) -> bool:
    return any(isinstance(value, Record) or (isinstance(value, Dynamic) and value.loose) for value in values)
