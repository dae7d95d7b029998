"""The forms of the door: to log in, to show a code, to ask for a new password, to choose one."""

from collections.abc import Mapping
from typing import ClassVar

from storefront.domain.accounts.passwords import MAX_LENGTH

from . import Form
from .dealers import is_address


class SecretForm(Form):
    """A form with passwords among its fields: they are never trimmed and never shown again."""

    secrets: ClassVar[tuple[str, ...]] = ("password",)
    longest: ClassVar[int] = 255

    def __init__(self, typed: Mapping[str, str] | None = None, **before: str) -> None:
        """Take what was typed."""
        super().__init__(typed, **before)
        source: Mapping[str, str] = {} if typed is None else typed
        self.secret = {name: str(source.get(name, ""))[: MAX_LENGTH + 1] for name in self.secrets}

    @property
    def password(self) -> str:
        """Give the password as typed."""
        return self.secret["password"]

    def needed(self, name: str, key: str) -> None:
        """Want a secret to be there."""
        if not self.secret[name]:
            self.refuse(name, key)


class LoginForm(SecretForm):
    """E-mail address and password; the marketplace only where several share one host."""

    names: ClassVar[tuple[str, ...]] = ("email", "password", "marketplace")

    def read(self) -> None:
        """Both must be there."""
        self.required("email", "login.email_missing")
        self.needed("password", "login.password_missing")


class CodeForm(Form):
    """The code of an authenticator, or a recovery code."""

    names: ClassVar[tuple[str, ...]] = ("code",)
    longest: ClassVar[int] = 40

    def read(self) -> None:
        """It must be there."""
        self.required("code", "login.code_missing")


class ConfirmForm(SecretForm):
    """Password or code once more, before something that matters."""

    names: ClassVar[tuple[str, ...]] = ("password", "code")

    def read(self) -> None:
        """One of them must be there."""
        if not self.secret["password"] and not self.raw["code"]:
            self.refuse("password", "login.password_missing")


class ForgottenForm(Form):
    """The address somebody wants a new password for."""

    names: ClassVar[tuple[str, ...]] = ("email", "marketplace")
    longest: ClassVar[int] = 255

    def read(self) -> None:
        """It must be an address; whether anybody has it is not said."""
        if not is_address(self.required("email", "login.email_missing")):
            self.refuse("email", "form.email_wrong")


class NewPasswordForm(SecretForm):
    """A new password."""

    names: ClassVar[tuple[str, ...]] = ("password",)

    def read(self) -> None:
        """It must be there; how strong it is the act judges."""
        self.needed("password", "login.password_missing")


class JoinForm(SecretForm):
    """How somebody who was invited is called, and her password."""

    names: ClassVar[tuple[str, ...]] = ("name", "password")

    def read(self) -> None:
        """Both must be there."""
        self.required("name", "people.name_missing")
        self.needed("password", "login.password_missing")
