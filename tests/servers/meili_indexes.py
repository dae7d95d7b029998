"""What a Meilisearch keeps: indexes with documents and settings, and what a search of one answers.

Only what an empty query can ask: filters, orders, facets and pages. Strict where the real one is: an attribute that was
not declared, a parameter nobody knows, a limit that was not raised.
"""

import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.meili_filters import BadFilter, Document, matching, normal, values_of

DEFAULTS: dict[str, Any] = {
    "displayedAttributes": ["*"],
    "searchableAttributes": ["*"],
    "filterableAttributes": [],
    "sortableAttributes": [],
    "rankingRules": ["words", "typo", "proximity", "attributeRank", "sort", "wordPosition", "exactness"],
    "stopWords": [],
    "synonyms": {},
    "distinctAttribute": None,
    "typoTolerance": {"enabled": True},
    "faceting": {"maxValuesPerFacet": 100, "sortFacetValuesBy": {"*": "alpha"}},
    "pagination": {"maxTotalHits": 1000},
    "proximityPrecision": "byWord",
    "facetSearch": True,
    "prefixSearch": "indexingTime",
    "searchCutoffMs": None,
}
ASKED = frozenset({
    "indexUid", "q", "filter", "sort", "facets", "limit", "offset", "page", "hitsPerPage", "attributesToRetrieve",
})  # fmt: skip


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, message: str, kind: str = "invalid_request") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "code": code, "type": kind, "link": f"https://docs.example/errors#{code}"}


@dataclass
class Stored:
    """An index."""

    uid: str
    primary_key: str | None = None
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=lambda: {**DEFAULTS})
    created: str = ""
    updated: str = ""

    def change_settings(self, wanted: Mapping[str, Any]) -> None:
        """Take settings over; those not named stay."""
        for name, value in wanted.items():
            if name not in DEFAULTS:
                raise Refused(400, "bad_request", f"Unknown field `{name}`")
            known = self.settings[name]
            merged = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
            self.settings[name] = DEFAULTS[name] if value is None else merged

    def put(self, documents: Iterable[dict[str, Any]]) -> int:
        """Put or replace documents.

        Raises:
            Refused: one has no id; then none is put.
        """
        key = self.primary_key
        made = {}
        for document in documents:
            if key is None or not isinstance(document.get(key), (str, int)):
                raise Refused(400, "missing_document_id", f"Document doesn't have a `{key}` attribute")
            made[str(document[key])] = document
        self.documents |= made
        return len(made)

    def remove(self, expression: Any) -> int:
        """Remove the documents that match."""
        doomed = [key for key, document in self.documents.items() if self.test(expression)(document)]
        for key in doomed:
            del self.documents[key]
        return len(doomed)

    def test(self, expression: Any, code: str = "invalid_search_filter") -> Any:
        """Read a filter for this index."""
        try:
            return matching(expression, self.settings["filterableAttributes"])
        except BadFilter as error:
            raise Refused(400, code, str(error)) from error

    def search(self, asked: Mapping[str, Any], rule: Any = None) -> dict[str, Any]:
        """Answer a search.

        Args:
            asked: the parameters.
            rule: the filter of the token, which holds as well.
        """
        if unknown := asked.keys() - ASKED:
            raise Refused(400, "bad_request", f"Unknown field `{sorted(unknown)[0]}`")
        if asked.get("q"):
            raise Refused(400, "invalid_search_q", "This server answers empty queries only.")
        test, ruled = self.test(asked.get("filter")), self.test(rule)
        found = [document for document in self.documents.values() if test(document) and ruled(document)]
        found = self._sorted(found, asked.get("sort") or [])
        most = self.settings["pagination"]["maxTotalHits"]
        if "page" in asked or "hitsPerPage" in asked:
            page, size = asked.get("page", 1), asked.get("hitsPerPage", 20)
            start = (page - 1) * size if page else 0
            said = {"page": page, "hitsPerPage": size, "totalPages": -(-min(len(found), most) // size) if size else 0}
            said["totalHits"] = min(len(found), most)
        else:
            start, size = asked.get("offset", 0), asked.get("limit", 20)
            said = {"offset": start, "limit": size, "estimatedTotalHits": min(len(found), most)}
        hits = [
            _shown(document, asked.get("attributesToRetrieve", ["*"]))
            for document in found[:most][start : start + size]
        ]
        answer = {"hits": hits, "query": "", "processingTimeMs": 0, **said}
        if asked.get("facets"):
            answer["facetDistribution"], answer["facetStats"] = self._facets(found, asked["facets"])
        return answer

    def _sorted(self, found: list[Document], rules: list[str]) -> list[Any]:
        for rule in rules:
            name, _, way = rule.rpartition(":")
            if name not in self.settings["sortableAttributes"] or way not in ("asc", "desc"):
                raise Refused(400, "invalid_search_sort", f"Attribute `{name}` is not sortable.")
        if "sort" not in self.settings["rankingRules"]:
            return found
        for rule in reversed(rules):
            name, _, way = rule.rpartition(":")
            known = [document for document in found if values_of(document, name)]
            order = functools.partial(_place, name, way == "desc")
            found = sorted(known, key=order) + [document for document in found if not values_of(document, name)]
        return found

    def _facets(self, found: list[Document], names: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        counts: dict[str, Any] = {}
        stats: dict[str, Any] = {}
        most = self.settings["faceting"]["maxValuesPerFacet"]
        for name in names:
            if name not in self.settings["filterableAttributes"]:
                raise Refused(400, "invalid_search_facets", f"Attribute `{name}` is not filterable.")
            if not any(name in document for document in self.documents.values()):
                continue
            written: dict[str, str] = {}
            counted: Counter[str] = Counter()
            numbers: list[float] = []
            for document in found:
                values = values_of(document, name)
                numbers += [one for one in values if not isinstance(one, str)]
                for key, one in {normal(str(one)): str(one) for one in values}.items():
                    written.setdefault(key, one)
                    counted[key] += 1
            counts[name] = {written[key]: counted[key] for key in sorted(counted)[:most]}
            if numbers:
                stats[name] = {"min": float(min(numbers)), "max": float(max(numbers))}
        return counts, stats


def _shown(document: Document, names: list[str]) -> dict[str, Any]:
    return dict(document) if "*" in names else {name: document[name] for name in names if name in document}


def _place(name: str, falling: bool, document: Document) -> Any:
    """Numbers come before words; of several values the best counts."""
    keys = [(0, -one if falling else one, "") if not isinstance(one, str) else (1, 0, normal(one))
            for one in values_of(document, name)]  # fmt: skip
    if falling and any(kind for kind, _, _ in keys):
        raise Refused(400, "invalid_search_sort", "This server orders words upwards only.")
    return min(keys)
