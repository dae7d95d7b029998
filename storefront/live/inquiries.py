"""The door for inquiries: with script (JSON) and without (a page), SPEC 63, 64. Stored before it is acknowledged."""

import logging
import math
from dataclasses import replace

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.errors import DomainError, NotFound
from storefront.core.tenancy import acting
from storefront.domain.dealers.models import Dealer
from storefront.domain.leads.actions import Asked, reference, submit_inquiry
from storefront.domain.leads.models import Inquiry, LeadSource
from storefront.domain.leads.queries import Addressee, addressee
from storefront.pages import contacts
from storefront.pages import forms as page_forms
from storefront.pages.contexts import AnswerPage, ExtraField, FormField, InquiryForm, Link, Option
from storefront.pages.urls import INQUIRIES
from themes import Words

from .answers import as_json, as_page, as_text, wants_json, words
from .details import FIELDS
from .forms import InquiryInput, Typed, check, is_too_fast, is_trapped, typed
from .hosts import Place, place_of, require_own_origin
from .limits import LISTING, NETWORK, Limit, exceeded, network
from .sites import Opened, language, opened

BODY_LIMIT = 64 * 1024
TRY_AGAIN_SECONDS = 30
log = logging.getLogger(__name__)


def add_inquiries(blueprint: Blueprint) -> None:
    """Give the live layer its inquiries."""
    blueprint.add_url_rule("/inquiries", "inquiries", create, methods=["POST"])
    blueprint.add_url_rule("/inquiries", "inquiries_allowed", allowed, methods=["OPTIONS"])


def create() -> Response:
    """Take an inquiry."""
    request.max_content_length = BODY_LIMIT
    given = typed(_sent())
    require_own_origin()
    place = place_of(site=given.site)
    lang = language(place, given.lang)
    checked = check(given, words(lang), place.country)
    try:
        with acting(place.tenant_id, place.dealer_id):
            return _answer(place, lang, checked)
    except SQLAlchemyError as error:
        # Its text repeats what was typed, so only its kind is logged (SECURITY D13).
        log.error("an inquiry could not be stored", extra={"error": type(error).__name__})
        return _not_stored(words(lang))


def allowed() -> Response:
    """Answer the question a browser asks before it sends JSON to the live origin; the origin is named by `answers`."""
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = "content-type"
    return answer


def _sent() -> dict[str, object]:
    if request.is_json:
        body = request.get_json(silent=True)
        return body if isinstance(body, dict) else {}
    return dict(request.form)


def _answer(place: Place, lang: str, checked: InquiryInput) -> Response:
    reply = _Reply(place, lang, checked)
    if checked.errors:
        return reply.again(reply.words("again.error"), 422)
    if is_trapped(checked.typed):
        return reply.thanks(reference())
    if is_too_fast(checked.typed, clock.now()):
        return reply.again(reply.try_again(), 422)
    wait = exceeded(*_limits(place, checked.typed))
    if wait is not None:
        return reply.too_often(wait)
    result = _store(place, lang, checked)
    if result.error is not None:
        return reply.refused(result.error)
    return reply.thanks(result.unwrap().reference)


def _store(place: Place, lang: str, checked: InquiryInput) -> Result[Inquiry]:
    asked = Asked(
        name=checked.name,
        email=checked.email,
        message=checked.message,
        host=place.host,
        source=LeadSource.MARKETPLACE if place.is_marketplace else LeadSource.DEALER_SITE,
        listing=checked.typed.listing,
        dealer=checked.typed.dealer,
        phone=checked.phone,
        kind=checked.kind,
        contact_method=checked.contact_method,
        language=lang,
        details=checked.details,
    )
    return perform(submit_inquiry, asked, now=clock.now())


def _limits(place: Place, given: Typed) -> list[Limit]:
    """Count by network, and by what is asked about; every key carries its tenant (SECURITY A3, C11)."""
    tenant = place.tenant_id.hex
    about = f"listing:{given.listing}" if given.listing else f"dealer:{given.dealer}"
    return [Limit(NETWORK, f"inquiry:{tenant}:{network()}"), Limit(LISTING, f"inquiry:{tenant}:{about[:80]}")]


