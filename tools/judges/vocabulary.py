"""The vocabulary of schema.org, read from its published file: classes, properties, enumeration members."""

import gzip
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

PREFIX = "https://schema.org/"
TEXTUAL = {"Text", "URL", "Date", "DateTime", "Time", "Number", "Integer", "Float", "Boolean", "CssSelectorType",
           "XPathType", "PronounceableText"}  # fmt: skip


class Vocabulary:
    """What schema.org allows: which types there are, what a property may stand on, and what it may hold."""

    def __init__(self, file: Path) -> None:
        """Read `schemaorg-current-https.jsonld.gz`."""
        terms = json.loads(gzip.decompress(file.read_bytes()))["@graph"]
        self.terms: dict[str, dict[str, Any]] = {_name(term["@id"]): term for term in terms}

    @cached_property
    def classes(self) -> set[str]:
        """Names of all types."""
        return {name for name, term in self.terms.items() if "rdfs:Class" in _all(term["@type"])}

    @cached_property
    def properties(self) -> set[str]:
        """Names of all properties."""
        return {name for name, term in self.terms.items() if "rdf:Property" in _all(term["@type"])}

    def ancestors(self, kind: str) -> set[str]:
        """A type and all types above it."""
        above = {_name(up["@id"]) for up in _all(self.terms.get(kind, {}).get("rdfs:subClassOf"))}
        return {kind}.union(*(self.ancestors(up) for up in above if up != kind))

    def faults(self, kinds: list[str], key: str, value: Any) -> Iterator[str]:
        """Say what is wrong with one property of a node of these types."""
        if key not in self.properties:
            yield f"unknown property {key}"
            return
        term = self.terms[key]
        if "schema:supersededBy" in term:
            yield f"property {key} is superseded by {_named(term, 'schema:supersededBy')}"
        lineage = set().union(*(self.ancestors(kind) for kind in kinds))
        domain = _named(term, "schema:domainIncludes")
        if not lineage & domain:
            yield f"property {key} does not belong on {'/'.join(kinds)}"
        for single in _all(value):
            yield from self._range_faults(key, _named(term, "schema:rangeIncludes"), single)

    def _range_faults(self, key: str, allowed: set[str], value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            kinds = _all(value.get("@type"))
            if kinds and not allowed & set().union(*(self.ancestors(kind) for kind in kinds)):
                yield f"{key} may not hold a {'/'.join(kinds)}"
        elif isinstance(value, str) and value.startswith(PREFIX):
            yield from self._member_faults(key, allowed, value.removeprefix(PREFIX))
        elif allowed and not allowed & TEXTUAL and not isinstance(value, str):
            yield f"{key} may not hold the plain value {value!r}"
        elif isinstance(value, str) and _wants_number(allowed) and not value.replace(".", "", 1).isdigit():
            yield f"{key} holds {value!r}, which is not a number"

    def _member_faults(self, key: str, allowed: set[str], member: str) -> Iterator[str]:
        if member not in self.terms:
            yield f"{key}: schema.org knows no {member}"
            return
        kinds = {_name(kind) for kind in _all(self.terms[member]["@type"])} & self.classes
        if kinds and not allowed & set().union(*(self.ancestors(kind) for kind in kinds)):
            yield f"{key} may not hold {member}"


def nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Walk every node of a JSON-LD document, nested ones too."""
    if isinstance(data, list):
        for item in data:
            yield from nodes(item)
    elif isinstance(data, dict):
        yield data
        for value in data.values():
            yield from nodes(value)


def _wants_number(allowed: set[str]) -> bool:
    return "Text" not in allowed and bool(allowed & {"Number", "Integer"})


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(term: dict[str, Any], key: str) -> set[str]:
    return {_name(entry["@id"]) for entry in _all(term.get(key))}


def _name(identifier: str) -> str:
    return identifier.removeprefix("schema:").removeprefix(PREFIX)
