"""The form to log in."""

from typing import ClassVar

from storefront.domain.accounts.passwords import MAX_LENGTH

from . import Form


class LoginForm(Form):
    """E-mail address and password; the marketplace only where several share one host."""

    names: ClassVar[tuple[str, ...]] = ("email", "password", "marketplace")
    longest: ClassVar[int] = 255

    def __init__(self, typed: object = None) -> None:
        """Take what was typed; a password is never trimmed."""
        super().__init__(typed)  # type: ignore[arg-type]
        self.password = "" if typed is None else str(typed.get("password", ""))[: MAX_LENGTH + 1]  # type: ignore[attr-defined]

    def read(self) -> None:
        """Both must be there."""
        self.required("email", "login.email_missing")
        if not self.password:
            self.refuse("password", "login.password_missing")
