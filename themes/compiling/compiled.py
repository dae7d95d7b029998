"""Compiled templates in use: found by name, bound to what a site shares, errors told by template and line."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import jinja2
from jinja2 import nodes
from jinja2.runtime import Undefined, markup_join

from themes.errors import ThemeError
from themes.ingredients import Log, digest

from .compiler import Compiler, Plan, file_of
from .running import Branches, Early, counted, escaped, finished, join, joined, quick, safe, text, together
from .trees import source_of
from .values import NotCompilable

Render = Callable[..., str]
SHARED = ("site", "theme", "t")
PARAMS = ("page",)


class Compiled:
    """A compiled template of one environment."""

    def __init__(self, plan: Plan, environment: jinja2.Environment) -> None:
        self.plan, self.environment = plan, environment
        space: dict[str, Any] = {
            "Branches": Branches,
            "Undefined": Undefined,
            "attr": environment.getattr,
            "concat": markup_join,
            "counted": counted,
            "escape": text,
            "escaped": escaped,
            "eval_context": nodes.EvalContext(environment, plan.name),
            "environment": environment,
            "filters_": environment.filters,
            "finished": finished,
            "globals_": environment.globals,
            "item": environment.getitem,
            "join": join,
            "joined": joined,
            "quick": quick,
            "safe": safe,
            "tests_": environment.tests,
            "together": together,
            "undefined": environment.undefined,
        }
        exec(plan.code, space)  # noqa: S102 - Python we wrote from a template of the installation
        self._bind: Callable[..., Render] = space["bind"]

    def bind(self, shared: Mapping[str, object], log: Log | None = None) -> Render:
        """Evaluate what depends on shared names alone; gives the function that renders a page.

        Args:
            shared: a value for each shared name.
            log: where the ingredients a page uses are noted: parts gone through, and what `theme` and `t` note there.

        Returns:
            A function of the params, in their order. It raises ThemeError with template and line for whatever fails.
        """
        noted = log or Log()
        parts: dict[tuple[str, tuple[str, ...]], Render] = {}

        def part(name: str, params: tuple[str, ...]) -> Render:
            if (name, params) not in parts:
                made = compiled(self.environment, name, shared=self.plan.shared, params=params)
                parts[name, params] = made.bind(shared, noted)
            return parts[name, params]

        values = [shared[name] for name in self.plan.shared]
        run = self._told(self._bind)(Early(noted), part, noted, *values)
        return self._told(run)

    def _told(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def told(*args: Any) -> Any:
            try:
                return work(*args)
            except Exception as error:
                raise self._placed(error) from error

        return told

    def _placed(self, error: Exception) -> Exception:
        """Say in which template and line something failed; who waits for the disk is not our business."""
        if isinstance(error, (OSError, PlacedError)):
            return error
        at, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == file_of(self.plan.name):
                at = trace.tb_lineno
            trace = trace.tb_next
        if not 0 < at <= len(self.plan.places):
            return error
        name, line = self.plan.places[at - 1]
        what = str(error) if isinstance(error, ThemeError) else f"{type(error).__name__}: {error}"
        return PlacedError(f"{name}, line {line}: {what}")


class PlacedError(ThemeError):
    """Something failed in a template; the message begins with its name and the line."""


def compiled(
    environment: jinja2.Environment, name: str, *, shared: Sequence[str] = SHARED, params: Sequence[str] = PARAMS
) -> Compiled:
    """Give a template of an environment compiled, once a process and set of sources.

    Args:
        environment: where it is found. Its autoescaping is on; templates are not expected to change while it lives.
        name: the template.
        shared: names that mean the same on every page of a site.
        params: names each page gives, as objects with attributes.

    Raises:
        NotCompilable: it uses what the compiler does not know; Jinja renders it.
        jinja2.TemplateError: it is missing or wrong.
    """
    known = _of(environment)
    key = (name, tuple(shared), tuple(params))
    if key not in known:
        try:
            known[key] = Compiled(_plan(environment, *key), environment)
        except NotCompilable as reason:
            known[key] = reason
    found = known[key]
    if isinstance(found, NotCompilable):
        raise NotCompilable(found.what, found.template, found.line)
    return found


Key = tuple[str, tuple[str, ...], tuple[str, ...]]


@cache
def _environments() -> WeakKeyDictionary[jinja2.Environment, dict[Key, Compiled | NotCompilable]]:
    return WeakKeyDictionary()


def _of(environment: jinja2.Environment) -> dict[Key, Compiled | NotCompilable]:
    return _environments().setdefault(environment, {})


@cache
def _plans() -> dict[tuple[object, ...], list[Plan]]:
    return {}


def _plan(environment: jinja2.Environment, name: str, shared: tuple[str, ...], params: tuple[str, ...]) -> Plan:
    """Compile, unless an environment with the same sources had it compiled."""
    ways = (environment.trim_blocks, environment.lstrip_blocks, environment.keep_trailing_newline)
    plans = _plans().setdefault((name, shared, params, *ways), [])
    for plan in plans:
        if _same_sources(environment, plan):
            return plan
    plans.append(Compiler(environment, shared, params).plan(name))
    return plans[-1]


def _same_sources(environment: jinja2.Environment, plan: Plan) -> bool:
    try:
        return all(digest(source_of(environment, name)) == known for name, known in plan.sources)
    except jinja2.TemplateNotFound:
        return False
