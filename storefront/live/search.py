"""The door for search: `/-/search` as JSON for scripts and as the search page without them (SPEC 48-60)."""

import logging
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

import orjson
import xxhash
from flask import Blueprint, Flask, Response, current_app, request
from redis import Redis
from werkzeug.datastructures import MultiDict

from search.errors import SearchUnavailable
from search.index import Answer
from search.query import SIZE, Facet, Near, Query, Range
from search.suggest import Suggestion, widened
from storefront.core import clock
from storefront.core.places import Found
from storefront.core.queue import redis_url
from storefront.core.runtime import settings
from storefront.core.tenancy import acting
from storefront.domain.listings.whereabouts import asked_for
from storefront.pages.valued import are_shown

from .answers import as_json, as_page, kept_answer, wants_json
from .engine import Engine, Engines, engine_of
from .filter_groups import counted_facets
from .hit_rows import PAGE_SIZE
from .hosts import Place, hosts, place_of
from .names import Names
from .popular import ANSWER_SECONDS, Counts, Kept, Popular, Shared, Shelf
from .results import FEW, Results
from .search_form import Filters, Problem, Refused, read, readable
from .sites import language, opened, release_of

TRY_AGAIN_SECONDS = 30
PATH = "/-/search"
READ = 8192
"""Searches whose parameters are remembered as read."""
WARMING = "marketplace.warming"
"""In the environment of a request nobody made: its answer is kept for all, and it is not counted."""
log = logging.getLogger(__name__)


def add_search(blueprint: Blueprint) -> None:
    """Give the live layer its search."""
    blueprint.add_url_rule("/search", "search", show, methods=["GET"])


