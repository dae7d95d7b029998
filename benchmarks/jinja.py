"""The bench's templates in Jinja2, as everybody uses it: compiled once, autoescape on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader

from .pages import TEMPLATES, thousands


@dataclass(frozen=True, slots=True)
class Plain:
    """What templates know as `theme`: it renders a card with a macro, each time anew."""

    card: Callable[[Any], Any]


def environment() -> Environment:
    """Make the environment of all builds over these templates."""
    return dressed(Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False))


def dressed(made: Environment) -> Environment:
    """Give an environment the filter that the templates use."""
    made.filters["thousands"] = thousands
    return made


def plain(made: Environment) -> Plain:
    """Make `theme` for an environment: the card's template as a macro, the quickest form Jinja has."""
    source = (TEMPLATES / "card.html").read_text("utf-8").removesuffix("\n")
    module = made.from_string("{% macro card(card) %}" + source + "{% endmacro %}").module
    return Plain(getattr(module, "card"))  # noqa: B009 - a macro is no attribute that types know
