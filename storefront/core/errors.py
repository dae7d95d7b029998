"""What can go wrong in a way a person should read."""


class DomainError(Exception):
    """A refusal fit for a person: `perform` turns it into a failed Result (SPEC 140).

    Args:
        message: a sentence that says what to do next.
        field: the form field it belongs to, if one.
        code: a stable word for programs (`not_found`, `invalid`, `forbidden`, `conflict`).
    """

    def __init__(self, message: str, *, field: str | None = None, code: str = "invalid") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code


class NotFound(DomainError):
    """The thing does not exist, or belongs to somebody else: the answer is the same (SECURITY A1)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="not_found")


class ConfigurationError(Exception):
    """The installation is set up in a way that cannot work; the message names the setting and the remedy."""