def prepare_search(app: Flask, engines: Engines | None = None) -> None:
    """Give an application what search keeps between requests.

    Args:
        app: the application.
        engines: those of the installation by default.
    """
    app.extensions["marketplace.engines"] = engines or Engines()
    app.extensions["marketplace.names"] = Names()
    app.extensions["marketplace.popular"] = Popular(Shelf(), Shared(_redis), Counts(_redis))


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it came."""

    place: Place
    lang: str
    filters: Filters
    program: bool

    @property
    def address(self) -> str:
        """Give the search as an address; equal searches have equal ones."""
        return _address(self.lang, self.filters, self.program)


def show() -> Response:
    """Answer a search."""
    place = place_of(site=request.args.get("site", ""))
    lang = language(place, request.args.get("lang", ""))
    program = wants_json()
    size = SIZE if program else PAGE_SIZE
    try:
        filters = _read(request.query_string, size)
    except Refused as refusal:
        return _refuse(place, lang, refusal, program)
    asked = Asked(place, lang, filters, program)
    engine = engine_of(place.tenant_id)
    key = _key(asked, engine)
    kept = _popular().get(key) if key else None
    if not request.environ.get(WARMING):
        _popular().counts.add(place.host, asked.address)
    if kept is not None:
        return kept_answer(kept.body, kept.tag, program=program)
    with acting(place.tenant_id, place.dealer_id):
        return _made(asked, engine, key)


def _made(asked: Asked, engine: Engine, key: str) -> Response:
    """Answer by asking the engine, and keep what is asked for again."""
    site = opened(asked.place, asked.lang)
    labels = are_shown(site.face)
    if not labels and asked.filters.values(Facet.LABEL):
        # A dealer who says nothing of how prices compare is not found out by a filter either.
        asked = replace(asked, filters=asked.filters.with_values(Facet.LABEL, ()))
    try:
        near = _near(asked)
    except Refused as refusal:
        return _refuse(asked.place, asked.lang, refusal, asked.program)
    began = time.perf_counter()
    try:
        query = _query(asked, near, labels=labels)
        answer = engine.search(query)
    except Refused as refusal:
        return _refuse(asked.place, asked.lang, refusal, asked.program)
    except SearchUnavailable as error:
        log.warning("search does not answer", extra={"reason": str(error)})
        return _unavailable(asked)
    took_ms = round((time.perf_counter() - began) * 1000, 2)
    results = Results(site, asked.place, asked.filters, _names())
    if asked.program:
        body = orjson.dumps(results.as_json(answer))
        tag = xxhash.xxh3_64_hexdigest(body)
        body = body[:-1] + f',"took_ms":{took_ms}}}'.encode()
    else:
        ways = _ways(engine, query, answer)
        body = results.render(results.page(answer, near, ways)).encode()
        tag = xxhash.xxh3_64_hexdigest(body)
    kept = Kept(body, tag, clock.now().timestamp())
    if key and (request.environ.get(WARMING) or _popular().shelf.is_asked_again(f"{asked.place.host}{asked.address}")):
        _popular().put(key, kept)
    return kept_answer(kept.body, kept.tag, program=asked.program)


def _query(asked: Asked, near: Found | None, *, labels: bool) -> Query:
    filters = asked.filters
    circle = None if near is None else Near(near.latitude, near.longitude, filters.radius)
    facets = counted_facets(filters, market=asked.place.is_marketplace, labels=labels)
    return filters.query(asked.place.dealer_id, circle, facets, tuple(Range))


@lru_cache(maxsize=READ)
def _read(parameters: bytes, size: int) -> Filters:
    """Read the parameters of a search and see that they are one; equal ones are read once.

    Raises:
        Refused: they are none.
    """
    filters = read(MultiDict(parse_qsl(parameters.decode("utf-8", "replace"), keep_blank_values=True)), size)
    filters.query(None, Near(0.0, 0.0, filters.radius) if filters.place else None)
    return filters


@lru_cache(maxsize=READ)
def _address(lang: str, filters: Filters, program: bool) -> str:
    pairs = [("lang", lang), *filters.parameters()]
    pairs += [("sort", filters.sort.value)] if filters.sort else []
    pairs += [("page", str(filters.page)), ("size", str(filters.size))]
    return f"{PATH}?{urlencode([*pairs, ('format', 'json')] if program else pairs)}"


def _near(asked: Asked) -> Found | None:
    """Look up the place that was typed.

    Raises:
        Refused: nobody knows it.
    """
    if not asked.filters.place:
        return None
    found = asked_for(asked.place.home, asked.filters.place, asked.place.languages)
    if found is None:
        raise Refused(Problem("place", "place", {}))
    return found


def _ways(engine: Engine, query: Query, answer: Answer) -> tuple[Suggestion, ...]:
    """Find what could be loosened where little was found (BRIEF §9); each way is one more question to the engine."""
    if answer.total > FEW or not (query.chosen or query.ranges or query.near or query.words):
        return ()
    return widened(query, lambda way: answer.total if way == query else engine.count(way))


def _key(asked: Asked, engine: Engine) -> str:
    """Give the key an answer is kept under; empty when it may not be kept.

    All that can change it stands in it: the index, the release that is served, the hour (a day begins somewhere), where
    it is answered.
    """
    stamp = engine.stamp()
    if not stamp:
        return ""
    place = asked.place
    origin = request.host if hosts().is_live_origin(request.host) else ""
    hour = f"{clock.now():%Y-%m-%dT%H}"
    return f"{place.tenant_id}|{place.store_id}|{stamp}|{release_of(place.host)}|{hour}|{origin}|{asked.address}"


def _refuse(place: Place, lang: str, refusal: Refused, program: bool) -> Response:
    with acting(place.tenant_id, place.dealer_id):
        filters = readable(request.args, SIZE if program else PAGE_SIZE)
        results = Results(opened(place, lang), place, filters, _names())
        sentence = results.problem(refusal.problem)
        if program:
            return as_json({"ok": False, "error": sentence, "errors": {refusal.problem.field: sentence}}, 422)
        return as_page(results.render(results.nothing(sentence)), 422)


def _unavailable(asked: Asked) -> Response:
    if asked.program:
        return as_json({"ok": False, "error": "Search service unavailable"}, 503, TRY_AGAIN_SECONDS)
    results = Results(opened(asked.place, asked.lang), asked.place, asked.filters, _names())
    page = results.nothing(results.words("search.down"), down=True)
    return as_page(results.render(page), 503, TRY_AGAIN_SECONDS)


def _names() -> Names:
    names: Names = current_app.extensions["marketplace.names"]
    return names


def _popular() -> Popular:
    popular: Popular = current_app.extensions["marketplace.popular"]
    return popular


_clients: dict[str, Redis] = {}


def _redis() -> Redis:
    """Give a connection that gives up soon: what is kept there saves milliseconds, and may not cost more."""
    url = redis_url(settings())
    if url not in _clients:
        _clients[url] = Redis.from_url(url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS)
    return _clients[url]
