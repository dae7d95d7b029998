"""Rules a page must keep by itself (SEO.md §§2, 3, 10, 15, 17, 19): each a function of the document."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .documents import Document

Finding = tuple[str, str]
"""(rule, what is wrong in words)"""
_NUMBER = re.compile(r"\d[\d.,'’\u00a0\u202f\u2009 ]*")
_NOT_DIGIT = re.compile(r"\D+")
_CENTS = re.compile(r"[.,]\d\d$")
_GROUPING = ".,'’\u00a0\u202f\u2009"
_INQUIRY = "/-/inquiries"
_MIN_DESCRIPTION = 20


def head_is_complete(page: Document) -> Iterator[Finding]:
    """One title, one h1, one description, a language (SEO.md §19.1)."""
    for rule, found in (("title", page.titles), ("h1", page.headings), ("description", page.descriptions)):
        if len(found) != 1:
            yield rule, f"{len(found)} instead of one"
        elif not found[0].strip():
            yield rule, "empty"
    if not page.lang:
        yield "lang", "no language declared"
    if len(page.descriptions) == 1 and page.is_indexable and 0 < len(page.descriptions[0]) < _MIN_DESCRIPTION:
        yield "description", f"only {len(page.descriptions[0])} letters"


def canonical_is_one(page: Document) -> Iterator[Finding]:
    """At most one canonical, exactly one on an indexable page, absolute (SEO.md §6)."""
    found = page.canonicals
    if len(found) > 1 or (page.is_indexable and len(found) != 1):
        yield "canonical", f"{len(found)} instead of one"
    for said in found:
        if not said.startswith(("http://", "https://")):
            yield "canonical", f"not absolute: {said!r}"


def ids_are_unique(page: Document) -> Iterator[Finding]:
    """No id twice."""
    for name, number in page.doubled_ids.items():
        yield "id-unique", f"id {name!r} stands {number} times"


def images_have_a_box_and_words(page: Document) -> Iterator[Finding]:
    """Width, height and alt on every picture (SEO.md §16, §17)."""
    for said, missing in page.parts.images:
        yield "image", f"{said!r} lacks {', '.join(missing)}"


def nothing_is_inline(page: Document) -> Iterator[Finding]:
    """No inline script, style or handler, for the one constant policy of the host (SEO.md §15)."""
    for said in page.inline:
        yield "inline", said


def data_says_what_the_page_shows(page: Document) -> Iterator[Finding]:
    """JSON-LD parses, and a car's price, mileage and availability are those a visitor reads (SEO.md §2)."""
    try:
        nodes = page.data
    except ValueError as error:
        yield "json-ld", f"cannot be read: {error}"
        return
    for node in nodes:
        if "Car" in _types(node):
            yield from _car(page, node)


def _car(page: Document, car: dict[str, Any]) -> Iterator[Finding]:
    mileage = car.get("mileageFromOdometer")
    if isinstance(mileage, dict) and not _is_shown(page, str(mileage.get("value"))):
        yield "json-ld-mileage", f"{mileage.get('value')} is not on the page"
    offer = car.get("offers")
    if not isinstance(offer, dict):
        return
    sold = str(offer.get("availability", "")).endswith("/SoldOut")
    price = _price(offer)
    if price is not None and not sold and not _is_shown(page, price):
        yield "json-ld-price", f"{price} is not on the page"
    for amount in page.meta("product:price:amount"):
        if price is not None and _whole(amount) != price:
            yield "json-ld-price", f"{price} in the graph, {amount} in the head"
    has_form = any(_INQUIRY in action for action in page.parts.actions)
    if sold == has_form:
        said = "SoldOut but one can still ask for it" if sold else "for sale but nobody can ask for it"
        yield "json-ld-availability", said


def _is_shown(page: Document, number: str) -> bool:
    """Ask whether a visitor reads a whole number on the page, however its digits are grouped.

    Taking every number of a page apart costs more than all other rules together, so they are first looked for in the
    text without its grouping marks; only what that does not settle is taken apart.
    """
    if not number:
        return False
    if _stands_in(_ungrouped(page.all_text), number) and number not in _ungrouped(page.unseen_text):
        return True
    return number in _numbers(page.main_text)


def _ungrouped(text: str) -> str:
    for mark in _GROUPING:
        text = text.replace(mark, "")
    return text


def _stands_in(text: str, number: str) -> bool:
    """Ask whether a number stands in a text for itself, not as a piece of a longer one."""
    at = text.find(number)
    while at >= 0:
        end = at + len(number)
        if not text[at - 1 : at].isdecimal() and not text[end : end + 1].isdecimal():
            return True
        at = text.find(number, at + 1)
    return False


def reductions_name_their_price(page: Document) -> Iterator[Finding]:
    """A page that shows a reduction shows and states the lowest price of the 30 days before (SEO.md §4).

    What shows one is marked by its template (`class="was"`), or is struck out; what states it is the pair of active and
    struck price in the offer, which the builder only writes for a lawful reduction.
    """
    try:
        offers = [node.get("offers") for node in page.data if "Car" in _types(node)]
    except ValueError:
        return  # said by another rule
    stated = [price for offer in offers if isinstance(offer, dict) for price in _struck(offer)]
    marks = page.marks
    for mark in marks:
        if not stated:
            yield "reduction", f"shown without its reference price: {mark[:80]!r}"
        elif not _numbers(mark) & set(stated):
            yield "reduction", f"{' or '.join(stated)} is the reference price, but it says {mark[:80]!r}"
    if stated and not marks:
        yield "reduction", f"{' or '.join(stated)} is stated as the reference price but shown nowhere"


def _struck(offer: dict[str, Any]) -> Iterator[str]:
    """Give the struck prices of an offer that has an active one beside them."""
    said = offer.get("priceSpecification", [])
    if isinstance(said, list) and _price(offer) is not None:
        for price in said:
            if str(price.get("priceType", "")).endswith("/StrikethroughPrice"):
                yield _whole(str(price.get("price", "")))


def _types(node: dict[str, Any]) -> list[Any]:
    said = node.get("@type", [])
    return said if isinstance(said, list) else [said]


def _price(offer: dict[str, Any]) -> str | None:
    """Give the active price as the whole number a visitor reads."""
    if "price" in offer:
        return _whole(str(offer["price"]))
    specifications = offer.get("priceSpecification", [])
    for said in specifications if isinstance(specifications, list) else [specifications]:
        if "priceType" not in said:
            return _whole(str(said.get("price", "")))
    return None


def _whole(amount: str) -> str:
    return amount.removesuffix(".00")


def _numbers(text: str) -> set[str]:
    """Give the numbers of a text whatever groups their digits: `24.500 €`, `€24,500.00`, `24 500`."""
    found: set[str] = set()
    for match in _NUMBER.finditer(text):
        said = match[0].strip(" .,'’\u00a0\u202f\u2009")
        found.add(_NOT_DIGIT.sub("", said))
        if _CENTS.search(said):
            whole, cents = _NOT_DIGIT.sub("", said[:-3]), said[-2:]
            found.add(whole if cents == "00" else f"{whole}.{cents}")
        found.update(part for part in re.split(r"[ \u2009]", said) if part.isdecimal())
        found.update(_NOT_DIGIT.sub("", part) for part in said.split(" "))
    return found


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    head_is_complete,
    canonical_is_one,
    ids_are_unique,
    images_have_a_box_and_words,
    nothing_is_inline,
    data_says_what_the_page_shows,
    reductions_name_their_price,
)
"""What every page is asked."""
