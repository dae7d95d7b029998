"""Sitemaps against the schema of sitemaps.org with its image and language extensions, and against the tree."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from tools.judges.report import Verdict
from tools.judges.trees import Site, reference

MOST_URLS, MOST_BYTES = 50_000, 52_428_800
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
Schemas = dict[str, etree.XMLSchema]


def sitemaps(sites: list[Site], schema_file: Path | None) -> Verdict:
    """Validate every sitemap (F3), its sizes, and that each address in it is a page of the same host (SEO.md §11)."""
    verdict = Verdict("sitemaps")
    schema_file = schema_file or reference("xsd/combined.xsd")
    if schema_file is None:
        verdict.skipped = "combined.xsd is not here: give --xsd, or set MARKETPLACE_SHARED"
        return verdict
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    # An index has a schema of its own, in the same namespace, so that one schema cannot hold both.
    files = {f"{MAP}urlset": schema_file, f"{MAP}sitemapindex": schema_file.with_name("siteindex.xsd")}
    schemas = {root: etree.XMLSchema(etree.parse(str(file), parser)) for root, file in files.items()}
    urls = 0
    for site in sites:
        before = verdict.looked_at
        for file in sorted([*site.root.rglob("*.xml"), *site.root.rglob("*.xml.gz")]):
            urls += _judge(verdict, site, file, schemas, parser)
        if verdict.looked_at == before:
            verdict.blame(site.host, "/", "no sitemap", "the tree holds none")
    verdict.figures = {"urls": urls}
    return verdict


def _judge(verdict: Verdict, site: Site, file: Path, schemas: Schemas, parser: etree.XMLParser) -> int:
    path = site.path_of(file)
    if file.suffix == ".gz" and file.with_suffix("").is_file():
        return 0  # the precompressed twin of a file judged by itself
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    try:
        document = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        verdict.blame(site.host, path, "not XML", str(error))
        return 0
    schema = schemas.get(str(document.tag))
    if schema is None:
        return 0  # RSS, an icon, anything else
    verdict.looked_at += 1
    if not schema.validate(document):
        for fault in str(schema.error_log).splitlines():
            verdict.blame(site.host, path, "schema", fault)
    locations = [location.text or "" for location in document.iterfind(f"{{*}}*/{MAP}loc")]
    if len(locations) > MOST_URLS or len(data) > MOST_BYTES:
        verdict.blame(site.host, path, "too large", f"{len(locations)} addresses, {len(data)} bytes")
    for location in locations:
        parts = urlsplit(location)
        if parts.hostname != site.host:
            verdict.blame(site.host, path, "another host", location)
        elif site.file_at(parts.path) is None:
            verdict.blame(site.host, path, "no such page", location)
    return len(locations)
