"""What happens to people and their logins."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class InvitationSent:
    """Somebody is invited and wants a letter, the `letters`-th."""

    invitation_id: UUID
    letters: int


@happening
@dataclass(frozen=True, slots=True)
class PasswordResetAsked:
    """Somebody asked for a new password; whether there is such a person is not known yet (SECURITY B3)."""

    reset_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class SecurityChanged:
    """How somebody logs in has changed and she is told; `what` is a key of the letters' words."""

    user_id: UUID
    what: str
    entry_number: int
    """Of the audit entry, so that each change has one letter."""
