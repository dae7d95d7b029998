"""The built sites as files: one tree a host under `<instance>/sites/<host>/current/`."""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from lxml import html

ROOT = Path(__file__).resolve().parents[2]
VEHICLE = re.compile(r"^(?:/[a-z]{2})?/vehicles/[^/]+-([0-9a-hjkmnp-tv-z]{13})/$")
"""The address of a car's page; the group is its public id (docs/addresses.md)."""


@dataclass(frozen=True)
class Site:
    """One host and its built tree."""

    host: str
    root: Path
    theme: str = ""
    """The theme it wears and its scheme where that was chosen: `classic`, `noir light`; empty when nobody knows."""

    @cached_property
    def pages(self) -> dict[str, Path]:
        """Every HTML page by its path on the host, `/vehicles/` for `vehicles/index.html`."""
        return {self.path_of(file): file for file in sorted(self.root.rglob("*.html"))}

    def path_of(self, file: Path) -> str:
        """Give the path under which a file of the tree is asked for."""
        path = "/" + file.relative_to(self.root).as_posix()
        return path.removesuffix("index.html") if path.endswith("/index.html") else path

    def file_at(self, path: str) -> Path | None:
        """Find the file that answers `path`, as a static server would; None when there is none."""
        name = unquote(path).lstrip("/")
        file = self.root / (name + "index.html" if not name or name.endswith("/") else name)
        return file if file.is_file() else None

    @cached_property
    def origin(self) -> str:
        """The origin of the site's public addresses, as its home page says; empty when it does not."""
        for link in html.document_fromstring((self.root / "index.html").read_bytes()).iter("link"):
            if link.get("rel") == "canonical":
                return "/".join((link.get("href") or "").split("/")[:3])
        return ""

    @property
    def is_marketplace(self) -> bool:
        """Only the marketplace has a directory of dealers."""
        return (self.root / "dealers" / "index.html").is_file()

    @property
    def local_host(self) -> str:
        """The name under which `marketplace serve` answers for this host on the machine itself."""
        return "localhost" if self.is_marketplace else f"{self.host.split('.')[0]}.localhost"


def built_sites(instance: Path, host: str = "") -> list[Site]:
    """List the built sites of an installation folder, or the one of `host`; an empty list when nothing is built."""
    found = sorted((instance / "sites").glob("*/current"))
    worn = _themes(instance / "marketplace.sqlite3")
    sites = [Site(tree.parent.name, tree.resolve(), worn.get(tree.parent.name, "")) for tree in found]
    return [site for site in sites if not host or site.host == host]


def _themes(database: Path) -> dict[str, str]:
    """Read which theme each host wears, in an installation on SQLite; nothing from one on PostgreSQL."""
    if not database.is_file():
        return {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("select coalesce(custom_domain, host), theme, theme_settings from stores").fetchall()
    return {
        host: " ".join([theme, json.loads(chosen or "{}").get("scheme", "")]).strip() for host, theme, chosen in rows
    }


def documents(site: Site) -> Iterator[tuple[str, html.HtmlElement]]:
    """Read every page of a site as (path, parsed document)."""
    for path, file in site.pages.items():
        yield path, html.document_fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def reference(name: str) -> Path | None:
    """Find a reference file (`xsd/combined.xsd`) in MARKETPLACE_SHARED or in `shared` beside the checkout."""
    shared = Path(os.environ.get("MARKETPLACE_SHARED") or ROOT.parent / "shared")
    path = shared / "reference" / name
    return path if path.is_file() else None
