"""What happens to stores (SPEC 22-26)."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class DealerStoreCreated:
    """A site was created (SPEC 22)."""

    store_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class StoreThemeUpdated:
    """A site's theme or its settings changed (SPEC 24)."""

    store_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class StoreCustomDomainSet:
    """A site got its own domain, or lost it (SPEC 25)."""

    store_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class StoreChanged:
    """A site was switched on or off, renamed, or its configuration changed."""

    store_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class DomainCheckWanted:
    """The records of a domain are to be looked at: somebody asked, or it is time."""

    claim_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class DomainTurned:
    """A domain came into use, or stopped working: its owners want to know."""

    claim_id: UUID
    what: str
    """`served`, `broken`, `lapsed`, `taken`."""
    number: int
    """Of the entry in the trail, so that each turn is told once."""