class _Reply:
    """The answers to one form, as a page or as JSON."""

    def __init__(self, place: Place, lang: str, checked: InquiryInput) -> None:
        self.words = words(lang)
        self.checked = checked
        self.site: Opened = opened(place, lang)
        self.to = _addressee(self.site, checked.typed)
        self.about = checked.typed.listing

    def thanks(self, number: str) -> Response:
        """Say that the dealer has it."""
        text = self._thanks()
        if wants_json():
            whole = f"{text} {self.words('sent.reference', number=number)}"
            return as_json({"ok": True, "reference": number, "message": whole, "text": whole})
        return self._page(200, self.words("sent.heading"), text, reference=number)

    def again(self, sentence: str, status: int, retry_after: int | None = None) -> Response:
        """Give the form back with what was typed and what is to be mended."""
        if wants_json():
            body = {"ok": False, "errors": self.checked.errors, "error": sentence}
            return as_json(body if self.checked.errors else {"ok": False, "error": sentence}, status, retry_after)
        if self.checked.errors:
            heading, text, form = self.words("again.heading"), self.words("again.text"), self._form(sentence)
        else:
            heading, text, form = self.words("not_sent.heading"), sentence, self._form(None)
        return self._page(status, heading, text, form=form, retry_after=retry_after)

    def too_often(self, seconds: int) -> Response:
        """Ask for patience; what was typed stays."""
        minutes = math.ceil(seconds / 60)
        number = self._telephone()
        key = "not_sent.often_call" if number else "not_sent.often"
        return self.again(self.words(key, n=minutes, number=number), 429, seconds)

    def refused(self, error: DomainError) -> Response:
        """Say that the car or the dealer is not here (any more); the form then asks the dealer without the car.

        What the dealer's calendar refuses is a field to be mended like any other.
        """
        name = FIELDS.get(error.field or "")
        if name is not None:
            self.checked.errors[name] = self.words(f"{name}.refused")
            return self.again(self.words("again.error"), 422)
        if error.code == "gone":
            self.about = ""
            return self.again(self.words("not_sent.gone"), 410)
        return self.again(self.words("not_sent.nobody"), 404)

    def try_again(self) -> str:
        """Give the sentence for a form that did not get through, with the number to call."""
        number = self._telephone()
        return self.words("not_sent.call", number=number) if number else self.words("not_sent.again")

    def _thanks(self) -> str:
        if self.to is None:
            return self.words("sent.text", dealer=self.site.face.site.name)
        minutes = self.to.dealer.answer_minutes
        if minutes is None:
            return self.words("sent.text", dealer=self.to.dealer.name)
        time = self.site.face.formats.duration(minutes)
        return self.words("sent.text_time", dealer=self.to.dealer.name, time=time)

    def _telephone(self) -> str | None:
        if self.to is None:
            return None
        return contacts.grouped_phone(self.to.dealer.phone, self.to.dealer.country, home=True)

    def _form(self, sentence: str | None) -> InquiryForm | None:
        if self.to is None:
            return None
        given, errors = self.checked.typed, self.checked.errors
        empty = self._empty(self.to.dealer)
        return replace(
            empty,
            kinds=_chosen(empty.kinds, given.kind),
            contact_method=_chosen(empty.contact_method, given.contact_method),
            name=FormField(given.name, errors.get("name")),
            email=FormField(given.email, errors.get("email")),
            phone=FormField(given.phone, errors.get("phone") or errors.get("contact_method")),
            message=FormField(given.message, errors.get("message") or errors.get("kind")),
            extra=self._extra(),
            error=sentence,
        )

    def _empty(self, dealer: Dealer) -> InquiryForm:
        view, face, request = self.site.view, self.site.face, self.checked.request
        if request:
            return page_forms.request_form(view, face, dealer, request, self.about)
        return page_forms.inquiry_form(view, face, dealer, self.about)

    def _extra(self) -> tuple[ExtraField, ...]:
        request = self.checked.request
        if not request:
            return ()
        return page_forms.extra_fields(self.site.face, request, self.checked.typed.extras, self.checked.errors)

    def _page(
        self,
        status: int,
        heading: str,
        text: str,
        *,
        form: InquiryForm | None = None,
        reference: str | None = None,
        retry_after: int | None = None,
    ) -> Response:
        page = AnswerPage(
            **self.site.frame(INQUIRIES, heading),
            heading=heading,
            text=text,
            inquiry=form,
            back=self._back(),
            reference=reference,
        )
        return as_page(self.site.render(page), status, retry_after)

    def _back(self) -> Link:
        urls = self.site.face.urls
        if self.to is None or self.to.listing is None:
            return Link(urls.home, self.words("sent.back"))
        listing = self.to.listing
        return Link(urls.vehicle(listing.slug, listing.public_id), self.words("sent.back_car"))


def _chosen(options: tuple[Option, ...], value: str) -> tuple[Option, ...]:
    """Choose what was chosen, where it is still offered."""
    if all(option.value != value for option in options):
        return options
    return tuple(replace(option, selected=option.value == value) for option in options)


def _addressee(site: Opened, given: Typed) -> Addressee | None:
    """Find whom the form asks, to name them in the answer; on a dealer's site an unknown car still has its dealer."""
    try:
        return addressee(given.listing, given.dealer)
    except NotFound:
        dealer = site.view.dealer
        return None if dealer is None else Addressee(dealer, None, None)


def _not_stored(said: Words) -> Response:
    """Answer when the database does not: nothing is promised, and what was typed is still in the visitor's browser."""
    sentence = said("not_sent.again")
    if wants_json():
        return as_json({"ok": False, "error": sentence}, 503, TRY_AGAIN_SECONDS)
    answer = as_text(sentence, 503)
    answer.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return answer
