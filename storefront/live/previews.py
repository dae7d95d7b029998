"""Previews over HTTP: the same files by the same server, kept from search engines and caches; forms are not sent.

A preview has a host of its own, `<token>.preview.<base host>`. Its tree lies apart from all sites
(`builder.previewing`); whoever does not know the token finds nothing.
"""

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import orjson

from builder.studio.hosts import is_draft
from seo import headers as rules
from storefront.core.config import Settings
from themes import words

from .files import Application, Environ, StartResponse, StaticSites, host_of, is_dynamic

HEALTH = ("/health", "/ready")
OWN = (("Cache-Control", "private, no-store"), ("X-Robots-Tag", "noindex, nofollow"))
"""What every answer of a preview says, whatever the file's own kind."""
_TOKEN = re.compile(r"[0-9a-f]{32,63}")
_FOLDER = Path(__file__).parent / "words"
_LANGUAGE = re.compile(r"[a-z]{2}")


def is_preview(host: str, base_host: str) -> bool:
    """Ask whether a host (lower case, without port) is one that previews or drafts have, whether it stands or not."""
    token, dot, rest = host.partition(".")
    is_named = bool(dot) and rest == f"preview.{base_host}" and _TOKEN.fullmatch(token) is not None
    return is_named or is_draft(host, base_host)


@dataclass(slots=True)
class Previews:
    """WSGI middleware in front of the sites.

    Args:
        app: what answers for every other host.
        settings: of the installation.
    """

    app: Application
    settings: Settings
    _files: StaticSites = field(init=False)

    def __post_init__(self) -> None:
        self._files = StaticSites(_nothing, _apart(self.settings))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        host, path = host_of(environ), str(environ.get("PATH_INFO") or "/")
        if not is_preview(host, self.settings.base_host) or path in HEALTH:
            return self.app(environ, start_response)
        if not stands(self.settings, host):
            return _nothing(environ, _dressed(start_response))
        if is_dynamic(path):
            return refuse(environ, start_response)
        return self._files(environ, _dressed(start_response))


def stands(settings: Settings, host: str) -> bool:
    """Ask whether there is a preview under a host, and its time is not over."""
    if not is_preview(host, settings.base_host):
        return False
    with suppress(OSError, ValueError):
        until = (_apart(settings).sites / host / "expires").read_text("ascii")
        return time.time() < int(until)
    return False


def _apart(settings: Settings) -> Settings:
    """Give the settings by which previews lie where no site does."""
    return replace(settings, marketplace_instance=settings.instance / "previews")


def refuse(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Say that nothing was sent: a preview has no live layer behind it."""
    t = said(environ)
    if "application/json" in str(environ.get("HTTP_ACCEPT", "")):
        body = orjson.dumps({"ok": False, "error": t("preview.text")})
        kind = "application/json"
    else:
        body, kind = page(t), "text/html; charset=utf-8"
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *OWN]
    start_response("403 Forbidden", [*headers, *rules.security_headers(rules.content_security_policy())])
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


def page(t: words.Words) -> bytes:
    """Give the page that says so."""
    heading = escape(t("preview.heading"))
    return (
        f'<!doctype html><html lang="{t.lang}"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{heading}</title></head>'
        f"<body><main><h1>{heading}</h1><p>{escape(t('preview.text'))}</p></main></body></html>\n"
    ).encode()


def said(environ: Environ) -> words.Words:
    """Give the words of a refusal in a language the visitor reads, English where there are none."""
    known = words.languages([_FOLDER])
    asked = _LANGUAGE.findall(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")).lower())
    return _words(next((lang for lang in asked if lang in known), "en"))


@cache
def _words(lang: str) -> words.Words:
    return words.complete("live", lang, _FOLDER)


def _nothing(_environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    body = b"404 Not Found\n"
    kind = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("404 Not Found", [*kind, *OWN, ("X-Content-Type-Options", "nosniff")])
    return [body]


def _dressed(start_response: StartResponse) -> StartResponse:
    """Have an answer carry the headers of a preview instead of the file's own."""
    replaced = {name.lower() for name, _ in OWN}

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        kept = [item for item in headers if item[0].lower() not in replaced]
        return start_response(status, [*kept, *OWN], *more)

    return start
