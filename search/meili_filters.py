"""Parts of a plan as filters of Meilisearch, built of typed values and quoted terms alone (SECURITY C8)."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from .documents import FIELDS
from .meili_documents import STATE, term, terms
from .plan import Part, Plan, Terms, Tier
from .query import Resolved

NOTHING = 'kind = "nothing"'
"""Matches no record."""
OF_STATE = f'kind = "{STATE}"'
EDIT_CLASSES = 3
"""Relevance tells 0, 1, 2 and 3 edits apart; more are one class, or the filters of long texts would have no end."""


class Coded(Protocol):
    """What filters have to know of an index's words."""

    def beginning(self, letter: str) -> Sequence[str]:
        """Give the words with this first letter."""

    def coded(self, letter: str) -> Sequence[str]:
        """Give those of them that are kept in hex, where what begins alike does not stand together."""


def of_tenant(tenant: str) -> str:
    """Limit to a tenant's records; a token brings the same, a server without keys knows no tokens."""
    return f'tenant = "{tenant}"'


def of_part(part: Part) -> str:
    """Write a part of a plan."""
    if isinstance(part, Terms):
        if part.field == "market":
            return f"market = {part.values[0]}"
        if part.every:
            return " AND ".join(f"{part.field} = {quoted(value)}" for value in part.values) or NOTHING
        return among(part.field, part.values)
    bounds = [f"{part.field} >= {part.low}"] if part.low is not None else []
    bounds += [f"{part.field} <= {part.high}"] if part.high is not None else []
    return " AND ".join(bounds) or f"{part.field} EXISTS"


def among(field: str, values: Iterable[str]) -> str:
    """Write that a field holds any of these words."""
    written = ", ".join(f'"{value}"' for value in terms(values))
    return f"{field} IN [{written}]" if written else NOTHING


def quoted(value: str) -> str:
    """Write a word."""
    return f'"{term(value)}"'


def of_plan(plan: Plan, words: Coded, without: str | None = None) -> list[str]:
    """Write what all hits match, all but one named part."""
    text = matching(plan.words, sum(word.edits for word in plan.words), FIELDS[-1], words)
    return [*_parts(plan, without), *text]


def of_tier(tier: Tier, plan: Plan, words: Coded, found: list[str] | None = None) -> list[str]:
    """Write what the cars of a class of relevance match that belong to no better one.

    Args:
        tier: the class.
        plan: of the search.
        words: of the index.
        found: ids of all hits in hex, where they are known: a short list is quicker than a circle of places.
    """
    here = _parts(plan) if found is None else [among("id", found)]
    conditions = [*here, *matching(plan.words, tier.edits, tier.field, words)]
    number = FIELDS.index(tier.field)
    better = [Tier(tier.edits, FIELDS[number - 1])] if number else []
    better += [Tier(tier.edits - 1, FIELDS[-1])] if tier.edits else []
    for known in better:
        conditions.append(f"NOT ({' AND '.join(matching(plan.words, known.edits, known.field, words))})")
    return conditions


def _parts(plan: Plan, without: str | None = None) -> list[str]:
    return [of_part(part) for part in (plan.scope, *plan.without(without))]


def matching(asked: Sequence[Resolved], edits: int, field: str, words: Coded) -> list[str]:
    """Write that all words stand in this field or a better one, with so many edits in all."""
    if not asked:
        return []
    first, rest = asked[0], asked[1:]
    if edits >= sum(word.edits for word in asked):
        return [_within(word, word.edits, field, words) for word in asked]
    ways = []
    for used in range(min(edits, first.edits) + 1):
        if used == 0 or first.near[used]:
            further = matching(rest, edits - used, field, words)
            ways.append(" AND ".join([_within(first, used, field, words), *further]))
    return ["(" + " OR ".join(f"({way})" for way in ways) + ")"]


def _within(word: Resolved, edits: int, field: str, words: Coded) -> str:
    """Write that a word stands in a field with so many edits at most, or is the beginning of one that does."""
    near = list(word.within(edits))
    begins = word.prefix and word.word.isascii()
    if word.prefix:
        letter = word.word[0]
        candidates = words.coded(letter) if begins else words.beginning(letter)
        near += [known for known in candidates if known.startswith(word.word)]
    ways = [among(f"w_{field}", dict.fromkeys(near))] if near else []
    ways += [f"w_{field} STARTS WITH {quoted(word.word)}"] if begins else []
    return f"({' OR '.join(ways)})" if ways else NOTHING
