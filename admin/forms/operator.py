"""Forms of the operator: plans, rates, verdicts, pages, the way back."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from storefront.core.slugs import slug
from storefront.domain.dealers.models import Plan
from storefront.domain.listings.moderation import Verdict
from storefront.domain.stores.actions import BODY_LENGTH, Written

from . import Form
from .listings import read_amount


def read_rate(text: str) -> Decimal | None:
    """Read a rate in per cent as a part of one: `2,5` or `2.5 %` is 0.025; None when it is none."""
    plain = text.replace("%", "").replace("\u00a0", "").strip().replace(",", ".")
    try:
        rate = Decimal(plain) / 100
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and len(plain) < 10 else None


class ReasonForm(Form):
    """Why something is done; it is kept with the act."""

    names: ClassVar[tuple[str, ...]] = ("reason",)

    def read(self) -> None:
        """A reason is needed."""
        self.required("reason", "dealer.reason_missing")


class PlanForm(ReasonForm):
    """Another plan for a dealer (SPEC 2, 3)."""

    names: ClassVar[tuple[str, ...]] = ("plan", "reason")
    value: Plan

    def read(self) -> None:
        """Read the plan."""
        super().read()
        self.value = self.choice("plan", Plan)


class RateForm(ReasonForm):
    """A dealer's own commission rate (SPEC 5)."""

    names: ClassVar[tuple[str, ...]] = ("rate", "reason")
    value: Decimal

    def read(self) -> None:
        """Read the rate, in per cent."""
        super().read()
        self.read_rate()

    def read_rate(self) -> None:
        """Read the field `rate`."""
        rate = read_rate(self.raw["rate"])
        if rate is None:
            self.refuse("rate", "tariffs.rate_wrong")
        else:
            self.value = rate


class BandForm(RateForm):
    """A line of the rate table (SPEC 4)."""

    names: ClassVar[tuple[str, ...]] = ("tier", "from_amount", "rate", "reason")
    tier: Plan
    from_cents: int

    def read(self) -> None:
        """Read plan, lowest price and rate."""
        super().read()
        self.tier = self.choice("tier", Plan)
        cents = read_amount(self.raw["from_amount"] or "0")
        if cents is None or cents < 0:
            self.refuse("from_amount", "price.unreadable")
        else:
            self.from_cents = cents


class VerdictForm(Form):
    """What the operator decides about a case."""

    names: ClassVar[tuple[str, ...]] = ("verdict", "reason")
    value: Verdict

    def read(self) -> None:
        """Taking something down needs a reason."""
        self.value = self.choice("verdict", Verdict)
        if self.value is Verdict.TAKEN_DOWN:
            self.required("reason", "dealer.reason_missing")


class RollbackForm(ReasonForm):
    """The release to serve again."""

    names: ClassVar[tuple[str, ...]] = ("release", "reason")

    def read(self) -> None:
        """Both are wanted."""
        super().read()
        self.required("release", "form.choose")


class WrittenForm(Form):
    """A page in the languages of a site (SPEC 27)."""

    longest: ClassVar[int] = BODY_LENGTH
    value: Written

    def __init__(self, languages: list[str], typed: Mapping[str, str] | None = None, **before: str) -> None:
        """Take what was typed, in the fields of these languages."""
        self.languages = languages
        parts = [f"{part}_{lang}" for lang in languages for part in ("title", "body")]
        self.names = ("slug", "in_menu", *parts)  # type: ignore[misc]
        super().__init__(typed, **before)

    def read(self) -> None:
        """Read it; the short name is made of the first title when it is left empty."""
        titles = {lang: self.raw[f"title_{lang}"] for lang in self.languages}
        bodies = {lang: self.raw[f"body_{lang}"] for lang in self.languages}
        for lang in self.languages:
            if titles[lang] and not bodies[lang]:
                self.refuse(f"body_{lang}", "written.body_missing")
            if bodies[lang] and not titles[lang]:
                self.refuse(f"title_{lang}", "written.title_missing")
        first = next((title for title in titles.values() if title), "")
        if not first:
            self.refuse(f"title_{self.languages[0]}", "written.title_missing")
        name = self.raw["slug"].lower() or slug(first)[:80].strip("-")
        self.value = Written(name, titles, bodies, self.raw["in_menu"] == "yes")
