"""What should be served: all pages drawn in memory, and which files may lie beside them."""

import gzip
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import brotli

from builder import queries
from builder.images import pictures
from builder.site_pages import open_pages
from builder.social import cards
from builder.store import Store as ContentStore
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.listings.films import film_store
from storefront.pages.catalogue import PageKind
from storefront.pages.rendering import file_of

from .ground import Ground

LINGER_DAYS = 30
"""A fingerprinted file answers so long after nothing refers to it any more (SEO.md §15)."""
_SHOWN = re.compile(
    rb"/(i/([0-9a-f]{20})-[a-z0-9]{1,8}(-(?:[0-9]{1,3}x[0-9]{1,3}|spin|pano))?\.(?:avif|webp|jpg)"
    rb"|i/card-[0-9a-f]{20}\.jpg|m/[0-9a-f]{20}\.(?:mp4|webm))"
)
_FINGERPRINTED = ("a/", "i/", "m/")
_COPIES = {".br": brotli.decompress, ".gz": gzip.decompress}
Tree = dict[str, bytes]
"""Path → bytes."""


@dataclass
class Site:
    """A site as a build from scratch gives it."""

    pages: Tree
    theme: Tree
    shown: frozenset[str]
    """Pictures, cards and films that its pages need, by path; for a picture set, all its files."""


def sites(ground: Ground, scratch: Path) -> dict[str, Site]:
    """Draw every site that is to be served, now, from nothing, by host.

    Args:
        ground: its state in one moment.
        scratch: a folder for theme files.
    """
    with acting(ground.tenant_id), db.snapshot():
        return {store.public_host: _site(ground, store, ContentStore(scratch)) for store in queries.sites()}


def _site(ground: Ground, store: object, kept: ContentStore) -> Site:
    source = open_pages(store, as_of=ground.today, settings=ground.settings)  # type: ignore[arg-type]
    drawn = list(source.draw(source.pages()))
    pages = {file_of(page.ref.path): page.content for page in drawn}
    theme = {entry.path: kept.read(blob.hash) for entry, blob in source.files(kept)}
    # Feeds name pictures of the cars' own pages once more, and those of cars whose page is elsewhere never.
    named = {match for page in drawn if page.ref.kind is not PageKind.FEED for match in _SHOWN.findall(page.content)}
    return Site(pages, theme, frozenset(_files(named, ground.settings)))


def _files(named: set[tuple[bytes, bytes, bytes]], settings: Settings) -> set[str]:
    found = {path.decode() for path, key, _ in named if not key}
    for name in {(key + variant).decode() for _, key, variant in named if key}:
        found |= {made.path[1:] for made in pictures(settings).ready(name) or ()}
    return found


@dataclass
class Memory:
    """Which fingerprinted files were needed, by host, and since when they are not any more."""

    gone: dict[str, dict[str, date | None]] = field(default_factory=dict)

    def note(self, host: str, needed: set[str], today: date) -> None:
        """Note what a site needs on a day."""
        known = self.gone.setdefault(host, {})
        for path in known.keys() - needed:
            known[path] = known[path] or today
        known.update(dict.fromkeys(needed))

    def may_lie(self, host: str) -> set[str]:
        """Give what was ever needed."""
        return set(self.gone.get(host, ()))

    def must_lie(self, host: str, today: date) -> set[str]:
        """Give what is needed, or was within the days it has to answer."""
        known = self.gone.get(host, {})
        return {path for path, since in known.items() if since is None or (today - since).days <= LINGER_DAYS}


def faults(host: str, served: Tree, wanted: Site, memory: Memory, ground: Ground) -> list[str]:
    """Say where a served tree is not what it should be.

    Args:
        host: whose it is.
        served: every file of it.
        wanted: from `sites`.
        memory: what was needed before; this state is noted in it.
        ground: for its day, and the pictures it made.
    """
    plain = {path for path in served if not _is_copy(path, served)}
    memory.note(host, {path for path in wanted.theme if path.startswith(_FINGERPRINTED)} | wanted.shown, ground.today)
    exact = {**wanted.pages, **wanted.theme}
    found = [f"{host}/{path} is missing" for path in sorted(exact.keys() - plain)]
    found += [
        f"{host}/{path} is not as drawn now" for path in sorted(exact.keys() & plain) if served[path] != exact[path]
    ]
    extra = {path for path in plain - exact.keys() if not path.startswith(_FINGERPRINTED)}
    found += [f"{host}/{path} should not be there" for path in sorted(extra)]
    beside = {path for path in plain if path.startswith(_FINGERPRINTED)}
    found += [f"{host}/{path} is missing" for path in sorted(memory.must_lie(host, ground.today) - beside)]
    found += [f"{host}/{path} was never needed" for path in sorted(beside - memory.may_lie(host))]
    found += [
        f"{host}/{path} is no file of ours" for path in sorted(beside) if not _is_made(path, served[path], ground)
    ]
    return found + _wrong_copies(host, served)


def _is_copy(path: str, served: Tree) -> bool:
    return path.endswith(tuple(_COPIES)) and path[:-3] in served


def _wrong_copies(host: str, served: Tree) -> list[str]:
    copies = [path for path in served if _is_copy(path, served)]
    return [
        f"{host}/{path} says something else" for path in copies if _COPIES[path[-3:]](served[path]) != served[path[:-3]]
    ]


def _is_made(path: str, content: bytes, ground: Ground) -> bool:
    """Ask whether a picture, card or film is one of those this installation made."""
    if path.startswith("a/"):
        return True
    if path.startswith("m/"):
        film = film_store(ground.settings).find(path.removeprefix("m/").partition(".")[0])
        return film is not None and film.read_bytes() == content
    if path.startswith("i/card-"):
        return cards(ground.settings).ready(path) == content
    match = _SHOWN.fullmatch(f"/{path}".encode())
    assert match
    made = pictures(ground.settings).ready((match[2] + (match[3] or b"")).decode()) or ()
    return any(item.path == f"/{path}" and item.file.read_bytes() == content for item in made)


def served_hosts(settings: Settings) -> list[str]:
    """Give the hosts that are served."""
    return [current.parent.name for current in sorted(settings.sites.glob("*/current")) if current.is_dir()]


def trees(settings: Settings) -> dict[str, Tree]:
    """Read every file that is served, by host."""
    return {host: _read(settings.sites / host / "current") for host in served_hosts(settings)}


def _read(root: Path) -> Tree:
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}
