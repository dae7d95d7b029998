"""Templates compiled to plain Python: what a theme, its words and a site decide is decided once, not on every page.

A template uses a small part of Jinja: inheritance, parts, `for`, `if`, `with`, `set` and values. This package reads it
with Jinja's own parser, puts parents, blocks and parts together into one tree, and writes one Python function of it in
two stages (`stages`). *Binding* evaluates once what depends on shared names alone (`site`, `theme`, `t`) and joins it
with the text around it; *rendering* does the rest with plain attribute access. The bytes are those Jinja gives.

    compiled(environment, "pages/car.html").bind({"site": site, "theme": theme, "t": t})(page)

What a template may use is told in docs/themes.md; for anything else `compiled` raises NotCompilable.
"""

from .compiled import Compiled, PlacedError, Render, compiled
from .trees import reached, source_of
from .values import NotCompilable

__all__ = ["Compiled", "NotCompilable", "PlacedError", "Render", "compiled", "reached", "source_of"]
