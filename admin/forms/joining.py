"""Forms of joining: who one is, the password behind a confirmed address, the plan."""

from typing import ClassVar

from storefront.core.slugs import slug
from storefront.domain.dealers.models import Plan

from . import Form
from .dealers import is_address
from .sessions import SecretForm

COUNTRIES = (
    *("DE", "AT", "CH", "FR", "IT", "ES", "NL", "BE", "LU", "PL", "CZ", "GB", "IE", "DK", "SE", "FI", "NO", "PT"),
    *("GR", "HU", "SK", "SI", "HR", "RO", "BG", "EE", "LV", "LT", "MT", "CY", "LI"),
)
"""Where a dealer may be at home: the Union, and whom it trades with most."""


class RegisterForm(Form):
    """What somebody tells who wants to join; `website` is a trap that people do not see (SECURITY C11)."""

    names: ClassVar[tuple[str, ...]] = ("firm", "person", "email", "country", "plan", "website")
    longest: ClassVar[int] = 255
    plan: Plan

    @property
    def is_trapped(self) -> bool:
        """Ask whether a machine filled in what no person sees."""
        return bool(self.raw["website"])

    def read(self) -> None:
        """Name, person and address must be there."""
        firm = self.required("firm", "dealer.name_missing")
        self.required("person", "register.person_missing")
        if not is_address(self.required("email", "login.email_missing")):
            self.refuse("email", "form.email_wrong")
        if self.raw["country"] not in COUNTRIES:
            self.refuse("country", "form.choose")
        if firm and not slug(firm, fallback=""):
            self.refuse("firm", "register.firm_unreadable")
        self.plan = self.choice("plan", Plan)


class ConfirmedForm(SecretForm):
    """What follows a confirmed address: the licence and a password."""

    names: ClassVar[tuple[str, ...]] = ("licence", "password", "agreed")
    longest: ClassVar[int] = 100

    def read(self) -> None:
        """Both must be there, and the terms agreed to."""
        self.required("licence", "dealer.licence_missing")
        self.needed("password", "login.password_missing")
        if self.raw["agreed"] != "yes":
            self.refuse("agreed", "register.not_agreed")


class PlanForm(Form):
    """The plan that begins with the publication (SPEC 2, 3)."""

    names: ClassVar[tuple[str, ...]] = ("plan",)
    plan: Plan

    def read(self) -> None:
        """Read it."""
        self.plan = self.choice("plan", Plan)
