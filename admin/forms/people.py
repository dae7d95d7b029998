"""Forms of people: an invitation, a role, a support visit, one's own details."""

from typing import ClassVar

from storefront.core.errors import DomainError
from storefront.domain.accounts.models import Role
from storefront.domain.accounts.support import LONGEST
from storefront.domain.dealers.actions import e164

from . import Form
from .dealers import is_address
from .sessions import SecretForm

MINUTES = (15, 30, 60)


class InvitationForm(Form):
    """Whom to invite, as what (SPEC 12)."""

    names: ClassVar[tuple[str, ...]] = ("email", "name", "role", "language")
    longest: ClassVar[int] = 255
    role: Role

    def read(self) -> None:
        """The address must be one; what the role may be the act knows."""
        if not is_address(self.required("email", "login.email_missing")):
            self.refuse("email", "form.email_wrong")
        self.role = read_role(self)
        if self.raw["language"] not in ("de", "en"):
            self.refuse("language", "form.choose")


class RoleForm(Form):
    """What somebody is from now on."""

    names: ClassVar[tuple[str, ...]] = ("role",)
    role: Role

    def read(self) -> None:
        """Read the role."""
        self.role = read_role(self)


class WantedForm(Form):
    """Whether everybody needs a second factor."""

    names: ClassVar[tuple[str, ...]] = ("wanted",)

    @property
    def wanted(self) -> bool:
        """Tell it."""
        return self.raw["wanted"] == "yes"

    def read(self) -> None:
        """Yes or no."""
        if self.raw["wanted"] not in ("yes", "no"):
            self.refuse("wanted", "form.choose")


class VisitForm(Form):
    """Why and how long one of the operator's people sits at a dealer's desk."""

    names: ClassVar[tuple[str, ...]] = ("reason", "minutes")
    minutes: int

    def read(self) -> None:
        """Read both."""
        self.required("reason", "support.reason_missing")
        text = self.raw["minutes"]
        self.minutes = int(text) if text.isdecimal() and len(text) < 4 else 0
        if not 1 <= self.minutes <= LONGEST.total_seconds() // 60:
            self.refuse("minutes", "support.minutes_wrong")


class PasswordForm(SecretForm):
    """A new password, with the present one."""

    names: ClassVar[tuple[str, ...]] = ("present", "password")
    secrets: ClassVar[tuple[str, ...]] = ("present", "password")

    def read(self) -> None:
        """Both must be there."""
        self.needed("present", "security.present_missing")
        self.needed("password", "login.password_missing")


class AuthenticatorForm(Form):
    """The first code of a new authenticator, with the signed secret it was made from."""

    names: ClassVar[tuple[str, ...]] = ("code", "secret")

    def read(self) -> None:
        """The code must be there."""
        self.required("code", "login.code_missing")


class DetailsForm(Form):
    """What somebody is called, where she is called, the language she reads."""

    names: ClassVar[tuple[str, ...]] = ("name", "phone", "language")
    longest: ClassVar[int] = 255
    phone: str | None

    def read(self) -> None:
        """Read the number as it is usually written."""
        self.required("name", "people.name_missing")
        self.phone = None
        if self.raw["phone"]:
            self.phone = _number(self.raw["phone"])
            if self.phone is None:
                self.refuse("phone", "security.phone_wrong")
        if self.raw["language"] not in ("de", "en"):
            self.refuse("language", "form.choose")


def read_role(form: Form) -> Role:
    """Read a role by its full name."""
    found = next((role for role in Role if role.value == form.raw["role"]), None)
    if found is None:
        form.refuse("role", "form.choose")
        return Role.SALES_PERSON
    return found


def _number(text: str) -> str | None:
    try:
        return e164(text, "DE")
    except DomainError:
        return None
