"""The files a site serves for its theme: one style sheet, scripts, pictures, fonts, each named after its content.

`bundle` is pure: the same theme files and settings give the same names and bytes on every machine.
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import xxhash

from themes import properties
from themes.errors import ThemeError
from themes.settings import ThemeSettings
from themes.theme import Theme

SHEET = "css/site.css"
FOLDER = "/a/"
MOST_BUNDLES = 32
"""Bundles of a theme that are kept, by settings."""

STRING = r'"(?:[^"\\]|\\.)*"' + "|" + r"'(?:[^'\\]|\\.)*'"
COMMENTS = re.compile(rf"({STRING})|/\*(?!!).*?\*/", re.DOTALL)
"""A licence, `/*! … */`, stays."""
SPACES = re.compile(rf"({STRING})|\s*([{{}};,])\s*|(:)\s+|\s+")
LAST_SEMICOLON = re.compile(rf"({STRING})|;(?=}})")
URLS = re.compile(r"""url\(\s*(?:"([^"]+)"|'([^']+)'|([^"')\s]+))\s*\)""")
IMPORTS = re.compile(r"""(\b(?:from|import)\s*\(?\s*)(["'])(\.{1,2}/[^"']+)\2""")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Fingerprinted files: by public path with their bytes, and the public path of every logical name."""

    files: Mapping[str, bytes]
    urls: Mapping[str, str]
    digest: str
    """Sixteen hex digits over all of it; equal bundles have equal digests."""


def bundle(theme: Theme, settings: ThemeSettings) -> Bundle:
    """Put together what the theme serves with these settings, once a process and settings.

    Raises:
        ThemeError: a reference leads nowhere.
    """
    key = repr(sorted(settings.values.items()))
    made = theme.bundles.get(key)
    if made is None:
        if len(theme.bundles) >= MOST_BUNDLES:
            del theme.bundles[next(iter(theme.bundles))]
        made = theme.bundles[key] = _bundle(theme, settings)
    return made


def _bundle(theme: Theme, settings: ThemeSettings) -> Bundle:
    packing = _Packing({name: path.read_bytes() for name, path in theme.assets().items()})
    sheet = properties.with_scheme(
        "".join(
            packing.css(_logical(theme, index), minified(path.read_text(encoding="utf-8")))
            for index, path in enumerate(theme.styles)
        )
        + properties.style(theme.settings, settings),
        theme.settings,
        settings,
    )
    packing.add(SHEET, sheet.encode())
    for name in sorted(packing.raw):
        packing.url(name)
    paths = sorted(packing.files)
    return Bundle(
        dict(sorted(packing.files.items())),
        dict(sorted(packing.urls.items())),
        xxhash.xxh3_64_hexdigest("\n".join(paths).encode()),
    )


def minified(css: str) -> str:
    """Take comments and needless white space out of a style sheet; strings stay as they are."""
    css = COMMENTS.sub(lambda found: found[1] or "", css)
    css = SPACES.sub(lambda found: found[1] or found[2] or found[3] or " ", css)
    return LAST_SEMICOLON.sub(lambda found: found[1] or "", css).strip()


class _Packing:
    """The work of one bundle: every file gets its name once what it refers to has one."""

    def __init__(self, raw: dict[str, bytes]) -> None:
        self.raw = raw
        self.files: dict[str, bytes] = {}
        self.urls: dict[str, str] = {}
        self._open: list[str] = []

    def url(self, name: str, wanted_by: str = "") -> str:
        """Give the public path of a file, naming it first if need be."""
        if name in self.urls:
            return self.urls[name]
        if name not in self.raw:
            raise ThemeError(f"{wanted_by} refers to {name}, which no theme of its chain has")
        if name in self._open:
            raise ThemeError(f"{' → '.join([*self._open, name])} refer to each other in a circle")
        self._open.append(name)
        content = self.raw[name]
        if name.endswith(".js"):
            content = IMPORTS.sub(self._import_of(name), content.decode()).encode()
        elif name.endswith(".css"):
            content = self.css(name, minified(content.decode())).encode()
        self._open.pop()
        return self.add(name, content)

    def add(self, name: str, content: bytes) -> str:
        """Name a finished file after its content."""
        stem, suffix = posixpath.splitext(posixpath.basename(name))
        path = f"{FOLDER}{stem}.{xxhash.xxh3_64_hexdigest(content)}{suffix}"
        self.files[path] = content
        self.urls[name] = path
        return path

    def css(self, name: str, text: str) -> str:
        """Point the `url()` references of a style sheet to the public names."""

        def public(found: re.Match[str]) -> str:
            target = found[1] or found[2] or found[3]
            if target.startswith(("data:", "#", "/")) or "://" in target:
                return found[0]
            return f"url({self.url(_resolved(name, target), name)})"

        return URLS.sub(public, text)

    def _import_of(self, name: str) -> Callable[[re.Match[str]], str]:
        return lambda found: f"{found[1]}{found[2]}{self.url(_resolved(name, found[3]), name)}{found[2]}"


def _logical(theme: Theme, index: int) -> str:
    path = theme.styles[index]
    return path.relative_to(next(folder for folder in theme.chain if folder in path.parents) / "assets").as_posix()


def _resolved(name: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
