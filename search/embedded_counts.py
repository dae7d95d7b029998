"""Counts of the embedded engine: all facets and bounds of a search in one question.

A facet's numbers leave its own choice out, so each chosen facet is counted over other cars. The question is put to the
cars that match everything no line leaves out; inside, each line is filtered by what it does not leave out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .plan import Counting, Part, Plan, Span, ranked
from .query import Facet, Query, Range

VALUES = 65_000
"""Values of a facet that are counted at most; more than any has, for the engine tells ten when nobody says."""
Facets = Mapping[Facet, tuple[tuple[str, int], ...]]
Bounds = Mapping[Range, tuple[int, int] | None]
Over = Callable[[frozenset[str]], Any]
"""Gives the cars that match all but the parts of these names."""
_PLAIN = re.compile(r"[a-z0-9_/-]+")
"""Values that can be written into a filter as they are; what is not of this kind is asked for by itself."""


def counted(query: Query, asked: Plan, searcher: Any, over: Over) -> tuple[Facets, Bounds]:
    """Count the facets a query wants and give the bounds."""
    lines = {without: _asked(asked, without) for without in _aside(asked)}
    aside = frozenset(name for name in lines if name is not None)
    texts = {name: _written(asked.parts[name]) for name in aside}
    results: dict[str, Any] = {}
    if len(lines) == 1 or None in texts.values():
        for without, line in lines.items():
            results |= searcher.aggregate(over(frozenset() if without is None else frozenset({without})), line)
    else:
        together = {str(without): _within(texts, without, line) for without, line in lines.items()}
        for result in searcher.aggregate(over(aside), together).values() if together else ():
            results |= result
    facets = {facet: ranked(query, facet, numbers(results[facet.value])) for facet in query.facets}
    return facets, {which: _bounds(results, which) for which in query.bounds}


def _within(texts: Mapping[str, str | None], without: str | None, line: dict[str, Any]) -> dict[str, Any]:
    kept = [text for name, text in sorted(texts.items()) if text is not None and name != without]
    return {"filter": " AND ".join(kept) or "*", "aggs": line}


def terms(field: str) -> dict[str, Any]:
    """Ask how many cars have each value of a field."""
    return {"terms": {"field": field, "size": VALUES, "segment_size": VALUES}}


def numbers(result: Any) -> dict[str, int]:
    """Read the answer."""
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in result["buckets"]}


def _aside(asked: Plan) -> Iterator[str | None]:
    yield from dict.fromkeys(each.without for each in (*asked.counts, *asked.bounded))


def _asked(asked: Plan, without: str | None) -> dict[str, Any]:
    """Give what one line counts."""
    line: dict[str, Any] = {}
    for name in _names(asked.counts, without):
        line[name] = terms(name)
    for name in _names(asked.bounded, without):
        line |= {f"{end} {name}": {end: {"field": name}} for end in ("min", "max")}
    return line


def _names(lines: tuple[Counting, ...], without: str | None) -> Iterator[str]:
    return (name.value for each in lines if each.without == without for name in each.of)


def _written(part: Part) -> str | None:
    if isinstance(part, Span):
        if min(part.low or 0, part.high or 0) < 0:
            return None
        low, high = ("*" if bound is None else str(bound) for bound in (part.low, part.high))
        return f"{part.field}:[{low} TO {high}]"
    if not part.values or not all(_PLAIN.fullmatch(value) for value in part.values):
        return None
    ways = " OR ".join(f'{part.field}:"{value}"' for value in part.values)
    return f"({ways})"


def _bounds(results: Mapping[str, Any], which: Range) -> tuple[int, int] | None:
    least, greatest = (results[f"{end} {which.value}"]["value"] for end in ("min", "max"))
    return None if least is None or greatest is None else (int(least), int(greatest))
