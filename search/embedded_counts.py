"""Counts of the embedded engine: all facets and bounds of a search in few questions.

A facet's numbers leave its own choice out, so each chosen facet is counted over other cars: a line of its own, and a
question of its own. Only a circle is dear to look for again and again, it is thousands of words: then one question is
put to the cars that match everything no line leaves out, and inside each line is filtered by what it does not leave
out. The engine answers such a filter by going through all cars it holds, so lines with one filter share it, and bounds
are no filter: the cars at hand are sorted into those within and those beyond, which costs nothing worth speaking of.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .embedded_schema import ID_HIGH
from .plan import Counting, Plan, Span, Terms, ranked
from .query import Facet, Query, Range

VALUES = 65_000
"""Values of a facet that are counted at most; more than any has, for the engine tells ten when nobody says."""
WITHIN = "within"
"""What the bounds of a range are called in a question."""
BOUNDS = "bounds"
"""What the least and greatest value of a range are called there."""
TOTAL = "total"
"""What the number of hits is called there."""
NOTHING: Mapping[str, Any] = {"buckets": [], "min": None, "value": 0}
"""What a line comes to that no car is counted in."""
Facets = Mapping[Facet, tuple[tuple[str, int], ...]]
Bounds = Mapping[Range, tuple[int, int] | None]
Over = Callable[[frozenset[str]], Any]
"""Gives the cars that match all but the parts of these names."""
_PLAIN = re.compile(r"[a-z0-9_/-]+")
"""Values that can be written into a filter as they are; what is not of this kind is asked for by itself."""


class Counts(NamedTuple):
    """What is said of all hits of a search, whatever its page and order."""

    facets: Facets
    bounds: Bounds
    total: int | None
    """None where no line counted the hits themselves."""


def counted(query: Query, asked: Plan, searcher: Any, over: Over) -> Counts:
    """Count the facets a query wants, give the bounds, and how many hits there are where that is at hand."""
    lines = {without: _asked(asked, without) for without in _aside(asked)}
    aside = frozenset(name for name in lines if name is not None)
    filters = {name: _written(part) for name, part in asked.parts.items() if name in aside and isinstance(part, Terms)}
    results: dict[str, Any] = {}
    if len(lines) == 1 or asked.circle is None or None in filters.values():
        for without, line in lines.items():
            results |= searcher.aggregate(over(frozenset() if without is None else frozenset({without})), line)
    elif lines:
        spans = [part for name, part in asked.parts.items() if name in aside and isinstance(part, Span)]
        found = searcher.aggregate(over(aside), _together(lines, filters, spans))
        for result in found.values():
            results |= _inside(result)
    facets = {facet: ranked(query, facet, numbers(results.get(facet.value, NOTHING))) for facet in query.facets}
    total = int(results.get(TOTAL, NOTHING)["value"]) if None in lines else None
    return Counts(facets, {which: _bounds(results, which) for which in query.bounds}, total)


def _together(
    lines: Mapping[str | None, dict[str, Any]], filters: Mapping[str, str | None], spans: Sequence[Span]
) -> dict[str, Any]:
    """Put all lines into one question, those with the same filter under it."""
    question: dict[str, Any] = {}
    for without, line in lines.items():
        kept = " AND ".join(text for name, text in sorted(filters.items()) if text is not None and name != without)
        inner = line
        for span in spans:
            if span.field != without:
                inner = {f"{WITHIN} {without}": _sorted(span, inner)}
        question.setdefault(kept, {"filter": kept or "*", "aggs": {}})["aggs"].update(inner)
    return question


def _sorted(span: Span, line: dict[str, Any]) -> dict[str, Any]:
    """Sort cars by a number; a line is counted over those within its bounds."""
    within: dict[str, Any] = {"key": WITHIN}
    within |= {} if span.low is None else {"from": span.low}
    within |= {} if span.high is None else {"to": span.high + 1}
    return {"range": {"field": span.field, "ranges": [within]}, "aggs": line}


def _inside(result: Mapping[str, Any]) -> dict[str, Any]:
    """Take the lines out of what they are counted in; where no car passes a filter, the engine leaves them out."""
    found: dict[str, Any] = {}
    for name, inner in result.items():
        if name.startswith(WITHIN):
            for bucket in inner["buckets"]:
                found |= _inside(bucket) if bucket["key"] == WITHIN else {}
        elif name not in ("key", "doc_count", "from", "to"):
            found[name] = inner
    return found


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
    line: dict[str, Any] = {} if without is not None else {TOTAL: {"value_count": {"field": ID_HIGH}}}
    for name in _names(asked.counts, without):
        line[name] = terms(name)
    for name in _names(asked.bounded, without):
        line[f"{BOUNDS} {name}"] = {"stats": {"field": name}}
    return line


def _names(lines: tuple[Counting, ...], without: str | None) -> Iterator[str]:
    return (name.value for each in lines if each.without == without for name in each.of)


def _written(part: Terms) -> str | None:
    if not part.values or not all(_PLAIN.fullmatch(value) for value in part.values):
        return None
    ways = " OR ".join(f'{part.field}:"{value}"' for value in part.values)
    return f"({ways})"


def _bounds(results: Mapping[str, Any], which: Range) -> tuple[int, int] | None:
    known = results.get(f"{BOUNDS} {which.value}", NOTHING)
    return None if known["min"] is None else (int(known["min"]), int(known["max"]))
