"""The door for search: `/-/search` as JSON for scripts and as the search page without them (SPEC 48-50, 56)."""

import logging
import time

from flask import Blueprint, Response, request

from search.errors import SearchUnavailable
from search.index import Hits, open_index
from search.query import SIZE
from storefront.core.runtime import settings
from storefront.core.tenancy import acting

from .answers import as_json, as_page, wants_json
from .hosts import Place, place_of
from .results import Results
from .search_form import Filters, Refused, read, readable
from .sites import language, opened

PAGE_SIZE = 24
"""Cars on a page for people; programs get `SIZE` unless they ask for more."""
TRY_AGAIN_SECONDS = 30
log = logging.getLogger(__name__)


def add_search(blueprint: Blueprint) -> None:
    """Give the live layer its search."""
    blueprint.add_url_rule("/search", "search", show, methods=["GET"])


def show() -> Response:
    """Answer a search."""
    place = place_of(site=request.args.get("site", ""))
    lang = language(place, request.args.get("lang", ""))
    program = wants_json()
    size = SIZE if program else PAGE_SIZE
    with acting(place.tenant_id, place.dealer_id):
        try:
            filters = read(request.args, size)
            filters.query(place.dealer_id)
        except Refused as refusal:
            return _refuse(Results(opened(place, lang), readable(request.args, size)), refusal, program)
        return _answer(Results(opened(place, lang), filters), place, filters, program)


def _answer(results: Results, place: Place, filters: Filters, program: bool) -> Response:
    began = time.perf_counter()
    try:
        hits = _find(place, filters)
    except SearchUnavailable as error:
        log.warning("search does not answer", extra={"reason": str(error)})
        return _unavailable(results, program)
    took_ms = round((time.perf_counter() - began) * 1000, 2)
    if program:
        return as_json(results.as_json(hits, took_ms))
    without = None if hits.total else _best_without(place, filters)
    return as_page(results.render(results.page(hits, without)))


def _find(place: Place, filters: Filters) -> Hits:
    return open_index(place.tenant_id, settings()).search(filters.query(place.dealer_id))


def _best_without(place: Place, filters: Filters) -> tuple[str, int] | None:
    """Find the one filter without which most cars remain: its parameter and how many (BRIEF §9)."""
    names = dict.fromkeys(name for name, _ in filters.parameters())
    counted = [(name, _find(place, filters.without(name)).total) for name in names] if len(names) > 1 else []
    best = max(counted, key=lambda pair: pair[1], default=None)
    return best if best is not None and best[1] else None


def _refuse(results: Results, refusal: Refused, program: bool) -> Response:
    sentence = results.problem(refusal.problem)
    if program:
        return as_json({"ok": False, "error": sentence, "errors": {refusal.problem.field: sentence}}, 422)
    return as_page(results.render(results.nothing(sentence)), 422)


def _unavailable(results: Results, program: bool) -> Response:
    if program:
        return as_json({"ok": False, "error": "Search service unavailable"}, 503, TRY_AGAIN_SECONDS)
    page = results.nothing(results.words("search.down"), fallback=True)
    return as_page(results.render(page), 503, TRY_AGAIN_SECONDS)
