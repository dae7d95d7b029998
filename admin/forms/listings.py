"""Forms of a listing: its price, its text."""

import re
from dataclasses import dataclass
from typing import ClassVar

from storefront.domain.listings.models import PriceReason

from . import Form

_GROUPS = re.compile(r"[\s\u00a0\u202f'’]")
_AMOUNT = re.compile(r"(-?)([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+)(?:[.,]([0-9]{1,2}))?")
MOST_CENTS = 2_000_000_00
TEXT_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price to set, in minor units, and why."""

    cents: int
    reason: PriceReason
    notes: str | None


class PriceForm(Form):
    """A new price and its reason (SPEC 38)."""

    names: ClassVar[tuple[str, ...]] = ("price", "reason", "notes")
    value: NewPrice

    def read(self) -> None:
        """Read the amount as people write it in German and in English."""
        cents = read_amount(self.raw["price"])
        if cents is None:
            self.refuse("price", "price.unreadable")
        elif cents > MOST_CENTS:
            self.refuse("price", "price.too_high")
        reason = self.choice("reason", PriceReason)
        self.value = NewPrice(cents or 0, reason, self.raw["notes"] or None)


class TextForm(Form):
    """A listing's description."""

    names: ClassVar[tuple[str, ...]] = ("description",)
    longest: ClassVar[int] = TEXT_LENGTH


def read_amount(text: str) -> int | None:
    """Read an amount of money into cents: `34.500`, `34,500.00`, `34 500 €`; None when it is none.

    A mark followed by exactly three digits groups, one followed by one or two divides.
    """
    plain = _GROUPS.sub("", text.replace("€", "").replace("EUR", ""))
    found = _AMOUNT.fullmatch(plain)
    if found is None or len(found[2]) > 15:
        return None
    whole = int(re.sub(r"[.,]", "", found[2]))
    cents = whole * 100 + int((found[3] or "0").ljust(2, "0"))
    return -cents if found[1] else cents
