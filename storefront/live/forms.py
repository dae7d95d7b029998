"""The inquiry form: raw strings to typed values, errors by field, in the words of BRIEF §9. It writes nothing.

Field names (docs/addresses.md): `site lang listing dealer kind name email phone contact_method message`, those of the
request pages (`details.py`), and two for machines: `website`, which people do not see, and `started`, when the page was
opened (seconds or milliseconds since 1970, empty without script).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from storefront.domain.leads.details import Details
from storefront.domain.leads.models import ContactMethod, InquiryKind
from storefront.pages.forms import EXTRAS
from themes import Words

from . import details

NAME_LENGTH = 200
EMAIL_LENGTH = 254
MESSAGE_LENGTH = 5000
SHORT_LENGTH = 300
"""Where a field's own limit is checked later, nothing longer than this is looked at."""
TOO_FAST_SECONDS = 2.0
"""Nobody reads a form, fills it and sends it in less."""
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, direction marks, halves of characters (JSON can hold one alone); tab and line feed stay."""
_KINDS = {kind.name.lower(): kind for kind in InquiryKind} | {str(int(kind)): kind for kind in InquiryKind}
_KINDS |= {
    "general_inquiry": InquiryKind.GENERAL,
    "price": InquiryKind.PRICE_QUESTION,
    "trade-in": InquiryKind.TRADE_IN,
}
_METHODS = {method.name.lower(): method for method in ContactMethod} | {str(int(m)): m for m in ContactMethod}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, cleaned of what cannot be seen but otherwise as it came; the form comes back with it."""

    site: str = ""
    lang: str = ""
    listing: str = ""
    dealer: str = ""
    kind: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    contact_method: str = ""
    message: str = ""
    website: str = ""
    started: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)
    """The fields of request pages that were sent, filled in or not."""


_NAMES = tuple(item.name for item in fields(Typed) if item.name != "extras")
_EXTRAS = tuple(dict.fromkeys(name for names in EXTRAS.values() for name in names))


@dataclass(slots=True)
class InquiryInput:
    """The checked form; `errors` by field, empty when everything is in order."""

    typed: Typed
    kind: InquiryKind = InquiryKind.GENERAL
    contact_method: ContactMethod = ContactMethod.EMAIL
    name: str = ""
    email: str = ""
    phone: str | None = None
    message: str = ""
    request: str = ""
    """The request page it came from, `test_drive` or `trade_in`; empty for the inquiry form of all pages."""
    details: Details = field(default_factory=Details)
    errors: dict[str, str] = field(default_factory=dict)


def typed(source: Mapping[str, object]) -> Typed:
    """Take the known fields from a form or a JSON object; anything that is no text counts as empty."""
    values = {}
    for name in _NAMES:
        value = source.get(name)
        if name == "contact_method" and value is None:
            value = source.get("method")
        values[name] = _clean(value) if isinstance(value, str) else ""
    return Typed(**values, extras={name: _extra(source[name]) for name in _EXTRAS if name in source})


def check(given: Typed, words: Words, country: str) -> InquiryInput:
    """Check what was typed (SPEC 63).

    Args:
        given: the fields.
        words: the live layer's, in the visitor's language.
        country: ISO code; telephone numbers without a country code are read as of there.
    """
    checked = InquiryInput(given)
    _kind(checked, words)
    _name(checked, words)
    _email(checked, words)
    _phone(checked, words, country)
    checked.request = details.request_kind(checked.kind, given.extras)
    checked.details, wrong = details.read(checked.request, given.extras, given.listing.strip(), words)
    checked.errors.update(wrong)
    _message(checked, words)
    return checked


def is_trapped(given: Typed) -> bool:
    """Ask whether the field was filled that people do not see."""
    return given.website.strip() != ""


def is_too_fast(given: Typed, now: datetime) -> bool:
    """Ask whether the form came back before anybody could fill it; clocks that run ahead of ours prove nothing."""
    if not given.started.isascii() or not given.started.isdecimal() or len(given.started) > 16:
        return False
    seconds = float(given.started)
    if seconds > 1e11:
        seconds /= 1000
    return 0 <= now.timestamp() - seconds < TOO_FAST_SECONDS


def address_of(text: str) -> tuple[str, str | None]:
    """Read an e-mail address, without looking into DNS.

    Args:
        text: as typed.

    Returns:
        The address, lower case, and None; or an empty one and what is wrong: `empty`, `no_at`, `no_domain`, `no_local`,
        `wrong` (words of the live layer under `email`).
    """
    address = text.strip()
    local, at, domain = address.rpartition("@")
    if not address:
        return "", "empty"
    if not at:
        return "", "no_at"
    if not domain or "." not in domain.strip("."):
        return "", "no_domain"
    if not local:
        return "", "no_local"
    try:
        return _address(address), None
    except EmailNotValidError:
        return "", "wrong"


def _kind(checked: InquiryInput, words: Words) -> None:
    kind = checked.typed.kind.strip().lower()
    if kind and kind not in _KINDS:
        checked.errors["kind"] = words("kind.wrong")
        return
    checked.kind = _KINDS.get(kind, InquiryKind.GENERAL)


def _name(checked: InquiryInput, words: Words) -> None:
    name = " ".join(checked.typed.name.split())
    if not name:
        checked.errors["name"] = words("name.empty")
    elif len(name) > NAME_LENGTH:
        checked.errors["name"] = words("name.long")
    checked.name = name


def _email(checked: InquiryInput, words: Words) -> None:
    checked.email, reason = address_of(checked.typed.email)
    if reason is not None:
        checked.errors["email"] = words(f"email.{reason}")


def _address(address: str) -> str:
    """Give the address without looking into DNS (DEPENDENCIES.md).

    Raises:
        EmailNotValidError: it cannot be one.
    """
    if len(address) > EMAIL_LENGTH:
        raise EmailNotValidError("too long")
    found = validate_email(address, check_deliverability=False)
    return (found.ascii_email or found.normalized).lower()


def _phone(checked: InquiryInput, words: Words, country: str) -> None:
    method = checked.typed.contact_method.strip().lower()
    if method and method not in _METHODS:
        checked.errors["contact_method"] = words("method.wrong")
    checked.contact_method = _METHODS.get(method, ContactMethod.EMAIL)
    phone = checked.typed.phone.strip()
    if not phone:
        if checked.contact_method is not ContactMethod.EMAIL:
            checked.errors["phone"] = words("phone.empty")
        return
    try:
        number = phonenumbers.parse(phone[:40], country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or len(phone) > 40 or not phonenumbers.is_possible_number(number):
        checked.errors["phone"] = words("phone.wrong")
        return
    checked.phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _message(checked: InquiryInput, words: Words) -> None:
    message = checked.typed.message.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not message and not checked.request:
        checked.errors["message"] = words("message.empty")
    elif len(message) > MESSAGE_LENGTH:
        checked.errors["message"] = words("message.long")
    checked.message = message


def _extra(value: object) -> str:
    """Give a field of a request page; a program may send its mileage as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:SHORT_LENGTH]
    return _clean(value) if isinstance(value, str) else ""


def _clean(value: str) -> str:
    return _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
