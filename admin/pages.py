"""Draws the admin's pages: what every template gets besides its own things."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import g, render_template, request, url_for

from storefront.core import clock

from . import queries
from .access import Visitor, dealer_of
from .show import HOUSE_LANGUAGE, Pen, languages

STATIC = Path(__file__).parent / "static"


def render(template: str, **values: Any) -> str:
    """Draw a page for the visitor, inside the visitor's scope.

    Args:
        template: below `templates/admin/`.
        values: what it shows.
    """
    found: Visitor = g.visitor
    shell = {"visitor": found, "dealer": dealer_of(found), "counts": queries.menu_counts()}
    return render_template(f"admin/{template}", pen=pen(), asset=asset, **shell, **values)


def render_outside(template: str, **values: Any) -> str:
    """Draw a page for somebody who is not logged in."""
    return render_template(f"admin/{template}", pen=pen(), asset=asset, **values)


def refusal(status: int, reason: str) -> str:
    """Draw the page that says why there is nothing to see; it tells nothing about anybody."""
    return render_outside("refusal.html", status=status, reason=reason)


def pen() -> Pen:
    """Give the pen of this request: the visitor's language, else the browser's, else German."""
    found: Visitor | None = g.get("visitor")
    if found is not None:
        lang = found.user.language if found.user.language in languages() else HOUSE_LANGUAGE
        return Pen(lang, found.tenant.time_zone, clock.now())
    wanted = (tag[:2].lower() for tag, _ in request.accept_languages)
    lang = next((lang for lang in wanted if lang in languages()), HOUSE_LANGUAGE)
    return Pen(lang, "Europe/Berlin", clock.now())


def asset(name: str) -> str:
    """Give the address of a static file, named by its content so that browsers may keep it."""
    return url_for("admin.static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def search_text() -> str:
    """Read what a list is searched for: at most 100 letters, none that a database cannot hold."""
    return request.args.get("q", "").replace("\0", " ").strip()[:100]


def page_number() -> int:
    """Read which page of a list is wanted, 1 for nonsense."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
