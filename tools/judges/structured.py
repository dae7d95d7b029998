"""Structured data: known terms of schema.org only, right types, and nothing said that the page does not show."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from lxml import html

from tools.judges.foreign import HERE, missing
from tools.judges.report import Verdict
from tools.judges.trees import Site, documents, reference
from tools.judges.vocabulary import Vocabulary, nodes

SPACE = re.compile(r"\s+")
GROUPING = re.compile(r"(?<=\d)[.,'’\u00a0\u202f ](?=\d{3}(?!\d))")
STRANGERS = re.compile(r"^(?:@context|@graph|@id|@type)$")


def jsonld(sites: list[Site], vocabulary_file: Path | None) -> Verdict:
    """Every type, property and enumeration word exists at schema.org, references resolve, and a car's facts are
    those on the page (SEO.md §2; F3)."""
    verdict = Verdict("jsonld")
    file = vocabulary_file or reference("schemaorg/schemaorg-current-https.jsonld.gz")
    if file is None:
        verdict.skipped = "the schema.org vocabulary is not here: give --vocabulary, or set MARKETPLACE_SHARED"
        return verdict
    vocabulary = Vocabulary(file)
    for site in sites:
        for path, document in documents(site):
            for block in document.xpath("//script[@type='application/ld+json']/text()"):
                verdict.looked_at += 1
                try:
                    data = json.loads(block)
                except ValueError as error:
                    verdict.blame(site.host, path, "not JSON", str(error))
                    continue
                for fault in [*_term_faults(vocabulary, data), *_claim_faults(data, document)]:
                    verdict.blame(site.host, path, fault.split(":")[0], fault)
    return verdict


def _term_faults(vocabulary: Vocabulary, data: Any) -> Iterator[str]:
    found = list(nodes(data))
    defined = {node["@id"] for node in found if "@id" in node and "@type" in node}
    if isinstance(data, dict) and data.get("@context") not in {"https://schema.org", "https://schema.org/"}:
        yield f"wrong context: {data.get('@context')}"
    for node in found:
        kinds = node.get("@type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not kinds:
            if set(node) == {"@id"} and str(node["@id"]) not in defined:
                yield f"reference to nothing: {node['@id']}"
            elif "@graph" not in node and set(node) != {"@id"}:
                yield f"node without a type: {sorted(node)}"
            continue
        unknown = [kind for kind in kinds if kind not in vocabulary.classes]
        yield from (f"unknown type: {kind}" for kind in unknown)
        for key, value in node.items():
            if not unknown and not STRANGERS.match(key):
                yield from (f"wrong term: {fault}" for fault in vocabulary.faults(kinds, key, value))


def _claim_faults(data: Any, document: html.HtmlElement) -> Iterator[str]:
    """What JSON-LD says of the page's car and the page does not show."""
    for node in nodes(data):
        if "Car" not in node.get("@type", []) or not node.keys() & {"offers", "mileageFromOdometer"}:
            continue
        text = _visible(document)
        plain = GROUPING.sub("", text)
        for name, said in _claims(node):
            shown = _is_number_in(said, plain) if said.replace(".", "", 1).isdigit() else _squeezed(said) in text
            if not shown:
                yield f"not shown on the page: {name} {said[:80]!r}"


