"""From a template to Python: one function that binds, and in it one that renders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import CodeType

import jinja2

from .statements import Statements
from .trees import Trees
from .values import Dynamic, Static, Value
from .writing import Branch, Line, Lines, Place

HELPERS = ("early", "part", "log")
"""What the binding stage is given besides the shared names."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled template, for any environment that has the same sources."""

    name: str
    shared: tuple[str, ...]
    params: tuple[str, ...]
    code: CodeType
    text: str
    """The Python."""
    places: tuple[Place, ...]
    """Where in the templates each line of it comes from."""
    sources: tuple[tuple[str, str], ...]
    """Every template it is made of with the digest of its source."""


class Compiler(Statements):
    """Compiles one template."""

    def __init__(self, environment: jinja2.Environment, shared: Sequence[str], params: Sequence[str]) -> None:
        """Prepare for a template.

        Args:
            environment: where it is found; escaping is on in it.
            shared: names that mean the same on every page of a site.
            params: names each page gives.
        """
        super().__init__(environment, Trees(environment))
        self.shared: tuple[str, ...] = tuple(shared)
        self.params = tuple(params)

    def plan(self, name: str) -> Plan:
        """Compile a template.

        Raises:
            NotCompilable: it uses what is not known here.
            jinja2.TemplateError: it is wrong.
        """
        scope: dict[str, Value] = {shared: Static(f"h_{shared}") for shared in self.shared}
        scope |= {param: Dynamic(f"p_{param}") for param in self.params}
        self.template(name, scope)
        self.flush()
        lines = list(self._lines())
        text = "\n".join(f"{'    ' * line.depth}{line.text}" for line in lines)
        return Plan(
            name,
            self.shared,
            self.params,
            compile(text, file_of(name), "exec"),
            text,
            tuple(line.place for line in lines),
            tuple(sorted(self.trees.sources.items())),
        )

    def _lines(self) -> Iterable[Line]:
        frame = Lines(0)
        given = ", ".join((*HELPERS, *(f"h_{name}" for name in self.shared)))
        yield frame.add(f"def bind({given}):")
        yield from self.bind.written()
        frame.depth = 1
        yield frame.add(f"went_ = Branches({_names(self.trunk)}, [{', '.join(_names(bit) for bit in self.bits)}])")
        yield frame.add(f"def render({', '.join(f'p_{name}' for name in self.params)}):")
        frame.depth = 2
        yield frame.add("out = []; put = out.append; puts = out.extend; went = 0")
        yield from self.page.written()
        yield frame.add("log.names |= went_(went)")
        yield frame.add("return finished(out)")
        frame.depth = 1
        yield frame.add("return render")


def file_of(name: str) -> str:
    """Give what tracebacks call the Python of a template."""
    return f"<compiled {name}>"


def _names(branch: Branch) -> str:
    return f"together({tuple(branch.names)!r}{''.join(f', {uses}' for uses in branch.uses)})"
