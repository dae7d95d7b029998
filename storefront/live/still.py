"""What answers for the live layer while it is switched off (`serve --no-live`): where to turn instead.

Needs nothing but the built files: telephone and e-mail are read from the page the visitor comes from, else from the
site's contact page.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

from seo import headers as rules
from storefront.core.config import Settings
from themes import words

from .files import Environ, Site, StartResponse, host_of, open_best, site_of, tree

_WAY = re.compile(r"""href=["']?((?:tel|mailto):[^"'?\s>]{3,200})""")
_LANG = re.compile(r"""<html[^>]*\blang=["']?([A-Za-z-]{2,12})""")
_ASKED = re.compile(r"[a-z]{2}(?:-[a-z]{2})?")
_SHEET = re.compile(r"""<link[^>]*\bhref=["']?(/a/[\w.-]+\.css)""")
_CONTACT = "contact/"
_FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Still:
    """The WSGI application in the live layer's place."""

    settings: Settings

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request for something dynamic, or for an unknown host."""
        path = environ.get("PATH_INFO", "/")
        if path in ("/health", "/ready"):
            return _said(start_response, "200 OK", b"ok\n", "text/plain; charset=utf-8")
        site = site_of(self.settings, host_of(environ))
        if site is None:
            return _said(start_response, "404 Not Found", b"404 Not Found\n", "text/plain; charset=utf-8")
        page = self._page(site, environ).encode()
        return _said(start_response, "503 Service Unavailable", page, "text/html; charset=utf-8")

    def _page(self, site: Site, environ: Environ) -> str:
        came_from = _same_site(str(environ.get("HTTP_REFERER", "")), site)
        lang = _language(site, came_from, str(environ.get("HTTP_ACCEPT_LANGUAGE", "")))
        home = _read(site, "index.html")
        prefix = f"{lang}/" if _match(_LANG, home) != lang and _read(site, f"{lang}/index.html") else ""
        contact = _read(site, f"{prefix}{_CONTACT}index.html")
        ways = _ways(came_from) or _ways(contact) or _ways(home)
        t = _words(lang)
        sheet = _match(_SHEET, home)
        style = f'<link rel="stylesheet" href="{escape(sheet)}">' if sheet else ""
        links = [f'<li><a href="{escape(way)}">{escape(way.partition(":")[2])}</a></li>' for way in ways]
        if contact:
            links.append(f'<li><a href="/{prefix}{_CONTACT}">{t("still.contact")}</a></li>')
        links.append(f'<li><a href="/{prefix}">{t("still.home")}</a></li>')
        return (
            f'<!doctype html><html lang="{t.lang}"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{t("still.heading")}</title>'
            f'{style}</head><body><main class="wrap"><h1>{t("still.heading")}</h1><p>{t("still.text")}</p>'
            f"<ul>{''.join(links)}</ul></main></body></html>\n"
        )


@cache
def _words(lang: str) -> words.Words:
    return words.complete("live", lang, _FOLDER)


def _said(start: StartResponse, status: str, body: bytes, kind: str) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    if status.startswith("503"):
        headers.append(("Retry-After", "300"))
    start(status, [*headers, *rules.security_headers(rules.content_security_policy())])
    return [body]


def _same_site(referer: str, site: Site) -> str:
    """Give the page of this host that a visitor comes from, empty when it is none."""
    with suppress(ValueError):
        parts = urlsplit(referer)
        if parts.hostname == site.host:
            return _read(site, f"{parts.path.lstrip('/')}index.html")
    return ""


def _language(site: Site, came_from: str, accepts: str) -> str:
    """Choose the language: that of the page the visitor comes from, else one the browser asks for and we have words
    in, else the site's own."""
    known = words.languages([_FOLDER])
    asked = (lang for lang in _ASKED.findall(accepts.lower()) if lang in known)
    return _match(_LANG, came_from) or next(asked, "") or _match(_LANG, _read(site, "index.html")) or "en"


def _ways(page: str) -> list[str]:
    """Give the telephone and e-mail links of a page, each once, two at most."""
    return list(dict.fromkeys(unescape(way) for way in _WAY.findall(page)))[:2]


def _read(site: Site, path: str) -> str:
    with suppress(OSError), tree(site.root) as folder:
        found = open_best(folder, path)
        if found is not None:
            with found.file:
                return found.file.read().decode("utf-8", "replace")
    return ""


def _match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
