"""What the builder tells the house; ids and plain values only."""

from dataclasses import dataclass, field
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class PicturesWanted:
    """Pictures are served in their quick encodings, and the best ones are still to be made."""


@happening
@dataclass(frozen=True, slots=True)
class SitesStale:
    """Something changed that pages of these sites show; each is to be published."""

    store_ids: list[str]
    """Hex digits of their ids."""
    first: list[str] = field(default_factory=list)
    """Those of them that somebody waits for, because he changed by hand what they show."""


@happening
@dataclass(frozen=True, slots=True)
class PagesOwed:
    """A site was published in a hurry: feeds and the like are still to be drawn."""

    store_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class DayBegan:
    """A business day began for a tenant: pages that depend on the date change (SPEC decisions, as-of)."""

    day: str
    """ISO date, in the tenant's time zone."""
    tidy: bool
    """Whether this tenant's day stands for the installation's, so that its nightly work is asked for once."""


@happening
@dataclass(frozen=True, slots=True)
class PreviewWanted:
    """Somebody opened a preview; it is to be built."""

    preview_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class PreviewEnded:
    """A preview was ended or ran out; its files are to go."""

    host: str


@happening
@dataclass(frozen=True, slots=True)
class SiteResumed:
    """A held site is to be published again, as it was planned (`scheduling.py`)."""

    store_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class RollbackWanted:
    """Somebody in the admin wants an earlier release of a site to be served again (`asking.py`)."""

    store_id: UUID
    release: str
    actor: str


@happening
@dataclass(frozen=True, slots=True)
class SiteServed:
    """What is served for a host is another release now, or nothing any more."""

    host: str


@happening
@dataclass(frozen=True, slots=True)
class SiteDelivered:
    """What is served for a host lies where `DELIVER_TO` says."""

    host: str


@happening
@dataclass(frozen=True, slots=True)
class CopiesWanted:
    """Text of a host is served in quickly made compressed copies, and the best ones are still to be made."""

    host: str
