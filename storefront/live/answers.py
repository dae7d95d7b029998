"""How the live layer answers: a page or JSON, never kept by a cache, with the headers of static pages (SEO.md §15)."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from seo import headers as rules
from storefront.core.runtime import settings
from themes import Words
from themes import words as words_files

from .hosts import hosts

WORDS = Path(__file__).parent / "words"
FALLBACK = "en"


@lru_cache(maxsize=32)
def words(lang: str) -> Words:
    """Give the live layer's own words in a language, English where it has none."""
    return words_files.complete("live", lang, WORDS, otherwise=FALLBACK)


def wants_json() -> bool:
    """Ask whether a program wants the answer; a browser that opens a page prefers HTML."""
    if request.args.get("format") == "json":
        return True
    accepted = request.accept_mimetypes
    return bool(accepted["application/json"] > accepted["text/html"])


def as_json(body: dict[str, Any], status: int = 200, retry_after: int | None = None) -> Response:
    """Answer a program."""
    answer = Response(orjson.dumps(body), status, content_type="application/json")
    return _later(answer, retry_after)


def as_page(markup: str, status: int = 200, retry_after: int | None = None) -> Response:
    """Answer a person."""
    answer = Response(_at_home(markup), status, content_type="text/html; charset=utf-8")
    answer.headers["X-Robots-Tag"] = "noindex"
    return _later(answer, retry_after)


def kept_answer(body: bytes, tag: str, *, program: bool) -> Response:
    """Answer a search with what may be kept: a browser shows it again once it asked whether it still holds.

    Args:
        body: what is answered; of a page, before links are made to lead home (`as_page`).
        tag: of its content, without quotes.
        program: JSON, else a page.
    """
    kind = "application/json" if program else "text/html; charset=utf-8"
    answer = Response(body if program else _at_home(body.decode()), content_type=kind)
    if not program:
        answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.update(("Accept", "Referer"))
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


def as_text(text: str, status: int) -> Response:
    """Answer plainly, where there is no site to draw."""
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")


def at_home(origin: str) -> None:
    """Have this answer belong to a site that the request does not name: a letter's link opened on the live origin."""
    g.home = origin


def dress(app: Flask) -> None:
    """Have every answer of the live layer carry its headers, and every refusal be plain and short."""
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _refusal)


def _is_ours() -> bool:
    return request.path.startswith("/-/") or request.path in ("/health", "/ready")


def _refusal(error: HTTPException) -> Response | HTTPException:
    if not _is_ours() or error.response is not None:
        return error
    status = error.code or 500
    said = error.description or error.name
    return as_json({"ok": False, "error": said}, status) if wants_json() else as_text(said, status)


def _headers(answer: Response) -> Response:
    if not _is_ours():
        return answer
    answer.headers.setdefault("Cache-Control", "no-store")
    for name, value in rules.security_headers(_policy(), _transport()):
        answer.headers.setdefault(name, value)
    origin = request.headers.get("Origin")
    if hosts().is_live_origin(request.host):
        answer.vary.add("Origin")
        if origin is not None and hosts().of_origin(origin) is not None:
            answer.headers["Access-Control-Allow-Origin"] = origin
    return answer


def _policy() -> str:
    """Give the policy of the host; a page drawn on the live origin takes its files from its own site."""
    origin = _site_origin()
    policy = rules.content_security_policy(settings().live_origin)
    return (
        policy
        if origin is None
        else policy.replace("'self'", f"'self' {origin}").replace("base-uri 'none'", f"base-uri {origin}")
    )


def _transport() -> str:
    if settings().site_scheme != "https":
        return ""
    host = request.host.partition(":")[0].lower()
    return rules.strict_transport(host, settings().base_host, 0)


def _at_home(markup: str) -> str:
    """Have the links of a page drawn on the live origin lead to its own site: they are root-relative."""
    origin = _site_origin()
    return markup if origin is None else markup.replace("<head>", f'<head>\n<base href="{origin}/">', 1)


def _site_origin() -> str | None:
    if not hosts().is_live_origin(request.host):
        return None
    for said in (g.get("home"), request.headers.get("Origin"), request.headers.get("Referer")):
        parts = urlsplit(said or "")
        origin = f"{parts.scheme}://{parts.netloc}"
        if parts.netloc and hosts().of_origin(origin) is not None:
            return origin
    return None


def _later(answer: Response, seconds: int | None) -> Response:
    if seconds is not None:
        answer.headers["Retry-After"] = str(seconds)
    return answer
