"""The doors of people who want letters: save a search, watch a price, confirm, end (SPEC 66, 107, 134).

An answer never says whether an address is known: every request that is in order gets the same words, and what else is
to be said is said in a letter to the address itself. Opening a link changes nothing, for programs that look after mail
open every one; a button does, or the one click of a mail program (RFC 8058). What makes the request is the token.
"""

import hashlib
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import Blueprint, Response, current_app, request
from limits import parse
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden

from search import alerts as met
from search.matching import criteria_of
from search.query import Near
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.core.tenancy import acting, everywhere
from storefront.domain.buyers import queries, wishes
from storefront.domain.buyers.models import Purpose, SavedSearch, Wish
from storefront.domain.buyers.wishes import Reader
from storefront.domain.leads.queries import Addressee, addressee
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.whereabouts import asked_for
from storefront.domain.stores.models import Store
from storefront.pages import alerts as forms
from storefront.pages.contexts import Act, AlertForm, AnswerPage, FormField, Link
from storefront.pages.urls import ALERTS

from .answers import as_json, as_page, as_text, at_home, wants_json, words
from .forms import Typed, address_of, is_too_fast, is_trapped, typed
from .hosts import Place, bare, hosts, place_of, require_own_origin
from .limits import NETWORK, Limit, exceeded, network
from .names import Names
from .results import Results
from .search_form import Problem, Refused, read, readable
from .sites import Opened, language, opened

BODY_LIMIT = 16 * 1024
TRY_AGAIN_SECONDS = 30
ADDRESS = parse("5 per day")
"""Letters that ask to confirm, to one address; what is above is answered alike and not written."""
ONE_CLICK = "One-Click"
PURPOSES = {"confirm": Purpose.CONFIRM, "unsubscribe": Purpose.UNSUBSCRIBE}
log = logging.getLogger(__name__)


def add_alerts(blueprint: Blueprint) -> None:
    """Give the live layer its saved searches and watched prices."""
    blueprint.add_url_rule("/alerts", "alerts", save, methods=["POST"])
    blueprint.add_url_rule("/alerts/price", "alerts_price", watch, methods=["POST"])
    blueprint.add_url_rule("/alerts/<act>/<token>", "alerts_ask", ask, methods=["GET"])
    blueprint.add_url_rule("/alerts/<act>/<token>", "alerts_do", do, methods=["POST"])


def save() -> Response:
    """Take a search somebody wants to hear of."""
    return _taken(_save)


def watch() -> Response:
    """Take a car whose price somebody wants to hear of."""
    return _taken(_watch)


def ask(act: str, token: str) -> Response:
    """Ask by a button what a letter's link is for; nothing is changed."""
    found = _found(act, token)
    if found is None:
        return _unknown()
    with acting(found.tenant_id, found.dealer_id):
        return found.page(f"{act}.ask", act=Act(request.path, found.words(f"alert_{act}.act")))


def do(act: str, token: str) -> Response:
    """Confirm an address, or end letters: by the button, or by one click in a mail program."""
    request.max_content_length = BODY_LIMIT
    _refuse_foreign()
    found = _found(act, token)
    if found is None:
        return as_text("", 200) if request.form.get("List-Unsubscribe") == ONE_CLICK else _unknown()
    with acting(found.tenant_id, found.dealer_id):
        wish = db.session.get_one(Wish, found.wish_id)
        result = perform(met.confirm if act == "confirm" else wishes.end, wish, now=clock.now())
        return found.page(f"{act}.done" if result else f"{act}.gone", status=200 if result else 410)


# -- taking a wish ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form as it came."""

    place: Place
    lang: str
    given: Typed
    form: "MultiDict[str, str]"
    email: str
    error: str | None
    """What is wrong with the address."""

    def reader(self) -> Reader:
        """Give who wants letters."""
        return Reader(self.place.store_id, self.place.dealer_id, self.email, self.lang)


def _taken(act: Callable[[_Sent, "_Reply"], Response]) -> Response:
    request.max_content_length = BODY_LIMIT
    form: MultiDict[str, str] = MultiDict(request.form)
    given = typed(form)
    require_own_origin()
    place = place_of(site=given.site)
    lang = language(place, given.lang)
    email, reason = address_of(given.email)
    error = None if reason is None else words(lang)("alert_email.empty" if reason == "empty" else f"email.{reason}")
    sent = _Sent(place, lang, given, form, email, error)
    try:
        with acting(place.tenant_id, place.dealer_id):
            return act(sent, _Reply(opened(place, lang), sent))
    except SQLAlchemyError as failure:
        # Its text repeats what was typed, so only its kind is logged (SECURITY D13).
        log.error("a wish could not be stored", extra={"error": type(failure).__name__})
        return _not_stored(lang)


