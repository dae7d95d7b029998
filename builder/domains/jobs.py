"""Jobs of domains."""

from uuid import UUID

from storefront.core.outbox import commits_itself, one_waits
from storefront.core.runtime import settings

from . import checking


@one_waits
@commits_itself
def check_domain(claim_id: str) -> None:
    """Look at the records of a domain, for seconds, and note what follows."""
    checking.check(UUID(claim_id), checking.sight(settings()))