def _claims(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("model", "vehicleConfiguration", "vehicleModelDate", "bodyType", "color", "vehicleTransmission",
                "numberOfDoors", "vehicleSeatingCapacity", "emissionsCO2", "meetsEmissionStandard", "sku",
                "vehicleIdentificationNumber", "numberOfPreviousOwners"):  # fmt: skip
        if node.get(key) is not None:
            yield key, str(node[key])
    if brand := node.get("brand"):
        yield "brand", str(brand["name"])
    if mileage := node.get("mileageFromOdometer"):
        yield "mileage", str(mileage["value"])
    if description := node.get("description"):
        yield "description", str(description)
    offer = node.get("offers")
    if isinstance(offer, dict) and "price" in offer:
        yield "price", str(offer["price"]).removesuffix(".00")


def _is_number_in(number: str, text: str) -> bool:
    written = re.escape(number).replace(r"\.", "[.,]")
    return re.search(rf"(?<![\d.,]){written}(?![\d]|[.,]\d)", text) is not None or f"{number},00" in text


def _visible(document: html.HtmlElement) -> str:
    pieces = document.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    return _squeezed(" ".join(pieces))


def _squeezed(text: str) -> str:
    """Text with its white space evened out and none before punctuation, as two renderings may differ there."""
    return re.sub(r" (?=[.,;:!?)])", "", SPACE.sub(" ", text).strip())


def typed(sites: list[Site]) -> Verdict:
    """Write each shape of JSON-LD node as a typed constant of schema-dts and let TypeScript judge it."""
    verdict = Verdict("typed", skipped=missing("node"))
    vocabulary_file = reference("schemaorg/schemaorg-current-https.jsonld.gz")
    if verdict.skipped or vocabulary_file is None:
        verdict.skipped = verdict.skipped or "the schema.org vocabulary is not here: set MARKETPLACE_SHARED"
        return verdict
    samples = list(_samples(sites, Vocabulary(vocabulary_file)))
    verdict.looked_at = len(samples)
    kinds = sorted({kind for _, _, kind, _ in samples})
    lines = [f'import type {{ {", ".join(kinds)} }} from "schema-dts";']
    lines += [
        f"export const node{number}: {kind} = {json.dumps(node, ensure_ascii=True)};"
        for number, (_, _, kind, node) in enumerate(samples)
    ]
    run = _compile("\n".join(lines) + "\n")
    for line, message in re.findall(r"\.ts\((\d+),\d+\): error (.*)", run.stdout):
        host, path, kind, _ = samples[max(int(line) - 2, 0)]
        verdict.blame(host, path, f"type {kind}", message)
    if run.returncode and not verdict.findings:
        raise RuntimeError(f"tsc failed: {run.stdout[-600:]} {run.stderr[-300:]}")
    return verdict


def _compile(program: str) -> subprocess.CompletedProcess[str]:
    options = ["--noEmit", "--strict", "--moduleResolution", "bundler", "--module", "esnext", "--skipLibCheck"]
    # Inside node_modules, so that the import of schema-dts resolves.
    with NamedTemporaryFile("w", dir=HERE / "node_modules", suffix=".ts", encoding="utf-8") as file:
        file.write(program)
        file.flush()
        command = [str(HERE / "node_modules/.bin/tsc"), *options, "--pretty", "false", file.name]
        return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)


def _samples(sites: list[Site], vocabulary: Vocabulary) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """One page's node for every shape there is; the shape is all keys, and the words of enumerations."""
    seen: set[str] = set()
    for site in sites:
        for path, document in documents(site):
            for block in document.xpath("//script[@type='application/ld+json']/text()"):
                data = json.loads(block)
                for node in data.get("@graph", [data]):
                    node = _single_typed({key: value for key, value in node.items() if key != "@context"}, vocabulary)
                    shape = json.dumps(_shape(node), sort_keys=True)
                    if shape not in seen and isinstance(node.get("@type"), str):
                        seen.add(shape)
                        yield site.host, path, node["@type"], node


def _single_typed(data: Any, vocabulary: Vocabulary) -> Any:
    """schema-dts knows no node of two types: keep the one that is a kind of all the others."""
    if isinstance(data, list):
        return [_single_typed(item, vocabulary) for item in data]
    if not isinstance(data, dict):
        return data
    node = {key: _single_typed(value, vocabulary) for key, value in data.items()}
    if isinstance(node.get("@type"), list):
        narrowest = [kind for kind in node["@type"] if vocabulary.ancestors(kind) >= set(node["@type"])]
        node["@type"] = narrowest[0] if narrowest else node["@type"]
    return node


def _shape(data: Any) -> Any:
    if isinstance(data, list):
        return sorted({json.dumps(_shape(item), sort_keys=True) for item in data})
    if isinstance(data, dict):
        return {key: value if key == "@type" else _shape(value) for key, value in data.items()}
    return data if isinstance(data, str) and data.startswith("https://schema.org/") else type(data).__name__