def _save(sent: _Sent, reply: "_Reply") -> Response:
    try:
        filters = read(sent.form, 1)
        query = filters.query(sent.place.dealer_id, _near(sent, filters.place, filters.radius))
    except Refused as refusal:
        return reply.refused(refusal.problem)
    filters = replace(filters, sort=None, page=1)
    reply.form = forms.search_alert(reply.site.view, reply.site.face, filters.parameters())
    results = Results(reply.site, sent.place, filters, _names())
    reply.back = Link(results.address(), reply.words("sent.back_search"))

    def write() -> None:
        name, address = results.called(), urlencode(filters.parameters())
        perform(wishes.save_search, sent.reader(), name, criteria_of(query), address, now=clock.now()).unwrap()

    return _stored(sent, reply, write)


def _watch(sent: _Sent, reply: "_Reply") -> Response:
    offered = _offered(sent)
    if offered is None or offered.listing is None:
        return reply.gone()
    listing = offered.listing
    urls = reply.site.face.urls
    reply.form = forms.price_alert(reply.site.view, reply.site.face, listing.public_id)
    reply.back = Link(urls.vehicle(listing.slug, listing.public_id), reply.words("sent.back_car"))

    def write() -> None:
        perform(wishes.watch_price, sent.reader(), listing.id, listing.price_cents, now=clock.now()).unwrap()

    return _stored(sent, reply, write)


def _offered(sent: _Sent) -> Addressee | None:
    """Find the car on this site; None when it is not to be had here, or has no price that could fall."""
    try:
        found = addressee(sent.given.listing or "-", "")
    except NotFound:
        return None
    if sent.place.is_marketplace and not found.dealer.on_marketplace:
        return None
    listing = found.listing
    sold = listing is None or listing.status is not ListingStatus.ACTIVE or listing.price_cents is None
    return None if sold or not found.dealer.is_active else found


def _stored(sent: _Sent, reply: "_Reply", write: Callable[[], None]) -> Response:
    """Store a wish and answer; an address that had its letters today gets the same answer and no letter."""
    if sent.error is not None:
        return reply.again(sent.error)
    if is_trapped(sent.given):
        return reply.thanks()
    if is_too_fast(sent.given, clock.now()):
        return reply.again(None)
    tenant = sent.place.tenant_id.hex
    wait = exceeded(Limit(NETWORK, f"alert:{tenant}:{network()}"))
    if wait is not None:
        return reply.too_often(wait)
    whose = hashlib.sha256(sent.email.encode()).hexdigest()[:32]
    if exceeded(Limit(ADDRESS, f"alert:{tenant}:to:{whose}")) is None:
        try:
            write()
        except IntegrityError:
            # The other half of a double click was there first.
            write()
    return reply.thanks()


class _Reply:
    """The answers to one form, as a page or as JSON."""

    def __init__(self, site: Opened, sent: _Sent) -> None:
        self.site, self.sent = site, sent
        self.words = words(sent.lang)
        self.form: AlertForm | None = None
        self.back = Link(site.face.urls.home, self.words("sent.back"))

    def thanks(self) -> Response:
        """Say that a letter is on its way."""
        sentence = self.words("alert_sent.text", email=self.sent.email)
        if wants_json():
            return as_json({"ok": True, "message": sentence, "text": sentence})
        return self._page(200, "alert_sent.heading", sentence)

    def again(self, error: str | None) -> Response:
        """Give the form back with what is to be mended."""
        sentence = self.words("not_sent.again") if error is None else self.words("again.error")
        if wants_json():
            errors = {} if error is None else {"errors": {"email": error}}
            return as_json({"ok": False, "error": sentence, **errors}, 422)
        text = sentence if error is None else self.words("alert_again.text")
        return self._page(422, "again.heading", text, error=error)

    def too_often(self, seconds: int) -> Response:
        """Ask for patience."""
        sentence = self.words("alert_again.often", n=math.ceil(seconds / 60))
        if wants_json():
            return as_json({"ok": False, "error": sentence}, 429, seconds)
        return self._page(429, "not_sent.heading", sentence, retry_after=seconds)

    def refused(self, problem: Problem) -> Response:
        """Say which part of the search cannot be meant."""
        results = Results(self.site, self.sent.place, readable(self.sent.form, 1), _names())
        sentence = results.problem(problem)
        if wants_json():
            return as_json({"ok": False, "error": sentence, "errors": {problem.field: sentence}}, 422)
        return self._page(422, "not_sent.heading", sentence)

    def gone(self) -> Response:
        """Say that the car is not to be had any more."""
        sentence = self.words("alert_again.gone")
        return (
            as_json({"ok": False, "error": sentence}, 410)
            if wants_json()
            else self._page(410, "not_sent.heading", sentence)
        )

    def _page(
        self, status: int, heading: str, text: str, *, error: str | None = None, retry_after: int | None = None
    ) -> Response:
        form = self.form
        if status in (422, 429) and form is not None:
            form = replace(form, email=FormField(self.sent.given.email, error))
        page = _answer(self.site, self.words(heading), text, self.back)
        page = replace(page, alert=form if status in (422, 429) else None)
        return as_page(self.site.render(page), status, retry_after)


