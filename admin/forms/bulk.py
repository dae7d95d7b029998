"""Forms of acts on many cars: which ones, and how their prices change."""

import re
from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from storefront.domain.listings.bulk import MOST, Repricing, Step
from storefront.domain.listings.models import PriceReason

from . import Form
from .listings import MOST_CENTS, read_amount

ROUNDINGS = {"none": 1, "euro": 100, "ten": 1000, "hundred": 10_000}
_PERCENT = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?")


class RepriceForm(Form):
    """How many prices change: by an amount or a share, up or down, rounded or not."""

    names: ClassVar[tuple[str, ...]] = ("direction", "step", "by", "rounding", "reason", "notes")
    value: Repricing
    reason: PriceReason

    def read(self) -> None:
        """Read the change; `12,5` percent or `500` euros."""
        sign = {"down": -1, "up": 1}.get(self.raw["direction"], 0)
        if not sign:
            self.refuse("direction", "form.choose")
        if self.raw["step"] not in [step.value for step in Step]:
            self.refuse("step", "form.choose")
        self.reason = self.choice("reason", PriceReason)
        if self.raw["rounding"] not in ROUNDINGS:
            self.refuse("rounding", "form.choose")
        if self.errors:
            return
        step = Step(self.raw["step"])
        by = self._percent() if step is Step.PERCENT else self._amount()
        if by is not None:
            self.value = Repricing(step, sign * by, ROUNDINGS[self.raw["rounding"]])

    def _percent(self) -> int | None:
        found = _PERCENT.fullmatch(self.raw["by"].replace("%", "").strip())
        hundredths = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else 0
        if not 0 < hundredths <= 5000:
            self.refuse("by", "bulk.percent_wrong")
            return None
        return hundredths

    def _amount(self) -> int | None:
        cents = read_amount(self.raw["by"])
        if cents is None or not 0 < cents <= MOST_CENTS:
            self.refuse("by", "bulk.amount_wrong")
            return None
        return cents


def read_ids(texts: Iterable[str]) -> list[UUID]:
    """Read the ids of chosen cars, each on its own or several with commas; what is none is left out."""
    found: dict[UUID, None] = {}
    for text in texts:
        for part in text.split(","):
            try:
                found[UUID(part.strip())] = None
            except ValueError:
                continue
            if len(found) >= MOST:
                return list(found)
    return list(found)
