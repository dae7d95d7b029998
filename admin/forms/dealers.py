"""Forms of a dealer: registration, status."""

from dataclasses import dataclass
from typing import ClassVar

from email_validator import EmailNotValidError, validate_email

from storefront.core.slugs import slug
from storefront.domain.dealers.actions import DealerData
from storefront.domain.dealers.models import DealerStatus, Plan

from . import Form


class DealerForm(Form):
    """What a dealer tells when it registers (SPEC 18)."""

    names: ClassVar[tuple[str, ...]] = (
        *("name", "slug", "licence", "plan", "legal_name", "phone", "email"),
        *("street", "postal_code", "city", "country"),
    )
    longest: ClassVar[int] = 255
    value: DealerData

    def read(self) -> None:
        """Read it; the short name is made of the name when it is left empty."""
        raw = self.raw
        name = self.required("name", "dealer.name_missing")
        self.required("licence", "dealer.licence_missing")
        plan = self.choice("plan", Plan)
        country = raw["country"].upper() or "DE"
        if len(country) != 2 or not country.isalpha():
            self.refuse("country", "dealer.country_wrong")
        if raw["email"] and not is_address(raw["email"]):
            self.refuse("email", "form.email_wrong")
        self.value = DealerData(
            name=name,
            slug=raw["slug"].lower() or slug(name)[:63].strip("-"),
            licence=raw["licence"],
            plan=plan,
            legal_name=raw["legal_name"],
            street=raw["street"],
            postal_code=raw["postal_code"],
            city=raw["city"],
            country=country,
            phone=raw["phone"] or None,
            email=raw["email"] or None,
        )


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A dealer's new status and why."""

    status: DealerStatus
    reason: str


class DealerStatusForm(Form):
    """Suspend, close or reopen a dealer (SPEC 19)."""

    names: ClassVar[tuple[str, ...]] = ("status", "reason")
    value: NewStatus

    def read(self) -> None:
        """A reason is needed: it is kept with the act."""
        status = self.choice("status", DealerStatus)
        self.value = NewStatus(status, self.required("reason", "dealer.reason_missing"))


def is_address(text: str) -> bool:
    """Ask whether a letter can be addressed so."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
