"""Addresses over all hosts: every link and picture leads to a built file, one canonical page a car and language,
and no dealer's tree names another dealer's host."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import html

from tools.judges.report import Verdict
from tools.judges.trees import VEHICLE, Site, documents

HOST_NAME = re.compile(rb"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
CANONICAL_HOST = re.compile(rb"<link (?=[^>]*rel=[\"']?canonical)[^>]*href=[\"']?https?://([a-z0-9.-]+)", re.IGNORECASE)
TEXT = {".html", ".xml", ".txt", ".json", ".webmanifest", ".css", ".js", ".rss"}
STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")


def links(sites: list[Site]) -> Verdict:
    """Every address on every page: links, fragments, pictures of every width, scripts, styles, social pictures,
    translations, canonical links and those in style sheets and the manifest (F3: 0 broken)."""
    verdict = Verdict("links")
    by_host = {site.host: site for site in sites}
    for site in sites:
        for path, document in documents(site):
            for url in _addresses(document):
                verdict.looked_at += 1
                if fault := _fault(by_host, site, path, url):
                    verdict.blame(site.host, path, fault, url)
        for file in [*site.root.rglob("*.css"), *site.root.rglob("*.webmanifest")]:
            for url in _addresses_in_file(file):
                verdict.looked_at += 1
                if fault := _fault(by_host, site, site.path_of(file), url):
                    verdict.blame(site.host, site.path_of(file), fault, url)
    return verdict


def _addresses(document: html.HtmlElement) -> Iterator[str]:
    for element, attribute, url, _ in document.iterlinks():
        # A form's address belongs to the live layer, which no tree can answer for.
        if not (element.tag == "form" or attribute in {"action", "formaction", "srcset", "imagesrcset", "profile"}):
            yield url
    for name in ("srcset", "imagesrcset"):
        for value in document.xpath(f"//@{name}"):
            yield from (candidate.split()[0] for candidate in value.split(",") if candidate.strip())
    yield from document.xpath("//meta[@property='og:image' or @property='og:url' or @name='twitter:image']/@content")


def _addresses_in_file(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".css":
        yield from STYLE_URL.findall(text)
        return
    manifest = json.loads(text)
    yield manifest.get("start_url", "/")
    yield from (icon["src"] for icon in manifest.get("icons", []))


def _fault(by_host: dict[str, Site], site: Site, page: str, url: str) -> str:
    """Name what is wrong with an address on a page, or give an empty text."""
    absolute, fragment = urldefrag(urljoin(f"https://{site.host}{page}", url.strip()))
    parts = urlsplit(absolute)
    target = by_host.get(parts.hostname or "")
    if parts.scheme not in {"http", "https"} or target is None or parts.path.startswith(("/-/", "/admin/")):
        return ""
    file = target.file_at(parts.path or "/")
    if file is None:
        return "broken link"
    if fragment and file.suffix == ".html" and fragment not in _ids(file):
        return "no such place on the page"
    return ""


@cache
def _ids(file: Path) -> frozenset[str]:
    document = html.document_fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    named = [element.get("id") or element.get("name") or "" for element in document.iter() if element.attrib]
    return frozenset(named) | {"top"}


def canonical(sites: list[Site]) -> Verdict:
    """Exactly one self-canonical, indexable page a car and language over all hosts; every canonical link leads to
    such a page (SEO.md §6)."""
    verdict = Verdict("canonical")
    cars: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    copies: list[tuple[str, str, str]] = []
    own: set[str] = set()
    for site in sites:
        for path, document in documents(site):
            verdict.looked_at += 1
            targets = document.xpath("//head/link[@rel='canonical']/@href")
            indexable = "noindex" not in "".join(document.xpath("//meta[@name='robots']/@content"))
            if len(targets) != 1 and (indexable or targets):
                verdict.blame(site.host, path, "not one canonical link", str(targets))
                continue
            here = [target for target in targets if _is_here(target, site, path)]
            if here and indexable:
                own.add(here[0])
            elif targets and not here:
                copies.append((site.host, path, targets[0]))
            if car := VEHICLE.search(path):
                key = (car[1], str(document.get("lang")))
                cars[key] += [(site.host, path)] if here and indexable else []
    _judge_canonical(verdict, cars, copies, own)
    return verdict


def _is_here(target: str, site: Site, path: str) -> bool:
    parts = urlsplit(target)
    return parts.hostname == site.host and parts.path == path and not parts.query


def _judge_canonical(
    verdict: Verdict,
    cars: dict[tuple[str, str], list[tuple[str, str]]],
    copies: list[tuple[str, str, str]],
    own: set[str],
) -> None:
    for host, path, target in copies:
        if target not in own:
            verdict.blame(host, path, "canonical leads to no canonical page", target)
    for (car, language), pages in cars.items():
        if len(pages) != 1:
            host, path = pages[0] if pages else ("", "")
            verdict.blame(host, path, "not one canonical page", f"car {car} in {language}: {pages}")
    verdict.figures = {"cars_and_languages": len(cars), "self_canonical": len(own)}


def hosts(sites: list[Site]) -> Verdict:
    """No dealer's tree names another dealer's host, in any text file; the marketplace may name all of them."""
    verdict = Verdict("hosts")
    dealers = {site.host.encode() for site in sites if not site.is_marketplace}
    for site in sites:
        foreign = set() if site.is_marketplace else dealers - {site.host.encode()} - _own(site)
        for file in site.root.rglob("*"):
            if file.suffix in TEXT and file.is_file():
                verdict.looked_at += 1
                for name in foreign & {word.lower() for word in HOST_NAME.findall(file.read_bytes())}:
                    verdict.blame(site.host, site.path_of(file), "names another dealer's host", name.decode())
    return verdict


def _own(site: Site) -> set[bytes]:
    """The dealer's first host, where this is another one: all its cars' pages name that one alone as what counts."""
    cars = (file for path, file in site.pages.items() if VEHICLE.search(path))
    found = {name for file in cars for name in CANONICAL_HOST.findall(file.read_bytes())}
    return {name.lower() for name in found} if len(found) == 1 else set()
