"""Templates as trees: read with Jinja's own parser, parents, blocks and parts put together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from weakref import WeakKeyDictionary

import jinja2
from jinja2 import meta, nodes

from themes.ingredients import digest

from .values import NotCompilable

MOST_DEPTH = 40
"""Parts within parts; more are a circle."""


@dataclass(slots=True)
class Parsed:
    """What was parsed of one environment, for all templates that are compiled in it."""

    templates: dict[str, tuple[nodes.Template, str]] = field(default_factory=dict)
    """By name, with the digest of the source."""
    names: dict[str, frozenset[str | None]] = field(default_factory=dict)
    """What a part reads from around it, by the part's name."""


@cache
def _parsed() -> WeakKeyDictionary[jinja2.Environment, Parsed]:
    return WeakKeyDictionary()


@dataclass(slots=True)
class Trees:
    """The templates of one environment, parsed when asked for; knows the sources of all it gave."""

    environment: jinja2.Environment
    sources: dict[str, str] = field(default_factory=dict)
    """Template → digest of its source."""
    _known: Parsed = field(init=False)

    def __post_init__(self) -> None:
        self._known = _parsed().setdefault(self.environment, Parsed())

    def parse(self, name: str) -> nodes.Template:
        """Give a template by name.

        Raises:
            jinja2.TemplateNotFound: there is none.
            jinja2.TemplateSyntaxError: it is wrong.
        """
        if name not in self._known.templates:
            source = source_of(self.environment, name)
            parsed = self.environment.parse(source, name)
            for node in parsed.find_all(nodes.Node):
                node.stands_in = name  # type: ignore[attr-defined]
            self._known.templates[name] = (parsed, digest(source))
        parsed, self.sources[name] = self._known.templates[name]
        return parsed

    def whole(self, name: str) -> "Whole":
        """Give a template with its parents, the blocks of children in their places."""
        blocks: dict[str, nodes.Block] = {}
        chain: list[str] = []
        while True:
            if len(chain) > MOST_DEPTH:
                raise NotCompilable("templates extend each other in a circle", name)
            chain.append(name)
            parsed = self.parse(name)
            for block in parsed.find_all(nodes.Block):
                blocks.setdefault(block.name, block)
            extends = next((node for node in parsed.body if isinstance(node, nodes.Extends)), None)
            if extends is None:
                return Whole(tuple(chain), parsed.body, blocks)
            if not isinstance(extends.template, nodes.Const):
                raise NotCompilable("`extends` without a name", name, extends.lineno)
            _only_blocks(parsed)
            name = str(extends.template.value)

    def free_names(self, node: nodes.Node, blocks: dict[str, nodes.Block], depth: int = 0) -> Iterator[str | None]:
        """Give every name a node reads from around it, through parts and blocks; None stands for any name at all."""
        if depth > MOST_DEPTH:
            raise NotCompilable("parts include each other in a circle", place_of(node)[0], node.lineno)
        if isinstance(node, nodes.Name):
            if node.ctx == "load":
                yield node.name
        elif isinstance(node, nodes.Include):
            yield from self._of_part(node, depth)
        elif isinstance(node, nodes.Block):
            yield from self._outside(blocks.get(node.name, node).body, (), blocks, depth)
        elif isinstance(node, nodes.With):
            for value in node.values:
                yield from self.free_names(value, blocks, depth)
            names = [name for target in node.targets for name in bound(target)]
            yield from self._outside(node.body, names, blocks, depth)
        elif isinstance(node, nodes.For):
            yield from self.free_names(node.iter, blocks, depth)
            inner = [*node.body, *node.else_, *([node.test] if node.test is not None else [])]
            yield from self._outside(inner, (*bound(node.target), "loop"), blocks, depth)
        else:
            for child in node.iter_child_nodes():
                yield from self.free_names(child, blocks, depth)

    def _of_part(self, node: nodes.Include, depth: int) -> Iterator[str | None]:
        if not isinstance(node.template, nodes.Const):
            yield None
            return
        called = str(node.template.value)
        if called not in self._known.names:
            whole = self.whole(called)
            read = {name for part in whole.body for name in self.free_names(part, whole.blocks, depth + 1)}
            self._known.names[called] = frozenset(read - {"loop"})  # a part does not see the loop around it
        yield from self._known.names[called]

    def _outside(
        self, several: Iterable[nodes.Node], names: Iterable[str], blocks: dict[str, nodes.Block], depth: int
    ) -> Iterator[str | None]:
        inside = set(names)
        for node in several:
            for name in self.free_names(node, blocks, depth):
                if name not in inside:
                    yield name


@dataclass(frozen=True, slots=True)
class Whole:
    """A template put together."""

    chain: tuple[str, ...]
    """Its name and those of its parents."""
    body: list[nodes.Node]
    blocks: dict[str, nodes.Block]


def _only_blocks(child: nodes.Template) -> None:
    """Refuse a child that does something outside its blocks: Jinja would do it before its parent begins."""
    for node in child.body:
        if not isinstance(node, (nodes.Extends, nodes.Block, nodes.Output)):
            raise NotCompilable(f"{type(node).__name__} outside the blocks of a child", *place_of(node))


def source_of(environment: jinja2.Environment, name: str) -> str:
    """Give the source of a template as its environment reads it. Raises jinja2.TemplateNotFound."""
    if environment.loader is None:
        raise jinja2.TemplateNotFound(name)
    return environment.loader.get_source(environment, name)[0]


def reached(environment: jinja2.Environment, name: str) -> set[str]:
    """Give every template that one may reach through parents and parts; all there are where a name is computed."""
    found, new = set[str](), {name}
    while new:
        one = new.pop()
        found.add(one)
        for other in meta.find_referenced_templates(environment.parse(source_of(environment, one), one)):
            if other is None:
                return set(environment.list_templates())
            new |= {other} - found
    return found


def bound(target: nodes.Node) -> tuple[str, ...]:
    """Give the names a loop or `with` binds."""
    if isinstance(target, nodes.Name):
        return (target.name,)
    if isinstance(target, (nodes.Tuple, nodes.List)):
        return tuple(name for item in target.items for name in bound(item))
    raise NotCompilable("an assignment to what is no name", *place_of(target))


def assigned(several: Iterable[nodes.Node]) -> Iterator[str]:
    """Give the names that `set` gives a value in these nodes and the branches in them, not inside other scopes."""
    for node in several:
        if isinstance(node, nodes.Assign):
            yield from bound(node.target)
        elif isinstance(node, nodes.If):
            yield from assigned([*node.body, *node.elif_, *node.else_])


def place_of(node: nodes.Node) -> tuple[str, int]:
    """Give the template and line a node stands in."""
    return str(getattr(node, "stands_in", "")), int(node.lineno)
