"""Draws the admin's pages: what every template gets besides its own things."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import Response, flash, g, get_flashed_messages, make_response, redirect, render_template, request, url_for

from storefront.core import clock
from storefront.domain.accounts.support import running_visit
from storefront.domain.dealers.joining import is_setting_up

from . import queries
from .access import Visitor, dealer_of
from .show import HOUSE_LANGUAGE, Pen, languages

STATIC = Path(__file__).parent / "static"


class Toast(NamedTuple):
    """What an act says on the page that comes after it."""

    text: str
    undo: str | None = None
    """Address that takes the act back when it is posted to."""


def render(template: str, **values: Any) -> str:
    """Draw a page for the visitor, inside the visitor's scope.

    Args:
        template: below `templates/admin/`.
        values: what it shows.
    """
    found: Visitor = g.visitor
    visit = found.visit or (None if found.dealer_id is None else running_visit(found.dealer_id, clock.now()))
    shell = {"visitor": found, "dealer": dealer_of(found), "counts": queries.menu_counts(), "visit": visit}
    shell["newest_lead"] = queries.newest_lead()
    shell["visit_by"] = (
        "" if visit is None else queries.names_of([f"user:{visit.user_id}"]).get(f"user:{visit.user_id}")
    )
    shell["setting_up"] = found.is_owner and found.dealer_id is not None and is_setting_up(found.dealer_id)
    return render_template(f"admin/{template}", pen=pen(), asset=asset, toasts=toasts, **shell, **values)


def render_outside(template: str, **values: Any) -> str:
    """Draw a page for somebody who is not logged in."""
    return render_template(f"admin/{template}", pen=pen(), asset=asset, **values)


def refusal(status: int, reason: str) -> str:
    """Draw the page that says why there is nothing to see; it tells nothing about anybody."""
    return render_outside("refusal.html", status=status, reason=reason)


def done(message: str, undo: tuple[str, dict[str, Any]] | None = None) -> None:
    """Say on the next page that something is done, with a button that takes it back where that can be.

    Args:
        message: ready words.
        undo: endpoint of an unsafe route and the values of its address; it is an act of its own, with its own entry.
    """
    flash([message, None if undo is None else url_for(undo[0], **undo[1])])


def toasts() -> list[Toast]:
    """Give what is to be said on this page, each once."""
    said = get_flashed_messages()
    return [Toast(one) if isinstance(one, str) else Toast(*one) for one in said]


def back_to(endpoint: str, **values: Any) -> Response:
    """Lead on to a page after an act (POST, redirect, GET)."""
    return make_response(redirect(url_for(endpoint, **values), 303))


def is_partial() -> bool:
    """Ask whether a script wants a piece of a page only (htmx)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


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
