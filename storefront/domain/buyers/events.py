"""What happens to what buyers wish to hear of (SPEC 141)."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class ConfirmationWanted:
    """Somebody asked to be written to; the owner of the address is to confirm it by a letter."""

    wish_id: UUID
    asked: int
    """How often it was asked for by then; each time has one letter."""


@happening
@dataclass(frozen=True, slots=True)
class SearchSaved:
    """A search is saved (SPEC 66): its buyer confirmed it."""

    search_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class PriceWatched:
    """The price of a car is watched: its buyer confirmed it."""

    watch_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class WishEnded:
    """Somebody wants no more letters; those that are not sent yet are to go."""

    wish_id: UUID