def _near(sent: _Sent, place: str, radius: int) -> Near | None:
    if not place:
        return None
    found = asked_for(sent.place.home, place, sent.place.languages)
    if found is None:
        raise Refused(Problem("place", "place", {}))
    return Near(found.latitude, found.longitude, radius)


# -- links of letters -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """The wish a link belongs to, and the site it was made on."""

    wish_id: UUID
    tenant_id: UUID
    dealer_id: UUID | None
    place: Place | None
    """None while the site is switched off: then words alone are answered."""
    lang: str
    search: str | None
    """Parameters of the saved search, as far as they are kept; None for a watched price."""

    def words(self, key: str) -> str:
        """Say something in the reader's language."""
        return words(self.lang)(key)

    def page(self, key: str, *, act: Act | None = None, status: int = 200) -> Response:
        """Answer with a page of the site; `key` is the act and how far it is, `confirm.done`."""
        name, _, state = key.partition(".")
        kind = "price" if self.search is None else "search"
        heading, text = self.words(f"alert_{name}.{state}_heading"), self.words(f"alert_{name}.{state}_{kind}")
        if self.place is None:
            return as_text(text, status)
        site = opened(self.place, self.lang)
        at_home(site.view.origin)
        page = replace(_answer(site, heading, text, self._back(site, self.place)), act=act)
        answer = as_page(site.render(page), status)
        # The address holds a token; nobody else is to see it.
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    def _back(self, site: Opened, place: Place) -> Link:
        if not self.search:
            return Link(site.face.urls.home, self.words("sent.back"))
        filters = readable(MultiDict(parse_qsl(self.search)), 1)
        return Link(Results(site, place, filters, _names()).address(), self.words("sent.back_search"))


def _found(act: str, token: str) -> _Found | None:
    purpose = PURPOSES.get(act)
    if purpose is None or not 20 <= len(token) <= 100:
        return None
    with everywhere():
        wish = queries.wish_of(token, purpose)
        if wish is None:
            return None
        host = db.session.get_one(Store, wish.store_id).public_host
        place = hosts().find(host)
        lang = wish.language if place is None or wish.language in place.languages else place.language
        search = wish.address or "" if isinstance(wish, SavedSearch) else None
        return _Found(wish.id, wish.tenant_id, wish.dealer_id, place, lang, search)


def _unknown() -> Response:
    """Answer a link that is none, or no longer: as a page of the site it came to, where there is one."""
    place = hosts().find(request.host)
    said = words("de" if place is None else place.language)
    if place is None:
        return as_text(said("alert_unknown.text"), 404)
    with acting(place.tenant_id, place.dealer_id):
        site = opened(place, place.language)
        page = _answer(site, said("alert_unknown.heading"), said("alert_unknown.text"), _home(site, said))
        return as_page(site.render(page), 404)


def _refuse_foreign() -> None:
    """Refuse a button on another site's page; a mail program sends no origin, and the token is what counts.

    Raises:
        Forbidden: it comes from elsewhere.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return
    if bare(urlsplit(origin).netloc) != bare(request.host) and hosts().of_origin(origin) is None:
        raise Forbidden("This form belongs to another site")


def _home(site: Opened, said: Any) -> Link:
    return Link(site.face.urls.home, said("sent.back"))


def _answer(site: Opened, heading: str, text: str, back: Link) -> AnswerPage:
    return AnswerPage(**site.frame(ALERTS, heading), heading=heading, text=text, inquiry=None, back=back)


def _not_stored(lang: str) -> Response:
    sentence = words(lang)("not_sent.again")
    if wants_json():
        return as_json({"ok": False, "error": sentence}, 503, TRY_AGAIN_SECONDS)
    answer = as_text(sentence, 503)
    answer.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return answer


def _names() -> Names:
    names: Names = current_app.extensions["marketplace.names"]
    return names
