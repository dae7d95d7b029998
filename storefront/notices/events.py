"""What happens to letters."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class LetterWritten:
    """A letter lies ready and wants to be sent."""

    letter_id: UUID
