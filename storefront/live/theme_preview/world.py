"""The installation a theme is looked at in: the demo's cars and people, in a folder of its own, kept for next time."""

from datetime import date
from pathlib import Path
from uuid import UUID

from search.jobs import rebuild
from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_theme_world
from storefront.domain.accounts import queries as accounts
from storefront.domain.stores.actions import set_theme
from storefront.domain.stores.models import Store
from storefront.migrations import runner

ACTOR = "command"


def opened(folder: Path, port: int) -> tuple[Settings, UUID]:
    """Bind this process to the world in a folder, founding it first where there is none.

    The environment is left aside: a preview touches neither the database nor the mail of an installation.

    Args:
        folder: where it lies.
        port: its sites are served on, by HTTP, under `localhost`.

    Returns:
        Its settings, and its tenant's id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = config.load({}, marketplace_instance=folder, site_port=port)
    runtime.start(settings, bell=False, pooled=False)
    runner.bring_up(db.engine)
    with everywhere():
        tenants = [tenant.id for tenant in accounts.tenants()]
        if tenants:
            return settings, tenants[0]
        tenant = found_theme_world(clock.now(), settings=settings)
    rebuild(tenant)
    return settings, tenant


def wear(tenant: UUID, theme: str, kinds: tuple[str, ...]) -> list[str]:
    """Give the sites a theme is made for its face, and name their hosts, the one to begin with first."""
    with acting(tenant):
        hosts = []
        for store in db.session.query(Store).order_by(Store.created_at, Store.host):
            kind = "marketplace" if store.is_marketplace else "dealer"
            if kind in (kinds or ("dealer",)):
                perform(set_theme, store, theme, {}, now=clock.now(), actor=ACTOR).unwrap()
                hosts.append(store.public_host)
        return hosts


def today(tenant: UUID) -> date:
    """Give the business date of the world's tenant."""
    with everywhere():
        zone = next(one.time_zone for one in accounts.tenants() if one.id == tenant)
    return clock.business_date(clock.now(), zone)
