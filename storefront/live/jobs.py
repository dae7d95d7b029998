"""Jobs that the scheduler rings for; what follows from events is rung for by the outbox."""

from uuid import UUID

from builder import jobs
from storefront.core.tenancy import acting


def publish_day(tenant_id: str) -> None:
    """Publish what the new day made stale on a tenant's sites."""
    with acting(UUID(tenant_id)):
        jobs.publish_stale()
