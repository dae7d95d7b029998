"""What answers for the live layer while it is switched off (`serve --no-live`): where to turn instead.

Needs nothing but the built files: telephone and e-mail are read from the page the visitor comes from, else from the
site's contact page.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urlsplit

from storefront.core.config import Settings

from . import headers as rules
from .files import Environ, Site, StartResponse, host_of, open_best, site_of, tree

_WAY = re.compile(r"""href=["']?((?:tel|mailto):[^"'?\s>]{3,200})""")
_LANG = re.compile(r"""<html[^>]*\blang=["']?([a-z]{2})""")
_SHEET = re.compile(r"""<link[^>]*\bhref=["']?(/a/[\w.-]+\.css)""")
_CONTACT = "contact/"
_WORDS = {
    "de": (
        "Gerade nicht erreichbar",
        "Dieses Formular nimmt im Moment nichts entgegen, und wir haben nichts gespeichert. Alle Seiten mit Fahrzeugen "
        "stehen weiter bereit. Bitte rufen Sie an oder schreiben Sie eine E-Mail:",
        "Kontakt und Öffnungszeiten",
        "Zur Startseite",
    ),
    "en": (
        "Not available right now",
        "This form takes nothing in at the moment, and we have stored nothing. All pages with cars are still there. "
        "Please call or write an e-mail:",
        "Contact and opening hours",
        "To the front page",
    ),
}


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
        prefix = "" if _match(_LANG, home) == lang else f"{lang}/"
        contact = _read(site, f"{prefix}{_CONTACT}index.html")
        ways = _ways(came_from) or _ways(contact) or _ways(home)
        heading, text, to_contact, to_home = _WORDS[lang]
        sheet = _match(_SHEET, home)
        style = f'<link rel="stylesheet" href="{escape(sheet)}">' if sheet else ""
        links = [f'<li><a href="{escape(way)}">{escape(way.partition(":")[2])}</a></li>' for way in ways]
        if contact:
            links.append(f'<li><a href="/{prefix}{_CONTACT}">{to_contact}</a></li>')
        links.append(f'<li><a href="/{prefix}">{to_home}</a></li>')
        return (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{heading}</title>{style}'
            f'</head><body><main class="wrap"><h1>{heading}</h1><p>{text}</p><ul>{"".join(links)}</ul></main>'
            "</body></html>\n"
        )


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
    asked = _match(re.compile(r"\b(de|en)\b"), accepts.lower())
    wanted = (_match(_LANG, came_from), asked, _match(_LANG, _read(site, "index.html")))
    return next((lang for lang in wanted if lang in _WORDS), "en")


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
